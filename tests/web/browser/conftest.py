"""One browser for each file of tests: Playwright keeps a loop running, which no other test should meet."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from support.axe import MISSING as AXE_MISSING, axe_script
from support.browsing import MISSING, chromium, have_chromium
from support.programs import unavailable


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    if not have_chromium():
        unavailable(MISSING)
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def axe(request: pytest.FixtureRequest) -> str:
    cache = request.config.cache
    assert cache is not None
    script = axe_script(cache.mkdir("axe"))
    return script if script is not None else unavailable(AXE_MISSING)
