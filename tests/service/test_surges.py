"""Surges: the same error from three provinces in half an hour is one incident, whoever looks for it."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.office import RULES, Office, open_office, request
from support.oneticket import person
from support.surges import codes_of, incident_letters, incidents_of, only, tell

from triage.adapters.letters import LetterRenderer
from triage.core.letternames import INCIDENT_FOUND
from triage.core.people import Role
from triage.core.surges import MUTED
from triage.db import notices, outbox, people, sightings as db_sightings, tickets
from triage.db.engine import Database
from triage.db.schema import incidents as incident_rows, sightings
from triage.service import incidents, surges
from triage.service.incidents import IncidentForm
from triage.service.tidying import tidy


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


@pytest.fixture
def small(tmp_path: object) -> Iterator[Office]:
    """An office on SQLite alone, for what no database does otherwise."""
    with open_office(f"sqlite:///{tmp_path}/triage.sqlite") as office:
        yield office


def look(office: Office) -> int:
    return surges.look(office.database, office.means)


def surge(office: Office, error: str = "sign_5032") -> None:
    for province in (0, 1, 2):
        tell(office, error, province)
    assert look(office) == 1


def test_one_error_from_three_provinces_is_one_incident_told_of_once(office: Office) -> None:
    lan, thu = person(office, "lan", Role.AGENT), person(office, "thu", Role.COORDINATOR, "0010")
    surge(office)
    found = only(office)
    assert found.incident.title == "Không kết nối được máy chủ ký số (SIGN-5032)"
    assert {"SIGN-5032", "không", "nối"} <= set(found.incident.words)
    assert (found.tickets, found.provinces) == (3, ("Hà Nội", "Hậu Giang", "Hồ Chí Minh"))
    assert look(office) == 0, "looking again makes no second one"
    with office.database.read() as connection:
        [told] = notices.listed(connection, lan, office.clock.now())
        assert (told.sort, told.incident_id) == ("incident", found.incident.id)
        assert not notices.listed(connection, thu, office.clock.now())


def agent(office: Office, name: str, email: str, **more: object) -> None:
    with office.database.write() as connection:
        people.add(
            connection,
            office.clock.now(),
            name=name,
            display_name=name.title(),
            role=Role.AGENT.value,
            email=email,
            **more,
        )


def told_by_letter(office: Office) -> list[str]:
    with office.database.read() as connection:
        return sorted(row.recipient for row in outbox.listed(connection) if row.letter == INCIDENT_FOUND)


def test_agents_who_are_here_and_leads_get_one_letter_of_an_incident(office: Office) -> None:
    now = office.clock.now()
    agent(office, "lan", "lan@vst.example")
    agent(office, "vinh", "")
    agent(office, "hoa", "hoa@vst.example", away_from=now - timedelta(1), away_until=now + timedelta(1))
    agent(office, "minh", "minh@vst.example", disabled_at=now)
    leads = ("Lan@vst.example", "truongphong@vst.example")
    means = replace(office.means, incident_leads=leads)
    for province in (0, 1, 2):
        tell(office, "sign_5032", province)
    url = office.database.engine.url.render_as_string(hide_password=False)
    others = [Database(url) for _ in range(3)]
    with ThreadPoolExecutor(len(others)) as pool:
        assert sum(pool.map(lambda one: surges.look(one, means), others)) == 1
    for one in others:
        one.close()
    with office.database.write() as connection:
        connection.execute(sightings.update().values(compared=False))
    surges.look(office.database, means)
    assert told_by_letter(office) == ["Lan@vst.example", "truongphong@vst.example"]
    [said, _] = incident_letters(office, INCIDENT_FOUND)
    assert "3 phiếu của 3 tỉnh, thành phố cùng báo một lỗi" in said
    assert "Không kết nối được máy chủ ký số (SIGN-5032)" in said
    assert "Hà Nội, Hậu Giang, Hồ Chí Minh" in said
    assert "- SD261116-000001 (Kho bạc Nhà nước" in said


def test_no_letter_tells_of_an_incident_where_it_is_turned_off(small: Office) -> None:
    agent(small, "lan", "lan@vst.example")
    surge(small)
    assert told_by_letter(small) == []


def test_a_crash_between_an_incident_and_its_end_leaves_neither_it_nor_a_letter(small: Office) -> None:
    agent(small, "lan", "lan@vst.example")
    means = replace(small.means, incident_leads=())
    for province in (0, 1, 2):
        tell(small, "sign_5032", province)
    found = surges.compare(small.database, small.means)

    def write_and_die() -> None:
        with small.database.write() as connection:
            assert surges._write(connection, means, found) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_die()
    assert (incidents_of(small), told_by_letter(small)) == ([], [])
    assert surges.look(small.database, means) == 1
    assert told_by_letter(small) == ["lan@vst.example"]


def test_a_letter_that_cannot_be_filled_keeps_no_incident_from_being_found(
    small: Office, tmp_path: Path
) -> None:
    agent(small, "lan", "lan@vst.example")
    shutil.copytree(RULES / "letters", tmp_path / "letters")
    (tmp_path / "letters" / INCIDENT_FOUND / "body.txt").write_text("{{ nothing.of.the.kind }}")
    means = replace(small.means, incident_leads=(), renderer=LetterRenderer(tmp_path / "letters"))
    for province in (0, 1, 2):
        tell(small, "sign_5032", province)
    assert surges.look(small.database, means) == 1
    assert told_by_letter(small) == []


def test_an_incident_made_by_two_processes_at_once_is_one(office: Office) -> None:
    for province in (0, 1, 2):
        tell(office, "sign_5032", province)
    url = office.database.engine.url.render_as_string(hide_password=False)
    others = [Database(url) for _ in range(3)]
    with ThreadPoolExecutor(len(others)) as pool:
        made = sum(pool.map(lambda one: surges.look(one, office.means), others))
    for one in others:
        one.close()
    assert (made, only(office).tickets) == (1, 3)


def test_two_processes_that_found_the_same_before_either_wrote_make_one(office: Office) -> None:
    for province in (0, 1, 2):
        tell(office, "sign_5032", province)
    found = surges.compare(office.database, office.means)
    made = [surges.write(office.database, office.means, found) for _ in range(2)]
    assert (made, len(incidents_of(office))) == ([1, 0], 1)


def test_a_surge_that_came_to_nothing_leaves_its_tickets_to_be_compared_anew(small: Office) -> None:
    """Between comparing and writing one of the tickets is held as an impostor's."""
    for province in (0, 1, 2, 3):
        tell(small, "sign_5032", province)
    found = surges.compare(small.database, small.means)
    assert len(found.made) == 1
    assert len(found.covered) == 3
    with small.database.write() as connection:
        tickets.change(connection, 2, small.clock.now(), status="held")
    assert surges.write(small.database, small.means, found) == 0
    assert look(small) == 1
    assert only(small).tickets == 3


