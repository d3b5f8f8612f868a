"""What the partial indexes hold.

A query that shall use one must say it in these very words: neither database recognises them in a parameter,
nor SQLite in another spelling ("acting = 1").
"""

from sqlalchemy import text

WAITING = text("state = 'waiting'")
ACTING = text("acting")
FRESH = text("state = 'queued' and attempts = 0")
TRIED = text("state in ('queued', 'sending') and attempts > 0")
LISTED = text("removed_at is null")
IN_FORCE = text("ended_at is null")
OPEN = text("status <> 'closed'")
UNREAD = text("read_at is null")
PROPOSED = text("sort = 'proposed'")
OF_A_UNIT = text("unit_id is not null")
SOLVED = text("outcome = 'solved'")
CORRECTING = text("verb in ('categorised', 'rerouted', 'released', 'confirmed_impostor', 'undone')")
UNTOLD = text("page_id is null")
HELD = text("status = 'held'")
IMPOSTORS = text("outcome = 'impostor'")
REPORTS = text("kind = 'impersonation_report'")
ANSWERS = text("verb in ('answered', 'recalled', 'reopened')")
ACTS = text(
    "verb in ('assigned', 'answered', 'recalled', 'closed', 'held', 'released', 'confirmed_impostor')"
)
UNCOMPARED = text("not compared")
ONGOING = text("state = 'open'")
STANDING = text("left_at is null")
DUE = text("state = 'due'")
OUTSIDE = text("object_name is not null")
