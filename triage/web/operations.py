"""How the service stands, for whoever runs it: red lines first, then what can be tried again."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, Response

from triage.core.people import Right
from triage.service import operations as service
from triage.service.operations import MOST_LISTED, Retry
from triage.web import operationwords
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.shown import visible
from triage.web.ticketact import LONGEST_KEY, new_key
from triage.web.wording import moment

router = DeskRouter()

ALL = "all"
"""What a form says for every mail, or every letter."""

Key = Annotated[str, Form(min_length=8, max_length=LONGEST_KEY)]
Which = Annotated[str, Form(pattern=f"^({ALL}|[0-9]{{1,18}})$")]


@router.page("/operations", Right.OPERATE)
def page(ask: Asking) -> HTMLResponse:
    """Show a line for each check, the gravest first, then what is stuck and what failed."""
    app, now = ask.desk.app, ask.desk.now()
    found = service.standing(ask.desk.database, app.means.clock, app.receivers())
    calendar = app.means.rules.calendar
    return ask.page(
        "desk/operations.html",
        lines=operationwords.lines(ask.words, calendar, found, now),
        records=found.records,
        revision=found.revision,
        rules_digest=app.means.rules.digest[:12],
        most=MOST_LISTED,
        key=new_key(),
        moment=lambda at: moment(at, calendar),
        visible=visible,
    )


@router.act("/operations/mails/retry", Right.OPERATE)
def retry_mails(ask: Asking, which: Which, key: Key) -> Response:
    """Let one stuck mail, or all of them, be processed again."""

    def told(number: int) -> str:
        if not number:
            return ask.words.say("Thư không còn kẹt nên không có gì để thử lại.")
        return ask.words.count(
            "%(num)s thư sẽ được xử lý lại ngay.", "%(num)s thư sẽ được xử lý lại ngay.", number
        )

    service.retry_mails(ask.desk.database, ask.desk.app.means.clock, _retry(ask, which, key), told)
    return ask.go("/operations", act=key)


@router.act("/operations/letters/retry", Right.OPERATE)
def retry_letters(ask: Asking, which: Which, key: Key) -> Response:
    """Send one letter that failed for good, or all of them, again."""

    def told(number: int) -> str:
        if not number:
            return ask.words.say("Thư đã được gửi lại trước đó nên không có gì để làm.")
        return ask.words.count(
            "%(num)s thư sẽ được gửi lại ngay.", "%(num)s thư sẽ được gửi lại ngay.", number
        )

    service.retry_letters(ask.desk.database, ask.desk.app.means.clock, _retry(ask, which, key), told)
    return ask.go("/operations", act=key)


def _retry(ask: Ask, which: str, key: str) -> Retry:
    return Retry(ask.person, key, ask.network, None if which == ALL else (int(which),))
