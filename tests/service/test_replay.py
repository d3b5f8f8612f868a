"""Deciding again says what rules changed, and nothing that a release merely writes in another way."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update
from support.office import Office, open_office, request

from triage.db.schema import decisions
from triage.service import replay


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def rewrite(office: Office, **parts: object) -> None:
    """Change parts of the stored decision, as an earlier release may have written them."""
    with office.database.write() as connection:
        document = dict(connection.scalars(select(decisions.c.document)).one())
        connection.execute(update(decisions).values(document={**document, **parts}))


def sender(office: Office) -> dict[str, object]:
    with office.database.read() as connection:
        return dict(connection.scalars(select(decisions.c.document)).one()["sender"])


def test_a_decision_that_names_no_weights_is_no_difference(office: Office) -> None:
    office.store(request())
    office.process()
    rewrite(office, sender={key: value for key, value in sender(office).items() if key != "weights"})
    assert list(replay.compare(office.database, office.means, [1])) == []


def test_another_verdict_is_a_difference(office: Office) -> None:
    office.store(request())
    office.process()
    rewrite(office, sender={**sender(office), "verdict": "suspicious"})
    (difference,) = replay.compare(office.database, office.means, [1])
    assert (difference.mail_id, difference.part) == (1, "sender")
