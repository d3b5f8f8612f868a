"""docs/trust.md shows every check with what it really says; a check without an example cannot pass."""

import re

import pytest
from support import trust_docs
from support.trust_examples import HOSTS, SECTIONS, Example

from triage.core.lookalike.checks import CHECKS


def test_the_page_is_what_the_checks_say_today() -> None:
    assert trust_docs.DOCUMENT.read_text(encoding="utf-8") == trust_docs.render(), (
        "docs/trust.md is stale: PYTHONPATH=tests .venv/bin/python tests/support/trust_docs.py"
    )


def test_every_check_has_an_example_and_every_example_a_check() -> None:
    assert set(HOSTS) == {check.__name__ for check in CHECKS}
    assert trust_docs.shown() == trust_docs.declared(), "write an example in tests/support/trust_examples.py"


@pytest.mark.parametrize(
    "source",
    [
        'Finding("BRAND_NEW", severity, None, "", "", "")',
        'Finding("HARD_NEW" if x else "BRAND_NEW", severity, None, "", "", "")',
        'replace(finding, check="BRAND_NEW")',
        'TABLE = {ListSort.BLOCK: ("BRAND_NEW", "x")}',
    ],
)
def test_a_new_code_is_noticed_however_it_is_written(source: str) -> None:
    assert "BRAND_NEW" in trust_docs.codes_in(source)


def test_a_code_of_one_word_is_noticed_where_a_finding_is_made_of_it() -> None:
    assert list(trust_docs.codes_in('_plain("NOVELTY", Severity.LOW, "", "", "")')) == ["NOVELTY"]


def test_an_example_that_does_not_show_its_check_is_an_error() -> None:
    with pytest.raises(LookupError, match="gives nothing"):
        trust_docs.judged("URGENCY", Example(text="Đơn vị xin hỏi về hồ sơ."))


def test_every_kind_of_imitation_has_its_figures() -> None:
    figures = trust_docs.stored_figures()
    assert re.search(r"^\| \*\*all\*\* \| \d+ \| 9\d\.\d% \| 9\d\.\d% \|$", figures, re.MULTILINE)
    assert len(re.findall(r"^\| [a-z]", figures, re.MULTILINE)) >= 30


def test_no_example_can_reach_anybody() -> None:
    """What could be opened from the page is below .example, or a well-known service that anybody uses."""
    shown = "\n".join(example.shown() for examples in SECTIONS.values() for example in examples.values())
    hosts = set(re.findall(r"https?://(?:[^/@\s]*@)?([\w.-]+)", shown))
    assert {host for host in hosts if not host.endswith(".example")} <= {
        "192.0.2.7", "bit.ly", "sites.google.com", "vst.gov.vn",
    }  # fmt: skip
    assert all(char.isprintable() or char == "\n" for char in shown)
