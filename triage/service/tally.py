"""What this process has done since it started; whoever draws it over time knows that it begins anew."""

import threading
from collections import defaultdict
from collections.abc import Mapping

from triage.core.exposition import Labels


class Tally:
    """Sums by name and label; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums: dict[str, dict[Labels, float]] = defaultdict(lambda: defaultdict(float))

    def add(self, name: str, number: float = 1, **label: str) -> None:
        """Add to one sum."""
        with self._lock:
            self._sums[name][tuple(label.items())] += number

    def count_all(self, name: str, label: str, numbers: Mapping[str, int]) -> None:
        """Add to the sums of several values of a label."""
        for value, number in numbers.items():
            self.add(name, number, **{label: value})

    def took(self, name: str, seconds: float, **label: str) -> None:
        """Add one duration to a summary."""
        self.add(f"{name}_sum", seconds, **label)
        self.add(f"{name}_count", 1, **label)

    def sums(self) -> dict[str, dict[Labels, float]]:
        """Give all sums as they stand."""
        with self._lock:
            return {name: dict(sums) for name, sums in self._sums.items()}
