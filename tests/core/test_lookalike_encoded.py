"""Addresses that stand in encoded words, in whole headers."""

import pytest
from hypothesis import given, strategies as st
from support.protected_names import shipped

from triage.core.address import read_addresses
from triage.core.decision import Severity
from triage.core.lookalike import judge_names

NAMES = shipped()
OURS = "=?utf-8?q?hotrocntt=40vst=2Egov=2Evn?="


def encoded(header: str) -> list[Severity]:
    found = judge_names(read_addresses(header, []), (), None, None, NAMES)
    return [each.severity for each in found if each.check == "ADDRESS_ENCODED"]


@pytest.mark.parametrize(
    "header",
    [
        f"{OURS} <lan@hoacuc.example>",
        "=?utf-8?b?aG90cm9jbnR0QHZzdC5nb3Yudm4=?= <lan@hoacuc.example>",
        "=?utf-8?q?hotrocntt=40?= =?utf-8?q?vst=2Egov=2Evn?= <lan@hoacuc.example>",
        f"<{OURS}>",
        f"Lan <{OURS}>",
        "Lan <lan@=?utf-8?q?vst=2Egov=2Evn?=>",
        "=?utf-8?q?hotrocntt=40vst=2Egov=2Evn=3E?=@hoacuc.example",
        OURS,
    ],
)
def test_our_address_in_encoded_words_weighs_much(header: str) -> None:
    assert Severity.HIGH in encoded(header)


def test_an_encoded_part_of_an_address_is_suspicious() -> None:
    assert encoded("Lan <=?utf-8?q?lan?=@hoacuc.example>") == [Severity.MEDIUM]


def test_somebody_elses_address_as_an_encoded_name_weighs_little() -> None:
    assert encoded("=?utf-8?q?mai=40hoacuc=2Eexample?= <lan@hoacuc.example>") == [Severity.LOW]


@pytest.mark.parametrize(
    "header",
    [
        "=?utf-8?q?lan=40hoacuc=2Eexample?= <lan@hoacuc.example>",
        "=?utf-8?b?VHLGsOG7nW5nIEhvYSBDw7pj?= <lan@hoacuc.example>",
        '"lan@hoacuc.example" <lan@hoacuc.example>',
    ],
)
def test_an_encoded_name_alone_is_no_trick(header: str) -> None:
    assert encoded(header) == []


@given(st.text(alphabet="=?utf-8qQbB@.<> avstgon40", max_size=80))
def test_any_header_is_judged(header: str) -> None:
    assert set(encoded(header)) <= {Severity.LOW, Severity.MEDIUM, Severity.HIGH}
