#!/usr/bin/python3
"""Breaks correct mail in every way of the catalogue and counts how often the cause is named.

usage: mutate.py --sekisho PROGRAM [--seed N] [--messages N] [--each N] [--only TEXT] [--keep FOLDER]

Exit status: 1 when a correct message draws a complaint, the program crashes, or a proven cause is wrong.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import dkim  # noqa: E402  (a second implementation: our own signer must please it too)

import defects  # noqa: E402
import defects_body  # noqa: E402,F401
import defects_dmarc  # noqa: E402,F401
import defects_header  # noqa: E402,F401
import defects_key  # noqa: E402,F401
import defects_path  # noqa: E402,F401
import defects_spf  # noqa: E402,F401
import judge  # noqa: E402
from keyring import Keyring  # noqa: E402
from world import World  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sekisho", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--each", type=int, default=10, help="messages per defect")
    parser.add_argument("--only", default="", help="defects whose name or code contains this")
    parser.add_argument("--keep", default="", help="a folder to leave the files in")
    parser.add_argument("--verbose", action="store_true", help="print every message that is not right")
    return parser.parse_args()


def run(program, folder, name):
    """What the program says about one case; a text when it failed."""
    try:
        done = subprocess.run([program, "check", "--json", "--case", "%s/%s.case" % (folder, name)],
                              capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return "did not end"
    if done.returncode != 0:
        return "exit status %d: %s" % (done.returncode, done.stderr.decode(errors="replace").strip()[:200])
    return json.loads(done.stdout)


def agrees_with_dkimpy(world):
    def record(name, timeout=5):
        name = name.decode().rstrip(".") + "."
        for owner, kind, data in world.zone:
            if owner == name and kind == "CNAME":
                return record(data.encode())
            if owner == name and kind == "TXT":
                return data.replace('" "', "").strip('"').encode()
        return None
    try:
        return dkim.verify(world.letter.octets(), dnsfunc=record)
    except dkim.DKIMException:
        return False


def make_correct(options, keys, folder):
    names = []
    for i in range(options.messages):
        world = World(random.Random("%d correct %d" % (options.seed, i)), keys)
        world.signer.sign(world.letter)
        if i % 10 == 0 and not world.signer.expires and not agrees_with_dkimpy(world):
            raise SystemExit("the generator's signer is wrong in message %d" % i)
        names.append("ok-%04d" % i)
        world.write(folder, names[-1])
    return names


def make_broken(options, keys, folder):
    """name -> (defect, expected code)"""
    made = {}
    for defect in defects.ALL:
        if options.only not in defect.name and options.only not in defect.code:
            continue
        done, tries = 0, 0
        while done < options.each and tries < options.each * 60:
            rng = random.Random("%d %s %d" % (options.seed, defect.name, tries))
            tries += 1
            world = World(rng, keys, **defect.options)
            if defect.after:
                world.signer.sign(world.letter)
                world.letter.freeze()
            said = defect.function(world, rng)
            if said is False:
                continue
            if not defect.after and not any(n == "DKIM-Signature" for n, _ in world.letter.fields):
                if not getattr(world, "unsigned", False):
                    world.signer.sign(world.letter)
            name = "%s-%02d" % (defect.name, done)
            done += 1
            world.write(folder, name)
            made[name] = (defect, said or defect.code)
        if done == 0:
            raise SystemExit("%s never applied" % defect.name)
    return made


def main():
    options = arguments()
    keys = Keyring(random.Random("keys %d" % options.seed))
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        os.makedirs(folder, exist_ok=True)
        correct = make_correct(options, keys, folder)
        broken = make_broken(options, keys, folder)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            outcomes = dict(zip(correct + list(broken), pool.map(
                lambda name: run(options.sekisho, folder, name), correct + list(broken))))
    complaints = judge.judge_correct({n: outcomes[n] for n in correct})
    table, bad = judge.judge_broken({n: outcomes[n] for n in broken}, broken, options.verbose)
    judge.print_table(table)
    total = collections.Counter()
    for row in table.values():
        total.update(row)
    print("\n%d correct messages, %d complained about" % (len(correct), complaints))
    print("%d broken ones: " % len(broken) + ", ".join("%d %s" % (total[w], w) for w in judge.WORDS))
    return 1 if complaints or bad else 0


if __name__ == "__main__":
    sys.exit(main())
