"""Processes apart that read mails ahead: the same result, and no trouble of theirs is the service's."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from support.children import children
from support.deskmails import paper, with_files
from support.office import OUR_ADDRESS, RULES, Office, open_office, request, shipped_rules
from support.patience import until

from triage import __version__
from triage.adapters.readers import ReaderPool, own_command
from triage.core.reading import read_of
from triage.core.rules import Rulebook, with_ours
from triage.db.schema import decisions, tickets
from triage.errors import RulesError
from triage.ports import Verdicts
from triage.service.hand import PORTION

ZONE = "Asia/Ho_Chi_Minh"
MANY = 2 * PORTION + 3


def told(rules: Rulebook) -> list[str]:
    return own_command(
        "triage.adapters.readerprocess", __version__, str(RULES), rules.digest, ZONE, OUR_ADDRESS
    )


@contextmanager
def pool(command: list[str] | None = None, **more: float) -> Iterator[ReaderPool]:
    made = ReaderPool(command or told(shipped_rules()), 1, **more)
    try:
        yield made
    finally:
        made.close()


def backlog() -> list[bytes]:
    """More mails than one portion holds, none like the other."""
    return [
        request(f"[{('0010', '3110', '9999')[number % 3]}#DVC] Lỗi số {number}", number=number)
        for number in range(1, MANY + 1)
    ]


def outcome(office: Office) -> list[tuple[object, ...]]:
    with office.database.read() as connection:
        opened = connection.execute(
            select(tickets.c.code, tickets.c.queue, tickets.c.subject, tickets.c.category).order_by(
                tickets.c.id
            )
        ).all()
        documents = connection.scalars(select(decisions.c.document).order_by(decisions.c.mail_id)).all()
    return [tuple(row) for row in opened] + [(str(one),) for one in documents]


def test_a_process_apart_reads_what_the_service_would_read() -> None:
    rules = with_ours(shipped_rules(), frozenset({OUR_ADDRESS}), shipped_rules().calendar.zone)
    raws = {7: request(), 8: with_files(paper()), 9: b"", 10: "Bất kỳ".encode("utf-16")}
    with pool() as readers:
        read = readers.begin(raws).result()
    assert {number: replace(one, raw=raws[number]) for number, one in read.items()} == {
        number: read_of(raw, rules) for number, raw in raws.items()
    }


def test_rules_that_were_edited_since_are_not_read_by() -> None:
    with pool(told(replace(shipped_rules(), digest="another"))) as readers:
        assert readers.begin({1: request()}).result() == {}


def test_a_process_of_another_release_reads_nothing_for_this_one() -> None:
    command = told(shipped_rules())
    command[command.index(__version__)] = "0.0.9"
    with pool(command) as readers:
        assert readers.begin({1: request()}).result() == {}


def never(raws: Sequence[bytes]) -> Verdicts:
    raise RulesError(f"No mail can be tried apart: {len(raws)} mails are suspected that nobody has looked at")
    yield


@pytest.mark.parametrize("state", ["broken", "edited"])
def test_rules_under_an_editor_s_hand_hinder_nothing(tmp_path: Path, state: str) -> None:
    rules = shutil.copytree(RULES, tmp_path / "rules")
    text = (rules / "office.toml").read_text(encoding="utf-8")
    (rules / "office.toml").write_text(
        text + {"broken": "\n[no TOML", "edited": "\n# later\n"}[state], "utf-8"
    )
    command = [str(rules) if one == str(RULES) else one for one in told(shipped_rules())]
    with open_office(f"sqlite:///{tmp_path}/a.sqlite") as office, pool(command) as readers:
        office.means = replace(office.means, readers=readers, trial=never)
        office.store(*backlog())
        assert sum(office.process().outcomes.values()) == MANY


def test_one_that_could_not_be_used_is_not_started_for_each_portion(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    program = f"open({str(starts)!r}, 'a').write('one ')"
    command = [sys.executable, "-c", program]
    with pool(command) as readers, pool(command, pause_seconds=0) as eager:
        for _time in range(3):
            assert readers.begin({1: request()}).result() == {}
        assert starts.read_text().split() == ["one"]
        for _time in range(2):
            assert eager.begin({1: request()}).result() == {}
        assert starts.read_text().split() == ["one"] * 3


def test_a_backlog_comes_to_the_same_with_readers_and_without(tmp_path: Path) -> None:
    found = []
    for name in ("alone", "together"):
        with open_office(f"sqlite:///{tmp_path}/{name}.sqlite") as office, pool() as readers:
            if name == "together":
                office.means = replace(office.means, readers=readers)
            office.store(*backlog())
            assert sum(office.process().outcomes.values()) == MANY
            found.append(outcome(office))
    assert found[0] == found[1]


def test_one_that_is_killed_is_replaced_and_no_mail_is_lost(tmp_path: Path) -> None:
    before = children()
    with open_office(f"sqlite:///{tmp_path}/a.sqlite") as office, pool() as readers:
        readers.begin({1: request()}).result()
        (mine,) = children() - before
        os.kill(mine, signal.SIGKILL)
        until(lambda: mine not in children())
        office.means = replace(office.means, readers=readers, trial=never)
        office.store(*backlog())
        done = office.process()
        assert (sum(done.outcomes.values()), done.failed) == (MANY, 0)
        assert mine not in children() - before


ODD = """
import os, pickle, sys, time
from triage.adapters import readerprocess
from triage.core import reading
class Unwelcome:
    def __reduce__(self):
        return int, ("no number",)
