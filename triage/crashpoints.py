"""Places at which a test kills the process as a power cut would; outside of tests they do nothing.

A test sets TRIAGE_CRASH_AT to a label and says by ``:2`` that the second passage is meant. The variable
counts below pytest alone, so that no environment of an installation can kill a service.
"""

import os
import signal
from collections import Counter
from threading import Lock

CRASH_POINTS = (
    # receiving: the folder is open, its mails are listed, a batch is in its objects, where it has any; it is
    # stored, that is committed, it is moved
    "receive:opened",
    "receive:listed",
    "receive:put",
    "receive:fetched",
    "receive:stored",
    "receive:settled",
    # processing: mails are taken, read; one is written down, all are, before and after the commit
    "process:claimed",
    "process:read",
    "process:applied",
    "process:written",
    "process:committed",
    # delivering: a letter is taken, the server waits for it, has it, and that is written down
    "deliver:taken",
    "deliver:proposed",
    "deliver:sent",
    "deliver:recorded",
)
"""Every label, in the order in which a mail and its answer pass them; a test finds each of them once."""

FOLDER_POINTS = (
    # keeping the folders of queues: signed in, in a folder; copies are away, are forgotten, are marked; one
    # is there, some are noted, a folder is done
    "folders:opened",
    "folders:entered",
    "folders:taken",
    "folders:forgotten",
    "folders:marked",
    "folders:put",
    "folders:noted",
    "folders:done",
)
"""The same for the folders of queues, which have a stage of their own."""

STORAGE_POINTS = (
    # raw mail outside the database: copied to the other place, its rows changed; objects are removed
    "storage:copied",
    "storage:moved",
    "storage:removed",
)
"""The same for storage, whose work is done by the clock or by a command."""

_passed: Counter[str] = Counter()
_one_by_one = Lock()


def crash_point(label: str) -> None:
    """End the process by SIGKILL where a test wants it to end here."""
    wanted = os.environ.get("TRIAGE_CRASH_AT")
    if wanted is None or "PYTEST_CURRENT_TEST" not in os.environ:
        return
    with _one_by_one:
        _passed[label] += 1
        passed = _passed[label]
    if wanted == f"{label}:{passed}":
        os.kill(os.getpid(), signal.SIGKILL)
