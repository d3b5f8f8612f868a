"""Mail servers that run inside this process, on loopback only: for the demo and for tests.

Nothing here is meant to face a network: the IMAP server forgets all when it stops, and the SMTP server
keeps what it is given instead of sending it.
"""

from __future__ import annotations

import asyncio
from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from triage.adapters.catcher import CaughtMessage, SmtpCatcher
from triage.adapters.embedded_loop import LOOPBACK, EmbeddedServer, abort_all, quiet_libraries
from triage.errors import ConfigError

__all__ = ["CaughtMessage", "EmbeddedImap", "SmtpCatcher"]

_HASH_ROUNDS = 1
"""The password of a server that lives for minutes needs no slow hash."""


class EmbeddedImap(EmbeddedServer):
    """An IMAP server in memory (pymap: IDLE, MOVE, UIDPLUS) with one user; a context manager.

    Raises ConfigError when pymap is not installed.
    """

    def __init__(self, user: str, password: str) -> None:
        super().__init__("embedded-imap")
        self.user = user
        self.password = password
        self._writers: set[asyncio.StreamWriter] = set()
        self._backend: Any = None

    def append(self, raw: bytes, received_at: datetime | None = None, folder: str = "INBOX") -> None:
        """Put one message into a folder as if it had been received at that moment (aware; default now)."""
        self._loop.run(self._append(raw, received_at or datetime.now(UTC), folder))

    async def _serve(self) -> int:
        with quiet_libraries():
            try:
                # Only the demo and the tests need pymap, so that the service runs without it.
                from proxyprotocol.reader import ProxyProtocolReader  # noqa: PLC0415 - see above
                from pymap.backend.dict import DictBackend  # noqa: PLC0415 - see above
                from pymap.imap import IMAPServer  # noqa: PLC0415 - see above
                from pysasl.hashing import BuiltinHash  # noqa: PLC0415 - see above
            except ImportError as error:
                raise _not_installed("pymap") from error
            args = Namespace(
                host=LOOPBACK, port=0, debug=False, cert=None, key=None, tls=False, passlib_cfg=None,
                proxy_protocol=None, inherited_sockets=None, demo_data=False, demo_user=self.user,
                demo_password=self.password,
            )  # fmt: skip
            self._backend, config = await DictBackend.init(
                args, hash_context=BuiltinHash(rounds=_HASH_ROUNDS), invalid_user_sleep=0.0
            )
            config.apply_context()
            callback = ProxyProtocolReader(config.proxy_protocol).get_callback(
                IMAPServer(self._backend.login, config)
            )

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.add(writer)
            try:
                await callback(reader, writer)
            finally:
                self._writers.discard(writer)

        self._server = await asyncio.start_server(accept, host=LOOPBACK, port=0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        await abort_all(writer.transport for writer in self._writers)

    async def _append(self, raw: bytes, received_at: datetime, folder: str) -> None:
        from pymap.parsing.message import AppendMessage  # noqa: PLC0415 - optional, as above

        async with self._backend.login.demo_user_identity.new_session() as session:
            mailbox = await session.mailbox_set.get_mailbox(folder)
            await mailbox.append(AppendMessage(raw, received_at, frozenset()), recent=True)


def _not_installed(library: str) -> ConfigError:
    return ConfigError(f"The embedded servers need {library}; install it with: pip install 'triage[demo]'")
