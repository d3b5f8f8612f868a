"""Corrections of what was decided: kept while the mail is, counted once, tried by changed rules."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.office import Office, open_office, request

from triage.core.corrections import Field
from triage.core.retention import RetentionClass, Terms
from triage.core.rules import Rulebook
from triage.db import history
from triage.service import changes, corrections, desk, persons, replay, retention, trust

FIRST = "SD261116-000001"
BICH = "Trần Thị Bích <bich@mot.example>"
TEXT = "Chị Bích không đăng nhập được, số 0912 345 678, mật khẩu: Hoamai@2026."
IMPOSTOR = "Hỗ trợ Kho bạc Nhà nước <hotro@kbnn-hotro-cntt.com>"
BAIT = "Đề nghị đơn vị gửi mật khẩu và mã OTP qua Zalo 0987 654 321."


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def take_in(office: Office, text: str = "Không đăng nhập được từ sáng.") -> None:
    office.store(request("[0010#DVC] Lỗi", sender=BICH, text=text))
    office.process()


def categorise(office: Office, category: str) -> None:
    office.clock.forward(minutes=1)
    with office.database.write() as connection:
        row = desk.find(connection, FIRST, lock=True)
        changes.categorise(connection, office.clock.now(), office.means.rules, row, category, actor="lan")


def reroute(office: Office, queue: str) -> None:
    rules, clock = office.means.rules, office.clock
    desk.reroute(office.database, clock, rules, FIRST, queue, why="đơn vị ở đó", actor="lan")


def kept(office: Office, **how: object) -> list[tuple[str, str, str]]:
    found = corrections.listed(office.database, office.means.rules, **how)  # type: ignore[arg-type]
    return [(one.correction.field.value, one.correction.decided, one.correction.said) for one in found]


def with_phrase(rules: Rulebook, category: str, phrase: str) -> Rulebook:
    """Give rules in which a category has one phrase more, heavier than all others."""
    return replace(
        rules,
        digest="changed",
        categories=tuple(
            replace(one, phrases=(*one.phrases, phrase)) if one.id == category else one
            for one in rules.categories
        ),
    )


def test_what_a_person_says_otherwise_is_kept_with_its_mail_neutral(office: Office) -> None:
    take_in(office)
    assert kept(office) == []
    categorise(office, "signature")
    reroute(office, "3110")
    [category, treasury] = corrections.listed(office.database, office.means.rules)
    assert category.correction.rules == office.means.rules.digest
    assert category.correction.actor == "lan"
    assert (category.correction.decided, category.correction.said) == ("login", "signature")
    assert (treasury.correction.decided, treasury.correction.said) == ("0010", "3110")
    assert category.subject == "[0010#DVC] Lỗi"
    assert category.text == "Không đăng nhập được từ sáng."


def test_names_numbers_and_secrets_are_hidden(office: Office) -> None:
    take_in(office, TEXT)
    categorise(office, "signature")
    [one] = corrections.listed(office.database, office.means.rules)
    assert one.text == "Chị [tên] không đăng nhập được, số [số], mật khẩu: ••••••••••••."


def test_several_acts_count_once_and_what_is_corrected_back_not_at_all(office: Office) -> None:
    take_in(office)
    categorise(office, "certificate")
    categorise(office, "signature")
    assert kept(office) == [("category", "login", "signature")]
    tally = corrections.tally(office.database, office.means.rules.digest)
    assert tally.by_category == {"login": 1}
    assert tally.by_rule == {"categories.toml: login": 1}
    assert corrections.tally(office.database, "other").by_category == {}
    categorise(office, "login")
    assert kept(office) == []


def test_only_acts_since_a_day_are_told(office: Office) -> None:
    take_in(office)
    categorise(office, "signature")
    assert len(kept(office, since=office.clock.now())) == 1
    office.clock.forward(days=1)
    assert kept(office, since=office.clock.now()) == []


def test_a_release_says_that_the_sender_was_doubted_wrongly(office: Office) -> None:
    office.store(request("[3110#DVC] Cập nhật tài khoản", sender=IMPOSTOR, text=BAIT))
    office.process()
    trust.release(office.database, office.means, FIRST, actor="an")
    [(field, decided, said)] = kept(office)
    assert (field, decided, said) == ("verdict", "impersonation", "ordinary")


def test_who_confirms_what_the_rules_found_corrects_nothing(office: Office) -> None:
    office.store(request("[3110#DVC] Cập nhật tài khoản", sender=IMPOSTOR, text=BAIT))
    office.process()
    trust.confirm_impostor(office.database, office.means, FIRST, reason="đã gọi lại", actor="an")
    assert kept(office) == []


def test_what_was_split_off_by_a_person_was_decided_by_nobody(office: Office) -> None:
    take_in(office)
    with office.database.write() as connection:
        row = desk.find(connection, FIRST)
        connection.exec_driver_sql("UPDATE ticket_events SET actor = 'lan' WHERE verb = 'opened'")
        history.add_event(
            connection, row.id, office.clock.now(), "categorised", actor="lan", before="login", after="x"
        )
    assert kept(office) == []


def test_an_erasure_takes_the_correction_along(office: Office) -> None:
    take_in(office)
    categorise(office, "signature")
    persons.erase(office.database, office.clock, "bich@mot.example", reason="yêu cầu", actor="an")
    assert kept(office) == []
    assert corrections.tally(office.database, office.means.rules.digest).by_rule == {}


def test_a_mail_whose_term_is_over_is_no_example_any_more(office: Office) -> None:
    take_in(office)
    categorise(office, "signature")
    desk.close(office.database, office.clock, FIRST, note="", actor="lan")
    office.clock.forward(days=40)
    retention.keep_terms(office.database, office.clock, Terms({RetentionClass.CLOSED: 30}))
    assert kept(office) == []


def test_changed_rules_are_tried_on_what_was_corrected(office: Office) -> None:
    take_in(office, "Chữ ký đỏ hiện ra rồi không đăng nhập được.")
    categorise(office, "signature")
    rules = office.means.rules
    better = with_phrase(rules, "signature", "chữ ký đỏ hiện ra rồi không đăng nhập được")
    [trial] = corrections.try_rules(office.database, rules, better)
    assert trial.correction.field is Field.CATEGORY
    assert (trial.was_right, trial.is_right, trial.after) == (False, True, "signature")
    [worse] = corrections.try_rules(office.database, better, rules)
    assert (worse.was_right, worse.is_right) == (True, False)


def test_a_replay_tells_by_which_ticket_and_from_what_to_what(office: Office) -> None:
    take_in(office, "Chữ ký đỏ hiện ra rồi không đăng nhập được.")
    other = with_phrase(office.means.rules, "signature", "chữ ký đỏ hiện ra rồi không đăng nhập được")
    means = replace(office.means, rules=other)
    changed = {one.part: one for one in replay.compare(office.database, means, [1])}
    assert changed["category"].change == ("login", "signature")
    assert changed["category"].ticket == FIRST
