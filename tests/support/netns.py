"""A machine of its own for a process, as far as its network goes: a namespace with one link that can be cut.

This side of the link has an address at which cables (support.freezer) lead to the servers of a test. Taking
the other side down is what a pulled plug is: nothing passes, nobody is told, connections stand.
"""

import itertools
import os
import shutil
import subprocess
from types import TracebackType
from typing import Self

_COUNT = itertools.count()


class NotPermittedError(Exception):
    """This system lets us make no network namespace; says why."""


class Machine:
    """A network namespace, a context manager; ``within`` begins a command that is to run in it.

    ``address`` is ours, from the range for tests of networks (RFC 2544). Raises NotPermittedError.
    """

    def __init__(self) -> None:
        number = (os.getpid() * 8 + next(_COUNT)) % 2**14
        self.name = f"triage-{os.getpid()}-{number}"
        self._near, self._far = f"tr{number}near", f"tr{number}far"
        third, fourth = divmod(number * 4, 256)
        self.address, self._there = f"198.18.{third}.{fourth + 1}", f"198.18.{third}.{fourth + 2}"
        self.within = ("nsenter", f"--net=/run/netns/{self.name}")

    def __enter__(self) -> Self:
        if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nsenter"))):
            raise NotPermittedError("Making a network namespace takes root, ip and nsenter.")
        try:
            self._ip("netns", "add", self.name)
            self._ip("link", "add", self._near, "type", "veth", "peer", "name", self._far, "netns", self.name)
            self._ip("addr", "add", f"{self.address}/30", "dev", self._near)
            self._ip("link", "set", self._near, "up")
            self._ip("-n", self.name, "addr", "add", f"{self._there}/30", "dev", self._far)
            self._ip("-n", self.name, "link", "set", "lo", "up")
            self.mend()
        except subprocess.CalledProcessError as error:
            self._remove()
            raise NotPermittedError(f"No network namespace can be made here: {error.stderr}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def cut(self) -> None:
        """Pull the plug."""
        self._ip("-n", self.name, "link", "set", self._far, "down")

    def mend(self) -> None:
        """Put the plug in again."""
        self._ip("-n", self.name, "link", "set", self._far, "up")

    def _remove(self) -> None:
        # The link goes with the side that lies in the namespace, once nothing runs there any more.
        for words in (("link", "del", self._near), ("netns", "del", self.name)):
            subprocess.run(("ip", *words), check=False, capture_output=True)

    def _ip(self, *words: str) -> None:
        subprocess.run(("ip", *words), check=True, capture_output=True, text=True)
