"""The service's threads share one heap, and what is large lies outside of it."""

import ctypes
import re
import subprocess
import sys

import pytest

COUNT = """
import ctypes, sys, threading
from triage.adapters.heap import keep_heap_small
if sys.argv[1] == "small": keep_heap_small()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
held = threading.Barrier(4)
def take():
    libc.malloc(40_000)
    held.wait()
threads = [threading.Thread(target=take) for _ in range(4)]
for one in threads: one.start()
for one in threads: one.join()
libc.free(libc.malloc(3_000_000))
libc.malloc(3_000_000)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


def told(how: str) -> str:
    """Give what the C library says of a program with threads that has given a large piece back."""
    if not hasattr(ctypes.CDLL(None), "malloc_info"):
        pytest.skip("a C library without malloc_info")
    return subprocess.run(
        [sys.executable, "-c", COUNT, how], capture_output=True, check=True, text=True
    ).stdout


def outside(how: str) -> int:
    """Give how many pieces lie outside of any heap."""
    [count] = re.findall(r'<total type="mmap" count="(\d+)"', told(how))
    return int(count)


def test_threads_share_one_heap() -> None:
    if told("as-it-is").count("<heap nr=") == 1:
        pytest.skip("a C library whose threads share one heap anyway")
    assert told("small").count("<heap nr=") == 1


def test_what_is_large_leaves_no_hole_in_the_heap() -> None:
    assert outside("small") == outside("as-it-is") + 1
