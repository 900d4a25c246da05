"""What happens to signed header fields on the way."""
import re

from defects import defect
from letter import NAMES, encoded_words


def _tag(rng, w):
    return rng.choice(["[%s] ", "[%s:04711] ", "(%s:123) ", "***%s*** ", "\u3010%s\u3011", "%s: ", "{%s} ", "[%s\u4f1a] "]) % rng.choice(
        [w.name(), "SPAM", "EXTERNAL", "ML-9", "External Mail"])


def _subject(w, text, rng):
    charset = "ISO-2022-JP" if "iso-2022" in (w.letter.get("Subject") or "").lower() else "UTF-8"
    return " " + encoded_words(text, charset, rng.choice([None, "q", "b"]))


@defect("dkim-header-altered-subject-prefix", after=True)
def subject_tag_in_front(w, rng):
    tag = _tag(rng, w)
    w.letter.set("Subject", " " + (tag if tag.isascii() else encoded_words(tag, "UTF-8", "b") + " ") + w.letter.get("Subject").lstrip())


@defect("dkim-header-altered-subject-prefix", after=True)
def subject_tag_re_encoded(w, rng):
    if w.subject.isascii():
        return False
    w.letter.set("Subject", _subject(w, _tag(rng, w) + w.subject, rng))


@defect("dkim-header-altered-subject-prefix", after=True)
def subject_tag_behind(w, rng):
    w.letter.set("Subject", w.letter.get("Subject") + rng.choice([" [%s]", " (%s)"]) % w.name())


@defect("dkim-header-reencoded", after=True, near={"dkim-header-altered"})
def subject_re_encoded(w, rng):
    if w.subject.isascii():
        return False
    before = w.letter.get("Subject")
    w.letter.set("Subject", " " + encoded_words(w.subject, "UTF-8", rng.choice(["q", "b"])))
    if w.letter.get("Subject") == before:
        return False


@defect("dkim-header-refolded", after=True)
def refolded(w, rng):
    if w.signer.header_canon != "simple":
        return False
    name = rng.choice(["To", "Subject", "From", "Content-Type"])
    value = w.letter.get(name)
    if "\r\n" in value:
        w.letter.set(name, value.replace("\r\n", ""))
    else:
        places = [m.start() for m in re.finditer(" ", value) if m.start() > 0]
        if not places:
            return False
        at = rng.choice(places)
        w.letter.set(name, value[:at] + "\r\n" + rng.choice([" ", "\t"]) + value[at + 1:])


@defect("dkim-header-added-oversigned", after=True)
def reply_to_added(w, rng):
    if "Reply-To" not in w.signer.fields:
        return False
    w.letter.fields.append(("Reply-To", " list@%s.test" % w.name()))


@defect("dkim-header-from-munged", near={"dkim-header-altered"}, house="own")
def from_munged(w, rng):
    w.signer.sign(w.letter)
    w.letter.freeze()
    author = w.letter.get("From")
    the_list = "%s-list.test" % w.name()
    w.letter.set("From", " Nora via circle <circle@%s>" % the_list)
    w.letter.fields.append((rng.choice(["Reply-To", "X-Original-From"]) if "Reply-To" not in w.signer.fields else "X-Original-From", author))
    w.add(the_list, "A", w.address())


@defect("dkim-header-altered", after=True, near={"dkim-header-altered-unknown"})
def date_rewritten(w, rng):
    date = w.letter.get("Date")
    w.letter.set("Date", rng.choice([date.replace("+0000", "GMT"), date.replace("+0000", "-0000"), date + " (UTC)", re.sub(r" 0(\d) ", r" \1 ", date)]))
    if w.letter.get("Date") == date:
        return False


@defect("dkim-header-altered", after=True, near={"dkim-header-altered-unknown"})
def message_id_replaced(w, rng):
    old = w.letter.get("Message-ID")
    w.letter.set("Message-ID", " <%x@relay.%s.test>" % (rng.getrandbits(50), w.name()))
    w.letter.fields.append((rng.choice(["X-Original-Message-ID", "X-Google-Original-Message-ID"]), old))


@defect("dkim-header-reencoded", after=True)
def to_rewritten(w, rng):
    to = w.letter.get("To")
    changed = to.replace("Reader <", "\"Reader\" <") if "Reader <" in to else to.replace(" reader@inbox.test", " <reader@inbox.test>", 1)
    if changed == to:
        return False
    w.letter.set("To", changed)


@defect("dkim-header-altered", after=True, near={"dkim-header-reencoded", "dkim-header-refolded"})
def content_type_rewritten(w, rng):
    value = w.letter.get("Content-Type")
    changed = value.replace("charset=UTF-8", rng.choice(['charset="UTF-8"', "charset=utf-8", 'charset="utf-8"'])) if "charset=UTF-8" in value \
        else value.replace("; ", ";\r\n\t") if w.signer.header_canon == "simple" else value.replace("multipart/", "Multipart/")
    if changed == value:
        return False
    w.letter.set("Content-Type", changed)


@defect("dkim-header-removed", near={"dkim-header-altered-unknown"}, after=True)
def mime_version_removed(w, rng):
    w.letter.remove("MIME-Version")


@defect("dkim-header-removed", near={"dkim-header-altered-unknown"}, after=True)
def cte_removed(w, rng):
    if "Content-Transfer-Encoding" not in w.signer.fields or w.letter.parts[0].cte not in ("7bit", "8bit"):
        return False
    w.letter.remove("Content-Transfer-Encoding")


@defect("dkim-header-altered-unknown", after=True, near={"dkim-header-altered"})
def subject_replaced(w, rng):
    w.letter.set("Subject", " Completely different %d" % rng.getrandbits(40))


@defect("dkim-header-altered-subject-prefix", after=True)
def tag_and_refold(w, rng):
    value = w.letter.get("Subject").lstrip()
    w.letter.set("Subject", " [%s] %s" % (w.name(), value))
    to = w.letter.get("To")
    if w.signer.header_canon == "simple" and "\r\n" in to:
        w.letter.set("To", to.replace("\r\n", ""))


@defect("dkim-header-altered-subject-prefix", after=True, near={"dkim-altered-by-mailing-list", "dkim-body-altered-footer"})
def tag_and_footer(w, rng):
    w.letter.set("Subject", " [%s] %s" % (w.name(), w.letter.get("Subject").lstrip()))
    w.letter.raw_body += b"-- \r\nfooter of %s\r\n" % w.name().encode()
