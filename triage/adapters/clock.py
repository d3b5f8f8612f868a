"""The clock of the machine."""

from datetime import UTC, datetime


class SystemClock:
    """Gives the present moment of this machine; the only place that asks for it."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        return datetime.now(UTC)
