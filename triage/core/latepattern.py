"""Regular expressions that are compiled when they are first used.

Compiling the hundreds that the core has would take a fifth of a short command's time, and a mail needs few.
Worth it for what is long and rarely used: each later use costs some 50 ns more than of one made at once.
"""

import re
from typing import Any, AnyStr, cast


def late_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Give what behaves like ``re.compile(text, flags)``; a mistake in it shows when it is first used."""
    return cast("re.Pattern[AnyStr]", _Late(text, flags))


class _Late:
    def __init__(self, text: str | bytes, flags: int) -> None:
        self.pattern = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a pattern has
        """Compile, and keep what was asked for, so that nobody comes here for it again."""
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found
