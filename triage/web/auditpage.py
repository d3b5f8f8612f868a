"""The audit as a page: who looked at what and who changed what, the newest first."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from fastapi.responses import HTMLResponse

from triage.core.people import Right
from triage.service import auditing
from triage.web.access import Asking, DeskRouter
from triage.web.auditdetails import Details
from triage.web.auditwords import action_words, known_actions
from triage.web.rownumbers import After
from triage.web.shown import visible
from triage.web.wording import moment

router = DeskRouter()

ROWS = 50

Wanted = Annotated[str, Query(max_length=200)]


@router.page("/audit", Right.AUDIT)
def page(
    ask: Asking,
    actor: Wanted = "",
    action: Wanted = "",
    what: Annotated[str, Query(alias="object", max_length=200)] = "",
    before: After = None,
) -> HTMLResponse:
    """Show fifty rows, of one person, action or object where that is asked for."""
    wanted = {"actor": actor.strip(), "action": action.strip(), "object": what.strip()}
    rows = auditing.listed(
        ask.desk.database,
        actor=wanted["actor"],
        action=wanted["action"],
        what=auditing.object_of(ask.desk.database, wanted["object"]),
        before=before,
        limit=ROWS + 1,
    )
    calendar = ask.desk.app.means.rules.calendar
    kept = {name: value for name, value in wanted.items() if value}
    older = f"/audit?{urlencode({**kept, 'before': rows[ROWS - 1].id})}" if len(rows) > ROWS else ""
    return ask.page(
        "desk/audit.html",
        rows=rows[:ROWS],
        details=Details(
            ask.words,
            ask.desk.app.means.rules,
            auditing.spoken_of(ask.desk.database, rows[:ROWS]),
            lambda at: moment(at, calendar),
        ),
        wanted=wanted,
        older=older,
        newest=f"/audit?{urlencode(kept)}" if before else "",
        moment=lambda at: moment(at, calendar),
        visible=visible,
        actions=known_actions(ask.words),
        action=lambda one: action_words(ask.words, one),
        only=lambda **one: f"/audit?{urlencode(one)}",
    )
