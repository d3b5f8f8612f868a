"""How often a sign-in may go wrong: by account and by network, so that nobody guesses for long.

A try is counted before it is looked at and taken back where it was right: of many at the same moment no more
get through than may. What is asked beyond the limit is not counted, so that the door opens again by itself.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import Connection

from triage.db import audit, people, throttles
from triage.db.engine import Database
from triage.errors import ThrottledError

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_NETWORK = 50

STRANGER = "unknown"
"""Who stands in the audit for a login that there is not."""


def account_try(database: Database, name: str, network: str, now: datetime) -> None:
    """Count a try to sign in. Raises ThrottledError where account or network have had too many."""
    with database.write() as connection:
        for key, limit in ((account_key(name), PER_ACCOUNT), (network_key(network), PER_NETWORK)):
            if not throttles.take(connection, key, now, limit, WINDOW):
                actor = name if people.find(connection, name) else STRANGER
                audit.append(connection, now, actor, "throttled", network=network, data={"by": key[:7]})
                break
        else:
            return
    raise ThrottledError(int(WINDOW.total_seconds() // 60))


def forgive(connection: Connection, name: str, network: str, now: datetime) -> None:
    """Take back what a right sign-in has counted, and the wrong ones of that account before it."""
    throttles.clear(connection, account_key(name))
    forgive_network(connection, network, now)


def forgive_network(connection: Connection, network: str, now: datetime) -> None:
    """Take back a try that was right so far: many people come in from one network in the morning."""
    throttles.give_back(connection, network_key(network), now)


def account_key(name: str) -> str:
    """Give the name under which the tries of an account are counted."""
    return f"account:{name[:64]}"


def network_key(network: str) -> str:
    """Give the name under which the tries of a network are counted; one line has a whole /64 of IPv6."""
    try:
        address = ip_address(network)
    except ValueError:
        return f"network:{network[:64]}"
    if isinstance(address, IPv6Address):
        return f"network:{ip_network((address, 64), strict=False)}"
    return f"network:{address}"
