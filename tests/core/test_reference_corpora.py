"""Mails that other projects test their readers with, and what those projects expect of them."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from triage.core.bounces import find_bounce
from triage.core.deliveries import read_delivery
from triage.core.identity import mail_key
from triage.core.mail import Mail
from triage.core.parse import parts_of, read_mail
from triage.core.quoting import new_text
from triage.core.robots import find_auto_reply

CORPORA = Path(__file__).parents[2] / ".." / "shared" / "corpora"
COLLECTIONS = (
    "cpython",
    "email_reply_trimmer",
    "enmime",
    "imap_tools",
    "mikel-mail",
    "mimekit",
    "sisimai-set-of-emails",
    "stalwart-mail-parser",
    "zbateson-mail-mime-parser",
)

pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason="the reference data are not at hand")


def files(*below: str) -> list[Path]:
    return sorted(path for path in CORPORA.joinpath(*below).rglob("*") if path.is_file())


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_file_of_a_collection_is_read(collection: str) -> None:
    for path in files(collection):
        raw = path.read_bytes()
        mail = read_mail(raw)
        mail_key(mail, raw)
        for attachment, provide in parts_of(mail, raw):
            assert len(provide()) == attachment.size, path


def plain(text: str | None) -> str:
    """Make texts comparable: white space and normal form are nobody's opinion."""
    whole = (text or "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return unicodedata.normalize("NFC", " ".join(whole.split()))


def agreement(pairs: Iterator[tuple[str, bool]]) -> dict[str, float]:
    asked, agreed = Counter[str](), Counter[str]()
    for name, same in pairs:
        asked[name] += 1
        agreed[name] += same
    return {name: agreed[name] / count for name, count in asked.items()}


def imap_tools() -> Iterator[tuple[Mail, dict[str, Any]]]:
    root = CORPORA / "imap_tools"
    for path in files("imap_tools", "messages_data"):
        mail = (
            root
            / "messages"
            / path.relative_to(root / "messages_data").parent
            / path.name.replace(".expected.json", ".eml")
        )
        if mail.exists():
            yield read_mail(mail.read_bytes()), json.loads(path.read_text())


def test_we_agree_with_imap_tools() -> None:
    def compared() -> Iterator[tuple[str, bool]]:
        for mail, wanted in imap_tools():
            yield (
                "subject",
                plain(wanted["subject"]) == mail.subject or plain(wanted["subject"]) == plain(mail.subject),
            )
            yield "from", wanted["from_"] == mail.sender.address
            yield "to", wanted["to"] == [item.address for item in mail.to]
            if wanted["text"]:
                yield "text", plain(wanted["text"]) == plain(mail.text)
            yield (
                "attachments",
                [item["filename"] for item in wanted["attachments"]]
                == [item.name for item in mail.attachments],
            )

    found = agreement(compared())
    # the rest: texts of attached mails, which it runs together with those of the mail; 8-bit bytes, which it
    # drops; delivery reports, which it does not count as attachments
    assert found["subject"] > 0.96, found
    assert found["from"] > 0.97, found
    assert found["to"] > 0.94, found
    assert found["text"] > 0.80, found
    assert found["attachments"] > 0.90, found


def values(part: dict[str, Any], name: str, kind: str) -> list[Any]:
    found = [header["value"] for header in part["headers"] if header["name"] == name]
    return [value[kind] for value in found if isinstance(value, dict) and kind in value]


def stalwart() -> Iterator[tuple[Mail, dict[str, Any]]]:
    for path in files("stalwart-mail-parser", "eml"):
        mail = path.with_suffix(".eml")
        if path.suffix == ".json" and mail.exists():
            yield read_mail(mail.read_bytes()), json.loads(path.read_text())


def test_we_agree_with_stalwart() -> None:
    def compared() -> Iterator[tuple[str, bool]]:
        for mail, wanted in stalwart():
            root = wanted["parts"][0]
            subjects = values(root, "subject", "Text")
            if subjects:
                yield "subject", plain(subjects[-1]) == plain(mail.subject)
            senders = [item for value in values(root, "from", "Address") for item in value.get("List", [])]
            if senders:
                yield "from", [item["address"] for item in senders] == [item.address for item in mail.senders]
            bodies = [wanted["parts"][number]["body"] for number in wanted["text_body"]]
            texts = [body.get("Text") for body in bodies if isinstance(body, dict)]
            if texts and all(texts):
                yield "text", plain(" ".join(texts)) == plain(mail.text)

    found = agreement(compared())
    # the rest: bytes that it replaces and we read as windows-1252; texts that it takes for attachments
    assert found["subject"] > 0.90, found
    assert found["from"] > 0.97, found
    assert found["text"] > 0.75, found


def sisimai(pattern: str) -> list[Mail]:
    return [
        read_mail(path.read_bytes())
        for path in (CORPORA / "sisimai-set-of-emails" / "maildir").rglob(pattern)
    ]


def test_bounces_of_sixty_servers_are_recognised() -> None:
    mails = [mail for pattern in ("lhost-*", "rhost-*", "rfc3464-*") for mail in sisimai(pattern)]
    missed = [mail.subject for mail in mails if find_bounce(mail) is None]
    # some of the collection are forwards by people, and notices in JSON or Japanese
    assert len(missed) < 0.04 * len(mails), missed


def test_automatic_answers_are_recognised_and_are_no_bounces() -> None:
    for mail in sisimai("rfc3834-*"):
        assert find_bounce(mail) is None, mail.subject
        assert find_auto_reply(mail) is not None, mail.subject


def test_mails_of_people_are_no_bounces() -> None:
    for mail in sisimai("is-not-bounce-*"):
        assert find_bounce(mail) is None
        assert find_auto_reply(mail) is None


def test_complaints_are_filed_as_what_programs_send() -> None:
    for mail in sisimai("arf-*"):
        assert find_bounce(mail) is None, mail.subject
        assert find_auto_reply(mail) is not None, mail.subject


DECLARED = re.compile(
    r"^(?:final|original)-recipient:\s*"
    r"(?:[\w-]+\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+)>?",
    re.IGNORECASE | re.MULTILINE,
)
DECLARED_STATUS = re.compile(r"^status:\s*([45])\.\d+\.\d+", re.IGNORECASE | re.MULTILINE)


def test_bounces_tell_whose_mailbox_failed_and_whether_for_good() -> None:
    def compared() -> Iterator[tuple[str, bool]]:
        for path in files("sisimai-set-of-emails", "maildir", "bsd"):
            raw = path.read_bytes()
            mail = read_mail(raw)
            if find_bounce(mail) is None:
                continue
            found = read_delivery(mail, parts_of(mail, raw))
            yield "any", bool(found.recipient)
            text = raw.decode("latin-1")
            wanted, status = DECLARED.findall(text), DECLARED_STATUS.search(text)
            if wanted:
                yield "recipient", found.recipient.lower() in {one.lower() for one in wanted}
            if status and "action: delayed" not in text.lower():
                yield "permanent", found.permanent is (status[1] == "5")

    found = agreement(compared())
    assert found["any"] == 1, found
    assert found["recipient"] > 0.99, found
    assert found["permanent"] > 0.99, found


TRIMMER = "email_reply_trimmer"
QUOTED_BETWEEN = {
    # quoted lines between answers go, the answers stay
    "embedded_email_7.txt",
    "embedded_email_16.txt",
}
DIFFERENT = {
    # forwards stay whole: the request is inside
    "forwarded_apple.txt",
    "forwarded_gmail.txt",
    "forwarded_message.txt",
    # no address and no date shows that a program wrote the head
    "embedded_email_8.txt",
    "embedded_email_9.txt",
    "embedded_email_11.txt",
    # where nothing of the writer's stands above, everything is kept
    "embedded_email_17.txt",
    "embedded_email_18.txt",
    "spam_1.txt",
    *QUOTED_BETWEEN,
    # heads without a verb, or broken by empty lines; a character that is neither word nor rule
    "embedded_email_4.txt",
    "embedded_email_12.txt",
    "delimiters.txt",
    # a list of footers of all devices, some of which are sentences elsewhere
    "signatures.txt",
}


def test_we_trim_as_the_reply_trimmer_does_but_where_we_choose_otherwise() -> None:
    def text_of(*below: str) -> str:
        raw = CORPORA.joinpath(TRIMMER, *below).read_bytes()
        return raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")

    names = [path.name for path in files(TRIMMER, "emails")]
    found = {name: plain(new_text(text_of("emails", name))) for name in names}
    wanted = {name: plain(text_of("trimmed", name)) for name in names}
    assert {name for name in names if found[name] != wanted[name]} == DIFFERENT
    for name in DIFFERENT - QUOTED_BETWEEN:
        lost = Counter(wanted[name].split()) - Counter(found[name].split())
        assert not lost, f"{name}: words of the writer were cut away"
