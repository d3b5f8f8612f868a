"""Whatever is sent costs a bounded time and memory, and what was not read of it is said."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.monsters import BAITS, SIZES

TESTS = Path(__file__).parents[1]
MOST_COPIES = 2
MOST_BESIDE = 50_000_000
"""What deciding may add to the process: so many times the mail's own size, and so many bytes beside."""

WHOLE = frozenset(
    {"50 MB of one file", "a zip of zips of zips", "a zip that shares its bytes", "a gzip of gigabytes"}
)
"""Mails whose every part is read; a file is taken from the raw mail when somebody asks."""

BOMBS = frozenset({"a zip that shares its bytes", "a gzip of gigabytes"})


def measured(group: str) -> dict[str, dict[str, Any]]:
    place = os.pathsep.join((str(TESTS), str(TESTS.parent)))
    done = subprocess.run(
        [sys.executable, str(TESTS / "support" / "monsters.py"), group],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": place},
        timeout=1_200,
    )
    assert done.returncode == 0, done.stderr
    return {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}


@pytest.mark.timeout(1_300)
def test_a_mail_beyond_every_limit_is_kept_and_says_what_was_not_read() -> None:
    found = measured("sizes")
    assert found.keys() == SIZES.keys()
    for name, one in found.items():
        assert (one["killed"], one["outcome"]) == (0, "OpenTicket"), one
        assert one["added"] < MOST_COPIES * one["size"] + MOST_BESIDE, one
        assert ("not_read_whole" in one["told"]) == (name not in WHOLE), one
        assert ("ATTACH_BOMB" in one["findings"]) == (name in BOMBS), one


@pytest.mark.timeout(1_300)
def test_a_million_characters_of_bait_are_decided_all_the_same() -> None:
    found = measured("baits")
    assert found.keys() == BAITS.keys()
    for one in found.values():
        assert one["killed"] == 0, one
        assert one["outcome"], one
        assert one["added"] < MOST_COPIES * one["size"] + MOST_BESIDE, one
