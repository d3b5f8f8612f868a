"""Who gets onto a ticket by its code or its thread, and who does not: one table of mails that try to."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import idna
from support.office import Office, open_office, request
from support.oneticket import person, ticket

from triage.core.parse import read_mail
from triage.core.people import Person, Role
from triage.core.units import UnitSort
from triage.db import decisions, mails, outbox, parties, tickets, units
from triage.service import desk, handling
from triage.service.errands import Errand
from triage.service.merging import merge
from triage.service.persons import erase

SUBJECT = "bảng kê tháng Chín"
TREASURY = "Nam Định"
"""With the subject, the address and the code, what a ticket holds and no stranger may learn from us."""

TEXTS = {
    "@forged": "mx1.vst.gov.vn; spf=fail smtp.mailfrom={house}; dmarc=fail header.from={house}",
    "@quote": "Tôi cũng bị lỗi này.\r\n\r\nVào 16/11/2026 09:30, Hỗ trợ <hotrocntt@vst.gov.vn> đã viết:\r\n"
    "> Mã {code}",
    "@sent_on": "Gửi anh xem.\r\n\r\n---------- Forwarded message ---------\r\nTừ: <{ketoan}>\r\n"
    "Subject: {code}\r\n",
    "@mixed": 'multipart/mixed; boundary="x"',
    "@attached": "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nXin xem tệp kèm.\r\n--x\r\n"
    'Content-Type: text/plain; name="{code}.txt"\r\n'
    'Content-Disposition: attachment; filename="{code}.txt"\r\n\r\nx\r\n--x--\r\n',
}
TABLE = Path(__file__).with_name("hijack.toml")


@dataclass
class Scene:
    """The tickets of one row: ``code`` of a unit, ``own`` of the same, ``foreign`` of another one."""

    office: Office
    agent: Person
    number: int
    mail_numbers: "count[int]"
    words: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        house, other = f"mot{self.number}.example", f"hai{self.number}.example"
        self.words |= {
            "house": house,
            "ketoan": f"ketoan@{house}",
            "sep": f"sep@{house}",
            "khac": f"ketoan@{other}",
            "la": f"la{self.number}@gmail.com",
        }
        for name, letters in (("thue", "thuế"), ("alike", "thuе")):
            lettered = f"{letters}{self.number}.example"
            encoded = idna.encode(lettered).decode()
            self.words |= {
                f"{name}_house": lettered,
                name: f"ketoan@{lettered}",
                f"{name}_sep": f"sep@{lettered}",
            }
            self.words |= {f"{name}_encoded": f"ketoan@{encoded}", f"{name}_sep_encoded": f"sep@{encoded}"}

    def take_in(self, fields: dict[str, str]) -> int:
        """Process one mail and give its number."""
        filled = {name: TEXTS.get(text, text).format(**self.words) for name, text in fields.items()}
        self.office.store(request(number=next(self.mail_numbers), **filled))
        self.office.process()
        with self.office.database.read() as connection:
            return max(row.id for row in mails.listed(connection))

    def open(self, name: str, **fields: str) -> None:
        """Open a ticket; its code and the Message-IDs of its mail and of its letter get names."""
        mail_id = self.take_in({"subject": f"[0260#DVC] Lỗi {SUBJECT}", "sender": "{ketoan}"} | fields)
        with self.office.database.read() as connection:
            ticket_id, code = tickets.of_mail(connection, mail_id)
            letters = outbox.listed(connection, ticket_id=ticket_id)
            [mail] = mails.listed(connection, ids=[mail_id])
        assert code
        self.words |= {name: code, f"{name}_mail": mail.message_id}
        self.words |= {f"{name}_letter": letter.message_id for letter in letters}

    def errand(self, act: str, code: str) -> Errand:
        return Errand(self.agent, self.words[code], f"{act}-{self.number}", "xong")

    def writers(self, code: str = "code") -> set[str]:
        with self.office.database.read() as connection:
            rows = parties.of_ticket(connection, ticket(self.office, self.words[code]).id)
            return {address for address, role in rows if role == "writer"}

    def letters_to(self, address: str) -> list[tuple[str, bytes]]:
        """Give the letters to an address with what they hold, the oldest first."""
        with self.office.database.read() as connection:
            rows = [row for row in reversed(outbox.listed(connection)) if row.recipient == address]
            return [(row.letter, outbox.content_of(connection, row.id) or b"") for row in rows]


def closed(scene: Scene, days: int) -> None:
    desk.close(scene.office.database, scene.office.clock, scene.words["code"], note="xong", actor="agent")
    scene.office.clock.forward(days=days)


def merged(scene: Scene) -> None:
    """Merge the ticket into that of another unit: both units stand on that one from then on."""
    office, errand = scene.office, scene.errand("merge", "code")
    merge(office.database, office.clock, errand, office.means.rules, scene.words["foreign"])


def held(scene: Scene) -> None:
    office, errand = scene.office, scene.errand("hold", "code")
    handling.hold(office.database, office.clock, errand, office.means.rules, why="đang xác minh")


def erased(scene: Scene) -> None:
    erase(
        scene.office.database, scene.office.clock, scene.words["ketoan"], reason="theo yêu cầu", actor="agent"
    )


def told(scene: Scene) -> None:
    """Let a party write with a colleague and a stranger in copy."""
    scene.take_in({"subject": "Re: {code}", "sender": "{ketoan}", "cc": "{sep}, {la}"})


def in_the_directory(scene: Scene, entries: int, house: str = "house") -> None:
    """List units that all say they write from one domain, that of the party where no other is given."""
    for number in range(entries):
        values = {
            "name": f"Trường {scene.number}.{number}",
            "sort": UnitSort.BUDGET.value,
            "changed_at": scene.office.clock.now(),
            "changed_by": "agent",
        }
        with scene.office.database.write() as connection:
            units.put(connection, None, values, [scene.words[house]])


def shared_in_letters(scene: Scene) -> None:
    scene.open("trap", sender="{thue}")
    in_the_directory(scene, 2, "thue_house")


BEFORE: dict[str, Callable[[Scene], None]] = {
    "closed 3 days ago": lambda scene: closed(scene, 3),
    "closed 40 days ago": lambda scene: closed(scene, 40),
    "merged into foreign": merged,
    "held": held,
    "party erased": erased,
    "stranger and colleague in copy": told,
    "one unit of this domain": lambda scene: in_the_directory(scene, 1),
    "two units of this domain": lambda scene: in_the_directory(scene, 2),
    "trap in letters": lambda scene: scene.open("trap", sender="{thue}"),
    "trap in Punycode": lambda scene: scene.open("trap", sender="{thue_encoded}"),
    "trap in letters, two units of its domain": shared_in_letters,
    "trap by Reply-To": lambda scene: scene.open("trap", reply_to="{la}"),
    "trap by From": lambda scene: scene.open("trap", sender="{ketoan}, {la}"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A mail and what must come of it, as hijack.toml explains."""

    what: str
    sender: str
    outcome: str
    mail: dict[str, str] = field(default_factory=dict)
    before: str = ""
    joins: str = ""
    letter: str = ""
    writers: tuple[str, ...] = ()
    names: str = "code"

    def needs(self) -> str:
        """Give all that may name another ticket than the first, which is opened only then."""
        return f"{self.mail} {self.joins} {self.names} {self.before}"


