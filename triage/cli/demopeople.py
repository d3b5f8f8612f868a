"""The people of triage demo: one for each role, with a password that is made anew each time."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from triage.app import App
from triage.core.people import Role
from triage.core.tokens import hash_of
from triage.service import people
from triage.service.arrivals import Arrival
from triage.service.invitations import accept
from triage.service.people import Newcomer

NEWCOMERS = (
    Newcomer("lan", "Nguyễn Thị Lan", Role.AGENT, email="lan@kho-bac.example"),
    Newcomer("ha", "Phạm Thu Hà", Role.COORDINATOR, ("0010",), email="ha@kho-bac.example"),
    Newcomer("thu", "Lê Minh Thu", Role.COORDINATOR, ("3110",), email="thu@kho-bac.example"),
    Newcomer("an", "Võ Hoài An", Role.SECURITY, email="an@kho-bac.example"),
    Newcomer("kiem", "Đỗ Văn Kiểm", Role.AUDITOR, email="kiem@kho-bac.example"),
    Newcomer("tri", "Bùi Minh Trí", Role.ADMIN, email="tri@kho-bac.example"),
)
"""Their letters go to the demo's own SMTP catcher, which delivers none."""

NO_CODES: frozenset[Role] = frozenset()
"""Nobody needs a second factor here: the desk of a demo is served to this machine alone, for its time."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Who can sign in, and the password of them all."""

    newcomers: tuple[Newcomer, ...]
    password: str


def settle(service: App) -> Settled:
    """Invite everybody and accept for them."""
    password = f"demo-{secrets.token_hex(4)}"
    clock = service.means.clock
    for one in NEWCOMERS:
        invited = people.add(service.database, clock, service.means.rules, one, actor="triage demo")
        over_at_once = Arrival(hash_of(secrets.token_urlsafe()), "", "triage demo", timedelta(0))
        accept(service.database, clock, invited.token, password, over_at_once, NO_CODES)
    return Settled(NEWCOMERS, password)
