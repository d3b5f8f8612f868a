"""A desk that has worked the sample mailbox, with a person for each role."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from support.deskserver import DeskServer, desk_of
from support.office import open_office

from triage.db import tickets
from triage.demo import sample_mails

PEOPLE = (
    ("lan", "agent", "Nguyễn Thị Lan", ()),
    ("minh", "agent", "Trần Quang Minh", ()),
    ("thu", "coordinator", "Lê Minh Thu", ("3110",)),
    ("ha", "coordinator", "Phạm Thu Hà", ("0010",)),
    ("an", "security", "Võ Hoài An", ()),
    ("kiem", "auditor", "Đỗ Văn Kiểm", ()),
    ("tri", "admin", "Bùi Quản Trị", ()),
)

PAGES = (
    ("", "/sign-in"),
    ("lan", "/"),
    ("lan", "/tickets"),
    ("lan", "/queues/0010"),
    ("lan", "/tickets/{code}"),
    ("lan", "/m/1"),
    ("lan", "/search?q=ho+so"),
    ("lan", "/account"),
    ("lan", "/approvals"),
    ("an", "/security"),
    ("an", "/senders"),
    ("thu", "/tickets"),
    ("thu", "/reports"),
    ("tri", "/people"),
    ("tri", "/people/lan"),
    ("kiem", "/audit"),
    ("tri", "/operations"),
    ("tri", "/rules"),
    ("lan", "/none"),
)
"""Pages that people look at, each by somebody who may; ``{code}`` is that of a ticket."""


@contextmanager
def sample_desk(folder: Path) -> Iterator[DeskServer]:
    """Serve a desk on a new database in a folder; its clock stands 15 minutes after the last mail."""
    with open_office(f"sqlite:///{folder / 'triage.sqlite'}") as office, desk_of(office) as server:
        for _, received_at, raw in sample_mails():
            office.clock.moment = received_at + timedelta(minutes=1)
            office.store(raw, received_at=received_at)
            office.process()
        office.clock.forward(minutes=15)
        for name, role, display_name, queues in PEOPLE:
            server.person(name, role, *queues, display_name=display_name)
        yield server


def codes(desk: DeskServer) -> list[str]:
    """Give the codes of all tickets, the oldest first."""
    with desk.office.database.read() as connection:
        return [row.code for row in reversed(tickets.listed(connection))]
