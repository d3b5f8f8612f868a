"""make audit says what is known, and never that all is well where nobody could tell."""

import os
import subprocess
from pathlib import Path

import pytest
from support.installed import ROOT

PROGRAM = """\
#!/bin/bash
# Answers as pip-audit does: with 1 and a report where it knows something, without one where nobody answers.
while [ $# -gt 0 ]; do case $1 in --output) out=$2;; --requirement) asked=$2;; esac; shift; done
case $asked in *canary.txt) report='{canary}';; *) report='{service}';; esac
[ -z "$report" ] && {{ echo "no route to host" >&2; exit 1; }}
printf %s "$report" >"$out"
case $report in *'"id"'*) exit 1;; esac
"""
OLD = (
    '{"dependencies":[{"name":"jinja2","version":"2.11.2","vulns":[{"id":"P-1","fix_versions":["2.11.3"]}]}]}'
)
NONE = '{"dependencies":[{"name":"jinja2","version":"2.11.2","vulns":[]}]}'
SKIPPED = '{"dependencies":[{"name":"nh3","skip_reason":"Dependency not found"}]}'
BAD = '{"dependencies":[{"name":"nh3","version":"0.1","vulns":[{"id":"P-2","fix_versions":[]}]}]}'


@pytest.mark.parametrize(
    ("canary", "service", "code", "told"),
    [
        (OLD, NONE, 0, "No vulnerability is known in requirements/service.txt."),
        (OLD, BAD, 1, "nh3 0.1: P-2, repaired in no release"),
        (OLD, "", 75, "fell silent, so nothing is known"),
        (OLD, SKIPPED, 75, "Nothing is known of nh3"),
        (NONE, NONE, 75, "does not know of an old vulnerability, so nothing is known"),
        ("", "", 75, "could not be asked, so nothing is known"),
    ],
    ids=["clean", "vulnerable", "silent", "skipped", "a-mirror", "no-network"],
)
def test_it_says_what_is_known(tmp_path: Path, canary: str, service: str, code: int, told: str) -> None:
    program = tmp_path / "pip-audit"
    program.write_text(PROGRAM.format(canary=canary, service=service))
    program.chmod(0o755)
    done = subprocess.run(
        [ROOT / ".ci" / "audit", program],
        capture_output=True,
        text=True,
        timeout=60,
        env=dict(os.environ),
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert told in done.stdout + done.stderr
    assert ("No vulnerability" in done.stdout) == (code == 0)
