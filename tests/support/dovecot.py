"""A real Dovecot with its own configuration in a temporary folder, on loopback."""

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from support.certificates import Certificates, make_certificates
from support.fastfolder import fast_folder
from support.imapserver import ImapAccount

MISSING = "Dovecot is not installed; on Debian: apt-get install dovecot-imapd"
PASSWORD = "correct-horse"

_PATIENCE_SECONDS = 20.0
_DROPPED = itertools.count()
_CONFIG = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = {name}
log_path = {folder}/dovecot.log
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
auth_cache_size = 0
first_valid_uid = 1
mail_location = maildir:~/Maildir
mailbox_list_index = no
mail_max_userip_connections = 200
maildir_stat_dirs = no
mail_fsync = never
{extra}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap {{
  process_limit = 100
  service_count = 0
}}
service stats {{
  client_limit = 1000
}}
"""


def have_dovecot() -> bool:
    return _program() is not None


class DovecotServer:
    """Dovecot with Maildir storage; any user may sign in with PASSWORD and starts with an empty INBOX.

    ``separator`` and ``prefix`` shape the folder names; ``extra`` is added to the configuration, for example
    ``imap_capability = IMAP4rev1 IDLE`` for a server without MOVE and UIDPLUS.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        separator: str = "/",
        prefix: str = "",
        extra: str = "",
        certificates: Certificates | None = None,
    ) -> None:
        self._separator = separator
        self._prefix = prefix
        self._extra = extra
        self._certificates = certificates
        self._folder = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._users = itertools.count(1)
        self.port = 0
        self.tls_port = 0

    @property
    def certificates(self) -> Certificates:
        assert self._certificates is not None
        return self._certificates

    def start(self) -> Self:
        # Not below pytest's folder: that one is closed to the user that Dovecot reads mail as.
        self._folder = Path(tempfile.mkdtemp(prefix="triage-dovecot-", dir=fast_folder()))
        self._folder.chmod(0o755)
        (self._folder / "mail").mkdir()
        self._certificates = self._certificates or make_certificates(self._folder / "tls")
        uid, gid = _mail_owner()
        os.chown(self._folder / "mail", uid, gid)
        self.port, self.tls_port = _free_ports(2)
        config = self._folder / "dovecot.conf"
        config.write_text(self._config(uid, gid))
        program = _program()
        assert program is not None, MISSING
        self._process = subprocess.Popen(
            (program, "-F", "-c", str(config)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait_until_up()
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_PATIENCE_SECONDS)
            self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def account(self, name: str | None = None) -> ImapAccount:
        """Give a user that nobody had before, with an empty INBOX."""
        username = name or f"user{next(self._users)}@mail.example"
        home = self._folder / "mail" / username
        owner = _mail_owner()
        for folder in (home, home / "Maildir", *(home / "Maildir" / part for part in ("cur", "new", "tmp"))):
            folder.mkdir()
            os.chown(folder, *owner)
        return ImapAccount(
            host=self.host,
            port=self.port,
            username=username,
            password=PASSWORD,
            tls_port=self.tls_port,
            ca_file=self.certificates.authority,
            maildir=home / "Maildir",
        )

    def log(self) -> str:
        """Give what Dovecot wrote to its log."""
        path = self._folder / "dovecot.log"
        return path.read_text() if path.exists() else ""

    def _config(self, uid: int, gid: int) -> str:
        root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid()).pw_name
        return _CONFIG.format(
            folder=self._folder,
            name=self._folder.name,
            internal="dovecot" if root else me,
            internal_group="dovecot" if root else me,
            login="dovenull" if root else me,
            certificate=self.certificates.certificate,
            key=self.certificates.key,
            extra=self._extra,
            separator=self._separator,
            prefix=self._prefix,
            password=PASSWORD,
            uid=uid,
            gid=gid,
            port=self.port,
            tls_port=self.tls_port,
        )

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            assert self._process is not None
            assert self._process.poll() is None, f"Dovecot ended: {self.log()}"
            try:
                with socket.create_connection((self.host, self.port), timeout=1) as probe:
                    if probe.recv(4) == b"* OK":
                        return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"Dovecot did not answer: {self.log()}")


def drop_into(maildir: Path, mails: Iterable[tuple[bytes, datetime]], folder: str = "") -> None:
    """Put messages straight into a Maildir: fast, and in the order given. Times are aware.

    Each is written whole before it is seen, since Dovecot and other clients are at work there.
    """
    for raw, received_at in mails:
        name = f"{int(received_at.astimezone(UTC).timestamp())}.M{next(_DROPPED):08}P1.drop"
        path = maildir / folder / "tmp" / name
        path.write_bytes(raw)
        path.chmod(0o644)
        os.utime(path, (received_at.timestamp(), received_at.timestamp()))
        path.rename(maildir / folder / "new" / name)


def _program() -> str | None:
    # Debian keeps it in sbin, which is not on every user's PATH.
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


def _mail_owner() -> tuple[int, int]:
    # Dovecot never reads mail as root.
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _free_ports(count: int) -> tuple[int, ...]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = tuple(int(each.getsockname()[1]) for each in sockets)
    for each in sockets:
        each.close()
    return ports