def read_of(raw, rules):
    if b"deadly" in raw:
        os._exit(9)
    if b"endless" in raw:
        place = raw.partition(b"endless ")[2].strip()
        place and open(place, "w").close()
        time.sleep(600)
    return reading.read_of(raw, rules)
def dumps(found, protocol, dumps=pickle.dumps):
    half = dumps(found, protocol)
    return dumps(Unwelcome()) if any("unwelcome" in one.mail.text for one in found) else half
readerprocess.read_of = read_of
readerprocess.pickle.dumps = dumps
readerprocess.LONGEST_SECONDS = 5
readerprocess.main()
"""


def odd() -> list[str]:
    """The command of a process to which some mails do harm."""
    return [sys.executable, "-c", ODD, *told(shipped_rules())[3:]]


def test_a_mail_that_kills_its_reader_gets_stuck_alone(tmp_path: Path) -> None:
    command = odd()
    with open_office(f"sqlite:///{tmp_path}/a.sqlite") as office, pool(command) as readers:
        trial = lambda raws: ("the process died" if b"deadly" in raw else None for raw in raws)  # noqa: E731
        office.means = replace(office.means, readers=readers, trial=trial)
        office.store(*backlog()[:30], request(number=99, text="deadly"), *backlog()[30:])
        done = office.process()
        assert (sum(done.outcomes.values()), done.stuck) == (MANY, 1)


def test_one_that_hangs_before_it_reads_is_ended() -> None:
    before = children()
    with pool([sys.executable, "-c", "import time; time.sleep(600)"], seconds=0.5) as readers:
        assert readers.begin({1: request()}).result() == {}
        assert children() <= before


def test_one_that_hangs_over_a_mail_is_ended_and_its_mails_are_left_to_be_tried() -> None:
    before = children()
    with pool(odd(), seconds=10) as readers:
        assert readers.begin({1: request(), 2: request(text="endless")}).result() == {1: None, 2: None}
        assert children() <= before


@pytest.mark.parametrize("text", ["a", "a" * 4_000_000], ids=["small", "larger than a pipe"])
def test_one_that_stands_still_is_ended_before_it_took_the_mails_or_after(text: str) -> None:
    before = children()
    with pool(seconds=10) as readers:
        readers.begin({1: request()}).result()
        (mine,) = children() - before
        os.kill(mine, signal.SIGSTOP)
        assert readers.begin({1: request(text=text)}).result(50) == {1: None}
        assert children() <= before


def test_an_answer_that_is_none_leaves_its_mails_to_be_tried() -> None:
    with pool(odd()) as readers:
        assert readers.begin({1: request(text="unwelcome")}).result() == {1: None}
        assert readers.begin({2: request()}).result()[2]


def test_one_that_cannot_be_started_leaves_the_mails() -> None:
    with pool(["/nowhere/at-all"]) as readers:
        assert readers.begin({1: request()}).result() == {}


def test_a_process_with_nothing_to_do_ends() -> None:
    before = children()
    with pool(idle_seconds=0.2) as readers:
        assert len(readers.begin({1: request()}).result()) == 1
        until(lambda: children() <= before)
        assert len(readers.begin({1: request()}).result()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_are_for_the_service_alone(number: int) -> None:
    before = children()
    with pool() as readers:
        readers.begin({1: request()}).result()
        (mine,) = children() - before
        os.kill(mine, number)
        assert len(readers.begin({2: request()}).result()) == 1
        assert mine in children()


ABANDONED = """
import os, sys, time
from triage.adapters.readers import ReaderPool
pool = ReaderPool(sys.argv[2:], 1)
read = pool.begin({1: b"From: a@x.example\\n\\n" + sys.argv[1].encode()})
place = sys.argv[1].partition("endless ")[2]
while place and not os.path.exists(place):
    time.sleep(0.02)
place or read.result()
print("read", flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("text", ["at rest", "endless {place}"])
def test_a_reader_does_not_outlive_its_service(tmp_path: Path, text: str) -> None:
    program = [sys.executable, "-c", ABANDONED, text.format(place=tmp_path / "reads"), *odd()]
    service = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    assert service.stdout
    assert service.stdout.readline() == "read\n"
    (reader,) = children(service.pid)
    service.kill()
    service.communicate()
    until(lambda: not Path(f"/proc/{reader}").exists())
