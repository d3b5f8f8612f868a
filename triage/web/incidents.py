"""The incidents: errors that several provinces tell of at once, with their tickets and answers."""

from fastapi.responses import HTMLResponse

from triage.core.people import Right
from triage.db import incidentanswers, incidents, people
from triage.db.incidents import Counted, Incident
from triage.db.visibility import visible_to
from triage.errors import NotFoundError
from triage.web import incidentwords, wording
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.historyvalues import outcome_words
from triage.web.incidentwords import Teller
from triage.web.rownumbers import Number
from triage.web.ticketact import new_key

router = DeskRouter()

MOST_LISTED = 50
"""Incidents that have ended, on one page."""

MOST_TICKETS = 200
"""Tickets of one incident that its page shows."""


@router.page("/incidents", Right.READ)
def listed(ask: Asking) -> HTMLResponse:
    """Show the incidents, open ones first; whoever sees some queues learns how many tickets are his."""
    now = ask.desk.now()
    visible = visible_to(ask.person, now)
    with ask.desk.database.read() as connection:
        ongoing = incidents.listed(connection, visible, is_open=True, most=MOST_LISTED)
        ended = incidents.listed(connection, visible, is_open=False, most=MOST_LISTED)
    tell = Teller(ask.words, ask.desk.app.means.rules, now)
    return ask.page(
        "desk/incidents.html",
        ongoing=[tell.head(one) for one in ongoing],
        ended=[tell.head(one) for one in ended],
        sees_all=ask.person.sees_all,
    )


@router.page("/incidents/{incident_id}", Right.READ)
def one(ask: Asking, incident_id: Number) -> HTMLResponse:
    """Show what the tickets of an incident have in common, those that this person sees, and the answers."""
    now, rules = ask.desk.now(), ask.desk.app.means.rules
    found = counted(ask, incident_id)
    with ask.desk.database.read() as connection:
        members = incidents.members(connection, incident_id, visible_to(ask.person, now), most=MOST_TICKETS)
        answers = incidentanswers.of_incident(connection, incident_id)
        logins = {login for one in answers for login in (one.writer, one.decided_by) if login}
        logins |= {one.joined_by for one in members} | {found.incident.ended_by or ""}
        names = people.display_names(connection, logins)
    tell = Teller(ask.words, rules, now, names)
    works = ask.person.may(Right.WORK) and found.incident.is_open
    return ask.page(
        "desk/incident.html",
        head=tell.head(found),
        members=[tell.member(one) for one in members if one.left_at is None or not found.incident.is_open],
        timeline=tell.timeline(found.incident, members, answers),
        answers=[tell.answer(one) for one in answers],
        most=MOST_TICKETS,
        works=works,
        writes=found.incident.is_open and bool(found.seen) and ask.person.may(Right.NOTE),
        ready=incidentwords.ready_answers(ask, found.incident.category),
        closings=incidentwords.closings(ask.words),
        category=wording.category(ask.words, rules.categories, found.incident.category),
        outcome=outcome_words(ask.words, found.incident.outcome) if found.incident.outcome else "",
        key=new_key,
    )


def counted(ask: Ask, number: int) -> Counted:
    """Give an incident with what this person may know of it. Raises NotFoundError where there is none."""
    with ask.desk.database.read() as connection:
        found: Incident | None = incidents.find(connection, number)
        if found is None:
            raise NotFoundError(f"There is no incident {number}.")
        return incidents.counted(connection, found, visible_to(ask.person, ask.desk.now()))
