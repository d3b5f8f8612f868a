"""What an automatic letter is told of the mail that it answers."""

from datetime import datetime

from triage.core.category import LEAKED_CREDENTIALS, advice_for
from triage.core.decision import Decision, Verdict
from triage.core.facts import Facts
from triage.core.letters import LetterCase
from triage.core.mail import Mail
from triage.core.rules import Rulebook
from triage.core.veil import Veil


def letter_case(
    mail: Mail,
    veil: Veil,
    facts: Facts,
    decision: Decision,
    rules: Rulebook,
    *,
    code: str,
    received_at: datetime,
) -> LetterCase:
    """Give what a letter about a decided mail is about; ``code`` is that of the ticket, empty for none."""
    asked = facts.asked_code
    return LetterCase(
        code=code,
        subject=veil.hide(mail.subject),
        reading=decision.subject,
        route=decision.route,
        # what a known error lacks to be understood is asked of nobody
        missing=() if facts.incident is not None else decision.missing,
        received_at=received_at,
        due_at=decision.due_at,
        advice=_advice(decision, rules),
        secrets=_to_change(decision),
        locked=bool(mail.encrypted),
        asked=asked,
        asked_treasury=rules.treasuries.queue_name(asked.queue) if asked else None,
    )


def _to_change(decision: Decision) -> tuple[str, ...]:
    """Give what the sender is told to change; whoever is doubted learns nothing of what we noticed."""
    return decision.secrets if decision.sender.verdict in {Verdict.TRUSTED, Verdict.ORDINARY} else ()


def _advice(decision: Decision, rules: Rulebook) -> str:
    """Give the advice of a category, unless the paragraph on the secret says the same and more."""
    if decision.category == LEAKED_CREDENTIALS and _to_change(decision):
        return ""
    return advice_for(decision.category, rules.categories)
