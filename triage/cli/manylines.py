"""One answer for each of many lines, in their order, by as many processes as there are processors."""

import codecs
import ctypes
import io
import select
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, TextIO

from triage.adapters.processors import cores
from triage.errors import TriageError

if TYPE_CHECKING:
    from concurrent.futures import Future

FEW = 2_000
"""Lines that one process answers sooner than others could be started."""

_PR_SET_PDEATHSIG = 1
"""Of <linux/prctl.h>: which signal a process gets when the one that forked it has died, however that was."""

_BYTES = 32 * 1024
_AHEAD = 3
"""Portions that wait for each process, so that none is idle and memory holds no long list."""


def portions(source: TextIO) -> Iterator[list[str]]:
    """Give the lines of an input as they come: what is there already, and never waiting for more than one."""
    binary = getattr(source, "buffer", None)
    if not isinstance(binary, io.BufferedReader):
        yield from ([line.rstrip("\n")] for line in source)
        return
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(source.encoding)(source.errors or "strict"), translate=True
    )
    left = ""
    while data := binary.read1(_BYTES):
        *lines, left = (left + decoder.decode(data)).split("\n")
        if lines:
            yield lines
    left += decoder.decode(b"", final=True)
    if left:
        yield left.rstrip("\n").split("\n")


def has_more(source: TextIO) -> bool:
    """Whether something of an input is there to be read, or its end, without waiting for it."""
    try:
        return bool(select.select([source], [], [], 0)[0])
    except (OSError, ValueError):  # no file of the system
        return True


def answered(
    work: Callable[[str], str], given: Iterator[list[str]], has_more: Callable[[], bool] = lambda: True
) -> Iterator[str]:
    """Give what ``work`` says of each line; of a long list several answers may come as one text.

    The first lines are answered here. The rest goes to processes that are forked off this one, unless there
    is one processor only. Lines that come slowly, as ``has_more`` says, are answered as they come.
    """
    done = 0
    for lines in given:
        if done < FEW or cores() == 1:
            yield from map(work, lines)
            done += len(lines)
        else:
            yield from _by_others(work, lines, given, has_more)


def _by_others(
    work: Callable[[str], str], first: list[str], rest: Iterator[list[str]], has_more: Callable[[], bool]
) -> Iterator[str]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    count = cores()
    sys.stdout.flush()  # each process would write what stands in its copy of the buffer
    begun: deque[Future[str]] = deque()
    with ProcessPoolExecutor(count, get_context("fork"), _take_on, (work,)) as pool:
        try:
            for lines in chain([first], rest):
                begun.append(pool.submit(_answers, lines))
                while begun and (len(begun) > count * _AHEAD or begun[0].done() or not has_more()):
                    yield begun.popleft().result()
            for one in begun:
                yield one.result()
        except BrokenProcessPool:
            raise TriageError(
                "A process that answered lines was ended, perhaps for want of memory; give fewer at once."
            ) from None
        except BaseException:
            # What was begun ends in a moment; whoever stopped us waits for nothing else.
            pool.shutdown(cancel_futures=True)
            raise


_work: Callable[[str], str] = str
"""In a process that was forked off: what it does. A rulebook need not be packed and sent to it so."""


def _take_on(work: Callable[[str], str]) -> None:
    global _work  # noqa: PLW0603 - one process does one work
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of them; the first one ends the others
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _answers(lines: list[str]) -> str:
    return "".join(map(_work, lines))
