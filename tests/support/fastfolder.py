"""Where tests keep what they write and forget: in memory where there is room for it."""

import os
import shutil
from pathlib import Path

_ROOM_BYTES = 2 * 1024**3


def fast_folder(*, for_programs: bool = False) -> str | None:
    """Give a folder in memory with room for 20,000 mails and for databases; None where there is none.

    Containers often let no program be started from theirs; ``for_programs`` asks for one that does.

    Small files are slow on disk. ext4 also takes the longer to make one the more were deleted within the last
    seconds, since it uses their inodes last; a database of PostgreSQL is 700 files.
    """
    memory = Path("/dev/shm")  # noqa: S108 - whoever asks makes a folder of his own in it
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM_BYTES
    if not roomy or (for_programs and os.statvfs(memory).f_flag & os.ST_NOEXEC):
        return None
    return str(memory)
