"""Reads suspicious mails in a process of its own, so that one which kills its reader kills nothing else.

The child prints a line when it is through with a mail. Where it dies or hangs, the mail after the last line
is the culprit, and a new child goes on behind it.
"""

import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from triage.adapters.pipes import framed, receive
from triage.adapters.rulefiles import load_rulebook
from triage.core.decide import decide
from triage.core.facts import NO_FACTS
from triage.core.parse import parts_of, read_mail
from triage.errors import RulesError

SECONDS_A_MAIL = 60
"""How long reading one mail may take, and starting the child."""
MEMORY_BYTES = 1024**3
"""What reading may take beside the rules, so that a mail exhausts the child and not the machine."""
_READY = b"ready\n"
_TOO_LONG = "reading this mail took too long"


class TrialReader:
    """Tries mails by the rules of a folder, with so much memory for them and so many seconds for each."""

    def __init__(
        self, rules_folder: Path, memory_bytes: int = MEMORY_BYTES, seconds: int = SECONDS_A_MAIL
    ) -> None:
        self._rules_folder = rules_folder
        self._memory_bytes = memory_bytes
        self._seconds = seconds

    def __call__(self, raws: Sequence[bytes]) -> list[str | None]:
        """Give for each mail None where it could be read and decided, else what happened.

        Raises RulesError where no child gets as far as reading: that is no mail's fault.
        """
        verdicts: list[str | None] = []
        while len(verdicts) < len(raws):
            rest = raws[len(verdicts) :]
            read, ending = self._try(rest)
            verdicts += [None] * read
            if read < len(rest):
                verdicts.append(ending)
        return verdicts

    def _try(self, raws: Sequence[bytes]) -> tuple[int, str]:
        """Try mails in one child; give how many it got through and how it ended."""
        limits = (str(self._memory_bytes), str(self._seconds))
        command = [sys.executable, "-m", __name__, str(self._rules_folder), *limits]
        material = b"".join(map(framed, raws))
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and module
                command,
                input=material,
                capture_output=True,
                timeout=SECONDS_A_MAIL + self._seconds * len(raws),
                check=False,
            )
        except subprocess.TimeoutExpired as expired:
            # The child ends itself at each mail that hangs: this one was stopped, or starved.
            told = expired.stdout or b""
            ending = _read(told), _TOO_LONG
        else:
            told, ending = done.stdout, outcome(done)
        if not told.startswith(_READY):
            raise RulesError(f"No mail can be tried apart: {ending[1]}")
        return ending


def outcome(done: subprocess.CompletedProcess[bytes]) -> tuple[int, str]:
    """Give how many mails a child got through, and how it ended."""
    if done.returncode == -signal.SIGALRM:
        return _read(done.stdout), _TOO_LONG
    last_words = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    told = f"the process that read this mail died (status {done.returncode}): {last_words}"
    return _read(done.stdout), told.rstrip(": ")


def _read(told: bytes) -> int:
    return told.removeprefix(_READY).count(b"\n")


def leave_signals() -> None:
    """Let signals that end the service end the service alone: it ends us in its time, and blames no mail."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def limit_memory(more: int) -> None:
    """Let this process take so many octets more than it has; without /proc there is no limit."""
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
        most = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def main() -> None:
    """Read mails from standard input, decide each, print a line before the first and after each."""
    leave_signals()
    rules = load_rulebook(Path(sys.argv[1]))
    limit_memory(int(sys.argv[2]))
    sys.stdout.write(_READY.decode())
    sys.stdout.flush()
    seconds = int(sys.argv[3])
    while (raw := receive(sys.stdin.buffer)) is not None:
        signal.alarm(seconds)  # by itself, so that the mails behind one that hangs wait no longer than for it
        mail = read_mail(raw)
        decide(mail, NO_FACTS, rules, datetime.now(UTC), parts_of(mail, raw))
        signal.alarm(0)
        sys.stdout.write("read\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
