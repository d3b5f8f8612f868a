"""What doctor says of files, disk and names, each with the way out."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.adapters import installation
from triage.adapters.installation import check_disk, check_names, check_permissions
from triage.errors import TriageError


@pytest.fixture
def street() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="triage-open-"))
    folder.chmod(0o755)
    (folder / "rules").mkdir()
    (folder / "rules" / "office.toml").touch(0o644)
    (folder / "secret").touch()
    (folder / "secret").chmod(0o600)
    yield folder
    shutil.rmtree(folder)


def told(folder: Path) -> str:
    return check_permissions([folder / "secret", folder / "secret", folder / "not-there"], folder / "rules")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660])
def test_a_group_of_the_service_may_share_its_secrets(street: Path, mode: int) -> None:
    (street / "secret").chmod(mode)
    assert told(street).startswith("Others can neither read files with secrets or mail (1 looked at)")


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_a_secret_that_others_can_open_is_named_with_the_way_out(street: Path, mode: int) -> None:
    (street / "secret").chmod(mode)
    with pytest.raises(TriageError, match=rf"run chmod o= {street}/secret\.$"):
        told(street)


def test_a_secret_in_a_closed_folder_is_closed(street: Path) -> None:
    (street / "secret").chmod(0o644)
    street.chmod(0o750)
    assert told(street)


def test_what_a_supervisor_hands_over_is_its_own_to_guard(
    street: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (street / "secret").chmod(0o444)
    monkeypatch.setattr(installation, "HANDED_OVER", street)
    assert told(street)


def test_rules_that_everybody_may_change_are_told(street: Path) -> None:
    (street / "rules" / "office.toml").chmod(0o666)
    with pytest.raises(TriageError, match=rf"run chmod -R o-w {street}/rules\.$"):
        told(street)


def test_a_full_disk_is_told_before_it_is_full(tmp_path: Path) -> None:
    assert f"GB in {tmp_path}" in check_disk([tmp_path], least=1)
    with pytest.raises(TriageError, match=rf"GB are free in {tmp_path}; make room"):
        check_disk([tmp_path], least=10**18)
    with pytest.raises(TriageError, match="cannot be looked at: No such file or directory; make it"):
        check_disk([tmp_path / "not-there"])


def test_servers_are_told_with_their_addresses() -> None:
    assert check_names({"[smtp] host": "127.0.0.1"}) == "127.0.0.1 is 127.0.0.1."


@pytest.mark.parametrize("host", ["no-such-server.invalid", "a..example", "a" * 70 + ".example"])
def test_a_server_that_is_not_found_is_told_with_its_key(host: str) -> None:
    with pytest.raises(TriageError, match=r"is not found: |is no name of a server; correct \[mailbox\] host"):
        check_names({"[mailbox] host": host})
