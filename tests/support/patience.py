"""Waits for something to come true, however slow the machine is."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 120


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; what never does fails."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)
