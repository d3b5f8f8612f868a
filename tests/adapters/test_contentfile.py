import re
from pathlib import Path

import pytest
from support.contents import RULES_FILE

from triage.adapters.contentfile import read_content_rules
from triage.core.contentrules import PHRASE_GROUPS
from triage.core.decision import Severity
from triage.errors import RulesError


def test_the_rules_that_ship_can_be_read() -> None:
    rules = read_content_rules(RULES_FILE)
    assert rules.asked["password"].severity is Severity.MEDIUM
    assert "bit.ly" in rules.links.shorteners
    assert "exe" in rules.endings.runs


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ((r"(?m)^vi = \"cung cấp mật khẩu\"$", ""), "lacks 'vi'"),
        ((r"severity = \"medium\"", 'severity = "deadly"'), "must be one of info, low"),
        ((r"verbs = \[\"scan\"\]", 'verbs = ["sing"]'), "unknown verb group 'sing'"),
        ((r"(?m)^hotline = ", "hotlines = "), "lacks 'hotline'"),
        ((r"(?m)^\[links\]$", "[links]\nextra = []"), "unknown entry 'extra'"),
        ((r"(?m)^\[endings\]$", "[endings]\nscript = 1"), "no valid TOML"),
        ((r"(?m)^disk = .*$", "disk = 1"), "'disk' of [endings] must be a list of texts"),
        ((r"(?m)^disk = .*$", 'disk = [""]'), "'disk' of [endings] must be a list of texts"),
        ((r"(?m)^en = \"a PIN\"$", "en = 1"), "'en' of [asked.pin] must be a text"),
        ((r"(?m)^\[asked.pin\]$", "[asked.pin"), "no valid TOML"),
        ((r"(?m)^\[asked.password\]$", "[asked]\nwrong = 1\n[asked.password]"), "'wrong' must be a table"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_that_names_the_file(
    tmp_path: Path, change: tuple[str, str], names: str
) -> None:
    whole = RULES_FILE.read_text(encoding="utf-8")
    changed = re.sub(change[0], lambda _: change[1], whole, count=1)
    assert changed != whole
    path = tmp_path / "content.toml"
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        read_content_rules(path)
    sentence = str(caught.value)
    assert names in sentence
    assert str(path) in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_a_missing_file_and_one_that_is_no_text_are_told(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="cannot be read"):
        read_content_rules(tmp_path / "content.toml")
    broken = tmp_path / "broken.toml"
    broken.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulesError, match="not UTF-8"):
        read_content_rules(broken)


def test_every_group_that_the_code_walks_stands_in_the_rules() -> None:
    text = RULES_FILE.read_text(encoding="utf-8")
    assert all(re.search(rf"(?m)^{group} = \[", text) for group in PHRASE_GROUPS)
