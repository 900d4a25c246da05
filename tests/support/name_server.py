"""A name server for tests: answers from a table, says "no such name" for the rest, and keeps silent
about the names it is told to. UDP on loopback, on a thread of its own. Standard library only.

    with NameServer({("good.example", "TXT"): ["v=spf1 -all"]}, silent=("slow.example",)) as server:
        server.where    # "127.0.0.1@PORT"
        server.asked    # [(name, type), …] in the order of arrival
"""

import ipaddress
import socket
import struct
import threading

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}
NAMES = {number: name for name, number in TYPES.items()}
NO_SUCH_NAME = 3


def wire_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def wire_data(kind, text):
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(text).packed
    if kind == "TXT":
        octets = text.encode()
        return b"".join(bytes([len(octets[at:at + 255])]) + octets[at:at + 255] for at in range(0, len(octets), 255))
    if kind == "MX":
        preference, host = text.split()
        return struct.pack("!H", int(preference)) + wire_name(host)
    return wire_name(text)


def question_of(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1"))
        at += packet[at] + 1
    number = struct.unpack("!H", packet[at + 1:at + 3])[0]
    return ".".join(labels).lower(), NAMES.get(number, str(number)), packet[12:at + 5]


def bound_socket(port):
    """0: a port that is free for TCP, too."""
    while True:
        ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        ours.bind(("127.0.0.1", port))
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind(ours.getsockname())
                return ours
            except OSError:
                if port != 0:
                    return ours
                ours.close()


class NameServer:
    def __init__(self, table, silent=(), port=0):
        self.table, self.silent, self.asked = table, silent, []
        self.socket = bound_socket(port)
        self.port = self.socket.getsockname()[1]
        self.where = f"127.0.0.1@{self.port}"
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def is_silent(self, name):
        return any(name == end or name.endswith("." + end) for end in self.silent)

    def exists(self, name):
        return any(have == name or have.endswith("." + name) for have, _ in self.table)

    def answer(self, packet):
        name, kind, question = question_of(packet)
        self.asked.append((name, kind))
        if self.is_silent(name):
            return None
        values = self.table.get((name, kind), [])
        status = 0 if self.exists(name) else NO_SUCH_NAME
        soa = wire_name("ns.example") + wire_name("admin.example") + struct.pack("!IIIII", 1, 600, 600, 600, 600)
        answers = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", TYPES[kind], 1, 300, len(data)) + data
                           for data in (wire_data(kind, value) for value in values))
        authority = b"" if values else b"\0" + struct.pack("!HHIH", TYPES["SOA"], 1, 300, len(soa)) + soa
        return packet[:2] + struct.pack("!HHHHH", 0x8180 | status, 1, len(values), 0 if values else 1, 0) + \
            question + answers + authority

    def serve(self):
        while True:
            try:
                packet, client = self.socket.recvfrom(4096)
                reply = self.answer(packet) if len(packet) > 16 else None
                if reply is not None:
                    self.socket.sendto(reply, client)
            except (OSError, ValueError):
                return

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
