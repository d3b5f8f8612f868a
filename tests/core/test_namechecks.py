from pathlib import Path

import pytest
from publicsuffixlist import PublicSuffixList

from triage.adapters.protectedfile import load_protected
from triage.core.namechecks import NameChecks, name_checks


@pytest.fixture(scope="module")
def names() -> NameChecks:
    rules = Path(__file__).parents[2] / "rules" / "protected.toml"
    return name_checks(load_protected(rules), PublicSuffixList())


@pytest.mark.parametrize("host", ["vst.gov.vn", "DVC.vst.gov.vn.", "angiang.gov.vn", "mst.gov.vn"])
def test_genuine_hosts_are_official_and_imitate_nobody(names: NameChecks, host: str) -> None:
    assert names.official(host)
    assert names.address(f"ai@{host}") == ()


@pytest.mark.parametrize(
    "host", ["vst-gov.vn", "vst.gov.vn.evil.example", "khobac-hotro.top", "xn--khobc-m11b.vn"]
)
def test_imitations_are_told_heaviest_first(names: NameChecks, host: str) -> None:
    assert not names.official(host)
    found = names.domain(host)
    assert found
    assert found[0].severity.value in {"medium", "high", "critical"}


@pytest.mark.parametrize(
    "host", ["hoacuc.example", "google.com", "", "localhost", "203.0.113.9", "vst.gοv.vn.example"]
)
def test_other_hosts_are_neither(names: NameChecks, host: str) -> None:
    assert not names.official(host)


@pytest.mark.parametrize(
    ("host", "registered"),
    [
        ("a.b.angiang.gov.vn", "angiang.gov.vn"),
        ("x.hoacuc.com.vn", "hoacuc.com.vn"),
        ("kbnn.github.io", "kbnn.github.io"),
        ("203.0.113.9", "203.0.113.9"),
        ("[::1]", "[::1]"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_what_was_registered_is_told_from_what_stands_before(
    names: NameChecks, host: str, registered: str
) -> None:
    assert names.registrable(host) == registered


@pytest.mark.parametrize(
    ("host", "known"),
    [("a.vn", True), ("vst.gov.vn", True), ("loi.png", False), ("v.v", False), ("gov.vn", False)],
)
def test_file_names_are_no_hosts(names: NameChecks, host: str, known: bool) -> None:  # noqa: FBT001 - a column of the table
    assert names.listed(host) is known