@pytest.mark.parametrize(
    ("error", "provinces", "minutes"),
    [
        ("sign_5032", (0, 1, 1, 1), (0, 5, 10, 15)),
        ("sign_5032", (0, 1, 2), (0, 20, 31)),
        ("sign_5032", (0, 1), (0, 0)),
    ],
    ids=["two provinces", "31 minutes", "two mails"],
)
def test_fewer_provinces_or_more_minutes_make_none(
    small: Office, error: str, provinces: tuple[int, ...], minutes: tuple[int, ...]
) -> None:
    start = small.clock.now()
    for text, (province, minute) in enumerate(zip(provinces, minutes, strict=True)):
        small.clock.moment = start + timedelta(minutes=minute)
        tell(small, error, province, text=text)
        assert look(small) == 0


def test_thirty_minutes_make_one_however_late_the_mails_are_worked_off(small: Office) -> None:
    start = small.clock.now()
    small.clock.forward(hours=5)
    for text, minute in enumerate((0, 30, 15)):
        tell(small, "http_503", text, text=text, at=start + timedelta(minutes=minute))
    assert look(small) == 1


def test_a_surge_that_begins_slowly_is_found_with_its_third_province(small: Office) -> None:
    start = small.clock.now()
    made = []
    for text, minute in enumerate((0, 25, 40, 50)):
        small.clock.moment = start + timedelta(minutes=minute)
        tell(small, "sign_5032", text)
        made.append(look(small))
    assert made == [0, 0, 0, 1]
    assert only(small).tickets == 3


@pytest.mark.parametrize(
    ("of_tickets", "category"),
    [
        (("other", "login", "login"), "login"),
        (("login", "other", "login"), "login"),
        (("login", "login", "other"), "login"),
        (("slow", "login", "other"), "slow"),
    ],
)
def test_an_incident_has_the_category_that_most_of_its_tickets_have(
    small: Office, of_tickets: tuple[str, ...], category: str
) -> None:
    for province, one in enumerate(of_tickets):
        tell(small, "sign_5032", province)
        with small.database.write() as connection:
            tickets.change(connection, province + 1, small.clock.now(), category=one)
    assert look(small) == 1
    assert only(small).incident.category == category


def test_different_errors_of_one_category_make_none(small: Office) -> None:
    for province, error in enumerate(("sign_5032", "plugin_version", "ora_12541")):
        tell(small, error, province, text=0)
    assert look(small) == 0


