"""How the C library takes memory, and how soon it gives it back."""

import ctypes
from contextlib import suppress

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
"""Of glibc's malloc.h; mallopt(3)."""

_LARGE_BYTES = 128 * 1024
_SPARE_BYTES = 1024 * 1024


def keep_heap_small() -> None:
    """Let all threads that start from now on share one heap, and what is large lie outside of it.

    glibc gives threads up to eight heaps for each core, so that they do not wait for each other. In Python
    they wait for the interpreter anyway, and each heap keeps what its thread once needed. It also takes what
    is large from the heap as soon as something as large was given back, and a batch of mails leaves holes
    there that stay: here it goes back to the machine at once, as does what is free at the end of the heap.
    Other C libraries have no such options, and are left as they are.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _SPARE_BYTES)
