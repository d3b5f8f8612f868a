"""The watchman tells by mail and webhook what is wrong, once, whatever restarts, and once that it is well."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from support.catcher import SmtpCatcher
from support.hook import Hook, hooked
from support.office import OUR_ADDRESS, Office, open_office

from triage.adapters.heralds import by_mail, by_webhook
from triage.adapters.smtp import SmtpSettings
from triage.core.alarms import Pace
from triage.db import heartbeats
from triage.ports import Herald
from triage.service.alarms import Watchman
from triage.service.health import check_health

PACE = Pace(timedelta(minutes=5), timedelta(minutes=60))
STAGES = ("receive", "process", "deliver")


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as hook:
        yield hook


@contextmanager
def at_work(url: str) -> Iterator[Office]:
    with open_office(url) as office:
        beat(office)
        yield office


def beat(office: Office, **errors: str) -> None:
    with office.database.write() as connection:
        for stage in STAGES:
            heartbeats.beat(connection, stage, office.clock.now(), errors.get(stage))


def watchman(office: Office, *heralds: Herald) -> Watchman:
    return Watchman(office.database, office.clock, {"receive": 60}, PACE, heralds)


def looks(watch: Watchman, office: Office, minutes: int, **errors: str) -> None:
    for _ in range(minutes):
        office.clock.forward(minutes=1)
        beat(office, **errors)
        watch.look()


def settings(port: int) -> SmtpSettings:
    return SmtpSettings("127.0.0.1", port, "none", None, None, None, OUR_ADDRESS, 10)


def test_a_stage_that_fails_is_told_once_by_mail_and_once_that_it_works_again(
    database_url: str, catcher: SmtpCatcher
) -> None:
    with at_work(database_url) as office:
        watch = watchman(office, by_mail(settings(catcher.port), ["truc@vst.example", "ca@vst.example"]))
        looks(watch, office, 30, receive="Server imap.example refuses the login.")
        looks(watch, office, 30)
    mails = [message_from_bytes(one.raw, policy=policy.default) for one in catcher.messages]
    assert [one["To"] for one in mails] == ["truc@vst.example", "ca@vst.example"] * 2
    assert mails[0]["Subject"] == "[triage] SỰ CỐ: Không nhận được thư / ALARM: No mail is received"
    assert mails[2]["Subject"] == "[triage] ĐÃ ỔN: Không nhận được thư / WELL AGAIN: No mail is received"
    assert mails[0]["Auto-Submitted"] == "auto-generated"
    text = mails[0].get_content()
    assert "Việc cần làm: Chạy triage doctor" in text
    assert "imap.example refuses the login" in text
    assert "docs/runbook/receive.md" in text


def test_a_restart_repeats_nothing_and_forgets_nothing(database_url: str, hook: Hook) -> None:
    with at_work(database_url) as office:
        for _ in range(10):
            looks(watchman(office, by_webhook(hook.address)), office, 1, deliver="gone")
        assert [(one["alarm"], one["state"]) for one in hook.posted] == [("deliver", "raised")]
        looks(watchman(office, by_webhook(hook.address)), office, 1)
        assert [one["state"] for one in hook.posted] == ["raised", "well"]


def test_an_alarm_that_nobody_took_is_told_until_somebody_does(database_url: str, hook: Hook) -> None:
    with at_work(database_url) as office:
        watch = watchman(office, by_webhook(hook.address))
        hook.status = 500
        looks(watch, office, 10, process="broken")
        assert hook.posted == []
        hook.status = 204
        looks(watch, office, 3, process="broken")
        assert [one["alarm"] for one in hook.posted] == ["process"]


def test_one_herald_that_is_gone_keeps_no_other_from_telling(
    database_url: str, hook: Hook, catcher: SmtpCatcher
) -> None:
    with at_work(database_url) as office:
        catcher.stop()
        heralds = by_mail(settings(catcher.port), ["truc@vst.example"]), by_webhook(hook.address)
        looks(watchman(office, *heralds), office, 10, deliver="gone")
    assert [one["alarm"] for one in hook.posted] == ["deliver"]


def test_a_stage_beside_the_others_is_one_alarm_where_it_is_wanted(database_url: str, hook: Hook) -> None:
    with at_work(database_url) as office:
        wanting = Watchman(
            office.database, office.clock, {"receive": 60}, PACE, [by_webhook(hook.address)], ("folders",)
        )
        for minute in range(30):
            with office.database.write() as connection:
                error = "OVERQUOTA" if minute < 15 else None
                heartbeats.beat(connection, "folders", office.clock.now(), error)
            looks(wanting, office, 1)
        assert [(one["alarm"], one["state"]) for one in hook.posted] == [
            ("folders", "raised"),
            ("folders", "well"),
        ]
        assert "OVERQUOTA" in hook.posted[0]["found"]
        looks(wanting, office, 70)
        assert hook.posted[-1]["found"].startswith("Stage folders last finished a round ")
        assert all(check.ok for check in check_health(office.database, office.clock, {"receive": 60}))


def test_a_stuck_mail_and_a_letter_that_failed_are_told(database_url: str, hook: Hook) -> None:
    with at_work(database_url) as office:
        office.store(b"Subject: x\r\n\r\nx")
        with office.database.write() as connection:
            connection.exec_driver_sql("UPDATE mails SET state = 'stuck'")
        looks(watchman(office, by_webhook(hook.address)), office, 6)
    assert [(one["alarm"], one["found"]) for one in hook.posted] == [("mails-stuck", "1 mails are stuck.")]


def test_a_database_that_is_gone_is_told_though_it_cannot_be_noted(database_url: str, hook: Hook) -> None:
    with at_work(database_url) as office:
        watch = watchman(office, by_webhook(hook.address))
        watch.look()
        with office.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE heartbeats RENAME TO away")
            connection.exec_driver_sql("ALTER TABLE alarms RENAME TO alarms_away")
        for _ in range(10):
            office.clock.forward(minutes=1)
            watch.look()
        with office.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO heartbeats")
            connection.exec_driver_sql("ALTER TABLE alarms_away RENAME TO alarms")
        looks(watch, office, 2)
    assert [(one["alarm"], one["state"]) for one in hook.posted] == [
        ("database", "raised"),
        ("database", "well"),
    ]


def test_a_secret_in_what_is_found_is_hidden(database_url: str, hook: Hook) -> None:
    with at_work(database_url) as office:
        error = "could not read: mật khẩu: Kbnn@2026xyz"
        looks(watchman(office, by_webhook(hook.address)), office, 6, process=error)
    assert "Kbnn@2026xyz" not in json.dumps(hook.posted)
    assert hook.posted[0]["alarm"] == "process"
