"""What holds for any text whatever."""

from hypothesis import given, settings, strategies as st
from support.protected_names import shipped

from triage.core.decision import Finding, Severity
from triage.core.lookalike import check_address, check_domain, check_text, judge_names
from triage.core.mail import Address
from triage.core.weights import verdict_of

NAMES = shipped()
OFFICIAL = sorted(NAMES.hosts.ours | NAMES.hosts.genuine | NAMES.hosts.known)
LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
HOST = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
PARTS = st.sampled_from(
    [
        "vst",
        "kbnn",
        "khobac",
        "gov",
        "vn",
        "dichvucong",
        "hotro",
        "cntt",
        "-",
        ".",
        "xn--",
        "com",
        "0",
        "ộ",
        "а",
        "．",
        "@",
        "<",
        '"',
        " ",
    ]
)
ANYTHING = st.one_of(st.text(max_size=300), st.lists(PARTS, max_size=12).map("".join))
ANSWER = st.sampled_from([None, True, False])
FLAGS = {Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL}


def flags(found: tuple[Finding, ...]) -> set[str]:
    return {each.check for each in found if each.severity in FLAGS}


@given(name=ANYTHING, text=ANYTHING, authenticated=ANSWER)
def test_no_text_makes_a_check_raise(*, name: str, text: str, authenticated: bool | None) -> None:
    for found in (
        check_domain(text, NAMES, authenticated=authenticated),
        check_address(name, text, NAMES, authenticated=authenticated),
        check_text(text, NAMES, authenticated=authenticated),
        judge_names([Address(name, text)], [Address(text, name)], Address("", text), name, NAMES),
    ):
        verdict_of(found)


@given(official=st.sampled_from(OFFICIAL), below=st.one_of(st.none(), HOST), authenticated=ANSWER)
def test_no_genuine_host_flags_itself_or_what_lies_below(
    *, official: str, below: str | None, authenticated: bool | None
) -> None:
    host = f"{below}.{official}" if below else official
    assert check_domain(host, NAMES, authenticated=authenticated) == ()


@given(st.one_of(HOST, st.lists(PARTS, max_size=8).map("".join)), HOST)
@settings(max_examples=60)
def test_allowing_one_more_host_never_adds_a_flag(host: str, allowed: str) -> None:
    allowing = NAMES.allowing([allowed])
    assert flags(check_domain(host, allowing)) <= flags(check_domain(host, NAMES))
    assert flags(check_domain(allowed, allowing)) == set()


@given(HOST)
def test_letter_case_and_a_final_dot_change_nothing(host: str) -> None:
    plain = flags(check_domain(host, NAMES))
    assert flags(check_domain(host.upper() + ".", NAMES)) == plain


@given(st.text(min_size=1, max_size=40))
def test_a_verdict_is_the_same_every_time(text: str) -> None:
    assert check_text(text, NAMES) == check_text(text, NAMES)
