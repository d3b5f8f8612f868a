"""Who else has a ticket open: a page tells every thirty seconds that it is still there."""

from fastapi.responses import HTMLResponse

from triage.core.people import Right
from triage.service import presence as service
from triage.web.access import Asking, DeskRouter
from triage.web.ticketact import Short

router = DeskRouter()


@router.act("/tickets/{code}/presence", Right.READ)
def beat(ask: Asking, code: str, writing: Short = "") -> HTMLResponse:
    """Note that somebody is there, and answer with who else is."""
    desk = ask.desk
    found = service.beat(desk.database, desk.app.means.clock, ask.person, code, writing=writing == "1")
    return ask.page("desk/presence.html", present=found)
