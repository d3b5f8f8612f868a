"""The process apart that reads mails ahead for the service: `python -m triage.adapters.readerprocess`.

It is told on standard input which mails to read and answers on standard output, a list for a list; it ends
when its input does, so that it never outlives the service. What cannot be read is None: the service reads
that again itself and so knows why.
"""

import os
import pickle
import signal
import sys
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from triage.adapters.pipes import receive, send
from triage.adapters.rulefiles import load_rulebook
from triage.adapters.trial import MEMORY_BYTES, limit_memory
from triage.core.reading import Read, read_of
from triage.core.rules import Rulebook, with_ours


def main() -> None:
    """Read mails by the rules of a folder: folder, digest of the rules, zone, our addresses."""
    folder, digest, zone, *ours = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may stand between the answers
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # they are meant for the service, which ends us in its time
    rules = with_ours(load_rulebook(Path(folder)), frozenset(ours), ZoneInfo(zone))
    limit_memory(MEMORY_BYTES)
    while (request := receive(sys.stdin.buffer)) is not None:
        # rules that were edited since are not those by which the service decides
        found = [_read(raw, rules) if rules.digest == digest else None for raw in pickle.loads(request)]  # noqa: S301
        send(answers, pickle.dumps(found, pickle.HIGHEST_PROTOCOL))


def _read(raw: bytes, rules: Rulebook) -> Read | None:
    try:
        return replace(read_of(raw, rules), raw=b"")
    except Exception:  # noqa: BLE001 - whatever it is, the service meets it again and tells of it
        return None


if __name__ == "__main__":
    main()
