"""Puts the letters that a decision plans into the outbox: the one to the sender, and notices to others."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from triage.core.address import counted_address
from triage.core.compose import NO_CODE, Envelope, compose, new_message_id
from triage.core.decision import PlannedReply
from triage.core.letternames import VERIFICATION_NO
from triage.core.letters import LetterCase, letter_values, promised
from triage.core.notices import notice_values, treasury_to_warn
from triage.core.rules import Rulebook
from triage.db import history, outbox
from triage.db.facts import CAP_WINDOW
from triage.service.decidedmail import DecidedMail, Joined
from triage.service.lettercase import letter_case
from triage.service.means import Means, Ours


def write_letter(
    connection: Connection, means: Means, decided: DecidedMail, joined: Joined, now: datetime
) -> str | None:
    """Answer a mail, if its decision plans a letter to the sender; give the letter's name."""
    reply = decided.decision.reply
    if not isinstance(reply, PlannedReply) or (joined.code is None and reply.letter != VERIFICATION_NO):
        return None
    case = _case(decided, joined.code or "", means.rules)
    case = replace(case, due_at=promised(case.due_at, now))  # the ticket keeps it
    values = letter_values(case, means.rules.office, means.zone)
    ours = means.ours(decided.stored.mailbox)
    envelope = _envelope(means, ours, decided, reply, joined.code or NO_CODE, now)
    _put(connection, means, decided, joined, values, envelope)
    return reply.letter


def write_notice(
    connection: Connection,
    means: Means,
    decided: DecidedMail,
    joined: Joined,
    notice: PlannedReply,
    now: datetime,
) -> bool:
    """Warn a coordinator, unless so many impostors wrote within the hour that he has been warned enough."""
    mail, rules = decided.mail, means.rules
    named = treasury_to_warn(mail, decided.decision.subject, rules.treasuries)
    if joined.ticket_id is None or joined.code is None or named is None:
        return False
    sent = outbox.count_to(connection, notice.to, notice.letter, now - CAP_WINDOW)
    if sent >= rules.replies.letters_per_hour:
        history.add_event(
            connection, joined.ticket_id, now, "notice_withheld", mail_id=decided.stored.id, to=notice.to
        )
        return False
    case = _case(decided, joined.code, rules)
    values = notice_values(case, rules.office, means.zone, named, mail.sender.address)
    answer = _envelope(means, Ours(means.from_address), decided, notice, joined.code, now)
    # It answers nobody, so it must not stand in the impostor's thread.
    envelope = replace(answer, in_reply_to="", references=(), auto_submitted="auto-generated")
    _put(connection, means, decided, joined, values, envelope)
    return True


def _put(
    connection: Connection,
    means: Means,
    decided: DecidedMail,
    joined: Joined,
    values: Mapping[str, Any],
    envelope: Envelope,
) -> None:
    """Render, compose and sign a letter and put it into the outbox: the stored bytes are the ones sent."""
    rendered = means.renderer.render(envelope.letter, values)
    content = compose(envelope, subject=rendered.subject, text=rendered.text, html=rendered.html)
    outbox.add(
        connection,
        mail_id=decided.stored.id,
        ticket_id=joined.ticket_id,
        letter=envelope.letter,
        recipient=envelope.recipient,
        counted_as=counted_address(envelope.recipient),
        domain=envelope.recipient.rpartition("@")[2].lower(),
        subject=rendered.subject,
        message_id=envelope.message_id,
        content=means.sign(content),
        created_at=envelope.date.astimezone(UTC),
    )


def _case(decided: DecidedMail, code: str, rules: Rulebook) -> LetterCase:
    received_at = decided.stored.received_at
    mail, veil, facts, decision = decided.mail, decided.veil, decided.facts, decided.decision
    return letter_case(mail, veil, facts, decision, rules, code=code, received_at=received_at)


def _envelope(
    means: Means, ours: Ours, decided: DecidedMail, reply: PlannedReply, code: str, now: datetime
) -> Envelope:
    mail = decided.mail
    seed = f"{code}/{reply.letter}/{decided.stored.id}"
    return Envelope(
        sender_name=means.rules.office.name,
        sender_address=ours.address,
        recipient=reply.to,
        message_id=new_message_id(seed, ours.domain),
        in_reply_to=mail.message_id,
        references=mail.references or mail.in_reply_to,
        date=now.astimezone(means.zone),
        letter=reply.letter,
        ticket_code=code,
        reply_to=ours.reply_to,
    )
