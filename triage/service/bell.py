"""A bell that any thread may ring, and that whoever waits for news hears."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Bell:
    """Rings for all who hear it. To ring is cheap, may be done from any thread, and never fails for them."""

    def __init__(self) -> None:
        self._ears: tuple[Callable[[], object], ...] = ()
        self.is_hung = False
        """Whether somebody rings it at all; else whoever waits looks by himself, more often."""

    def ring(self) -> None:
        """Let everybody hear it."""
        for ear in self._ears:
            ear()

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Say for as long as the block lasts that the bell is rung when there is news."""
        self.is_hung = True
        try:
            yield
        finally:
            self.is_hung = False

    @contextmanager
    def heard(self, ear: Callable[[], object]) -> Iterator[None]:
        """Let ``ear`` be called at each ring for as long as the block lasts."""
        self._ears = (*self._ears, ear)
        try:
            yield
        finally:
            self._ears = tuple(one for one in self._ears if one is not ear)
