"""Who looks after each treasury at the desk, and where notices for it go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from triage.core.accounts import AccountRefusal
from triage.core.address import counted_address
from triage.core.compose import can_stand_in_header
from triage.core.people import Role
from triage.core.rules import Rulebook
from triage.db import audit, people
from triage.db.engine import Database
from triage.db.people import Account
from triage.errors import AccountError
from triage.ports import Clock
from triage.service.people import active_account
from triage.service.queues import demand_queue


@dataclass(frozen=True, slots=True)
class Coordinator:
    """Somebody who looks after a queue: by himself, or ``stands_in`` for the one of this name who is away.

    ``away_until`` is set, UTC, while he is away.
    """

    name: str
    display_name: str
    email: str
    away_until: datetime | None = None
    stands_in: str = ""


def coordinators(every: Iterable[Account], now: datetime) -> Mapping[str, Sequence[Coordinator]]:
    """Give by queue who looks after it at a moment, deputies of those who are away behind them."""
    known = {one.name: one for one in every if one.disabled_at is None and one.role is Role.COORDINATOR}
    found: dict[str, list[Coordinator]] = {}
    for one in known.values():
        away = one.away_from and one.away_until and one.away_from <= now < one.away_until
        until = one.away_until if away else None
        deputy = known.get(one.deputy or "") if away else None
        for queue in one.queues:
            some = found.setdefault(queue, [])
            some.append(Coordinator(one.name, one.display_name, one.email, until))
            if deputy:
                some.append(
                    Coordinator(deputy.name, deputy.display_name, deputy.email, stands_in=one.display_name)
                )
    return found


def addresses(rules: Rulebook, queue: str, people_there: Iterable[Coordinator]) -> tuple[str, ...]:
    """Give where notices for a queue go: the address of its treasury in the rules, then those of its people.

    Every one was written down by an operator or an administrator, none comes from a mail; none is ours.
    """
    written = [
        *(one.coordinator for one in rules.treasuries.treasuries if one.queue == queue),
        *(one.email.strip().lower() for one in people_there),
    ]
    ours = rules.office.addresses | rules.office.misprints
    fit = (one for one in written if one and can_stand_in_header(one) and one not in ours)
    return tuple({counted_address(one): one for one in fit}.values())


def give(database: Database, clock: Clock, rules: Rulebook, queue: str, name: str, *, actor: str) -> Account:
    """Let a coordinator look after a queue besides those he has. Raises NotFoundError and RefusalError."""
    demand_queue(rules, queue)
    with database.write() as connection:
        people.hold(connection, name)
        account = active_account(connection, name)
        if account.role is not Role.COORDINATOR:
            raise AccountError(AccountRefusal.NO_QUEUES, f"{account.name} sees every queue.")
        if people.add_queue(connection, account.id, queue):
            _note(connection, clock, account, [*account.queues, queue], actor=actor)
    return account


def take(database: Database, clock: Clock, queue: str, name: str, *, actor: str) -> Account:
    """Take a queue from a coordinator. Raises NotFoundError, and AccountError where it is his last one."""
    with database.write() as connection:
        people.hold(connection, name)
        account = active_account(connection, name)
        rest = [one for one in account.queues if one != queue]
        if people.drop_queue(connection, account.id, queue):
            if not rest:
                raise AccountError(AccountRefusal.NEEDS_QUEUE, "A coordinator needs at least one queue.")
            _note(connection, clock, account, rest, actor=actor)
    return account


def _note(
    connection: Connection, clock: Clock, account: Account, queues: Sequence[str], *, actor: str
) -> None:
    data = {"before": list(account.queues), "after": sorted(queues)}
    audit.append(connection, clock.now(), actor, "queues_changed", f"people/{account.name}", data=data)
