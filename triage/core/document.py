"""A decision as JSON: the form that is stored and that ``explain --json`` prints."""

from datetime import datetime
from typing import Any, assert_never

from triage.core.decision import (
    AppendToTicket,
    Decision,
    FileQuietly,
    HoldForReview,
    MarkDuplicate,
    NoReply,
    OpenTicket,
    Outcome,
    PlannedReply,
    Reply,
    Route,
    SenderJudgement,
    SubjectReading,
)
from triage.core.mail import Mail


def document(decision: Decision) -> dict[str, Any]:
    """Give a decision as JSON values, without the text of the mail."""
    return {
        "version": decision.version,
        "rules": decision.rules_digest,
        "kind": decision.kind.value,
        "subject": _subject(decision.subject),
        "route": _route(decision.route),
        "sender": _sender(decision.sender),
        "category": decision.category,
        "priority": decision.priority,
        "completeness": {"missing": [part.value for part in decision.missing]},
        "outcome": outcome_name(decision.outcome),
        "due_at": _moment(decision.due_at),
        **_reply(decision.reply),
        "indicators": decision.indicators.as_json() if decision.indicators else None,
        "notices": [{"letter": notice.letter, "to": notice.to} for notice in decision.notices],
        "reasons": [reason.as_json() for reason in decision.reasons],
    }


def explanation(file: str, mail: Mail, decision: Decision) -> dict[str, Any]:
    """Give everything that ``explain --json`` says about one mail."""
    return {"file": file, "mail": _mail(mail), **document(decision)}


def outcome_name(outcome: Outcome) -> str:
    """Give the one word for an outcome."""
    match outcome:
        case OpenTicket():
            return "open_ticket"
        case AppendToTicket():
            return "append"
        case HoldForReview():
            return "hold"
        case MarkDuplicate():
            return "duplicate"
        case FileQuietly():
            return "file"
    assert_never(outcome)


def _mail(mail: Mail) -> dict[str, Any]:
    return {
        "message_id": mail.message_id,
        "date": _moment(mail.date),
        "from": mail.sender.as_json(),
        "reply_to": mail.reply_to[0].as_json() if mail.reply_to else None,
        "to": [address.as_json() for address in mail.to],
        "cc": [address.as_json() for address in mail.cc],
        "subject": mail.subject,
        "text": mail.text,
        "new_text": mail.new_text,
        "attachments": [attachment.as_json() for attachment in mail.attachments],
        "defects": list(mail.defects),
    }


def _subject(subject: SubjectReading) -> dict[str, Any]:
    return {
        "tag": subject.tag,
        "treasury": subject.treasury,
        "service": subject.service,
        "form": subject.form.value,
        "ticket": subject.ticket,
        "candidates": list(subject.candidates),
    }


def _route(route: Route) -> dict[str, Any]:
    return {"queue": route.queue, "treasury_name": route.treasury_name, "how": route.how.value}


def _sender(sender: SenderJudgement) -> dict[str, Any]:
    return {
        "verdict": sender.verdict.value,
        "weights": sender.version,
        "findings": [finding.as_json() for finding in sender.findings],
    }


def _reply(reply: Reply) -> dict[str, Any]:
    match reply:
        case PlannedReply(letter=letter):
            return {"reply": letter, "why_none": None}
        case NoReply(why=why):
            return {"reply": None, "why_none": why.as_json()}
    assert_never(reply)


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
