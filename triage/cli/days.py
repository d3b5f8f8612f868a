"""Spans of days, as several commands take them."""

from datetime import datetime, timedelta, tzinfo
from typing import Annotated

import typer

Since = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only from this day on.", metavar="DAY")
]
Until = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only to the end of this day.", metavar="DAY")
]


def span(
    since: datetime | None, until: datetime | None, zone: tzinfo
) -> tuple[datetime | None, datetime | None]:
    """Give the moments at which a span of local days begins and ends; None where it is open."""
    first = since.replace(tzinfo=zone) if since else None
    end = (until + timedelta(days=1)).replace(tzinfo=zone) if until else None
    return first, end
