"""Plays a year of mails with the clock set forward: deadlines, digests, surges and campaigns, all looked at.

    .venv/bin/python bench/year.py --mails 20000
    .venv/bin/python bench/year.py --mails 400000             (an hour or two)
    .venv/bin/python bench/year.py --mails 400000 --days 10   (how busy days of such a year go)

The service's own jobs are called where the clockwork would find something to do: what decides and finds
surges whenever mails came, the rest every half hour. Each working day ends with everything closed that came
before three, but for one ticket in twenty, which stays to go overdue; each morning incidents are ended as
people would end them. On SQLite nothing waits for the disk: no crash is played.
"""

import argparse
import logging
import resource as machine
import signal
import tempfile
import time as stopwatch
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, event, func, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from yearmails import YearMail, year_mails

from triage.adapters.letters import LetterRenderer
from triage.adapters.rulefiles import load_rulebook
from triage.adapters.trial import TrialReader
from triage.core.calendar import WorkCalendar
from triage.core.people import Role
from triage.db import mails, migrate, people
from triage.db.engine import Database
from triage.db.schema import (
    FRESH,
    campaign_mails,
    digests,
    incident_tickets,
    incidents,
    mails as mail_rows,
    outbox,
    tickets,
)
from triage.ports import FetchedMail
from triage.resources import resource
from triage.service import campaigns, counters, escalating, surges
from triage.service.digests import send_due
from triage.service.escalating import Ladder
from triage.service.means import Means
from triage.service.process import process_batch
from triage.service.tidying import tidy

RULES = resource("rules")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
STEP = timedelta(minutes=5)
"""How far apart the looks of the service are while mails come."""

SELDOM = timedelta(minutes=30)
"""How far apart the looks are of what goes by hours: campaigns, and tickets that nobody answers."""

DIGEST_AT = time(8)
EVENING = time(17)
QUEUES = ("0010", "3110", "0110", "0160", "0260")
FOUND_WITHIN = timedelta(minutes=10)
PROVINCES = 3


@dataclass
class Clock:
    """A clock that is set."""

    moment: datetime

    def now(self) -> datetime:
        """Give the moment that was set."""
        return self.moment


@dataclass
class Year:
    """A year that is played on a database; ``numbers`` are the mails by their UID."""

    database: Database
    means: Means
    clock: Clock
    numbers: dict[int, YearMail] = field(default_factory=dict)
    unasked: int = 0
    next_look: datetime | None = None
    enough: bool = False
    """Whether the day that is being played shall be the last: somebody has pressed Ctrl-C."""

    @property
    def calendar(self) -> WorkCalendar:
        """The days and hours of offices."""
        return self.means.rules.calendar

    def play(self, coming: Sequence[YearMail], days: Sequence[date]) -> None:
        """Let all mails come, and every morning and night of these days."""
        moments = sorted({*_ticks(coming), *(moment for day in days for moment in _hours(day))})
        waiting = list(reversed(coming))
        signal.signal(signal.SIGINT, lambda *_: setattr(self, "enough", True))
        for moment in moments:
            local = moment.astimezone(ZONE)
            if self.enough and local.hour == 1:
                return
            self.clock.moment = moment
            batch: list[YearMail] = []
            while waiting and waiting[-1].at <= moment:
                batch.append(waiting.pop())
            self._receive(batch)
            self._work(came=bool(batch))
            if local.time() == DIGEST_AT:
                self._morning()
            elif local.time() == EVENING:
                self._evening()
            elif local.hour == 1:
                tidy(self.database, self.clock)

    def _receive(self, batch: Sequence[YearMail]) -> None:
        if not batch:
            return
        came = dict(enumerate(batch, len(self.numbers) + 1))
        with self.database.write() as connection:
            fetched = [FetchedMail(uid, one.at, one.write()) for uid, one in came.items()]
            mails.store(connection, "box", 1, fetched, self.clock.now())
        self.numbers.update(came)

    def _work(self, *, came: bool) -> None:
        if came:
            while process_batch(self.means, self.database, "year"):
                pass
            surges.look(self.database, self.means)
        if self.next_look and self.clock.moment < self.next_look:
            return
        self.next_look = self.clock.moment + SELDOM
        campaigns.keep_up(self.database, self.means)
        escalating.tell_due(self.database, self.means, Ladder(("lead@kbnn.example",)))
        with self.database.write() as connection:
            connection.execute(update(outbox).where(FRESH).values(state="sent"))

    def _morning(self) -> None:
        for _node in range(2):
            send_due(self.database, self.means, DIGEST_AT)
        now = self.clock.now()
        today = now.astimezone(ZONE).date()
        if self.calendar.is_working_day(today):
            with self.database.read() as connection:
                asked = connection.scalar(select(func.count()).where(digests.c.day == today)) or 0
            self.unasked += len(QUEUES) - asked
        with self.database.write() as connection:
            self._end_incidents(connection)
        counters.fold(self.database)

    def _evening(self) -> None:
        """Close the work of the day."""
        now = self.clock.now()
        if not self.calendar.is_working_day(now.astimezone(ZONE).date()):
            return
        came = tickets.c.status.not_in(("closed", "held")) & (tickets.c.opened_at < now - timedelta(hours=2))
        done = came & ((tickets.c.id % 20 != 0) | (tickets.c.opened_at < now - timedelta(days=6)))
        with self.database.write() as connection:
            values = {"status": "closed", "closed_at": now, "outcome": "solved", "updated_at": now}
            connection.execute(update(tickets).where(done).values(**values))

    def _end_incidents(self, connection: Connection) -> None:
        """Close what was an error, and dissolve false alarms, as people do."""
        founders = (
            select(incident_tickets.c.incident_id, mail_rows.c.uid)
            .join(mail_rows, mail_rows.c.ticket_id == incident_tickets.c.ticket_id)
            .join(incidents, incidents.c.id == incident_tickets.c.incident_id)
            .where(incidents.c.state == "open", incident_tickets.c.founder)
        )
        true = {row.incident_id for row in connection.execute(founders) if self.numbers[row.uid].surge >= 0}
        ended = {"ended_at": self.clock.now()}
        opened = update(incidents).where(incidents.c.state == "open")
        connection.execute(opened.where(incidents.c.id.in_(true)).values(state="closed", **ended))
        connection.execute(opened.values(state="dissolved", **ended))


