"""What stands where a person's data stood: neutral marks, and decisions reduced to what counts need."""

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
_CODES_OF = ("reasons",)
_PERSONAL = frozenset({"text", "note", "why", "to", "indicators", "marks", "recipient", "address", "contact"})


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


def _reason(reason: dict[str, Any]) -> dict[str, Any]:
    return {"code": reason.get("code", ""), "text": NEUTRAL_TEXT, "text_en": "(erased)"}


def without_address(data: Any, address: str, mark: str, *, own: bool) -> Any:  # noqa: ANN401 - JSON holds anything
    """Give JSON without an address; on a person's ``own`` ticket without what people wrote either."""
    match data:
        case dict():
            return {
                key: NEUTRAL_TEXT
                if own and key in _PERSONAL and value is not None
                else without_address(value, address, mark, own=own)
                for key, value in data.items()
            }
        case list():
            return [without_address(one, address, mark, own=own) for one in data]
        case str() if address and address in data.lower():
            return mark if data.lower() == address else NEUTRAL_TEXT
        case _:
            return data
