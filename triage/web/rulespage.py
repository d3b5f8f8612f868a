"""The rules as they stand, and a mail tried by them: what the service would decide, without deciding it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import File, Form, UploadFile
from fastapi.responses import HTMLResponse

from triage.adapters.rulescheck import RulesCheck, check_rules
from triage.core import ruleexamples
from triage.core.people import Right
from triage.core.treasuries import Level
from triage.service import corrections
from triage.service.trying import Tried, try_mail
from triage.web import wording
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.shown import visible
from triage.web.triedwords import shown_trial

router = DeskRouter()

LARGEST = 1_500_000
"""Bytes of a mail that is tried; all of a form must fit into the limit of the desk."""

LONGEST_PASTED = 500_000
"""Characters of a mail that is pasted; a larger one is brought as a file."""

MOST_NAMES = 5
"""Provinces without a code that are named."""

Pasted = Annotated[str, Form(max_length=LONGEST_PASTED)]
Brought = Annotated[UploadFile | None, File()]


@router.page("/rules", Right.RULES)
def page(ask: Asking) -> HTMLResponse:
    """Show which rules are loaded, what a check of their folder finds, and a form to try a mail."""
    return _page(ask)


@router.act("/rules/try", Right.RULES)
def try_one(ask: Asking, raw: Pasted = "", file: Brought = None) -> HTMLResponse:
    """Show what the service would decide about a mail that is pasted or brought as a file."""
    mail = file.file.read(LARGEST + 1) if file is not None and file.size else raw.encode()
    if not mail.strip():
        return _page(ask, status=422, refused=ask.words.say("Hãy dán một thư hoặc chọn một tệp .eml."))
    if len(mail) > LARGEST:
        told = ask.words.say("Thư lớn hơn 1,5 MB. Hãy thử bằng lệnh triage explain trên máy chủ.")
        return _page(ask, status=422, refused=told)
    return _page(ask, try_mail(ask.desk.database, ask.desk.app.means, mail, ask.person, ask.network))


def _page(ask: Ask, tried: Tried | None = None, *, status: int = 200, refused: str = "") -> HTMLResponse:
    rules, found = ask.desk.app.means.rules, check_rules(ask.desk.app.rules_folder)
    return ask.page(
        "desk/rules.html",
        status,
        loaded=rules.digest,
        since=wording.moment(ask.desk.since, rules.calendar),
        found=found,
        numbers=_numbers(ask, found),
        blank=_blank(ask, found),
        examples=ruleexamples.count(found.rules) if found.rules else 0,
        corrected=_corrected(ask),
        refused=refused,
        longest=LONGEST_PASTED,
        visible=visible,
        error=tried.error if tried else "",
        tried=shown_trial(tried, rules, ask.words) if tried and tried.document else None,
    )


@dataclass(frozen=True, slots=True)
class _Corrected:
    """Corrections of what the rules in force decided: by category, and the rule that was corrected most."""

    count: int
    categories: Sequence[tuple[str, int]]
    rule: str
    times: int


def _corrected(ask: Ask) -> _Corrected:
    rules = ask.desk.app.means.rules
    found = corrections.tally(ask.desk.database, rules.digest)
    rule, times = next(iter(found.by_rule.items()), ("", 0))
    named = [
        (wording.category(ask.words, rules.categories, one), count)
        for one, count in found.by_category.items()
    ]
    return _Corrected(sum(found.by_category.values()), named, rule, times)


def _numbers(ask: Ask, found: RulesCheck) -> list[tuple[str, Any]]:
    if found.rules is None:
        return []
    say, rules = ask.words.say, found.rules
    return [
        (say("Hàng đợi"), len(rules.treasuries.queues)),
        (say("Loại yêu cầu"), len(rules.categories)),
        (say("Quy tắc định tuyến"), len(rules.routing)),
        (say("Mẫu trả lời"), len(rules.answers)),
    ]


def _blank(ask: Ask, found: RulesCheck) -> str:
    """Say which provinces have no treasury code yet; nothing where all have one."""
    if found.rules is None or not (blank := found.rules.treasuries.without_code):
        return ""
    treasuries = found.rules.treasuries.treasuries
    names = ", ".join(one.province for one in blank[:MOST_NAMES]) + (", …" if len(blank) > MOST_NAMES else "")
    return ask.words.say(
        "%(n)s trên %(all)s tỉnh chưa có số hiệu kho bạc: %(names)s; hãy điền vào treasuries.toml.",
        n=len(blank),
        all=sum(one.level is Level.PROVINCE for one in treasuries),
        names=names,
    )
