"""Accounts: who gets one, in which role, for which queues. Every change is audited and nobody is deleted.

``actor`` is who does it: a login of the desk, or ``terminal:…``. A change of role and a disabling end every
session, token and webhook of that person at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from triage.core.accounts import AccountRefusal, read_login
from triage.core.compose import can_stand_in_header
from triage.core.onespelling import one_spelling
from triage.core.people import Role
from triage.core.rules import Rulebook
from triage.core.tokens import hash_of
from triage.db import (
    audit,
    invitations as invitation_rows,
    people,
    recoverycodes,
    sessions,
    tokens,
    webhooks,
)
from triage.db.engine import Database
from triage.db.people import Account
from triage.errors import AccountError, NotFoundError
from triage.ports import Clock
from triage.service import invitations
from triage.service.invitations import Invited
from triage.service.queues import demand_queue


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Whom an administrator lets in."""

    name: str
    display_name: str
    role: Role
    queues: tuple[str, ...] = ()
    email: str = ""


def add(database: Database, clock: Clock, rules: Rulebook, one: Newcomer, *, actor: str) -> Invited:
    """Make an account and its invitation. Raises AccountError, and RefusalError for an unknown queue."""
    name = read_login(one.name)
    if name is None:
        raise AccountError(
            AccountRefusal.LOGIN,
            f"{one.name!r} cannot be a login; use 2 to 64 of a-z, 0-9, dot, hyphen, underscore.",
        )
    if not one.display_name.strip():
        raise AccountError(AccountRefusal.DISPLAY_NAME, "An account needs the name that others see.")
    _demand_fitting(rules, one.role, one.queues)
    email, now = _address(rules, one.email), clock.now()
    try:
        with database.write() as connection:
            _demand_his_alone(connection, email)
            person_id = people.add(
                connection,
                now,
                name=name,
                display_name=one.display_name.strip()[:200],
                role=one.role.value,
                email=email,
            )
            people.set_queues(connection, person_id, one.queues)
            data = {"role": one.role.value, "queues": list(one.queues)}
            audit.append(connection, now, actor, "person_added", f"people/{name}", data=data)
            return invitations.write(connection, person_id, name, now, actor=actor)
    except IntegrityError:
        raise AccountError(AccountRefusal.TAKEN, f"There is an account {name} already.") from None


def listed(database: Database) -> list[Account]:
    """Give every account by login."""
    with database.read() as connection:
        return people.accounts(connection)


def find(database: Database, name: str) -> Account:
    """Give one account. Raises NotFoundError."""
    with database.read() as connection:
        return account_of(connection, name)


def invite(database: Database, clock: Clock, name: str, *, actor: str) -> Invited:
    """Make a new invitation, by which a lost password is replaced; those before it end."""
    with database.write() as connection:
        account, now = active_account(connection, name), clock.now()
        audit.append(connection, now, actor, "person_invited", f"people/{account.name}")
        return invitations.write(connection, account.id, account.name, now, actor=actor)


def disable(database: Database, clock: Clock, name: str, *, actor: str) -> None:
    """Let somebody in no more; sessions and invitations end, what he did stays. Raises AccountError."""
    with database.write() as connection:
        account, now = active_account(connection, name), clock.now()
        _demand_not_oneself(account, actor)
        _demand_an_admin_stays(connection, account)
        people.change(connection, account.id, disabled_at=now)
        invitation_rows.cancel(connection, account.id, now)
        _end_access(connection, account, now, "disabled")
        audit.append(connection, now, actor, "person_disabled", f"people/{account.name}")


def enable(database: Database, clock: Clock, name: str, *, actor: str) -> None:
    """Let somebody in again, with the password that he had."""
    with database.write() as connection:
        account = account_of(connection, name)
        people.change(connection, account.id, disabled_at=None)
        audit.append(connection, clock.now(), actor, "person_enabled", f"people/{account.name}")


