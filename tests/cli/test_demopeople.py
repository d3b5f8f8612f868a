"""The people of the demo can do what their roles do, letters included."""

from pathlib import Path

from support.deskserver import desk_of
from support.office import open_office

from triage.cli.demopeople import settle
from triage.service import people
from triage.service.paging import unreached


def test_everybody_in_the_demo_gets_letters_at_an_address_that_does_not_exist(tmp_path: Path) -> None:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as desk:
        settled = settle(desk.app)
        addresses = {one.name: one.email for one in people.listed(office.database)}
        assert addresses.keys() == {one.name for one in settled.newcomers}
        assert all(address.endswith(".example") for address in addresses.values())
        with office.database.read() as connection:
            assert unreached(connection) is None
