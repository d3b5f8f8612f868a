"""Python's codecs by the names that mails give them."""

import re
from encodings.aliases import aliases
from functools import lru_cache

from triage.core.vietcharsets import DECLARED

_ALIASES = {
    # superset of what is declared, since mail programs declare the subset and send the superset
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "x-windows-949": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "tis-620": "cp874",
    "iso-8859-11": "cp874",
    # direction is no matter of decoding (RFC 1556)
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-6-e": "iso8859-6",
    # other names of the same
    "utf8": "utf-8",
    "unicode": "utf-8",
    "x-unknown-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "x-vietnamese": "cp1258",
    "x-cp1258": "cp1258",
    "windows-1252http-equivcontent-type": "cp1252",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-big5": "big5hkscs",
    "big5": "big5hkscs",
    "x-euc-jp": "euc_jp",
}
_NOT_TEXT = {
    *("base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "uu_codec", "zlib_codec", "rot_13"),
    # quadratic, or made for other things than mail
    *("idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "mbcs", "oem"),
}
_PYTHON_CODECS = (
    frozenset(aliases.values()) | {"utf_8_sig", "cp1258", "cp1252", "cp737", "cp874"}
) - _NOT_TEXT
_LONGEST_NAME = 60


def is_known(charset: str) -> bool:
    """Say whether a charset of that name can be decoded."""
    return codec_of(charset) is not None


def codec_of(declared: str) -> str | None:
    """Find Python's codec for a declared charset, without asking the codec registry about unknown names.

    The registry keeps every name that it was ever asked for.
    """
    return _named(declared.strip().lower()) if len(declared) <= _LONGEST_NAME else None


@lru_cache(maxsize=512)
def _named(name: str) -> str | None:
    name = _ALIASES.get(name.strip("\"' "), name.strip("\"' "))
    plain = re.sub(r"[^a-z0-9]+", "_", name).strip("_")
    page = re.sub(r"^(?:x_)?(?:windows|cp|ibm)_(?=\d)", "cp", plain)
    for candidate in (plain, plain.removeprefix("x_"), plain.removeprefix("charset_"), page):
        if candidate in DECLARED:
            return DECLARED[candidate]
        found = aliases.get(candidate, candidate)
        if found in _PYTHON_CODECS:
            return found
    return None
