"""Deterministic keys: the same seed makes the same RSA and Ed25519 keys."""
import base64
import hashlib

import nacl.signing

SMALL = [p for p in range(3, 2000, 2) if all(p % q for q in range(3, int(p**0.5) + 1, 2))]


def _is_prime(n, rng):
    if any(n % p == 0 for p in SMALL):
        return False
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for _ in range(6):
        x = pow(rng.randrange(2, n - 1), d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def _prime(bits, rng):
    while True:
        n = rng.getrandbits(bits) | 1 | (3 << (bits - 2))
        if n % 65537 != 1 and _is_prime(n, rng):
            return n


def _der(tag, content):
    size = len(content)
    if size < 128:
        head = bytes([tag, size])
    else:
        octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
        head = bytes([tag, 0x80 | len(octets)]) + octets
    return head + content


def _der_int(n):
    return _der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


class Rsa:
    kind = "rsa"

    def __init__(self, bits, rng):
        self.bits, self.e = bits, 65537
        p, q = _prime(bits // 2, rng), _prime(bits // 2, rng)
        self.n = p * q
        d = pow(self.e, -1, (p - 1) * (q - 1))
        self._crt = (p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
        self.private = _der(0x30, b"".join(_der_int(x) for x in (0, self.n, self.e, d, p, q) + self._crt[2:]))
        self.pkcs1 = _der(0x30, _der_int(self.n) + _der_int(self.e))
        algorithm = _der(0x30, bytes.fromhex("06092a864886f70d010101") + b"\x05\x00")
        self.public = _der(0x30, algorithm + _der(3, b"\0" + self.pkcs1))

    def sign(self, digest_name, digest, raw=False):
        info = {"sha256": "3031300d060960864801650304020105000420", "sha1": "3021300906052b0e03021a05000414"}
        block = (b"" if raw else bytes.fromhex(info[digest_name])) + digest
        size = self.bits // 8
        m = int.from_bytes(b"\0\1" + b"\xff" * (size - 3 - len(block)) + b"\0" + block, "big")
        p, q, dp, dq, qinv = self._crt
        mp, mq = pow(m, dp, p), pow(m, dq, q)
        return (mq + (mp - mq) * qinv % p * q).to_bytes(size, "big")

    def published(self):
        return base64.b64encode(self.public).decode()


class Ed25519:
    kind, bits = "ed25519", 256

    def __init__(self, rng):
        self._key = nacl.signing.SigningKey(rng.getrandbits(256).to_bytes(32, "big"))
        self.octets = bytes(self._key.verify_key)
        self.spki = bytes.fromhex("302a300506032b6570032100") + self.octets

    def sign(self, _name, digest, raw=False):
        return self._key.sign(digest).signature

    def published(self):
        return base64.b64encode(self.octets).decode()


class Keyring:
    """A few keys of each kind, shared by all messages: making them takes longer than signing."""

    def __init__(self, rng):
        self.rsa2048 = [Rsa(2048, rng) for _ in range(4)]
        self.rsa1024 = [Rsa(1024, rng) for _ in range(2)]
        self.rsa768 = [Rsa(768, rng)]
        self.ed25519 = [Ed25519(rng) for _ in range(3)]

    def pick(self, kind, rng, other_than=None):
        return rng.choice([k for k in getattr(self, kind) if k is not other_than])


def digest(name, octets):
    return hashlib.new(name, octets).digest()