def set_role(
    database: Database,
    clock: Clock,
    rules: Rulebook,
    name: str,
    role: Role,
    queues: Sequence[str] = (),
    *,
    actor: str,
) -> None:
    """Give somebody another role; every session of his ends. Raises AccountError."""
    _demand_fitting(rules, role, queues)
    with database.write() as connection:
        account, now = active_account(connection, name), clock.now()
        if role is not account.role:
            _demand_not_oneself(account, actor)
        if role is not Role.ADMIN:
            _demand_an_admin_stays(connection, account)
        keeps = account.may_answer and role is Role.COORDINATOR
        people.change(connection, account.id, role=role.value, may_answer=keeps)
        people.set_queues(connection, account.id, queues)
        _end_access(connection, account, now, "role changed")
        data = {"before": account.role.value, "after": role.value, "queues": list(queues)}
        audit.append(connection, now, actor, "role_changed", f"people/{account.name}", data=data)


def set_queues(
    database: Database, clock: Clock, rules: Rulebook, name: str, queues: Sequence[str], *, actor: str
) -> None:
    """Give a coordinator these queues and no others; what he gave up is gone with his next page."""
    with database.write() as connection:
        people.hold(connection, name)
        account = active_account(connection, name)
        _demand_fitting(rules, account.role, queues)
        people.set_queues(connection, account.id, queues)
        data = {"before": list(account.queues), "after": list(queues)}
        audit.append(connection, clock.now(), actor, "queues_changed", f"people/{account.name}", data=data)


def set_address(
    database: Database, clock: Clock, rules: Rulebook, name: str, email: str, *, actor: str
) -> str:
    """Give somebody another mail address, or none, and give it as it is kept. Raises AccountError.

    An address is one person's: by it a mail says whose act it is.
    """
    email = _address(rules, email)
    with database.write() as connection:
        account = active_account(connection, name)
        if email == account.email:
            return email
        _demand_his_alone(connection, email, account.id)
        people.change(connection, account.id, email=email)
        data = {"entry": hash_of(email)} if email else {}
        audit.append(connection, clock.now(), actor, "address_changed", f"people/{account.name}", data=data)
    return email


def set_may_answer(database: Database, clock: Clock, name: str, *, allowed: bool, actor: str) -> None:
    """Let answers of a coordinator leave without approval, or not any more. Raises AccountError."""
    with database.write() as connection:
        account = active_account(connection, name)
        if account.role is not Role.COORDINATOR:
            raise AccountError(
                AccountRefusal.NO_COORDINATOR, f"{account.name} is no coordinator; others answer anyway."
            )
        people.change(connection, account.id, may_answer=allowed)
        action = "answers_allowed" if allowed else "answers_stopped"
        audit.append(connection, clock.now(), actor, action, f"people/{account.name}")


def reset_second_factor(database: Database, clock: Clock, name: str, *, actor: str) -> None:
    """Take away authenticator and recovery codes of somebody who lost them; his sessions end."""
    with database.write() as connection:
        account, now = account_of(connection, name), clock.now()
        people.change(connection, account.id, totp_secret=None, totp_step=None)
        recoverycodes.replace(connection, account.id, ())
        sessions.end_all(connection, account.id, now, "second factor reset")
        audit.append(connection, now, actor, "second_factor_reset", f"people/{account.name}")


def end_sessions(database: Database, clock: Clock, name: str, *, actor: str) -> int:
    """Sign somebody out everywhere; gives how many sessions that were."""
    with database.write() as connection:
        account, now = account_of(connection, name), clock.now()
        ended = sessions.end_all(connection, account.id, now, "ended by admin")
        data = {"sessions": ended}
        audit.append(connection, now, actor, "sessions_ended", f"people/{account.name}", data=data)
    return ended


