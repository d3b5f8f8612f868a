"""Puts letters to colleagues into the outbox: made by the service, about no ticket alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from triage.core.address import counted_address
from triage.core.compose import NO_CODE, Envelope, compose, new_message_id
from triage.db import outbox
from triage.ports import RenderedLetter
from triage.service.means import Means

log = structlog.get_logger()


def write(  # noqa: PLR0913 - one for each part of a letter
    connection: Connection,
    means: Means,
    letter: str,
    recipient: str,
    values: Mapping[str, Any],
    *,
    seed: str,
    now: datetime,
    reply_to: str = "",
) -> bool:
    """Fill a letter and put it into the outbox within a transaction; False where nobody can be written to.

    ``seed`` makes the Message-ID, which stands in the outbox once.
    """
    rendered = means.renderer.render(letter, values)
    return put(connection, means, letter, recipient, rendered, seed=seed, now=now, reply_to=reply_to)


def put(  # noqa: PLR0913 - same
    connection: Connection,
    means: Means,
    letter: str,
    recipient: str,
    rendered: RenderedLetter,
    *,
    seed: str,
    now: datetime,
    reply_to: str = "",
) -> bool:
    """Put a filled letter into the outbox; False, with a line in the log, where its address is no good."""
    domain = means.from_address.rpartition("@")[2]
    envelope = Envelope(
        sender_name=means.rules.office.name,
        sender_address=means.from_address,
        recipient=recipient,
        message_id=new_message_id(f"{letter}/{seed}", domain),
        in_reply_to="",
        references=(),
        date=now.astimezone(means.zone),
        letter=letter,
        ticket_code=NO_CODE,
        auto_submitted="auto-generated",
        reply_to=reply_to,
    )
    try:
        content = compose(envelope, subject=rendered.subject, text=rendered.text, html=rendered.html)
    except ValueError as error:
        log.error("letter_not_written", letter=letter, seed=seed, error=str(error))  # noqa: TRY400 - same
        return False
    outbox.add(
        connection,
        letter=letter,
        recipient=recipient,
        counted_as=counted_address(recipient),
        domain=recipient.rpartition("@")[2].lower(),
        subject=rendered.subject,
        message_id=envelope.message_id,
        content=means.sign(content),
        created_at=now.astimezone(UTC),
    )
    return True
