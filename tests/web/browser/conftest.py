"""One browser for each file of tests: Playwright keeps a loop running, which no other test should meet."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from support.browsing import MISSING, chromium, have_chromium
from support.programs import unavailable


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    if not have_chromium():
        unavailable(MISSING)
    with chromium() as started:
        yield started
