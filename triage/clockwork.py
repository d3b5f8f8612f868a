"""What happens by the clock: ticks that wake the stages, and the upkeep of every minute and every night."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from triage.app import App
from triage.core.alarms import Pace
from triage.service.alarms import Watchman
from triage.service.auditing import verify_daily
from triage.service.counters import check_nightly, fold_regularly
from triage.service.digests import send_regularly
from triage.service.retention import keep_terms_daily
from triage.service.searchindex import work_off_regularly
from triage.service.snoozing import wake_regularly
from triage.service.stages import Stage
from triage.service.tidying import tidy_daily

TICK_SECONDS = 5
"""How often a stage is woken that nobody else has woken."""

INDEX_SECONDS = 15
"""How often tickets are looked for whose words are not in the index yet."""

FOLD_SECONDS = 60
"""How often the changes of the ticket counters are added up."""

WAKE_SECONDS = 60
"""How often tickets whose rest is over are woken."""

TIDY_HOUR = 1
"""Local hour at which rows go that are kept only for a while."""

DIGEST_SECONDS = 60
"""How often the digests of the morning are asked for; a day that was missed for an hour is made up for."""

LOOK_SECONDS = 30
"""How often the watchman looks whether anything is wrong."""

RETENTION_HOUR = 2
"""Local hour at which mail whose term has passed is erased."""

CHECK_HOUR = 3
"""Local hour at which the ticket counters are compared with the tickets."""

AUDIT_HOUR = 4
"""Local hour at which the audit is verified and its head told to the log."""


def clockwork(app: App, stages: tuple[Stage, ...]) -> BackgroundScheduler:
    """Make the clockwork, not started yet. Each tick may come once too often or too rarely without harm."""
    ticks = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    seconds = {"receive": app.config.mailbox.poll_seconds}
    for stage in stages:
        ticks.add_job(stage.wake, "interval", seconds=seconds.get(stage.name, TICK_SECONDS))
    for act, every in _regular(app):
        ticks.add_job(act, "interval", seconds=every)
    for act, hour in _nightly(app):
        ticks.add_job(act, "cron", hour=hour, timezone=app.config.time.zone)
    return ticks


def watchman(app: App) -> Watchman:
    """Make whoever looks for what is wrong and tells it."""
    alarms = app.config.alarms
    pace = Pace(timedelta(minutes=alarms.patience_minutes), timedelta(minutes=alarms.quiet_minutes))
    return Watchman(app.database, app.means.clock, app.config.mailbox.poll_seconds, pace, app.heralds())


def _regular(app: App) -> tuple[tuple[Callable[[], object], int], ...]:
    """Give what is done again and again, with the seconds between."""
    database, clock = app.database, app.means.clock
    return (
        (partial(fold_regularly, database), FOLD_SECONDS),
        (partial(work_off_regularly, database), INDEX_SECONDS),
        (partial(wake_regularly, database, clock), WAKE_SECONDS),
        *_mornings(app),
        (watchman(app).look, LOOK_SECONDS),
    )


def _mornings(app: App) -> tuple[tuple[Callable[[], object], int], ...]:
    """Give what is asked for every minute of the morning, where it is wanted."""
    digest = app.config.digest

    def send() -> None:
        # the means are those of the moment: rules and letters may have been read again
        send_regularly(app.database, app.means, digest.at)

    return ((send, DIGEST_SECONDS),) if digest.enabled else ()


def _nightly(app: App) -> tuple[tuple[Callable[[], object], int], ...]:
    """Give what is done once a night, with its local hour."""
    database, clock = app.database, app.means.clock
    return (
        (partial(tidy_daily, database, clock), TIDY_HOUR),
        (partial(keep_terms_daily, database, clock, app.config.retention.terms), RETENTION_HOUR),
        (partial(check_nightly, database, clock), CHECK_HOUR),
        (partial(verify_daily, database, clock), AUDIT_HOUR),
    )
