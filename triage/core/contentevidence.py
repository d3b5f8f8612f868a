"""The evidence in a mail beside the names of its sender: what it asks, where it leads, what it carries."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from triage.core.attachments import attachment_findings
from triage.core.contactchecks import number_in_name
from triage.core.content import ContentFacts, read_content
from triage.core.contentchecks import CHECKS
from triage.core.contentrules import ContentRules
from triage.core.decision import Finding, Severity
from triage.core.linkchecks import lowered
from triage.core.mail import Mail, Parts
from triage.core.namechecks import NameChecks
from triage.core.tickets import find_codes
from triage.core.unread import unread_findings
from triage.core.weights import Combination

MAX_FINDINGS = 40
"""Findings that are kept of one mail; nobody reads more."""

MAX_CODES = 20
"""Ticket codes of one mail that are asked about."""


@dataclass(frozen=True, slots=True)
class ContentEvidence:
    """What the content of a mail shows, whatever is known of its sender.

    ``named`` is what his name shows and ``found`` all else; ``codes`` are the ticket codes that he names, of
    which only the database can tell whether they were given to him. ``excused`` as in Content.
    """

    named: tuple[Finding, ...]
    found: tuple[Finding, ...]
    codes: tuple[str, ...]
    excused: bool


def content_evidence(
    mail: Mail, rules: ContentRules, names: NameChecks, facts: ContentFacts, parts: Parts = ()
) -> ContentEvidence:
    """Look at everything in the content of a mail. Total on any mail; linear in its size."""
    content = read_content(mail, rules, names, facts)
    return ContentEvidence(
        named=tuple(number_in_name(content)),
        found=(
            *(finding for check in CHECKS for finding in check(content)),
            *attachment_findings(parts, mail.text, names, rules),
            *unread_findings(mail),
        ),
        codes=tuple(str(code) for code in find_codes(f"{mail.subject}\n{content.words.own}")[:MAX_CODES]),
        excused=content.excused,
    )


def content_findings(
    evidence: ContentEvidence,
    issued: Mapping[str, bool] | None = None,
    together: Iterable[Combination] = (),
) -> tuple[Finding, ...]:
    """Weigh what the content of a mail shows.

    ``issued`` tells for each ticket code of the mail whether it was given to this sender (None: unknown),
    ``together`` what counts in company only.
    """
    found = (*evidence.found, *_never_issued(evidence.codes, issued))
    if evidence.excused:
        return heaviest((*evidence.named, *(lowered(finding) for finding in found)))
    return heaviest((*evidence.named, *found, *_combined(found, together)))


def heaviest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give each finding once, in their order, at most MAX_FINDINGS; what weighs least is left out."""
    each = tuple(dict.fromkeys(findings))
    ranked = sorted(range(len(each)), key=lambda at: (-each[at].severity.rank, at))[:MAX_FINDINGS]
    return tuple(each[at] for at in sorted(ranked))


def _never_issued(codes: tuple[str, ...], issued: Mapping[str, bool] | None) -> Iterator[Finding]:
    for code in codes if issued is not None else ():
        if issued is not None and not issued.get(code, False):
            vi = f"Mã {code} chưa từng cấp cho người gửi này."
            en = f"The code {code} was never issued to this sender."
            yield Finding("FAKE_TICKET", Severity.LOW, None, code, vi, en)


def _combined(found: tuple[Finding, ...], together: Iterable[Combination]) -> tuple[Finding, ...]:
    """Weigh together what is harmless alone."""
    checks = frozenset(finding.check for finding in found)
    told = (combination.finding(checks) for combination in together)
    return tuple(finding for finding in told if finding is not None)
