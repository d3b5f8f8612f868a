"""What happens by the clock: ticks that wake the stages, and the upkeep of every minute and every night."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from triage.app import App
from triage.core.alarms import Pace
from triage.service import forwarding
from triage.service.alarms import Watchman
from triage.service.auditing import verify_daily
from triage.service.campaigns import keep_up_regularly
from triage.service.counters import check_nightly, fold_regularly
from triage.service.digests import send_regularly
from triage.service.escalating import Ladder, tell_regularly
from triage.service.incidentletters import work_off_regularly as write_incident_letters
from triage.service.paging import Watch, page_regularly
from triage.service.partitions import keep_up_daily as keep_up_partitions
from triage.service.queuefolders import STAGE as FOLDERS
from triage.service.retention import keep_terms_daily
from triage.service.searchindex import work_off_regularly
from triage.service.snoozing import wake_regularly
from triage.service.stages import Stage
from triage.service.storage import tidy_daily as tidy_storage_daily, tidy_regularly as tidy_storage
from triage.service.surges import look_regularly
from triage.service.tidying import tidy_daily
from triage.service.webhooks import deliver_regularly

TICK_SECONDS = 5
"""How often a stage is woken that nobody else has woken."""

FOLDER_SECONDS = 30
"""How often the folders of queues are compared with the tickets."""

INDEX_SECONDS = 15
"""How often tickets are looked for whose words are not in the index yet."""

CAMPAIGN_SECONDS = 30
"""How often held, confirmed and reported mails are put into campaigns, and released ones taken out."""

FOLD_SECONDS = 60
"""How often the changes of the ticket counters are added up."""

WAKE_SECONDS = 60
"""How often tickets whose rest is over are woken."""

WEBHOOK_SECONDS = 5
"""How often messages to webhooks are looked for."""

SURGE_SECONDS = 30
"""How often new tickets are compared with those beside them."""

ANSWER_SECONDS = 10
"""How often it is asked whether letters of an incident are to be written."""

STORAGE_SECONDS = 60
"""How often objects are removed whose mails were erased or moved."""

TIDY_HOUR = 1
"""Local hour at which rows go that are kept only for a while."""

DIGEST_SECONDS = 60
"""How often the digests of the morning are asked for; a day that was missed for an hour is made up for."""

ESCALATION_SECONDS = 60
"""How often tickets are looked for that stay unanswered; office hours alone count."""

PAGE_SECONDS = 5
"""How often security matters are looked for that nobody was paged about."""

FORWARD_SECONDS = 30
"""How often new tickets are looked for that somebody wishes to have by mail."""

LOOK_SECONDS = 30
"""How often the watchman looks whether anything is wrong."""

PARTITION_HOUR = 5
"""Local hour at which a month of raw mail is begun, and one that retention has emptied is dropped."""

RETENTION_HOUR = 2
"""Local hour at which mail whose term has passed is erased."""

CHECK_HOUR = 3
"""Local hour at which the ticket counters are compared with the tickets."""

AUDIT_HOUR = 4
"""Local hour at which the audit is verified and its head told to the log."""


def clockwork(app: App, stages: tuple[Stage, ...]) -> BackgroundScheduler:
    """Make the clockwork, not started yet. Each tick may come once too often or too rarely without harm."""
    ticks = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    seconds = {**app.receivers(), FOLDERS: FOLDER_SECONDS}
    for stage in stages:
        ticks.add_job(stage.wake, "interval", seconds=seconds.get(stage.name, TICK_SECONDS))
    for act, every in _regular(app):
        ticks.add_job(partial(_if_leading, app, act), "interval", seconds=every)
    for act, hour in _nightly(app):
        ticks.add_job(partial(_if_leading, app, act), "cron", hour=hour, timezone=app.config.time.zone)
    return ticks


def _if_leading(app: App, act: Callable[[], object]) -> None:
    """Do what one node does for all; the others wake their stages and leave the rest to it."""
    if app.leads():
        act()


def watchman(app: App) -> Watchman:
    """Make whoever looks for what is wrong and tells it."""
    alarms = app.config.alarms
    pace = Pace(timedelta(minutes=alarms.patience_minutes), timedelta(minutes=alarms.quiet_minutes))
    config = app.config
    more = (FOLDERS,) if config.mailbox.queue_folders else ()
    by_letter = config.paging.by_letter
    return Watchman(app.database, app.means.clock, app.receivers(), pace, app.heralds(), more, by_letter)


def _regular(app: App) -> tuple[tuple[Callable[[], object], int], ...]:
    """Give what is done again and again, with the seconds between."""
    database = app.database
    return (
        (partial(fold_regularly, database), FOLD_SECONDS),
        (partial(work_off_regularly, database), INDEX_SECONDS),
        (partial(tidy_storage, database, app.means.clock), STORAGE_SECONDS),
        (partial(deliver_regularly, database, app.means.clock, app.courier()), WEBHOOK_SECONDS),
        (lambda: keep_up_regularly(app.database, app.means), CAMPAIGN_SECONDS),
        *_mornings(app),
        *_forwards(app),
        *_of_working_time(app),
        *_pages(app),
        *_incidents(app),
        (watchman(app).look, LOOK_SECONDS),
    )


def _forwards(app: App) -> tuple[tuple[Callable[[], object], int], ...]:
    """Give what sends new tickets to coordinators, where it is wanted."""
    by_mail = app.config.by_mail
    how = forwarding.Forwarding(by_mail.forward == "original", by_mail.forward_bytes)

    def send() -> None:
        forwarding.send_regularly(app.database, app.means, how)

    return ((send, FORWARD_SECONDS),) if by_mail.forward != "off" else ()


def _mornings(app: App) -> tuple[tuple[Callable[[], object], int], ...]:
    """Give what is asked for every minute of the morning, where it is wanted."""
    digest = app.config.digest

    def send() -> None:
        # the means are those of the moment: rules and letters may have been read again
        send_regularly(app.database, app.means, digest.at)

    return ((send, DIGEST_SECONDS),) if digest.enabled else ()


def _of_working_time(app: App) -> tuple[tuple[Callable[[], object], int], ...]:
    """Give what goes by office hours: waking what rests, and telling of what nobody answers."""
    wanted = app.config.escalation
    ladder = Ladder(
        wanted.leads, timedelta(hours=wanted.again_hours), timedelta(minutes=wanted.every_minutes)
    )

    def wake() -> None:
        wake_regularly(app.database, app.means.clock, app.means.rules.calendar)

    def tell() -> None:
        tell_regularly(app.database, app.means, ladder)

    telling = ((tell, ESCALATION_SECONDS),) if wanted.enabled else ()
    return ((wake, WAKE_SECONDS), *telling)


def _pages(app: App) -> tuple[tuple[Callable[[], object], int], ...]:
    """Give what pages the security officers, where it is wanted."""
    wanted = app.config.paging
    watch = Watch(timedelta(minutes=wanted.quiet_minutes), app.pager())

    def page() -> None:
        page_regularly(app.database, app.means, watch)

    return ((page, PAGE_SECONDS),) if wanted.enabled else ()


def _incidents(app: App) -> tuple[tuple[Callable[[], object], int], ...]:
    """Give what finds incidents and brings their answers to the units."""
    return (
        (lambda: look_regularly(app.database, app.means), SURGE_SECONDS),
        (lambda: write_incident_letters(app.database, app.means), ANSWER_SECONDS),
    )


def _nightly(app: App) -> tuple[tuple[Callable[[], object], int], ...]:
    """Give what is done once a night, with its local hour."""
    database, clock = app.database, app.means.clock
    return (
        (partial(tidy_daily, database, clock), TIDY_HOUR),
        (partial(tidy_storage_daily, database, clock), TIDY_HOUR),
        (partial(keep_terms_daily, database, clock, app.config.retention.terms), RETENTION_HOUR),
        (partial(keep_up_partitions, database, clock), PARTITION_HOUR),
        (partial(check_nightly, database, clock), CHECK_HOUR),
        (partial(verify_daily, database, clock), AUDIT_HOUR),
    )
