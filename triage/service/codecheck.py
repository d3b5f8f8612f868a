"""Whether a code was given to an address: yes or no alone, so that a wrong code is like a wrong address.

It is what mails ask as well (letter 7102/TB-KBNN): the code must have gone to that very address in a
letter of ours, or the address must have written on that ticket.
"""

from datetime import timedelta

from triage.core.tickets import LAST_ORDINAL, TicketCode, typed_code
from triage.db import throttles, verification
from triage.db.engine import Database
from triage.ports import Clock
from triage.service.limits import network_key

LONGEST_CODE = 40
LONGEST_ADDRESS = 254

WINDOW = timedelta(hours=1)
PER_NETWORK = 20
OVERALL = 1_000
"""Questions of everybody within WINDOW, from one network and from all together."""

_NONE = "SD000101-" + str(LAST_ORDINAL)
"""Asked for where what was typed is no code, so that the answer takes as long."""


def is_genuine(database: Database, code: str, address: str) -> bool:
    """Whether a code, however it is typed, was given to this very address."""
    parsed: TicketCode | None = typed_code(code)
    with database.read() as connection:
        found = verification.asked_code(connection, [str(parsed or _NONE)], address.strip().lower())
    return parsed is not None and found is not None and found.issued_to_sender


def take_try(database: Database, clock: Clock, network: str) -> bool:
    """Count a question of somebody unknown; False where his network, or all together, have asked too many."""
    with database.write() as connection:
        now = clock.now()
        own = f"check-{network_key(network)}"
        if not throttles.take(connection, own, now, PER_NETWORK, WINDOW):
            return False
        return throttles.take(connection, "check", now, OVERALL, WINDOW)
