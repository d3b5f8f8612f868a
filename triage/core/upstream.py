"""What a spam filter in front of our mailbox wrote into the headers of a mail: SpamAssassin, rspamd.

A sender can write such headers as well, but only against himself; so they hold an answer back and do no more.
"""

import re

from triage.core.mail import Mail
from triage.core.reasons import Reason

SURE_SCORE = 10.0
"""A bare score of SpamAssassin's scale (spam from 5) that counts where no filter says yes or no."""

_YES = re.compile(r"\s*(?:yes|true|spam)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\s*([+-]?\d{1,4}(?:\.\d{1,4})?)(?![\w.])")
_RSPAMD_TRUE = re.compile(r"[^;\[]{0,40}:\s*true\b", re.IGNORECASE)
_RSPAMD_ACTIONS = frozenset({"reject", "add header", "rewrite subject", "soft reject", "quarantine"})
_LONGEST_SHOWN = 60


def find_upstream_spam(mail: Mail) -> Reason | None:
    """Say which header calls a mail spam; None where none does, or one says that it is none."""
    mark = _said(mail)
    if not mark:
        return None
    return Reason(
        "upstream_spam",
        f"Bộ lọc thư rác phía trước đánh dấu thư này là thư rác ({mark}); thư vẫn được tiếp nhận nhưng không "
        "trả lời tự động.",
        f"A spam filter in front of us marked this mail ({mark}); it is taken in, but not answered "
        "automatically.",
    )


def _said(mail: Mail) -> str:
    for name in ("X-Spam-Flag", "X-Spam-Status", "X-Rspamd-Spam"):
        value = mail.header(name)
        if value is not None and value.strip():
            return _shown(name, value) if _YES.match(value) else ""
    result = mail.header("X-Spamd-Result")
    if result is not None:
        return _shown("X-Spamd-Result", result) if _RSPAMD_TRUE.match(result) else ""
    action = (mail.header("X-Rspamd-Action") or "").strip().lower()
    if action:
        return _shown("X-Rspamd-Action", action) if action in _RSPAMD_ACTIONS else ""
    score = _NUMBER.match(mail.header("X-Spam-Score") or "")
    return _shown("X-Spam-Score", score[1]) if score and float(score[1]) >= SURE_SCORE else ""


def _shown(name: str, value: str) -> str:
    return f"{name}: {' '.join(value.split())[:_LONGEST_SHOWN]}"
