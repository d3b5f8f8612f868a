"""Everything that an operator may edit below rules/, loaded and checked, as one frozen value."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from triage.core.answertemplates import AnswerTemplate
from triage.core.authentication import Gateway
from triage.core.calendar import WorkCalendar
from triage.core.category import Category
from triage.core.contentrules import ContentRules
from triage.core.namechecks import NameChecks
from triage.core.protected import Protected
from triage.core.routingrules import RoutingRule
from triage.core.treasuries import TreasuryDirectory
from triage.core.weights import Weights


@dataclass(frozen=True, slots=True)
class Office:
    """Who we are towards the public, as the letters fix it.

    Every address is lower case. ``misprints`` are wrong spellings of our address that official letters
    carry: quoting one is an honest slip, sending from one is not.
    """

    name: str
    address: str
    aliases: frozenset[str]
    misprints: frozenset[str]
    switchboard: str
    extensions: tuple[str, ...]

    @property
    def addresses(self) -> frozenset[str]:
        """Every address that is ours."""
        return self.aliases | {self.address}


@dataclass(frozen=True, slots=True)
class ReplyPolicy:
    """When automatic letters go out.

    ``letters_per_hour`` caps automatic letters to one sender; ``reopen_days`` is how long after its closing
    a ticket is reopened by a further mail (later mails open a new one). ``verifications_per_hour`` caps
    answers to the question whether a code is genuine, within the cap of all letters. ``domain_per_hour``
    caps letters to one domain (public mail providers excepted), ``ticket_per_day`` those on one ticket in
    24 hours. ``acknowledge_suspicious`` answers a suspicious sender too, at the address of From alone; an
    impersonation never. There is no cap on all letters: after an outage thousands are due at once.
    """

    letters_per_hour: int
    reopen_days: int
    verifications_per_hour: int = 5
    domain_per_hour: int = 600
    ticket_per_day: int = 6
    acknowledge_suspicious: bool = False
    withhold_from_spam: bool = True


@dataclass(frozen=True, slots=True)
class TrustRules:
    """What senders are judged by: names, words of content, our own gateway, and what findings weigh."""

    protected: Protected
    content: ContentRules
    names: NameChecks
    gateway: Gateway
    weights: Weights


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of one moment; ``digest`` names exactly these files, so that a decision can name them."""

    digest: str
    office: Office
    replies: ReplyPolicy
    treasuries: TreasuryDirectory
    categories: tuple[Category, ...]
    calendar: WorkCalendar
    trust: TrustRules
    routing: tuple[RoutingRule, ...] = ()
    answers: tuple[AnswerTemplate, ...] = ()


def with_ours(rules: Rulebook, addresses: frozenset[str], zone: ZoneInfo) -> Rulebook:
    """Add what only the settings know: our addresses, lower case, and the zone of the calendar."""
    office = replace(rules.office, aliases=rules.office.aliases | addresses)
    return replace(rules, office=office, calendar=replace(rules.calendar, zone=zone))
