"""Writes docs/openapi.json from the routes of the API: ``python tests/support/openapi_docs.py``."""

import json
from pathlib import Path

from triage.web.api.app import description

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"


def render() -> str:
    """Write the whole document."""
    return json.dumps(description(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(render(), encoding="utf-8")
