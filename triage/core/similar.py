"""Whether two mails tell of the same error: their telling words, and a signature to compare them by.

What differs from unit to unit is left out: greetings, contact blocks, numbers, codes of papers, secrets, and
the words that every mail has. What an error says of itself weighs most. The weighed words become a MinHash
signature (Broder 1997): the share of equal places estimates the weighed Jaccard index, and no word can be
read back from it. Beside them stand the error codes, as hashes: who names the same code tells of the same
error, in whatever words.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import pairwise

from rensa import RMinHash

from triage.core.footers import without_footer
from triage.core.ownwords import own_words
from triage.core.shortforms import spell_out
from triage.core.signature import signature_of
from triage.core.text import fold, head_and_tail, one_line
from triage.core.tickets import CODE_PATTERN
from triage.core.words import Word, words

PLACES = 240
"""Numbers of a signature: the estimate is off by at most 3 points of a hundred in two of three pairs."""

MOST_CODES = 4
"""Error codes that a signature keeps, each as four bytes behind the places."""

SAME = 0.25
"""From this likeness on two texts tell of the same error; measured, see docs/adr/0024-surges.md."""

ALIKE = 0.22
"""From this one on they may: enough where three provinces must meet, and too little to share an answer."""

FEWEST = 3
"""Different telling words without which a text says too little to be compared."""

LONGEST_PHRASE = 160

_CODE_BYTES = 4
_CODES_BYTES = MOST_CODES * _CODE_BYTES
_DRAWN = PLACES + _CODES_BYTES
"""A signature is as long as it was before it had codes, and its places mean the same."""

_NO_CODES = (bytes(_CODES_BYTES), b"")
"""What stands behind the places of a text that names no error, and of one that says too little."""

_SEED = 7102
_LOWEST = 0xFF
_BY_CHANCE = 1 / 256
"""Of each number eight bits are kept, and so many of these are equal by chance (Li and König 2010)."""

_MOST_TEXT = 6_000
_MOST_WORDS = 600
_MOST_PHRASED = 250
_MOST_RUN = 16
_NEAR = 12
_CODE_WEIGHT = 12
"""An error code says which error it is, whatever is said around it."""

_QUOTED = re.compile("[\"“”„«‘'](?=\\S)([^\"“”„«»‘’'\n]{4,200})[\"“”»’']")
_TAG = r"\[[^\]\n]{0,30}#[^\]\n]{0,30}\]|"
_ADDRESS = r"\S{1,100}@\S{1,100}|"
_OTHERS = (
    r"https?://\S{1,300}|www\.\S{1,300}|"
    r"\b\d{1,2}\s?(?:[:h]\s?\d{0,2}|giờ(?:\s?\d{1,2})?)\b|"  # 8h30, 08:00, 8 giờ 15
    r"\b\d{1,4}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b|"  # days, and months
    r"\b\d{1,3}(?:[.,]\d{3})+\b|"  # money
    r"(?:\+?84|\b0)[\d .-]{8,14}\d\b"
)
_UNLIKE = re.compile(_TAG + _ADDRESS + _OTHERS, re.IGNORECASE)
_UNLIKE_BUT_ADDRESSES = re.compile(rf"(?=[\[hw\d+])(?:{_TAG}{_OTHERS})", re.IGNORECASE)
"""The same for texts without an at-sign; one that has one must be tried at every character."""

_CODE = re.compile(
    r"\b(?:0x[0-9a-f]{2,8}|[a-z]{2,12}[-_ ]?\d{2,6}|[a-z]{2,12}(?:_[a-z]{2,12}){1,5}|\d{3,6})\b"
)
_NAMING = re.compile(r"[a-z]{2,12}-?(?P<number>\d{3,6})|0x[0-9a-f]{4,8}|[a-z]{2,12}(?:-[a-z]{2,12})+")
_AFTER_LETTERS = re.compile(r"[^a-z].*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PAPERS = frozenset(
    """
    so ma tk muc chuong khoan loai mau phieu lenh bang dong qd nd tt hd cv tb bc nam thang ngay quy ky
    phong tang windows win office excel word chrome edge firefox version ban pc dt sdt tel
    """.split()  # noqa: SIM905 - a list of words reads better
)
"""What stands before the number of a paper, an account or a program, not of an error."""

_ERROR_WORDS = frozenset({"loi", "error", "err", "code", "http", "status", "exception", "bao", "hien"})
_SALUTATION = re.compile(
    r"^\s*(?:(?:kính|thân) (?:gửi|chào|thưa)|(?:em |tôi )?(?:xin )?chào|dear|hello|hi)\b"
    r"[^\n.]{0,80}?(?:[,.:!\n]|$)",
    re.IGNORECASE,
)

_WHO = re.compile(
    r"\s*[-*•+]?\s*(?:ten )?(?:don vi|co quan|nguoi (?:lien he|gui|lap|nop)|ho (?:va )?ten|chuc vu|dia chi|"
    r"(?:so )?dien thoai|dt|sdt|tel|e-?mail|ma (?:don vi|dvqhns|qhns))\b[^:\n]{0,30}:.{0,120}"
)
"""A line that says by its label who writes, as forms ask for it."""

_SMALL = frozenset(
    """
    kinh gui chao thua em anh chi ban cac doi ngu ho tro quy toi chung minh ben nhe nho giup xin cam on tran
    trong mong de nghi vui long a oi duoc lien he nguoi ong ba co chau phong don vi truong xa phuong huyen
    tinh thanh pho ubnd uy nhan dan tram te so benh vien cong ty kho bac nha nuoc kbnn nn ke toan thu
    la va thi ma nhung cua cho voi o tai trong tren duoi tu den khi luc lai ra vao len xuong di nay do kia
    day mot hai ba bon nam cac nhieu lan deu cung van con da dang se roi chua moi vua cu bi ca theo ve vi
    nen neu the nao gi sao bao gio hom qua mai sang trua chieu ngay thang phut ay hay toan that rat nua luon
    tuc ngoai sau truoc giua bang nhat them hon kem
    loi v viec hoi yeu cau thong tin kiem tra xu ly huong dan khac phuc som gap dvc dich vu
    """.split()  # noqa: SIM905 - a list of words reads better
)
"""Courtesy and the people of a mail, words that join, and what every mail is about: they tell nothing."""

_COMMON = frozenset(
    """
    khong ho so chung ky nhap nop lap may tinh trang mang trinh duyet khoan mat khau man hinh bam nut thuc
    hien chuc nang phan mem dung su xem tim chon mo file tep thanh lam giay tien khoi dong cai phien ban cap
    nhat lien binh thuong dien thoai ten chu ket qua
    """.split()  # noqa: SIM905 - same
)
"""Words of most complaints: they weigh half of the others."""


def terms_of(subject: str, text: str) -> dict[str, int]:
    """Give the telling words of a mail and pairs of them, with how much each weighs.

    ``subject`` is the bare subject, ``text`` the new text. Error codes and what an error says in quotation
    marks weigh most.
    """
    said = f"{subject}\n{_without_frame(own_words(head_and_tail(text, _MOST_TEXT)).own)}"
    said = (_UNLIKE if "@" in said else _UNLIKE_BUT_ADDRESSES).sub(" . ", CODE_PATTERN.sub(" . ", said))
    quoted = [match.span(1) for match in _QUOTED.finditer(said)]
    terms = dict.fromkeys(_codes(said, quoted), _CODE_WEIGHT)
    run = list(_weighed(said, quoted))
    for word, weight in run:
        terms[word] = max(terms.get(word, 0), weight)
    for (one, weight), (other, other_weight) in pairwise(run):
        pair = f"{one} {other}"
        terms[pair] = max(terms.get(pair, 0), min(weight, other_weight))
    return terms


def signature_of_terms(terms: Mapping[str, int]) -> bytes:
    """Give the signature of weighed words; empty where they are too few and name no error."""
    named = sorted(term for term in terms if _names_error(term))[:MOST_CODES]
    if sum(" " not in term for term in terms) < FEWEST and not named:
        return b""
    sketch = RMinHash(num_perm=_DRAWN, seed=_SEED)
    # a word that weighs n counts as n words, which makes the plain index of MinHash the weighed one
    sketch.update([f"{term}#{count}" for term, weight in terms.items() for count in range(weight)])
    codes = b"".join(blake2b(term.encode(), digest_size=_CODE_BYTES).digest() for term in named)
    return bytes(value & _LOWEST for value in sketch.digest()[:PLACES]) + codes.ljust(_CODES_BYTES, b"\0")


def likeness(one: bytes, other: bytes) -> float:
    """Give how alike the words of two signatures are, from 0 to 1; what has none is like nothing."""
    if not one or len(one) != len(other):
        return 0.0
    # what is equal in both becomes nought: several times as fast as to compare place by place
    differing = int.from_bytes(one[:PLACES]) ^ int.from_bytes(other[:PLACES])
    equal = differing.to_bytes(PLACES).count(0) / PLACES
    return max(0.0, (equal - _BY_CHANCE) / (1 - _BY_CHANCE))


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two texts tell of the same error: they name one code, or say much the same.

    Who names another code tells of another error, in whatever words: programs say all that goes wrong alike.
    """
    return _is_like(one, other, SAME)


