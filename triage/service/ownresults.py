"""Lets mails be verified where our gateway says nothing of them: many at once, outside of any transaction."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import structlog

from triage.core.authentication import read_authentication
from triage.core.mail import Mail
from triage.core.ownresults import OwnResults
from triage.core.rules import Rulebook
from triage.ports import Verifier
from triage.service.means import Means

log = structlog.get_logger()

AT_ONCE = 16
"""Mails that wait for DNS side by side, so that a batch of 50 waits about four times as long as one mail."""


def verify_all(means: Means, mails: Mapping[int, tuple[Mail, bytes]]) -> dict[int, OwnResults]:
    """Verify mails by their ids; those that the gateway has answered for are left out."""
    verify = means.verify
    if verify is None:
        return {}
    open_ones = {number: one for number, one in mails.items() if _is_open(number, one[0], means.rules)}
    if not open_ones:
        return {}
    with ThreadPoolExecutor(AT_ONCE, "verify") as threads:
        waiting = {number: threads.submit(_verify, verify, number, *one) for number, one in open_ones.items()}
    found = {number: result.result() for number, result in waiting.items()}
    return {number: own for number, own in found.items() if own is not None}


def is_open(mail: Mail, rules: Rulebook) -> bool:
    """Whether our gateway leaves it open where a mail comes from."""
    read = read_authentication(mail, rules.trust.gateway, rules.trust.names.registrable)
    return read.authenticated is None or read.forged > 0


def _is_open(number: int, mail: Mail, rules: Rulebook) -> bool:
    try:
        return is_open(mail, rules)
    except Exception:
        # One mail must not keep a batch from being processed; what is wrong with it shows when it is decided.
        log.exception("mail_unverified", mail_id=number)
        return False


def _verify(verify: Verifier, number: int, mail: Mail, raw: bytes) -> OwnResults | None:
    try:
        return verify(mail, raw)
    except Exception:
        # Verifying only adds to what is known; a mail must not get stuck for want of it.
        log.exception("mail_unverified", mail_id=number)
        return None
