"""Several mailboxes: who answers a mail, what becomes of one that came to two, and what is told of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.utils import parseaddr

import pytest
from sqlalchemy import func, select
from support.catcher import SmtpCatcher
from support.imapserver import ImapAccount
from support.office import MONDAY, OUR_ADDRESS, Office, open_office, request
from support.oneticket import CODE, person, ticket
from support.scripted_imap import ScriptedImap

from triage.adapters.embedded import EmbeddedImap
from triage.adapters.imap import ImapMailbox, ImapSettings
from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.core.alarms import Notice, Pace
from triage.core.people import Role
from triage.db import heartbeats, mails
from triage.db.schema import alarms, decisions, outbox, tickets
from triage.errors import SmtpError
from triage.ports import Deferred, Delivered, FetchedMail
from triage.service.alarms import Watchman
from triage.service.answering import Answer, send
from triage.service.archiving import import_mails
from triage.service.errands import Errand
from triage.service.health import check_health
from triage.service.means import Ours
from triage.service.once import Summary, run_once
from triage.service.receive import receive_round

MAIN_BOX, REPORTS_BOX = "hotro@imap.example/INBOX", "baocao@imap.example/INBOX"
REPORTS_ADDRESS, REPORTS_REPLIES = "baocao@vst.gov.vn", "tiepnhan@vst.gov.vn"
BOTH = {"receive": 60.0, "receive:reports": 60.0}


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        rules = office.means.rules
        known = rules.office.aliases | {REPORTS_ADDRESS, REPORTS_REPLIES}
        office.means = replace(
            office.means,
            rules=replace(rules, office=replace(rules.office, aliases=known)),
            boxes={REPORTS_BOX: Ours(REPORTS_ADDRESS, REPORTS_REPLIES)},
        )
        yield office


def arrive(office: Office, box: str, *raws: bytes, uid: int = 1) -> None:
    with office.database.write() as connection:
        fetched = [FetchedMail(uid + n, MONDAY, raw) for n, raw in enumerate(raws)]
        mails.store(connection, box, 1, fetched, office.clock.now())


def written(office: Office) -> list[tuple[str, str]]:
    """Give From and Reply-To of every letter in the outbox."""
    with office.database.read() as connection:
        found = connection.scalars(select(outbox.c.content).order_by(outbox.c.id)).all()
    letters = [message_from_bytes(raw, policy=policy.default) for raw in found]
    return [(parseaddr(one["From"])[1], one["Reply-To"] or "") for one in letters]


def test_a_mail_is_answered_from_the_address_of_the_mailbox_that_it_came_to(office: Office) -> None:
    arrive(office, MAIN_BOX, request(number=1))
    arrive(office, REPORTS_BOX, request("[0010#DVC] Lỗi báo cáo", number=2, sender="b@hai.example"))
    office.process()
    assert sorted(written(office)) == [(REPORTS_ADDRESS, REPORTS_REPLIES), (OUR_ADDRESS, "")]


def test_a_person_answers_from_the_address_that_the_last_mail_came_to(office: Office) -> None:
    arrive(office, MAIN_BOX, request(number=1))
    office.process()
    more = request("Re: Lỗi", number=2, in_reply_to="<mail-1@thcs-hoamai.example>", text="Vẫn còn lỗi ạ.")
    arrive(office, REPORTS_BOX, more)
    office.process()
    lan = person(office, "lan", Role.AGENT)
    errand = Errand(lan, CODE, "key-1", "Sẽ gửi.", version=ticket(office).version)
    send(office.database, office.means, errand, Answer("Đơn vị đăng nhập lại."), recall_seconds=20)
    assert written(office)[-1] == (REPORTS_ADDRESS, REPORTS_REPLIES)


def test_a_ticket_of_an_old_mail_is_answered_from_the_mailbox_that_it_was_of(office: Office) -> None:
    old = [request(number=1)]
    assert import_mails(office.database, office.clock, "a>b.mbox", old, REPORTS_BOX).stored == 1
    assert import_mails(office.database, office.clock, "a>b.mbox", old, REPORTS_BOX).stored == 0
    office.process()
    assert written(office) == []
    lan = person(office, "lan", Role.AGENT)
    errand = Errand(lan, CODE, "key-1", "Sẽ gửi.", version=ticket(office).version)
    send(office.database, office.means, errand, Answer("Đơn vị đăng nhập lại."), recall_seconds=20)
    assert written(office) == [(REPORTS_ADDRESS, REPORTS_REPLIES)]
    assert mails.mailbox_of(mails.imported_as("a>b.mbox")) not in office.means.boxes


def test_a_mail_that_came_to_two_mailboxes_makes_one_ticket_and_one_letter(office: Office) -> None:
    raw = request(number=1)
    arrive(office, REPORTS_BOX, b"Delivered-To: baocao@vst.gov.vn\r\n" + raw)
    arrive(office, MAIN_BOX, b"Delivered-To: hotrocntt@vst.gov.vn\r\n" + raw)
    office.process()
    with office.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(mails.mails)) == 2
        assert connection.scalar(select(func.count()).select_from(tickets)) == 1
        assert connection.scalar(select(func.count()).where(decisions.c.acting)) == 1
    assert written(office) == [(REPORTS_ADDRESS, REPORTS_REPLIES)]


def test_what_one_mailbox_sent_is_no_request_to_another(office: Office) -> None:
    arrive(office, MAIN_BOX, request(number=1, sender=f"Báo cáo <{REPORTS_ADDRESS}>"))
    arrive(office, REPORTS_BOX, request(number=2, sender=f"Hỗ trợ <{OUR_ADDRESS}>"))
    office.process()
    assert written(office) == []


def test_bounces_come_back_to_the_mailbox_that_a_letter_is_from(catcher: SmtpCatcher) -> None:
    settings = SmtpSettings(
        "127.0.0.1", catcher.port, OUR_ADDRESS, tls="none", others=frozenset({REPORTS_ADDRESS})
    )
    sender = SmtpSender(settings)
    for address in (OUR_ADDRESS, REPORTS_ADDRESS, "la@khac.example"):
        letter = f'From: "Báo cáo" <{address}>\r\nTo: b@x.example\r\nSubject: x\r\n\r\nx\r\n'.encode()
        assert isinstance(sender.send("b@x.example", letter), Delivered)
    sender.close()
    assert [one.envelope_from for one in catcher.messages] == [OUR_ADDRESS, REPORTS_ADDRESS, OUR_ADDRESS]


def test_an_address_that_the_server_refuses_puts_off_its_own_letters_alone(catcher: SmtpCatcher) -> None:
    settings = SmtpSettings(
        "127.0.0.1", catcher.port, OUR_ADDRESS, tls="none", others=frozenset({REPORTS_ADDRESS})
    )
    sender = SmtpSender(settings)
    refused = "550 5.7.60 not permitted to send as this sender"
    catcher.answer("mail", refused)
    letter = f"From: {REPORTS_ADDRESS}\r\nTo: b@x.example\r\nSubject: x\r\n\r\nx\r\n".encode()
    done = sender.send("b@x.example", letter)
    assert isinstance(done, Deferred)
    assert REPORTS_ADDRESS in done.response
    catcher.answer("mail", refused)
    with pytest.raises(SmtpError, match=OUR_ADDRESS):
        sender.send("b@x.example", letter.replace(REPORTS_ADDRESS.encode(), OUR_ADDRESS.encode()))
    sender.close()


@contextmanager
def account(user: str) -> Iterator[ImapAccount]:
    with EmbeddedImap(user, "correct horse") as server:
        yield ImapAccount(server.host, server.port, user, "correct horse", direct_append=server.append)


def work_off(office: Office, catcher: SmtpCatcher, **boxes: ImapSettings) -> Summary:
    sender = SmtpSender(SmtpSettings("127.0.0.1", catcher.port, OUR_ADDRESS, tls="none"))
    try:
        mailboxes = {name: ImapMailbox(settings) for name, settings in boxes.items()}
        return run_once(mailboxes, [sender], office.database, office.means, "worker")
    finally:
        sender.close()


def test_a_mailbox_that_cannot_be_read_keeps_nothing_from_the_others(
    office: Office, catcher: SmtpCatcher
) -> None:
    with account("hotro@vst.example") as main, account("baocao@vst.example") as reports:
        main.append(request(number=1))
        reports.append(request("[0010#DVC] Báo cáo", number=2, sender="b@hai.example"))
        wrong = replace(reports.settings(name="reports"), password="wrong")
        done = work_off(office, catcher, main=main.settings(), reports=wrong)
        assert (done.received.stored, done.delivered.sent) == (1, 1)
        [told] = done.errors
        assert told.startswith("Mailbox reports: ")
        assert "refuses" in told
        done = work_off(office, catcher, main=main.settings(), reports=reports.settings(name="reports"))
        assert (done.received.stored, done.errors) == (1, [])
        assert main.raw_mails() == reports.raw_mails() == []


def test_a_mailbox_whose_server_says_nothing_is_told_and_the_others_are_read_meanwhile(
    office: Office, catcher: SmtpCatcher
) -> None:
    with account("hotro@vst.example") as main, ScriptedImap(greeting=None) as silent:
        main.append(request(number=1))
        dumb = ImapSettings("127.0.0.1", silent.port, "none", "baocao", "x", timeout_seconds=0.5)
        done = work_off(office, catcher, main=main.settings(), reports=dumb)
        assert done.delivered.sent == 1
        assert [told.partition(":")[0] for told in done.errors] == ["Mailbox reports"]
        assert not done.is_clean


def beat(office: Office, **errors: str) -> None:
    with office.database.write() as connection:
        for stage in (*BOTH, "process", "deliver"):
            heartbeats.beat(connection, stage, office.clock.now(), errors.get(stage.replace(":", "_")))


def test_health_names_the_mailbox_that_is_not_read(office: Office) -> None:
    beat(office, receive_reports="The server refuses.")
    told = {one.name: one.sentence for one in check_health(office.database, office.clock, BOTH) if not one.ok}
    assert told == {"receive:reports": "Stage receive (mailbox reports) fails: The server refuses."}
    office.clock.forward(minutes=10)
    late = [one.sentence for one in check_health(office.database, office.clock, BOTH) if not one.ok]
    assert "Stage receive (mailbox main) last finished a round 10 minutes ago." in late
    assert all(one.name != "receive:reports" for one in check_health(office.database, office.clock))


def test_each_mailbox_has_alarms_of_its_own(office: Office) -> None:
    told: list[Notice] = []
    pace = Pace(timedelta(minutes=2), timedelta(minutes=60))
    watch = Watchman(office.database, office.clock, BOTH, pace, [told.append])
    for _ in range(5):
        beat(office, receive_reports="refused")
        watch.look()
        office.clock.forward(minutes=1)
    [notice] = told
    assert (notice.alarm.name, notice.alarm.page) == ("receive:reports", "receive")
    assert notice.alarm.what.endswith("(hộp thư reports)")
    assert "mailbox reports" in notice.sentence
    beat(office)
    watch.look()
    assert [one.alarm.name for one in told] == ["receive:reports"] * 2


def test_an_alarm_of_a_mailbox_that_is_read_no_longer_does_not_stand_for_ever(office: Office) -> None:
    pace = Pace(timedelta(0), timedelta(minutes=60))
    beat(office, receive_reports="refused")
    Watchman(office.database, office.clock, BOTH, pace, ()).look()
    alone = Watchman(office.database, office.clock, {"receive": 60.0}, pace, ())
    alone.look()
    with office.database.read() as connection:
        assert connection.scalars(select(alarms.c.name)).all() == []


def test_what_a_server_refuses_is_kept_for_its_own_mailbox(office: Office) -> None:
    with ScriptedImap({1: request(number=1)}) as main, ScriptedImap({1: request(number=2)}) as reports:
        reports.tell(r"UID MOVE", "NO [OVERQUOTA] full")
        for name, server in (("main", main), ("reports", reports)):
            settings = ImapSettings("127.0.0.1", server.port, "none", name, "x", timeout_seconds=5)
            mailbox = ImapMailbox(settings)
            receive_round(mailbox, office.database, office.clock, name=name)
            mailbox.close()
    beat(office)
    wrong = [one for one in check_health(office.database, office.clock, BOTH) if not one.ok]
    assert [one.name for one in wrong] == ["mailbox:reports"]
    assert wrong[0].sentence.startswith("Mailbox reports: ")
