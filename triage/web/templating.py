"""The templates of our pages; everything put into one is escaped."""

from pathlib import Path
from typing import Any

import jinja2

_FOLDER = Path(__file__).parent
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

STYLESHEET = (_FOLDER / "static" / "viewer.css").read_text(encoding="utf-8")


def render(template: str, **values: Any) -> str:  # noqa: ANN401 - what a template is given may be anything
    """Fill one template."""
    return _ENVIRONMENT.get_template(template).render(**values)
