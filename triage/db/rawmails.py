"""Raw mail as it is kept: packed, in the table, or in an object that the table names (docs/adr/0031).

Where the bytes of a mail lie is said by its own row, so both places can be in use at once. A connection knows
the storage of its database (triage.db.engine): whoever reads mails need not.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import ColumnElement, Connection, delete, exists, func, inspect, select, update

from triage.core.erased import NEUTRAL_MAIL
from triage.db.lists import in_lists
from triage.db.schema import OUTSIDE, mails, raw_mails, storage_owner, unwanted_objects
from triage.db.upsert import Upsert
from triage.errors import StorageError
from triage.ports import Objects

CODEC = "zstd"

MOST_BYTES = 1024 * 1024 * 1024
"""Larger is no mail, however large the server may let mails be."""

FOLDER = "raw"
"""The folder of all objects that hold mail; below it one a month."""

OWNER = "owner"
"""The object that says which database the others belong to."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The bytes of a mail as they are kept. ``trouble`` says why there are none."""

    codec: str
    content: bytes
    object_name: str | None = None
    digest: str | None = None
    trouble: str | None = None

    def raw(self) -> bytes:
        """Give the bytes as they were received. Raises ValueError where they cannot be had."""
        if self.trouble:
            raise ValueError(self.trouble)
        raw = unpack(self.codec, self.content)
        if self.digest is not None and digest_of(raw) != self.digest:
            raise ValueError(f"the raw mail is damaged: object {self.object_name} holds something else")
        return raw

    def readable(self) -> bytes | None:
        """Give the bytes, or None where they cannot be had from what is kept."""
        try:
            return self.raw()
        except ValueError:
            return None


COLUMNS = tuple(raw_mails.c[name] for name in ("codec", "content", "object_name", "digest"))
"""What of a row says how a mail is kept; for ``kept``."""


def pack(raw: bytes) -> bytes:
    """Give bytes as they are kept."""
    return zstandard.ZstdCompressor().compress(raw)


def unpack(codec: str, content: bytes) -> bytes:
    """Give the bytes as they were received. Raises ValueError where they cannot be unpacked."""
    if codec != CODEC:
        raise ValueError(f"the raw mail is kept in an unknown form: {codec}")
    try:
        # the storage is not ours, and what it gives could unpack to all memory there is
        if zstandard.frame_content_size(content) > MOST_BYTES:
            raise ValueError("the raw mail is damaged: it claims to be larger than any mail")
        return zstandard.ZstdDecompressor().decompress(content)
    except zstandard.ZstdError as error:
        raise ValueError(f"the raw mail is damaged: {error}") from None


def digest_of(raw: bytes) -> str:
    """Give SHA-256 of bytes as they were received."""
    return hashlib.sha256(raw).hexdigest()


def outside(raw: bytes, now: datetime) -> Kept:
    """Give how bytes are kept in an object of their own.

    The name is new at each call: no two mails share an object and none is ever written twice, so one may be
    removed without asking who else needs it. It says nothing of the mail but the month (docs/adr/0031).
    """
    name = f"{folder_of(now)}/{uuid.uuid4().hex}"
    return Kept(CODEC, pack(raw), name, digest_of(raw))


def folder_of(moment: datetime) -> str:
    """Give the folder of the objects that are written in the month of a moment, UTC."""
    return f"{FOLDER}/{moment:%Y-%m}"


NEUTRAL = Kept(CODEC, pack(NEUTRAL_MAIL))
"""What an erased mail is, whether or not it has a row."""


def values_of(kept: Kept) -> dict[str, object]:
    """Give the columns of a row for what is kept; where an object has the content, the row has none."""
    named = kept.object_name is not None
    return {
        "codec": kept.codec,
        "content": b"" if named else kept.content,
        "object_name": kept.object_name,
        "digest": kept.digest if named else None,
    }


def objects_of(connection: Connection) -> Objects | None:
    """Give the storage of a connection's database; None where the settings name none."""
    objects: Objects | None = connection.get_execution_options().get("triage_objects")
    return objects


def kept(connection: Connection, rows: Sequence[Sequence[Any]]) -> list[Kept]:
    """Give what rows say (see COLUMNS), with the content of objects; no row at all is that of an erased mail.

    Raises StorageError.
    """
    return filled(connection, [NEUTRAL if row[0] is None else Kept(*row) for row in rows])


