"""What happens to bodies on the way, and signers that hash something else than they send."""
import base64
import quopri
import re

from defects import defect
from letter import Part

FOOTERS = ["_______________________________________________\r\nmembers mailing list\r\nmembers@lists.%s.test\r\n",
           "--\r\nDiese Nachricht ist vertraulich. (%s)\r\n", "This e-mail was scanned by %s.\r\n",
           "\r\n\u203b\u3053\u306e\u30e1\u30fc\u30eb\u306f%s\u304b\u3089\u306e\u914d\u4fe1\u3067\u3059\u3002\r\n",
           "----------\r\n%s: no virus found.\r\nChecked %s\r\n"]


def _footer(w, rng, html=False):
    text = rng.choice(FOOTERS)
    text = text % ((w.name(),) * text.count("%s"))
    text = text * rng.randrange(1, 4)
    return ("<div style=\"color:gray\">%s</div>\r\n" % text if html else text).encode("utf-8")


def _is(w, *shapes):
    return w.shape in shapes


@defect("dkim-body-altered-footer", after=True)
def footer_appended(w, rng):
    w.letter.raw_body += _footer(w, rng)


@defect("dkim-body-altered-inserted", after=True, shape="html", near={"dkim-body-altered-footer"})
def footer_inside_html(w, rng):
    if b"</body>" not in w.letter.raw_body:
        return False
    w.letter.raw_body = w.letter.raw_body.replace(b"</body>", _footer(w, rng, True) + b"</body>")


@defect("dkim-body-altered-banner", after=True, shape="plain")
def banner_put_in_front(w, rng):
    w.letter.raw_body = _footer(w, rng) + w.letter.raw_body


@defect("dkim-body-altered-banner", after=True, shape="plain")
def banner_and_footer(w, rng):
    w.letter.raw_body = b"[EXTERNAL] Caution.\r\n\r\n" + w.letter.raw_body + _footer(w, rng)


@defect("dkim-body-altered-banner", after=True, shape="html", near={"dkim-body-altered-inserted"})
def banner_inside_html(w, rng):
    if b"<body>\r\n" not in w.letter.raw_body:
        return False
    w.letter.raw_body = w.letter.raw_body.replace(b"<body>\r\n", b"<body>\r\n" + _footer(w, rng, True))


@defect("dkim-body-altered-mime-wrapped", after=True)
def wrapped_in_mixed(w, rng):
    boundary = ("=====%d==" % rng.getrandbits(40)).encode()
    ctype = w.letter.get("Content-Type").encode()
    cte = (w.letter.get("Content-Transfer-Encoding") or " 7bit").encode()
    w.letter.raw_body = (b"--" + boundary + b"\r\nContent-Type:" + ctype + b"\r\nContent-Transfer-Encoding:" + cte + b"\r\n\r\n" + w.letter.raw_body +
                         b"\r\n--" + boundary + b"\r\nContent-Type: text/plain; charset=\"utf-8\"\r\nMIME-Version: 1.0\r\n\r\n" + _footer(w, rng) +
                         b"\r\n--" + boundary + b"--\r\n")
    w.letter.set("Content-Type", ' multipart/mixed; boundary="%s"' % boundary.decode())


@defect("dkim-body-altered-inserted", after=True)
def footer_in_first_part(w, rng):
    if not _is(w, "alternative", "mixed") or w.letter.parts[0].cte == "base64":
        return False
    end = w.letter.raw_body.index(("\r\n--%s" % w.letter.boundary).encode(), 60)
    w.letter.raw_body = w.letter.raw_body[:end] + _footer(w, rng) + w.letter.raw_body[end:]


@defect("dkim-body-altered-inserted", after=True, shape="alternative", near={"dkim-body-altered-footer"})
def footer_in_both_alternatives(w, rng):
    if w.letter.parts[0].cte == "base64":
        return False
    mark = ("\r\n--%s" % w.letter.boundary).encode()
    body = w.letter.raw_body
    end = body.index(mark, 60)
    end = body.index(mark, end + 4) if body[:end].count(mark) == 0 else end
    note = _footer(w, rng)
    head, rest = body[:end], body[end:]
    rest = rest.replace(b"</body>", b"<p>" + note + b"</p>\r\n</body>") if b"</body>" in rest else rest.replace(b"<=\r\n/body>", b"")
    w.letter.raw_body = head + note + rest


@defect("dkim-body-altered-footer", after=True, near={"dkim-body-altered-inserted", "dkim-body-altered-base64-rewrapped"})
def footer_inside_base64(w, rng):
    part = w.letter.parts[0]
    if part.cte != "base64" or isinstance(part.text, bytes) or not _is(w, "plain"):
        return False
    part.text += "-- \r\nSent through the list of %s\r\n" % w.name()
    w.letter.raw_body = None


