"""Tables on a narrow terminal: what counts is never cut, what counts least is left out."""

import io

import pytest
from rich.console import Console

from triage.cli.output import draw_table

TICKETS = ("code", "queue", "status", "due", "assignee", "category", "sender", "from", "subject")
TICKET = (
    "SD261120-000017",
    "unrouted",
    "in_progress",
    "20/11/2026 17:00",
    "Nguyễn Thị Thu Hà",
    "registration",
    "impersonation",
    "ketoan@trungtamdatgiong.example",
    "[0010#DVC] Hồ sơ cam kết chi không chuyển trạng thái từ hôm qua đến nay",
)
LETTERS = ("letter", "name", "ticket", "to", "state", "tries", "next try", "answer of the mail server")
LETTER = (
    "1234567",
    "impersonation_thanks",
    "SD261120-000017",
    "ketoan@trungtamdatgiong.example",
    "sending",
    "12",
    "20/11/2026 17:00",
    "451 4.7.1 come back in some minutes, you are on our grey list",
)


def drawn(columns: tuple[str, ...], *rows: tuple[str, ...], width: int = 80, empty: str = "") -> str:
    file = io.StringIO()
    draw_table(Console(width=width, file=file), columns, rows, empty=empty)
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 90, 100, 120, 200])
def test_codes_states_and_numbers_are_never_cut(width: int) -> None:
    tickets = drawn(TICKETS, TICKET, width=width)
    assert all(word in tickets for word in ("SD261120-000017", "unrouted", "in_progress"))
    letters = drawn(LETTERS, LETTER, width=width)
    assert all(word in letters for word in ("1234567", "SD261120-000017", "sending"))
    assert all(len(line) <= width for text in (tickets, letters) for line in text.splitlines())


def test_a_row_of_texts_takes_one_line_however_long_they_are() -> None:
    lines = drawn(TICKETS, TICKET).splitlines()
    assert len(lines) == 4
    assert lines[2].count("…") == 3
    assert lines[3] == "A wider terminal also shows: category, sender, due."


def test_a_wide_terminal_shows_every_column_whole() -> None:
    text = drawn(TICKETS, TICKET, width=250)
    assert all(word in text for word in (*TICKETS, *TICKET))
    assert "wider" not in text


def test_the_answer_of_a_server_goes_on_in_the_next_line() -> None:
    lines = drawn(LETTERS, LETTER).splitlines()
    assert "…" in lines[3]
    assert "grey list" in " ".join(line[-30:].strip() for line in lines)


def test_short_texts_leave_their_room_to_long_ones() -> None:
    text = drawn(("from", "subject"), ("a@b.vn", "x" * 66))
    assert f"a@b.vn  {'x' * 66}" in text


def test_what_a_stranger_wrote_is_no_markup() -> None:
    assert "[red]x[/red] [0010#DVC]" in drawn(("subject",), ("[red]x[/red] [0010#DVC]",))


def test_a_table_without_rows_is_a_sentence() -> None:
    assert drawn(("mail", "error"), empty="No stuck mails.") == "No stuck mails.\n"
