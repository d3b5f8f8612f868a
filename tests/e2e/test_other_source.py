"""A source of mail that is no IMAP server is read by the service as it stands: the port says all it needs."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.catcher import SmtpCatcher
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import request, write_config
from support.patience import until

from triage.adapters.configfile import load_config
from triage.app import App, build
from triage.core.boxes import MAIN
from triage.db.schema import mails, tickets
from triage.errors import MailboxError
from triage.ports import FetchedBatch, FetchedMail, Mailbox, Present, Traits
from triage.scheduler import running
from triage.service.doctor import Finding, ask, check_mailbox
from triage.service.nodes import Alone


@dataclass
class FilesOnDisk:
    """A folder with a file a mail, named by its number; what is stored goes to a folder below it."""

    folder: Path
    name: str = "files-on-disk"
    waits: list[float] = field(default_factory=list)
    _rung: threading.Event = field(default_factory=threading.Event)

    def open(self) -> int:
        try:
            (self.folder / "stored").mkdir(exist_ok=True)
        except OSError as error:
            raise MailboxError(f"{self.folder} cannot be used: {error.strerror}.") from error
        return 1

    def waiting(self) -> Sequence[int]:
        return sorted(int(file.stem) for file in self.folder.glob("*.eml"))

    def present(self) -> Present:
        return Present(tuple(self.waiting()), None)

    def traits(self, uids: Sequence[int]) -> Mapping[int, Traits]:
        return {uid: Traits(self._moment(uid), self._file(uid).stat().st_size) for uid in uids}

    def fetch(self, uids: Sequence[int]) -> Iterator[FetchedBatch]:
        for uid in uids:
            yield FetchedBatch((FetchedMail(uid, self._moment(uid), self._file(uid).read_bytes()),))

    def settle(self, uids: Sequence[int]) -> None:
        for uid in uids:
            self._file(uid).rename(self.folder / "stored" / f"{uid}.eml")

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        news = self._rung.wait(seconds)
        self._rung.clear()
        return news

    def interrupt(self) -> None:
        self._rung.set()

    def describe(self) -> str:
        return f"{len(self.waiting())} files in {self.folder.name}."

    def close(self) -> None:
        """Have nothing to sign out of."""

    def _file(self, uid: int) -> Path:
        return self.folder / f"{uid}.eml"

    def _moment(self, uid: int) -> datetime:
        return datetime.fromtimestamp(int(self._file(uid).stat().st_mtime), UTC)


@dataclass(slots=True)
class AppOfFiles(App):
    """An installation that reads files; one that waits for an hour unless somebody interrupts it."""

    files: FilesOnDisk = field(kw_only=True)

    def mailbox(self, name: str = MAIN) -> Mailbox:
        assert name == MAIN
        return self.files

    def receivers(self) -> dict[str, float]:
        return {"receive": 3600.0}


@pytest.fixture
def app(tmp_path: Path, catcher: SmtpCatcher, database_url: str) -> Iterator[AppOfFiles]:
    migrated(database_url).close()
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    config = load_config(
        write_config(tmp_path, imap=nowhere, smtp_port=catcher.port, database_url=database_url)
    )
    patient = config.model_copy(update={"mailbox": config.mailbox.model_copy(update={"poll_seconds": 3600})})
    made = build(patient)
    (tmp_path / "mail").mkdir()
    files = FilesOnDisk(tmp_path / "mail")
    yield AppOfFiles(made.config, made.rules_folder, made.database, made.means, made.worker, files=files)
    made.database.close()


def count(app: App, table: object) -> int:
    with app.database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type]


def test_a_folder_of_files_is_read_woken_and_ended(app: AppOfFiles, catcher: SmtpCatcher) -> None:
    folder = app.files.folder
    (folder / "1.eml").write_bytes(request())
    with running(app, Alone()) as crew:
        assert len(catcher.wait_for(1, 60)) == 1
        until(lambda: app.files.waits)
        (folder / "2.eml").write_bytes(request(number=2, sender="b@hai.example"))
        crew.stages[0].wake()
        assert len(catcher.wait_for(2, 60)) == 2
        until(lambda: len(app.files.waits) > 1)
    assert not any(thread.is_alive() for thread in crew.threads)
    assert (count(app, mails), count(app, tickets)) == (2, 2)
    assert sorted(file.name for file in (folder / "stored").iterdir()) == ["1.eml", "2.eml"]
    assert set(app.files.waits) == {3600.0}


def test_the_doctor_says_of_a_mailbox_what_it_says_of_itself(app: AppOfFiles) -> None:
    def found() -> Finding:
        return ask("mailbox", lambda: check_mailbox(app.mailbox()))

    (app.files.folder / "1.eml").write_bytes(request())
    assert found() == Finding("mailbox", ok=True, sentence="1 files in mail.")
    app.files.folder = app.files.folder / "gone"
    told = f"{app.files.folder} cannot be used: No such file or directory."
    assert found() == Finding("mailbox", ok=False, sentence=told)
