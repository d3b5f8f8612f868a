"""What tests of the search share: mails that arrive, questions, and a look into the bytes of the index."""

from sqlalchemy import Connection, column, func, inspect, select, table
from support.office import Office, request

from triage.core.people import Person, Role
from triage.core.searchquery import read_query
from triage.db import tickets
from triage.db.schema import search_entries
from triage.service import search, searchindex
from triage.service.search import Found

AGENT = Person(1, "lan", "Lan", Role.AGENT)
HANOI = "[0010#DVC] "
HAUGIANG = "[3110#DVC] "

WITH_FILE = (
    request(HANOI + "Có tệp", number=5, content_type='multipart/mixed; boundary="x"').split(b"\r\n\r\n")[0]
    + "\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGửi kèm.\r\n--x\r\n"
    'Content-Type: application/pdf; name="UNC_thang_tam.pdf"\r\n'
    'Content-Disposition: attachment; filename="UNC_thang_tam.pdf"\r\n\r\n%PDF-1.4\r\n--x--\r\n'.encode()
)
"""A mail with a PDF file."""


def arrive(office: Office, *raws: bytes) -> None:
    """Store mails and process them."""
    office.store(*raws)
    office.process()


def find(office: Office, typed: str, person: Person = AGENT, page: int = 1) -> Found:
    """Give what somebody finds by what he typed."""
    zone = office.means.zone
    return search.find(office.database, person, read_query(typed), office.clock.now(), zone, page)


def subjects(office: Office, typed: str, person: Person = AGENT) -> list[str]:
    """Give the subjects of the tickets that are found, in their order."""
    return [hit.ticket_subject for hit in find(office, typed, person).hits]


def codes(office: Office) -> dict[str, str]:
    """Give the code of each ticket by its subject."""
    with office.database.read() as connection:
        return {row.subject: row.code for row in tickets.listed(connection)}


def index_anew(office: Office) -> int:
    """Write the words of every ticket anew; gives how many there were."""
    searchindex.start_anew(office.database)
    done = 0
    while batch := searchindex.work_off_batch(office.database):
        done += batch
    return done


def holds(office: Office, word: str) -> bool:
    """Whether a word stands anywhere in the index: in a text, as one of its words, or in its bytes."""
    with office.database.read() as connection:
        columns = (search_entries.c[name] for name in ("subject", "sender", "recipients", "files", "body"))
        texts = [cell for row in connection.execute(select(*columns)) for cell in row]
        found = [*texts, *(_bytes(connection) if office.database.is_sqlite else _vectors(connection))]
    return any(word in one.lower() for one in found)


def _vectors(connection: Connection) -> list[str]:
    words = table("search_words", column("words"))
    return list(connection.scalars(select(func.array_to_string(func.tsvector_to_array(words.c.words), " "))))


def _bytes(connection: Connection) -> list[str]:
    """Give every cell of the tables in which FTS5 keeps what it knows."""
    shadows = [name for name in inspect(connection).get_table_names() if name.startswith("search_words_")]
    assert {"search_words_data", "search_words_content", "search_words_idx"} <= set(shadows)
    cells: list[str] = []
    for name in shadows:
        for row in connection.exec_driver_sql(f"SELECT * FROM {name}"):  # noqa: S608 - a name of SQLite's own
            cells += [_text(cell) for cell in row]
    return cells


def _text(cell: object) -> str:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
