"""What is looked for in a mail's text, links and attachments: rules/content.toml as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass

from triage.core.decision import Severity
from triage.core.phrases import Lexicon

PHRASE_GROUPS = frozenset(
    {
        *("give", "tell", "enter", "sign_in", "install", "scan", "beg", "join", "change", "click", "no_verb"),
        *("order", "must", "petition", "and", "not", "forbid"),
        *("me", "you", "you_unit", "unit", "ours", "staff", "to_us", "for_us", "for_unit", "hand_over"),
        *("about", "system", "when", "how", "again", "trouble"),
        *("incident", "received", "this_mail", "fraud", "doubt"),
        *("urgency", "threat", "secrecy", "hotline", "changed", "others", "pay", "to_account"),
    }
)
"""The groups that the code walks; every one must stand in the rules, though it may be empty."""

TOPIC_GROUPS = frozenset(
    {"urgency", "threat", "secrecy", "hotline", "changed", "others", "pay", "to_account"}
)
"""Groups that tell what a sentence is about; the rest tell who does what to whom."""

VERB_GROUPS = frozenset(
    {"give", "tell", "enter", "sign_in", "install", "scan", "beg", "join", "change", "click"}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A thing that impostors ask for: what a finding of it is called and weighs, and how people name it.

    ``verbs`` are the groups of verbs that turn the noun into a demand.
    """

    name: str
    check: str
    severity: Severity
    vi: str
    en: str
    verbs: frozenset[str]


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Hosts and words that matter for links; every name is lower case."""

    shorteners: frozenset[str]
    free_hosts: frozenset[str]
    login_words: frozenset[str]
    dangerous_schemes: frozenset[str]
    reference_hosts: frozenset[str]
    redirectors: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class EndingRules:
    """Endings of file names, lower case without the dot, by what opening such a file does."""

    executable: frozenset[str]
    script: frozenset[str]
    macro: frozenset[str]
    page: frozenset[str]
    archive: frozenset[str]
    disk: frozenset[str]
    document: frozenset[str]
    archive_passwords: tuple[str, ...]

    @property
    def runs(self) -> frozenset[str]:
        """Endings of files that act when they are opened."""
        return self.executable | self.script


@dataclass(frozen=True, slots=True)
class ContentRules:
    """All that the checks of content walk; nouns of ``asked`` are groups ``asked:<name>`` of the lexicon."""

    asked: Mapping[str, Asked]
    lexicon: Lexicon
    links: LinkRules
    endings: EndingRules
