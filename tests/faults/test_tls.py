"""Servers whose TLS cannot be trusted, behind a proxy: nothing is said to them, nothing lost, one alarm."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.certificates import Certificates, make_certificates
from support.faultproxy import FaultProxy
from support.imaprounds import SECRET, settings
from support.office import OUR_ADDRESS, Office, open_office, request
from support.scripted_imap import ScriptedImap, StoredMail

from triage.adapters.imap import ImapMailbox
from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.core.alarms import Notice, Pace, Tell
from triage.db import heartbeats, mails
from triage.errors import TriageError
from triage.service.alarms import Watchman
from triage.service.deliver import deliver_batch
from triage.service.health import STAGES
from triage.service.receive import receive

TEXT = "Đơn vị không đăng nhập được"
CAPABILITIES = "IMAP4rev1 STARTTLS MOVE UIDPLUS"


@dataclass(frozen=True, slots=True)
class Papers:
    """Certificates good and bad, and a file with the authorities of all."""

    good: Certificates
    bad: dict[str, Certificates]
    authorities: str


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("tls")
    good = make_certificates(folder / "good")
    bad = {
        "certificate has expired": make_certificates(folder / "expired", days=-1),
        "localhost": make_certificates(folder / "other", "DNS:other.example"),
    }
    known = folder / "authorities.pem"
    known.write_text("".join(one.authority.read_text() for one in (good, *bad.values())))
    return Papers(good, bad, str(known))


@dataclass
class Watch:
    """An office in which one stage works round by round, and its alarms."""

    office: Office
    stage: str
    work: Callable[[], object]
    told: list[Notice] = field(default_factory=list)
    error: str = ""

    def __post_init__(self) -> None:
        pace = Pace(timedelta(minutes=2), timedelta(minutes=30))
        self.watchman = Watchman(
            self.office.database, self.office.clock, {"receive": 60}, pace, [self.told.append]
        )

    def rounds(self, count: int) -> None:
        for _ in range(count):
            self.office.clock.forward(minutes=1)
            failed = None
            try:
                self.work()
            except TriageError as error:
                failed = self.error = str(error)
            with self.office.database.write() as connection:
                for stage in STAGES:
                    now = self.office.clock.now()
                    heartbeats.beat(connection, stage, now, failed if stage == self.stage else None)
            self.watchman.look()

    def goes_wrong_and_well(self, proxy: FaultProxy, words: str, mend: Callable[[], None]) -> None:
        """Let it fail, be mended and work: nothing is said before that, and two things are told."""
        self.told.clear()
        proxy.heard.clear()
        self.rounds(5)
        assert words in self.error
        for unsaid in (SECRET.encode(), b"LOGIN", b"AUTH", b"MAIL FROM", TEXT.encode()):
            assert unsaid not in proxy.heard
        mend()
        self.rounds(3)
        # Only one stage works here, so what waits for the others is told as well.
        told = [one for one in self.told if one.alarm.name == self.stage]
        assert [one.tell for one in told] == [Tell.RAISED, Tell.WELL]
        assert words in told[0].sentence
        assert told[0].alarm.todo_en
        # A new bad day is told anew only when the quiet after the last one is over.
        self.office.clock.forward(hours=2)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        yield office


def strip(said: bytes) -> bytes:
    """Take STARTTLS out of what a server offers, as somebody between would."""
    return said.replace(b"STARTTLS", b"XNOTHING")


Acts = tuple[Callable[[], None], Callable[[], None]]


def wrongs(proxy: FaultProxy, good: int, others: dict[str, int]) -> dict[str, Acts]:
    """Give what goes wrong, and how it ends, by words of the error; ``others`` are ports of bad servers."""
    return {
        **{
            words: (partial(proxy.lead_to, port), partial(proxy.lead_to, good))
            for words, port in others.items()
        },
        "STARTTLS": (partial(setattr, proxy, "edit", strip), partial(setattr, proxy, "edit", None)),
        "": (partial(setattr, proxy, "cut_handshake", True), partial(setattr, proxy, "cut_handshake", False)),
    }


def test_a_mailbox_that_cannot_be_trusted_gets_nothing_and_is_told_once(
    office: Office, papers: Papers
) -> None:
    with ExitStack() as stack:

        def server_with(paper: Certificates) -> ScriptedImap:
            return stack.enter_context(ScriptedImap(tls=paper.server_context(), capabilities=CAPABILITIES))

        good = server_with(papers.good)
        proxy = stack.enter_context(FaultProxy(good.port))
        box = ImapMailbox(
            settings(good, host="localhost", port=proxy.port, tls="starttls", ca_file=papers.authorities)
        )

        def work() -> None:
            receive(box, office.database, office.clock)
            office.process()

        watch = Watch(office, "receive", work)
        others = {words: server_with(paper).port for words, paper in papers.bad.items()}
        for number, (words, (spoil, mend)) in enumerate(wrongs(proxy, good.port, others).items(), 1):
            box.close()
            good.folders["INBOX"][number] = StoredMail(request(number=number, sender=f"a{number}@x.example"))
            spoil()
            watch.goes_wrong_and_well(proxy, words, mend)
            with office.database.read() as connection:
                assert mails.count_by_state(connection) == {"processed": number}
        box.close()


def test_an_outgoing_server_that_cannot_be_trusted_gets_nothing_and_is_told_once(
    office: Office, papers: Papers
) -> None:
    with ExitStack() as stack:

        def server_with(paper: Certificates) -> SmtpCatcher:
            return stack.enter_context(
                SmtpCatcher(username="hotro", password=SECRET, tls="starttls", context=paper.server_context())
            )

        good = server_with(papers.good)
        proxy = stack.enter_context(FaultProxy(good.port))
        sender = SmtpSender(
            SmtpSettings(
                "localhost",
                proxy.port,
                OUR_ADDRESS,
                ca_file=papers.authorities,
                username="hotro",
                password=SECRET,
                timeout_seconds=5,
            )
        )
        watch = Watch(
            office, "deliver", lambda: deliver_batch(sender, office.database, office.clock, "worker")
        )
        others = {words: server_with(paper).port for words, paper in papers.bad.items()}
        for number, (words, (spoil, mend)) in enumerate(wrongs(proxy, good.port, others).items(), 1):
            sender.close()
            office.store(request(number=number, sender=f"a{number}@x.example"))
            office.process()
            spoil()
            watch.goes_wrong_and_well(proxy, words, mend)
            assert len({message.raw for message in good.messages}) == len(good.messages) == number
        sender.close()