def filled(connection: Connection, some: Sequence[Kept]) -> list[Kept]:
    """Add the content of objects. Raises StorageError; then no mail is at fault.

    An object that is missing from a storage which is there is the trouble of its mail alone.
    """
    names = [one.object_name for one in some if one.object_name is not None]
    if not names:
        return list(some)
    objects = storage_of(connection)
    contents = dict(zip(names, objects.get(names), strict=True))
    if None in contents.values() and objects.get([OWNER]) == [None]:
        raise StorageError(holds_nothing(objects))
    return [one if one.object_name is None else _filled(one, contents[one.object_name]) for one in some]


def _filled(one: Kept, content: bytes | None) -> Kept:
    if content is None:
        trouble = f"the raw mail is missing: the storage has no object {one.object_name}"
        return Kept(one.codec, b"", one.object_name, one.digest, trouble)
    return Kept(one.codec, content, one.object_name, one.digest)


def kept_one(connection: Connection, mail_id: int) -> Kept | None:
    """Give how one mail is kept; None where there is no such mail. Raises StorageError."""
    row = connection.execute(select(*COLUMNS).where(raw_mails.c.mail_id == mail_id)).first()
    if row is None:
        gone = select(mails.c.id).where(mails.c.id == mail_id, mails.c.erased_at.is_not(None))
        return NEUTRAL if connection.scalar(gone) else None
    return kept(connection, [tuple(row)])[0]


def storage_of(connection: Connection) -> Objects:
    """Give the storage that mails lie in. Raises StorageError where the settings name none."""
    objects = objects_of(connection)
    if objects is None:
        raise StorageError("Mails lie outside the database, but [storage] names no bucket; name theirs.")
    return objects


def holds_nothing(objects: Objects) -> str:
    """Say that a storage is not the one that was written to, and what to do."""
    return (
        f"{objects.label} holds nothing of triage, though mails lie outside the database; name their bucket "
        "and prefix in [storage]."
    )


def not_ours(objects: Objects) -> str:
    """Say that a storage belongs to another database, and what to do."""
    return (
        f"{objects.label} belongs to another database, of which this one may be a copy; if that one is gone "
        "for good, run triage storage claim."
    )


def token(connection: Connection) -> str | None:
    """Give what this database has written into its storage; None where it has none yet."""
    return connection.scalar(select(storage_owner.c.token))


_TOKEN = Upsert(storage_owner, lambda insert: insert.on_conflict_do_nothing(index_elements=["id"]))


def make_token(connection: Connection, now: datetime) -> str:
    """Give the token of this database, a new one where it has none."""
    connection.execute(_TOKEN.on(connection), {"id": 1, "token": uuid.uuid4().hex, "claimed_at": now})
    written: str = connection.execute(select(storage_owner.c.token)).scalar_one()
    return written


def take_token(connection: Connection, written: str, now: datetime) -> None:
    """Let this database have a token."""
    forget_token(connection)
    connection.execute(storage_owner.insert(), {"id": 1, "token": written, "claimed_at": now})


def forget_token(connection: Connection) -> None:
    """Let this database own no storage: that of a copy is another's. One of an older release has no table."""
    if inspect(connection).has_table(storage_owner.name):
        connection.execute(delete(storage_owner))


_UNWANTED = Upsert(unwanted_objects, lambda insert: insert.on_conflict_do_nothing(index_elements=["name"]))


def discard(connection: Connection, names: Iterable[str], now: datetime) -> None:
    """Write down that objects are to be removed; their rows must name them no more."""
    rows = [{"name": name, "since_at": now} for name in names]
    if rows:
        connection.execute(_UNWANTED.on(connection), rows)


def unwanted(connection: Connection, before: datetime, limit: int) -> list[str]:
    """Give objects that were written down for removal by a moment, those that wait longest first."""
    query = (
        select(unwanted_objects.c.name)
        .where(unwanted_objects.c.since_at <= before)
        .order_by(unwanted_objects.c.since_at, unwanted_objects.c.name)
        .limit(limit)
    )
    return list(connection.scalars(query))


def forget_unwanted(connection: Connection, names: Sequence[str]) -> None:
    """Forget objects that are gone."""
    for some in in_lists(names):
        connection.execute(delete(unwanted_objects).where(unwanted_objects.c.name.in_(some)))


