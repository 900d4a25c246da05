"""The MTA's side of the milter protocol, for tests: sends what Postfix would send, or what it never
would. Standard library only.

    with Milter("unix:/run/sekisho/sekisho.sock") as milter:
        milter.negotiate()
        result = milter.message(Message(sender="<a@example.org>", headers=[("From", " a@example.org")]))
        result.answer, result.inserted, result.deleted
"""

import socket
import struct

ACTIONS_ALL = 0x1FF
PROTOCOL_ALL = 0x1FFFFF
ADDHDRS, CHGHDRS, QUARANTINE = 0x01, 0x10, 0x20
NR_CONN, NR_HELO, NR_MAIL, NR_RCPT = 0x1000, 0x2000, 0x4000, 0x8000
NR_HDR, NR_EOH = 0x80, 0x40000
NODATA, SKIP, LEADSPC = 0x200, 0x400, 0x100000
CHUNK = 65535


class Gone(Exception):
    """The milter closed the connection."""


class Message:
    def __init__(self, sender="<taro@good.example>", headers=None, body=b"Hello\r\n", client="192.0.2.25",
                 helo="mail.good.example", queue_id="4XYZ", recipients=("<hanako@rx.example>",), macros=None,
                 family="4", arguments=()):
        self.sender, self.body, self.client, self.helo = sender, body, client, helo
        self.headers = [("From", " Taro <taro@good.example>"), ("Subject", " test")] if headers is None else headers
        self.queue_id, self.recipients, self.macros = queue_id, recipients, macros or {}
        self.family, self.arguments = family, arguments


class Result:
    def __init__(self):
        self.answer = None    # "c" continue, "a" accept, "r" reject, "t" tempfail, "y" reply code
        self.reply = None     # the text of "y"
        self.inserted = []    # (index, name, value) in the order they came
        self.deleted = []     # (index, name)
        self.changed = []     # (index, name, value)
        self.quarantine = None
        self.body_chunks = 0  # sent before the milter had enough

    def final_headers(self, headers):
        """What an MTA makes of the message's headers: deletions and insertions applied in order."""
        fields = list(headers)
        for kind, index, name, value in self.steps:
            if kind == "i":
                fields.insert(index, (name, value))
                continue
            seen = 0
            for position, (have, _) in enumerate(fields):
                if have.lower() == name.lower():
                    seen += 1
                    if seen == index:
                        if value:
                            fields[position] = (have, value)
                        else:
                            del fields[position]
                        break
        return fields

    steps = ()


def octets_of(text):
    """As UTF-8; U+DC80 to U+DCFF stand for single octets."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def address_of(where):
    kind, _, rest = where.partition(":")
    if kind in ("unix", "local"):
        return socket.AF_UNIX, rest
    port, _, host = rest.partition("@")
    return (socket.AF_INET6 if kind == "inet6" else socket.AF_INET), (host, int(port))


class Milter:
    def __init__(self, where, timeout=30):
        family, address = address_of(where)
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.actions = self.protocol = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    # packets
    def send(self, command, data=b""):
        self.socket.sendall(struct.pack("!I", len(data) + 1) + command.encode() + data)

    def send_raw(self, octets):
        self.socket.sendall(octets)

    def read_exactly(self, size):
        octets = b""
        while len(octets) < size:
            piece = self.socket.recv(size - len(octets))
            if not piece:
                raise Gone()
            octets += piece
        return octets

    def receive(self):
        try:
            size = struct.unpack("!I", self.read_exactly(4))[0]
            packet = self.read_exactly(size)
        except (ConnectionResetError, BrokenPipeError) as gone:
            raise Gone() from gone
        return chr(packet[0]), packet[1:]

    # commands
    def negotiate(self, version=6, actions=ACTIONS_ALL, protocol=PROTOCOL_ALL):
        self.send("O", struct.pack("!III", version, actions, protocol))
        answer, data = self.receive()
        if answer != "O":
            raise Gone()
        version, self.actions, self.protocol = struct.unpack("!III", data[:12])
        return version

    def command(self, command, data=b"", silent=0):
        """Sends; returns the answer, or None when none was agreed."""
        self.send(command, data)
        if silent and self.protocol & silent:
            return None
        return self.receive()[0]

    def macros(self, stage, **values):
        data = stage.encode()
        for name, value in values.items():
            shown = name if len(name) == 1 else "{" + name + "}"
            data += shown.encode() + b"\0" + octets_of(value) + b"\0"
        self.send("D", data)

    def connect(self, message):
        data = b"mail.good.example\0" + message.family.encode()
        if message.family in "46L":
            data += struct.pack("!H", 25) + octets_of(message.client) + b"\0"
        return self.command("C", data, NR_CONN)

    def helo(self, message):
        return self.command("H", octets_of(message.helo) + b"\0", NR_HELO)

    def mail(self, message):
        if message.macros:
            self.macros("M", **message.macros)
        data = b"".join(octets_of(text) + b"\0" for text in (message.sender, *message.arguments))
        return self.command("M", data, NR_MAIL)

    def recipient(self, recipient):
        return self.command("R", octets_of(recipient) + b"\0", NR_RCPT)

    def header(self, name, value):
        if not self.protocol & LEADSPC and value[:1] in (" ", b" "):
            value = value[1:]
        return self.command("L", octets_of(name) + b"\0" + octets_of(value) + b"\0", NR_HDR)

    def end_of_headers(self):
        return self.command("N", b"", NR_EOH)

    def body(self, octets, result=None):
        for at in range(0, len(octets), CHUNK):
            answer = self.command("B", octets[at:at + CHUNK])
            if result is not None:
                result.body_chunks += 1
            if answer != "c":
                return answer
        return "c"

    def end(self, result=None, queue_id="4XYZ"):
        """End of message: collects what the milter wants done until its last word."""
        result = result or Result()
        result.steps = []
        if queue_id is not None:
            self.macros("E", i=queue_id)
        self.send("E")
        while True:
            answer, data = self.receive()
            if answer == "p":
                continue
            if answer in "im":
                index = struct.unpack("!I", data[:4])[0]
                name, value = data[4:].split(b"\0")[:2]
                name, value = name.decode(), value.decode("utf-8", "surrogateescape")
                result.steps.append((answer, index, name, value))
                if answer == "i":
                    result.inserted.append((index, name, value))
                elif value:
                    result.changed.append((index, name, value))
                else:
                    result.deleted.append((index, name))
            elif answer == "q":
                result.quarantine = data.rstrip(b"\0").decode()
            else:
                result.answer = answer
                if answer == "y":
                    result.reply = data.rstrip(b"\0").decode()
                return result

    def abort(self):
        self.send("A")

    def quit(self):
        self.send("Q")

    # whole things
    def envelope(self, message):
        self.mail(message)
        for recipient in message.recipients:
            self.recipient(recipient)

    def content(self, message, result=None):
        for name, value in message.headers:
            self.header(name, value)
        self.end_of_headers()
        self.body(message.body, result)

    def next_message(self, message):
        """One more message on a connection that has said who it is."""
        result = Result()
        self.envelope(message)
        self.content(message, result)
        return self.end(result, message.queue_id)

    def message(self, message):
        self.connect(message)
        self.helo(message)
        return self.next_message(message)


def deliver(where, message, **negotiation):
    """One message on a connection of its own."""
    with Milter(where) as milter:
        milter.negotiate(**negotiation)
        result = milter.message(message)
        milter.quit()
        return result
