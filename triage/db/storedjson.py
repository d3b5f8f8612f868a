"""How JSON is written where it is stored or hashed."""

import json
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def to_json(document: Any) -> str:  # noqa: ANN401 - JSON holds anything
    """Write JSON as it is stored: readable Vietnamese, stable order."""
    return _ENCODER.encode(document)
