"""Reads suspicious mails in a process of its own, so that one which kills its reader kills nothing else.

Parent and child go step by step: the child is given a mail and prints a line when it is through with it.
Where it dies or hangs instead, that mail is the culprit, and a new child goes on with the next.
"""

import resource
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Timer

from triage.adapters.pipes import receive, send, start
from triage.adapters.rulefiles import load_rulebook
from triage.core.decide import decide
from triage.core.facts import NO_FACTS
from triage.core.parse import parts_of, read_mail
from triage.errors import RulesError
from triage.ports import Verdicts

SECONDS_A_MAIL = 60
"""How long reading one mail may take, and starting the child."""
MEMORY_BYTES = 1024**3
"""What reading may take beside the rules, so that a mail exhausts the child and not the machine."""
_READY = b"ready\n"
_DONE = b"read\n"
_TOO_LONG = "reading this mail took too long"
_OWN = (sys.executable, "-m", "triage.adapters.trial")


class TrialReader:
    """Tries mails by the rules of a folder, with so much memory for them and so many seconds for each."""

    def __init__(
        self,
        rules_folder: Path,
        memory_bytes: int = MEMORY_BYTES,
        seconds: int = SECONDS_A_MAIL,
        command: Sequence[str] = _OWN,
    ) -> None:
        self._command = [*command, str(rules_folder), str(memory_bytes), str(seconds)]
        self._seconds = seconds

    def __call__(self, raws: Sequence[bytes]) -> Verdicts:
        """Give for each mail, once it was tried, None where it could be read and decided, else what happened.

        Whoever asks for no more of them should close the generator. Raises RulesError where no child gets as
        far as reading: that is no mail's fault.
        """
        child = None
        try:
            for raw in raws:
                child = child or _Child(self._command)
                told = child.read(raw, self._seconds)
                if told:
                    child.end()
                    child = None
                yield told
        finally:
            if child:
                child.end()


class _Child:
    """A process that reads mails one by one. Raises RulesError where it does not come to that."""

    def __init__(self, command: Sequence[str]) -> None:
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self._process, self._to, self._from = start(command, self._words)
        hindrance = self._answer(_READY, SECONDS_A_MAIL)
        if hindrance:
            self.end()
            raise RulesError(f"No mail can be tried apart: {hindrance}")

    def read(self, raw: bytes, seconds: int) -> str | None:
        """Give None where a mail could be read in so many seconds, else what happened."""
        # It ends itself after these; one that was stopped, or starves, needs somebody else to end it.
        return self._answer(_DONE, SECONDS_A_MAIL + seconds, raw)

    def end(self) -> None:
        """End the process; it holds nothing that would be lost."""
        self._process.kill()
        self._process.wait()
        for file in (self._to, self._from, self._words):
            with suppress(OSError):
                file.close()

    def _answer(self, wanted: bytes, seconds: int, raw: bytes | None = None) -> str | None:
        with self._within(seconds) as expired:
            with suppress(BrokenPipeError):  # it has died: how, its status says
                if raw is not None:
                    send(self._to, raw)
            if self._from.readline() == wanted:
                return None
            status = self._process.wait()
        if expired.is_set() or status == -signal.SIGALRM:
            return _TOO_LONG
        return f"the process that read this mail died (status {status}): {self._last_words()}".rstrip(": ")

    @contextmanager
    def _within(self, seconds: int) -> Iterator[Event]:
        """Kill the process where the block takes longer, and say so: no pipe is waited for without an end."""
        expired = Event()

        def expire() -> None:
            expired.set()
            self._process.kill()

        timer = Timer(seconds, expire)
        timer.daemon = True
        timer.start()
        try:
            yield expired
        finally:
            timer.cancel()

    def _last_words(self) -> str:
        self._words.seek(0)
        return self._words.read().decode("utf-8", "replace").strip().rpartition("\n")[2]


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
