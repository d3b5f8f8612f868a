"""What the service would decide about a mail, in the words of its reader."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.core.decision import Kind, Part
from triage.core.rules import Rulebook
from triage.core.tickets import find_codes
from triage.ports import RenderedLetter
from triage.service.trying import Tried
from triage.web import defectwords, extras, letterwords, shown, wording
from triage.web.extras import Block
from triage.web.sidepanel import ABOUT_THE_QUEUE, how_words
from triage.web.tellings import Telling
from triage.web.templating import Words
from triage.web.verdictwords import ShownFinding, findings_of

NOWHERE = frozenset({"file", "duplicate"})
"""Outcomes without a queue: how one was looked for would only confuse."""


@dataclass(frozen=True, slots=True)
class ShownTrial:
    """What a page tells of a mail that was tried; ``rows`` are labels and values."""

    subject: str
    rows: tuple[tuple[str, str], ...]
    verdict: str
    findings: tuple[ShownFinding, ...]
    route: tuple[str, ...]
    further: tuple[str, ...]
    defects: tuple[str, ...]
    blocks: tuple[Block, ...]
    letter_name: str
    letter_to: str
    letter: RenderedLetter | None
    why_none: str


def shown_trial(tried: Tried, rules: Rulebook, words: Words) -> ShownTrial:
    """Put a decision into words; its reader sees every ticket, and so every code that it names."""
    document = tried.document
    telling = Telling(words, frozenset(map(str, find_codes(json.dumps(document)))))
    reasons, goes_nowhere = document["reasons"], document["outcome"] in NOWHERE
    mail = document["mail"]
    return ShownTrial(
        subject=telling.text(mail["subject"]),
        rows=tuple((label, value) for label, value in _rows(document, rules, telling) if value),
        verdict=wording.verdict(words, document["sender"]["verdict"]),
        findings=findings_of(document["sender"]["findings"], telling),
        route=() if goes_nowhere else tuple(telling.said(one) for one in reasons if _is_route(one)),
        further=tuple(telling.said(one) for one in reasons if not _is_route(one)),
        defects=tuple(map(shown.visible, _defects(words, mail["defects"]))),
        blocks=extras.blocks(document, telling),
        letter_name=letterwords.letter_name(words, document["reply"] or ""),
        letter_to=shown.visible(tried.letter_to),
        letter=tried.letter,
        why_none=telling.said(document["why_none"]) if document["why_none"] else "",
    )


def _is_route(reason: Mapping[str, Any]) -> bool:
    return str(reason["code"]).startswith(ABOUT_THE_QUEUE)


def _rows(document: Mapping[str, Any], rules: Rulebook, telling: Telling) -> list[tuple[str, str]]:
    words, mail, route = telling.words, document["mail"], document["route"]
    say = words.say
    files = ", ".join(str(one["name"] or "") for one in mail["attachments"])
    due = document["due_at"]
    queue = "" if document["outcome"] in NOWHERE else wording.queue_name(words, rules, route["queue"])
    return [
        (say("Người gửi"), telling.text(f"{mail['from']['name']} <{mail['from']['address']}>".strip())),
        (say("Tệp kèm"), telling.text(files)),
        (say("Loại thư"), letterwords.mail_kind(words, document["kind"]) or _asks(words, document["kind"])),
        (say("Kết quả"), _outcome(words, document["outcome"])),
        (say("Hàng đợi"), queue),
        (say("Phiếu"), document["subject"]["ticket"] or ""),
        (say("Loại yêu cầu"), wording.category(words, rules.categories, document["category"])),
        (say("Ưu tiên"), wording.priority(words, document["priority"])),
        (say("Hạn trả lời"), wording.moment(datetime.fromisoformat(due), rules.calendar) if due else ""),
        (say("Còn thiếu"), _missing(words, document["completeness"]["missing"])),
        (say("Định tuyến"), how_words(words, route["how"]) if queue else ""),
    ]


def _asks(words: Words, kind: str) -> str:
    return words.say("Thư bổ sung cho phiếu đã có") if kind == Kind.FOLLOW_UP else words.say("Yêu cầu hỗ trợ")


def _outcome(words: Words, outcome: str) -> str:
    told = {
        "open_ticket": words.say("Mở phiếu mới"),
        "append": words.say("Ghép vào phiếu đã có"),
        "act_by_mail": words.say("Làm theo thư của cán bộ"),
        "hold": words.say("Tạm giữ, chờ cán bộ an toàn xem"),
        "duplicate": words.say("Bỏ qua vì thư này đã nhận rồi"),
        "file": words.say("Chỉ lưu lại, không mở phiếu"),
    }
    return told.get(outcome, outcome)


def _missing(words: Words, missing: list[str]) -> str:
    labels = {
        Part.DESCRIPTION.value: words.say("Mô tả lỗi"),
        Part.SCREENSHOT.value: words.say("Ảnh màn hình"),
        Part.CONTACT.value: words.say("Họ tên, số điện thoại"),
    }
    return "; ".join(labels.get(part, part) for part in missing)


def _defects(words: Words, defects: list[str]) -> list[str]:
    tell = defectwords.in_english if words.language == "en" else defectwords.in_vietnamese
    return [tell(one) for one in defects]
