"""Bytes of a mail become text, whatever charset they claim to be in."""

import unicodedata
from collections.abc import Callable

from triage.core.codecnames import codec_of
from triage.core.defects import Defect, note
from triage.core.mojibake import undo_mojibake
from triage.core.oldvietnamese import converted, guess_charset, guess_font, may_be_vietnamese
from triage.core.text import clean
from triage.core.vietcharsets import DECLARED, decode_vietnamese

_MEANS_NOTHING = {"ascii", "latin_1", "iso8859_1", "cp1252", "iso8859_15"}
"""Charsets that programs declare without looking: with 8-bit bytes, UTF-8 and Vietnamese are tried first."""

_RELATIVES = {
    "iso2022_jp_ext": ("euc_jp", "cp932"),
    "cp932": ("euc_jp",),
    "euc_jp": ("cp932",),
    "gb18030": ("big5hkscs",),
    "big5hkscs": ("gb18030",),
}
"""Charsets of the same language, which programs mix up."""

_OLD = frozenset(DECLARED.values())
_SPOKEN = {
    "cp1258": "windows-1258",
    "tcvn3": "TCVN3 (ABC)",
    "tcvn5712": "TCVN 5712",
    "vni": "VNI-Windows",
    "viscii": "VISCII",
    "vps": "VPS",
}

_SINGLE_BYTES = ("iso8859_", "cp125", "cp43", "cp85", "cp86", "koi8", "mac_")
_LIKE_ASCII = ("ascii", "latin_1", "utf_8", "cp125", "iso8859")

_VIETNAMESE_LETTERS = frozenset(
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
)
_ONLY_VIETNAMESE = _VIETNAMESE_LETTERS - frozenset("àáãâèéêìíòóõôùúýÀÁÃÂÈÉÊÌÍÒÓÕÔÙÚÝăĂ")
_GOOD_PER_LOST = {"utf_8": 1}
_GOOD_PER_LOST_ELSEWHERE = 4
"""How many good characters must stand against one lost for a text to count as mostly right. Bytes of another
charset hardly ever form a character of UTF-8 by chance; in other charsets they often do."""


def decode_text(data: bytes, declared: str, defects: list[str], fallback: str = "") -> str:
    """Decode text by the charset that a mail declares, or else by what the bytes show themselves to be.

    ``fallback`` is a further charset to try (the one of the mail's body, for a raw header). The answer is
    NFC; every guess and loss is told in ``defects``.
    """
    return clean(repair_text(_decode(data, declared, defects, fallback), defects))


def decode_header(name: str, data: bytes, fallback: str, defects: list[str]) -> str:
    """Decode a header that holds raw bytes: UTF-8 is lawful there (RFC 6532), anything else is a guess.

    ``fallback`` is the charset of the body. The answer is NFC; guess and loss are told in ``defects``.
    """
    text = _strictly(data, "utf-8")
    if text is None:
        text, said = _guessed(data, "utf_8", fallback)
        _tell_guess(name, said, defects)
    return clean(repair_text(text, defects))


def _tell_guess(name: str, said: str, defects: list[str]) -> None:
    if said:
        note(defects, Defect.GUESSED_HEADER, name, _SPOKEN.get(said, said))
    else:
        note(defects, Defect.LOST_BYTES)


def vietnamese_charset(data: bytes) -> str:
    """Name the Vietnamese charset from before Unicode that bytes are in; empty where none surely is."""
    for guess in (_old_vietnamese, _vietnamese_windows):
        if found := guess(data, None, ""):
            return found[1]
    return ""


def cuts_letters(pieces: list[bytes], charset: str) -> bool:
    """Say whether letters stand whole in the pieces only once these are joined."""
    codec = codec_of(charset)
    if codec is None or codec in _MEANS_NOTHING:
        codec = "utf-8"
    if len(pieces) == 1 or _strictly(b"".join(pieces), codec) is None:
        return False
    return any(_strictly(piece, codec) is None for piece in pieces)


def repair_text(text: str, defects: list[str]) -> str:
    """Put right what is valid Unicode and yet misread: UTF-8 taken for windows-1252, letters of old fonts."""
    if text.isascii():
        return text
    repaired = undo_mojibake(text)
    if repaired != text:
        note(defects, Defect.MISREAD_UTF8)
    font = guess_font(repaired)
    if font:
        note(defects, Defect.OLD_FONT, _SPOKEN[font])
        return converted(repaired, font)
    return repaired


def _decode(data: bytes, declared: str, defects: list[str], fallback: str) -> str:
    codec = codec_of(declared)
    if data.isascii() and (codec is None or codec.startswith(_LIKE_ASCII)):
        return data.decode("ascii")
    if declared and codec is None:
        note(defects, Defect.UNKNOWN_CHARSET, declared[:40])
    if codec and codec not in _MEANS_NOTHING:
        text = _as_declared(data, codec)
        if text is not None:
            return text
    text, said = _guessed(data, codec, fallback)
    if not said:
        note(defects, Defect.LOST_BYTES)
    elif codec != "cp1252" or said != codec:
        note(defects, Defect.OTHER_CHARSET, declared[:40] or "nothing", _SPOKEN.get(said, said))
    return text


