"""Storage that speaks S3, by obstore: one bucket, a prefix of ours in it, keys that do not expire."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from triage.errors import ConfigError, StorageError
from triage.ports import StoredObject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from obstore.store import ClientConfig

Item = TypeVar("Item")
Done = TypeVar("Done")

AT_ONCE = 8
"""Requests that are under way at the same time."""

LISTED = 1000
"""Objects that one answer lists; S3 gives no more."""

CONNECT_SECONDS = 5.0
RETRIES = 2
"""How often a request is sent again that was not answered, or by 5xx."""

_CLOCK = "clock"
"""The object that is written to see the time of the storage."""

_CODE = re.compile(r"<Code>(\w+)</Code>")
_REFUSED = frozenset(
    {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"}
)


@dataclass(frozen=True, slots=True)
class S3Settings:
    """How a bucket is reached; ``endpoint`` is the server's address, ``seconds`` the limit of one try."""

    endpoint: str
    bucket: str
    prefix: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    ca_file: Path | None = None
    seconds: float = 20


class S3Objects:
    """Objects of one bucket; see triage.ports.Objects. Connects nowhere before it is used.

    Raises ConfigError where the file of an authority cannot be read.
    """

    def __init__(self, settings: S3Settings) -> None:
        self._settings = settings
        self._authority = _read(settings.ca_file)
        self._made: S3Store | None = None

    @property
    def label(self) -> str:
        """The bucket as a person may see it."""
        place = f"{self._settings.endpoint.rstrip('/')}/{self._settings.bucket}"
        return f"Storage {place}/{self._settings.prefix}".rstrip("/")

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Keep contents under their names. A server answers a PUT when the object is durable."""

        def put_one(item: tuple[str, bytes]) -> None:
            obstore.put(self._store(), item[0], item[1], use_multipart=False)

        with self._translated():
            _at_once(put_one, list(contents.items()))

    def get(self, names: Sequence[str]) -> Sequence[bytes | None]:
        """Give contents in the order of their names, None where there is no such object."""
        with self._translated():
            return _at_once(self._get_one, names)

    def _get_one(self, name: str) -> bytes | None:
        try:
            return bytes(obstore.get(self._store(), name).bytes())
        except FileNotFoundError as error:
            # a bucket that is not there is told by the same status
            if _code(error) in {"", "NoSuchKey"}:
                return None
            raise

    def remove(self, names: Sequence[str]) -> None:
        """Remove objects, a thousand a request."""
        if names:
            with self._translated():
                obstore.delete(self._store(), list(names))

    def listed(self, beginning: str) -> Iterator[Sequence[StoredObject]]:
        """Give the objects below a folder, a thousand at a time."""
        with self._translated():
            for some in obstore.list(self._store(), beginning, chunk_size=LISTED):
                yield [StoredObject(one["path"], one["last_modified"].astimezone(UTC)) for one in some]

    def now(self) -> datetime:
        """Give the time that the storage gives to an object that is written now; within a second or two."""
        with self._translated():
            obstore.put(self._store(), _CLOCK, b"", use_multipart=False)
            return obstore.head(self._store(), _CLOCK)["last_modified"].astimezone(UTC)

    def _store(self) -> S3Store:
        if self._made is None:
            self._made = self._make()
        return self._made

    def _make(self) -> S3Store:
        settings = self._settings
        options: ClientConfig = {
            "allow_http": settings.endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=min(CONNECT_SECONDS, settings.seconds)),
            "timeout": timedelta(seconds=settings.seconds),
        }
        if self._authority:
            options["root_certificate"] = self._authority
        return S3Store(
            settings.bucket,
            prefix=settings.prefix or None,
            endpoint=settings.endpoint,
            region=settings.region,
            access_key_id=settings.access_key,
            secret_access_key=settings.secret_key,
            # the bucket in the path: a server of one's own has no names for its buckets
            virtual_hosted_style_request=False,
            client_options=options,
            retry_config={
                "max_retries": RETRIES,
                "retry_timeout": timedelta(seconds=settings.seconds * (RETRIES + 1)),
            },
        )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            raise StorageError(f"{self.label}: {_sentence(error)}") from error


def _at_once(act: Callable[[Item], Done], items: Sequence[Item]) -> list[Done]:
    """Do the same to all items, some at a time; raises what the first of them raises, when all have ended."""
    if len(items) <= 1:
        return [act(item) for item in items]
    with ThreadPoolExecutor(min(AT_ONCE, len(items))) as threads:
        return list(threads.map(act, items))


def _code(error: Exception) -> str:
    found = _CODE.search(str(error))
    return found.group(1) if found else ""


def _sentence(error: Exception) -> str:
    """Say what happened without what the library shows of its insides."""
    code, first = _code(error), str(error).strip().partition("\n")[0]
    if code == "NoSuchBucket":
        return "there is no such bucket; make it, or correct [storage] bucket."
    if code in _REFUSED:
        return f"the server refuses our keys ({code}); look at [storage] and at the rights on the bucket."
    if code:
        return f"the server answers {code}."
    return f"it does not answer ({first.rpartition(' - ')[2].removeprefix('HTTP error: ').rstrip('. ')})."


def _read(path: Path | None) -> str | None:
    try:
        return path.read_text(encoding="ascii") if path else None
    except (OSError, ValueError) as error:
        raise ConfigError(f"[storage] ca_file cannot be read: {path}: {error}.") from None
