"""How often the collector of cyclic garbage looks through new objects.

Loading makes a hundred thousand objects, and all of them stay: looking through them again and again took a
tenth of a short command's time.
"""

import gc

AT_START = 50_000
"""New objects before the collector looks."""

_USUAL = gc.get_threshold()


def look_rarely() -> None:
    """Let the collector rest while a command is loaded, and as long as one is short."""
    gc.set_threshold(AT_START)


def look_as_usual() -> None:
    """Let it look as often as Python has it, at what is made from now on and no more at what was loaded."""
    gc.freeze()
    gc.set_threshold(*_USUAL)
