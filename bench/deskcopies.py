"""Multiplies the rows of a desk within PostgreSQL: what Python would take hours to make one by one.

The oldest part of the years is made row by row and so is the newest, which holds all that is open; each part
between them is the oldest one, moved on in number and in time, with codes, keys and words of its own.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from deskrows import YEARS, Years

from triage.db.schema import Utc, metadata

_NUMBERS = {
    "tickets": {"id": "{tickets}"},
    "ticket_parties": {"ticket_id": "{tickets}"},
    "mails": {"id": "{mails}", "uid": "{mails}", "ticket_id": "{tickets}"},
    "raw_mails": {"mail_id": "{mails}"},
    "decisions": {"id": "{mails}", "mail_id": "{mails}"},
    "ticket_events": {"id": "{events}", "ticket_id": "{tickets}", "mail_id": "{mails}"},
    "outbox": {"id": "{tickets}", "mail_id": "{mails}", "ticket_id": "{tickets}"},
    "search_entries": {"id": "{entries}", "ticket_id": "{tickets}"},
}
"""By how much the numbers of each table go on from part to part."""

_CODE = (
    "'SD' || to_char((opened_at + {time}) AT TIME ZONE 'UTC', 'YYMMDD') || '-' || "
    "lpad(((id + {tickets}) % 1000000)::text, 6, '0')"
)
_OWN = {
    "tickets": {"code": _CODE},
    "mails": {
        "mail_key": "'key' || (id + {mails})",
        "message_id": "'<' || (id + {mails}) || '@truong.example>'",
    },
    "decisions": {"mail_key": "'key' || (mail_id + {mails})"},
    "outbox": {"message_id": "'<l' || (id + {tickets}) || '@vst.gov.vn>'"},
    "search_entries": {
        "source_id": "source_id + CASE kind WHEN 'ticket' THEN {tickets} ELSE {mails} END",
        "sender": "CASE kind WHEN 'ticket' THEN split_part(sender, ' ', 1) || ' ' || "
        "(SELECT code FROM tickets AS own WHERE own.id = ticket_id + {tickets}) ELSE sender END",
        "body": "CASE kind WHEN 'mail' THEN "
        "regexp_replace(body, 'ref[0-9]+$', 'ref' || (source_id + {mails})) ELSE body END",
    },
}
"""What each row has for itself."""

_BARE = """
CREATE UNLOGGED TABLE bare_words AS
SELECT entry_id, entries.kind, entries.ticket_id, entries.source_id, at, ts_delete(words, CASE entries.kind
  WHEN 'ticket' THEN string_to_array(lower(tickets.code), '-') ELSE ARRAY['ref' || source_id] END) AS words
FROM search_words JOIN search_entries AS entries ON entries.id = entry_id
  JOIN tickets ON tickets.id = ticket_id
WHERE entry_id <= {entries}
"""
_WORDS = """
INSERT INTO search_words (entry_id, words, day)
SELECT entry_id + {entries}, words || (CASE kind WHEN 'ticket'
  THEN '''' || lower(replace((SELECT code FROM tickets WHERE id = ticket_id + {tickets}), '-', ''':9000D '''))
  ELSE '''ref' || (source_id + {mails}) END || ''':9000D')::tsvector,
  floor(extract(epoch FROM at + {time}) / 86400)::int
FROM bare_words
"""
_INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) "
    "AND indexdef NOT LIKE '%% ON ONLY %%' AND indexname NOT IN (SELECT conname FROM pg_constraint)"
)
_SETTINGS = (
    "session_replication_role = replica",  # no triggers, no look at foreign keys
    "synchronous_commit = off",
    "maintenance_work_mem = '1GB'",
)


@contextmanager
def connected(url: str) -> Iterator["psycopg.Connection[Any]"]:
    """Connect to load: each statement is a transaction of its own, and what is loaded is not looked at."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in _SETTINGS:
            connection.execute(f"SET {setting}".encode())
        yield connection


@contextmanager
def without_indexes(url: str) -> Iterator[None]:
    """Take away what indexes no constraint needs, and make them anew at the end, two at a time."""
    with psycopg.connect(url) as connection:
        found = connection.execute(_INDEXES, [[*_NUMBERS, "search_words"]]).fetchall()
    _run(url, [f'DROP INDEX "{name}"' for name, _ in found])
    yield
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda definition: _run(url, [definition]), [definition for _, definition in found]))


def multiply(url: str, years: Years, parts: int) -> None:
    """Fill what lies between the oldest of ``parts`` equal parts, which is there, and the newest."""
    _run(url, [_filled(_BARE, years, parts, 1)])
    chains = (
        ("tickets", "search_entries", "ticket_events"),
        ("mails", "ticket_parties", "raw_mails", "decisions", "outbox"),
    )
    between = range(1, parts - 1)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(_copy, url, years, parts, tables) for tables in chains]:
            done.result()
    _run(url, [_filled(_WORDS, years, parts, part) for part in between])
    _run(url, ["DROP TABLE bare_words"])


def _copy(url: str, years: Years, parts: int, tables: tuple[str, ...]) -> None:
    _run(url, [_copying(table, years, parts, part) for table in tables for part in range(1, parts - 1)])


def _copying(table: str, years: Years, parts: int, part: int) -> str:
    numbers, own = _NUMBERS[table], _OWN.get(table, {})
    wanted = {}
    for column in metadata.tables[table].columns:
        name = column.name
        later = " + {time}" if isinstance(column.type, Utc) else ""
        moved = f" + {numbers[name]}" if name in numbers else later
        wanted[name] = own.get(name, name + moved)
    columns, values = ", ".join(wanted), ", ".join(wanted.values())
    first, size = next(iter(numbers.items()))
    oldest = _filled(f"WHERE {first} <= {size} ORDER BY {first}", years, parts, 1)
    copied = _filled(f"SELECT {values} FROM {table}", years, parts, part)  # noqa: S608 - names of ours
    return f"INSERT INTO {table} ({columns}) {copied} {oldest}"


def _filled(template: str, years: Years, parts: int, part: int) -> str:
    """Put in by how much part ``part`` lies behind the oldest one."""
    tickets = years.count // parts * part
    moved = YEARS / parts * part
    return template.format(
        tickets=tickets,
        mails=tickets * years.mails,
        events=tickets * (years.mails + 1),
        entries=tickets * (years.mails + 1),
        time=f"interval '{moved.total_seconds()} seconds'",
    )


def _run(url: str, statements: Sequence[str]) -> None:
    with connected(url) as connection:
        for statement in statements:
            connection.execute(statement.encode())
