"""Mails that other projects test their readers with, and what those projects expect of them."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from triage.core.bounces import find_bounce
from triage.core.identity import mail_key
from triage.core.mail import Mail
from triage.core.parse import part_bytes, read_mail
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
        for attachment in mail.attachments:
            found = part_bytes(raw, attachment.part)
            assert found is not None, path
            assert len(found[1]) == attachment.size, path


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
