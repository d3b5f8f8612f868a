"""Every page of the desk opens in English as it does in Vietnamese."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from support.deskserver import DeskServer
from support.sampledesk import PAGES, address_of, sample_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    with sample_desk(tmp_path_factory.mktemp("sample")) as server:
        with server.office.database.write() as connection:
            connection.execute(text("UPDATE people SET language = 'en'"))
        yield server


@pytest.mark.parametrize(("name", "path"), PAGES, ids=[f"{name}:{path}" for name, path in PAGES])
def test_a_page_opens_in_english(desk: DeskServer, name: str, path: str) -> None:
    login, _, factor = name.partition("/")
    browser = desk.let_in(login, factor=factor or "code") if login else desk.browser()
    browser.client.cookies.set("language", "en")
    # the page that checks codes keeps no cookie: its address says the language
    asked = f"{path}?lang=en" if path == "/kiem-tra" else path
    answer = browser.get(address_of(desk, asked))
    assert answer.status_code == (404 if path == "/none" else 200)
    assert '<html lang="en"' in answer.text