def _ticks(coming: Sequence[YearMail]) -> Iterator[datetime]:
    """Give the look that follows each mail."""
    for one in coming:
        at = one.at.astimezone(UTC)
        yield at - (at - datetime.min.replace(tzinfo=UTC)) % STEP + STEP


def _hours(day: date) -> tuple[datetime, ...]:
    return tuple(datetime.combine(day, hour, ZONE).astimezone(UTC) for hour in (time(1), DIGEST_AT, EVENING))


def wrong_deadlines(year: Year) -> int:
    """Count deadlines that are not the end of the working day after the receipt, reckoned day by day."""
    ends = year.calendar.office_hours[-1][1]
    wrong = 0
    with year.database.read() as connection:
        for row in connection.execute(
            select(tickets.c.opened_at, tickets.c.due_at).where(tickets.c.due_at.is_not(None))
        ):
            day = row.opened_at.astimezone(ZONE).date() + timedelta(1)
            while not year.calendar.is_working_day(day):
                day += timedelta(1)
            wrong += row.due_at != datetime.combine(day, ends, ZONE)
    return wrong


def digest_faults(year: Year) -> tuple[int, int]:
    """Give how many digests went out, and how many were wrong: on a day off, twice a day, forgotten."""
    with year.database.read() as connection:
        rows = connection.execute(
            select(outbox.c.recipient, outbox.c.created_at).where(outbox.c.letter == "digest")
        ).all()
    told = Counter((row.recipient, row.created_at.astimezone(ZONE).date()) for row in rows)
    off = sum(not year.calendar.is_working_day(day) for _, day in told)
    return len(rows), off + year.unasked + sum(count - 1 for count in told.values())


def surge_figures(year: Year) -> tuple[int, list[timedelta], list[datetime]]:
    """Give how many surges came of three provinces, how late each was found, and when false ones were."""
    third: dict[int, datetime] = {}
    found: dict[int, timedelta] = {}
    with year.database.read() as connection:
        rows = connection.execute(
            select(mail_rows.c.uid, tickets.c.queue, tickets.c.id)
            .join(tickets, tickets.c.id == mail_rows.c.ticket_id)
            .order_by(mail_rows.c.received_at, mail_rows.c.id)
        ).all()
        members = connection.execute(
            select(incident_tickets.c.incident_id, incident_tickets.c.ticket_id, incidents.c.found_at)
            .join(incidents, incidents.c.id == incident_tickets.c.incident_id)
            .where(incident_tickets.c.founder)
        ).all()
    surge_of = {row.id: year.numbers[row.uid].surge for row in rows}
    seen: dict[int, list[tuple[datetime, str]]] = {}
    for row in rows:
        mail = year.numbers[row.uid]
        if mail.surge >= 0:
            seen.setdefault(mail.surge, []).append((mail.at, row.queue))
            near = {queue for at, queue in seen[mail.surge] if at > mail.at - timedelta(minutes=30)}
            if len(near) >= PROVINCES:
                third.setdefault(mail.surge, mail.at)
    by_incident: dict[int, set[int]] = {}
    found_at: dict[int, datetime] = {}
    for member in members:
        found_at[member.incident_id] = member.found_at
        by_incident.setdefault(member.incident_id, set()).add(surge_of[member.ticket_id])
        for surge in {surge_of[member.ticket_id]} & third.keys():
            late = member.found_at - third[surge]
            found[surge] = min(found.get(surge, late), late)
    false = [found_at[incident] for incident, surges_in in by_incident.items() if surges_in == {-1}]
    return len(third), sorted(found.values()), sorted(false)


