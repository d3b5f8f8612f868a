"""From a terminal: a held mail is released or confirmed, and the lists are kept, with one command each."""

import json
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.commands import triage
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import request, write_config

BAIT = "Đề nghị đơn vị gửi mật khẩu và mã OTP qua Zalo 0987 654 321 để được hỗ trợ."


@pytest.fixture
def config(tmp_path: Path, pymap_server: ImapAccount, catcher: SmtpCatcher) -> Path:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    path = write_config(tmp_path, imap=pymap_server, smtp_port=catcher.port, database_url=url)
    migrated(url).close()
    return path


def told(config: Path, *arguments: str) -> str:
    """Run a command that must succeed; give what it says."""
    done = triage("--config", config, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(config: Path, *arguments: str) -> str:
    """Run a command that must fail; give its one sentence."""
    done = triage("--config", config, *arguments)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr.strip()


def test_a_held_mail_is_released_or_confirmed_from_the_terminal(
    config: Path, pymap_server: ImapAccount, catcher: SmtpCatcher
) -> None:
    for number in (1, 2):
        sender = f"Hỗ trợ Kho bạc Nhà nước <x@kbnn-hotro-{number}.com>"
        pymap_server.append(request("[0010#DVC] Cập nhật", number=number, sender=sender, text=BAIT))
    told(config, "run", "--once")
    assert not catcher.messages
    held = [line.split("\t")[0] for line in told(config, "tickets", "list").splitlines()[1:]]
    assert len(held) == 2
    assert "is in queue 0010 now. The letter acknowledgement goes out." in told(
        config, "tickets", "release", held[1]
    )
    assert "is not held; it is new" in refused(config, "tickets", "release", held[1])
    said = told(config, "tickets", "confirm", held[0], "--reason", "đã gọi lại")
    assert "Watched from now on: x@kbnn-hotro-2.com, kbnn-hotro-2.com, 0987654321." in said
    assert held[1] in said
    told(config, "run", "--once")
    assert len(catcher.messages) == 1
    listed = told(config, "senders", "list", "--sort", "watch", "--json").splitlines()
    assert {json.loads(line)["entry"] for line in listed} == {
        "x@kbnn-hotro-2.com",
        "kbnn-hotro-2.com",
        "0987654321",
    }


def test_the_lists_are_kept_from_the_terminal(config: Path) -> None:
    said = told(config, "senders", "allow", "KeToan@khobac-hoamai.example", "--reason", "đã gọi hỏi")
    assert said == "ketoan@khobac-hoamai.example is on the allow list now.\n"
    told(config, "senders", "block", "evil.example", "--reason", "thư rác", "--until", "2099-12-31")
    told(config, "senders", "watch", "0987 654 321", "--reason", "đơn vị báo")
    lines = told(config, "senders", "list").splitlines()
    assert [line.split("\t")[:2] for line in lines[1:]] == [
        ["watch", "0987654321"],
        ["block", "evil.example"],
        ["allow", "ketoan@khobac-hoamai.example"],
    ]
    assert "01/01/2100" in lines[2]
    said = told(config, "senders", "remove", "evil.example", "--reason", "đơn vị xác nhận")
    assert said == "evil.example is off the block list now.\n"
    assert len(told(config, "senders", "list").splitlines()) == 3
    assert len(told(config, "senders", "list", "--past").splitlines()) == 4


def test_what_may_not_be_listed_is_told_in_one_sentence(config: Path) -> None:
    assert "gives mailboxes to anybody" in refused(config, "senders", "block", "gmail.com", "--reason", "x")
    assert "is over" in refused(
        config, "senders", "block", "a@b.example", "--reason", "x", "--until", "2020-01-01"
    )
    assert "is on no list" in refused(config, "senders", "remove", "a@b.example", "--reason", "x")
    assert "There is no ticket" in refused(config, "tickets", "confirm", "SD261116-000001", "--reason", "x")
    assert triage("--config", config, "senders", "block", "a@b.example").returncode == 2


def test_senders_are_judged_with_the_lists_where_they_are_asked_for(config: Path) -> None:
    told(config, "senders", "allow", "ketoan@khobac-hoamai.example", "--reason", "đã gọi hỏi")
    told(config, "senders", "block", "lua.example", "--reason", "đơn vị báo")
    asked = ("ketoan@khobac-hoamai.example", "x@khobac-hoamai.example", "an@mail.lua.example", "lua.example")

    def verdicts(*options: str) -> list[str]:
        lines = told(config, "check-sender", "--json", *options, *asked).splitlines()
        return [json.loads(line)["verdict"] for line in lines]

    assert verdicts() == ["suspicious", "suspicious", "ordinary", "ordinary"]
    assert verdicts("--known") == ["ordinary", "suspicious", "impersonation", "impersonation"]


def test_a_mail_is_explained_with_what_the_database_knows(
    config: Path, pymap_server: ImapAccount, tmp_path: Path
) -> None:
    raw = request("[0010#DVC] Không ký được", number=7)
    pymap_server.append(raw)
    told(config, "run", "--once")
    (tmp_path / "again.eml").write_bytes(raw)
    alone = json.loads(told(config, "explain", "--json", str(tmp_path / "again.eml")))
    known = json.loads(told(config, "explain", "--json", "--known", str(tmp_path / "again.eml")))
    assert (alone["outcome"], known["outcome"]) == ("open_ticket", "duplicate")
    assert len(told(config, "mails", "list", "--json").splitlines()) == 1


def test_a_line_that_is_no_sender_is_an_answer_and_the_next_ones_are_judged(config: Path) -> None:
    lines = told(
        config, "check-sender", "--json", "abc", "0912345678", "vst-gov.vn", "donvi.example"
    ).splitlines()
    answers = [json.loads(line) for line in lines]
    assert [(one["input"], one["verdict"]) for one in answers] == [
        ("abc", "suspicious"),
        ("0912345678", "suspicious"),
        ("vst-gov.vn", "impersonation"),
        ("donvi.example", "ordinary"),
    ]
    assert answers[1]["findings"][0]["why"] == "Đây không phải là địa chỉ thư hay tên miền."
