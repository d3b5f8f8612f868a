"""The folders of queues on a real Dovecot show the mails of each queue, once, and follow the tickets."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from imapclient import IMAPClient
from sqlalchemy import update
from support.dovecot import DovecotServer
from support.faultproxy import Act, Fault, FaultProxy
from support.imapserver import ImapAccount
from support.mirror import Mirror, ids, mirror
from support.office import MONDAY, request
from support.oneticket import CODE, ticket

from triage.core.parse import read_mail
from triage.core.queuefolders import OURS
from triage.core.retention import RetentionClass, Terms
from triage.db import mails, tickets
from triage.db.schema import queue_copies
from triage.errors import MailboxError
from triage.service import persons
from triage.service.merging import merge, unmerge
from triage.service.queuefolders import MOST_IN_ROUND, keep_all
from triage.service.retention import keep_terms
from triage.service.splitting import split
from triage.service.trust import confirm_impostor, release

SECOND = "SD261116-000002"

pytestmark = pytest.mark.dovecot


@pytest.fixture
def site(dovecot: ImapAccount, database_url: str) -> Iterator[Mirror]:
    with mirror(dovecot, database_url) as site:
        yield site


@pytest.fixture
def embedded(pymap_server: ImapAccount, database_url: str) -> Iterator[Mirror]:
    with mirror(pymap_server, database_url) as site:
        yield site


def the_client(site: Mirror) -> AbstractContextManager[IMAPClient]:
    """Another client than ours, in the folder of the central treasury of these tests."""
    return site.account.client("Queues/0010")


def test_the_mails_of_an_open_ticket_stand_in_the_folder_of_its_queue_as_they_came(site: Mirror) -> None:
    raws = [site.arrive(1), site.arrive(2, "3110")]
    site.arrive(3, "Không rõ")
    site.keep()
    assert site.shown() == {"0010": ids(1), "3110": ids(2), "unrouted": ids(3)}
    assert site.account.raw_mails("Queues/0010") + site.account.raw_mails("Queues/3110") == raws
    with the_client(site) as client:
        [answer] = client.fetch(client.search(), ["INTERNALDATE", "FLAGS"]).values()
        assert answer[b"INTERNALDATE"] == MONDAY + timedelta(seconds=1)
        assert {b"$TriageNew", b"$TriageCopy"} <= set(answer[b"FLAGS"])
        assert b"\\Seen" not in answer[b"FLAGS"]
        assert "Queues/0010" in [name for *_, name in client.list_sub_folders()]


def test_the_embedded_server_shows_the_same(embedded: Mirror) -> None:
    site = embedded
    site.arrive(1)
    site.arrive(2)
    site.keep()
    assert site.shown() == {"0010": ids(1, 2)}
    site.close()
    site.keep()
    assert site.shown() == {"0010": ids(2), "0010/Closed": ids(1)}
    site.office.clock.forward(hours=2)
    site.keep()
    assert site.shown() == {"0010": ids(2), "0010/Closed": ids(1)}


def test_where_nothing_has_changed_nobody_connects(site: Mirror) -> None:
    with FaultProxy(site.account.port) as proxy:
        site.keeper = site.new_keeper(port=proxy.port)
        site.arrive(1)
        site.keep()
        assert proxy.lines
        proxy.arm(None)
        assert site.keeper.round() is False
        assert proxy.lines == []


def test_a_ticket_that_moves_takes_its_mails_along(site: Mirror) -> None:
    site.arrive(1)
    site.arrive(2)
    site.keep()
    site.reroute("3110")
    site.keep()
    assert site.shown() == {"0010": ids(2), "3110": ids(1)}


def test_closed_tickets_have_a_folder_of_their_own_and_come_back(site: Mirror) -> None:
    site.arrive(1)
    site.keep()
    site.close()
    site.keep()
    assert site.shown() == {"0010/Closed": ids(1)}
    site.reopen()
    site.keep()
    assert site.shown() == {"0010": ids(1)}
    site.close()
    site.keep()
    site.office.clock.forward(days=91)
    site.keep()
    assert site.shown() == {}


def test_marks_say_how_the_ticket_stands(site: Mirror) -> None:
    site.arrive(1)
    site.keep()
    with the_client(site) as client:
        client.add_flags(client.search(), [b"\\Seen"])
    site.office.clock.forward(days=5)
    with site.office.database.write() as connection:
        tickets.change(connection, ticket(site.office).id, site.office.clock.now(), status="in_progress")
    site.keep()
    [flags] = site.account.flags("Queues/0010").values()
    assert {b"$TriageInProgress", b"\\Flagged", b"\\Seen", b"$TriageCopy"} <= set(flags)
    assert b"$TriageNew" not in flags
    with site.office.database.write() as connection:
        tickets.change(connection, ticket(site.office).id, site.office.clock.now(), status="waiting")
    site.keep()
    [flags] = site.account.flags("Queues/0010").values()
    assert {b"$TriageWaiting", b"\\Answered"} <= set(flags)
    assert b"\\Flagged" not in flags


def test_what_is_held_is_never_shown(site: Mirror) -> None:
    site.arrive(1, sender="Hỗ trợ CNTT Kho bạc <hotrocntt@vst-gov.example>")
    assert ticket(site.office).status == "held"
    site.keep()
    assert site.shown() == {}
    site.arrive(2)
    site.keep()
    assert site.shown() == {"0010": ids(2)}
    site.hold(SECOND)
    site.keep()
    assert site.shown() == {}
    release(site.office.database, site.office.means, SECOND, actor="lan")
    site.keep()
    assert site.shown() == {"0010": ids(2)}


def test_what_was_held_until_it_was_closed_is_not_shown_among_what_is_closed(site: Mirror) -> None:
    site.arrive(1)
    site.hold()
    site.close()
    site.arrive(2, sender="b@hai.example")
    confirm_impostor(site.office.database, site.office.means, SECOND, reason="giả", actor="lan", sure=True)
    site.keep()
    assert site.shown() == {}


def test_what_the_desk_hides_is_not_shown_and_a_mail_in_our_words_stands_for_it(site: Mirror) -> None:
    site.arrive(1, text="Mật khẩu của em là Kb#2026xyz, nhờ anh chị xem http://lạ.example giúp lỗi ký số.")
    site.keep()
    assert site.shown() == {}, "security matters are for nobody else"
    site.reroute("0010")
    site.keep()
    [raw] = site.account.raw_mails("Queues/0010")
    mail = read_mail(raw)
    assert b"Kb#2026xyz" not in raw
    assert "Kb#2026xyz" not in mail.text
    assert "lạ.example" not in mail.text
    assert "lỗi ký số" in mail.text
    assert CODE in mail.subject
    assert mail.sender.address == "hotrocntt@vst.gov.vn"


def test_of_a_sender_in_doubt_no_word_is_shown(site: Mirror) -> None:
    site.arrive(1)
    with site.office.database.write() as connection:
        tickets.change(connection, ticket(site.office).id, site.office.clock.now(), verdict="suspicious")
    site.keep()
    [raw] = site.account.raw_mails("Queues/0010")
    mail = read_mail(raw)
    assert "đăng nhập" not in mail.text
    assert "đáng ngờ" in mail.text
    assert mail.subject == f"[{CODE}] Thư không được chép vào thư mục"


def test_a_second_delivery_is_shown_once(site: Mirror) -> None:
    raw = site.arrive(1)
    site.office.store(raw)
    site.office.process()
    site.keep()
    assert site.shown() == {"0010": ids(1)}


def test_erasure_and_terms_take_the_copies_too(site: Mirror) -> None:
    office = site.office
    site.arrive(1, sender="a@mot.example")
    site.arrive(2)
    site.keep()
    persons.erase(office.database, office.clock, "a@mot.example", reason="yêu cầu", actor="lan")
    site.keep()
    assert site.shown() == {"0010": ids(2)}
    site.close(SECOND)
    site.keep()
    assert site.shown() == {"0010/Closed": ids(2)}
    office.clock.forward(days=31)
    keep_terms(office.database, office.clock, Terms({RetentionClass.CLOSED: 30}))
    site.keep()
    assert site.shown() == {}
    assert [site.account.raw_mails(f"Queues/{place}") for place in ("0010", "0010/Closed")] == [[], []]


def test_merges_and_splits_are_followed(site: Mirror) -> None:
    office = site.office
    site.arrive(1, sender="a@mot.example")
    site.arrive(2, "3110")
    site.keep()
    merge(office.database, office.clock, site.errand(SECOND), office.means.rules, CODE)
    site.keep()
    assert site.shown() == {"0010": ids(1, 2)}
    unmerge(office.database, office.clock, site.errand(SECOND))
    site.keep()
    assert site.shown() == {"0010": ids(1), "3110": ids(2)}
    office.store(request(f"Re: [{CODE}] thêm", number=3, sender="a@mot.example"))
    office.process()
    with office.database.read() as connection:
        third = mails.ids(connection)[-1]
    split(office.database, office.means, site.errand(), [third])
    site.reroute("3110", "SD261116-000003")
    site.keep()
    assert site.shown() == {"0010": ids(1), "3110": ids(2, 3)}


def test_after_days_of_outage_all_is_caught_up_with_by_the_same_keeper(site: Mirror) -> None:
    with FaultProxy(site.account.port) as proxy:
        site.keeper = site.new_keeper(port=proxy.port)
        site.arrive(1)
        site.keep()
        proxy.edit = lambda _said: b"* BYE out of order\r\n"
        for day in range(5):
            site.arrive(10 + day)
            with pytest.raises(MailboxError):
                site.keeper.round()
            site.office.clock.forward(days=1)
        site.close()
        proxy.edit = None
        site.keep()
    assert site.shown() == {"0010": ids(*range(10, 15)), "0010/Closed": ids(1)}


def test_whatever_another_client_takes_away_comes_back_and_what_it_puts_there_stays(site: Mirror) -> None:
    for number in (1, 2, 3):
        site.arrive(number)
    site.keep()
    foreign = request(number=99)
    with the_client(site) as client:
        first, second, _third = client.search()
        client.delete_messages([first])
        client.uid_expunge([first])
        client.delete_messages([second])
        client.append("Queues/0010", foreign, msg_time=MONDAY)
    site.office.clock.forward(hours=2)
    site.keep()
    assert site.shown() == {"0010": ids(1, 2, 3, 99)}
    with site.account.client() as client:
        client.delete_folder("Queues/0010")
    site.office.clock.forward(hours=2)
    site.keep()
    assert site.shown() == {"0010": ids(1, 2, 3)}


def test_a_copy_that_somebody_moves_into_the_folder_of_another_queue_goes_home(site: Mirror) -> None:
    site.arrive(1)
    site.arrive(2, "3110")
    site.keep()
    with the_client(site) as client:
        client.move(client.search(), "Queues/3110")
    site.office.clock.forward(hours=2)
    site.keep()
    assert site.shown() == {"0010": ids(1), "3110": ids(2)}


def test_a_uid_that_a_restored_server_gives_away_once_more_costs_nobody_a_message(site: Mirror) -> None:
    site.arrive(1)
    site.keep()
    with the_client(site) as client:
        client.append("Queues/0010", request(number=99), msg_time=MONDAY - timedelta(days=1))
        ours, foreign = client.search()
        client.delete_messages([ours])
        client.uid_expunge([ours])
    with site.office.database.write() as connection:
        connection.execute(update(queue_copies).values(uid=foreign))
    site.close()
    site.keep()
    assert site.shown() == {"0010": ids(99), "0010/Closed": ids(1)}


def renumber(site: Mirror, place: str) -> int:
    """Let the server number a folder anew, as after a restore without its index; give the old UIDVALIDITY."""
    assert site.account.maildir is not None
    folder = site.account.maildir / f".Queues.{place}"
    with site.account.client() as client:
        before = int(client.folder_status(f"Queues/{place}", ["UIDVALIDITY"])[b"UIDVALIDITY"])
    for path in (*folder.glob("dovecot*index*"), *folder.glob("dovecot-uidlist*")):
        path.unlink()
    return before


@pytest.mark.parametrize("keywords", [True, False])
def test_a_folder_that_is_numbered_anew_is_taken_up_without_doubles(site: Mirror, *, keywords: bool) -> None:
    for number in (1, 2, 3):
        site.arrive(number)
    site.keep()
    if not keywords:
        with the_client(site) as client:
            client.remove_flags(client.search(), [OURS])
    before = renumber(site, "0010")
    with site.account.client() as client:
        status = client.folder_status("Queues/0010", ["UIDVALIDITY"])
    assert status[b"UIDVALIDITY"] != before
    site.office.clock.forward(hours=2)
    site.keep()
    assert site.shown() == {"0010": ids(1, 2, 3)}
    assert site.noted("0010") == 3
    site.close()
    site.keep()
    assert site.shown() == {"0010": ids(2, 3), "0010/Closed": ids(1)}


@pytest.mark.parametrize(
    ("separator", "prefix", "capabilities"),
    [
        (".", "INBOX.", "IMAP4rev1 UIDPLUS NAMESPACE"),
        ("/", "", "IMAP4rev1 NAMESPACE"),
        (".", "INBOX.", "IMAP4rev1"),
    ],
)
def test_a_server_of_another_spelling_and_without_uidplus_shows_the_same(
    dovecot: object, database_url: str, separator: str, prefix: str, capabilities: str
) -> None:
    del dovecot  # skips this test where there is no Dovecot
    extra = f"imap_capability = {capabilities}"
    with (
        DovecotServer(separator=separator, prefix=prefix, extra=extra) as server,
        mirror(server.account(), database_url, separator, prefix) as site,
    ):
        for number in (1, 2, 3):
            site.arrive(number)
        site.keep()
        assert site.shown() == {"0010": ids(1, 2, 3)}
        assert site.noted("0010") == 3
        site.close()
        site.keep()
        assert site.shown() == {"0010": ids(2, 3), "0010/Closed": ids(1)}
        gone = len(site.account.raw_mails(f"{prefix}Queues{separator}0010"))
        assert gone == (2 if "UIDPLUS" in capabilities else 3)


def test_a_server_that_keeps_no_keywords_shows_the_same(site: Mirror) -> None:
    site.arrive(1)
    with FaultProxy(site.account.port) as proxy:
        proxy.edit = lambda said: said.replace(b" \\*)]", b")]")
        site.keeper = site.new_keeper(port=proxy.port)
        site.keep()
        assert site.shown() == {"0010": ids(1)}
        [flags] = site.account.flags("Queues/0010").values()
        assert not any(flag.startswith(b"$") for flag in flags)
        site.reroute("3110")
        site.keep()
    assert site.shown() == {"3110": ids(1)}


def test_a_mail_that_no_server_can_take_is_stood_in_for(site: Mirror) -> None:
    site.arrive(1, text="Đơn vị gửi\0 lỗi ký số.")
    site.keep()
    [raw] = site.account.raw_mails("Queues/0010")
    assert "máy chủ thư không nhận" in read_mail(raw).text


def test_a_mail_that_the_server_does_not_take_stops_no_other_and_is_stood_in_for_at_last(
    site: Mirror,
) -> None:
    large = site.arrive(1, text="Lỗi ký số. " * 500)
    with FaultProxy(site.account.port) as proxy:
        site.keeper = site.new_keeper(port=proxy.port)
        for number in (2, 3):
            site.arrive(number)
            proxy.arm(Fault(0, Act.CUT_BEFORE, at=f"{{{len(large)}"))
            with pytest.raises(MailboxError):
                site.keep()
            assert proxy.struck
        proxy.arm(Fault(0, Act.CUT_BEFORE, at=f"{{{len(large)}"))
        with pytest.raises(MailboxError):
            site.keep()
        assert site.shown() == {"0010": ids(2, 3)}
        site.office.clock.forward(hours=1)
        proxy.arm(Fault(0, Act.CUT_BEFORE, at=f"{{{len(large)}"))
        site.keep()
        assert len(site.shown()["0010"]) == 3


def test_a_full_server_gives_up_what_goes_and_gets_what_it_could_not_take_as_it_came(site: Mirror) -> None:
    site.arrive(1)
    with FaultProxy(site.account.port) as proxy:
        site.keeper = site.new_keeper(port=proxy.port)
        site.keep()
        site.close()
        raw = site.arrive(2)
        for _ in range(4):
            proxy.arm(Fault(0, Act.REWRITE, "{tag} NO [OVERQUOTA] Quota exceeded", at=" APPEND "))
            with pytest.raises(MailboxError, match=r"Mail \d could not be copied to 0010.*Quota exceeded"):
                site.keeper.round()
            assert site.shown() == {"0010/Closed": ids(1)}
            site.office.clock.forward(hours=1)
        site.keep()
    assert site.shown() == {"0010": ids(2), "0010/Closed": ids(1)}
    assert site.account.raw_mails("Queues/0010") == [raw]


QUOTA = """
mail_plugins = quota
protocol imap {
  mail_plugins = $mail_plugins imap_quota
}
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=30K
}
"""


def test_copies_leave_a_fifth_of_the_quota_for_mail_that_comes_in(dovecot: object, database_url: str) -> None:
    del dovecot  # skips this test where there is no Dovecot
    with DovecotServer(extra=QUOTA) as server, mirror(server.account(), database_url) as site:
        for number in (1, 2, 3):
            site.arrive(number, text="Lỗi ký số. " * 600)
        with pytest.raises(MailboxError, match="to 80% of its quota"):
            site.keeper.round()
        assert site.shown() == {"0010": ids(1, 2)}
        site.account.append(request(text="Lỗi ký số. " * 200))
        site.close()
        site.office.clock.forward(days=91)
        with site.account.client("INBOX") as client:
            client.delete_messages(client.search())
            client.expunge()
        site.keep()
        assert site.shown() == {"0010": ids(2, 3)}


def test_one_round_puts_no_more_than_its_share(site: Mirror) -> None:
    site.office.store(*(request(number=n, sender=f"u{n}@x.example") for n in range(MOST_IN_ROUND + 1)))
    site.office.process()
    assert site.keeper.round() is True
    assert len(site.shown()["0010"]) == MOST_IN_ROUND
    assert site.keeper.round() is False
    assert site.shown() == {"0010": ids(*range(MOST_IN_ROUND + 1))}
    assert keep_all(site.keeper) == []
