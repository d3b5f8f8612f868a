"""A ticket worked from arrival to answer, and a held mail let go, in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium, Page, expect
from support.browsing import window_of
from support.deskserver import DeskServer, desk_of
from support.office import open_office, request
from support.sampledesk import codes

from triage.db import outbox, tickets

IMPOSTOR = "Hỗ trợ DVC Kho bạc <hotrocntt@vst-gov.vn.example>"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'triage.sqlite'}") as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("an", "security", display_name="Võ Hoài An")
        yield server


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def page(browser: Chromium, desk: DeskServer, *, javascript: bool) -> Iterator[Page]:
    desk.office.store(request("[0010#DVC] Không ký được hồ sơ"))
    desk.office.process()
    with window_of(browser, desk, "lan", javascript=javascript) as window:
        window.open("/tickets")
        yield window.page
        assert [one for one in window.complaints if "status of" not in one] == []


def test_a_ticket_is_taken_answered_and_closed(desk: DeskServer, page: Page) -> None:
    page.get_by_role("link", name="Không ký được hồ sơ").click()
    page.get_by_role("button", name="Nhận xử lý").click()
    expect(page.get_by_text("Người xử lý: Nguyễn Thị Lan")).to_be_visible()
    page.get_by_label("Nội dung", exact=True).first.fill(
        "Chào anh chị, xin cập nhật phần mềm ký số rồi thử lại."
    )
    page.get_by_role("button", name="Gửi và đóng").click()
    expect(page.locator(".state[data-state=closed]").first).to_be_visible()
    expect(page.get_by_text("xin cập nhật phần mềm ký số").first).to_be_visible()
    with desk.office.database.read() as connection:
        [ticket] = tickets.listed(connection)
    assert (ticket.status, ticket.assignee) == ("closed", "lan")


def test_an_answer_that_asks_for_a_password_is_stopped_and_kept(page: Page) -> None:
    page.get_by_role("link", name="Không ký được hồ sơ").click()
    field = page.get_by_label("Nội dung", exact=True).first
    field.fill("Anh chị gửi mật khẩu cho em nhé.")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("hỏi mật khẩu")
    page.get_by_role("link", name="Xem phiếu và sửa tiếp").click()
    expect(page.locator("#answer")).to_have_value("Anh chị gửi mật khẩu cho em nhé.")


def test_a_held_mail_is_released_and_answered(
    browser: Chromium, desk: DeskServer, *, javascript: bool
) -> None:
    desk.office.store(request("[0010#DVC] Cập nhật tài khoản", sender=IMPOSTOR))
    desk.office.process()
    with desk.office.database.read() as connection:
        before = outbox.count_waiting(connection)
    with window_of(browser, desk, "an", javascript=javascript) as window:
        window.open("/security")
        window.page.get_by_role("button", name="Bỏ tạm giữ và trả lời").first.click()
        expect(window.page.get_by_role("status").first).to_be_visible()
    with desk.office.database.read() as connection:
        [ticket] = tickets.listed(connection)
        assert ticket.status != "held"
        assert outbox.count_waiting(connection) == before + 1


def test_what_is_typed_is_kept_and_templates_go_in_at_the_cursor(browser: Chromium, desk: DeskServer) -> None:
    desk.office.store(request("[0010#DVC] Không ký được hồ sơ"))
    desk.office.process()
    with window_of(browser, desk, "lan") as window:
        page = window.page
        window.open(f"/tickets/{codes(desk)[0]}")
        page.keyboard.press("r")
        expect(page.locator("#answer")).to_be_focused()
        page.keyboard.type("Kính gửi anh chị. ")
        page.get_by_role("button", name="Chèn mẫu").click()
        page.keyboard.type(" Trân trọng.")
        written = page.locator("#answer").input_value()
        assert written.startswith("Kính gửi anh chị. \n\n")
        assert written.endswith(" Trân trọng.")
        assert len(written) > len("Kính gửi anh chị. \n\n Trân trọng.")
        expect(page.locator("#composer [data-draft-state]")).to_have_text("Đã lưu nháp", timeout=30_000)
        page.reload()
        expect(page.locator("#answer")).to_have_value(written)
        page.locator("#answer").evaluate("field => field.setSelectionRange(0, 0)")
        page.get_by_role("button", name="Chèn mẫu").click()
        assert page.locator("#answer").input_value().endswith(f"\n\n{written}")
        assert window.complaints == []


@pytest.mark.parametrize("width", [1440, 390])
def test_what_was_done_stays_in_sight_and_counts_down(
    browser: Chromium, desk: DeskServer, width: int
) -> None:
    desk.office.store(request("[0010#DVC] Không ký được hồ sơ", text="Xin giúp.\n" * 80))
    desk.office.process()
    with window_of(browser, desk, "lan", width=width) as window:
        window.open(f"/tickets/{codes(desk)[0]}")
        window.page.get_by_label("Nội dung", exact=True).first.fill("Xin cập nhật phần mềm ký số.")
        window.page.get_by_role("button", name="Gửi", exact=True).click()
        told = window.page.locator("#toast")
        expect(told).to_contain_text(re.compile(r"còn 1\d giây"))
        window.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        expect(told.get_by_role("button", name="Thu hồi")).to_be_in_viewport(ratio=1)
        box = told.bounding_box()
        assert box is not None
        at = [box["x"] + 20, box["y"] + 8]
        assert told.evaluate("(toast, at) => toast.contains(document.elementFromPoint(...at))", at)


@pytest.mark.parametrize("width", [1440, 390])
def test_every_sheet_of_acts_opens_within_the_window(browser: Chromium, desk: DeskServer, width: int) -> None:
    desk.office.store(request(sender=IMPOSTOR))
    desk.office.process()
    with window_of(browser, desk, "an", width=width, height=844) as window:
        window.open(f"/tickets/{codes(desk)[0]}")
        sheets = window.page.locator(".acts > details")
        assert sheets.count() == 4
        for sheet in sheets.all():
            sheet.locator("summary").first.click()
            expect(sheet.locator(".sheet").first).to_be_in_viewport(ratio=1)
