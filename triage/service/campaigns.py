"""Puts mails of impostors and reports of them into campaigns, and takes out what counts no longer.

It asks what stands, not what has happened since some moment: a mail that is held, confirmed or reported and
not in yet goes in, one that was released goes out. So it can come too late, twice, or die half-way without
harm, and the release before, which knows nothing of it, leaves nothing behind that would be missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import structlog
from sqlalchemy import Connection

from triage.core.campaigns import Group, Home, Link, group, numbers_of
from triage.core.impostorsigns import Telling, lightened, told_by_impostor, told_by_report
from triage.core.parse import parts_of, read_mail
from triage.core.rules import Rulebook
from triage.db import campaignmails, campaigns, mails, senderlists
from triage.db.campaignmails import REPORTED, WROTE, Candidate, Kept
from triage.db.engine import Database
from triage.db.history import SERVICE
from triage.db.mails import ClaimedMail
from triage.errors import TriageError
from triage.service.means import Means

log = structlog.get_logger()

BATCH = 50
"""Mails that one transaction puts into campaigns."""

ROUNDS = 20
"""Batches that one tick of the clockwork works off."""

_NOTHING = Telling((), (), (), "")


def keep_up(database: Database, means: Means, rounds: int = ROUNDS) -> int:
    """Bring campaigns up to what mails and tickets say now; gives how many mails went in or out."""
    moved = 0
    for _ in range(rounds):
        done = _keep_up_batch(database, means)
        moved += done
        if not done:
            break
    return moved


def keep_up_regularly(database: Database, means: Means) -> None:
    """Do the same as a scheduled job: trouble is logged, and the next tick goes on."""
    try:
        if moved := keep_up(database, means):
            log.info("campaigns_kept_up", mails=moved)
    except TriageError as error:
        log.error("campaigns_failed", error=str(error))  # noqa: TRY400 - the sentence says all


def _keep_up_batch(database: Database, means: Means) -> int:
    with database.read() as connection:
        fresh = campaignmails.fresh(connection, BATCH)
        if not fresh and not campaignmails.fallen(connection):
            return 0
        stored = mails.contents(connection, [one.mail_id for one in fresh])
    # Reading needs no transaction; on SQLite it would keep every other writer waiting.
    roles = {one.mail_id: one.role for one in fresh}
    read = {one.id: _told(one, roles[one.id], means.rules) for one in stored}

    def write(connection: Connection) -> int:
        campaignmails.hold(connection)
        fallen = campaignmails.fallen(connection)
        touched = campaignmails.take_out(connection, fallen)
        still = campaignmails.stands(connection, fresh)
        for one in still:
            _keep(connection, means, one, read.get(one.mail_id, _NOTHING))
        regroup(connection, means, touched, [one.mail_id for one in still])
        return len(still) + len(fallen)

    return database.transact(write)


def _told(stored: ClaimedMail, role: str, rules: Rulebook) -> Telling:
    raw = stored.readable()
    if raw is None:
        return _NOTHING
    try:
        mail = read_mail(raw)
        return (
            told_by_impostor(mail, rules)
            if role == WROTE
            else told_by_report(mail, rules, parts_of(mail, raw))
        )
    except Exception:
        # One mail must not keep all others out of their campaigns; it stands alone, and the log says why.
        log.exception("campaign_mail_broken", mail_id=stored.id)
        return _NOTHING


def _keep(connection: Connection, means: Means, one: Candidate, telling: Telling) -> None:
    values = [sign.value for sign in telling.signs]
    reporter = one.from_address if one.role == REPORTED else ""
    others = senderlists.helped_marks(connection, values, reporter) if values else frozenset[str]()
    telling = replace(telling, signs=lightened(telling.signs, others))
    campaignmails.keep(connection, one, telling, means.clock.now())


def regroup(
    connection: Connection, means: Means, touched: Iterable[int], mail_ids: Sequence[int] = ()
) -> None:
    """Compare some mails and those of some campaigns anew; the caller holds the lock of campaigns.

    What has lost the mail that held it together parts; each part that had a number before has it again.
    """
    near = campaignmails.neighbours(connection, mail_ids)
    numbers = {*touched, *campaignmails.campaigns_of(connection, near)}
    kept = campaignmails.kept(connection, near | campaignmails.members(connection, numbers))
    groups = group(one.print for one in kept)
    homes = {one.print.mail: one.home for one in kept}
    owners = numbers_of(groups, homes)
    chosen = _chosen(connection, means, groups, owners)
    _point(connection, means, owners, chosen)
    _settle(connection, kept, groups, chosen)


def _chosen(
    connection: Connection, means: Means, groups: Sequence[Group], owners: dict[int, int]
) -> dict[int, int]:
    """Give each group that is a campaign its number, by its place: its lowest one, or a new one."""
    chosen: dict[int, int] = {}
    for number in sorted(owners):
        chosen.setdefault(owners[number], number)
    for place, one in enumerate(groups):
        if place not in chosen and len(one.mails) > 1:
            chosen[place] = campaigns.add(connection, means.clock.now())
    return chosen


def _point(connection: Connection, means: Means, owners: dict[int, int], chosen: dict[int, int]) -> None:
    """Let each number that others have taken over point to theirs, and one that is used again to none."""
    now = means.clock.now()
    for number, place in sorted(owners.items()):
        to = chosen[place]
        if campaigns.point(connection, number, to if to != number else None):
            if to != number:
                campaigns.add_event(connection, number, now, "joined", actor=SERVICE, into=to)
                campaigns.add_event(connection, to, now, "took_over", actor=SERVICE, other=number)
            else:
                campaigns.add_event(connection, number, now, "parted", actor=SERVICE)


def _settle(
    connection: Connection, kept: Sequence[Kept], groups: Sequence[Group], chosen: dict[int, int]
) -> None:
    before = {one.print.mail: one for one in kept}
    for place, one in enumerate(groups):
        number = chosen.get(place)
        reasons = _reasons(one.links)
        for mail in one.mails:
            was = before[mail]
            home = Home(number, was.home.first or number)
            why = reasons.get(mail, [])
            if (home, why) != (was.home, was.reasons):
                campaignmails.settle(
                    connection, mail, campaign_id=home.campaign, first_id=home.first, reasons=why
                )


def _reasons(links: Iterable[Link]) -> dict[int, list[dict[str, object]]]:
    found: dict[int, list[dict[str, object]]] = {}
    for link in links:
        signs = [[sign.sort.value, sign.value] for sign in link.signs]
        found.setdefault(link.mail, []).append({"with": link.other, "signs": signs})
    return found
