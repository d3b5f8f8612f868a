import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from support.rulebook import RULES, shipped

from triage.adapters.rulefiles import load_rulebook
from triage.adapters.vietnamdays import library_days
from triage.core.decision import Part
from triage.errors import RulesError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def sentence(folder: Path) -> str:
    with pytest.raises(RulesError) as caught:
        load_rulebook(folder)
    told = str(caught.value)
    assert told.endswith(".")
    assert "\n" not in told
    return told


def test_the_shipped_rules_load_with_what_the_letters_fix() -> None:
    rules = shipped()
    assert rules.office.address == "hotrocntt@vst.gov.vn"
    assert rules.office.misprints == {"hotcrocntt@vst.gov.vn"}
    assert rules.office.switchboard == "02462764300"
    assert len(rules.office.extensions) == 8
    assert (rules.replies.letters_per_hour, rules.replies.reopen_days) == (10, 30)
    assert (rules.replies.domain_per_hour, rules.replies.ticket_per_day) == (600, 6)
    assert len(rules.categories) == 18
    assert str(rules.calendar.zone) == "Asia/Ho_Chi_Minh"


def test_every_escalating_category_is_a_matter_of_security() -> None:
    escalating = {category.id for category in shipped().categories if category.escalate}
    assert escalating == {"sec_incident", "impersonation", "leaked_credentials", "suspicious_payment"}


def test_every_matter_of_security_has_its_advice_and_asks_for_no_picture() -> None:
    for category in shipped().categories:
        assert bool(category.advice) == category.escalate
        assert Part.CONTACT in category.needs
        assert not (category.escalate and Part.SCREENSHOT in category.needs)
        assert not re.search(r"cung cấp mật khẩu|gửi lại mật khẩu|bấm|nhấn", category.advice)


def test_no_phrase_decides_for_two_categories() -> None:
    phrases = [phrase for category in shipped().categories for phrase in category.phrases]
    assert sorted(phrases) == sorted(set(phrases))


def test_the_digest_names_the_bytes_of_every_file(folder: Path) -> None:
    before = load_rulebook(folder).digest
    assert len(before) == 12
    assert load_rulebook(folder).digest == before
    (folder / "letters").mkdir(exist_ok=True)
    (folder / "letters" / "new.txt").write_text("x")
    with_letter = load_rulebook(folder).digest
    assert with_letter != before
    (folder / "letters" / "new.txt").rename(folder / "letters" / "old.txt")
    assert load_rulebook(folder).digest not in {before, with_letter}


def test_hidden_files_and_backups_do_not_change_the_digest(folder: Path) -> None:
    before = load_rulebook(folder).digest
    (folder / ".office.toml.swp").write_text("x")
    (folder / "office.toml~").write_text("x")
    assert load_rulebook(folder).digest == before


def test_the_digest_does_not_depend_on_the_place(folder: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "elsewhere"))
    assert load_rulebook(other).digest == load_rulebook(folder).digest


