import html
import itertools
import re
import shutil
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from support.rulebook import a_mail, shipped

from triage.adapters.letters import LetterRenderer
from triage.adapters.rulefiles import load_rulebook
from triage.core.category import Category
from triage.core.content import ContentFacts
from triage.core.contentevidence import content_evidence, content_findings
from triage.core.decision import Severity
from triage.core.letternames import (
    CAMPAIGN_NOTICE,
    IMPERSONATION_THANKS,
    IMPOSTOR_WARNING,
    LETTERS,
    NOTICES,
    VERIFICATIONS,
)
from triage.core.rules import Office
from triage.errors import LetterError
from triage.ports import RenderedLetter

FOLDER = Path(__file__).parents[2] / "rules" / "letters"
RENDERER = LetterRenderer(FOLDER)
OFFICE = Office(
    name="Đội hỗ trợ công nghệ thông tin Kho bạc Nhà nước",
    address="hotrocntt@vst.gov.vn",
    aliases=frozenset(),
    misprints=frozenset(),
    switchboard="02462764300",
    extensions=("88617", "88618"),
)
VALUES: dict[str, Any] = {
    "code": "SD261120-000123",
    "subject": "[0010#DVC] Không ký được hồ sơ",
    "treasury_name": "Kho bạc Nhà nước Hà Nội",
    "queue": "0010",
    "to_security": False,
    "due": "17 giờ 00 phút ngày 23/11/2026 (thứ Hai)",
    "received_at": "09 giờ 05 phút ngày 20/11/2026 (thứ Sáu)",
    "missing": (),
    "locked": False,
    "tag": None,
    "advised_tag": None,
    "reason": "tiêu đề thư chưa ghi số hiệu Kho bạc",
    "known_treasury": None,
    "advice": None,
    "gave_away": None,
    "to_change": None,
    "not_again": None,
    "remote_session": False,
    "named_treasury": "KBNN Đà Nẵng",
    "suspect": "ai-do [at] xau [.] example",
    "asked": "SD261118-000007",
    "asked_issued": False,
    "asked_opened": None,
    "asked_subject": None,
    "asked_treasury": None,
    "asked_open": False,
    "office": OFFICE,
}
ON_TICKETS = tuple(one for one in LETTERS if one not in {*VERIFICATIONS, IMPERSONATION_THANKS})
"""Those that tell what became of a request."""
EVERY = (*LETTERS, *NOTICES)
"""Those that answer somebody and those that warn."""
PARTS = {
    "description": "Mô tả đầy đủ lỗi",
    "screenshot": "Ảnh chụp màn hình",
    "contact": "Thông tin liên hệ của người gửi",
}
SOME_MISSING = [
    chosen for number in range(len(PARTS) + 1) for chosen in itertools.combinations(PARTS, number)
]


