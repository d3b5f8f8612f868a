"""The people who may sign in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from triage.core.onespelling import spellings
from triage.core.people import SEES_ALL, Person, Role
from triage.db.schema import people, person_queues
from triage.db.sessions import person_of
from triage.db.upsert import Upsert


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against."""

    id: int
    role: Role
    password_hash: str | None
    totp_secret: str | None
    totp_step: int | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class Linked:
    """Whom an identity of a provider is tied to, by login."""

    name: str
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Account:
    """One account as administrators see it; times are UTC, nothing in it opens anything."""

    id: int
    name: str
    display_name: str
    role: Role
    queues: tuple[str, ...]
    email: str
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    has_code: bool
    linked: bool
    away_from: datetime | None
    away_until: datetime | None
    deputy: str | None
    may_answer: bool


_ADD_QUEUE = Upsert(
    person_queues, lambda insert: insert.on_conflict_do_nothing().returning(person_queues.c.queue)
)


def credentials(connection: Connection, name: str) -> Credentials | None:
    """Give what the person of this login signs in with."""
    row = connection.execute(select(people).where(people.c.name == name)).first()
    return _credentials(row) if row else None


def find_linked(connection: Connection, issuer: str, subject: str) -> Linked | None:
    """Give whom an identity is tied to, exactly as the provider writes it."""
    query = select(people).where(people.c.oidc_issuer == issuer, people.c.oidc_subject == subject)
    row = connection.execute(query).first()
    return Linked(row.name, _credentials(row)) if row else None


def _credentials(row: Any) -> Credentials:  # noqa: ANN401 - a row of people
    return Credentials(
        row.id, Role(row.role), row.password_hash, row.totp_secret, row.totp_step, row.disabled_at is not None
    )


def add(connection: Connection, now: datetime, **values: Any) -> int:  # noqa: ANN401 - column values
    """Write a new person and give the id. Raises IntegrityError where the name is taken."""
    statement = people.insert().values(created_at=now, **values).returning(people.c.id)
    created: int = connection.execute(statement).scalar_one()
    return created


def change(connection: Connection, person_id: int, **values: Any) -> None:  # noqa: ANN401 - same
    """Change columns of a person."""
    connection.execute(update(people).where(people.c.id == person_id).values(**values))


def take_step(connection: Connection, person_id: int, step: int) -> bool:
    """Use up the codes of this time step and of all before; False where they were used up already."""
    unused = people.c.totp_step.is_(None) | (people.c.totp_step < step)
    result = connection.execute(update(people).where(people.c.id == person_id, unused).values(totp_step=step))
    return result.rowcount > 0


def hold(connection: Connection, name: str) -> None:
    """Let nobody else change this person or his queues until this transaction has ended; then read them.

    Without it two people could each take one of his last two queues in the same moment.
    """
    query = select(people.c.id).where(people.c.name == name.strip().lower())
    connection.execute(query.with_for_update(key_share=True))


def set_queues(connection: Connection, person_id: int, queues: Iterable[str]) -> None:
    """Give a coordinator these queues and no others."""
    connection.execute(person_queues.delete().where(person_queues.c.person_id == person_id))
    rows = [{"person_id": person_id, "queue": queue} for queue in dict.fromkeys(queues)]
    if rows:
        connection.execute(person_queues.insert(), rows)


def add_queue(connection: Connection, person_id: int, queue: str) -> bool:
    """Give a coordinator one more queue; False where he has it."""
    values = {"person_id": person_id, "queue": queue}
    return connection.execute(_ADD_QUEUE.on(connection), values).first() is not None


def drop_queue(connection: Connection, person_id: int, queue: str) -> bool:
    """Take one queue from a coordinator; False where he does not have it."""
    his = (person_queues.c.person_id == person_id) & (person_queues.c.queue == queue)
    return connection.execute(person_queues.delete().where(his)).rowcount > 0


def find(connection: Connection, name: str) -> Person | None:
    """Give the person of a login."""
    row = connection.execute(select(people).where(people.c.name == name)).first()
    return person_of(row) if row else None


def overseers(connection: Connection) -> list[Person]:
    """Give everybody with an address who sees every queue and can sign in."""
    roles = [role.value for role in SEES_ALL]
    query = select(people).where(
        people.c.role.in_(roles), people.c.disabled_at.is_(None), people.c.email != ""
    )
    return [person_of(row) for row in connection.execute(query.order_by(people.c.id))]


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the desk, and whether he may sign in."""

    person: Person
    enabled: bool


def of_id(connection: Connection, person_id: int) -> Known | None:
    """Give the person of a row."""
    row = connection.execute(select(people).where(people.c.id == person_id)).first()
    return Known(person_of(row), row.disabled_at is None) if row else None


def of_address(connection: Connection, address: str) -> list[Known]:
    """Give everybody whose mail address this is, in whatever spelling of its domain."""
    his = func.lower(people.c.email).in_(spellings(address))
    query = select(people).where(people.c.email != "", his).order_by(people.c.id)
    return [Known(person_of(row), row.disabled_at is None) for row in connection.execute(query)]


def display_names(connection: Connection, logins: Collection[str]) -> dict[str, str]:
    """Give by login what people are called; whoever is no person of the desk is left out."""
    query = select(people.c.name, people.c.display_name).where(people.c.name.in_(logins))
    return {row.name: row.display_name for row in connection.execute(query)}


def other_admins(connection: Connection, person_id: int) -> int:
    """Count the administrators besides this one who can sign in, and let nobody change them meanwhile.

    Without the lock two administrators could disable each other in the same moment.
    """
    query = select(people.c.id).where(people.c.role == Role.ADMIN.value, people.c.disabled_at.is_(None))
    admins = connection.scalars(query.order_by(people.c.id).with_for_update(key_share=True)).all()
    return sum(one != person_id for one in admins)


def accounts(connection: Connection, name: str | None = None) -> list[Account]:
    """Give all accounts by login, or the one of a login."""
    deputies = people.alias("deputies")
    query = (
        select(people, deputies.c.name.label("deputy"))
        .outerjoin(deputies, deputies.c.id == people.c.deputy_id)
        .order_by(people.c.name)
    )
    owned = select(person_queues.c.person_id, person_queues.c.queue).order_by(person_queues.c.queue)
    if name is not None:
        query = query.where(people.c.name == name)
        owned = owned.join(people, people.c.id == person_queues.c.person_id).where(people.c.name == name)
    queues: dict[int, list[str]] = {}
    for person_id, queue in connection.execute(owned):
        queues.setdefault(person_id, []).append(queue)
    return [_account(row, tuple(queues.get(row.id, ()))) for row in connection.execute(query)]


def _account(row: Any, queues: tuple[str, ...]) -> Account:  # noqa: ANN401 - a row of the query above
    return Account(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        role=Role(row.role),
        queues=queues,
        email=row.email,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        has_password=row.password_hash is not None,
        has_code=row.totp_secret is not None,
        linked=row.oidc_subject is not None,
        away_from=row.away_from,
        away_until=row.away_until,
        deputy=row.deputy,
        may_answer=row.may_answer,
    )


def deputies_for(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """Give login and name of those who may stand in for a person: active, in the same role."""
    query = select(people.c.name, people.c.display_name).where(
        people.c.role == person.role.value, people.c.disabled_at.is_(None), people.c.id != person.id
    )
    return [(row.name, row.display_name) for row in connection.execute(query.order_by(people.c.name))]
