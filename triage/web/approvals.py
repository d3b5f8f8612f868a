"""Answers that wait for approval, on all tickets that somebody sees."""

from fastapi.responses import HTMLResponse

from triage.core.people import Right
from triage.db import proposals
from triage.web import wording
from triage.web.access import Asking, DeskRouter
from triage.web.shown import visible

router = DeskRouter()


@router.page("/approvals", Right.NOTE)
def approvals(ask: Asking) -> HTMLResponse:
    """Show what waits for approval, the oldest first."""
    now, rules = ask.desk.now(), ask.desk.app.means.rules
    with ask.desk.database.read() as connection:
        rows = proposals.listed(connection, ask.person, now)
    return ask.page(
        "desk/approvals.html",
        rows=[
            {
                "code": row.code,
                "subject": visible(row.subject)[:120],
                "queue": wording.queue_name(ask.words, rules, row.queue),
                "writer": row.writer_name,
                "waited": wording.waited(ask.words, rules.calendar, row.proposed_at, now),
            }
            for row in rows
        ],
    )