def _guessed(data: bytes, codec: str | None, fallback: str) -> tuple[str, str]:
    """Give the text and the name of its charset, which is empty where bytes are lost."""
    for guess in _LADDER:
        found = guess(data, codec, fallback)
        if found is not None:
            return found
    return data.decode("cp1252", "replace"), ""


def _as_declared(data: bytes, codec: str) -> str | None:
    """Decode by the declared codec, unless the bytes are plainly something else."""
    if codec in _OLD:
        # nearly any bytes are text in these, so that a program which declares them and sends UTF-8 must show
        return _strictly(data, "utf-8") or decode_vietnamese(data, codec)
    if _is_rather_old(data, codec):
        return None
    if codec.startswith(_SINGLE_BYTES) and not data.isascii():
        # letters in these hardly ever follow one another as UTF-8 asks for
        return None if _strictly(data, "utf-8") is not None else _strictly(data, codec)
    return _strictly(data, codec)


def _is_rather_old(data: bytes, codec: str) -> bool:
    return codec == "cp1258" and guess_charset(data) in _OLD


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


_Guess = Callable[[bytes, str | None, str], tuple[str, str] | None]


def _utf8(data: bytes, _codec: str | None, _fallback: str) -> tuple[str, str] | None:
    text = _strictly(data, "utf-8")
    return None if text is None else (text, "utf-8")


def _relative(data: bytes, codec: str | None, _fallback: str) -> tuple[str, str] | None:
    """Try the charsets that programs of the same language mix up with the declared one."""
    for candidate in _RELATIVES.get(codec or "", ()):
        text = _strictly(data, candidate)
        if text is not None:
            return text, candidate
    return None


def _mostly_as_declared(data: bytes, codec: str | None, _fallback: str) -> tuple[str, str] | None:
    """Take a text with a few spoilt bytes for what it says it is."""
    for candidate in ("utf_8", codec):
        if candidate is None or candidate in _MEANS_NOTHING or _is_rather_old(data, candidate):
            continue
        text = data.decode(candidate, "replace")
        lost = text.count("\ufffd")
        right = sum(not char.isascii() for char in text) - lost
        if right >= _GOOD_PER_LOST.get(candidate, _GOOD_PER_LOST_ELSEWHERE) * lost:
            return text, f"{candidate}, with {lost} characters lost"
    return None


def _as_fallback(data: bytes, _codec_name: str | None, fallback: str) -> tuple[str, str] | None:
    codec = codec_of(fallback)
    if codec is None or codec in _MEANS_NOTHING:
        return None
    text = _as_declared(data, codec)
    return None if text is None else (text, codec)


def _as_the_text_below(data: bytes, _codec_name: str | None, fallback: str) -> tuple[str, str] | None:
    """Take an old Vietnamese charset of the body for its headers too: few words of a name tell too little."""
    codec = codec_of(fallback)
    return (decode_vietnamese(data, codec), codec) if codec in _OLD else None


def _old_vietnamese(data: bytes, _codec: str | None, _fallback: str) -> tuple[str, str] | None:
    """Take the charset that makes Vietnamese of the bytes, where one surely does."""
    charset = guess_charset(data)
    if charset is None:
        return None
    if charset in _OLD:
        return decode_vietnamese(data, charset), charset
    text = _strictly(data, charset)
    return None if text is None else (text, charset)


def _vietnamese_windows(data: bytes, _codec: str | None, _fallback: str) -> tuple[str, str] | None:
    """Try windows-1258, which decodes nearly any bytes: the result must look Vietnamese."""
    text = _strictly(data, "cp1258")
    if text is None or not _looks_vietnamese(text) or not may_be_vietnamese(data, clean(text)):
        return None
    return text, "windows-1258"


def _western(data: bytes, _codec: str | None, _fallback: str) -> tuple[str, str] | None:
    text = _strictly(data, "cp1252")
    return None if text is None else (text, "cp1252")


_LADDER: tuple[_Guess, ...] = (
    _utf8,
    _relative,
    _as_the_text_below,
    _old_vietnamese,
    _mostly_as_declared,
    _as_fallback,
    _vietnamese_windows,
    _western,
)


def _looks_vietnamese(text: str) -> bool:
    composed = clean(text)
    letters = {char for char in set(composed) if not char.isascii()}
    letters = {char for char in letters if char.isalpha() or unicodedata.combining(char)}
    return letters <= _VIETNAMESE_LETTERS and bool(letters & _ONLY_VIETNAMESE)
