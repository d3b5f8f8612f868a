"""Mail goes to files and comes back with every line as it was."""

import mailbox
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from support.office import request

from triage.adapters.mailfiles import read_mailbox, write_folder, write_mbox
from triage.errors import NotFoundError, RefusalError

NOON = datetime(2026, 11, 16, 5, tzinfo=UTC)
TRICKY = request(text="From here on\r\n>From there\r\n>>From far\r\n\r\nFrom ")


def test_an_mbox_comes_back_as_it_was_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    mails = [request(), TRICKY, request(number=3)]
    path = tmp_path / "old.mbox"
    assert write_mbox(path, [(NOON, mail) for mail in mails]) == 3
    assert list(read_mailbox(path)) == mails
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_others_read_our_mbox(tmp_path: Path) -> None:
    path = tmp_path / "old.mbox"
    write_mbox(path, [(NOON, request()), (NOON, TRICKY)])
    box = mailbox.mbox(path)
    assert [message["Message-ID"] for message in box] == ["<mail-1@thcs-hoamai.example>"] * 2
    assert box[0].get_from() == "MAILER-DAEMON Mon Nov 16 05:00:00 2026"
    box.close()


LINES = st.lists(st.sampled_from([b"From x", b">From y", b"", b"a", b">", b" From z"]), max_size=12)


@settings(max_examples=50)
@given(bodies=st.lists(LINES, min_size=1, max_size=4))
def test_whatever_a_body_holds_it_starts_no_other_mail(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[list[bytes]]
) -> None:
    mails = [b"Subject: x\r\n\r\n" + b"".join(line + b"\r\n" for line in body) for body in bodies]
    path = tmp_path_factory.mktemp("box") / "x.mbox"
    write_mbox(path, [(NOON, mail) for mail in mails])
    assert [one.rstrip(b"\r\n") for one in read_mailbox(path)] == [one.rstrip(b"\r\n") for one in mails]


def test_a_maildir_is_read_new_mail_and_old(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")
    box.add(request().replace(b"\r\n", b"\n"))
    seen = mailbox.MaildirMessage(request(number=2))
    seen.set_subdir("cur")
    box.add(seen)
    box.close()
    found = list(read_mailbox(tmp_path / "Maildir"))
    assert len(found) == 2
    assert request() in found


def test_each_mail_gets_a_file_of_its_number(tmp_path: Path) -> None:
    assert write_folder(tmp_path / "out", [(7, NOON, request())]) == 1
    assert (tmp_path / "out" / "00000007.eml").read_bytes() == request()


def test_a_folder_of_eml_files_is_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    mixed = TRICKY.replace(b"From there\r\n", b"From there\n")
    write_folder(tmp_path / "out", [(12, NOON, mixed), (7, NOON, request(number=7))])
    (tmp_path / "out" / "1.EML").write_bytes(request(number=1).replace(b"\r\n", b"\n"))
    (tmp_path / "out" / "notes.txt").write_text("no mail")
    (tmp_path / "out" / "._1.eml").write_text("what a Mac leaves beside a file")
    assert list(read_mailbox(tmp_path / "out")) == [request(number=7), mixed, request(number=1)]


def test_what_is_no_mailbox_is_refused_and_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"nothing of the kind")
    with pytest.raises(RefusalError, match="no mbox"):
        list(read_mailbox(tmp_path / "x"))
    with pytest.raises(RefusalError, match=r"no Maildir .* holds no \.eml files"):
        list(read_mailbox(tmp_path))
    with pytest.raises(NotFoundError):
        list(read_mailbox(tmp_path / "nowhere"))
    with pytest.raises(RefusalError, match="exists already"):
        write_mbox(tmp_path / "x", [])
    with pytest.raises(RefusalError, match="exists already"):
        write_folder(tmp_path, [])
