"""Words for colleagues on a ticket: notes that mention people, and what was said on the phone."""

import re
from collections.abc import Collection

from triage.db import drafts, history, notices, readers, tickets
from triage.db.engine import Database
from triage.errors import RefusedActError
from triage.ports import Clock
from triage.service import changes
from triage.service.errands import Act, Doing, Errand, run

MOST_MENTIONED = 20

_MENTION = re.compile(r"(?<![\w@.])@([a-z0-9][a-z0-9._-]{0,63})", re.IGNORECASE)


def mentioned_in(text: str) -> tuple[str, ...]:
    """Give the logins that a text calls by ``@``, each once; whether they exist is another question."""
    found = (name.lower().rstrip(".-") for name in _MENTION.findall(text))
    return tuple(dict.fromkeys(found))[:MOST_MENTIONED]


def note(
    database: Database, clock: Clock, errand: Errand, text: str, *, mentions: Collection[str] = ()
) -> dict[str, object]:
    """Write an internal note and tell whom it mentions: by ``@`` in the text, or picked by name.

    Only those who may read this ticket can be picked; an ``@`` that means nobody of them is only text.
    """
    return run(database, clock, errand, "note", writing(text, mentions=mentions))


def writing(text: str, *, mentions: Collection[str] = (), apart: bool = False) -> Act:
    """Give the act that writes a note, for whoever has a transaction; see ``note``.

    ``apart`` tells that it came by mail: the draft that its writer has at the desk stays.
    """

    def act(do: Doing) -> None:
        changes.note(do.connection, do.now, do.ticket, text, actor=do.actor, by_mail=apart)
        known = {one.name: one.id for one in readers.of_queue(do.connection, do.ticket.queue, do.now)}
        stranger = next((name for name in mentions if name not in known), None)
        if stranger is not None:
            raise RefusedActError("mention", f"{stranger!r} may not read this ticket.", name=stranger)
        told = [known[name] for name in (*mentions, *mentioned_in(text)) if name in known]
        others = [number for number in told if number != do.person.id]
        notices.add(do.connection, others, do.ticket.id, notices.MENTION, do.actor, do.now)
        if not apart:
            drafts.remove(do.connection, do.ticket.id, do.person.id, drafts.NOTE)

    return act


def log_call(
    database: Database, clock: Clock, errand: Errand, *, who: str, phone: str, text: str
) -> dict[str, object]:
    """Write down a phone call: with whom, by which number, what was said."""

    def act(do: Doing) -> None:
        if not text.strip():
            raise RefusedActError("empty_call", "Say what was said on the phone.")
        tickets.change(do.connection, do.ticket.id, do.now)
        history.add_event(
            do.connection,
            do.ticket.id,
            do.now,
            "call",
            actor=do.actor,
            who=who.strip(),
            phone=phone.strip(),
            text=text.strip(),
        )

    return run(database, clock, errand, "call", act)
