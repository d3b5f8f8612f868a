"""The folders of queues on a real server, kept by a keeper of an office: what stands in them."""

import itertools
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from imapclient import IMAPClient
from support.imapserver import ImapAccount
from support.office import Office, open_office, request
from support.oneticket import CODE, person, ticket

from triage.adapters.imap_queues import ImapQueueFolders
from triage.core.parse import read_mail
from triage.core.people import Person, Role
from triage.db import mails, queuecopies, tickets
from triage.service import handling
from triage.service.errands import Errand
from triage.service.queuefolders import Keeper

Contents = dict[str, list[str]]
"""By place the Message-IDs that stand there and are not marked as deleted, doubles too."""


@dataclass
class Mirror:
    """An office whose tickets are shown on a server; ``keep`` does all that is to be done."""

    account: ImapAccount
    office: Office
    separator: str = "/"
    prefix: str = ""
    keeper: Keeper = field(init=False)
    lan: Person = field(init=False)
    _keys: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.keeper = self.new_keeper()
        self.lan = person(self.office, "lan", Role.AGENT)

    def new_keeper(self, **changes: object) -> Keeper:
        """A keeper as the next start of the service makes it."""
        settings = self.account.settings(**changes)
        return Keeper(ImapQueueFolders(settings), self.office.database, lambda: self.office.means, 90)

    def keep(self) -> None:
        while self.keeper.round():
            pass

    def arrive(self, number: int, treasury: str = "0010", **more: str) -> bytes:
        """Let a request come in, of a sender and at a second of its own, and be processed; give its bytes."""
        more.setdefault("sender", f"Kế toán <ketoan@truong-{number}.example>")
        raw = request(f"[{treasury}#DVC] Lỗi {number}", number=number, **more)
        self.office.clock.forward(seconds=1)
        self.office.store(raw)
        self.office.process()
        return raw

    def errand(self, code: str = CODE) -> Errand:
        return Errand(self.lan, code, f"key-{next(self._keys)}", "xong")

    def close(self, code: str = CODE) -> None:
        office = self.office
        handling.close(office.database, office.clock, self.errand(code), "solved", note="")

    def reroute(self, to: str, code: str = CODE) -> None:
        office = self.office
        rules, was = office.means.rules, ticket(office, code).queue
        errand = self.errand(code)
        handling.reroute(office.database, office.clock, errand, rules, to, why="nhầm", was=was)

    def reopen(self, code: str = CODE) -> None:
        office = self.office
        handling.reopen(office.database, office.clock, self.errand(code), office.means.rules, why="còn lỗi")

    def hold(self, code: str = CODE) -> None:
        office = self.office
        handling.hold(office.database, office.clock, self.errand(code), office.means.rules, why="lạ")

    def shown(self) -> Contents:
        """Look at the folders with a client that is not ours."""
        found: Contents = {}
        with self.account.client() as client:
            for place, name in self.names(client).items():
                client.select_folder(name, readonly=True)
                answers = client.fetch(client.search("UNDELETED"), ["BODY.PEEK[]"])
                ids = sorted(read_mail(one[b"BODY[]"]).message_id for one in answers.values())
                if ids:
                    found[place] = ids
        return found

    def names(self, client: IMAPClient) -> dict[str, str]:
        """Give the folders of queues by their place."""
        root = f"{self.prefix}Queues{self.separator}"
        listed = (name for flags, _separator, name in client.list_folders() if b"\\Noselect" not in flags)
        return {
            name.removeprefix(root).replace(self.separator, "/"): name
            for name in listed
            if name.startswith(root)
        }

    def expected(self) -> Contents:
        """Give what should stand in the folders, by the tickets and the mails that name them."""
        found: Contents = {}
        with self.office.database.read() as connection:
            stored = {row.id: row.message_id for row in mails.listed(connection)}
            for row in tickets.listed(connection):
                place = f"{row.queue}/Closed" if row.status == "closed" else row.queue
                numbers = tickets.mail_ids(connection, row.id)
                found[place] = sorted([*found.get(place, []), *(stored[number] for number in numbers)])
        return found

    def all_is_well(self, foreign: Collection[str] = ()) -> None:
        """Demand that each mail stands where it should, once, and that just this is noted."""
        shown = {
            place: mine
            for place, numbers in self.shown().items()
            if (mine := [number for number in numbers if number not in foreign])
        }
        assert shown == self.expected()
        assert {place: self.noted(place) for place in shown} == {
            place: len(numbers) for place, numbers in shown.items()
        }

    def noted(self, place: str) -> int:
        with self.office.database.read() as connection:
            return len(queuecopies.noted_in(connection, place))


def ids(*numbers: int) -> list[str]:
    return sorted(f"<mail-{number}@thcs-hoamai.example>" for number in numbers)


@contextmanager
def mirror(account: ImapAccount, url: str, separator: str = "/", prefix: str = "") -> Iterator[Mirror]:
    with open_office(url) as office:
        yield Mirror(account, office, separator, prefix)
