import pytest
from hypothesis import given, strategies as st

from triage.core.invitation import invitation_line


def calendar(*lines: str) -> bytes:
    event = ("BEGIN:VEVENT", *lines, "END:VEVENT")
    return "\r\n".join(("BEGIN:VCALENDAR", "METHOD:REQUEST", *event, "END:VCALENDAR", "")).encode()


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("SUMMARY:Họp giao ban", "DTSTART:20261116T023000Z"), "mời họp — Họp giao ban — 09:30 16/11/2026"),
        (
            ("SUMMARY:Họp", "DTSTART;TZID=SE Asia Standard Time:20261116T140000"),
            "mời họp — Họp — 14:00 16/11/2026",
        ),
        (("DTSTART;VALUE=DATE:20261116", "SUMMARY;LANGUAGE=vi:Nghỉ"), "mời họp — Nghỉ — 16/11/2026"),
        (("SUMMARY:Họp rất\r\n  dài\\, về\\nký số",), "mời họp — Họp rất dài, về ký số"),
        (("SUMMARY:a\u202eb\u0007c",), "mời họp — abc"),
        (("DTSTART:99999999T999999Z",), "mời họp"),
        (("DTSTART:99991231T235959Z",), "mời họp"),
        (("BEGIN:VALARM", "SUMMARY:chuông"), "mời họp"),
        (("BEGIN:VALARM", "SUMMARY:chuông", "END:VALARM", "SUMMARY:Họp"), "mời họp — Họp"),
        (
            ("SUMMARY:Họp", "DTSTART;TZID=America/New_York:20261116T140000"),
            "mời họp — Họp — 14:00 16/11/2026 (America/New_York)",
        ),
        (
            ("SUMMARY:Họp", 'DTSTART;TZID="(UTC+07:00) Bangkok, Hanoi":20261116T140000'),
            "mời họp — Họp — 14:00 16/11/2026",
        ),
    ],
)
def test_an_invitation_is_told_in_one_line(lines: tuple[str, ...], wanted: str) -> None:
    assert invitation_line(calendar(*lines)) == wanted


def test_only_the_first_event_is_told_and_time_zones_are_no_events() -> None:
    zone = ("BEGIN:VTIMEZONE", "DTSTART:19700101T000000", "END:VTIMEZONE")
    data = "\n".join(("METHOD:CANCEL", *zone, "BEGIN:VEVENT", "SUMMARY:Một", "END:VEVENT", "BEGIN:VEVENT"))
    assert invitation_line(f"{data}\nDTSTART:20200101".encode()) == "huỷ lịch — Một"


@pytest.mark.parametrize("piece", [";", ';"', ';a=""', ';""x'])
def test_a_line_of_endless_parameters_is_passed_over(piece: str) -> None:
    # once took longer than anybody waits: the limit of a test ends it
    assert invitation_line(calendar("A" + piece * 3_000, "SUMMARY:Họp")) == "mời họp — Họp"


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(noise: bytes) -> None:
    line = invitation_line(b"BEGIN:VEVENT\nSUMMARY:" + noise)
    assert "\n" not in line


@given(st.text(alphabet='BEGINDVT:;="\\ \n\rSUMARY0123456789TZ', max_size=300))
def test_any_lines_are_survived(noise: str) -> None:
    invitation_line(f"BEGIN:VEVENT\n{noise}".encode())
