"""Decides stored mails again and says what would be different; gives stuck mails another try."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.core.decide import decide
from triage.core.document import document
from triage.core.facts import Facts
from triage.core.parse import parts_of, read_mail
from triage.core.veil import veil_of
from triage.db import decisions, mails, tickets
from triage.db.engine import Database
from triage.errors import NotFoundError
from triage.service.means import Means

COMPARED = (
    "kind",
    "subject",
    "route",
    "sender",
    "category",
    "priority",
    "completeness",
    "outcome",
    "due_at",
    "reply",
)
"""The parts of a decision that a change of the rules should change only on purpose."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of a decision that the present rules decide otherwise; ``ticket`` is the code, if any."""

    mail_id: int
    part: str
    before: Any
    after: Any
    ticket: str | None = None

    @property
    def change(self) -> tuple[str, str]:
        """Give in one word each what it was and what it would be, to count by."""
        before, after = _word(self.part, self.before), _word(self.part, self.after)
        return (before, after) if before != after else (before, f"{after} (details)")


def release_stuck(database: Database, mail_ids: Sequence[int]) -> int:
    """Let stuck mails wait again, so that the next round processes them; gives how many there were."""
    with database.write() as connection:
        return mails.release(connection, mail_ids)


def stored_ids(
    database: Database,
    *,
    state: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[int]:
    """Give the ids of stored mails, the oldest first: all, those in one state, those received in a span."""
    with database.read() as connection:
        return mails.ids(connection, state=state, since=since, until=until)


def compare(database: Database, means: Means, mail_ids: Sequence[int]) -> Iterator[Difference]:
    """Decide these mails by the present rules, from the facts of their day, and give every difference.

    Nothing is written. A mail that was never decided, or was erased, has no difference. Raises NotFoundError.
    """
    with database.read() as connection:
        erased = mails.erased(connection, mail_ids)
    for mail_id in mail_ids:
        with database.read() as connection:
            stored = mails.raw_of(connection, mail_id)
            decided = decisions.latest(connection, mail_id)
        if stored is None:
            raise NotFoundError(f"There is no mail {mail_id}; triage mails list shows what there is.")
        if decided is None or decided.document.get("erased") or mail_id in erased:
            continue
        received_at, raw = stored
        known = Facts.from_json(decided.facts)
        mail = read_mail(raw)
        decision = decide(mail, known, means.rules, received_at, parts_of(mail, raw))
        veil = veil_of(mail)
        before, after = veil.over(decided.document), veil.over(document(decision))
        parts = [(part, _said(before.get(part)), _said(after[part])) for part in COMPARED]
        if changed := [one for one in parts if one[1] != one[2]]:
            with database.read() as connection:
                _, code = tickets.of_mail(connection, mail_id)
            yield from (Difference(mail_id, *one, code) for one in changed)


_TELLING = {"route": "queue", "sender": "verdict", "subject": "treasury", "completeness": "missing"}
"""What of a part with several values is told in a word."""


def _word(part: str, value: Any) -> str:  # noqa: ANN401 - JSON holds anything
    if part == "due_at" and value:
        return "another time"
    told = value.get(_TELLING.get(part, "")) if isinstance(value, dict) else value
    if isinstance(told, list):
        told = ", ".join(map(str, told))
    return "none" if told in {None, ""} else str(told)


def _said(part: Any) -> Any:  # noqa: ANN401 - JSON holds anything
    """Leave out what names the rules and decides nothing: else every mail differs after a release."""
    return (
        {key: value for key, value in part.items() if key not in _NAMES} if isinstance(part, dict) else part
    )


_NAMES = frozenset({"weights"})
