"""Two people act on one thing at once: whoever comes second sees what the first has done."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from support.meanwhile import meanwhile
from support.office import Office, open_office, request
from support.oneticket import person
from support.unitforms import FORM, HEAD

from triage.core.people import Role
from triage.db import people, units as rows
from triage.db.engine import Database
from triage.db.units import UnitRow
from triage.errors import AccountError, RefusedActError
from triage.service import auditing, registering, treasuries, units
from triage.service.people import account_of, set_queues
from triage.service.registering import Filled

NAMELESS = FORM.replace("1234567", "")


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def proposed(office: Office, *forms: str) -> list[int]:
    """Let registration forms come in; give the numbers of what they propose."""
    for number, form in enumerate(forms, 1):
        text = form + f"\nLần {number}"
        office.store(request("Đăng ký", number=number, sender=f"a{number}@a.example", text=text))
    office.process()
    return [one.id for one in registering.proposals(office.database)]


def taking(office: Office, proposal_id: int, actor: str, seen: str, treasury: str = "") -> UnitRow:
    with office.database.write() as connection:
        filled = Filled(treasury, seen=seen)
        return registering.take_in(connection, office.means, proposal_id, filled, actor=actor)


def take(
    office: Office, connection: Connection, proposal_id: int, actor: str, seen: str | None = None
) -> UnitRow:
    return registering.take_in(connection, office.means, proposal_id, Filled(seen=seen), actor=actor)


@pytest.mark.parametrize("form", [FORM, NAMELESS], ids=["number", "name"])
def test_a_proposal_is_accepted_once_by_two_who_accept_it_at_once(office: Office, form: str) -> None:
    [number] = proposed(office, form)
    done = meanwhile(
        office,
        lambda connection: take(office, connection, number, "an"),
        lambda other: registering.accept(other, office.means, number, actor="minh"),
    )
    error = done.exception()
    assert isinstance(error, RefusedActError)
    assert (error.code, error.values) == ("proposal_accepted", {"who": "an"})
    [row] = units.listed(office.database)
    assert row.changed_by == "an"
    assert [one for one in auditing.listed(office.database) if one.actor == "minh"] == []


def test_a_proposal_that_is_being_refused_is_not_accepted(office: Office) -> None:
    [number] = proposed(office, FORM)
    done = meanwhile(
        office,
        lambda one: registering.leave_out(one, office.means, number, actor="an", reason="trùng"),
        lambda other: registering.accept(other, office.means, number, actor="minh"),
    )
    assert "was refused by an already" in str(done.exception())
    assert units.listed(office.database) == []


@pytest.mark.parametrize("form", [FORM, NAMELESS], ids=["number", "name"])
def test_of_two_forms_of_one_unit_the_second_does_not_change_what_the_first_has_written(
    office: Office, form: str
) -> None:
    first, second = proposed(office, form, form)
    compared, _ = registering.compared(office.database, office.means, 9)
    seen = {one.proposal.id: one.seen for one in compared}

    def later(other: Database) -> None:
        with other.write() as connection:
            take(office, connection, second, "minh", seen[second])

    done = meanwhile(office, lambda one: take(office, one, first, "an", seen[first]), later)
    error = done.exception()
    assert isinstance(error, RefusedActError)
    assert error.code == "proposal_stale"
    assert [row.changed_by for row in units.listed(office.database)] == ["an"]


def test_what_was_changed_or_taken_out_since_it_was_seen_is_not_accepted(office: Office) -> None:
    units.import_csv(office.database, office.means, HEAD + "1234567,Trường Cúc,0010,,,,\n", actor="lan")
    [number] = proposed(office, FORM)
    [one], _ = registering.compared(office.database, office.means, 9)
    for act in ("change", "remove"):
        office.clock.forward(minutes=1)
        if act == "change":
            changed = HEAD + "1234567,Trường Hoa Cúc,0012,,,,\n"
            units.import_csv(office.database, office.means, changed, actor="ty")
        else:
            [row] = units.listed(office.database)
            units.remove(office.database, office.means, row.id, actor="ty")
        with pytest.raises(RefusedActError) as refused:
            taking(office, number, "an", one.seen)
        assert refused.value.code == "proposal_stale"
    [again], _ = registering.compared(office.database, office.means, 9)
    assert taking(office, number, "an", again.seen).changed_by == "an"


def test_a_unit_of_another_treasury_than_was_shown_is_not_changed_unseen(office: Office) -> None:
    units.import_csv(office.database, office.means, HEAD + ",Trường Hoa Cúc,0010,,,,\n", actor="lan")
    [number] = proposed(office, NAMELESS)
    [one], _ = registering.compared(office.database, office.means, 9)
    assert one.known is None
    with pytest.raises(RefusedActError) as refused:
        taking(office, number, "an", one.seen, treasury="0010")
    assert refused.value.code == "unit_known"


def test_two_units_do_not_get_one_address_at_once(office: Office) -> None:
    def bring(connection: Connection) -> None:
        units.bring_in(connection, office.means, HEAD + ",A,0010,,,,x@a.example\n", actor="an")

    def also(other: Database) -> None:
        units.import_csv(other, office.means, HEAD + ",B,0012,,,,x@a.example\n", actor="ty")

    error = meanwhile(office, bring, also).exception()
    assert isinstance(error, RefusedActError)
    assert error.code == "unit_owned"
    with office.database.read() as connection:
        assert rows.count(connection) == 1


def test_nobody_loses_his_last_queue_to_two_who_take_one_each(office: Office) -> None:
    one = person(office, "ha", Role.COORDINATOR, "0010", "3110")

    def take_one(connection: Connection) -> None:
        people.hold(connection, "ha")
        people.drop_queue(connection, one.id, "0010")

    def take_other(other: Database) -> None:
        treasuries.take(other, office.clock, "3110", "ha", actor="tri")

    error = meanwhile(office, take_one, take_other).exception()
    assert isinstance(error, AccountError)
    with office.database.read() as connection:
        assert account_of(connection, "ha").queues == ("3110",)


def test_a_queue_is_taken_from_what_somebody_has_given_meanwhile(office: Office) -> None:
    one = person(office, "ha", Role.COORDINATOR, "0010", "3110")

    def leave_one(connection: Connection) -> None:
        people.hold(connection, "ha")
        people.set_queues(connection, one.id, ["0010"])

    def take_it(other: Database) -> None:
        treasuries.take(other, office.clock, "0010", "ha", actor="tri")

    assert isinstance(meanwhile(office, leave_one, take_it).exception(), AccountError)
    done = meanwhile(
        office,
        lambda connection: people.hold(connection, "ha"),
        lambda other: set_queues(other, office.clock, office.means.rules, "ha", ["3110"], actor="tri"),
    )
    assert done.exception() is None
    [row] = auditing.listed(office.database)
    assert row.data == '{"after":["3110"],"before":["0010"]}'
