#!/usr/bin/python3
"""Writes the messages of cost.sh: correct mail of usual size, and 1 MB bodies that fail in three ways.

usage: costly.py FOLDER
"""
import random
import sys

sys.dont_write_bytecode = True
from keyring import Keyring  # noqa: E402
from world import World  # noqa: E402


def main():
    keys = Keyring(random.Random("costs"))
    for name, lines in (("pass-small", 40), ("pass-large", 400), ("footer-1mb", 18000), ("unknown-1mb", 18000), ("header-1mb", 18000)):
        world = World(random.Random("costs"), keys, language="en", shape="plain", key="rsa2048", house="own",
                      canon="relaxed/relaxed", lines=lines, version=4, spf="ip", lists=False)
        text = world.letter.parts[0].text
        if name.endswith("1mb"):
            world.letter.parts[0].text = (text * (1 + 1000000 // len(text)))[:1000000] + "\r\n"
        world.letter.parts[0].cte = "7bit"
        world.letter.set_mime_fields()
        world.signer.sign(world.letter)
        world.letter.freeze()
        body = world.letter.raw_body
        if name.startswith("footer"):
            world.letter.raw_body = body + b"-- \r\nThe footer of a list\r\n"
        if name.startswith("unknown"):
            world.letter.raw_body = body[:500000] + b"!" + body[500000:999000] + b"?" + body[999000:]
        if name.startswith("header"):
            world.letter.set("Subject", " Something that was never signed")
        world.write(sys.argv[1], name)


main()