def is_alike(one: bytes, other: bytes) -> bool:
    """Whether two texts may tell of the same error."""
    return _is_like(one, other, ALIKE)


def _is_like(one: bytes, other: bytes, least: float) -> bool:
    if one[PLACES:] not in _NO_CODES and other[PLACES:] not in _NO_CODES:
        return share_code(one, other)
    return likeness(one, other) >= least


def share_code(one: bytes, other: bytes) -> bool:
    """Whether two texts name one error code."""
    mine = one[PLACES:]
    return any(mine) and not _codes_in(mine).isdisjoint(_codes_in(other[PLACES:]))


def _codes_in(tail: bytes) -> set[bytes]:
    codes = (tail[start : start + _CODE_BYTES] for start in range(0, len(tail), _CODE_BYTES))
    return {code for code in codes if any(code)}


def _names_error(term: str) -> bool:
    """Whether a term is a code that no two errors share: no bare number, and none with a year in it."""
    found = None if " " in term or term.isalpha() else _NAMING.fullmatch(term)
    return found is not None and not _YEAR.fullmatch(found["number"] or "")


def shared_words(many: Sequence[tuple[str, str]], most: int) -> tuple[str, ...]:
    """Give the telling words that most of several mails share, the weightiest first, as most write them.

    ``many`` are bare subjects with new texts.
    """
    weights: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    for terms in (terms_of(*one) for one in many):
        for term, weight in terms.items():
            weights[term] += weight
            texts[term] += 1
    common = {term for term in weights if " " not in term and texts[term] * 2 > len(many)}
    # the letters of an error code are said with the code
    common -= {part for term in common if not term.isalpha() for part in term.split("-") if part != term}
    chosen = sorted(common, key=lambda term: (-weights[term], term))[:most]
    return tuple(_spelling(term, many) for term in chosen)


