"""What the machine must give an installation: files closed to others, room on the disk, servers' names."""

import shutil
import socket
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from triage.errors import TriageError

LEAST_FREE = 500 * 1024**2
"""Bytes; a day of mail fits into it many times, and a disk that fills up does not stop there."""

HANDED_OVER = Path("/run")
"""What lies below is made for one service by whoever starts it (systemd, a container), who guards it."""

_OTHERS = 0o007
_OTHERS_WRITE = 0o002
_OTHERS_ENTER = 0o001
_GIGABYTE = 1000**3


def check_permissions(secrets: Iterable[Path], rules: Path) -> str:
    """Demand that others can neither read what is secret nor change the rules."""
    try:
        return _closed(secrets, rules)
    except OSError as error:
        raise TriageError(f"{error.filename} cannot be looked at: {error.strerror}.") from None


def _closed(secrets: Iterable[Path], rules: Path) -> str:
    there = [path for path in dict.fromkeys(secrets) if path.exists()]
    if open_ones := [str(path) for path in there if _is_open(path)]:
        raise TriageError(
            f"Everybody on this machine may read {' and '.join(open_ones)}; "
            f"run chmod o= {' '.join(open_ones)}."
        )
    if any(path.stat().st_mode & _OTHERS_WRITE and _is_reached(path) for path in rules.rglob("*")):
        raise TriageError(f"Everybody on this machine may change {rules}; run chmod -R o-w {rules}.")
    return f"Others can neither read files with secrets or mail ({len(there)} looked at) nor change {rules}."


def check_disk(folders: Iterable[Path], least: int = LEAST_FREE) -> str:
    """Demand that there is room where the service writes, ``least`` bytes in each folder."""
    told = []
    for folder in dict.fromkeys(folders):
        try:
            free = shutil.disk_usage(folder).free
        except OSError as error:
            raise TriageError(f"{folder} cannot be looked at: {error.strerror}; make it.") from None
        if free < least:
            raise TriageError(
                f"Only {free / _GIGABYTE:.1f} GB are free in {folder}; make room, or mails cannot be stored."
            )
        told.append(f"{free / _GIGABYTE:,.0f} GB in {folder}")
    return f"There is room: {', '.join(told)}."


def check_names(hosts: Mapping[str, str]) -> str:
    """Demand that every server is found by its name; ``hosts`` has each by the key that names it."""
    return "; ".join(_found(hosts)) + "."


def _found(hosts: Mapping[str, str]) -> Iterator[str]:
    for key, host in hosts.items():
        try:
            addresses = {one[4][0] for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                told = "the name servers do not answer; look at /etc/resolv.conf"
            else:
                told = f"there is no such server; correct {key}, or look at /etc/resolv.conf"
            raise TriageError(f"{host} is not found: {told}.") from None
        except UnicodeError:
            raise TriageError(f"{host} is no name of a server; correct {key}.") from None
        yield f"{host} is {' and '.join(sorted(map(str, addresses)))}"


def _is_open(path: Path) -> bool:
    return (
        bool(path.stat().st_mode & _OTHERS)
        and _is_reached(path)
        and HANDED_OVER not in path.resolve().parents
    )


def _is_reached(path: Path) -> bool:
    """Whether everybody may enter every folder above."""
    return all(folder.stat().st_mode & _OTHERS_ENTER for folder in path.resolve().parents)
