"""What ships for monitoring names only what there is, and every alarm has its page."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.programs import unavailable

from triage.core.alarms import ALARMS
from triage.core.exposition import Sort
from triage.service.metrics import FAMILIES

ROOT = Path(__file__).parents[2]
RULES = ROOT / "contrib" / "prometheus" / "triage.rules.yml"
DASHBOARD = ROOT / "contrib" / "grafana" / "triage.json"
USERS = ROOT / "contrib" / "systemd" / "triage.sysusers"
UNIT = ROOT / "contrib" / "systemd" / "triage.service"
RUNBOOK = ROOT / "docs" / "runbook"
NAME = re.compile(r"\btriage_\w+")


def served() -> Iterator[str]:
    for family in FAMILIES:
        ends = ("_sum", "_count") if family.sort is Sort.SUMMARY else ("",)
        yield from (f"{family.name}{end}" for end in ends)


@pytest.mark.parametrize(
    "path", [RULES, DASHBOARD, ROOT / "docs" / "operation.md"], ids=lambda path: path.name
)
def test_every_measurement_that_is_named_is_served(path: Path) -> None:
    named = set(NAME.findall(path.read_text(encoding="utf-8")))
    assert named
    assert named <= {*served(), *(family.name for family in FAMILIES)}


def test_the_dashboard_asks_one_question_in_each_panel() -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(len(panel["targets"]) == 1 and panel["targets"][0]["expr"] for panel in panels)


def test_every_alarm_has_its_page_and_every_page_its_alarm() -> None:
    assert {path.stem for path in RUNBOOK.glob("*.md")} == {alarm.name for alarm in ALARMS}
    for alarm in ALARMS:
        page = (RUNBOOK / f"{alarm.name}.md").read_text(encoding="utf-8")
        assert alarm.what in page
        assert alarm.what_en in page


def test_every_alert_rule_leads_to_a_page() -> None:
    text = RULES.read_text(encoding="utf-8")
    pages = re.findall(r"runbook: (\S+)", text)
    assert len(pages) == text.count("- alert: ")
    assert all((ROOT / page).is_file() for page in pages)


def test_the_unit_file_asks_for_what_the_service_does() -> None:
    unit = UNIT.read_text(encoding="utf-8")
    for line in (
        "Type=notify",
        "WatchdogSec=60",
        "RestartPreventExitStatus=2 78",
        "ExecReload=/bin/kill -HUP $MAINPID",
    ):
        assert line in unit


def test_the_user_of_the_unit_file_is_one_that_is_made() -> None:
    """A user that stays, and not DynamicUser: what triage init closes to others must be his to read."""
    found = re.search(r"^User=(\w+)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    assert re.search(rf"^u {found[1]} ", USERS.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_unit_file_exposes_little() -> None:
    """Weighed by systemd itself: 0 is a service that can do nothing, 10 one that may do all."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        unavailable("systemd-analyze is not installed; on Debian: apt-get install systemd")
    done = subprocess.run(
        [analyze, "security", "--offline=yes", UNIT],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_PAGER": "", "NO_COLOR": "1"},
    )
    found = re.search(r"Overall exposure level for triage\.service: ([\d.]+)", done.stdout)
    assert found, done.stdout
    assert float(found[1]) <= 2.0
