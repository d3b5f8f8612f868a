"""What is read past the libraries' own slow ways is what they give by these: holidays, public suffixes."""

from pathlib import Path

import holidays
import pytest
from hypothesis import given, strategies as st
from publicsuffixlist import PublicSuffixList
from support.vietnam_table import table

from triage.adapters import vietnamdays
from triage.adapters.protectedfile import public_suffixes
from triage.adapters.vietnamdays import FIRST_YEAR, LAST_YEAR, TABLE, computed_days, library_days

WHOLE = PublicSuffixList()


def test_the_days_off_are_those_of_the_library() -> None:
    found = holidays.country_holidays("VN", years=range(FIRST_YEAR, LAST_YEAR + 1), language="vi")
    assert dict(library_days().off) == dict(found.items())
    assert library_days().worked <= set(found.weekend_workdays)
    assert len(library_days().worked) > 0


def test_the_table_of_days_is_what_the_library_gives() -> None:
    assert TABLE.read_text(encoding="utf-8") == table()
    assert library_days() == computed_days()


def test_days_of_another_release_are_asked_of_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "days.tsv"
    other.write_text("holidays-0.1\n2026-02-03\tNgày của ai\n", encoding="utf-8")
    monkeypatch.setattr(vietnamdays, "TABLE", other)
    assert library_days.__wrapped__() == computed_days()


@pytest.mark.parametrize(
    "host",
    [
        "a.b.vst.gov.vn",
        "kho-bac.hanoi.vn",
        "x.công-ty.vn",
        "a.b.公司.cn",
        "a.b.xn--55qx5d.cn",
        "www.ck",
        "a.b.ck",
        "city.kawasaki.jp",
        "x.github.io",
        "a.unknown",
    ],
)
def test_a_host_has_the_suffix_that_the_library_gives_it(host: str) -> None:
    assert public_suffixes().publicsuffix(host) == WHOLE.publicsuffix(host)
    assert public_suffixes().privatesuffix(host) == WHOLE.privatesuffix(host)


def test_no_rule_of_the_list_is_left_out() -> None:
    ours = public_suffixes()
    assert ours.rules <= WHOLE._publicsuffix
    assert {rule for rule in WHOLE._publicsuffix if "xn--" not in rule} <= ours.rules
    assert ours.deepest == WHOLE._maxlabel


def test_every_rule_and_names_below_it_are_read_as_the_library_reads_them() -> None:
    ours = public_suffixes()
    for rule in WHOLE._publicsuffix:
        bare = rule.lstrip("!*.")
        for host in (bare, f"a.{bare}", f"b.a.{bare}", f"B.A.{bare.upper()}.", f"a..{bare}"):
            assert ours.publicsuffix(host) == WHOLE.publicsuffix(host), host
            for unknown in (True, False):
                asked = {"accept_unknown": unknown}
                assert ours.privatesuffix(host, **asked) == WHOLE.privatesuffix(host, **asked), host


@given(
    st.lists(
        st.sampled_from(
            [
                "",
                "a",
                "com",
                "vn",
                "gov",
                "ck",
                "www",
                "kawasaki",
                "jp",
                "city",
                "zz",
                "XN--55QX5D",
                "công-ty",
            ]
        ),
        max_size=8,
    )
)
def test_any_host_has_the_suffix_that_the_library_gives_it(labels: list[str]) -> None:
    host = ".".join(labels)
    ours = public_suffixes()
    assert ours.publicsuffix(host) == WHOLE.publicsuffix(host)
    assert ours.privatesuffix(host) == WHOLE.privatesuffix(host)
    assert ours.privatesuffix(host, accept_unknown=False) == WHOLE.privatesuffix(host, accept_unknown=False)
