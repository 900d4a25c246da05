"""Adds ARC sets (RFC 8617) on top of a letter; a wrong key makes a seal that does not verify."""
import base64

import keyring
from letter import canon_body, canon_field

FIELDS = ("From", "To", "Subject", "Date", "Message-ID", "DKIM-Signature")
NAMES = ("ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal")


def _digest(data):
    return keyring.digest("sha256", data)


def _signature(key, data):
    return base64.b64encode(key.sign("sha256", _digest(data))).decode()


class Sealer:
    """One host on the way. Sets of the letter are kept in letter.sets, oldest first."""

    def __init__(self, key, domain, selector="arc"):
        self.key, self.domain, self.selector = key, domain, selector
        self.seal_key = key

    def _message_signature(self, letter, instance, at):
        body = base64.b64encode(_digest(canon_body(letter.body(), "relaxed"))).decode()
        own = " i=%d; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=%s; t=%d;\r\n\th=%s;\r\n\tbh=%s;\r\n\tb=" % (
            instance, self.domain, self.selector, at, ":".join(FIELDS), body)
        data = b""
        for name in FIELDS:
            rows = [f for f in letter.fields if f[0].lower() == name.lower()]
            data += canon_field(*rows[-1], "relaxed") if rows else b""
        data += canon_field(NAMES[1], own, "relaxed")[:-2]
        return own + _signature(self.key, data)

    def seal(self, letter, results, at, validation=None, instance=None):
        sets = getattr(letter, "sets", [])
        instance = instance or len(sets) + 1
        validation = validation or ("none" if instance == 1 else "pass")
        new = [" i=%d; %s" % (instance, results), self._message_signature(letter, instance, at),
               " i=%d; a=rsa-sha256; t=%d; cv=%s; d=%s; s=%s;\r\n\tb=" % (
                   instance, at, validation, self.domain, self.selector)]
        data = b""
        for values in ([] if validation == "fail" else sets) + [new]:
            data += b"".join(canon_field(*pair, "relaxed") for pair in zip(NAMES, values))
        new[2] += _signature(self.seal_key, data[:-2])
        letter.sets = sets + [new]
        for pair in zip(NAMES, new):
            letter.fields.insert(0, pair)
