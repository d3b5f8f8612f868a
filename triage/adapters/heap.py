"""How the C library shares out memory among threads."""

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8
"""Of glibc's malloc.h; mallopt(3)."""


def share_one_heap() -> None:
    """Let all threads that start from now on take memory from one heap.

    glibc gives threads up to eight heaps for each core, so that they do not wait for each other. In Python
    they wait for the interpreter anyway, and each heap keeps what its thread once needed. Other C libraries
    have no such option, and are left as they are.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
