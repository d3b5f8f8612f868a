"""Long lists are answered by several processes, and read as if one had answered them."""

import io
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.children import children
from support.commands import TRIAGE, environment, triage
from support.forks import Forked
from support.patience import until

from triage.cli import manylines
from triage.cli.manylines import FEW, answered, portions
from triage.errors import TriageError


def source(raw: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedReader(io.BytesIO(raw)), encoding="utf-8", errors="surrogateescape")


def lives(pid: int) -> bool:
    """Whether a process does anything yet; one that nobody has buried does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"one",
        b"one\n",
        b"one\r\ntwo\rthree\n\nfour\r",
        "Kho bạc\n".encode() * 5_000,
        "Kho bạc".encode()[:-1],
        "đ".encode() * 40_000 + b"\nend",
    ],
)
def test_lines_are_those_of_the_text(raw: bytes) -> None:
    found = [line for some in portions(source(raw)) for line in some]
    assert found == [line.rstrip("\n") for line in source(raw)]


def test_an_input_that_is_no_file_is_read_as_well() -> None:
    assert list(portions(io.StringIO("one\ntwo"))) == [["one"], ["two"]]


def test_a_long_list_is_answered_in_its_order() -> None:
    count = 3 * FEW
    written = "".join(f"a{n}@{'vst-gov' if n % 7 else 'thcs'}.example\n" for n in range(count))
    told = triage("check-sender", "-", "--json", stdin=written.encode())
    assert told.returncode == 0, told.stderr[-1500:]
    answers = [json.loads(line) for line in told.stdout.splitlines()]
    assert [one["input"] for one in answers] == written.splitlines()
    assert len({(one["input"].partition("@")[2], one["verdict"]) for one in answers}) == 2


def test_who_reads_only_the_beginning_of_a_long_list_ends_it_quietly(tmp_path: Path) -> None:
    written = tmp_path / "senders"
    written.write_bytes(b"a@thcs.example\n" * 10 * FEW)
    line = f"{TRIAGE} check-sender - < {written} 2> {tmp_path / 'told'} | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], check=True, env=environment(), capture_output=True, text=True, timeout=120
    )
    assert done.stdout.splitlines() == ["ordinary\ta@thcs.example\t", "0"]
    assert (tmp_path / "told").read_text() == ""


def test_when_it_is_killed_none_of_its_processes_is_left(tmp_path: Path) -> None:
    asked, asking = os.pipe()
    with (tmp_path / "told").open("wb") as told:
        streams = {"stdin": asked, "stdout": told.fileno(), "stderr": told.fileno()}
        process = Forked(["check-sender", "-"], environment(), **streams)
    os.write(asking, b"a@thcs.example\n" * 2 * FEW)
    try:
        until(lambda: len(children(process.pid)) > 1)
        others = children(process.pid)
        process.kill()
        process.wait(60)
        until(lambda: not any(map(lives, others)))
    finally:
        os.close(asked)
        os.close(asking)


def test_lines_that_come_slowly_are_answered_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manylines, "FEW", 2)
    monkeypatch.setattr(manylines, "cores", lambda: 2)
    told: list[str] = []

    def slowly() -> Iterator[list[str]]:
        for number in range(6):
            assert len(told) == number, "the line before was answered before this one came"
            yield [str(number)]

    for answer in answered(lambda line: f"<{line}>", slowly(), has_more=lambda: False):
        told.append(answer)  # noqa: PERF402 - the generator above looks at it
    assert told == [f"<{number}>" for number in range(6)]


def test_with_one_processor_no_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manylines, "FEW", 1)
    monkeypatch.setattr(manylines, "cores", lambda: 1)
    monkeypatch.setattr(manylines, "_by_others", None)
    assert list(answered(str.upper, iter([["a"], ["b", "c"]]))) == ["A", "B", "C"]


def test_a_process_that_the_machine_ends_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(manylines, "FEW", 0)
    monkeypatch.setattr(manylines, "cores", lambda: 2)

    def die(_line: str) -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return ""

    with pytest.raises(TriageError, match="want of memory"):
        list(answered(die, iter([["a"], ["b"]])))
