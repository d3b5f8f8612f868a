"""One sender judged: a domain, an address, or a name with an address."""

import re
from functools import lru_cache

from triage.core.decision import Finding, Severity
from triage.core.encoded_words import decode_words
from triage.core.lookalike.canonical import LONGEST_HOST
from triage.core.lookalike.displaynames import check_display_name
from triage.core.lookalike.domains import check_domain
from triage.core.lookalike.encoded import encoded_address, hidden_addresses
from triage.core.lookalike.localparts import check_local_part
from triage.core.lookalike.wording import NEITHER, finding
from triage.core.protected import Protected
from triage.core.spelling.folds import separators, without_format
from triage.core.weights import GENUINE

_NAME_AND_ADDRESS = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<>]*?))\s*<([^<>]*)>\s*')
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?", re.UNICODE)
_IP_LITERAL = re.compile(r"\[[0-9A-Za-z.:]{2,64}\]|\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
_ENCODED = "=?"
_LONGEST_TEXT = 2000
_LONGEST_LABEL = 63


def check_text(text: str, protected: Protected, *, authenticated: bool | None = None) -> tuple[Finding, ...]:
    """Judge what somebody typed or a list holds: a domain, an address, ``Name <address>``. Never raises."""
    text = text.strip()[:_LONGEST_TEXT]
    named = _NAME_AND_ADDRESS.fullmatch(text)
    if named:
        quoted, bare, address = named.groups()
        return check_address(
            _unquoted(quoted) if quoted is not None else bare, address, protected, authenticated=authenticated
        )
    if "@" in separators_of(text):
        return check_address("", text, protected, authenticated=authenticated)
    if _IP_LITERAL.fullmatch(text):
        return _check_owner(text, protected, authenticated)
    if not _readable_host(text):
        return (_neither(text),)
    found = check_domain(text, protected, authenticated=authenticated)
    if not found and not _is_domain(text):
        return (_neither(text),)
    return (*_genuine(text.lower(), protected, authenticated), *found)


def separators_of(text: str) -> str:
    """Give the text with full-width and small at-signs as ``@``."""
    return text if text.isascii() else text.replace("＠", "@").replace("﹫", "@")


def check_address(
    name: str, address: str, protected: Protected, *, authenticated: bool | None = None
) -> tuple[Finding, ...]:
    """Judge a display name, its address's local part and its domain together. Never raises.

    The name may still hold encoded words. ``authenticated`` as in ``check_domain``.
    """
    encoded, written = _decoded(address.strip()[:_LONGEST_TEXT])
    local, at, domain = separators_of(written).strip(" <>").rpartition("@")
    if not at or not _readable_local(local) or not (_readable_host(domain) or _IP_LITERAL.fullmatch(domain)):
        claimed = check_display_name(_decoded(name)[1], "", "", protected, ())
        hidden = hidden_addresses(address, protected) if encoded else ()
        return (_unreadable(address), *hidden, *claimed)
    hints = (encoded_address(f"{local}@{domain}", protected, address),) if encoded else ()
    by_domain = _check_owner(domain, protected, authenticated)
    by_local = check_local_part(local, domain, protected, by_domain, authenticated=authenticated)
    shown = _decoded(name[:_LONGEST_TEXT])[1] if name else ""
    by_name = check_display_name(shown, local, domain, protected, by_domain) if shown else ()
    genuine = _genuine(domain.lower(), protected, authenticated)
    return (*genuine, *hints, *by_domain, *by_local, *by_name)


def _check_owner(domain: str, protected: Protected, authenticated: bool | None) -> tuple[Finding, ...]:  # noqa: FBT001 -- passed on
    if _IP_LITERAL.fullmatch(domain):
        return (finding("DOMAIN_IP_LITERAL", Severity.MEDIUM, None, domain),)
    return check_domain(domain, protected, authenticated=authenticated)


def _genuine(domain: str, protected: Protected, authenticated: bool | None) -> tuple[Finding, ...]:  # noqa: FBT001 -- passed on
    official = protected.belongs(domain, protected.hosts.ours) if authenticated else None
    return (finding(GENUINE, Severity.INFO, official, domain),) if official else ()


@lru_cache(maxsize=4096)
def _decoded(text: str) -> tuple[bool, str]:
    """Decode encoded words wherever they stand; say whether there were any."""
    return _ENCODED in text, decode_words(text, [])


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _readable_local(local: str) -> bool:
    """Anything that a mail system may take, quoted or international; no blanks, no further at-sign."""
    if local.startswith('"') and local.endswith('"') and len(local) > 1:
        return True
    return bool(local) and not any(char.isspace() or char in '@"<>(),:;\\[]' for char in local)


def _readable_host(host: str) -> bool:
    plain = separators(without_format(host))
    if not plain or len(plain) > LONGEST_HOST:
        return False
    if not _HOST.fullmatch(plain):
        return (
            not plain.isascii()
            and not any(char.isspace() or char in '@"<>(),:;\\[]/' for char in plain)
            and ".." not in plain
        )
    return all(len(label) <= _LONGEST_LABEL for label in plain.split(".")) or not plain.isascii()


def _is_domain(host: str) -> bool:
    """Say whether a name can be a host: it has a dot, and no number ends it; localhost is one (RFC 6761)."""
    above, dot, last = separators(without_format(host)).rstrip(".").rpartition(".")
    return last.lower() == "localhost" if not dot else bool(above) and not last.isdigit()


def _neither(text: str) -> Finding:
    return finding("ADDRESS_UNREADABLE", Severity.MEDIUM, None, text[:200], words=NEITHER)


def _unreadable(text: str) -> Finding:
    return finding("ADDRESS_UNREADABLE", Severity.MEDIUM, None, text[:200])
