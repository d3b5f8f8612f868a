"""rules/protected.toml: loaded whole, or refused in one sentence."""

import re
from pathlib import Path

import pytest
from support.protected_names import RULES, shipped

from triage.adapters.protectedfile import load_protected
from triage.errors import RulesError

TEXT = RULES.read_text(encoding="utf-8")


def test_the_shipped_file_is_read() -> None:
    names = shipped()
    assert names.address == "hotrocntt@vst.gov.vn"
    assert names.by_key["khobac"].treasury
    assert not names.by_key["vst"].strong


def test_the_public_suffix_list_comes_with_the_package() -> None:
    suffixes = shipped().suffixes
    assert suffixes.publicsuffix("dvc.hanoi.vn") == "hanoi.vn"
    assert suffixes.publicsuffix("a.b.vst.gov.vn") == "gov.vn"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version = 1", "version = 2", "version"),
        ('key = "khobac"', 'key = "kho bac"', "names no. 2.key"),
        ('key = "khobac"\n', 'key = "kbnn"\n', "kbnn stands there twice"),
        ('address = "hotrocntt@vst.gov.vn"', 'address = "hotrocntt@elsewhere.example"', "elsewhere.example"),
        ('partners = ["gov"]\n', "", "btc.strength is short, but the name has no partners"),
        ('phrase = "dịch vụ công"\n', "", "dichvucong.initials shall be cut from a phrase"),
        ("[hosts]", "[hots]", "hosts"),
        ("[ours]", "[ours", "not valid TOML"),
        (
            'typos = 1\ntreasury = true\n\n[[names]]\nkey = "kbnn"',
            'typos = "one"\n\n[[names]]\nkey = "kbnn"',
            "typos",
        ),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_file_and_the_entry(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in TEXT
    path = tmp_path / "protected.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RulesError) as raised:
        load_protected(path)
    sentence = str(raised.value)
    assert said in sentence
    assert str(path) in sentence
    assert sentence.count("\n") == 0


def test_a_file_without_names_is_refused(tmp_path: Path) -> None:
    """Else nobody would be taken for an impostor, and nothing would say so."""
    path = tmp_path / "protected.toml"
    path.write_text(re.sub(r"\[\[names\]\]\n(?:[^\[\n].*\n|\n)*", "", TEXT), encoding="utf-8")
    with pytest.raises(RulesError, match="names is missing"):
        load_protected(path)


def test_a_file_that_is_not_there_or_not_utf8_is_told(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="cannot be read"):
        load_protected(tmp_path / "none.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes(b'x = "\xe9"')
    with pytest.raises(RulesError, match="not UTF-8"):
        load_protected(path)
