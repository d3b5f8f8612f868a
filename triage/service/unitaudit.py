"""What the audit keeps of the directory of units: who did what to which one, by numbers alone.

The audit outlives everything, so it holds neither a name nor an address of anybody.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from triage.db import audit

ADDED, CHANGED, REMOVED = "unit_added", "unit_changed", "unit_removed"
IMPORTED = "units_imported"
ACCEPTED, REFUSED = "unit_accepted", "unit_refused"


def note(
    connection: Connection,
    now: datetime,
    actor: str,
    action: str,
    data: Mapping[str, Any],
    *,
    network: str = "",
) -> None:
    """Write the line of an act, at a desk or a terminal; ``data`` names the unit, else all are meant."""
    what = f"/units/{data['unit']}" if "unit" in data else "/units"
    audit.append(connection, now, actor, action, what, network=network, data=data)
