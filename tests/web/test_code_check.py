"""The page for everybody: yes or no alone, and nothing that tells a wrong code from a wrong address."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.deskserver import Browser, DeskServer, desk_of
from support.office import open_office, request

from triage.service import codecheck

CODE = "SD261116-000001"
UNIT = "ketoan@thcs-hoamai.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        office.store(request(), request(number=2, sender="khac@ubnd-hoacuc.example"))
        office.process()
        with desk_of(office, public_check=True) as desk:
            yield desk


@pytest.fixture
def anybody(desk: DeskServer) -> Browser:
    return desk.browser()


def answer(anybody: Browser, code: str, address: str, language: str = "en") -> str:
    given = anybody.client.post(f"/kiem-tra?lang={language}", data={"code": code, "address": address})
    assert given.status_code == 200
    return given.text


@pytest.mark.parametrize("code", [CODE, "sd261116-1", " SD 261116 – 000001 "])
def test_the_unit_that_was_given_a_code_is_told_yes(anybody: Browser, code: str) -> None:
    assert "Yes. We gave this code to this mail address." in answer(anybody, code, UNIT.upper())
    assert "Có. Chúng tôi đã cấp mã này cho địa chỉ thư này." in answer(anybody, code, UNIT, "vi")


def test_a_wrong_code_and_a_wrong_address_get_the_same_page(anybody: Browser) -> None:
    pages = {
        answer(anybody, code, address).replace(f'value="{code}"', "").replace(f'value="{address}"', "")
        for code, address in (
            (CODE, "ke.xau@thcs-hoamai.example"),
            ("SD261116-000002", UNIT),
            ("SD261116-999999", UNIT),
            ("SD269999-000001", UNIT),
            ("nothing", UNIT),
            (CODE, "no-address"),
        )
    }
    assert len(pages) == 1
    assert "No. We did not give this code to this mail address." in pages.pop()


def test_the_code_of_a_held_ticket_was_given_to_nobody(desk: DeskServer, anybody: Browser) -> None:
    with desk.office.database.write() as connection:
        connection.exec_driver_sql("UPDATE tickets SET status = 'held'")
    assert "No. We did not" in answer(anybody, CODE, UNIT)


def test_it_sets_no_cookie_is_in_no_index_and_needs_no_script(anybody: Browser) -> None:
    for given in (
        anybody.client.get("/kiem-tra"),
        anybody.client.post("/kiem-tra", data={"code": CODE, "address": UNIT}),
    ):
        assert "set-cookie" not in given.headers
        assert given.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "noindex" in given.text
        assert "<script" not in given.text
    english = anybody.client.get("/kiem-tra", params={"lang": "en"}).text
    assert '<html lang="en">' in english
    assert 'href="/kiem-tra?lang=vi"' in english


def test_what_is_typed_stays_text_and_what_no_database_keeps_is_refused(anybody: Browser) -> None:
    typed = "<script>alert(1)</script>"
    assert typed not in answer(anybody, typed, typed)
    for code in ("a\0b", "a" * 100):
        given = anybody.client.post("/kiem-tra", data={"code": code, "address": UNIT})
        assert given.status_code in {400, 422}


def test_one_network_and_all_together_ask_so_often_in_an_hour(desk: DeskServer, anybody: Browser) -> None:
    for _ in range(codecheck.PER_NETWORK):
        answer(anybody, "x", UNIT)
    late = anybody.client.post("/kiem-tra", data={"code": CODE, "address": UNIT})
    assert (late.status_code, late.headers["Retry-After"]) == (429, "3600")
    assert "Có." not in late.text
    desk.office.clock.forward(hours=1)
    answer(anybody, CODE, UNIT)
    with desk.office.database.write() as connection:
        connection.exec_driver_sql("UPDATE throttles SET count = 1000 WHERE key = 'check'")
    assert anybody.client.post("/kiem-tra", data={"code": CODE, "address": UNIT}).status_code == 429


def test_another_site_asks_nothing_in_somebody_s_browser(anybody: Browser) -> None:
    given = anybody.client.post(
        "/kiem-tra", data={"code": CODE, "address": UNIT}, headers={"Origin": "https://evil.example"}
    )
    assert given.status_code == 403


def test_it_is_off_unless_somebody_turns_it_on(desk: DeskServer) -> None:
    with desk_of(desk.office) as ordinary:
        assert ordinary.browser().client.get("/kiem-tra").status_code == 404
        ordinary.close()
