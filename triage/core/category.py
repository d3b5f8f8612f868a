"""What a request is about, by the words that it uses."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from triage.core.decision import Part
from triage.core.denial import is_denied
from triage.core.mail import Mail
from triage.core.privacy import disclosed
from triage.core.reasons import Reason
from triage.core.secretkinds import SecretKind
from triage.core.shortforms import spell_out
from triage.core.words import Phrase, PhraseBook, words

OTHER = "other"
LEAKED_CREDENTIALS = "leaked_credentials"
_MOST_WORDS = 1_500
_LONGEST_SUBJECT = 1_000
_LONGEST_SEARCH = 20_000
_MOST_TOLD = 5
_SUBJECT_WEIGHT = 2


PRIORITIES = range(1, 6)
"""From most urgent to least."""


@dataclass(frozen=True, slots=True)
class CategoryExample:
    """A mail that stands beside a category; ``applies`` says whether it must be taken for that."""

    subject: str
    text: str
    applies: bool
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of request. ``priority`` counts from 1 (most urgent) to 5.

    A single one of ``phrases`` decides for the category; ``hints`` are weak words that only add up.
    ``escalate`` sends the ticket to the security queue, whatever else the mail is about. ``needs`` are the
    parts that such a request is asked for; ``advice`` is a sentence of the acknowledgement, or empty.
    """

    id: str
    name_vi: str
    name_en: str
    priority: int
    escalate: bool
    phrases: tuple[str, ...]
    hints: tuple[str, ...] = ()
    needs: tuple[Part, ...] = tuple(Part)
    advice: str = ""
    examples: tuple[CategoryExample, ...] = field(default=(), compare=False)

    def __hash__(self) -> int:
        """Hash the id alone: the book of all phrases is looked up for each mail."""
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class CategoryReading:
    """The category of one mail and the words that decided it."""

    category: str
    priority: int
    escalate: bool
    reasons: tuple[Reason, ...]
    needs: tuple[Part, ...] = tuple(Part)


@dataclass(frozen=True, slots=True)
class _Hit:
    category: str
    weight: int
    written: str
    certain: bool
    spelled: bool
    denied: bool = False


def categorise(mail: Mail, categories: tuple[Category, ...]) -> CategoryReading:
    """Find the category of a mail; ``other`` where nothing in it tells.

    Escalating categories go first, whatever else the mail says. Among equals the heavier words decide
    (long phrases, and the subject, weigh more), then the order of the file.
    """
    known = {category.id: category for category in categories}
    text = mail.new_text or mail.text
    secrets = disclosed(f"{mail.subject}\n{text}"[:_LONGEST_SEARCH])
    if secrets and LEAKED_CREDENTIALS in known:
        return _reading(known[LEAKED_CREDENTIALS], (_secret_reason(secrets[0]),))
    seen = tuple(_hits(mail, text, _book(categories)))
    hits = tuple(hit for hit in seen if not hit.denied)
    denied = _denied_reasons(seen)
    for rivals in (
        tuple(c for c in categories if c.escalate),
        tuple(c for c in categories if not c.escalate),
    ):
        best = _heaviest(rivals, hits)
        if best:
            return _reading(best, (*_word_reasons(best, hits, known), *denied))
    nothing = Reason(
        "category_none", "Không có từ khóa nào cho biết loại yêu cầu.", "No word tells the category."
    )
    return _reading(known.get(OTHER, _OTHER), (nothing, *denied))


def advice_for(category: str, categories: tuple[Category, ...]) -> str:
    """Give the sentence of advice of a category by its id; empty where it has none."""
    return next((one.advice for one in categories if one.id == category), "")


_OTHER = Category(OTHER, "Khác", "Other", 4, escalate=False, phrases=())


def _reading(category: Category, reasons: tuple[Reason, ...]) -> CategoryReading:
    return CategoryReading(category.id, category.priority, category.escalate, reasons, category.needs)


@lru_cache(maxsize=4)
def _book(categories: tuple[Category, ...]) -> PhraseBook[tuple[str, bool]]:
    certain = [(text, (one.id, True)) for one in categories for text in one.phrases]
    return PhraseBook(certain + [(text, (one.id, False)) for one in categories for text in one.hints])


def _hits(mail: Mail, text: str, book: PhraseBook[tuple[str, bool]]) -> Iterator[_Hit]:
    """Give the telling words of subject and text; names of files are looked at where those tell nothing."""
    told = (*_hits_in(mail.subject[:_LONGEST_SUBJECT], _SUBJECT_WEIGHT, book), *_hits_in(text, 1, book))
    names = "\n".join(attachment.name for attachment in mail.attachments).replace("_", " ")
    yield from told or _hits_in(names, 1, book)


