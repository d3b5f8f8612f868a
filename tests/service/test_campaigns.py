"""Campaigns kept up with what mails and tickets say: how often, and after what crash, does not matter."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from support.office import Office, open_office, request

from triage.db import campaigns as rows, tickets
from triage.db.schema import campaign_mails, campaign_signs, campaigns as table
from triage.service import campaigns, persons, trust

HOLDS = "Đề nghị gửi mật khẩu và mã OTP về hòm thư này ngay."


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Office]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        yield office


def impostor(number: int, domain: str = "kbnn-hotro.com", more: str = "") -> bytes:
    sender = f"Hỗ trợ Kho bạc <h{number}@{domain}>"
    return request(f"Thông báo {number}", number=number, sender=sender, text=f"{HOLDS} {more}")


def report(number: int, sender: str, told: str) -> bytes:
    subject = "[3110#DVC] Báo mạo danh cán bộ Kho bạc"
    return request(subject, number=number, sender=f"Kế toán <{sender}>", text=told)


def work(office: Office, *raws: bytes) -> int:
    office.store(*raws)
    office.process()
    return campaigns.keep_up(office.database, office.means)


def homes(office: Office) -> dict[int, int | None]:
    """Give the campaign of each mail that counts."""
    with office.database.read() as connection:
        query = select(campaign_mails.c.mail_id, campaign_mails.c.campaign_id)
        return {mail: number for mail, number in connection.execute(query)}  # noqa: C416 - typed


def pointers(office: Office) -> dict[int, int | None]:
    with office.database.read() as connection:
        return {one: to for one, to in connection.execute(select(table.c.id, table.c.merged_into))}  # noqa: C416


def code_of(office: Office, mail_id: int) -> str:
    with office.database.read() as connection:
        return str(tickets.of_mail(connection, mail_id)[1])


def test_held_and_reported_mails_come_together_and_all_others_stay_out(office: Office) -> None:
    told = "Có người gửi thư từ ke-toan@kbnn-hotro.com tự xưng là cán bộ Kho bạc, đòi mật khẩu của chúng tôi."
    moved = work(
        office,
        impostor(1),
        request(number=2),
        report(3, "ketoan@truong.example", told),
        impostor(4, "vst-gov.vn"),
    )
    assert homes(office) == {1: 1, 3: 1, 4: None}
    assert moved == 3
    assert campaigns.keep_up(office.database, office.means) == 0
    with office.database.read() as connection:
        [seen] = rows.listed(connection)
        members = rows.members(connection, [1])
        signs = {sign.value: count for sign, count in rows.signs(connection, 1)}
    assert (seen.id, seen.mails) == (1, 2)
    assert [(one.mail_id, one.role) for one in members] == [(3, "reported"), (1, "wrote")]
    assert members[0].reasons == [{"with": 1, "signs": [["domain", "kbnn-hotro.com"]]}]
    assert signs["kbnn-hotro.com"] == 2
    assert "ketoan@truong.example" not in signs
    assert "truong.example" not in signs


def test_a_released_mail_leaves_and_a_confirmed_one_stays(office: Office) -> None:
    work(office, impostor(1), impostor(2), impostor(3))
    assert homes(office) == {1: 1, 2: 1, 3: 1}
    trust.release(office.database, office.means, code_of(office, 2), actor="an")
    with office.database.read() as connection:
        assert [one.mail_id for one in rows.members(connection, [1])] == [3, 1]
        assert rows.listed(connection)[0].mails == 2
    trust.confirm_impostor(office.database, office.means, code_of(office, 1), reason="Đã hỏi.", actor="an")
    assert campaigns.keep_up(office.database, office.means) == 1
    assert homes(office) == {1: 1, 3: 1}
    with office.database.write() as connection:
        connection.execute(text("UPDATE tickets SET status = 'held' WHERE id = 2"))
    campaigns.keep_up(office.database, office.means)
    assert homes(office) == {1: 1, 2: 1, 3: 1}


def test_a_mail_that_joins_two_campaigns_leaves_the_older_number_and_parting_gives_the_other_back(
    office: Office,
) -> None:
    work(office, impostor(1), impostor(2), impostor(3, "vst-gov.vn"), impostor(4, "vst-gov.vn"))
    assert homes(office) == {1: 1, 2: 1, 3: 2, 4: 2}
    work(office, impostor(5, more="Xem https://vst-gov.vn/dang-nhap"))
    assert homes(office) == {1: 1, 2: 1, 3: 1, 4: 1, 5: 1}
    assert pointers(office) == {1: None, 2: 1}
    trust.release(office.database, office.means, code_of(office, 5), actor="an")
    campaigns.keep_up(office.database, office.means)
    assert homes(office) == {1: 1, 2: 1, 3: 2, 4: 2}
    assert pointers(office) == {1: None, 2: None}
    with office.database.read() as connection:
        assert [one.verb for one in rows.history(connection, 2)] == ["joined", "parted"]


def test_each_mail_alone_gives_the_same_campaigns_as_all_at_once(tmp_path: Path) -> None:
    raws = [
        impostor(number, ("kbnn-hotro.com", "vst-gov.vn", "kbnn.com.vn")[number % 3]) for number in range(9)
    ]
    found = []
    for name, size in (("one", 1), ("all", 9)):
        with open_office(f"sqlite:///{tmp_path / name}.sqlite") as office:
            for start in range(0, 9, size):
                work(office, *raws[start : start + size])
            groups: dict[int | None, list[int]] = {}
            for mail, number in homes(office).items():
                groups.setdefault(number, []).append(mail)
            found.append(sorted(groups.values()))
    assert found[0] == found[1]
    assert len(found[0]) == 3


@dataclass
class DyingClock:
    """A clock that stops at a count of looks, as a machine does."""

    moment: datetime
    left: int

    def now(self) -> datetime:
        self.left -= 1
        if self.left < 0:
            raise RuntimeError
        return self.moment


def test_whatever_moment_it_dies_at_nothing_is_missed_and_nothing_twice(tmp_path: Path) -> None:
    expected = None
    for looks in range(9):
        with open_office(f"sqlite:///{tmp_path / str(looks)}.sqlite") as office:
            office.store(*(impostor(number) for number in range(1, 4)), impostor(4, "vst-gov.vn"))
            office.process()
            dying = replace(office.means, clock=DyingClock(office.clock.now(), looks))
            died = False
            try:
                campaigns.keep_up(office.database, dying)
            except RuntimeError:
                died = True
                assert homes(office) == {}
            campaigns.keep_up(office.database, office.means)
            expected = expected or homes(office)
            assert homes(office) == expected == {1: 1, 2: 1, 3: 1, 4: None}
            assert pointers(office) == {1: None}
            assert died or looks > 4


def test_several_at_once_put_each_mail_in_once(office: Office) -> None:
    office.store(*(impostor(number) for number in range(1, 25)))
    office.process()
    threads = [
        threading.Thread(target=campaigns.keep_up, args=(office.database, office.means)) for _ in range(4)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    campaigns.keep_up(office.database, office.means)
    assert homes(office) == dict.fromkeys(range(1, 25), 1)
    with office.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(table)) == 1


def test_a_reporters_own_number_and_address_are_known_from_his_solved_requests(small: Office) -> None:
    own = "Đơn vị không đăng nhập được. Số máy của chúng tôi 0912 345 678."
    work(small, request(number=1, sender="Lan <lan@truong.example>", text=own))
    with small.database.write() as connection:
        values = {"status": "closed", "outcome": "solved", "closed_at": small.clock.now()}
        tickets.change(connection, 1, small.clock.now(), **values)
    told = "Có kẻ mạo danh cán bộ Kho bạc gọi vào máy 0912 345 678 của tôi từ số 0999 888 777, đòi mật khẩu."
    work(small, report(2, "lan@truong.example", told), impostor(3, more="Gọi 0999 888 777"))
    with small.database.read() as connection:
        query = select(campaign_signs.c.value, campaign_signs.c.weight).where(
            campaign_signs.c.sort == "phone"
        )
        weights = dict(connection.execute(query.where(campaign_signs.c.mail_id == 2)).all())
    assert weights == {"0912345678": "shared", "0999888777": "strong"}
    assert homes(small)[2] == homes(small)[3] == 1


def test_what_a_person_has_erased_is_known_to_no_campaign(office: Office) -> None:
    work(office, impostor(1), impostor(2), impostor(3))
    persons.erase(office.database, office.clock, "h2@kbnn-hotro.com", reason="theo yêu cầu", actor="an")
    assert campaigns.keep_up(office.database, office.means) == 0
    assert homes(office) == {1: 1, 3: 1}
    with office.database.read() as connection:
        assert "h2@kbnn-hotro.com" not in str(connection.execute(select(campaign_signs)).all())