def test_loading_needs_neither_the_database_nor_the_holidays_library() -> None:
    code = (
        "import sys; from pathlib import Path; from triage.adapters.rulefiles import load_rulebook;"
        f"load_rulebook(Path({str(RULES)!r}));"
        "print([m for m in ('sqlalchemy', 'triage.db', 'holidays') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_days_of_the_operator_stand_above_the_library(folder: Path) -> None:
    calendar = folder / "calendar.toml"
    own = '[[day]]\ndate = 2026-08-22\nname = "x"\n[[day]]\ndate = 2026-09-02\nname = "y"\nworked = true\n'
    calendar.write_text(calendar.read_text(encoding="utf-8") + own, encoding="utf-8")
    rules = load_rulebook(folder).calendar
    assert shipped().calendar.is_working_day(date(2026, 8, 22))
    assert not rules.is_working_day(date(2026, 8, 22))
    assert not shipped().calendar.is_working_day(date(2026, 9, 2))
    assert rules.is_working_day(date(2026, 9, 2))


def test_days_off_can_be_listed_with_their_names() -> None:
    days = shipped().calendar.days_off
    assert days[date(2026, 1, 2)].startswith("Nghỉ hoán đổi")
    assert date(2026, 1, 10) not in days
    assert list(days) == sorted(days)
    assert len(days) == len(library_days().off) + 1


def test_a_central_office_can_be_added_and_a_province_filled_in(folder: Path) -> None:
    file = folder / "treasuries.toml"
    text = file.read_text(encoding="utf-8")
    assert 'name = "Hưng Yên"\ncode = ""' in text
    file.write_text(
        text.replace('name = "Hưng Yên"\ncode = ""', 'name = "Hưng Yên"\ncode = "0410"'), encoding="utf-8"
    )
    found = load_rulebook(folder).treasuries.lookup("0412")
    assert found is not None
    assert found.queue == "0410"


def append(text: str) -> Callable[[str], str]:
    return lambda before: before + text


def change(old: str, new: str) -> Callable[[str], str]:
    return lambda before: before.replace(old, new, 1)


MISTAKES = [
    ("office.toml", append("\nname =\nx = 1"), ["TOML", "line"]),
    ("office.toml", append("\nphone = 3"), ["phone", "is not a key"]),
    ("office.toml", change('"02462764300"', "2462764300"), ["switchboard", "a text"]),
    ("office.toml", change("switchboard =", "switchbord ="), ["switchboard", "missing"]),
    ("office.toml", change('"hotrocntt@vst.gov.vn"', '"hotrocntt"'), ["address", "mail address"]),
    ("office.toml", change('name = "', 'name = "" # "'), ["name", "empty"]),
    ("office.toml", change("aliases = []", "aliases = [3]"), ["aliases", "texts"]),
    ("replies.toml", change("= 10", "= -1"), ["letters_per_hour", "between"]),
    ("replies.toml", change("= 10", '= "10"'), ["letters_per_hour", "whole number"]),
    ("replies.toml", change("= 30", "= true"), ["reopen_days", "whole number"]),
    ("replies.toml", change("domain_per_hour = 600", ""), ["domain_per_hour", "missing"]),
    ("replies.toml", change("ticket_per_day = 6", "ticket_per_day = -6"), ["ticket_per_day", "between"]),
    ("calendar.toml", change("08:00-12:00", "8-12"), ["office_hours", "08:00"]),
    ("calendar.toml", change("08:00-12:00", "08:00-25:00"), ["office_hours", "25:00"]),
    ("calendar.toml", change("08:00-12:00", "12:00-08:00"), ["office_hours", "ascend"]),
    ("calendar.toml", change("Asia/Ho_Chi_Minh", "Asia/Saigonn"), ["zone", "Saigonn"]),
    ("calendar.toml", change("Asia/Ho_Chi_Minh", "../etc/passwd"), ["zone"]),
    ("calendar.toml", append("\n[[day]]\ndate = 2026-01-10\nname='x'"), ["day no. 3", "2026-01-10", "twice"]),
    ("calendar.toml", append("\n[[day]]\ndate = '2026-02-30'\nname='x'"), ["day no. 3.date", "a date"]),
    ("calendar.toml", append("\n[[day]]\ndate = 2026-02-30\nname='x'"), ["TOML"]),
    ("calendar.toml", append("\n[[day]]\ndate = 2026-02-03T08:00:00\nname='x'"), ["without a time"]),
    ("calendar.toml", append("\n[[day]]\ndate = 2026-02-03\nname='x'\nwork=true"), ["work", "not a key"]),
    ("categories.toml", change('id = "login"', 'id = "password"'), ["password", "twice"]),
    ("categories.toml", change('id = "other"', 'id = "others"'), ["other"]),
    (
        "categories.toml",
        change('needs = ["description", "contact"]', 'needs = ["phone"]'),
        ["sec_incident", "needs", "“phone”"],
    ),
    (
        "categories.toml",
        change('advice = "', 'advice = "www.xau.example '),
        ["sec_incident", "advice", "no link"],
    ),
    (
        "categories.toml",
        change("priority = 1", "priority = 9"),
        ["sec_incident", "priority", "between 1 and 5"],
    ),
    (
        "categories.toml",
        change("escalate = true", "escalate = 1"),
        ["sec_incident", "escalate", "true or false"],
    ),
    ("categories.toml", append("\nwords = []"), ["other", "words"]),
    ("categories.toml", lambda _: "category = 3", ["category", "a list"]),
    ("categories.toml", lambda _: "category = [3]", ["[[category]]"]),
    ("treasuries.toml", change('code = "0060"', 'code = "0010"'), ["0010", "twice", "KBNN Hải Phòng"]),
    ("treasuries.toml", change("0012 =", "0060 ="), ["0060", "twice"]),
    ("treasuries.toml", change('code = "0060"', 'code = "60"'), ["Hải Phòng", "four digits"]),
    ("treasuries.toml", change('code = "0060"', "code = 60"), ["Hải Phòng", "a text"]),
    ("treasuries.toml", change('code = ""', 'code = ""\nqueue = "0010"'), ["queue", "needs a code"]),
    ("treasuries.toml", change('code = "0060"', 'code = "0060"\nqueue = "security"'), ["security"]),
    ("treasuries.toml", change('code = "0060"', 'code = "0060"\nqeue = "x"'), ["Hải Phòng", "qeue"]),
    ("treasuries.toml", change('name = "An Giang"', 'name = "Cà Mau"'), ["Cà Mau", "twice"]),
    ("treasuries.toml", change('[offices."Hà Nội"]', '[offices."Hà Nộ"]'), ["Hà Nộ", "no [[province]]"]),
    ("treasuries.toml", change("haiphong.gov.vn", "hanoi.gov.vn"), ["hanoi.gov.vn", "twice"]),
    ("treasuries.toml", change("central =", "centre ="), ["queue_names.centre", "no treasury"]),
    ("treasuries.toml", append("\n[extra]\nx = 1"), ["extra"]),
]


@pytest.mark.parametrize(("name", "mistake", "told"), MISTAKES)
def test_a_mistake_is_told_in_a_sentence_that_names_file_and_entry(
    folder: Path, name: str, mistake: Callable[[str], str], told: list[str]
) -> None:
    file = folder / name
    before = file.read_text(encoding="utf-8")
    after = mistake(before)
    assert after != before
    file.write_text(after, encoding="utf-8")
    found = sentence(folder)
    assert str(file) in found
    for part in told:
        assert part in found


@pytest.mark.parametrize(
    "name", ["office.toml", "replies.toml", "treasuries.toml", "categories.toml", "calendar.toml"]
)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert name in sentence(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "none") in sentence(tmp_path / "none")


def test_a_file_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "office.toml").write_bytes(b'name = "\xd0\xf4"')
    assert "UTF-8" in sentence(folder)


def test_a_byte_order_mark_of_windows_does_no_harm(folder: Path) -> None:
    file = folder / "office.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert load_rulebook(folder).office == shipped().office
