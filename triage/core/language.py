"""The language that a mail is written in: Vietnamese, Vietnamese typed without tones, English or another."""

import re
from enum import StrEnum
from functools import lru_cache

from triage.core.syllables import is_syllable

MOST_WORDS = 400
"""Words that are looked at."""

_LONGEST = 20_000


class Language(StrEnum):
    """What there is to tell; ``NONE`` where there are too few words."""

    VI = "vi"
    VI_TONELESS = "vi-without-tones"
    EN = "en"
    OTHER = "other"
    NONE = "none"


_WORD = re.compile(r"[^\W\d_]+")
_NO_PROSE = ("@", "://", "www.")
_ONLY_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]")
_MARKED = re.compile("[àáâãèéêìíòóôõùúý]")

# words of letters to an office, as they are typed without tones; none of them an English word
_TYPED_WORDS = (
    "kinh gui anh chi em khong duoc cua cho voi mot nhung trong ngay thang nam don vi dang nhap mat khau "
    "loi khoan tai tro giup nho cam xin phep hien nay sau truoc nguoi dung ngan sach kho bac nha nuoc "
    "truong phong huyen tinh xa gui lai den theo bao nhu vay cac va la da co thi roi chua lam duyet ky so "
    "chao cong nghe thong tin kiem tra lan gap viec hoi can ten nao nay "
    "chung tu thu chi ke toan ho moi vao lien he dien thoai tiep nhan giai quyet quy ban doi mong"
)
_TYPED = frozenset(_TYPED_WORDS.split())
_ENGLISH_WORDS = (
    "the and of to in is are was for with that this you your we our not have has from be will can please "
    "it as on at or by if an any all do does did been which what when there their they would should could "
    "but about into than then i my me us he she his her account password error request dear regards thank "
    "thanks attached sent subject issue help need cannot hello system user new"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())

_ENOUGH = 3
_VIETNAMESE_SHARE = 0.1
"""The share of words with Vietnamese letters alone that tells it; in prose it is over a half."""

_TYPED_SHARE = 0.7
_TYPED_KNOWN = 0.2
_ENGLISH_SHARE = 0.2


def language_of(*texts: str) -> Language:
    """Tell the language of the first of some texts that has words enough to tell it."""
    found = (_language(text) for text in texts)
    return next((one for one in found if one is not Language.NONE), Language.NONE)


@lru_cache(maxsize=8192)
def _marks(word: str) -> str:
    """Say whether the marks of a word are Vietnamese alone, or may be; the same words come again."""
    if word.isascii() or not (_ONLY_VIETNAMESE.search(word) or _MARKED.search(word)) or not is_syllable(word):
        return ""
    return "sure" if _ONLY_VIETNAMESE.search(word) else "likely"


def _prose(text: str) -> str:
    """Give a text without the pieces that are addresses."""
    if not any(mark in text for mark in _NO_PROSE):
        return text
    return " ".join(piece for piece in text.split() if not any(mark in piece for mark in _NO_PROSE))


def _language(text: str) -> Language:
    found = _WORD.findall(_prose(text[:_LONGEST].lower()))
    words = [word for word in found if len(word) > 1 or not word.isascii()][:MOST_WORDS]
    if not words:
        return Language.NONE
    marks = list(map(_marks, words))
    sure, likely = marks.count("sure"), marks.count("likely")
    if sure and sure + likely >= _VIETNAMESE_SHARE * len(words):
        return Language.VI
    if len(words) < _ENOUGH:
        return Language.NONE
    english = sum(1 for word in words if word in _ENGLISH)
    typed = sum(1 for word in words if word in _TYPED)
    syllables = sum(1 for word in words if word.isascii() and is_syllable(word))
    if syllables >= _TYPED_SHARE * len(words) and typed >= _TYPED_KNOWN * len(words) and typed > english:
        return Language.VI_TONELESS
    if english >= _ENGLISH_SHARE * len(words):
        return Language.EN
    return Language.OTHER
