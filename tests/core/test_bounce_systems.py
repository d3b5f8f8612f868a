"""Reports of failed delivery in the form of each mail system, as bounces.toml holds them."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from triage.core.bounces import find_bounce
from triage.core.deliveries import read_delivery
from triage.core.mailcards import Delivery
from triage.core.parse import parts_of, read_mail
from triage.core.robots import find_auto_reply, find_list

OURS = frozenset({"hotrocntt@vst.gov.vn"})
KETOAN = "ketoan@hoamai.example"
LETTER = "<triage.abc-1@vst.gov.vn>"
HEADERS = (
    "Received: from app.vst.gov.vn by mx1.vst.gov.vn; Mon, 12 May 2025 09:00:00 +0700\n"
    f"From: Ho tro CNTT <hotrocntt@vst.gov.vn>\nTo: {KETOAN}\n"
    "Subject: [SD250512-000003] Tra loi\nDate: Mon, 12 May 2025 09:00:00 +0700\n"
    f"Message-ID: {LETTER}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
)
PLACES = {
    "{letter}": LETTER,
    "{headers}": HEADERS,
    "{headers_html}": HEADERS.replace("<", "&lt;"),
    "{whole}": f"{HEADERS}\nKinh gui don vi,\n\nHe thong tam thoi khong mo duoc, se gui lai sau.\n",
}
RETURNED = {"whole": "message/rfc822", "headers": "text/rfc822-headers"}
FORMS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("bounces.toml").read_text("utf-8"))[
    "bounce"
]


def raw_of(form: dict[str, Any]) -> bytes:
    """Write the bytes of one report: alone, or in the parts of RFC 3462."""
    path = "" if "return_path" in form else "Return-Path: <>\n"
    more = f"{form['more'].strip()}\n" if "more" in form else ""
    head = (
        f"{path}From: {form['from']}\nTo: hotrocntt@vst.gov.vn\nSubject: {form['subject']}\n"
        f"Date: Mon, 12 May 2025 09:05:00 +0700\nMessage-ID: <b1@mx.example>\n{more}MIME-Version: 1.0\n"
    )
    kind = form.get("type", "text/plain; charset=utf-8")
    parts = [(kind, form["text"])]
    if "report" in form:
        parts.append(("message/delivery-status", form["report"]))
    if "returned" in form:
        returned = "{whole}" if form["returned"] == "whole" else "{headers}"
        parts.append((RETURNED[form["returned"]], returned))
    if len(parts) == 1:
        written = f"{head}Content-Type: {kind}\n\n{form['text']}"
    else:
        body = "".join(f"--b/1\nContent-Type: {kind}\n\n{text}\n" for kind, text in parts)
        head += 'Content-Type: multipart/report; report-type=delivery-status; boundary="b/1"\n'
        written = f"{head}\n{body}--b/1--\n"
    for place, text in PLACES.items():
        written = written.replace(place, text)
    return written.replace("\n", "\r\n").encode()


def read(raw: bytes) -> Delivery:
    mail = read_mail(raw)
    return read_delivery(mail, parts_of(mail, raw), OURS)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["system"])
def test_the_report_tells_whose_mailbox_why_of_which_letter_and_whether_to_wait(form: dict[str, Any]) -> None:
    raw = raw_of(form)
    assert find_bounce(read_mail(raw)) is not None
    found = read(raw)
    wanted = (form.get("recipient", KETOAN), form["status"], form.get("lost", True))
    assert (found.recipient, found.status, found.lost) == wanted
    assert found.permanent is (found.lost and form["status"].startswith("5"))
    assert found.letter == (LETTER if form.get("known", True) else "")


def test_each_report_is_told_from_a_person_who_pastes_it_into_a_mail() -> None:
    """What the server wrote stands in a person's request: it is a request, whatever was pasted."""
    for form in FORMS:
        person = {
            "system": "a person",
            "from": "Nguyen Thi Men <ketoan@hoamai.example>",
            "subject": "Em gửi email cho đối tác thì nhận được thông báo này",
            "text": f"Kính gửi anh chị,\n\nEm nhận được như dưới, nhờ anh chị xem giúp.\n\n{form['text']}",
            "return_path": "",
        }
        mail = read_mail(raw_of(person))
        assert [check(mail) for check in (find_bounce, find_auto_reply, find_list)] == [None] * 3, form


def test_a_report_that_came_encoded_is_read_as_well() -> None:
    form = next(form for form in FORMS if form["system"] == "postfix failed")
    raw = raw_of(form)
    status = form["report"].strip().replace("\n", "\r\n").encode()
    coded = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + status.replace(b"o", b"=6F")
    turned = raw.replace(b"\r\n\r\n" + status, b"\r\n" + coded)
    assert turned != raw
    assert read(turned) == read(raw)
