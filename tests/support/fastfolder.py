"""Where tests keep what they write and forget: in memory where there is room for it."""

import atexit
import fcntl
import functools
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_ROOM_BYTES = 2 * 1024**3
_PREFIX = "triage-tests-"
_NEW_SECONDS = 60


def roomy_memory(*, for_programs: bool = False) -> Path | None:
    """Give the machine's folder in memory if it has room for 20,000 mails and for databases.

    Containers often let no program be started from theirs; ``for_programs`` asks for one that does.

    Small files are slow on disk. ext4 also takes the longer to make one the more were deleted within the last
    seconds, since it uses their inodes last; a database of PostgreSQL is 700 files.
    """
    memory = Path("/dev/shm")  # noqa: S108 - whoever asks makes a folder of his own in it
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        return None
    sweep(memory)
    if for_programs and os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return None
    return memory if shutil.disk_usage(memory).free > _ROOM_BYTES else None


@functools.cache
def fast_folder() -> str | None:
    """Give a folder in such memory that is this process's alone; None where there is none."""
    memory = roomy_memory()
    return str(held_folder(memory)) if memory else None


def held_folder(memory: Path) -> Path:
    """Make a folder that is this process's as long as it lives, and gone when it ends."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=memory))
    folder.chmod(0o711)  # servers in it run as users of their own
    # never closed: the lock tells others that somebody lives here, and no kill leaves it behind
    fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_SH)
    atexit.register(_leave, folder, os.getpid())
    return folder


def sweep(memory: Path) -> None:
    """Take away what killed processes left: it is memory of the machine until somebody does.

    A PostgreSQL that was left with it ends by itself when its files are gone.
    """
    for left in memory.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another user's, or somebody lives there
            place = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # one that is new may not be locked yet
                if time.time() - os.fstat(place).st_mtime > _NEW_SECONDS:
                    shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(place)


def _leave(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
