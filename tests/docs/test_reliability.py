"""docs/reliability.md names a test for each fault; the tests that it names are there."""

import re

import pytest
from support.named_tests import ROOT, demand_tests

PAGE = ROOT / "docs" / "reliability.md"
_ROW = re.compile(r"^\| (?P<fault>[^|]+) \| (?P<tests>[^|]*`tests/[^|]+) \|$", re.MULTILINE)


def rows() -> list[tuple[str, str]]:
    return _ROW.findall(PAGE.read_text(encoding="utf-8"))


PAINS = {*range(1, 18), *range(24, 30), 31, 32, 33, 37, 38, *range(41, 46)}
"""The rows of the list of what users of other systems suffered from that concern mail on its way."""


def test_the_page_has_its_faults() -> None:
    assert len(rows()) > 30


def test_every_pain_of_other_systems_has_its_row() -> None:
    told = {int(number) for fault, _tests in rows() if (number := fault.partition(".")[0]).isdigit()}
    assert told == PAINS


LIMITS = (
    "CR, LF or NUL in an argument of an IMAP command",
    "a search for what a mail says",
    "an address that reads as an SMTP command",
    "a message that ends early, bare CR and LF",
    "a subject that decodes to a header",
    "parts nested, parts without number, encoded words, parameters, comments, long headers",
    "a mail as large, wide and deep as can be",
    "a million characters of what careless patterns never get through",
    "HTML nested, or too large",
    "functions in CSS, links with odd schemes",
)


def test_every_limit_on_input_has_its_row() -> None:
    assert {fault for fault, _tests in rows()} >= {*LIMITS}


@pytest.mark.parametrize(("fault", "tests"), rows())
def test_every_fault_names_a_test_that_is_there(fault: str, tests: str) -> None:
    demand_tests(fault, tests, whole_files=False)
