"""A text without what tells of one person, unit or case: names, addresses, numbers, codes, secrets.

What an old answer explains, and what a mail was about, stays readable; a gap in brackets stands where
something of another case stood. Names are found by what stands before them ("chị Hà"), by family names, and
as what the ticket knows. Hiding too much is no harm here, hiding too little is.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from triage.core.latepattern import late_pattern
from triage.core.persons import person_in
from triage.core.privacy import mask
from triage.core.text import clean, fold, one_line
from triage.core.treasuries import TreasuryDirectory

NAME = "[tên]"
UNIT = "[đơn vị]"
ADDRESS = "[địa chỉ]"
LINK = "[liên kết]"
CODE = "[mã]"
NUMBER = "[số]"
DAY = "[ngày]"

GAPS = (NAME, UNIT, ADDRESS, LINK, CODE, NUMBER, DAY)
"""What stands where something was hidden; whoever uses the text again fills it in or takes it out."""

LONGEST = 20_000
"""Characters that are read."""

_LEAST_KNOWN = 4
"""Letters of a known name; what is shorter would hide parts of words."""

_LEAST_DIGITS = 4
_LEAST_IN_CODE = 3

_TAG = late_pattern(r"\[[^\]\n#]{0,30}#[^\]\n]{0,30}\]")
_ADDRESS = late_pattern(r"[^\s<>\[\](),;:\"]{1,64}@[^\s<>\[\](),;:\"]{1,254}[^\s<>\[\](),;:\".?!]")
_LINK = late_pattern(
    r"(?:https?://|www\.)\S{1,500}|(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,5}(?:vn|com|net|org|info|gov|edu)\b(?:/\S{0,300})?",
    re.IGNORECASE,
)
_DAY = late_pattern(r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_LETTER = late_pattern(r"(?<![\w/])\d{1,5}/(?:\d{4}/)?[A-ZĐ]{2,}[A-ZĐ\d]*(?:-[A-ZĐ\d]+)*")
"""The number of an official letter ("7102/TB-KBNN"), which everybody may know."""

_CODE = late_pattern(
    r"(?<![\w-])(?=[\w-]{0,40}\d)(?=[\w-]{0,40}[^\W\d_])[^\W_]{1,30}(?:[-_][^\W_]{1,30}){0,6}(?![\w-])"
)
_NUMBER = late_pattern(r"(?<![\w\[#])\+?\(?\d(?:[ .,()/-]{0,2}\d){3,30}(?!\w)")
_YEAR = late_pattern(r"(?:19|20)\d\d")
_WORD = r"[^\W\d_][^\W\d_'’]*"
_RUN = late_pattern(rf"{_WORD}(?:[ \t]{{1,3}}{_WORD}){{0,11}}")
_TITLES = frozenset({"anh", "chi", "ong", "ba", "co", "thay", "ban", "em", "chau", "bac", "chu", "mr", "ms"})
_NO_NAMES = """
    ke truong kho ho kinh quy hai don dich can phong so ubnd nha bo cong va co trong the da chua duoc
