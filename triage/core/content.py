"""What is read of the content of a mail, once, for all checks of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.core.alternatives import only_shown
from triage.core.contentrules import ContentRules
from triage.core.direction import Aim, Direction, request_direction
from triage.core.mail import Mail
from triage.core.markup import Markup, read_markup
from triage.core.namechecks import NameChecks
from triage.core.ownwords import Words, own_words
from triage.core.phrases import Sentence, sentences
from triage.core.unanswered import answers_nothing, left_out, poses_as_answer, unquoted


@dataclass(frozen=True, slots=True)
class ContentFacts:
    """What the checks must know of ourselves.

    ``addresses`` and ``phones`` are ours, lower case and digits; ``misprints`` are slips that official
    letters carry.
    """

    addresses: frozenset[str]
    phones: frozenset[str]
    misprints: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Content:
    """What was read of one mail's content, once, for all checks.

    ``hidden`` is what its HTML says and its plain text does not.
    """

    mail: Mail
    words: Words
    own: tuple[Sentence, ...]
    topics: Mapping[int, frozenset[str]] = field(repr=False)
    direction: Direction
    markup: Markup | None
    hidden: str
    rules: ContentRules
    names: NameChecks
    facts: ContentFacts

    @property
    def excused(self) -> bool:
        """Whether the sender only tells us of somebody else's attempt and wants nothing himself.

        A warning to everybody excuses nothing: "Cảnh báo lừa đảo, xem tại …" is bait as often as not.
        """
        return self.direction.report and self.direction.personal and not self.direction.demands

    def has(self, *groups: str) -> bool:
        """Whether a sentence of the sender's own is about all of these."""
        return any(set(groups) <= topics for topics in self.topics.values())


def read_content(mail: Mail, rules: ContentRules, names: NameChecks, facts: ContentFacts) -> Content:
    """Read a mail's content once."""
    markup = read_markup(mail.html) if mail.html else None
    words, direction, hidden = _said(mail, markup, rules)
    own = sentences(words.own)
    topics = {
        at: frozenset(hit.group for hit in rules.lexicon.find(sentence)) for at, sentence in enumerate(own)
    }
    return Content(mail, words, own, topics, direction, markup, hidden, rules, names, facts)


def _said(mail: Mail, markup: Markup | None, rules: ContentRules) -> tuple[Words, Direction, str]:
    """Give the sender's words, which way they ask, and what only the HTML holds of them.

    What a mail quotes that answers nothing is his own as well, unless he tells how it reached him.
    """
    new = mail.new_text or mail.text
    history = left_out(mail.text, new)
    fresh = answers_nothing(mail)
    hidden = _only_in_html(mail, markup, fresh=fresh)
    said = f"{new}\n\n{hidden}" if hidden else new
    words = own_words(said)
    direction = request_direction(said, rules, history)
    if not fresh or direction.passed_on or not (history or words.carried):
        return words, direction, hidden
    whole = unquoted(f"{mail.text}\n\n{hidden}" if hidden else mail.text)
    all_of_it = request_direction(whole, rules, parted=False)
    if poses_as_answer(mail.subject) and all_of_it.aim is not Aim.SOLICITATION:
        return words, direction, hidden
    return Words(whole, ""), all_of_it, hidden


def _only_in_html(mail: Mail, markup: Markup | None, *, fresh: bool) -> str:
    if markup is None:
        return ""
    shown = markup.text if fresh else own_words(markup.text[: markup.quote_at]).own
    return only_shown(shown, mail.text)
