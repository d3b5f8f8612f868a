"""What is held on a person can be handed over whole and made neutral whole, unless the law wants it kept."""

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from support.office import Office, open_office, request

from triage.db import acts, drafts, history, incidentanswers, incidents, mails, outbox, people, tickets
from triage.db.schema import mail_marks, ticket_parties, unit_proposals, unit_senders, units
from triage.errors import DatabaseError, NotFoundError, RefusalError
from triage.service import desk, holds, persons, replay

PERSON = "bich@thcs-hoamai.example"
COLLEAGUE = "an@thcs-hoamai.example"
WORDS = ("Trần Thị Bích", "Lỗi ký số quý báu", "token màu xanh")


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.store(
            request(
                "[0010#DVC] Lỗi ký số quý báu",
                sender=f"Trần Thị Bích <{PERSON}>",
                text="Cắm token màu xanh không nhận. ĐT 0900 000 001, Trần Thị Bích",
            ),
            request("Re: [SD261116-000001] tiếp", number=2, sender=COLLEAGUE, reply_to=PERSON),
            request(
                "[0010#DVC] Việc khác", number=3, sender=COLLEAGUE, text="Hồ sơ bị trả lại. 0900 000 002"
            ),
        )
        office.process()
        desk.note(office.database, office.clock, "SD261116-1", "đã gọi chị Bích", actor="Hà")
        write_drafts(office)
        yield office


def write_drafts(office: Office) -> None:
    """Leave what agents are writing, to him, to another and to many, and what is kept of an act on a list."""
    now = office.clock.now()
    with office.database.write() as connection:
        agent = people.add(connection, now, name="ha", display_name="Hà", role="agent")
        for ticket_id, body in ((1, "Chị Bích thử lại với token khác."), (2, f"Xin hỏi thêm {PERSON}.")):
            drafts.put(connection, ticket_id, agent, drafts.ANSWER, body=body, version=1, now=now)
        acts.begin(connection, "k1", agent, "senders", now)
        acts.finish(connection, "k1", {"told": f"Đã cho phép {PERSON}."})
        about_all = f"Như đã viết cho {PERSON}: xin ký lại."
        incident = incidents.make(
            connection, title="Lỗi ký", words=["ký"], category="other", started_at=now, found_at=now
        )
        incidentanswers.add(connection, incident, incidentanswers.PROPOSED, about_all, "ha", now)


def everything(connection: Connection) -> str:
    pieces: list[str] = []
    for table in sorted(inspect(connection).get_table_names()):
        pieces += [str(tuple(row)) for row in connection.execute(text(f'select * from "{table}"'))]  # noqa: S608 - names of our own tables
    for (number,) in connection.execute(text("select mail_id from raw_mails order by mail_id")).all():
        stored = mails.raw_of(connection, number)
        pieces.append(stored[1].decode() if stored else "")
    for row in outbox.listed(connection):
        pieces.append((outbox.content_of(connection, row.id) or b"").decode())
    return "\n".join(pieces)


def stored(office: Office) -> str:
    with office.database.read() as connection:
        return everything(connection)


def erase(office: Office, person: str = PERSON) -> persons.Erased:
    return persons.erase(office.database, office.clock, person, reason="theo yêu cầu", actor="Hà")


def test_an_erasure_leaves_no_word_of_the_person(office: Office) -> None:
    before = stored(office)
    assert all(word in before for word in (PERSON, *WORDS, "đã gọi chị Bích"))
    done = erase(office)
    assert (done.mails, done.tickets, done.letters) == (1, 1, 2)
    after = stored(office)
    colleagues = request("Re: [SD261116-000001] tiếp", number=2, sender=COLLEAGUE, reply_to=PERSON).decode()
    assert PERSON not in after.replace(colleagues, "").replace(colleagues.replace("\r\n", "\n"), "")
    assert not any(word in after for word in (*WORDS, "đã gọi chị Bích", "token khác"))
    assert "Xin hỏi thêm erased-1@erased.invalid." in after
    assert "Đã cho phép erased-1@erased.invalid." in after


def test_codes_counts_times_and_a_digest_stay(office: Office) -> None:
    with office.database.read() as connection:
        before = tickets.find(connection, "SD261116-000001")
    erase(office)
    with office.database.read() as connection:
        after = tickets.find(connection, "SD261116-000001")
        digest = connection.execute(text("select erased_digest from mails where id = 1")).scalar_one()
        verbs = [(event.verb, event.actor) for event in history.events(connection, 1)]
        count = connection.execute(text("select count(*) from mails")).scalar_one()
    assert before
    assert after
    assert (after.code, after.opened_at, after.due_at, after.category, after.priority) == (
        *(before.code, before.opened_at, before.due_at, before.category, before.priority),
    )
    assert after.requester_address == "erased-1@erased.invalid"
    assert len(digest) == 64
    assert verbs[-1] == ("erased", "Hà")
    assert count == 3


