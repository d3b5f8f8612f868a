"""Watches for bounces of mail that we never sent: the first sign that somebody forges our address."""

from datetime import timedelta

import structlog
from sqlalchemy import Connection

from triage.core.decide import FOREIGN_BOUNCE
from triage.core.decision import Decision
from triage.db import verification
from triage.ports import Clock

log = structlog.get_logger()

WINDOW = timedelta(hours=1)
ALARMING = 3
"""Such bounces within the window that one misdirected report does not explain."""


def watch(connection: Connection, clock: Clock, mail_id: int, decision: Decision) -> None:
    """Log a bounce of mail that is none of ours; from the third within an hour on, say what that means."""
    if FOREIGN_BOUNCE not in decision.reasons:
        return
    log.warning("foreign_bounce_seen", mail_id=mail_id)
    count = verification.count_foreign_bounces(connection, clock.now() - WINDOW)
    if count >= ALARMING:
        log.error("forged_address_suspected", bounces=count, within_hours=1)
