"""What people decided otherwise than the rules: listed as examples, counted, and tried by other rules."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from triage.core.corrections import Correction, Field, corrections_of, is_right, value_of
from triage.core.decide import decide
from triage.core.exampletoml import Kept
from triage.core.facts import Facts
from triage.core.mail import Mail
from triage.core.neutral import neutral, places_of
from triage.core.parse import parts_of, read_mail
from triage.core.rules import Rulebook
from triage.core.veil import veil_of
from triage.db import corrections as rows, mails
from triage.db.corrections import Corrected
from triage.db.engine import Database

COUNTED = 1_000
"""The newest acts that are looked at for the counts of a page."""

LONGEST = 4_000
"""Characters of a mail that an example keeps."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A correction under two rulebooks: what the present one decides of it, and the other."""

    correction: Correction
    before: str
    after: str

    @property
    def was_right(self) -> bool:
        """Whether the present rules decide as the person did."""
        return is_right(self.correction.field, self.before, self.correction.said)

    @property
    def is_right(self) -> bool:
        """Whether the other rules do."""
        return is_right(self.correction.field, self.after, self.correction.said)


@dataclass(frozen=True, slots=True)
class Tally:
    """Corrections of what one rulebook decided: by the category of the mail, by the rule that decided."""

    by_category: Mapping[str, int]
    by_rule: Mapping[str, int]


def listed(database: Database, rules: Rulebook, since: datetime | None = None) -> Iterator[Kept]:
    """Give the corrections since a moment with their mails, the newest act first."""
    places = places_of(rules.treasuries)
    for one, found in _corrected(database, since):
        raw = _raw(database, one.mail_id)
        if raw is not None:
            mail = read_mail(raw[1])
            for correction in found:
                yield _kept(correction, mail, one.names, places)


def _kept(correction: Correction, mail: Mail, names: tuple[str, ...], places: frozenset[str]) -> Kept:
    veil = veil_of(mail)
    known = (*names, *(one.name for one in mail.senders))
    text = veil.hide((mail.new_text or mail.text)[: 2 * LONGEST])
    return Kept(
        correction,
        neutral(veil.hide(mail.subject[:1_000]), known, places),
        neutral(text, known, places)[:LONGEST].strip(),
        tuple(neutral(veil.hide(one.name), known, places) for one in mail.attachments[:10] if one.name),
    )


def tally(database: Database, digest: str) -> Tally:
    """Count the corrections of what the rulebook with this digest decided, among the newest acts."""
    changed = _changed(database, None, most=COUNTED)
    found = [one for ticket in changed for one in _of(ticket) if one.rules == digest]
    return Tally(
        dict(Counter(one.category for one in found).most_common()),
        dict(Counter(one.rule for one in found).most_common()),
    )


def try_rules(
    database: Database, present: Rulebook, other: Rulebook, since: datetime | None = None
) -> Iterator[Trial]:
    """Decide each corrected mail again by two rulebooks, from the facts of its day. Nothing is written."""
    for one, found in _corrected(database, since):
        raw = _raw(database, one.mail_id)
        if raw is None:
            continue
        received_at, content = raw
        mail = read_mail(content)
        for correction in found:
            facts = Facts.from_json(one.facts if correction.field is Field.VERDICT else one.last_facts)
            before, after = (
                value_of(decide(mail, facts, rules, received_at, parts_of(mail, content)), correction.field)
                for rules in (present, other)
            )
            yield Trial(correction, before, after)


def _corrected(database: Database, since: datetime | None) -> Iterator[tuple[Corrected, list[Correction]]]:
    for one in _changed(database, since):
        found = [each for each in _of(one) if since is None or each.at >= since]
        if found:
            yield one, found


def _changed(database: Database, since: datetime | None, most: int | None = None) -> Iterator[Corrected]:
    """Give changed tickets, some at a time; no transaction is open while they are worked on."""
    with database.read() as connection:
        ids = rows.changed(connection, since=since, most=most)
    for start in range(0, len(ids), rows.AT_ONCE):
        with database.read() as connection:
            found = rows.corrected(connection, ids[start : start + rows.AT_ONCE])
        yield from found


def _of(one: Corrected) -> list[Correction]:
    return corrections_of(one.code, one.mail_id, one.first, one.last, one.acts)


def _raw(database: Database, mail_id: int) -> tuple[datetime, bytes] | None:
    with database.read() as connection:
        return mails.raw_of(connection, mail_id)
