"""The Vietnamese charsets from before Unicode: TCVN3 (ABC), VNI-Windows, VISCII and VPS.

Sources: TCVN 5712:1993 (VN1, and VN3 as the ABC fonts use it), RFC 1456 for VISCII, the charts of the VNI and
VPS fonts. Decoding is one pass over the bytes and knows no error: a byte without a letter stays what
windows-1252 shows for it, since the fonts were made for Windows.
"""

import re
from types import MappingProxyType

DECLARED = MappingProxyType(
    {
        "tcvn": "tcvn5712",
        "tcvn_5712": "tcvn5712",
        "tcvn5712": "tcvn5712",
        "tcvn5712_1": "tcvn5712",
        "tcvn5712_1_1993": "tcvn5712",
        "viet_tcvn5712": "tcvn5712",
        "viet_tcvn": "tcvn5712",
        "tcvn3": "tcvn3",
        "tcvn_3": "tcvn3",
        "viet_tcvn3": "tcvn3",
        "viet_abc": "tcvn3",
        "abc": "tcvn3",
        "viscii": "viscii",
        "csviscii": "viscii",
        "viscii1_1_1": "viscii",
        "viscii_1": "viscii",
        "viet_viscii": "viscii",
        "vni": "vni",
        "vni_win": "vni",
        "vni_windows": "vni",
        "viet_vni": "vni",
        "vps": "vps",
        "viet_vps": "vps",
    }
)
"""The names that mails declare them by: lower case, ``_`` for all that is no letter or digit, no ``x-``."""

_TCVN5712_HIGH = (
    "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ"
    "\xa0ĂÂÊÔƠƯĐăâêôơưđẶ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ"
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịò"
    "ỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
_TCVN5712_LOW = dict(zip(b"\x01\x02\x04\x05\x06\x11\x12\x13\x14\x15\x16\x17", "ÚỤỪỬỮỨỰỲỶỸÝỴ", strict=True))
_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
    "ÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII_LOW = dict(zip(b"\x02\x05\x06\x14\x19\x1e", "ẲẴẪỶỸỴ", strict=True))
_VPS_HIGH = (
    "ÀẢÃẤẦẨọỗĂếềểệẮẰẲẾ\u2018\u2019ỀỂỄỐỒỔỖýỷỵỚỜỞ"
    "\xa0ắằẳẵặỠớÙờởỡŨỨợỪổỬỲỸÍÌộỈĨÓửữÒỎÕự"
    "ầÁÂấẩẫậđẻÉÊẹỉễịỹƯỦồốÔỏơÈừứÚũưÝẺß"
    "àáâãảạăçèéêẽìíîĩẴĐòóôõöƠụùúủüỶẼỳ"
)
_VPS_LOW = dict(
    zip(b"\x02\x03\x04\x05\x06\x10\x11\x12\x13\x14\x15\x19\x1c\x1d", "ẠẬẶẸỆỊỌỘỢỤỰỴẪỮ", strict=True)
)

_MARKS = {
    "ù": "\u0301",
    "ø": "\u0300",
    "û": "\u0309",
    "õ": "\u0303",
    "ï": "\u0323",
    "â": "\u0302",
    "á": "\u0302\u0301",
    "à": "\u0302\u0300",
    "å": "\u0302\u0309",
    "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
    "ê": "\u0306",
    "é": "\u0306\u0301",
    "è": "\u0306\u0300",
    "ú": "\u0306\u0309",
    "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}
_VNI_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "ò": "ị", "æ": "ỉ", "ó": "ĩ", "î": "ỵ"}
_VNI_ALONE |= {mark.upper(): letter.upper() for mark, letter in _VNI_ALONE.items()}
_VNI_MARKS = _MARKS | {mark.upper(): signs for mark, signs in _MARKS.items()}
_VNI_LETTER = re.compile(f"([aeouyAEOUYiIôÔöÖ])([{''.join(_VNI_MARKS)}])|[{''.join(_VNI_ALONE)}]")


def _with_gaps(high: str) -> str:
    return "".join(chr(0x80 + at) if char == "\ufffd" else char for at, char in enumerate(high))


_WINDOWS = _with_gaps(bytes(range(0x80, 0x100)).decode("cp1252", "replace"))


def _table(high: str, low: dict[int, str]) -> str:
    return "".join(low.get(byte, chr(byte)) for byte in range(0x80)) + high


_TABLES = {
    "tcvn5712": _table(_TCVN5712_HIGH, _TCVN5712_LOW),
    # the ABC fonts have quotes and dashes where VN1 has capitals
    "tcvn3": _table(_WINDOWS[:0x20] + _TCVN5712_HIGH[0x20:], {}),
    "viscii": _table(_VISCII_HIGH, _VISCII_LOW),
    "vps": _table(_VPS_HIGH, _VPS_LOW),
    "vni": _table(_WINDOWS, {}),
    "cp1252": _table(_WINDOWS, {}),
    # what windows-1258 leaves out stays a control character
    "cp1258": _table(_with_gaps(bytes(range(0x80, 0x100)).decode("cp1258", "replace")), {}),
}
_ANEW = {
    charset: {ord(shown): table[0x80 + at] for at, shown in enumerate(_WINDOWS)}
    | {byte: table[byte] for byte in range(0x80, 0xA0)}
    for charset, table in _TABLES.items()
}

_WORD = re.compile("[^\\W\\d_]+")


def decode_vietnamese(data: bytes, charset: str) -> str:
    """Decode bytes in one of the charsets that ``DECLARED`` leads to; every byte gives something."""
    return _composed(data.decode("latin-1").translate(_TABLES[charset]), charset)


def windows_reading(data: bytes) -> str:
    """Show bytes as windows-1252 does; the five bytes that it leaves out become control characters."""
    return data.decode("latin-1").translate(_TABLES["cp1252"])


def from_windows(text: str, charset: str) -> str:
    """Read letters anew that were taken for windows-1252 (or for Latin-1, as some programs do)."""
    return _composed(text.translate(_ANEW[charset]), charset)


def _composed(text: str, charset: str) -> str:
    match charset:
        case "vni":
            return _VNI_LETTER.sub(_vni_letter, text)
        case "tcvn3":
            return _WORD.sub(_whole_capitals, text)
        case _:
            return text


def _vni_letter(match: re.Match[str]) -> str:
    if match[1] is None:
        return _VNI_ALONE[match[0]]
    return _VNI_ALONE.get(match[1], match[1]) + _VNI_MARKS[match[2]]


def _whole_capitals(match: re.Match[str]) -> str:
    """Give a word its capitals: TCVN3 has none with tones, and a font of its own draws them."""
    word = match[0]
    plain = [char for char in word if char.isascii()]
    capitals = bool(plain) and all(char.isupper() for char in plain)
    # "Hµ" begins a name, "CéNG" and "ÝT" are drawn in capitals
    return word.upper() if capitals and (len(plain) > 1 or not word[0].isascii()) else word
