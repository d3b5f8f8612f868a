"""kill -9 at random points over 500 mails on Dovecot: every mail stored, no ticket twice, no letter lost."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.catcher import SmtpCatcher
from support.commands import start, triage
from support.dovecot import drop_into
from support.imapserver import ImapAccount
from support.migrated import empty
from support.office import MONDAY, request, write_config

from triage.core.parse import read_mail
from triage.db import mails
from triage.db.engine import Database
from triage.db.schema import decisions, outbox, tickets

MAILS = 500
KILLS = {"sqlite": 20, "postgresql": 10}


@pytest.mark.dovecot
def test_twenty_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, dovecot: ImapAccount, catcher: SmtpCatcher, database_url: str
) -> None:
    config = write_config(tmp_path, imap=dovecot, smtp_port=catcher.port, database_url=empty(database_url))
    assert triage("--config", config, "db", "upgrade").returncode == 0
    raws = [request(f"[0010#DVC] Lỗi {n}", number=n, sender=f"a{n}@unit.example") for n in range(MAILS)]
    assert dovecot.maildir is not None
    drop_into(dovecot.maildir, [(raw, MONDAY) for raw in raws])

    chance = random.Random(7102)  # noqa: S311 - repeatable kills
    killed = 0
    kills = KILLS["sqlite" if database_url.startswith("sqlite") else "postgresql"]
    for _ in range(kills):
        process = start(["--config", config, "run", "--once"], anew=True)
        time.sleep(chance.uniform(0.4, 1.6))
        killed += process.poll() is None
        process.kill()
        process.communicate()
    assert killed >= kills // 2, "the kills came too late to prove anything"

    done = triage("--config", config, "run", "--once")
    assert done.returncode == 0, done.stderr
    database = Database(database_url)
    with database.read() as connection:
        assert mails.count_by_state(connection) == {"processed": MAILS}
        uids = connection.execute(select(func.count(), func.count(func.distinct(mails.mails.c.uid)))).one()
        assert tuple(uids) == (MAILS, MAILS)
        assert connection.scalar(select(func.count()).where(decisions.c.acting)) == MAILS
        codes = sorted(connection.scalars(select(tickets.c.code)))
        assert codes == [f"SD261116-{number:06}" for number in range(1, MAILS + 1)]
        letters = set(connection.scalars(select(outbox.c.message_id).where(outbox.c.state == "sent")))
    database.close()
    assert dovecot.raw_mails() == []
    with dovecot.client("Processed") as client:
        moved = client.search()
    assert len(moved) >= MAILS

    arrived = Counter(read_mail(message.raw).message_id for message in catcher.messages)
    assert set(arrived) == letters
    assert len(letters) == MAILS
    assert max(arrived.values()) <= 2
    assert sum(arrived.values()) - MAILS <= kills
