"""The process apart that reads mails ahead for the service: `python -m triage.adapters.readerprocess`.

Its first message says why it cannot read for the service, and is empty where it can. Then it is told on
standard input which mails to read and answers on standard output, a list for a list; it ends when its input
does. What cannot be read is None: the service reads that again itself and so knows why.
"""

import os
import pickle
import signal
import sys
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from triage import __version__
from triage.adapters.heap import keep_heap_small
from triage.adapters.pipes import receive, send
from triage.adapters.rulefiles import load_rulebook
from triage.adapters.trial import MEMORY_BYTES, leave_signals, limit_memory
from triage.core.laterparts import load_all
from triage.core.reading import Read, read_of
from triage.core.rules import Rulebook, with_ours
from triage.errors import TriageError

LONGEST_SECONDS = 120
"""After how long with one request this process ends itself; the service, if it lives, ends it sooner."""


def main() -> None:
    """Read mails by the rules of a folder: release, folder, digest of the rules, zone, our addresses."""
    release, folder, digest, zone, *ours = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "wb")
    keep_heap_small()
    os.dup2(2, 1)  # nothing that a library prints may stand between the answers
    leave_signals()
    try:
        rules = with_ours(load_rulebook(Path(folder)), frozenset(ours), ZoneInfo(zone))
    except TriageError as error:
        send(answers, str(error).encode())
        return
    load_all()
    hindrance = _hindrance(release, digest, rules)
    send(answers, hindrance.encode())
    limit_memory(MEMORY_BYTES)
    while not hindrance and (request := receive(sys.stdin.buffer)) is not None:
        # A mail that hangs keeps us from seeing that the service has gone; the alarm ends C code as well.
        signal.alarm(LONGEST_SECONDS)
        found = [_read(raw, rules) for raw in pickle.loads(request)]  # noqa: S301 - the service wrote it
        send(answers, pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
        signal.alarm(0)


def _hindrance(release: str, digest: str, rules: Rulebook) -> str:
    """Say why the service would read otherwise than we do; empty where it would not."""
    if release != __version__:
        return f"the program on disk is release {__version__}, the service is {release}; restart the service"
    if digest != rules.digest:
        return "the rules on disk are not those by which the service decides; let it read them again"
    return ""


def _read(raw: bytes, rules: Rulebook) -> Read | None:
    try:
        return replace(read_of(raw, rules), raw=b"")
    except Exception:  # noqa: BLE001 - whatever it is, the service meets it again and tells of it
        return None


if __name__ == "__main__":
    main()