@defect("dkim-body-altered-8bit-converted", after=True)
def from_8bit_to_qp(w, rng):
    if not any(p.cte == "8bit" for p in w.letter.parts):
        return False
    cte = rng.choice(["quoted-printable", "base64"])
    for part in w.letter.parts:
        if part.cte == "8bit":
            part.cte = cte
    w.letter.raw_body = None
    if len(w.letter.parts) == 1:
        w.letter.set("Content-Transfer-Encoding", " " + w.letter.parts[0].cte)
        w.letter.fields.insert(0, ("X-MIME-Autoconverted", " from 8bit to %s by gw.%s.test" % (w.letter.parts[0].cte, w.name())))
    if all(p.octets().isascii() for p in w.letter.parts if p.cte != "base64"):
        return False


@defect("dkim-body-altered-8bit-converted", after=True, near={"dkim-body-altered-footer"})
def from_qp_to_8bit(w, rng):
    if not any(p.cte == "quoted-printable" and not p.octets().isascii() for p in w.letter.parts):
        return False
    for part in w.letter.parts:
        part.cte = "8bit" if part.cte == "quoted-printable" else part.cte
    w.letter.raw_body = None
    if len(w.letter.parts) == 1:
        w.letter.set("Content-Transfer-Encoding", " 8bit")


@defect("dkim-body-altered-base64-rewrapped", after=True)
def base64_rewrapped(w, rng):
    columns = rng.choice([60, 64, 72])
    changed = False
    for part in w.letter.parts:
        if part.cte == "base64" and len(part.octets()) > 60:
            part.columns, changed = columns, True
    w.letter.raw_body = None
    return None if changed else False


@defect("dkim-body-altered-charset", after=True, language="ja")
def charset_changed(w, rng):
    part = w.letter.parts[0]
    if part.cte not in ("7bit", "8bit") or not _is(w, "plain", "html"):
        return False
    before = part.octets()
    part.charset, part.cte = ("UTF-8", "8bit") if part.charset != "UTF-8" else ("ISO-2022-JP", "7bit")
    w.letter.raw_body = None
    if part.octets() == before:
        return False
    w.letter.set("Content-Type", " " + part.content_type())
    w.letter.set("Content-Transfer-Encoding", " " + part.cte)


@defect("dkim-body-altered-links", after=True)
def links_rewritten(w, rng):
    def safe(match):
        coded = match.group(0).decode().replace(":", "%3A").replace("/", "%2F").replace("?", "%3F").replace("=", "%3D").replace("&", "%26")
        return ("https://nam0%d.safelinks.protection.outlook.com/?url=%s&data=05%%7C01&reserved=0" % (rng.randrange(1, 9), coded)).encode()

    def defense(match):
        coded = match.group(0).decode().replace("_", "-5F").replace("-", "-2D").replace(":", "-3A").replace("/", "_").replace("?", "-3F").replace("=", "-3D").replace("&", "-26")
        return ("https://urldefense.proofpoint.com/v2/url?u=%s&d=DwMFaQ&c=x&r=y&m=z&s=w&e=" % coded).encode()
    if not all(p.cte in ("7bit", "8bit") for p in w.letter.parts if not isinstance(p.text, bytes)):
        return False
    body, count = re.subn(rb"https?://[^\s<>\"\x1b\x80-\xff]+", rng.choice([safe, defense]), w.letter.raw_body)
    w.letter.raw_body = body
    return None if count else False


@defect("dkim-body-altered-line-endings")
def hashed_with_lf(w, rng):
    if w.letter.body().count(b"\r\n") < 2:
        return False
    from letter import canon_body
    w.letter.freeze()
    w.signer.wrong_body = canon_body(w.letter.raw_body, w.signer.body_canon).replace(b"\r\n", b"\n")
    original = w.signer.sign
    import letter as module
    keep = module.canon_body
    module.canon_body = lambda body, canon: body
    try:
        original(w.letter)
    finally:
        module.canon_body = keep


@defect("dkim-body-altered-line-wrap", language="en", shape="plain")
def long_line_broken(w, rng):
    w.letter.parts[0].text += "Long: " + "word " * rng.randrange(240, 900) + "\r\n"
    if w.letter.parts[0].cte != "7bit":
        return False
    w.signer.sign(w.letter)
    w.letter.freeze()
    out = []
    for line in w.letter.raw_body.split(b"\r\n"):
        while len(line) > 998:
            out.append(line[:998])
            line = b" " + line[998:]
        out.append(line)
    w.letter.raw_body = b"\r\n".join(out)


