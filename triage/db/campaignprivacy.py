"""What campaigns hold on a person, and how they forget him: an impostor is a person before the law too."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, or_, select, update

from triage.core.campaigns import SignSort
from triage.core.erased import without_address
from triage.db.lists import in_order
from triage.db.schema import campaign_events, campaign_mails, campaign_signs


def rows_of(mail_ids: Sequence[int], addresses: Sequence[str]) -> dict[str, Select[Any]]:
    """Give the questions for what is held of somebody's mails, and of those that name him."""
    named = or_(campaign_signs.c.value.in_(addresses), campaign_signs.c.mail_id.in_(mail_ids))
    return {
        "campaign_mails": select(campaign_mails).where(campaign_mails.c.mail_id.in_(mail_ids)),
        "campaign_signs": select(campaign_signs).where(named, campaign_signs.c.sort != SignSort.WORDS.value),
    }


def count_naming(connection: Connection, address: str) -> int:
    """Give how many mails name an address as an impostor's."""
    return len(_naming(connection, [address]))


def forget(connection: Connection, mail_ids: Sequence[int], addresses: Sequence[str], mark: str) -> list[str]:
    """Take somebody's mails out of campaigns and him out of those of others; their counts stay as they are.

    ``addresses`` are all spellings of his. Gives the Message-IDs of the letters that told of these campaigns.
    """
    named = _naming(connection, addresses)
    numbers: set[int] = set()
    for some in in_order({*mail_ids, *named}):
        query = select(campaign_mails.c.campaign_id).where(campaign_mails.c.mail_id.in_(some))
        numbers.update(number for number in connection.scalars(query) if number is not None)
    for some in in_order(mail_ids):
        connection.execute(delete(campaign_signs).where(campaign_signs.c.mail_id.in_(some)))
        connection.execute(delete(campaign_mails).where(campaign_mails.c.mail_id.in_(some)))
    for some in in_order(named):
        his = or_(campaign_signs.c.value.in_(addresses), campaign_signs.c.sort == SignSort.PERSONA.value)
        connection.execute(delete(campaign_signs).where(campaign_signs.c.mail_id.in_(some), his))
        blank = {"names": [], "wording": ""}
        connection.execute(update(campaign_mails).where(campaign_mails.c.mail_id.in_(some)).values(**blank))
    for some in in_order(numbers):
        _blank_reasons(connection, campaign_mails.c.campaign_id.in_(some), addresses, mark)
    return [
        letter for some in in_order(numbers) for letter in _blank_events(connection, some, addresses, mark)
    ]


def _naming(connection: Connection, addresses: Sequence[str]) -> list[int]:
    query = select(campaign_signs.c.mail_id).distinct().where(campaign_signs.c.value.in_(addresses))
    return list(connection.scalars(query))


def _blank_reasons(
    connection: Connection, which: ColumnElement[bool], addresses: Sequence[str], mark: str
) -> None:
    query = select(campaign_mails.c.mail_id, campaign_mails.c.reasons).where(which)
    for row in connection.execute(query).all():
        reasons = _without(row.reasons, addresses, mark, own=False)
        if reasons != row.reasons:
            connection.execute(
                update(campaign_mails).where(campaign_mails.c.mail_id == row.mail_id).values(reasons=reasons)
            )


def _blank_events(
    connection: Connection, numbers: list[int], addresses: Sequence[str], mark: str
) -> list[str]:
    letters: list[str] = []
    for row in connection.execute(
        select(campaign_events).where(campaign_events.c.campaign_id.in_(numbers))
    ).all():
        letters += row.data.get("message_ids", ())
        data = _without(row.data, addresses, mark, own=True)
        if data != row.data:
            connection.execute(
                update(campaign_events).where(campaign_events.c.id == row.id).values(data=data)
            )
    return letters


def _without(data: Any, addresses: Sequence[str], mark: str, *, own: bool) -> Any:  # noqa: ANN401 - JSON
    for address in addresses:
        data = without_address(data, address, mark, own=own)
    return data
