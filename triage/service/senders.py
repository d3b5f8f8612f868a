"""The lists of senders as people keep them: who is allowed, blocked, watched, and why."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from triage.core.decision import Severity
from triage.core.listchecks import own_marks
from triage.core.lookalike import check_text
from triage.core.providers import FREE_MAIL
from triage.core.rules import Rulebook
from triage.core.senderlists import Entry, EntryKind, ListedSender, ListSort, is_state_host, read_entry
from triage.core.tokens import hash_of
from triage.db import audit, history, senderlists
from triage.db.engine import Database
from triage.db.senderlists import ListRow, MarkedMail
from triage.errors import NotFoundError, RefusedActError
from triage.service.means import Means

LOOK_BACK = timedelta(days=90)
"""How far back old mail is searched for what has just come onto a list."""

SEEN_AGAIN = "seen_again"

LISTED, UNLISTED = "sender_listed", "sender_unlisted"


@dataclass(frozen=True, slots=True)
class Added:
    """What came of putting an entry on a list, with old mails that hold it."""

    entry: Entry
    seen_again: tuple[MarkedMail, ...]


def add(
    database: Database,
    means: Means,
    sort: ListSort,
    written: str,
    *,
    reason: str,
    actor: str,
    until: date | None = None,
) -> Added:
    """Put an address, domain or phone number on a list, to the end of the local day ``until``.

    What is blocked or watched is looked for in old mail too. Raises RefusalError where it may not be listed.
    """
    with database.write() as connection:
        added = put(connection, means, sort, written, reason=reason, actor=actor, until=until)
        audited(connection, means.clock.now(), actor, LISTED, sort, added.entry)
    return added


def put(
    connection: Connection,
    means: Means,
    sort: ListSort,
    written: str,
    *,
    reason: str,
    actor: str,
    until: date | None = None,
) -> Added:
    """Do what ``add`` does in the transaction of its caller."""
    entry = read(written)
    if why := refusal(sort, entry, means.rules):
        raise why
    if not reason.strip():
        raise RefusedActError(
            "no_reason", "An entry needs a reason; it stands in every finding that comes of it."
        )
    now = means.clock.now()
    expires_at = _end_of(until, means.zone) if until else None
    if expires_at and expires_at <= now:
        raise RefusedActError(
            "entry_over",
            f"{until:%Y-%m-%d} is over; an entry must end in the future.",
            day=f"{until:%d/%m/%Y}",
        )
    _demand_free(connection, sort, entry, now)
    clear(connection, sort, entry, now, actor=actor)
    one = ListedSender(sort, entry, reason.strip())
    senderlists.add(connection, one, now, author=actor, expires_at=expires_at)
    if sort is ListSort.ALLOW:
        return Added(entry, ())
    return Added(entry, note_seen_again(connection, (entry,), now, actor=actor, but_ticket=None))


def remove(
    database: Database, means: Means, written: str, *, reason: str, actor: str
) -> tuple[ListSort, ...]:
    """Take an entry off every list; gives the lists that it stood on.

    Raises NotFoundError, and RefusalError without a reason.
    """
    entry, why = read(written), demand_reason(reason)
    with database.write() as connection:
        now = means.clock.now()
        taken = tuple(
            sort
            for sort in ListSort
            if senderlists.remove(connection, sort, entry, now, actor=actor, reason=why)
        )
        for sort in taken:
            audited(connection, now, actor, UNLISTED, sort, entry)
    if not taken:
        raise NotFoundError(f"{entry.text} is on no list; triage senders list shows what is.")
    return taken


def audited(
    connection: Connection,
    now: datetime,
    actor: str,
    action: str,
    sort: ListSort,
    entry: Entry,
    *,
    network: str = "",
) -> None:
    """Write the line of an act into the audit, which outlives everything: it holds no address of a person."""
    data = {"list": sort.value, "entry": hash_of(entry.text)}
    audit.append(connection, now, actor, action, "/senders", network=network, data=data)


def listed(  # noqa: PLR0913 - one for each option of the list
    database: Database,
    means: Means,
    *,
    sort: ListSort | None = None,
    entry: Entry | None = None,
    past: bool = False,
    like: str = "",
    before: int | None = None,
    limit: int | None = None,
) -> list[ListRow]:
    """Give the entries in force, the newest first; with ``past`` those too that ended.

    ``like``, ``before`` and ``limit`` as in ``db.senderlists.rows``.
    """
    with database.read() as connection:
        return senderlists.rows(
            connection,
            means.clock.now(),
            sort=sort,
            entry=entry,
            past=past,
            like=like,
            before=before,
            limit=limit,
        )


def demand_reason(written: str) -> str:
    """Give why an entry is taken off. Raises RefusedActError where nobody says so."""
    if not written.strip():
        raise RefusedActError("no_reason", "To take an entry off takes a reason; it is kept with the entry.")
    return written.strip()


def refusal(sort: ListSort, entry: Entry, rules: Rulebook) -> RefusedActError | None:
    """Say why an entry may not stand on a list: it is ours, the state's, or far too many people's."""
    text, protected = entry.text, rules.trust.protected
    host = text.rpartition("@")[2] if entry.kind is not EntryKind.PHONE else ""
    if text in own_marks(rules):
        return RefusedActError("entry_ours", f"{text} is our own.", entry=text)
    if entry.kind is EntryKind.DOMAIN:
        if text in FREE_MAIL | protected.hosts.freemail:
            told = f"{text} gives mailboxes to anybody; list single addresses of it."
            return RefusedActError("entry_free_mail", told, entry=text)
        if protected.suffixes.publicsuffix(text) == text:
            told = f"{text} is no domain but an ending under which anybody can have one."
            return RefusedActError("entry_ending", told, entry=text)
        if is_state_host(text) or protected.belongs(text, protected.hosts.ours | protected.hosts.genuine):
            told = f"{text} is a domain of the state; list single addresses of it."
            return RefusedActError("entry_state", told, entry=text)
    if sort is ListSort.ALLOW:
        return _no_allowance(entry, host, rules)
    return None


def _no_allowance(entry: Entry, host: str, rules: Rulebook) -> RefusedActError | None:
    if entry.kind is EntryKind.PHONE:
        told = f"{entry.text} is a phone number; only addresses and domains can be allowed."
        return RefusedActError("entry_phone", told, entry=entry.text)
    grave = [
        one
        for one in check_text(entry.text, rules.trust.protected)
        if one.severity in {Severity.HIGH, Severity.CRITICAL}
    ]
    if grave:
        told = (
            f"{entry.text} looks like {grave[0].resembles or 'us'} ({grave[0].check}); an entry excuses no "
            f"such likeness. If {host} is genuine, name it in rules/protected.toml."
        )
        return RefusedActError("entry_alike", told, entry=entry.text, host=host)
    return None


def clear(connection: Connection, sort: ListSort, entry: Entry, now: datetime, *, actor: str) -> None:
    """Make room where an expired entry still holds the place."""
    in_force = senderlists.rows(connection, now, sort=sort, entry=entry)
    if not in_force:
        senderlists.remove(connection, sort, entry, now, actor=actor)


def note_seen_again(
    connection: Connection,
    entries: tuple[Entry, ...],
    now: datetime,
    *,
    actor: str,
    but_ticket: int | None,
    because: str | None = None,
) -> tuple[MarkedMail, ...]:
    """Find mails of the last 90 days that hold one of the entries; write it into their tickets' histories.

    ``because`` is the code of the ticket on which an impostor was confirmed.
    """
    found = senderlists.mails_with(
        connection, [one.text for one in entries], now - LOOK_BACK, but_ticket=but_ticket
    )
    by_mail: dict[tuple[int, int], list[str]] = {}
    for one in found:
        if one.ticket_id is not None:
            by_mail.setdefault((one.ticket_id, one.mail_id), []).append(one.mark)
    for (ticket_id, mail_id), marks in sorted(by_mail.items()):
        history.add_event(
            connection, ticket_id, now, SEEN_AGAIN, actor=actor, mail_id=mail_id, marks=marks, ticket=because
        )
    return tuple(found)


def read(written: str) -> Entry:
    """Read what can stand on a list. Raises RefusedActError for what is no such thing."""
    entry = read_entry(written)
    if entry is None:
        told = f"{written!r} is no mail address, domain or Vietnamese phone number."
        raise RefusedActError("no_entry", told, entry=written[:80])
    return entry


def _demand_free(connection: Connection, sort: ListSort, entry: Entry, now: datetime) -> None:
    for row in senderlists.rows(connection, now, entry=entry):
        contrary = ListSort.ALLOW in {sort, row.sort}
        if row.sort == sort or contrary:
            told = (
                f"{entry.text} is on the {row.sort} list since {row.created_at:%Y-%m-%d} ({row.author}: "
                f"{row.reason}); triage senders remove takes it off."
            )
            raise RefusedActError(f"on_{row.sort}", told, entry=entry.text, author=row.author)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone)