def _hits_in(text: str, factor: int, book: PhraseBook[tuple[str, bool]]) -> Iterator[_Hit]:
    """Give the heaviest phrases of each category that do not overlap, each phrase once."""
    found = spell_out(words(text, _MOST_WORDS))
    heaviest = sorted(book.find(found), key=_weight_of_match, reverse=True)
    taken: dict[str, set[int]] = {}
    seen: set[tuple[str, str]] = set()
    for start, end, phrase, (category, certain) in heaviest:
        places = taken.setdefault(category, set())
        if (category, phrase.text) not in seen and places.isdisjoint(range(start, end)):
            seen.add((category, phrase.text))
            places.update(range(start, end))
            weight = factor * (phrase.weight + 1 if certain else 1)
            spelled = phrase.is_spelled(found[start:end])
            yield _Hit(category, weight, phrase.text, certain, spelled, is_denied(text, found, start, end))


def _weight_of_match(match: tuple[int, int, Phrase, tuple[str, bool]]) -> tuple[bool, int, int]:
    _, _, phrase, (_, certain) = match
    return certain, phrase.weight, -len(phrase.parts)


def _heaviest(rivals: tuple[Category, ...], hits: tuple[_Hit, ...]) -> Category | None:
    weights = {one.id: sum(hit.weight for hit in hits if hit.category == one.id) for one in rivals}
    heard = [one for one in rivals if _is_heard(one, hits)]
    return max(heard, key=lambda one: weights[one.id], default=None)


def _is_heard(category: Category, hits: tuple[_Hit, ...]) -> bool:
    """Say whether the words are enough: for an escalating category one phrase, or two different hints.

    Those must have their right tones or none: đổi mật khẩu (to change it) is not đòi mật khẩu (to demand it).
    """
    mine = [hit for hit in hits if hit.category == category.id]
    if not category.escalate:
        return bool(mine)
    spelled = [hit for hit in mine if hit.spelled]
    return any(hit.certain for hit in spelled) or len({hit.written for hit in spelled}) > 1


def _word_reasons(
    category: Category, hits: tuple[_Hit, ...], known: dict[str, Category]
) -> tuple[Reason, ...]:
    told = list(dict.fromkeys(hit.written for hit in hits if hit.category == category.id))[:_MOST_TOLD]
    quoted = ", ".join(f"“{word}”" for word in told)
    first = Reason(
        f"category_{category.id}",
        f"Thư có các từ {quoted}, nên thuộc loại “{category.name_vi}”.",
        f"The words {quoted} put it into “{category.name_en}”.",
    )
    return (first, *_rival_reasons(category, hits, known))


def _denied_reasons(hits: tuple[_Hit, ...]) -> tuple[Reason, ...]:
    told = list(dict.fromkeys(hit.written for hit in hits if hit.denied))[:_MOST_TOLD]
    if not told:
        return ()
    quoted = ", ".join(f"“{word}”" for word in told)
    return (
        Reason(
            "category_denied",
            f"Các từ {quoted} bị phủ định trong thư nên không được tính.",
            f"The mail denies the words {quoted}, so they do not count.",
        ),
    )


def _rival_reasons(
    category: Category, hits: tuple[_Hit, ...], known: dict[str, Category]
) -> tuple[Reason, ...]:
    ids = list(dict.fromkeys(hit.category for hit in hits if hit.category != category.id))[:_MOST_TOLD]
    if not ids:
        return ()
    names_vi = ", ".join(f"“{known[one].name_vi}”" for one in ids)
    names_en = ", ".join(f"“{known[one].name_en}”" for one in ids)
    return (
        Reason(
            "category_rivals",
            f"Thư cũng có từ của loại khác: {names_vi}.",
            f"Words of others stood there too: {names_en}.",
        ),
    )


_NAMES = {
    SecretKind.PASSWORD: "mật khẩu",
    SecretKind.PIN: "mã PIN",
    SecretKind.OTP: "mã OTP",
    SecretKind.REMOTE: "mã truy cập từ xa",
    SecretKind.TOKEN: "khóa truy cập (token)",
}


_CLOSE = (
    "Nhắc đơn vị không dùng lại thông tin này và kết thúc phiên đang mở.",
    "Remind the unit not to use it again and to end the session.",
)
_ADVICE: dict[SecretKind, tuple[str, str]] = {
    SecretKind.PASSWORD: (
        "Nên đặt lại mật khẩu của tài khoản này và nhắc đơn vị đổi ngay.",
        "Better reset the password of this account, and remind the unit to change it now.",
    ),
    SecretKind.PIN: (
        "Nhắc đơn vị đổi ngay mã PIN của thiết bị ký số.",
        "Remind the unit to change the PIN of its signing device now.",
    ),
    SecretKind.OTP: _CLOSE,
    SecretKind.REMOTE: _CLOSE,
    SecretKind.TOKEN: (
        "Nên thu hồi khóa truy cập này và cấp khóa mới cho đơn vị.",
        "Better revoke this key, and give the unit a new one.",
    ),
}
"""What the agent who reads it should do, in both languages."""


def _secret_reason(kind: SecretKind) -> Reason:
    name = _NAMES[kind]
    vi, en = _ADVICE[kind]
    return Reason(
        "category_leaked_credentials",
        f"Sau “{name}” có ghi giá trị: thông tin bí mật đã bị lộ trong thư. {vi}",
        f"A value stands after “{name}”: the mail gives a secret away. {en}",
    )