def campaign_figures(year: Year) -> tuple[dict[int, int], int]:
    """Give into how many campaigns each impostor's mails came, and how many honest mails came into one."""
    with year.database.read() as connection:
        rows = connection.execute(
            select(mail_rows.c.uid, campaign_mails.c.campaign_id)
            .join(mail_rows, mail_rows.c.id == campaign_mails.c.mail_id)
            .where(campaign_mails.c.campaign_id.is_not(None))
        ).all()
    of: dict[int, set[int]] = {}
    for row in rows:
        of.setdefault(year.numbers[row.uid].impostor, set()).add(row.campaign_id)
    honest = sum(year.numbers[row.uid].impostor < 0 for row in rows)
    return {number: len(some) for number, some in of.items() if number >= 0}, honest


def report(year: Year, seconds: float) -> bool:
    """Print what came of it; False where something is not as it should be."""
    with year.database.read() as connection:
        opened = connection.scalar(select(func.count()).select_from(tickets)) or 0
        left = connection.scalar(select(func.count()).where(mail_rows.c.state != "processed")) or 0
    deadlines = wrong_deadlines(year)
    sent, faults = digest_faults(year)
    expected, late, false = surge_figures(year)
    parts, honest = campaign_figures(year)
    peak = machine.getrusage(machine.RUSAGE_SELF).ru_maxrss // 1024
    in_time = sum(one <= FOUND_WITHIN for one in late)
    print(f"played until {year.clock.moment.astimezone(ZONE):%Y-%m-%d %H:%M}")
    print(f"{len(year.numbers):,} mails, {opened:,} tickets, {left} left; {seconds:.0f} s, peak {peak} MiB")
    print(f"deadlines wrong: {deadlines}")
    print(f"digests: {sent} sent, {faults} wrong (twice, on a day off, or forgotten)")
    print(f"surges: {in_time} of {expected} found within {FOUND_WITHIN}; latest {max(late, default=None)}")
    days = ", ".join(f"{one.astimezone(ZONE):%d/%m %H:%M}" for one in false)
    print(f"false incidents: {len(false)}, of which a year may have 12 ({days or 'none'})")
    print(f"campaigns: {parts} (one each), honest mails in them: {honest}")
    right = (deadlines, faults, left, honest) == (0, 0, 0, 0) and in_time == expected and len(false) <= 12  # noqa: PLR2004
    return right and set(parts.values()) == {1}


def _hurry(raw: DBAPIConnection, _record: object) -> None:
    raw.cursor().execute("PRAGMA synchronous=OFF")


def main() -> None:
    """Play a year and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mails", type=int, default=20_000)
    parser.add_argument("--year", type=int, default=2026)
    parser.add_argument("--from-day", type=int, default=1, help="the first day of the year that is played")
    parser.add_argument("--days", type=int, default=366, help="how many days are played")
    parser.add_argument("--seed", type=int, default=964)
    parser.add_argument(
        "--url", default="", help="an empty database; left out, an SQLite file that goes away"
    )
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory(prefix="triage-year-") as folder:
        database = Database(chosen.url or f"sqlite:///{Path(folder) / 'year.sqlite'}")
        if database.is_sqlite:
            event.listen(database.engine, "connect", _hurry)
        migrate.upgrade(database)
        first = date(chosen.year, 1, 1) + timedelta(chosen.from_day - 1)
        clock = Clock(datetime.combine(first, time(), ZONE))
        rules = load_rulebook(RULES)
        means = Means(
            rules=rules,
            renderer=LetterRenderer(RULES / "letters"),
            clock=clock,
            zone=ZONE,
            from_address="hotrocntt@vst.gov.vn",
            trial=TrialReader(RULES),
        )
        with database.write() as connection:
            for queue in QUEUES:
                values = {
                    "display_name": queue,
                    "role": Role.COORDINATOR.value,
                    "email": f"cb{queue}@kbnn.example",
                }
                person = people.add(connection, clock.now(), name=f"cb{queue}", **values)
                people.set_queues(connection, person, [queue])
        whole = (date(chosen.year + 1, 1, 1) - first).days
        days = [first + timedelta(n) for n in range(min(whole, chosen.days))]
        coming = year_mails(chosen.year, chosen.mails, rules.calendar, chosen.seed)
        year = Year(database, means, clock)
        begun = stopwatch.monotonic()
        year.play([one for one in coming if days[0] <= one.at.date() <= days[-1]], days)
        right = report(year, stopwatch.monotonic() - begun)
        database.close()
    raise SystemExit(0 if right else 1)


if __name__ == "__main__":
    main()