def test_tickets_of_impostors_and_held_mails_make_none(small: Office) -> None:
    for province in (0, 1):
        tell(small, "sign_5032", province)
    tell(small, "sign_5032", 2, sender="Hỗ trợ <hotrocntt@vst-gov.vn>")
    assert look(small) == 0
    tell(small, "sign_5032", 3)
    with small.database.write() as connection:
        tickets.change(connection, 4, small.clock.now(), status="held")
    assert look(small) == 0


def test_a_later_mail_joins_and_is_asked_for_nothing(office: Office) -> None:
    surge(office)
    tell(office, "sign_5032", 3)
    assert only(office).tickets == 4, "it joins as it is written down"
    [first, *_, last] = incident_letters(office, "acknowledgement")
    assert "Ảnh chụp màn hình" in first
    assert "Ảnh chụp màn hình" not in last
    assert "SD261116-000004" in last, "the code is due to each unit"
    assert look(office) == 0


def test_a_further_mail_on_a_ticket_of_an_incident_gets_no_automatic_letter(office: Office) -> None:
    tell(office, "sign_5032", 0)
    more = {"sender": "Kế toán <ketoan@donvi1.example>", "number": 71}
    surged = "Re: [SD261116-000001]"
    office.store(request(surged, text="Tôi bổ sung ảnh chụp màn hình.", **more))
    office.process()
    assert len(incident_letters(office, "follow_up")) == 1
    for province in (1, 2):
        tell(office, "sign_5032", province)
    assert look(office) == 1
    office.store(request(surged, text="Vẫn chưa ký được.", **{**more, "number": 72}))
    office.process()
    assert len(incident_letters(office, "follow_up")) == 1


def tell_every_day(small: Office) -> None:
    """Let an error be told of for days, and then from three provinces at once."""
    start = small.clock.now()
    for day in range(5):
        for minute in (0, 120, 240):
            small.clock.moment = start + timedelta(days=day, minutes=minute)
            tell(small, "http_503", minute // 120 % 2)
            assert look(small) == 0
    small.clock.moment = start + timedelta(days=7)
    for province in (0, 1, 2):
        tell(small, "http_503", province)


def test_what_is_usual_needs_more_provinces(small: Office) -> None:
    tell_every_day(small)
    assert look(small) == 0
    for province in (3, 4):
        tell(small, "http_503", province, text=0)
    assert look(small) == 1


def test_an_old_mail_that_comes_with_them_leaves_what_is_usual_usual(small: Office) -> None:
    """Who moves a mail from an old folder into the mailbox brings one with the date of its first receipt."""
    start = small.clock.now()
    tell_every_day(small)
    tell(small, "blank_page", 3, at=start - timedelta(days=300))
    assert look(small) == 0


def test_a_dissolved_incident_is_not_proposed_again(office: Office) -> None:
    lan = person(office, "lan", Role.AGENT)
    surge(office)
    form = IncidentForm(lan, only(office).incident.id, "key-12345", "x")
    before = {code: status_of(office, code) for code in codes_of(office)}
    incidents.dissolve(office.database, office.clock, form)
    assert not incidents_of(office)
    assert {code: status_of(office, code) for code in before} == before
    with office.database.write() as connection:
        connection.execute(sightings.update().values(compared=False))
    assert look(office) == 0
    for province in (0, 1, 2):
        tell(office, "sign_5032", province)
    assert look(office) == 0, "the same words are no alarm for a while"
    office.clock.forward(seconds=MUTED.total_seconds() + 60)
    surge(office)
    assert only(office).tickets == 3


def test_signatures_are_kept_for_a_month_but_those_of_incidents(small: Office) -> None:
    surge(small)
    tell(small, "http_503", 0)
    small.clock.forward(days=31)
    tidy(small.database, small.clock)
    with small.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(sightings)) == 3
        assert connection.scalar(select(func.count()).select_from(incident_rows)) == 1


def status_of(office: Office, code: str) -> tuple[str, int]:
    with office.database.read() as connection:
        found = tickets.find(connection, code)
    assert found is not None
    return found.status, found.version


def test_of_a_long_past_every_nth_ticket_is_read(office: Office) -> None:
    for province in (0, 1, 2, 0, 1, 2):
        tell(office, "blank_page", province)
    now = office.clock.now()
    with office.database.read() as connection:
        every, one = db_sightings.usual(connection, now - timedelta(days=1), now + timedelta(days=1), most=6)
        each, step = db_sightings.usual(connection, now - timedelta(days=1), now + timedelta(days=1), most=3)
    assert (len(every), one) == (6, 1)
    assert (len(each), step) == (3, 2)
    assert set(each) <= set(every)
