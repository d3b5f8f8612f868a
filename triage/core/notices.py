"""Whom to warn of an impostor's mail besides those who read it here: coordinators of treasuries it names.

The letter goes to an address that an operator wrote into the rules, never to one that a mail holds, and of
what the impostor wrote it repeats nothing but the address he sent from, in a form that nobody can follow.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from triage.core.decision import HoldForReview, Outcome, PlannedReply, SubjectReading
from triage.core.letternames import COORDINATOR_NOTICE
from triage.core.letters import LetterCase, letter_values, spelled_out
from triage.core.mail import Mail
from triage.core.rules import Office
from triage.core.text import clean, one_line, without_unseen
from triage.core.treasuries import Treasury, TreasuryDirectory

UNREADABLE = "(địa chỉ không ghi lại được)"
"""What a notice says where the sender's address is no plain address."""

_LONGEST_ADDRESS = 120
_LONGEST_NAME = 200
_PLAIN_ADDRESS = re.compile(rf"(?=.{{3,{_LONGEST_ADDRESS}}}\Z)[\w.+'=-]+@[\w.-]+")


def plan_notices(
    mail: Mail, subject: SubjectReading, outcome: Outcome, directory: TreasuryDirectory, office: Office
) -> tuple[PlannedReply, ...]:
    """Give the notices that a held mail calls for: at most one, and never one to ourselves."""
    if not isinstance(outcome, HoldForReview):
        return ()
    named = treasury_to_warn(mail, subject, directory)
    if named is None or named.coordinator in office.addresses | office.misprints:
        return ()
    return (PlannedReply(COORDINATOR_NOTICE, named.coordinator),)


def treasury_to_warn(mail: Mail, subject: SubjectReading, directory: TreasuryDirectory) -> Treasury | None:
    """Give the first treasury that a mail names and that has a coordinator."""
    return next((one for one in _named(mail, subject, directory) if one.coordinator), None)


def notice_values(
    case: LetterCase, office: Office, zone: tzinfo, treasury: Treasury, suspect: str
) -> Mapping[str, Any]:
    """Give the values of every letter, the treasury that is named, and the address of who wrote the mail."""
    more = {"named_treasury": spelled_out(treasury.full_name), "suspect": unclickable(suspect)}
    return {**letter_values(case, office, zone), **more}


def unclickable(address: str) -> str:
    """Write an address so that people can read it and no program makes a link of it."""
    shown = one_line(without_unseen(clean(address[: 2 * _LONGEST_ADDRESS])))
    if not _PLAIN_ADDRESS.fullmatch(shown):
        return UNREADABLE
    return shown.replace("@", " [at] ").replace(".", " [.] ")


def _named(mail: Mail, subject: SubjectReading, directory: TreasuryDirectory) -> Iterator[Treasury]:
    """Give the treasuries that a mail names, the plainest first: tags, then sender, subject, text."""
    for code in dict.fromkeys((subject.treasury, *subject.candidates)):
        found = directory.lookup(code) if code else None
        if found:
            yield found.treasury
    for text in (mail.sender.name[:_LONGEST_NAME], mail.subject, mail.text):
        for mention in directory.province_mentions(text):
            if mention.as_treasury:
                yield mention.treasury
