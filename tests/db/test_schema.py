"""The package of the tables: it gives every table, and never a module in the place of one."""

from pkgutil import iter_modules

from sqlalchemy import Table

from triage.db import schema


def test_every_table_is_named_by_the_package() -> None:
    named = {name for name in schema.__all__ if isinstance(getattr(schema, name), Table)}
    assert named == set(schema.metadata.tables)


def test_no_module_bears_the_name_of_a_table() -> None:
    assert not {module.name for module in iter_modules(schema.__path__)} & set(schema.metadata.tables)