def _spelling(term: str, many: Sequence[tuple[str, str]]) -> str:
    """Give how most write a word who write it with tones; an error code in capitals."""
    if not term.isalpha():
        return term.upper()
    written: Counter[str] = Counter()
    for said in (f"{subject}\n{text}" for subject, text in many):
        found = words(said, _MOST_WORDS)
        written.update(said[one.start : one.end].lower() for one in found if one.folded == term)
    return max(written, key=lambda word: (not word.isascii(), written[word]), default=term)


def shared_phrase(many: Sequence[tuple[str, str]]) -> str:
    """Give the longest phrase that most of several mails say, as one of them writes it; empty for none.

    ``many`` are bare subjects with new texts. A phrase is as long as its words weigh.
    """
    texts = [f"{subject}\n{_without_frame(text)}" for subject, text in many]
    said = [words(text, _MOST_PHRASED) for text in texts]
    counted: Counter[tuple[str, ...]] = Counter()
    for one in said:
        counted.update({run for run, _, _ in _runs(one)})
    common = [run for run, count in counted.items() if count * 2 > len(many)]
    best = max(common, key=lambda run: (sum(map(_worth, run)), -len(run), run), default=())
    if sum(map(_worth, best)) < FEWEST:
        return ""
    written = [
        text[one[first].start : one[last].end]
        for text, one in zip(texts, said, strict=True)
        for run, first, last in _runs(one)
        if run == best
    ]
    # who writes with tones is read more easily
    phrase = one_line(max(written, key=lambda text: (not text.isascii(), -len(text))))[:LONGEST_PHRASE]
    return f"{phrase})" if phrase.count("(") > phrase.count(")") else phrase


def _runs(found: Sequence[Word]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Give every run of words that begins and ends with one that tells something."""
    telling = [index for index, word in enumerate(found) if _worth(word.folded)]
    for place, first in enumerate(telling):
        for last in telling[place + 1 : place + _MOST_RUN]:
            if last - first < _MOST_RUN:
                yield tuple(word.folded for word in found[first : last + 1]), first, last


def _worth(folded: str) -> int:
    if folded in _SMALL:
        return 0
    return 1 if folded in _COMMON else 2


def _without_frame(text: str) -> str:
    """Drop the greeting, lines that say who writes, contact blocks and lines that programs add."""
    block = signature_of(text)
    lines = without_footer(text.rstrip().split("\n"))
    if block:
        known = {line.strip() for line in block.split("\n")}
        while lines and (not lines[-1].strip() or lines[-1].strip() in known):
            lines.pop()
    lines = [line for line in lines if not _WHO.fullmatch(fold(line))]
    return _SALUTATION.sub("", "\n".join(lines).lstrip(), count=1)


def _codes(said: str, quoted: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Give error codes: what looks like one, in quotation marks or near a word that tells of errors."""
    lower = said.lower()
    for match in _CODE.finditer(lower):
        near = re.findall(r"\w+", fold(lower[max(0, match.start() - 120) : match.start()]))[-_NEAR:]
        inside = any(start <= match.start() < end for start, end in quoted)
        code = re.sub(r"[-_ ]", "-", match.group())
        if (inside or _ERROR_WORDS & set(near)) and _AFTER_LETTERS.sub("", code) not in _PAPERS:
            yield code


def _weighed(said: str, quoted: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int]]:
    """Give the words that tell something, in their order, each with its weight."""
    for word in spell_out(words(said, _MOST_WORDS)):
        folded, worth = word.folded, _worth(word.folded)
        if not worth or not folded.isalpha() or len(folded) == 1:
            continue
        inside = quoted and any(start <= word.start < end for start, end in quoted)
        yield folded, worth + bool(inside)
