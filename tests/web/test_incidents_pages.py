"""The pages of incidents: what each role sees and is offered, and the way from a draft to all the letters."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.deskserver import DeskServer, desk_of
from support.office import open_office
from support.surges import incident_letters, tell

from triage.service import incidentletters, surges

TITLE = "Không kết nối được máy chủ ký số (SIGN-5032)"
OWN, OTHER, THIRD = (f"SD261116-00000{number}" for number in (1, 2, 3))
PATH = "/incidents/1"
TEXT = "Kho bạc đã khởi động lại máy chủ ký số. Đề nghị Quý đơn vị ký lại."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("thu", "coordinator", "0010", display_name="Lê Minh Thu")
        server.person("ha", "coordinator", "0060", display_name="Phạm Thu Hà")
        for province in (0, 1, 2):
            tell(office, "sign_5032", province)
        surges.look(office.database, office.means)
        yield server


def main_of(page: str) -> str:
    return page.partition("<main")[2]


def work_off(desk: DeskServer) -> None:
    incidentletters.work_off(desk.office.database, desk.office.means)


def test_an_incident_stands_on_the_board_in_lists_on_its_tickets_and_in_notices(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    for page in ("/", "/tickets", f"/tickets/{OWN}", "/incidents", "/notices"):
        shown = main_of(lan.get(page).text)
        assert f'href="{PATH}"' in shown, page
        assert TITLE in shown or page == "/notices", page
    page = main_of(lan.get(PATH).text)
    assert "Hà Nội, Hậu Giang, Hồ Chí Minh" in page
    assert all(code in page for code in (OWN, OTHER, THIRD))
    assert "Không có sự cố nào đang diễn ra." not in lan.get("/incidents").text


def test_an_agent_previews_and_sends_one_answer_to_all(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    lan.get(PATH)
    looked = lan.post(f"{PATH}/preview", {"text": TEXT}).text
    assert "Gửi tới 3 phiếu" in looked
    assert OWN in looked
    sent = main_of(lan.post(f"{PATH}/answer", {"text": TEXT}).text)
    assert "còn 3 phiếu đang gửi" in sent
    work_off(desk)
    assert "Đã gửi 3 phiếu." in lan.get(PATH).text
    assert len(incident_letters(desk.office, "answer")) == 3
    assert "trả lời đơn vị" in lan.get(f"/tickets/{OTHER}").text


def test_what_the_guard_stops_is_shown_with_its_text(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    lan.get(PATH)
    worse = f"{TEXT} Anh chị gửi mật khẩu cho em nhé."
    for act in ("answer", "propose"):
        stopped = lan.post(f"{PATH}/{act}", {"text": worse})
        assert stopped.status_code == 409
        assert "Thư này chưa gửi được:" in stopped.text
        assert worse in stopped.text
    assert "Gửi tới" not in main_of(lan.post(f"{PATH}/preview", {"text": worse}).text)


def test_a_ready_answer_goes_in_without_javascript(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    offered = re.findall(r'<option value="([^"]+)" data-text="', lan.get(PATH).text)
    assert "he-thong-cham" in offered
    form = {"text": "Kính gửi.", "insert": "yes", "template": "he-thong-cham"}
    looked = main_of(lan.post(f"{PATH}/preview", form).text)
    assert re.search(r'<textarea id="text"[^>]*>\s*Kính gửi\.\s+\S', looked)


def test_a_coordinator_sees_the_number_and_his_tickets_and_proposes(desk: DeskServer) -> None:
    thu, lan = desk.let_in("thu"), desk.let_in("lan")
    page = main_of(thu.get(PATH).text)
    assert "3 phiếu, bạn xem được 1" in page
    assert OWN in page
    assert OTHER not in page
    assert THIRD not in page
    assert "Không ký được hồ sơ" not in page, "the subject of a ticket that he does not see"
    assert "Báo nhầm, bỏ sự cố" not in page
    assert "(1 của bạn)" in thu.get("/incidents").text
    looked = main_of(thu.post(f"{PATH}/preview", {"text": TEXT}).text)
    assert "Gửi duyệt" in looked
    assert "Gửi tới" not in looked
    assert "Đã gửi duyệt" in thu.post(f"{PATH}/propose", {"text": TEXT}).text
    waiting = lan.get(PATH).text
    assert "Xem trước và duyệt" in waiting
    looked = lan.post(f"{PATH}/preview", {"text": TEXT, "proposal": "1"}).text
    assert 'name="proposal" value="1"' in looked
    lan.post(f"{PATH}/answer", {"text": TEXT, "proposal": "1"})
    work_off(desk)
    assert len(incident_letters(desk.office, "answer")) == 3


def test_a_coordinator_without_tickets_of_it_sees_that_it_is_there_and_no_more(desk: DeskServer) -> None:
    ha = desk.let_in("ha")
    page = main_of(ha.get(PATH).text)
    assert TITLE in page
    assert "Sự cố này không có phiếu nào của bạn." in page
    assert not re.search(r"SD\d{6}-\d{6}", page)
    assert "Xem trước" not in page
    refused = ha.post(f"{PATH}/propose", {"text": TEXT})
    assert refused.status_code == 409
    assert "không có phiếu nào của bạn nên không soạn" in refused.text
    looked = ha.post(f"{PATH}/preview", {"text": TEXT}).text
    assert not re.search(r"SD\d{6}-\d{6}", looked)


def test_a_ticket_is_taken_out_and_put_back_and_the_alarm_dissolved_by_one_act(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    lan.get(PATH)
    assert f"Đã tách phiếu {THIRD} khỏi sự cố." in lan.post(f"{PATH}/take-out", {"code": THIRD}).text
    assert PATH not in main_of(lan.get(f"/tickets/{THIRD}").text)
    assert f"Đã thêm phiếu {THIRD} vào sự cố." in lan.post(f"{PATH}/add", {"code": "sd261116-3"}).text
    page = lan.post(f"{PATH}/dissolve", {}).text
    assert "Đã bỏ sự cố báo nhầm." in page
    assert "Báo nhầm, bỏ sự cố" not in page
    assert PATH not in main_of(lan.get("/tickets").text)
    assert PATH not in main_of(lan.get("/").text)
    assert "Báo nhầm, đã bỏ" in lan.get("/incidents").text
    assert "tách phiếu khỏi sự cố" in lan.get(f"/tickets/{OWN}").text
    over = lan.post(f"{PATH}/close", {})
    assert (over.status_code, "Sự cố này đã kết thúc." in over.text) == (409, True)


def test_a_closed_incident_tells_how_it_ended(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    lan.get(PATH)
    lan.post(f"{PATH}/close", {"outcome": "solved"})
    work_off(desk)
    page = main_of(lan.get(PATH).text)
    assert "Đã kết thúc" in page
    assert "Nguyễn Thị Lan kết thúc sự cố" in page
    assert "Đã đóng" in page
    assert lan.get("/incidents/99").status_code == 404
