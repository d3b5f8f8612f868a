"""No mail may raise, hang or fill the memory, whatever happened to it on its way."""

import random
import time
import tracemalloc

import pytest
from hypothesis import given, settings, strategies as st
from support.mutation import mutate, seeds

from triage.core.identity import mail_key
from triage.core.mail import Mail
from triage.core.parse import parts_of, read_mail

MAILS = seeds()
SOAK = 200_000
LONGEST_SECONDS = 2.0
"""Processor time: the long run shares its machine with others."""

MEASURED = 10
"""One mail in so many of the long run has its memory measured, which makes reading it many times slower."""

MOST_TIMES_ITS_SIZE = 10
FIXED_BYTES = 1_000_000
"""What the smallest mail may take beside that; caches and patterns that are made once are made before."""


def check(raw: bytes) -> Mail:
    mail = read_mail(raw)
    texts = [mail.subject, mail.text, mail.new_text, mail.html, *mail.defects, mail.message_id]
    texts += [text for pair in mail.headers for text in pair]
    texts += [
        text for one in mail.senders + mail.reply_to + mail.to + mail.cc for text in (one.name, one.address)
    ]
    texts += [text for one in mail.attachments for text in (one.name, one.type, one.about)]
    for text in texts:
        text.encode("utf-8")
    for _, provide in parts_of(mail, raw):
        provide()
    mail_key(mail, raw)
    return mail


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, len(MAILS) - 1))
def test_a_spoilt_mail_is_still_a_mail(rng: random.Random, chosen: int) -> None:
    check(mutate(rng, MAILS[chosen], MAILS))


@pytest.mark.soak
@pytest.mark.timeout(7_200)
def test_no_spoilt_mail_of_very_many_hangs_or_fills_the_memory() -> None:
    for raw in MAILS:
        check(raw)
    rng = random.Random(7102)  # noqa: S311  mails need no cryptography
    for number in range(SOAK):
        raw = mutate(rng, rng.choice(MAILS), MAILS)
        measured = number % MEASURED == 0
        if measured:
            tracemalloc.start()
        began = time.thread_time()
        check(raw)
        seconds = time.thread_time() - began
        if measured:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak <= MOST_TIMES_ITS_SIZE * len(raw) + FIXED_BYTES, (number, len(raw), peak)
        else:
            assert seconds <= LONGEST_SECONDS, (number, len(raw), seconds)
