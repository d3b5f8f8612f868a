"""Receiving: what the server refuses afterwards keeps no mail from being stored."""

from collections.abc import Iterator

import pytest
from support.office import Office, open_office, request
from support.scripted_imap import ScriptedImap

from triage.adapters.imap import ImapMailbox, ImapSettings
from triage.db import mails
from triage.service.health import check_health
from triage.service.receive import receive, receive_round

THREE = {uid: request(number=uid) for uid in (1, 2, 3)}


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def mailbox_on(server: ScriptedImap) -> ImapMailbox:
    return ImapMailbox(
        ImapSettings(
            host="127.0.0.1",
            port=server.port,
            tls="none",
            username="hotro@mail.example",
            password="correct-horse",
            batch_count=1,
            timeout_seconds=5,
        )
    )


def test_a_full_processed_folder_keeps_no_mail_from_being_stored(office: Office) -> None:
    with ScriptedImap(THREE) as server:
        server.tell(r"UID (MOVE|COPY)", "{tag} NO [OVERQUOTA] Quota exceeded")
        mailbox = mailbox_on(server)
        for expected in (3, 0):
            done = receive(mailbox, office.database, office.clock)
            assert done.stored == expected
            assert done.unsettled is not None
            assert "Quota exceeded" in done.unsettled
        mailbox.close()
    with office.database.read() as connection:
        assert len(mails.ids(connection)) == 3


def test_a_mail_that_the_server_keeps_back_turns_the_health_check_bad(office: Office) -> None:
    with ScriptedImap(THREE) as server:
        server.tell(r"UID FETCH 2 .*BODY\.PEEK", "{tag} NO cannot read this one")
        server.tell(r"UID FETCH \d[:,\d]*2\b.*BODY\.PEEK", "{tag} NO cannot read this one")
        mailbox = mailbox_on(server)
        assert receive_round(mailbox, office.database, office.clock)
        mailbox.close()
    with office.database.read() as connection:
        assert len(mails.ids(connection)) == 2
    [told] = [check for check in check_health(office.database, office.clock) if check.name == "loss"]
    assert not told.ok
    assert "does not hand out mail 2" in told.sentence
