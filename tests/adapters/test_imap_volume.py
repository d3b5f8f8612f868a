"""Large mailboxes and large mails, on Dovecot."""

import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from support.dovecot import drop_into
from support.imapserver import ImapAccount

from triage.adapters.imap import ImapMailbox

pytestmark = pytest.mark.dovecot

MANY = 20_000
MEGABYTE = 1024 * 1024


def test_twenty_thousand_waiting_mails_are_listed_fetched_and_moved(dovecot: ImapAccount) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert dovecot.maildir is not None
    drop_into(
        dovecot.maildir,
        ((b"Subject: %d\r\n\r\n%d\r\n" % (n, n), start + timedelta(seconds=n)) for n in range(MANY)),
    )
    box = ImapMailbox(dovecot.settings(batch_count=500))
    box.open()
    uids = box.waiting()
    assert len(uids) == MANY
    seen = 0
    for batch in box.fetch(uids):
        for each in batch.mails:
            assert each.raw == b"Subject: %d\r\n\r\n%d\r\n" % (seen, seen)
            assert each.received_at == start + timedelta(seconds=seen)
            seen += 1
    assert seen == MANY
    box.settle([uid for uid in uids if uid % 10])
    box.open()
    assert len(box.waiting()) == MANY // 10
    box.close()


def test_a_mail_of_fifty_megabytes_is_fetched_alone(dovecot: ImapAccount) -> None:
    large = b"Subject: large\r\n\r\n" + (b"x" * 998 + b"\r\n") * (50 * MEGABYTE // 1000)
    assert dovecot.maildir is not None
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    drop_into(
        dovecot.maildir, [(b"Subject: a\r\n\r\n", moment), (large, moment), (b"Subject: b\r\n\r\n", moment)]
    )
    box = ImapMailbox(dovecot.settings())
    box.open()
    uids = box.waiting()
    tracemalloc.start()
    batches = [[each.raw for each in batch.mails] for batch in box.fetch(uids)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    box.close()
    assert batches == [[b"Subject: a\r\n\r\n"], [large], [b"Subject: b\r\n\r\n"]]
    assert peak < 4 * len(large)
