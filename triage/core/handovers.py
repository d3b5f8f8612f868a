"""What the centre gives a province to do: how such a stay ends, and why a province gives something back."""

from enum import StrEnum


class StayEnd(StrEnum):
    """How the stay of a ticket at a province ended: given back by it, fetched by the centre, moved on."""

    BACK = "back"
    FETCHED = "fetched"
    MOVED = "moved"


class BackReason(StrEnum):
    """The sort of reason for which a province gives a ticket back; the words beside it say the rest."""

    NOT_OURS = "not_ours"
    NEEDS_CENTRE = "needs_centre"
    MISSING = "missing"
    NOBODY = "nobody"
    OTHER = "other"
