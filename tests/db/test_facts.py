"""What is known of a sender is known of every spelling of his address."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from support.office import MONDAY, open_office, request

from triage.core.reading import Question
from triage.db import facts
from triage.db.schema import outbox

LETTERED, ENCODED = "ketoan@thuế.example", "ketoan@xn--thu-9jz.example"


@pytest.mark.parametrize(("wrote", "asked"), [(LETTERED, ENCODED), (ENCODED, LETTERED)])
def test_a_sender_is_known_in_letters_and_in_punycode(database_url: str, wrote: str, asked: str) -> None:
    with open_office(database_url) as office:
        office.store(request("[0010#DVC] Lỗi ký số khi gửi hồ sơ", sender=wrote))
        office.process()
        with office.database.write() as connection:
            connection.execute(update(outbox).values(state="sent", sent_at=MONDAY))
        question = Question("key", (), (), sender=asked, recipient=asked, bare="Lỗi ký số khi gửi hồ sơ")
        stranger = Question("key", (), (), sender="a@x.example", recipient="a@x.example", bare=question.bare)
        with office.database.read() as connection:
            known = facts.gather(connection, question, MONDAY + timedelta(minutes=10))
            other = facts.gather(connection, stranger, MONDAY + timedelta(minutes=10))
    assert known.history_queue == "0010"
    assert known.known_sender
    assert known.alike is not None
    assert (known.letters_last_hour, known.letters_to_domain_last_hour) == (1, 1)
    assert (other.history_queue, other.known_sender, other.alike) == (None, False, None)
    assert (other.letters_last_hour, other.letters_to_domain_last_hour) == (0, 0)