def test_other_people_keep_what_is_theirs(office: Office) -> None:
    erase(office)
    after = stored(office)
    assert "Việc khác" in after
    assert COLLEAGUE in after
    assert replay.stored_ids(office.database) == [1, 2, 3]
    assert [one.mail_id for one in replay.compare(office.database, office.means, [1, 3])] == []


def test_a_letter_that_waits_for_an_erased_person_is_not_sent(office: Office) -> None:
    erase(office)
    with office.database.read() as connection:
        rows = [row for row in outbox.listed(connection) if row.recipient.endswith("erased.invalid")]
    assert [row.state for row in rows] == ["failed", "failed"]


def test_a_mail_that_is_not_processed_yet_is_found_too(office: Office) -> None:
    office.store(request("Chưa xử lý", number=9, sender=PERSON, text="token màu xanh"))
    assert erase(office).mails == 2
    assert office.process().outcomes == {}
    assert "Chưa xử lý" not in stored(office)


def test_a_second_delivery_of_an_erased_mail_is_still_a_duplicate(office: Office) -> None:
    erase(office)
    office.store(
        request(
            "[0010#DVC] Lỗi ký số quý báu",
            sender=f"Trần Thị Bích <{PERSON}>",
            text="Cắm token màu xanh không nhận. ĐT 0900 000 001, Trần Thị Bích",
        )
    )
    assert office.process().outcomes == {"duplicate": 1}


def test_nothing_is_erased_under_legal_hold(office: Office) -> None:
    holds.set_hold(office.database, office.clock, "SD261116-1", reason="thanh tra", actor="Hà")
    before = stored(office)
    with pytest.raises(RefusalError, match="SD261116-000001 is under legal hold"):
        erase(office)
    with pytest.raises(RefusalError, match="under legal hold"):
        erase(office, COLLEAGUE)
    assert stored(office) == before
    with pytest.raises(RefusalError, match="already"):
        holds.set_hold(office.database, office.clock, "SD261116-1", reason="lại", actor="Hà")
    holds.clear_hold(office.database, office.clock, "SD261116-1", reason="xong", actor="Hà")
    with pytest.raises(RefusalError, match="under no legal hold"):
        holds.clear_hold(office.database, office.clock, "SD261116-1", reason="xong", actor="Hà")
    assert [row.end_reason for row in holds.listed(office.database, past=True)] == ["xong"]
    assert erase(office).tickets == 1


AUTHOR = "mai.tran@hoasen.example"
FORWARD = (
    "Nhờ xem giúp, 0900 000 003\n\n---------- Forwarded message ---------\n"
    f"From: Trần Thị Mai <{AUTHOR}>\nDate: Mon, Nov 16, 2026\nSubject: Token vàng\n"
    f"To: {COLLEAGUE}\n\nKhông ký được"
)


def exported(office: Office, person: str) -> dict[str, str]:
    target = io.BytesIO()
    persons.export(office.database, office.clock, person, target, actor="Hà")
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("person", ["mina@hoasen.example", AUTHOR])
def test_who_only_got_a_copy_or_wrote_what_was_sent_on_is_found(office: Office, person: str) -> None:
    copied = request(
        "Fwd: việc của Mai",
        number=7,
        sender=COLLEAGUE,
        text=FORWARD,
        cc="mina@hoasen.example, le-mina@x.example",
    )
    office.store(copied)
    office.process()
    assert person in exported(office, person)["mentions.json"]
    assert "le-mina" not in exported(office, "mina@hoasen.example")["mentions.json"]
    holds.set_hold(office.database, office.clock, "SD261116-3", reason="thanh tra", actor="Hà")
    with pytest.raises(RefusalError, match="SD261116-000003 is under legal hold"):
        erase(office, person)
    holds.clear_hold(office.database, office.clock, "SD261116-3", reason="xong", actor="Hà")
    assert erase(office, person).mails == 0
    after = stored(office).replace(copied.decode(), "").replace(copied.decode().replace("\r\n", "\n"), "")
    assert person not in after.replace("le-mina@", "")
    assert "le-mina@x.example" in after
    assert (person != AUTHOR) == ("Trần Thị Mai" in after)
    with pytest.raises(NotFoundError, match="Nothing is held"):
        erase(office, person)


def test_what_units_forms_and_marks_hold_is_found(office: Office) -> None:
    unit = {"name": "Trường", "sort": "budget", "changed_at": office.clock.now(), "changed_by": "Hà"}
    form = {"name": "Trường", "senders": ["lan@vi.example"]}
    proposal = {"mail_id": 3, "sender": "phieu@vi.example", "form": form, "created_at": office.clock.now()}
    with office.database.write() as connection:
        connection.execute(units.insert().values(id=1, **unit))
        connection.execute(unit_senders.insert().values(unit_id=1, sender="don@vi.example"))
        connection.execute(mail_marks.insert().values(mail_id=3, mark="gia@mao.example"))
        connection.execute(unit_proposals.insert().values(**proposal))
    for person in ("don@vi.example", "gia@mao.example", "lan@vi.example", "phieu@vi.example"):
        assert person in "".join(
            words for name, words in exported(office, person).items() if name != "person.json"
        )
        erase(office, person)
        assert person not in stored(office)