class Words(HTMLParser):
    """The text of an HTML letter, and every tag and attribute that it uses."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in {"br", "meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "title" not in self.open:
            self.text.append(data)


def words_of(source: str) -> Words:
    reader = Words()
    reader.feed(source)
    reader.close()
    assert reader.open == []
    return reader


def rendered(letter: str, changes: Mapping[str, Any] | None = None) -> RenderedLetter:
    return RENDERER.render(letter, VALUES | dict(changes or {}))


ADVICE_AFTER = re.compile(r"đã lỡ cung cấp|đổi ngay mật khẩu")
"""What is said to somebody who gave a secret away."""


def words_only(text: str) -> list[str]:
    return re.findall(r"[\w@#\[\]]+", text)


def test_the_shipped_letters_pass_their_own_check() -> None:
    RENDERER.check()


@pytest.mark.parametrize("letter", ON_TICKETS)
@pytest.mark.parametrize("due", [VALUES["due"], None])
@pytest.mark.parametrize("treasury", [VALUES["treasury_name"], None])
@pytest.mark.parametrize("missing", SOME_MISSING)
def test_every_letter_says_what_a_unit_must_know(
    letter: str, due: str | None, treasury: str | None, missing: tuple[str, ...]
) -> None:
    made = rendered(letter, {"due": due, "treasury_name": treasury, "missing": missing})
    shown = words_of(made.html)
    assert made.subject == "Re: [SD261120-000123] [0010#DVC] Không ký được hồ sơ"
    for text in (made.text, " ".join("".join(shown.text).split())):
        assert "Kính gửi Quý đơn vị," in text
        assert "Trân trọng," in text
        assert all(
            item in text for item in ("SD261120-000123", OFFICE.address, OFFICE.switchboard, OFFICE.name)
        )
        assert "SDyymmdd-xxxxxx" in text
        assert (f"trước {VALUES['due']}" in text) == (due is not None)
        assert [part for part, words in PARTS.items() if words in text] == list(missing)
        assert "giữ nguyên mã SD261120-000123 trong tiêu đề" in text
        assert "None" not in text


@pytest.mark.parametrize("letter", EVERY)
def test_a_letter_holds_no_link_and_nothing_to_fetch(letter: str) -> None:
    made = rendered(letter, {"missing": tuple(PARTS), "advised_tag": "[0010#DVC]"})
    shown = words_of(made.html)
    for text in (made.subject, made.text, made.html):
        assert not re.search(
            r"https?|www|href|mailto|src=|url\(|@import|bấm vào|nhấn vào", text, re.IGNORECASE
        )
    assert shown.tags <= {
        "html", "head", "meta", "title", "body", "div", "p", "ul", "li", "table", "tr", "td", "br", "strong",
    }  # fmt: skip
    assert shown.attributes <= {"lang", "charset", "style", "role"}


@pytest.mark.parametrize("letter", EVERY)
def test_a_letter_names_secrets_only_to_say_that_nobody_asks_for_them(letter: str) -> None:
    made = rendered(letter, {"missing": tuple(PARTS)})
    for text in (made.text, html.unescape(re.sub(r"<[^>]+>", " ", made.html))):
        sentences = re.split(r"(?<=[.:])\s", text)
        about = [one for one in sentences if re.search(r"mật khẩu|mã PIN|OTP", one, re.IGNORECASE)]
        assert len([one for one in about if "không bao giờ hỏi" in one]) == 1
        assert all("không bao giờ hỏi" in one or ADVICE_AFTER.search(one) for one in about)
        remote = [one for one in sentences if re.search(r"truy cập máy tính từ xa|đường dẫn", one)]
        assert all("không" in one or "từ chối" in one for one in remote)
        assert len(remote) == 2


@pytest.mark.parametrize("letter", ["acknowledgement", "no_treasury_code", "follow_up", "reopened"])
def test_whoever_wrote_in_code_is_asked_for_the_mail_and_for_nothing_else(letter: str) -> None:
    made = rendered(letter, {"missing": tuple(PARTS), "locked": True})
    for text in (made.text, " ".join(words_of(made.html).text)):
        assert "gửi lại dưới dạng không mã hóa" in " ".join(text.split())
        assert "Ảnh chụp màn hình" not in text
    assert words_only(" ".join(words_of(made.html).text)) == words_only(made.text)


@pytest.mark.parametrize("letter", EVERY)
def test_text_and_html_say_the_same(letter: str) -> None:
    made = rendered(letter, {"missing": tuple(PARTS), "advised_tag": "[0010#DVC]"})
    assert words_only(" ".join(words_of(made.html).text)) == words_only(made.text)


def test_a_letter_whose_code_is_no_tickets_says_so_where_it_tells_which_mail_to_trust() -> None:
    form = "có ghi mã yêu cầu theo dạng SDyymmdd-xxxxxx"
    written = {"answer": "x", "paragraphs": (("x",),), "signs": (), "steps": ()}
    made = rendered(CAMPAIGN_NOTICE, {**written, "code": "CD12"})
    warning = rendered(IMPOSTOR_WARNING, written)
    for text in (made.text, " ".join(words_of(made.html).text)):
        assert f"{form} (riêng thông báo này ghi số hiệu CD12), và những cuộc gọi" in text
    for text in (warning.text, " ".join(words_of(warning.html).text)):
        assert f"{form}, và những cuộc gọi" in text


def test_each_letter_says_what_became_of_the_mail() -> None:
    told = {letter: rendered(letter).text for letter in LETTERS}
    assert "bộ phận phụ trách của Kho bạc Nhà nước Hà Nội" in told["acknowledgement"]
    assert "hồ sơ của yêu cầu đang xử lý" in told["follow_up"]
    assert "được mở lại" in told["reopened"]
    assert "[SHKB#DVC]" in told["no_treasury_code"]
    assert "[0010#DVC]" in told["no_treasury_code"]
    assert VALUES["reason"] in told["no_treasury_code"]


def test_the_notice_to_a_coordinator_says_what_came_and_what_not_to_do() -> None:
    made = rendered("coordinator_notice", {"missing": tuple(PARTS)})
    assert made.subject == "[SD261120-000123] Cảnh báo thư có dấu hiệu mạo danh, có nêu tên KBNN Đà Nẵng"
    for text in (made.text, " ".join("".join(words_of(made.html).text).split())):
        assert "Kính gửi cán bộ đầu mối của KBNN Đà Nẵng," in text
        assert "ai-do [at] xau [.] example" in text
        assert "không trả lời, không làm theo" in text
        assert all(item in text for item in ("SD261120-000123", OFFICE.address, OFFICE.switchboard))
        assert not any(words in text for words in (*PARTS.values(), VALUES["subject"], "None"))


@pytest.mark.parametrize("letter", EVERY)
def test_no_word_of_a_letter_asks_for_what_nobody_may_ask_for(letter: str) -> None:
    """The checks that judge strangers judge our own letters: no demand, no link, nothing to install."""
    made = rendered(letter, {"missing": tuple(PARTS), "advised_tag": "[0010#DVC]"})
    rules = load_rulebook(FOLDER.parent)
    mail = a_mail(made.subject, made.text, OFFICE.address, html=made.html)
    ours = ContentFacts(frozenset(), frozenset())
    found = content_findings(content_evidence(mail, rules.trust.content, rules.trust.names, ours))
    told = {one.check for one in found if one.severity not in {Severity.INFO, Severity.LOW}}
    assert told == set()


def test_an_acknowledgement_without_treasury_says_so_and_a_security_matter_is_told_first() -> None:
    assert "đang xác định Kho bạc" in rendered("acknowledgement", {"treasury_name": None}).text
    urgent = rendered("acknowledgement", {"queue": "security", "to_security": True}).text
    assert "an toàn thông tin nên đã được chuyển ngay" in urgent
    assert "Hà Nội" not in urgent


def test_a_follow_up_and_a_reopened_ticket_say_which_treasury_has_it_now() -> None:
    for letter in ("follow_up", "reopened"):
        assert "bộ phận phụ trách của Kho bạc Nhà nước Hà Nội" in rendered(letter).text
        assert "bộ phận phụ trách" not in rendered(letter, {"treasury_name": None}).text


def test_a_unit_that_named_its_treasury_is_not_asked_for_it_again() -> None:
    asks = "cho biết đơn vị giao dịch với Kho bạc Nhà nước tỉnh, thành phố nào"
    assert asks in rendered("no_treasury_code").text
    assert asks not in rendered("no_treasury_code", {"known_treasury": "Kho bạc Nhà nước Cần Thơ"}).text


ADVISED = [one for one in shipped().categories if one.advice]


@pytest.mark.parametrize("category", ADVISED, ids=lambda one: one.id)
def test_the_advice_of_a_security_matter_fits_its_letter(category: Category) -> None:
    urgent = {"to_security": True, "queue": "security", "advice": category.advice}
    made = rendered("acknowledgement", urgent)
    assert category.advice in made.text
    assert category.advice in html.unescape(made.html)
    assert category.advice not in rendered("acknowledgement", urgent | {"to_security": False}).text
    assert not re.search(r"https?|www|bấm vào|nhấn vào", category.advice)
    assert "quý đơn vị" in category.advice.lower()


CANARIES = [
    "{{7*7}}",
    "{% raw %}",
    "{# x #}",
    "${7*7}",
    "{{ office.address.__class__ }}",
    "<b>49</b>&amp;\"'",
]
ASKED = ("asked", "asked_opened", "asked_subject", "asked_treasury")
TEXTS = ["code", "subject", "treasury_name", "due", "received_at", "advised_tag", "reason", *ASKED]


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("key", TEXTS)
def test_a_value_is_text_and_never_a_template_nor_html(key: str, canary: str) -> None:
    shown_somewhere = False
    for letter in LETTERS:
        made = rendered(letter, {key: canary})
        plain = "".join(words_of(made.html).text)
        assert "<b>49" not in made.html
        assert "49" not in made.text.replace(canary, "")
        shown_somewhere |= canary in made.text and canary in plain
        if key == "subject" and letter not in VERIFICATIONS:
            assert made.subject.endswith(canary)
    assert shown_somewhere or key == "subject"


@settings(max_examples=100, deadline=None)
@given(letter=st.sampled_from(LETTERS), subject=st.text(), name=st.text(), reason=st.text())
def test_any_value_can_be_filled_in(letter: str, subject: str, name: str, reason: str) -> None:
    made = rendered(letter, {"subject": subject, "treasury_name": name, "reason": reason})
    assert len(made.subject.splitlines()) == 1
    words_of(made.html)


# -- letters that an operator has broken


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "letters"))


def broken(folder: Path, file: str, content: str) -> str:
    (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(LetterError) as told:
        LetterRenderer(folder).check()
    return str(told.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Chào\n{% if %}", "line 2"),
        ("Chào\n\n{{ cod }}", "line 3: 'cod' is undefined"),
        ("{{ code }", "line 1"),
        ('x\n{% include "_parts/_absent.txt" %}', "_parts/_absent.txt does not exist"),
        ("{{ code + 1 }}", "line 1"),
        ("{{ 1 / 0 }}", "line 1: division by zero"),
        ("{{ code | no_such_filter }}", "no_such_filter"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "unsafe"),
        ("{{ office.__init__.__globals__ }}", "unsafe"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "unsafe"),
        ("{{ range(10**9) | list }}", "[Rr]ange"),
        ("{{ office.__setattr__('name', 'x') }}", "unsafe"),
        ("Không có mã", "every letter must show SD211208-123456"),
        ("{{ code }} {{ office.address }}", "every letter must show 02400000000"),
        ("{{ code }} https://x.example", "no link"),
        ("{{ code }} bấm vào đây", "no link"),
    ],
)
def test_a_broken_text_is_named_with_its_line(folder: Path, content: str, words: str) -> None:
    told = broken(folder, "follow_up/body.txt", content)
    assert told.startswith(str(folder / "follow_up/body.txt"))
    assert re.search(words, told)
    assert "\n" not in told


@pytest.mark.parametrize(
    "link",
    [
        '<a href="x">x</a>',
        '<img src="x">',
        "<p style='background:url(x)'>",
        '<A\nHREF="x">',
        "<script>x</script>",
        "<style>@import 'x'</style>",
    ],
)
def test_a_link_or_remote_content_in_html_is_found(folder: Path, link: str) -> None:
    html_file = folder / "reopened/body.html"
    source = html_file.read_text(encoding="utf-8").replace("{% block letter %}", "{% block letter %}" + link)
    told = broken(folder, "reopened/body.html", source)
    assert "must hold no link" in told
    assert "reopened/body.html" in told


def test_a_fault_in_a_shared_part_names_the_part(folder: Path) -> None:
    told = broken(folder, "_parts/_safety.txt", "một\nhai\n{{ ofice.name }}\n")
    assert "_parts/_safety.txt, line 3: 'ofice' is undefined" in told


def test_a_subject_without_the_code_is_found(folder: Path) -> None:
    assert "subject.txt: every letter must show" in broken(
        folder, "reopened/subject.txt", "Re: {{ subject }}"
    )


def test_a_missing_letter_is_named(folder: Path) -> None:
    shutil.rmtree(folder / "reopened")
    with pytest.raises(LetterError, match=r"reopened/subject\.txt: the template .* does not exist"):
        LetterRenderer(folder).check()


def test_a_file_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "follow_up/body.txt").write_bytes("Kính gửi".encode("utf-16"))
    with pytest.raises(LetterError, match=r"follow_up/body\.txt: is not UTF-8"):
        LetterRenderer(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LetterError, match="there is no such folder of letters"):
        LetterRenderer(tmp_path / "absent")


def test_letters_stay_as_they_were_loaded(folder: Path) -> None:
    renderer = LetterRenderer(folder)
    before = renderer.render("follow_up", VALUES)
    (folder / "follow_up/body.txt").write_text("{{ broken", encoding="utf-8")
    (folder / "_parts/_safety.txt").unlink()
    assert renderer.render("follow_up", VALUES) == before


def test_a_letter_name_cannot_lead_out_of_the_folder(folder: Path) -> None:
    (folder.parent / "subject.txt").write_text("x", encoding="utf-8")
    with pytest.raises(LetterError):
        LetterRenderer(folder).render("..", VALUES)


def test_a_line_end_in_a_subject_does_not_make_a_second_line() -> None:
    assert rendered("follow_up", {"subject": "a\r\nBcc: b\u2028c"}).subject.endswith("a Bcc: b c")
