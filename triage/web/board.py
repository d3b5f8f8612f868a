"""What somebody sees first after signing in."""

from fastapi.responses import HTMLResponse

from triage.core.people import Right
from triage.db import tickets
from triage.db.visibility import visible_to
from triage.web.access import Asking, DeskRouter

router = DeskRouter()


@router.page("/", Right.READ)
def board(ask: Asking) -> HTMLResponse:
    """Show the open tickets that this person sees, the oldest deadline first."""
    now = ask.desk.now()
    with ask.desk.database.read() as connection:
        rows = tickets.waiting(connection, visible_to(ask.person, now), limit=50)
    return ask.page("desk/board.html", rows=rows)
