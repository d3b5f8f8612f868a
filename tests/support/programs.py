"""Programs that only the system's package manager has."""

import os
from typing import NoReturn

import pytest


def unavailable(reason: str) -> NoReturn:
    """Skip the test for want of a program; with TRIAGE_TEST_STRICT=1 fail it, for all is to be installed."""
    if os.environ.get("TRIAGE_TEST_STRICT") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
