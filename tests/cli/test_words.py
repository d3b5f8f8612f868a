"""The sentences that sum up work: counted right, with the next command in them."""

from typing import get_args

from triage.cli.demo import story
from triage.cli.output import plural
from triage.cli.running import OUTCOMES, complaints, in_words
from triage.core.decision import Outcome
from triage.db.decisions import StoredDecision
from triage.db.mails import MailRow
from triage.ports import Unfetchable
from triage.service.deliver import Delivery
from triage.service.once import Summary
from triage.service.process import Processed
from triage.service.receive import Received


def test_a_pass_is_summed_up_in_two_lines() -> None:
    outcomes = {"append": 6, "duplicate": 1, "file": 7, "hold": 5, "open_ticket": 1054}
    summary = Summary(
        received=Received(stored=1073), processed=Processed(outcomes), delivered=Delivery(1060, 0, 1)
    )
    assert in_words(summary, 2) == (
        "1,073 mails received, 1,073 processed (1,054 tickets opened, 6 mails added to tickets, 7 filed, "
        "5 held, 1 duplicate), 0 stuck.\n1,060 letters sent, 2 deferred, 1 failed for good."
    )


def test_one_is_no_plural() -> None:
    summary = Summary(
        received=Received(stored=1),
        processed=Processed({"append": 1, "open_ticket": 1}),
        delivered=Delivery(sent=1),
    )
    told = in_words(summary, 0)
    assert "1 mail received, 2 processed (1 ticket opened, 1 mail added to a ticket), 0 stuck." in told
    assert "1 letter sent" in told
    assert plural(0, "mail is", "mails are") == "0 mails are"


def test_every_outcome_has_words() -> None:
    assert len(OUTCOMES) == len(get_args(Outcome))


def test_what_went_wrong_is_told_with_the_command_that_shows_it() -> None:
    summary = Summary(
        processed=Processed(stuck=2), delivered=Delivery(failed=1), errors=["The server is down."]
    )
    summary.add(Received(unfetchable=(Unfetchable(7, "no such thing"),)), "")
    told = list(complaints(summary))
    assert told[:2] == ["The server is down.", "The server does not hand out mail 7: no such thing"]
    assert "2 mails are stuck; triage mails list --stuck" in told[2]
    assert "1 letter failed for good; triage outbox list --state failed" in told[3]
    assert list(complaints(Summary())) == []


def row(**values: str | None) -> MailRow:
    fields: dict[str, object] = dict.fromkeys(MailRow.__dataclass_fields__, "")
    return MailRow(**(fields | {"id": 7, "from_address": "a@mot.example"} | values))  # type: ignore[arg-type]


def decided(outcome: str, reply: str | None) -> StoredDecision:
    document = {
        "outcome": outcome,
        "reply": reply,
        "route": {"queue": "0010"},
        "sender": {"verdict": "ordinary"},
    }
    return StoredDecision({}, document)


def test_the_demo_tells_each_mail_in_a_line() -> None:
    opened = story(row(ticket_code="SD261116-000001"), decided("open_ticket", "acknowledgement"))
    assert opened == (
        "Mail 7 from a@mot.example: ticket SD261116-000001, open_ticket, queue 0010, sender ordinary, "
        "letter acknowledgement."
    )
    filed = story(row(ticket_code=None), decided("file", None))
    assert filed == "Mail 7 from a@mot.example: file, sender ordinary, no letter."
    assert (
        story(row(state="stuck", error="it broke\n"), None) == "Mail 7 from a@mot.example: stuck, it broke "
    )
