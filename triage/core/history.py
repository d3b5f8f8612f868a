"""Lines of a ticket's history: verbs, and which of them stand for a change of its row."""

RECALLED = "recalled"
"""The verb under which an answer was taken back before it went out."""

RESUMED = "resumed"
"""The verb under which a deadline moved since the ticket had waited for its unit."""

ESCALATED = "escalated"
"""The verb under which somebody was told that a ticket stays unanswered."""

PAGED = "paged"
"""The verb under which the security officers were paged."""

HELD, RELEASED = "held", "released"
"""The verbs under which somebody put a ticket under a hold, and ended one."""

WARNED = "warned"
"""The verb of the line on an impostor's ticket about whom somebody warned of him."""

QUIET = frozenset(
    {"linked", "unlinked", "notice_withheld", "letter_failed", "seen_again", "exported", "read", WARNED}
    | {RESUMED, ESCALATED, PAGED}
    | {"incident_joined", "incident_left"}
    | {"verification", "impersonation_report", "auto_reply", "bounce", "list", "own", "empty", "staff"}
)
"""Verbs of lines that leave the row as it is. Every other line counts the version up by one."""
