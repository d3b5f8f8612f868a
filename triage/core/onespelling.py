"""One spelling of an address whose domain can be written in letters or in Punycode (RFC 5890)."""

from functools import lru_cache

from triage.core.text import clean

_ENCODED = "xn--"


def one_spelling(address: str) -> str:
    """Give an address in lower case, its domain in letters: of a@xn--thu-9jz.example a@thuế.example.

    Nothing is forgiven beyond that: a label that IDNA 2008 refuses stays as written, and letters that only
    look alike stay other letters, so that two domains which DNS tells apart never become one.
    """
    lowered = clean(address.lower())
    return _decoded(lowered) if _ENCODED in lowered else lowered


def spellings(address: str) -> tuple[str, ...]:
    """Give all forms in which an address may have been stored: as it is, in letters and in Punycode."""
    lettered = one_spelling(address)
    return tuple(dict.fromkeys((address.lower(), lettered, _in_ascii(lettered))))


@lru_cache(maxsize=4096)
def _decoded(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{'.'.join(map(_in_letters, domain.split('.')))}"


def _in_letters(label: str) -> str:
    if not label.startswith(_ENCODED):
        return label
    import idna  # noqa: PLC0415 - its tables are long, and few domains are written in Punycode

    try:
        letters = idna.ulabel(label)
        return letters if idna.alabel(letters) == label.encode() else label
    except (idna.IDNAError, UnicodeError, ValueError):
        return label


def _in_ascii(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    import idna  # noqa: PLC0415 - same

    try:
        labels = (idna.alabel(label).decode() if label else "" for label in domain.split("."))
        return f"{local}{at}{'.'.join(labels)}"
    except (idna.IDNAError, UnicodeError, ValueError):
        return address
