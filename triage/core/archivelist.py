"""What a reader of one archive format answers."""

from dataclasses import dataclass

MOST_MEMBERS = 2_000
"""Members of one archive that are listed."""

LONGEST_NAME = 1_000


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive; ``size`` is what it claims to unpack to, 0 where the archive does not say.

    ``at`` and ``packed`` tell where its bytes lie, for formats that store them as they are.
    """

    name: str
    size: int = 0
    encrypted: bool = False
    at: int = 0
    packed: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """The members of an archive; ``hidden``: their names are encrypted; ``whole``: the list is complete."""

    members: tuple[Member, ...] = ()
    hidden: bool = False
    whole: bool = True