"""
_NOT_CALLED = frozenset(_NO_NAMES.split())
"""What stands behind a title in capitals and is no name: "anh Kế toán", "bà Trưởng phòng"."""

_MOST_OF_NAME = 5
_UNIT = late_pattern(
    r"(?<!\w)((?:trường|ubnd|hđnd|ủy ban nhân dân|uỷ ban nhân dân|trung tâm|bệnh viện|trạm y tế"
    r"|công ty|ban quản lý|chi cục|phòng (?:giáo dục|tài chính|văn hóa|nội vụ|kinh tế)"
    r"|sở|thcs|thpt|mầm non|tiểu học)"
    r"(?:[ \t]+(?:mầm non|mẫu giáo|tiểu học|trung học|cơ sở|phổ thông|th|thcs|thpt|mn|cao đẳng|đại học"
    r"|xã|phường|thị trấn|huyện|quận|tỉnh|thành phố|y tế|dự án|tnhh|cổ phần|mtv|số)){0,4})(?!\w)",
    re.IGNORECASE,
)
_PROPER = late_pattern(r"[ \t]+((?:[^\W\d_]+|\d{1,3})(?:[ \t]+(?:[^\W\d_]+|\d{1,3})){0,6})")


def neutral(text: str, known: Iterable[str] = (), places: Collection[str] = ()) -> str:
    """Give a text with gaps where it tells of one case.

    ``known`` are names that are hidden wherever they stand, such as that of the requester; ``places`` are
    folded names of provinces, which look like names of persons and are none.
    """
    said = mask(clean(text[:LONGEST]))
    for name in sorted({one_line(one) for one in known}, key=len, reverse=True):
        if len(name) >= _LEAST_KNOWN:
            said = re.sub(rf"(?<!\w){re.escape(clean(name))}(?!\w)", NAME, said, flags=re.IGNORECASE)
    pieces = (_neutral(piece, places) if tag is None else tag for piece, tag in _around_tags(said))
    return "".join(pieces)


def places_of(directory: TreasuryDirectory) -> frozenset[str]:
    """Give the folded names of provinces, old and new: they begin like names of persons."""
    names = (name for one in directory.treasuries for name in (one.province, one.successor, *one.aliases))
    return frozenset(fold(name) for name in names if name)


def _around_tags(text: str) -> Iterator[tuple[str, str | None]]:
    """Give a text in pieces, the tags of subjects apart: "[0010#DVC]" names a treasury, not a case."""
    at = 0
    for match in _TAG.finditer(text):
        yield text[at : match.start()], None
        yield "", match.group()
        at = match.end()
    yield text[at:], None


def _neutral(text: str, places: Collection[str]) -> str:
    text = _ADDRESS.sub(ADDRESS, text)
    text = _LINK.sub(LINK, text)
    text = _UNIT.sub(r"\1" + _MARK, text)
    text = "".join(_without_units(text.split(_MARK)))
    text = _DAY.sub(DAY, text)
    letters = _LETTER.findall(text)
    text = _LETTER.sub(_MARK, text)
    text = _CODE.sub(_code, text)
    text = _NUMBER.sub(_number, text)
    text = _RUN.sub(lambda run: _without_names(run.group(), places), text)
    for letter in letters:
        text = text.replace(_MARK, letter, 1)
    return text


_MARK = "\x1f"
"""Stands for a place in a text while it is worked on; ``clean`` leaves no such sign in it."""


def _without_units(pieces: list[str]) -> Iterator[str]:
    """Put a gap in the place of the proper name that follows the kind of a unit: "Trường THCS [đơn vị]"."""
    yield pieces[0]
    for piece in pieces[1:]:
        match = _PROPER.match(piece)
        words = re.split(r"([ \t]+)", match[1]) if match else []
        count = 0
        while count < len(words) and (words[count][:1].isupper() or words[count].isdigit()):
            count += 2
        named = "".join(words[: max(0, count - 1)])
        if match is None or not named:
            yield piece
        else:
            yield f" {UNIT}{piece[match.start(1) + len(named) :]}"


def _number(match: re.Match[str]) -> str:
    digits = sum(map(str.isdigit, match.group()))
    if digits < _LEAST_DIGITS or _YEAR.fullmatch(match.group()):
        return match.group()
    return NUMBER


def _code(match: re.Match[str]) -> str:
    digits = sum(map(str.isdigit, match.group()))
    return CODE if digits >= _LEAST_IN_CODE else match.group()


def _without_names(run: str, places: Collection[str]) -> str:
    """Put gaps into a run of words: behind a title, and where capital letters begin with a family name."""
    words = re.split(r"([ \t]+)", run)
    told: list[str] = []
    at = 0
    while at < len(words):
        end = _end_of_capitals(words, at)
        before = fold(words[at - 2]) if at > 1 else ""
        found = _name_at(words[at:end:2], before, places) if end > at else 0
        if found:
            told.append(NAME)
            at += 2 * found - 1
        else:
            told.append(words[at])
            at += 1
    return "".join(told)


def _end_of_capitals(words: list[str], at: int) -> int:
    end = at
    while end < len(words) and end < at + 2 * _MOST_OF_NAME and words[end][:1].isupper():
        end += 2
    return min(end, len(words) + 1)


def _name_at(capitals: list[str], before: str, places: Collection[str]) -> int:
    """Give how many of these words are a name."""
    folded = [fold(one) for one in capitals]
    if before in _TITLES and folded[0] not in _NOT_CALLED:
        return len(capitals)
    for count in range(len(capitals), 1, -1):
        some = " ".join(capitals[:count])
        if " ".join(folded[:count]) not in places and not some.isupper() and person_in(some):
            return count
    return 0