def table() -> list[Row]:
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["row"]
    return [Row(sender=row.pop("from"), **row) for row in rows]


def test_nobody_gets_onto_a_ticket_by_what_anybody_can_write(database_url: str) -> None:
    with open_office(database_url) as office:
        agent, numbers = person(office, "lan", Role.AGENT), count(1)
        wrong = {}
        for number, row in enumerate(table(), 1):
            if faults := list(faults_of(Scene(office, agent, number, numbers), row)):
                wrong[row.what] = faults
    assert not wrong, "\n".join(f"{what}: {faults}" for what, faults in wrong.items())


def faults_of(scene: Scene, row: Row) -> list[str]:
    """Give what came otherwise than the row says."""
    scene.open("code")
    if "own" in row.needs():
        scene.open("own", subject="[0260#DVC] Việc khác")
    if "foreign" in row.needs():
        scene.open("foreign", sender="{khac}")
    code = scene.words["code"]
    scene.words |= {
        "lower": code.lower(),
        "blanks": code.replace("SD", "SD  ").replace("-", " - "),
        "pasted": code.replace("-", "\u2011\u200b"),
    }
    if row.before:
        BEFORE[row.before](scene)
    writers_then = scene.writers(row.names)
    sender = read_mail(request(sender=row.sender.format(**scene.words))).sender.address
    letters_then = len(scene.letters_to(sender))
    mail_id = scene.take_in({"sender": row.sender, "subject": "Nhờ xem giúp"} | row.mail)
    with scene.office.database.read() as connection:
        decided = decisions.latest(connection, mail_id)
        joined = tickets.of_mail(connection, mail_id)[1]
    assert decided
    known = [name for name in ("code", "own", "foreign", "trap") if scene.words.get(name) == joined]
    letters = scene.letters_to(sender)
    sent = [letter for letter, _ in letters[letters_then:]]
    became = scene.writers(row.names) - writers_then
    seen = {
        "outcome": (decided.document["outcome"], row.outcome),
        "ticket": (known, [row.joins] if row.joins else []),
        "letter": (sent, [row.letter] if row.letter else []),
        "writers": (became, {scene.words[name] for name in row.writers}),
        "other letters": (letters_of_strangers(scene, row), []),
        "told": (told_to_strangers(scene), []),
    }
    return [f"{what}: {got}, not {wanted}" for what, (got, wanted) in seen.items() if got != wanted]


def letters_of_strangers(scene: Scene, row: Row) -> list[str]:
    """Give the letters to whoever only stood in a party's mail."""
    if row.sender != "{ketoan}":
        return []
    return [letter for name in ("la", "sep") for letter, _ in scene.letters_to(scene.words[name])]


def told_to_strangers(scene: Scene) -> list[str]:
    """Give what letters to the stranger say of tickets that are not his."""
    text = "".join(
        f"{mail.subject}\n{mail.text}\n{mail.header('References')}"
        for _, content in scene.letters_to(scene.words["la"])
        for mail in [read_mail(content)]
    )
    secret = (
        SUBJECT,
        TREASURY,
        scene.words["ketoan"],
        *(scene.words[name] for name in ("code", "own", "foreign") if name in scene.words),
    )
    return [word for word in secret if word.lower() in text.lower()]