def oldest_unwanted(connection: Connection) -> tuple[int, datetime | None]:
    """Give how many objects wait to be removed, and since when the first of them does."""
    asked = select(func.count(), func.min(unwanted_objects.c.since_at))
    number, since = connection.execute(asked).one()
    return number, since


def known_objects(connection: Connection, names: Sequence[str]) -> set[str]:
    """Give those of the names that a mail has, or that wait to be removed anyway."""
    known: set[str] = set()
    for some in in_lists(names):
        # in these words, so that both databases find the partial index
        known.update(
            name
            for name in connection.scalars(
                select(raw_mails.c.object_name).where(OUTSIDE, raw_mails.c.object_name.in_(some))
            )
            if name is not None
        )
        waiting = select(unwanted_objects.c.name).where(unwanted_objects.c.name.in_(some))
        known.update(connection.scalars(waiting))
    return known


def count_inside(connection: Connection) -> int:
    """Give how many mails lie in the table, erased ones among them."""
    query = select(func.count()).select_from(raw_mails).where(raw_mails.c.object_name.is_(None))
    return connection.scalar(query) or 0


def count_outside(connection: Connection) -> int:
    """Give how many mails lie in objects."""
    return connection.scalar(select(func.count()).select_from(raw_mails).where(OUTSIDE)) or 0


def newest_outside(connection: Connection) -> str | None:
    """Give the object of the newest mail that has one."""
    query = select(raw_mails.c.object_name).where(OUTSIDE).order_by(raw_mails.c.mail_id.desc()).limit(1)
    return connection.scalar(query)


def erase(connection: Connection, mail_id: int, now: datetime) -> bool:
    """Put a neutral mail in the place of raw bytes and keep SHA-256 of these; False where that was done.

    An object is written down for removal in the same transaction, so nothing is asked of the storage here. Of
    bytes that cannot be unpacked the digest is that of nothing.
    """
    query = select(*COLUMNS).where(raw_mails.c.mail_id == mail_id).with_for_update()
    row = connection.execute(query).first()
    old = Kept(*row) if row else Kept(CODEC, b"")
    digest = old.digest or digest_of(old.readable() or b"")
    done = connection.execute(
        update(mails)
        .where(mails.c.id == mail_id, mails.c.erased_at.is_(None))
        .values(erased_at=now, erased_digest=digest)
    )
    if not done.rowcount:
        return False
    connection.execute(update(raw_mails).where(raw_mails.c.mail_id == mail_id).values(**values_of(NEUTRAL)))
    if old.object_name is not None:
        discard(connection, [old.object_name], now)
    return True


def inside(connection: Connection, after: int, limit: int) -> Mapping[int, Kept]:
    """Give mails behind a number whose bytes are in the table, those erased left out, by their numbers."""
    return _some(connection, raw_mails.c.object_name.is_(None), after, limit)


def named(connection: Connection, after: int, limit: int) -> Mapping[int, Kept]:
    """Give mails behind a number whose bytes are in objects, without them, by their numbers."""
    return _some(connection, raw_mails.c.object_name.is_not(None), after, limit)


def _some(connection: Connection, which: ColumnElement[bool], after: int, limit: int) -> Mapping[int, Kept]:
    query = (
        select(raw_mails.c.mail_id, *COLUMNS)
        .where(raw_mails.c.mail_id > after, which)
        .where(exists().where(mails.c.id == raw_mails.c.mail_id, mails.c.erased_at.is_(None)))
        .order_by(raw_mails.c.mail_id)
        .limit(limit)
    )
    return {row.mail_id: Kept(*tuple(row)[1:]) for row in connection.execute(query)}


def move(connection: Connection, mail_id: int, old: Kept, new: Kept) -> bool:
    """Let a mail be kept anew; False where it is kept otherwise by now, as after an erasure."""
    is_old = (
        raw_mails.c.object_name == old.object_name
        if old.object_name is not None
        else raw_mails.c.object_name.is_(None) & (raw_mails.c.content == old.content)
    )
    done = connection.execute(
        update(raw_mails).where(raw_mails.c.mail_id == mail_id, is_old).values(**values_of(new))
    )
    return done.rowcount == 1
