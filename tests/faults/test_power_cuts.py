"""kill -9 at every labelled point: nothing is lost, no code given twice, a letter repeated only as itself."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.dovecot import DovecotServer
from support.imapserver import ImapAccount
from support.powercuts import Works, works

from triage.crashpoints import CRASH_POINTS, FOLDER_POINTS, STORAGE_POINTS, crash_point

PACKAGE = Path(__file__).parents[2] / "triage"
FIRST_OF_TWO = {"process:applied", "deliver:proposed", "deliver:sent", "deliver:recorded"}
"""Points that are passed once a mail or letter."""

pytestmark = pytest.mark.dovecot


@pytest.fixture
def site(dovecot: ImapAccount, catcher: SmtpCatcher, database_url: str) -> Iterator[Works]:
    with works(dovecot, catcher, database_url) as site:
        yield site


def test_a_kill_at_any_point_loses_nothing_and_doubles_nothing_but_the_letter_in_doubt(site: Works) -> None:
    for point in CRASH_POINTS:
        for passage in (1, 2) if point in FIRST_OF_TWO else (1,):
            site.arrive(2)
            assert site.cut_at(f"{point}:{passage}"), point
            site.recover()
    site.all_is_well()


def test_a_kill_at_any_point_loses_and_doubles_nothing_of_two_mailboxes(
    site: Works, dovecot_server: DovecotServer
) -> None:
    site.beside = dovecot_server.account()
    for point in CRASH_POINTS:
        for passage in (1, 2) if point.startswith("receive:") or point in FIRST_OF_TWO else (1,):
            site.arrive(2)
            site.arrive_twice()
            assert site.cut_at(f"{point}:{passage}"), point
            site.recover()
    site.all_is_well()
    assert site.account.raw_mails() == site.beside.raw_mails() == []


def test_a_kill_while_three_connections_send_doubles_no_more_than_their_letters(site: Works) -> None:
    site.connections = 3
    for point in sorted(one for one in FIRST_OF_TWO if one.startswith("deliver:")):
        for passage in (4, 6):
            site.arrive(8)
            before = site.doubled()
            assert site.cut_at(f"{point}:{passage}"), point
            site.recover()
            assert site.doubled() - before <= site.connections
    site.all_is_well()


@pytest.mark.soak
def test_two_kills_in_a_row_at_any_point_lose_nothing(site: Works) -> None:
    for point in CRASH_POINTS:
        site.arrive(1)
        site.cut_at(f"{point}:1")
        site.cut_at(f"{point}:1")
        site.recover()
    site.all_is_well()


def test_every_point_stands_in_the_program_once() -> None:
    found = [
        label
        for path in sorted(PACKAGE.rglob("*.py"))
        for label in re.findall(r'crash_point\("([\w:]+)"\)', path.read_text(encoding="utf-8"))
    ]
    assert sorted(found) == sorted((*CRASH_POINTS, *FOLDER_POINTS, *STORAGE_POINTS))


def test_outside_of_tests_no_environment_kills_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_CRASH_AT", "receive:opened:1")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    crash_point("receive:opened")
