"""A decision as JSON: the form that is stored and that ``explain --json`` prints."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, assert_never

from triage.core.decision import (
    ActByMail,
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
from triage.core.filelist import describe_files
from triage.core.mail import Attachment, Mail


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
        "unit": decision.unit.as_json() if decision.unit else None,
        "registration": decision.registration.as_json() if decision.registration else None,
        "indicators": decision.indicators.as_json() if decision.indicators else None,
        "forwarded_from": decision.source.as_json() if decision.source else None,
        "delivery": decision.delivery.as_json() if decision.delivery else None,
        "linked_to": linked_to(decision.outcome),
        "notices": [{"letter": notice.letter, "to": notice.to} for notice in decision.notices],
        "signatures": [signature.as_json() for signature in decision.signatures],
        "language": decision.language.value,
        "contact": decision.contact.as_json(),
        "secrets": list(decision.secrets),
        "official_letter": decision.official_letter,
        **({"staff_mail": decision.staff_mail.as_json()} if decision.staff_mail else {}),
        "reasons": [reason.as_json() for reason in decision.reasons],
    }


def explanation(
    file: str,
    mail: Mail,
    decision: Decision,
    parts: Iterable[tuple[Attachment, Callable[[], bytes]]] = (),
) -> dict[str, Any]:
    """Give everything that ``explain --json`` says about one mail; ``parts`` tells what is in archives."""
    return {"file": file, "mail": _mail(mail, parts), **document(decision)}


def linked_to(outcome: Outcome) -> str | None:
    """Give the code of the ticket that a mail names without joining it."""
    return outcome.linked_to if isinstance(outcome, OpenTicket | HoldForReview) else None


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
        case ActByMail():
            return "act_by_mail"
    assert_never(outcome)


def _mail(mail: Mail, parts: Iterable[tuple[Attachment, Callable[[], bytes]]]) -> dict[str, Any]:
    return {
        "message_id": mail.message_id,
        "date": _moment(mail.date),
        "from": mail.sender.as_json(),
        "reply_to": mail.reply_to[0].as_json() if mail.reply_to else None,
        "to": [address.as_json() for address in mail.to],
        "cc": [address.as_json() for address in mail.cc],
        "subject": mail.subject,
        "text": mail.own_text,
        **({"attached_text": mail.text} if mail.borrowed else {}),
        "new_text": mail.new_text,
        "attachments": [file.as_json() for file in describe_files(mail, parts)],
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
