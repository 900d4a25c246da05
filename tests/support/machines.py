"""Machines of a test: network namespaces of their own, each with an address, on one bridge. Needs root."""

import itertools
import os
import subprocess

NUMBERS = itertools.count(1)
PREFIX = "10.64.7."


def ip(*arguments):
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr}")


class Machine:
    def __init__(self, network, number):
        self.network, self.address = network, f"{PREFIX}{number}"
        self.space, self.cable = f"{network.name}-{number}", f"cable{number}"
        ip("netns", "add", self.space)
        network.spaces.append(self.space)
        ip("-n", network.hub, "link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", self.space)
        ip("-n", network.hub, "link", "set", self.cable, "master", "bridge", "up")
        ip("-n", self.space, "addr", "add", self.address + "/24", "dev", "eth0")
        for link in ("lo", "eth0"):
            ip("-n", self.space, "link", "set", link, "up")

    @property
    def prefix(self):
        """In front of a command: it runs there, with the process id that was started."""
        return ["ip", "netns", "exec", self.space]

    def unplug(self):
        """What is sent goes nowhere, and nobody is told."""
        ip("-n", self.network.hub, "link", "set", self.cable, "nomaster")

    def plug(self):
        ip("-n", self.network.hub, "link", "set", self.cable, "master", "bridge")


class Network:
    def __init__(self):
        self.name = f"sekisho-lan-{os.getpid()}-{next(NUMBERS)}"
        self.hub, self.spaces, self.count = self.name + "-hub", [], 0
        try:
            ip("netns", "add", self.hub)
            self.spaces.append(self.hub)
            ip("-n", self.hub, "link", "add", "bridge", "type", "bridge")
            ip("-n", self.hub, "link", "set", "bridge", "up")
        except RuntimeError:
            self.end()
            raise

    def machine(self):
        self.count += 1
        return Machine(self, self.count)

    def end(self):
        while self.spaces:
            subprocess.run(["ip", "netns", "del", self.spaces.pop()], capture_output=True, check=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def possible():
    """Can namespaces be made here?"""
    if os.geteuid() != 0:
        return False
    try:
        with Network() as network:
            network.machine()
        return True
    except (RuntimeError, OSError):
        return False
