"""A name server that does what name servers should not: the last label but one before "fault.example" in
a name says what. UDP and TCP on one loopback port. Standard library only.

    with FaultyNameServer(table) as server:   # names of the table are answered as they should be
        server.where                          # "127.0.0.1@PORT"
"""

import os
import socket
import struct
import threading
import time

from name_server import NameServer, question_of, wire_name

SLOW_S = 3
LISTEN_MAX = 16
HUGE = 60000  # octets of TXT
END = ".fault.example"


def reply(packet, question, flags, answers=b"", count=0):
    return packet[:2] + struct.pack("!HHHHH", flags, 1, count, 0, 0) + question + answers


def cname(owner, target):
    data = wire_name(target)
    return wire_name(owner) + struct.pack("!HHIH", 5, 1, 60, len(data)) + data


def texts(size):
    piece = struct.pack("!B", 250) + b"x" * 250
    data = piece * (size // 251)
    return b"\xc0\x0c" + struct.pack("!HHIH", 16, 1, 60, len(data)) + data


class FaultyNameServer(NameServer):
    def __init__(self, table, port=0):
        super().__init__(table, port=port)
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(LISTEN_MAX)
        threading.Thread(target=self.serve_tcp, daemon=True).start()

    def misbehave(self, packet, fault, name, question, over_tcp):
        """The octets to send, or None for silence."""
        if fault == "servfail":
            return reply(packet, question, 0x8182)
        if fault == "refused":
            return reply(packet, question, 0x8185)
        if fault == "lame":  # neither an answer nor a word on who would know
            return reply(packet, question, 0x8000)
        if fault == "loop":
            other = "b." + name if not name.startswith("b.") else name[2:]
            return reply(packet, question, 0x8180, cname(name, other) + cname(other, name), 2)
        if fault == "chain":  # one step further with each question, for ever
            return reply(packet, question, 0x8180, cname(name, f"n{time.monotonic_ns()}.chain{END}"), 1)
        if fault == "garbage":
            return packet[:2] + os.urandom(60)
        if fault == "short":
            return packet[:7]
        if fault == "wrongid":
            return reply(bytes([packet[0] ^ 255, packet[1] ^ 255]), question, 0x8183)
        if fault == "truncated":  # over TCP the connection ends at once
            return None if over_tcp else reply(packet, question, 0x8380)
        if fault == "huge":
            return reply(packet, question, 0x8180, texts(HUGE), 1) if over_tcp else reply(packet, question, 0x8380)
        return None

    def answer(self, packet, over_tcp=False):
        name, kind, question = question_of(packet)
        if not name.endswith(END):
            return super().answer(packet)
        self.asked.append((name, kind))
        return self.misbehave(packet, name[:-len(END)].rsplit(".", 1)[-1], name, question, over_tcp)

    def serve(self):
        while True:
            try:
                packet, client = self.socket.recvfrom(4096)
                if b"\4slow\5fault" in packet:
                    threading.Timer(SLOW_S, self.answer_slowly, (packet, client)).start()
                    continue
                octets = self.answer(packet) if len(packet) > 16 else None
                if octets is not None:
                    self.socket.sendto(octets, client)
            except (OSError, ValueError, IndexError):
                return

    def answer_slowly(self, packet, client):
        try:
            self.socket.sendto(reply(packet, question_of(packet)[2], 0x8183), client)
        except OSError:
            pass

    def serve_tcp(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve_client, args=(client,), daemon=True).start()

    def serve_client(self, client):
        with client:
            try:
                while True:
                    size = struct.unpack("!H", client.recv(2, socket.MSG_WAITALL))[0]
                    octets = self.answer(client.recv(size, socket.MSG_WAITALL), over_tcp=True)
                    if octets is None:
                        return
                    client.sendall(struct.pack("!H", len(octets)) + octets)
            except (OSError, struct.error):
                return

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes its thread
        self.listener.close()
        super().__exit__()
