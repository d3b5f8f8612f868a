"""Raw mail outside the database: written before its row, removed after it, and moved between the two places.

Why each step stands where it does is told in docs/adr/0031. What a crash leaves behind is an object that no
row names; it is found and removed at night, when it is old enough that nobody can be about to name it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from triage.crashpoints import crash_point
from triage.db import rawmails
from triage.db.engine import Database
from triage.db.rawmails import CODEC, FOLDER, OWNER, Kept, pack
from triage.errors import RefusalError, StorageError, TriageError
from triage.ports import Clock, FetchedMail, Objects
from triage.service.nodes import now_seconds

log = structlog.get_logger()

GRACE = timedelta(minutes=5)
"""How long an object stays that no mail has any more: somebody may have read its name just before."""

SAFE_AGE = timedelta(days=2)
"""How old an object must be, by the clock of its storage, before it counts as left behind by a crash."""

LONGEST_SECONDS = 3600.0
"""How long after an object was begun a row may still name it: far less than the safe age."""

BATCH = 20
"""Mails that are moved by one transaction; each may have 25 MB."""

REMOVED = 1000
"""Objects that one request removes."""


@dataclass(frozen=True, slots=True)
class Objected:
    """Mails that lie in objects, by UID, and when the first of these was begun (see now_seconds)."""

    kept: Mapping[int, Kept]
    began: float

    def demand_young(self) -> None:
        """Raise StorageError where the machine slept so long that the objects may count as left behind."""
        if self.kept and now_seconds() - self.began > LONGEST_SECONDS:
            raise StorageError("Writing mails into the storage took more than an hour; it is done anew.")


def put(database: Database, clock: Clock, fetched: Sequence[FetchedMail]) -> Objected:
    """Let mails lie in objects, durable when this returns; in none where the table keeps them.

    To be called before the transaction that stores the mails. Raises StorageError: then nothing is stored,
    and the mails stay where they came from.
    """
    objects, began = database.objects, now_seconds()
    if objects is None or not fetched:
        return Objected({}, began)
    demand_ours(database, clock)
    kept = {mail.uid: rawmails.outside(mail.raw, clock.now()) for mail in fetched}
    objects.put({one.object_name: one.content for one in kept.values() if one.object_name})
    return Objected(kept, began)


def demand_ours(database: Database, clock: Clock) -> Objects:
    """Give the storage, once it says that it belongs to this database; one that nobody has used becomes ours.

    A copy of a database that was restored elsewhere must neither remove the mails of the other nor write what
    the other takes for left behind. Raises StorageError.
    """
    objects = _objects(database)
    with database.read() as connection:
        ours, used = rawmails.token(connection), rawmails.newest_outside(connection) is not None
    [said] = objects.get([OWNER])
    if said is not None:
        if ours is None or said != ours.encode():
            raise StorageError(rawmails.not_ours(objects))
        return objects
    if used:
        raise StorageError(rawmails.holds_nothing(objects))
    # The row first: a crash in between is made good by the next call, which finds the token and no object.
    with database.write() as connection:
        ours = rawmails.make_token(connection, clock.now())
    objects.put({OWNER: ours.encode()})
    return objects


def claim(database: Database, clock: Clock) -> None:
    """Make the storage that of this database; the one that had it before may write and remove no more."""
    objects, token = _objects(database), uuid4().hex
    objects.put({OWNER: token.encode()})
    with database.write() as connection:
        rawmails.take_token(connection, token, clock.now())


def tidy_regularly(database: Database, clock: Clock) -> None:
    """Remove what is unwanted, as a scheduled job: trouble is logged, and the next tick tries again."""
    try:
        if number := remove_unwanted(database, clock):
            log.info("objects_removed", number=number)
    except TriageError as error:
        log.error("objects_not_removed", error=str(error))  # noqa: TRY400 - the sentence says all


def tidy_daily(database: Database, clock: Clock) -> None:
    """Remove what crashes left behind in this month and the last, as a scheduled job."""
    if database.objects is None:
        return
    try:
        number = remove_left_behind(database, clock, everything=False)
    except TriageError as error:
        log.error("objects_not_tidied", error=str(error))  # noqa: TRY400 - the sentence says all
        return
    log.info("objects_tidied", number=number)


def remove_unwanted(database: Database, clock: Clock, grace: timedelta = GRACE) -> int:
    """Remove the objects of erased and moved mails; gives how many. Raises StorageError; then all wait.

    A crash between the storage and the row lets the object be removed a second time, which does no harm.
    """
    done = 0
    while names := _unwanted(database, clock.now() - grace):
        demand_ours(database, clock).remove(names)
        crash_point("storage:removed")
        with database.write() as connection:
            rawmails.forget_unwanted(connection, names)
        done += len(names)
    return done


def _unwanted(database: Database, before: datetime) -> list[str]:
    with database.read() as connection:
        return rawmails.unwanted(connection, before, REMOVED)


def remove_left_behind(database: Database, clock: Clock, *, everything: bool) -> int:
    """Remove objects that no row names and that are older than the safe age; gives how many.

    Those of this month and the last are looked at, or all. Raises StorageError.
    """
    objects = demand_ours(database, clock)
    before = objects.now() - SAFE_AGE
    this_month = clock.now()
    last_month = this_month.replace(day=1) - timedelta(days=1)
    folders = [FOLDER] if everything else [rawmails.folder_of(one) for one in (last_month, this_month)]
    done = 0
    for folder in folders:
        for some in objects.listed(folder):
            old = [one.name for one in some if one.stored_at < before]
            with database.read() as connection:
                known = rawmails.known_objects(connection, old)
            left = [name for name in old if name not in known]
            objects.remove(left)
            done += len(left)
    return done


def move_out(database: Database, clock: Clock) -> Iterator[int]:
    """Move mails from the table into objects, telling after each transaction how many it moved.

    May be ended anywhere and begun again, beside a service that works. Raises StorageError.
    """
    objects = demand_ours(database, clock)

    def made(old: Mapping[int, Kept]) -> Mapping[int, Kept]:
        new = {number: _outside(one, clock.now()) for number, one in old.items()}
        objects.put({one.object_name: one.content for one in new.values() if one.object_name})
        return new

    return _moved(database, clock, rawmails.inside, made)


def move_in(database: Database, clock: Clock) -> Iterator[int]:
    """Move mails from objects into the table, in the same way.

    Raises RefusalError at a mail whose object is missing or damaged: a copy of the object helps.
    """
    _objects(database)

    def made(old: Mapping[int, Kept]) -> Mapping[int, Kept]:
        with database.read() as connection:
            filled = rawmails.filled(connection, list(old.values()))
        return {number: _inside(number, one) for number, one in zip(old, filled, strict=True)}

    return _moved(database, clock, rawmails.named, made)


Some = Callable[[Connection, int, int], Mapping[int, Kept]]


def _moved(
    database: Database, clock: Clock, some: Some, made: Callable[[Mapping[int, Kept]], Mapping[int, Kept]]
) -> Iterator[int]:
    last = 0
    while True:
        with database.read() as connection:
            old = some(connection, last, BATCH)
        if not old:
            return
        began = now_seconds()
        objected = Objected(new := made(old), began)
        crash_point("storage:copied")
        with database.write() as connection:
            moved = [number for number in old if rawmails.move(connection, number, old[number], new[number])]
            rawmails.discard(connection, _over(old, new, moved), clock.now())
            objected.demand_young()
        crash_point("storage:moved")
        last = max(old)
        yield len(moved)


def _over(old: Mapping[int, Kept], new: Mapping[int, Kept], moved: Sequence[int]) -> Iterator[str]:
    """Give the objects that nobody has any more: those of old places, or of mails erased meanwhile."""
    for number in old:
        name = (old if number in moved else new)[number].object_name
        if name is not None:
            yield name


def _outside(old: Kept, now: datetime) -> Kept:
    """Give a mail as it lies in an object. Bytes that cannot be unpacked stay where they are."""
    raw = old.readable()
    return rawmails.outside(raw, now) if raw is not None else old


def _inside(number: int, old: Kept) -> Kept:
    try:
        return Kept(CODEC, pack(old.raw()))
    except ValueError as error:
        raise RefusalError(f"Mail {number} cannot be moved: {error}.") from None


@dataclass(frozen=True, slots=True)
class Standing:
    """How many mails lie where, and what waits to be removed; ``since`` is UTC."""

    inside: int
    outside: int
    unwanted: int
    since: datetime | None


def standing(database: Database) -> Standing:
    """Give where mails lie."""
    with database.read() as connection:
        return Standing(
            rawmails.count_inside(connection),
            rawmails.count_outside(connection),
            *rawmails.oldest_unwanted(connection),
        )


def check(database: Database, clock: Clock) -> str:
    """Say how the storage stands, after a trial: an object is written and removed. Raises StorageError."""
    objects = database.objects
    if objects is None:
        with database.read() as connection:
            if rawmails.newest_outside(connection) is not None:
                rawmails.storage_of(connection)
        return "Off: the database keeps raw mail ([storage] bucket)."
    demand_ours(database, clock)
    trial = f"trial/{uuid4().hex}"
    objects.put({trial: b"triage"})
    objects.remove([trial])
    with database.read() as connection:
        newest = rawmails.newest_outside(connection)
        number, since = rawmails.oldest_unwanted(connection)
    if newest is not None and objects.get([newest]) == [None]:
        raise StorageError(f"{objects.label} has no object {newest}, in which the newest mail lies.")
    told = f"{objects.label} takes, gives and removes objects."
    return f"{told} {number} wait to be removed, since {since:%d/%m/%Y %H:%M} UTC." if since else told


def _objects(database: Database) -> Objects:
    if database.objects is None:
        raise StorageError("[storage] names no bucket, so there is nothing outside the database.")
    return database.objects
