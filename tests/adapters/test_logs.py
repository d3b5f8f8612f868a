"""What is logged: a line for each thing that happens, and never a secret or the text of a mail."""

import json
import logging

import pytest
import structlog

from triage.adapters import logs

SECRETS = ("canary-secret", "canary-body " * 50)


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_traceback_shows_no_value(capsys: pytest.CaptureFixture[str], style: str) -> None:
    def fail(password: str, body: str) -> None:
        raise ValueError(f"cannot use {len(password)} and {len(body)}")

    logs.set_up("info", style)
    try:
        fail(*SECRETS)
    except ValueError:
        structlog.get_logger().exception("something_broke", mail_id=7)
    told = capsys.readouterr().err
    assert "something_broke" in told
    assert "ValueError" in told
    assert "canary" not in told


def test_lines_for_programs_are_json_whatever_is_in_them(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("info", "json")
    structlog.get_logger().info("mail_seen", subject="dòng\nmới \x1b[31m đỏ")
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "\x1b" not in line
    assert json.loads(line)["subject"] == "dòng\nmới \x1b[31m đỏ"


def test_what_libraries_log_is_told_in_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("info", "json")
    library = logging.getLogger("apscheduler.scheduler")
    library.warning("Run of job %s skipped, password: %s", "look", "S3cret-canary!")
    try:
        int("canary")
    except ValueError:
        library.exception("job failed")
    library.info("quiet")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["event"], first["level"]) == ("library_told", "warning")
    assert first["library"] == "apscheduler.scheduler"
    assert first["said"].startswith("Run of job look skipped, password: ")
    assert "canary" not in first["said"]
    assert second["exception"][0]["exc_type"] == "ValueError"


def test_quiet_levels_stay_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("warning", "json")
    structlog.get_logger().info("mail_seen")
    assert capsys.readouterr().err == ""
