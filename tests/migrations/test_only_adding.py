"""The release before goes on working on an upgraded database: upgrades only add, and ask nothing of it."""

import re
from itertools import pairwise

import pytest
from sqlalchemy import inspect
from support.migrated import empty

from triage.db import migrate
from triage.db.engine import Database
from triage.db.schema import in_models
from triage.resources import resource

FIRST = "0006"
"""The last revision before this rule; what came earlier was never released."""

Columns = dict[tuple[str, str], dict[str, object]]


def revisions() -> list[str]:
    names = sorted(path.name for path in (resource("migrations") / "versions").glob("[0-9]*.py"))
    return [found.group() for name in names if (found := re.match(r"\d+", name))]


def columns(database: Database) -> Columns:
    with database.read() as connection:
        found = inspect(connection)
        return {
            (table, column["name"]): dict(column)
            for table in found.get_table_names()
            if in_models(table, "table", None)
            for column in found.get_columns(table)
        }


@pytest.mark.parametrize(("before", "after"), list(pairwise(revisions()))[revisions().index(FIRST) :])
def test_an_upgrade_takes_nothing_away_and_demands_nothing_new(
    database_url: str, before: str, after: str
) -> None:
    database = Database(empty(database_url))
    migrate.upgrade(database, before)
    old = columns(database)
    migrate.upgrade(database, after)
    new = columns(database)
    database.close()
    assert set(old) <= set(new)
    for key, column in old.items():
        assert str(new[key]["type"]) == str(column["type"]), key
        assert new[key]["nullable"] or not column["nullable"], key
    known = {table for table, _ in old}
    for key in set(new) - set(old):
        if key[0] in known:
            assert new[key]["nullable"] or new[key]["default"] is not None, key
