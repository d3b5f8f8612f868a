"""What stands where a person's data stood: neutral marks, and decisions reduced to what counts need."""

import re
from functools import lru_cache
from typing import Any

NEUTRAL_TEXT = "(đã xóa)"
"""In the place of a subject."""

NEUTRAL_MAIL = (
    b"Subject: (erased)\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
    b"The content of this mail has been erased.\r\n"
)
"""In the place of raw bytes: a mail that every reader can read."""

NEUTRAL_LETTER = (
    b"Subject: (erased)\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
    b"The content of this letter has been erased.\r\n"
)
"""In the place of a letter."""

_COUNTED = (
    "version",
    "rules",
    "kind",
    "category",
    "priority",
    "outcome",
    "due_at",
    "reply",
    "official_letter",
    "secrets",
)
_PERSONAL = frozenset(
    {"text", "note", "why", "to", "indicators", "marks", "signs", "recipient", "address", "contact"}
)
_OF_PERSON = frozenset({"name", "subject"})
"""What stands beside an address and belongs to the same person: the author of a forwarded mail."""


_OF_REASON = frozenset({"text", "text_en"})


def address_mark(number: int) -> str:
    """Give what stands where an address stood; ``number`` is that of the act. It can never be written to."""
    return f"erased-{number}@erased.invalid"


def neutral_document(document: dict[str, Any]) -> dict[str, Any]:
    """Reduce a stored decision to what says nothing of a person: kinds, codes, moments."""
    kept = {key: document[key] for key in _COUNTED if key in document}
    route = document.get("route") or {}
    sender = document.get("sender") or {}
    checks = [
        {"check": one.get("check"), "severity": one.get("severity")} for one in sender.get("findings", ())
    ]
    return {
        **kept,
        "subject": {},
        "route": {
            "queue": route.get("queue"),
            "treasury_name": route.get("treasury_name"),
            "how": route.get("how"),
        },
        "sender": {"verdict": sender.get("verdict"), "weights": sender.get("weights"), "findings": checks},
        "completeness": document.get("completeness", {"missing": []}),
        "why_none": None,
        "reasons": [_reason(one) for one in document.get("reasons", ())],
        "erased": True,
    }


def neutral_form(form: dict[str, Any]) -> dict[str, Any]:
    """Give a registration form with nothing in it; its fields stay, for lists show them."""
    return {key: [] if isinstance(value, list) else "" for key, value in form.items()}


def _reason(reason: dict[str, Any]) -> dict[str, Any]:
    return {"code": reason.get("code", ""), "text": NEUTRAL_TEXT, "text_en": "(erased)"}


def without_address(data: Any, address: str, mark: str, *, own: bool) -> Any:  # noqa: ANN401 - JSON holds anything
    """Give JSON without an address and the name beside it; on a person's ``own`` ticket without words either.

    Other addresses that hold this one stay: anna@ where na@ is erased.
    """
    match data:
        case dict():
            gone = _PERSONAL if own else frozenset()
            gone |= _OF_PERSON if _is_person(data, address) else frozenset()
            gone |= _OF_REASON if _tells_of(data, address) else frozenset()
            return {
                key: NEUTRAL_TEXT
                if key in gone and value is not None
                else without_address(value, address, mark, own=own)
                for key, value in data.items()
            }
        case list():
            return [without_address(one, address, mark, own=own) for one in data]
        case str():
            return _standing(address).sub(mark, data) if address else data
        case _:
            return data


def mentions(data: Any, address: str, path: str = "") -> dict[str, Any]:  # noqa: ANN401 - JSON holds anything
    """Give the values of JSON that name an address, and what says who that is, by their place: ``to.0``."""
    match data:
        case dict():
            person = _is_person(data, address)
            found: dict[str, Any] = {}
            for key, value in data.items():
                place = f"{path}.{key}".lstrip(".")
                told = person and key in _OF_PERSON
                found |= {place: value} if told else mentions(value, address, place)
            return found
        case list():
            return {
                place: value
                for at, one in enumerate(data)
                for place, value in mentions(one, address, f"{path}.{at}".lstrip(".")).items()
            }
        case str() if address and _standing(address).search(data):
            return {path: data}
        case _:
            return {}


def _tells_of(data: dict[str, Any], address: str) -> bool:
    """Whether an object is a reason that names him; his name may stand anywhere in its sentence."""
    return "code" in data and any(mentions(data.get(key), address) for key in _OF_REASON)


def _is_person(data: dict[str, Any], address: str) -> bool:
    """Whether an object tells of somebody by name and address, and this is his."""
    written = data.get("address")
    return isinstance(written, str) and written.lower() == address


@lru_cache(maxsize=8)
def _standing(address: str) -> re.Pattern[str]:
    """Find an address, in any case, where it is not the end or the beginning of somebody else's."""
    return re.compile(rf"(?<!\w)(?<!\w[.+-]){re.escape(address)}(?!\w|[.-]\w)", re.IGNORECASE)
