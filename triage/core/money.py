"""Money that a mail wants: a payment in haste or in secret, or payments led to another account.

The words alone are honest: units write every day of transfers, fees and account numbers. What counts is a
sentence that bids the reader, with haste, secrecy or a threat somewhere beside it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from triage.core.phrases import Sentence
from triage.core.text import fold

_NOT_ARRIVED = (
    "chua nhan",
    "khong nhan duoc tien",
    "chua thay",
    "chua ve",
    "bi tra",
    "tra lai",
    "bi treo",
    "da nop",
    "da chuyen khoan",
    "da chuyen tien",
    "da thanh toan",
    "hoan tra",
)
"""A transfer that failed is a fault to be mended, not a demand."""

_BIDS_TREASURY = re.compile(r"\b(?:de nghi|nho|mong|xin|yeu cau) (?:quy )?(?:kho bac|kbnn|kb)\b")

_BIDDING = frozenset({"order", "must", "petition", "you", "you_unit"})

Topics = Mapping[int, frozenset[str]]


def payment_wanted(own: Sequence[Sentence], topics: Topics, *, urgent: bool = False) -> Sentence | None:
    """Give the sentence that wants money, where the mail presses for haste, secrecy or threatens.

    ``urgent`` tells that its subject presses already. Units bid the treasury every day to pay what is due.
    """
    pressed = urgent or any(groups & {"urgency", "secrecy", "threat"} for groups in topics.values())
    wanted = (one for one in _bidden(own, topics, "pay") if not _BIDS_TREASURY.search(fold(one.written)))
    return next(wanted, None) if pressed else None


def account_changed(own: Sequence[Sentence], topics: Topics) -> Sentence | None:
    """Give the sentence that leads payments to another account."""
    return next(_bidden(own, topics, "to_account"), None)


def _bidden(own: Sequence[Sentence], topics: Topics, group: str) -> Iterator[Sentence]:
    for at, sentence in enumerate(own):
        groups = topics[at]
        asks = "how" in groups or sentence.written.endswith("?")
        of_himself = "me" in groups and (not groups & _BIDDING or "trouble" in groups)
        if group in groups and not asks and not of_himself and not _failed(sentence):
            yield sentence


def _failed(sentence: Sentence) -> bool:
    folded = fold(sentence.written)
    return any(phrase in folded for phrase in _NOT_ARRIVED)