@defect("dkim-body-altered-from-mangling", language="en", shape="plain")
def from_mangled(w, rng):
    w.letter.parts[0].text += "From Monday on we are open again.\r\nFrom us all.\r\n"
    if w.letter.parts[0].cte == "base64":
        return False
    w.signer.sign(w.letter)
    w.letter.freeze()
    w.letter.raw_body = w.letter.raw_body.replace(b"\r\nFrom ", b"\r\n>From ")


@defect("dkim-body-altered-dot-stuffing", language="en", shape="plain")
def dots_stuffed(w, rng):
    doubled = rng.random() < 0.5
    w.letter.parts[0].text += "first\r\n.hidden file\r\n..two\r\n" if doubled else "first\r\n..two dots\r\n...three\r\n"
    if w.letter.parts[0].cte == "base64":
        return False
    w.signer.sign(w.letter)
    w.letter.freeze()
    w.letter.raw_body = w.letter.raw_body.replace(b"\r\n.", b"\r\n.." if doubled else b"\r\n")


@defect("dkim-body-altered-whitespace", canon="simple/simple", shape="plain", near={"dkim-body-altered-footer", "dkim-body-altered-inserted"})
def spaces_stripped(w, rng):
    if w.letter.parts[0].cte not in ("7bit", "8bit"):
        return False
    w.letter.parts[0].text += "-- \r\nThe office\r\n"
    w.signer.sign(w.letter)
    w.letter.freeze()
    w.letter.raw_body = w.letter.raw_body.replace(b"-- \r\n", b"--\r\n")


# A signer that hashed the relaxed form cannot be told from this: said, but never proven.
@defect("dkim-body-altered", canon="simple/simple", after=True, shape="plain")
def blanks_added_to_line_ends(w, rng):
    ends = [m.start() for m in re.finditer(b"[^ \r\n]\r\n", w.letter.raw_body)]
    if w.letter.parts[0].cte not in ("7bit", "8bit") or not ends:
        return False
    for at in sorted(rng.sample(ends, min(len(ends), rng.randrange(1, 4))), reverse=True):
        w.letter.raw_body = w.letter.raw_body[:at + 1] + b" " * rng.randrange(1, 3) + w.letter.raw_body[at + 1:]


@defect("dkim-body-truncated", near={"dkim-body-altered"}, shape="mixed")
def body_cut(w, rng):
    w.signer.sign(w.letter)
    w.letter.freeze()
    w.letter.raw_body = w.letter.raw_body[:rng.randrange(len(w.letter.raw_body) // 2, len(w.letter.raw_body) - 60)]


@defect("dkim-body-appended-beyond-l", near={"dkim-body-altered-footer"})
def beyond_length(w, rng):
    from letter import canon_body
    w.signer.length = len(canon_body(w.letter.body(), w.signer.body_canon))
    w.signer.sign(w.letter)
    w.letter.freeze()
    w.letter.raw_body += _footer(w, rng)


@defect("dkim-body-altered", after=True)
def body_edited(w, rng):
    body = bytearray(w.letter.raw_body)
    places = [i for i in range(len(body)) if 97 <= body[i] <= 121]
    for _ in range(rng.randrange(2, 12)):
        body[rng.choice(places)] ^= 1
    w.letter.raw_body = bytes(body)


@defect("dkim-signer-empty-body")
def signed_empty(w, rng):
    w.signer.wrong_body = b""


@defect("dkim-signer-wrong-canon", canon="relaxed/relaxed")
def body_canon_wrong(w, rng):
    from letter import canon_body
    w.signer.wrong_body_canon = "simple"
    if canon_body(w.letter.body(), "simple") == canon_body(w.letter.body(), "relaxed"):
        return False


@defect("dkim-signer-wrong-canon")
def header_canon_wrong(w, rng):
    w.signer.wrong_header_canon = "simple" if w.signer.header_canon == "relaxed" else "relaxed"


@defect("dkim-signer-bug", key="rsa2048")
def raw_digest(w, rng):
    w.signer.raw_digest = True


@defect("dkim-altered-by-mailing-list", near={"dmarc-mailing-list"})
def mailing_list(w, rng):
    w.signer.sign(w.letter)
    w.letter.freeze()
    name = w.name()
    w.letter.raw_body += _footer(w, rng)
    w.letter.set("Subject", " [%s]%s" % (name, w.letter.get("Subject")))
    w.letter.remove("List-Id")
    w.letter.fields += [("List-Id", " <%s.lists.%s.test>" % (name, name)), ("List-Post", " <mailto:%s@lists.%s.test>" % (name, name))]


@defect("dkim-body-altered-footer", after=True, near={"dkim-altered-by-mailing-list"}, lists=False)
def footer_and_x_header(w, rng):
    w.letter.raw_body += _footer(w, rng)
    w.letter.fields.insert(0, ("X-Scanned-By", " %s" % w.name()))
