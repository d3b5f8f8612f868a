"""What is read past the libraries' own slow ways is what they give by these: holidays, public suffixes."""

import holidays
import pytest
from publicsuffixlist import PublicSuffixList

from triage.adapters.protectedfile import public_suffixes
from triage.adapters.vietnamdays import FIRST_YEAR, LAST_YEAR, library_days

WHOLE = PublicSuffixList()


def test_the_days_off_are_those_of_the_library() -> None:
    found = holidays.country_holidays("VN", years=range(FIRST_YEAR, LAST_YEAR + 1), language="vi")
    assert dict(library_days().off) == dict(found.items())
    assert library_days().worked <= set(found.weekend_workdays)
    assert len(library_days().worked) > 0


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
    assert public_suffixes()._publicsuffix == WHOLE._publicsuffix
    assert public_suffixes()._maxlabel == WHOLE._maxlabel
