"""Tickets that are merged, parted again, split, put aside: nothing gets lost and everything comes back."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.office import Office, open_office, request
from support.oneticket import CODE, person, ticket
from support.searching import find, index_anew

from triage.core.people import Person, Role
from triage.db import holds, notices, outbox, parties, tickets
from triage.errors import RefusedActError
from triage.service import answering, changes
from triage.service.answering import Answer
from triage.service.errands import Doing, Errand, run
from triage.service.merging import merge, unmerge
from triage.service.noting import mentioned_in
from triage.service.snoozing import snooze, wake_due
from triage.service.splitting import split

SECOND, THIRD = "SD261116-000002", "SD261116-000003"


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.store(
            request(sender="Trần Thị Bích <bich@mot.example>"),
            request("[0010#DVC] Vẫn lỗi đăng nhập", number=2, sender="b@hai.example"),
            request("[0010#DVC] Hỏi thêm", number=3, sender="c@ba.example"),
        )
        office.process()
        yield office


@pytest.fixture
def lan(office: Office) -> Person:
    return person(office, "lan", Role.AGENT)


def where(office: Office, words: str) -> list[str]:
    """Give the codes of the tickets in which words are found."""
    return [hit.code for hit in find(office, words).hits]


def errand(lan: Person, code: str, key: str) -> Errand:
    return Errand(lan, code, key, "xong")


def test_an_answer_is_found_by_its_own_words_alone_after_a_merge_of_a_merge(
    office: Office, lan: Person
) -> None:
    told = Answer("Kính gửi Quý đơn vị,\n\nXóa bộ nhớ đệm zyxwvut rồi thử lại.")
    done = errand(lan, THIRD, "answer-1")
    answering.send(office.database, office.means, done, told, recall_seconds=0)
    merge(office.database, office.clock, errand(lan, THIRD, "merge-1"), office.means.rules, SECOND)
    merge(office.database, office.clock, errand(lan, SECOND, "merge-2"), office.means.rules, CODE)
    for _ in range(2):
        assert where(office, "zyxwvut") == [CODE]
        assert where(office, '"truy cập máy tính từ xa"') == where(office, "kính gửi quý đơn vị") == []
        assert index_anew(office) == 3


def holdings(office: Office, code: str) -> tuple[list[int], list[int], list[tuple[str, str]]]:
    """Give the mails, the letters and the parties of a ticket."""
    number = ticket(office, code).id
    with office.database.read() as connection:
        letters = [one.id for one in outbox.listed(connection, ticket_id=number)]
        return tickets.mail_ids(connection, number), letters, parties.of_ticket(connection, number)


def test_a_merge_moves_everything_over_and_parting_brings_it_back_exactly(
    office: Office, lan: Person
) -> None:
    before = {code: (holdings(office, code), ticket(office, code)) for code in (CODE, SECOND)}
    merge(office.database, office.clock, errand(lan, SECOND, "merge-1"), office.means.rules, CODE)
    gone, stays = ticket(office, SECOND), ticket(office)
    assert (gone.status, gone.outcome, gone.merged_into) == ("closed", "merged", stays.id)
    assert holdings(office, SECOND)[:2] == ([], [])
    assert sorted(holdings(office, CODE)[0]) == [1, 2]
    unmerge(office.database, office.clock, errand(lan, SECOND, "unmerge-1"))
    for code, (held, was) in before.items():
        assert holdings(office, code) == held
        now = ticket(office, code)
        kept = ("status", "closed_at", "outcome", "merged_into", "snoozed_until", "due_at", "assignee")
        assert all(getattr(now, name) == getattr(was, name) for name in kept)


def test_what_is_written_to_the_merged_code_joins_the_other_and_stays_there(
    office: Office, lan: Person
) -> None:
    merge(office.database, office.clock, errand(lan, SECOND, "merge-1"), office.means.rules, CODE)
    office.store(request(f"Re: [{SECOND}] Thêm ảnh", number=8, sender="b@hai.example"))
    office.process()
    assert sorted(holdings(office, CODE)[0]) == [1, 2, 4]
    unmerge(office.database, office.clock, errand(lan, SECOND, "unmerge-1"))
    assert sorted(holdings(office, CODE)[0]) == [1, 4]
    assert ("b@hai.example", "writer") in holdings(office, CODE)[2]
    assert holdings(office, SECOND)[0] == [2]


def test_a_closed_ticket_that_took_another_in_is_reopened_by_mail_to_either_code(
    office: Office, lan: Person
) -> None:
    merge(office.database, office.clock, errand(lan, SECOND, "merge-1"), office.means.rules, CODE)
    run(
        office.database,
        office.clock,
        errand(lan, CODE, "close-1"),
        "close",
        lambda do: changes.close(do.connection, do.now, do.ticket, actor=do.actor),
    )
    office.store(request(f"Re: [{SECOND}] Vẫn lỗi", number=8, sender="b@hai.example"))
    office.process()
    assert ticket(office).status == "new"
    assert ticket(office, SECOND).status == "closed"


def test_the_code_of_a_merged_ticket_is_still_genuine_to_its_own_party(office: Office, lan: Person) -> None:
    merge(office.database, office.clock, errand(lan, SECOND, "merge-1"), office.means.rules, CODE)
    for number, sender in ((8, "b@hai.example"), (9, "ai@la.example")):
        office.store(request(f"XACMINH {SECOND}", number=number, sender=sender, text="Mã này đúng không?"))
    office.process()
    with office.database.read() as connection:
        letters = {one.recipient: one.letter for one in reversed(outbox.listed(connection))}
    assert letters["b@hai.example"] == "verification_yes"
    assert letters["ai@la.example"] == "verification_no"


def test_merges_in_a_row_lead_to_the_last_one_and_come_apart_in_any_order(
    office: Office, lan: Person
) -> None:
    merge(office.database, office.clock, errand(lan, THIRD, "merge-1"), office.means.rules, SECOND)
    merge(office.database, office.clock, errand(lan, SECOND, "merge-2"), office.means.rules, CODE)
    assert ticket(office, THIRD).merged_into == ticket(office).id
    unmerge(office.database, office.clock, errand(lan, SECOND, "unmerge-2"))
    assert ticket(office, THIRD).merged_into == ticket(office, SECOND).id
    assert sorted(holdings(office, SECOND)[0]) == [2, 3]
    unmerge(office.database, office.clock, errand(lan, THIRD, "unmerge-1"))
    assert [holdings(office, code)[0] for code in (CODE, SECOND, THIRD)] == [[1], [2], [3]]


def test_a_legal_hold_keeps_a_ticket_from_being_merged(office: Office, lan: Person) -> None:
    with office.database.write() as connection:
        number = ticket(office, SECOND).id
        holds.add(connection, number, office.clock.now(), reason="điều tra", author="an")
    with pytest.raises(RefusedActError) as refused:
        merge(office.database, office.clock, errand(lan, SECOND, "merge-1"), office.means.rules, CODE)
    assert refused.value.code == "legal_hold"


def test_a_ticket_that_somebody_does_not_see_takes_nothing_in(office: Office, lan: Person) -> None:
    office.store(request("[3110#DVC] Nơi khác", number=7, sender="d@bon.example"))
    office.process()
    del lan
    thu = person(office, "thu", Role.COORDINATOR, "0010")
    with pytest.raises(RefusedActError) as refused:
        merge(
            office.database, office.clock, errand(thu, CODE, "merge-1"), office.means.rules, "SD261116-000004"
        )
    assert refused.value.code == "no_ticket"


def test_mails_are_split_off_into_a_ticket_with_its_own_code(office: Office, lan: Person) -> None:
    office.store(request(f"Re: [{CODE}] Việc khác: chứng thư số", number=8, sender="bich@mot.example"))
    office.process()
    done = split(office.database, office.means, errand(lan, CODE, "split-1"), [4])
    new = str(done["new"])
    assert new == "SD261116-000004"
    assert holdings(office, CODE)[0] == [1]
    assert holdings(office, new)[0] == [4]
    assert holdings(office, new)[2] == [("bich@mot.example", "writer")]
    row = ticket(office, new)
    assert (row.queue, row.requester_address, row.status) == ("0010", "bich@mot.example", "new")
    office.store(
        request(
            "Re: chứng thư", number=9, sender="bich@mot.example", in_reply_to="<mail-8@thcs-hoamai.example>"
        )
    )
    office.process()
    assert holdings(office, new)[0] == [4, 5]


def test_words_are_found_where_their_mail_stands_now(office: Office, lan: Person) -> None:
    text = "Nhờ xem chứng từ ngoạn mục."
    office.store(request(f"Re: [{CODE}] Khác", number=8, sender="bich@mot.example", text=text))
    office.process()
    assert where(office, "ngoạn mục") == [CODE]
    split(office.database, office.means, errand(lan, CODE, "split-1"), [4])
    assert where(office, "ngoạn mục") == ["SD261116-000004"]
    merge(
        office.database, office.clock, errand(lan, "SD261116-000004", "merge-1"), office.means.rules, SECOND
    )
    assert where(office, "ngoạn mục") == [SECOND]
    unmerge(office.database, office.clock, errand(lan, "SD261116-000004", "unmerge-1"))
    assert where(office, "ngoạn mục") == ["SD261116-000004"]


@pytest.mark.parametrize(("chosen", "code"), [([1], "first_mail"), ([2], "no_mails"), ([], "no_mails")])
def test_only_later_mails_of_the_ticket_itself_are_split_off(
    office: Office, lan: Person, chosen: list[int], code: str
) -> None:
    with pytest.raises(RefusedActError) as refused:
        split(office.database, office.means, errand(lan, CODE, "split-1"), chosen)
    assert refused.value.code == code


def test_a_ticket_rests_until_its_hour_and_its_owner_hears_of_it(office: Office, lan: Person) -> None:
    def take(do: Doing) -> None:
        changes.assign(do.connection, do.now, do.ticket, do.actor, actor=do.actor)

    run(office.database, office.clock, errand(lan, CODE, "take-1"), "take", take)
    snooze(office.database, office.clock, errand(lan, CODE, "rest-1"), office.means.rules, "afternoon")
    assert ticket(office).status == "snoozed"
    assert wake_due(office.database, office.clock, office.means.rules.calendar) == 0
    office.clock.forward(hours=5)
    assert wake_due(office.database, office.clock, office.means.rules.calendar) == 1
    assert (ticket(office).status, ticket(office).snoozed_until) == ("in_progress", None)
    with office.database.read() as connection:
        assert [one.sort for one in notices.listed(connection, lan, office.clock.now())] == ["woken"]
    assert wake_due(office.database, office.clock, office.means.rules.calendar) == 0


def test_a_mail_of_the_unit_wakes_a_ticket_before_its_hour(office: Office, lan: Person) -> None:
    snooze(office.database, office.clock, errand(lan, CODE, "rest-1"), office.means.rules, "next_week")
    office.store(request(f"Re: [{CODE}] thêm", number=8, sender="bich@mot.example"))
    office.process()
    assert (ticket(office).status, ticket(office).snoozed_until) == ("in_progress", None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@thu xem giúp", ("thu",)),
        ("nhờ @Thu, @thu và @minh.", ("thu", "minh")),
        ("viết về a@thu.example", ()),
        ("không ai", ()),
        ("@" * 50, ()),
    ],
)
def test_who_is_called_by_an_at_sign(text: str, names: Any) -> None:
    assert mentioned_in(text) == names
