"""The service's threads share one heap."""

import ctypes
import subprocess
import sys

import pytest

COUNT = """
import ctypes, sys, threading
from triage.adapters.heap import share_one_heap
if sys.argv[1] == "one": share_one_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
held = threading.Barrier(4)
def take():
    libc.malloc(40_000)
    held.wait()
threads = [threading.Thread(target=take) for _ in range(4)]
for one in threads: one.start()
for one in threads: one.join()
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


def heaps(how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", COUNT, how], capture_output=True, check=True, text=True
    ).stdout
    return done.count("<heap nr=")


def test_threads_share_one_heap() -> None:
    if not hasattr(ctypes.CDLL(None), "malloc_info"):
        pytest.skip("a C library without malloc_info")
    if heaps("as-it-is") == 1:
        pytest.skip("a C library whose threads share one heap anyway")
    assert heaps("one") == 1
