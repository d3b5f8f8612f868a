"""Lines of a ticket's history: verbs, and which of them stand for a change of its row."""

RECALLED = "recalled"
"""The verb under which an answer was taken back before it went out."""

QUIET = frozenset(
    {"linked", "unlinked", "notice_withheld", "letter_failed", "seen_again", "exported", "read", "warned"}
    | {"verification", "impersonation_report", "auto_reply", "bounce", "list", "own", "empty"}
)
"""Verbs of lines that leave the row as it is. Every other line counts the version up by one."""