def set_leave(
    database: Database,
    clock: Clock,
    name: str,
    away: tuple[datetime, datetime] | None,
    deputy: str = "",
    *,
    actor: str,
) -> None:
    """Note from when until when somebody is away, and who stands in for him; None: he is back.

    A coordinator's queues are seen by his deputy meanwhile, so that one must be a coordinator too.
    """
    with database.write() as connection:
        account, now = active_account(connection, name), clock.now()
        if away and (away[1] <= away[0] or away[1] <= now):
            raise AccountError(AccountRefusal.LEAVE, "A leave must end after it begins, and in the future.")
        away_from, away_until = away or (None, None)
        stands_in = _deputy(connection, account, deputy, away).id if away and deputy.strip() else None
        people.change(connection, account.id, away_from=away_from, away_until=away_until, deputy_id=stands_in)
        data = {"deputy": deputy.strip().lower()} if away else {}
        action = "leave_set" if away else "leave_ended"
        audit.append(connection, now, actor, action, f"people/{account.name}", data=data)


def _address(rules: Rulebook, email: str) -> str:
    """Give an address as it is kept; none stays none. Raises AccountError where no letter can go to it.

    What is sent to a mailbox of ours is filed as our own, and nobody reads it.
    """
    email = email.strip()
    if one_spelling(email) in {one_spelling(ours) for ours in rules.office.addresses}:
        raise AccountError(AccountRefusal.OUR_ADDRESS, f"{email} is an address of the service itself.")
    if email and not can_stand_in_header(email):
        raise AccountError(AccountRefusal.ADDRESS, f"{email!r} is no mail address that letters can go to.")
    return email


def _demand_his_alone(connection: Connection, email: str, person_id: int | None = None) -> None:
    """Raise AccountError where an address is that of another who may sign in."""
    others = (one for one in people.of_address(connection, email) if one.person.id != person_id)
    if email and any(one.enabled for one in others):
        raise AccountError(AccountRefusal.HAS_ADDRESS, f"{email} is the address of another account already.")


def _deputy(
    connection: Connection, account: Account, deputy: str, away: tuple[datetime, datetime]
) -> Account:
    chosen = next(iter(people.accounts(connection, deputy.strip().lower())), None)
    fits = chosen and chosen.disabled_at is None and chosen.role is account.role and chosen.id != account.id
    if chosen is None or not fits:
        raise AccountError(
            AccountRefusal.DEPUTY, f"{deputy} cannot stand in; name somebody active in the same role."
        )
    if chosen.away_from and chosen.away_until and chosen.away_from < away[1] and chosen.away_until > away[0]:
        raise AccountError(AccountRefusal.DEPUTY_AWAY, f"{deputy} is away in that time too; name another.")
    return chosen


def account_of(connection: Connection, name: str) -> Account:
    """Give an account by its login. Raises NotFoundError."""
    found = people.accounts(connection, name.strip().lower())
    if not found:
        raise NotFoundError(f"There is no account {name}; triage users list shows what there is.")
    return found[0]


def active_account(connection: Connection, name: str) -> Account:
    """Give an account that is not disabled. Raises NotFoundError and AccountError."""
    account = account_of(connection, name)
    if account.disabled_at is not None:
        raise AccountError(
            AccountRefusal.DISABLED, f"{account.name} is disabled; triage users enable lets him in again."
        )
    return account


def _end_access(connection: Connection, account: Account, now: datetime, why: str) -> None:
    for rows in (sessions, tokens, webhooks):
        rows.end_all(connection, account.id, now, why)


def _demand_fitting(rules: Rulebook, role: Role, queues: Sequence[str]) -> None:
    """Raise unless a coordinator has queues and nobody else has any."""
    if role is not Role.COORDINATOR and queues:
        raise AccountError(AccountRefusal.NO_QUEUES, f"The role {role.value} sees every queue; name none.")
    if role is Role.COORDINATOR and not queues:
        raise AccountError(AccountRefusal.NEEDS_QUEUE, "A coordinator needs at least one queue.")
    for queue in queues:
        demand_queue(rules, queue)


def _demand_not_oneself(account: Account, actor: str) -> None:
    if account.name == actor:
        raise AccountError(AccountRefusal.YOURSELF, "Nobody changes his own role or disables himself.")


def _demand_an_admin_stays(connection: Connection, account: Account) -> None:
    if account.role is Role.ADMIN and not people.other_admins(connection, account.id):
        raise AccountError(
            AccountRefusal.LAST_ADMIN, f"{account.name} is the last administrator; make another one first."
        )
