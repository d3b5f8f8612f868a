"""The page of a campaign: who was hit and when, what the impostors are known by, what they wrote."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from fastapi.responses import RedirectResponse, Response, StreamingResponse

from triage.core import charts
from triage.core.campaigns import Sign
from triage.core.charts import Bar
from triage.core.lettermarks import Span
from triage.core.people import Right
from triage.core.wordingdiff import Variant, variants
from triage.db import campaigns
from triage.db.campaignmails import REPORTED
from triage.db.campaigns import Event, Member, Told
from triage.service import campaignevidence, campaignsheets
from triage.service.campaignacts import found, label
from triage.service.campaignnotice import hit
from triage.service.campaignsheets import Sheet
from triage.web import campaignwords, wording
from triage.web.access import Asking, DeskRouter
from triage.web.campaignlist import moment_of, places_of
from triage.web.desk import Ask
from triage.web.dispositions import content_disposition
from triage.web.headers import DOWNLOAD_HEADERS, DRAWING_HEADERS
from triage.web.rownumbers import Number
from triage.web.shown import visible
from triage.web.ticketact import new_key, ticket_path

router = DeskRouter()

MOST_DAYS = 31
"""Days that the chart has a bar for, the newest ones; the table beneath has all."""

_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One mail of a campaign as the page shows it."""

    mail_id: int
    at: str
    code: str
    path: str
    role: str
    who: str
    unit: str
    place: str
    why: list[str]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a campaign: how many reports, confirmed mails and held ones came."""

    name: str
    reported: int
    confirmed: int
    held: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One sign as the page shows it."""

    sort: str
    value: str
    mails: int
    weight: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter that told a coordinator of a campaign."""

    to: str
    state: str


@router.page("/campaigns/{number}", Right.OVERSEE)
def campaign(ask: Asking, number: Number) -> Response:
    """Show a campaign; one whose mails belong to another leads there."""
    sheet = campaignsheets.sheet(ask.desk.database, number)
    if sheet.campaign.merged_into is not None:
        return RedirectResponse(f"/campaigns/{sheet.campaign.merged_into}", status_code=303)
    codes = {one.mail_id: one.code for one in sheet.members if one.code}
    return ask.page(
        "desk/campaign.html",
        number=number,
        label=label(number),
        name=visible(sheet.campaign.name),
        summary=_summary(ask, sheet.members),
        names=campaignwords.some_of((visible(name) for one in sheet.members for name in one.names), 8),
        marks=[_mark(ask, sign, count) for sign, count in sheet.signs],
        days=days_of(ask, sheet.members),
        chart=(charts.WIDTH, charts.height_of(min(len(days_of(ask, sheet.members)), MOST_DAYS))),
        rows=[_row(ask, one, codes) for one in sheet.members],
        most=campaigns.MOST_MEMBERS,
        apart=[_row(ask, one, codes) for one in sheet.apart],
        wordings=[_shown(one) for one in variants(one.wording for one in sheet.members)],
        letters=[_letter(ask, one) for one in sheet.letters],
        history=[_told(ask, sheet, one) for one in reversed(sheet.history)],
        taken=[(one, label(one)) for one in sheet.taken],
        others=[(one.id, f"{label(one.id)} {visible(one.name)}".strip()) for one in sheet.others],
        key=new_key(),
    )


@router.page("/campaigns/{number}/days.svg", Right.OVERSEE)
def chart(ask: Asking, number: Number) -> Response:
    """Draw when the mails of a campaign came."""
    with ask.desk.database.read() as connection:
        found(connection, number)
        members = campaigns.members(connection, [number])
    say = ask.words.say
    bars = [
        Bar(day.name, (day.reported, day.confirmed, day.held)) for day in days_of(ask, members)[-MOST_DAYS:]
    ]
    drawn = charts.draw(bars, (say("Đơn vị báo"), say("Đã xác nhận"), say("Đang tạm giữ")))
    return Response(drawn, media_type="image/svg+xml", headers=DRAWING_HEADERS)


@router.page("/campaigns/{number}/evidence.zip", Right.RAW, fresh=True)
def evidence(ask: Asking, number: Number) -> Response:
    """Give what is held about every ticket of a campaign, with hashes, as a ZIP file."""
    with ask.desk.database.read() as connection:
        found(connection, number)
    disposition = content_disposition("attachment", f"{label(number)}.zip", 1)
    headers = {**DOWNLOAD_HEADERS, "Content-Disposition": disposition}
    return StreamingResponse(_pieces(ask, number), media_type="application/zip", headers=headers)


def _pieces(ask: Ask, number: int) -> Iterator[bytes]:
    with TemporaryFile() as file:
        target = cast("BinaryIO", file)
        campaignevidence.pack(ask.desk.database, ask.desk.app.means.clock, ask.person, number, target)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def days_of(ask: Ask, members: Sequence[Member]) -> list[Day]:
    """Count the mails of a campaign by local day, the oldest first."""
    zone = ask.desk.app.means.zone
    counted: Counter[tuple[str, str]] = Counter()
    for one in members:
        held = "held" if one.status == "held" else "confirmed"
        sort = REPORTED if one.role == REPORTED else held
        counted[f"{one.received_at.astimezone(zone):%Y-%m-%d}", sort] += 1
    days = sorted({day for day, _ in counted})
    kinds = (REPORTED, "confirmed", "held")
    return [Day("/".join(reversed(day.split("-"))), *(counted[day, sort] for sort in kinds)) for day in days]


def _summary(ask: Ask, members: Sequence[Member]) -> str:
    """Tell a campaign in one sentence."""
    words = ask.words
    if not members:
        return words.say("Không còn thư nào thuộc chiến dịch này.")
    rules = ask.desk.app.means.rules
    reported = sum(one.role == REPORTED for one in members)
    times = [one.received_at for one in members]
    first, last = moment_of(rules, min(times)), moment_of(rules, max(times))
    when = words.say("từ %(first)s đến %(last)s", first=first, last=last)
    return words.say(
        "%(mails)s và %(reports)s, %(places)s, %(when)s.",
        mails=words.count("%(num)s thư mạo danh", "%(num)s thư mạo danh", len(members) - reported),
        reports=words.count("%(num)s lượt đơn vị báo", "%(num)s lượt đơn vị báo", reported),
        places=words.count(
            "liên quan %(num)s kho bạc", "liên quan %(num)s kho bạc", len(places_of(ask, list(members)))
        ),
        when=when if first != last else words.say("lúc %(at)s", at=first),
    )


def _row(ask: Ask, one: Member, codes: dict[int, str]) -> Row:
    rules = ask.desk.app.means.rules
    queue = hit(rules, one)
    return Row(
        mail_id=one.mail_id,
        at=moment_of(rules, one.received_at),
        code=one.code or "",
        path=ticket_path(one.code) if one.code else "",
        role=campaignwords.role_words(ask.words, one),
        who=visible(one.from_address),
        unit=visible(one.unit_name),
        place=wording.queue_name(ask.words, rules, queue) if queue else "",
        why=campaignwords.reasons_of(ask.words, one, codes),
    )


def _mark(ask: Ask, sign: Sign, count: int) -> Mark:
    return Mark(
        campaignwords.sort_words(ask.words, sign.sort),
        campaignwords.value_of(sign),
        count,
        campaignwords.weight_words(ask.words, sign.weight),
    )


def _shown(one: Variant) -> Variant:
    return Variant(tuple(Span(visible(span.text), span.differs) for span in one.spans), one.mails)


def _letter(ask: Ask, one: Told) -> Letter:
    say = ask.words.say
    states = {"sent": say("đã gửi"), "failed": say("không gửi được"), "recalled": say("đã thu hồi")}
    at = moment_of(ask.desk.app.means.rules, one.sent_at) if one.sent_at else ""
    return Letter(visible(one.recipient), f"{states.get(one.state, say('đang chờ gửi'))} {at}".strip())


def _told(ask: Ask, sheet: Sheet, one: Event) -> tuple[str, str, str]:
    at = moment_of(ask.desk.app.means.rules, one.at)
    return at, visible(sheet.names.get(one.actor, one.actor)), campaignwords.event_words(ask.words, one)