TRIGGERS = {
    "sqlite": (
        "create trigger breaks before update of recipient on outbox begin select raise(abort, 'broken'); end",
    ),
    "postgresql": (
        "create function breaks() returns trigger language plpgsql as $$ begin raise 'broken'; end $$",
        "create trigger breaks before update of recipient on outbox for each row execute function breaks()",
    ),
}


@pytest.mark.parametrize("asked", ["Bich@thuế.example", "bich@xn--thu-9jz.example"])
def test_a_domain_in_letters_and_in_punycode_is_one_person(database_url: str, asked: str) -> None:
    lettered, encoded = "bich@thuế.example", "bich@xn--thu-9jz.example"
    with open_office(database_url) as office:
        office.store(
            request(
                "[0010#DVC] Lỗi ký số quý báu", sender=f"Trần Thị Bích <{encoded}>", text="Trần Thị Bích"
            ),
            request("[0010#DVC] Việc khác", number=2, sender=COLLEAGUE, text=f"Xin hỏi thêm {lettered}."),
        )
        office.process()
        office.store(request("Re: [SD261116-000002] tiếp", number=3, sender=encoded))
        desk.note(office.database, office.clock, "SD261116-2", f"đã hỏi {encoded}", actor="Hà")
        archive = io.BytesIO()
        exported = persons.export(office.database, office.clock, asked, archive, actor="Hà")
        assert (len(exported.mails), len(exported.tickets)) == (2, 1)
        with zipfile.ZipFile(archive) as files:
            assert json.loads(files.read("person.json"))["address"] == asked.lower()
            assert [one["ticket_id"] for one in json.loads(files.read("mentions.json"))] == [2]
        done = erase(office, asked)
        assert (done.mails, done.tickets) == (2, 1)
        after = stored(office)
        assert [word for word in (encoded, "Trần Thị Bích") if word in after] == []
        assert after.count(lettered) == 1, "what another person wrote stays in his mail"


def test_who_is_a_party_in_two_spellings_becomes_one(database_url: str) -> None:
    with open_office(database_url) as office:
        office.store(request("[0010#DVC] Lỗi ký số", sender="bich@thuế.example"))
        office.process()
        with office.database.write() as connection:
            encoded = {"ticket_id": 1, "address": "bich@xn--thu-9jz.example", "role": "told"}
            connection.execute(ticket_parties.insert(), encoded)
        erase(office, "bich@thuế.example")
        with office.database.read() as connection:
            parties = connection.execute(text("select address, role from ticket_parties")).all()
        assert [(row.address.partition("-")[0], row.role) for row in parties] == [("erased", "writer")]


def test_an_erasure_that_breaks_in_the_middle_has_erased_nothing(office: Office) -> None:
    with office.database.write() as connection:
        for statement in TRIGGERS[connection.dialect.name]:
            connection.exec_driver_sql(statement)
    before = stored(office)
    with pytest.raises((DBAPIError, DatabaseError), match="broken"):
        erase(office)
    assert stored(office) == before


@pytest.mark.parametrize("nobody", ["ai-do@xa.example", "no address", "@"])
def test_who_is_not_known_is_told(office: Office, nobody: str) -> None:
    with pytest.raises((NotFoundError, RefusalError)):
        erase(office, nobody)
    with pytest.raises(RefusalError, match="needs a reason"):
        persons.erase(office.database, office.clock, PERSON, reason=" ", actor="Hà")


def test_an_export_holds_mails_letters_and_rows(office: Office) -> None:
    target = io.BytesIO()
    persons.export(office.database, office.clock, PERSON.upper(), target, actor="Hà")
    archive = zipfile.ZipFile(target)
    summary = json.loads(archive.read("person.json"))
    assert (summary["address"], summary["mails"], summary["tickets"], summary["letters"]) == (PERSON, 1, 1, 2)
    assert "token màu xanh" in archive.read("mails/1.eml").decode()
    [ticket] = json.loads(archive.read("tickets.json"))
    assert ticket["requester_name"] == "Trần Thị Bích"
    assert [event["verb"] for event in json.loads(archive.read("ticket_events.json"))][-1] == "note"
    assert any(name.startswith("letters/") for name in archive.namelist())
    assert COLLEAGUE not in archive.read("mails.json").decode()
    with office.database.read() as connection:
        assert history.events(connection, 1)[-1].verb == "exported"


def test_a_second_export_is_the_same_but_for_its_own_trace(office: Office) -> None:
    one, other = io.BytesIO(), io.BytesIO()
    persons.export(office.database, office.clock, PERSON, one, actor="Hà")
    persons.export(office.database, office.clock, PERSON, other, actor="Hà")
    first, second = zipfile.ZipFile(one), zipfile.ZipFile(other)
    assert first.namelist() == second.namelist()
    assert first.read("mails/1.eml") == second.read("mails/1.eml")
