from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from triage.core.compose import Envelope, compose
from triage.core.decision import (
    SECURITY,
    UNROUTED,
    AppendToTicket,
    FileQuietly,
    Form,
    HoldForReview,
    How,
    Kind,
    MarkDuplicate,
    NoReply,
    OpenTicket,
    Outcome,
    PlannedReply,
    Reply,
    Route,
    SenderJudgement,
    SubjectReading,
    Verdict,
)
from triage.core.facts import NO_FACTS, Facts
from triage.core.mail import Address, Mail
from triage.core.replies import plan_reply, reply_address
from triage.core.reply_guards import is_robot
from triage.core.rules import Office, ReplyPolicy

OFFICE = Office(
    name="Đội hỗ trợ",
    address="hotro@kho-bac.example",
    aliases=frozenset({"hotro@cu.kho-bac.example"}),
    misprints=frozenset({"hotcro@kho-bac.example"}),
    switchboard="02400000000",
    extensions=(),
)
POLICY = ReplyPolicy(letters_per_hour=5, reopen_days=14)
HANOI = Route("0010", "Kho bạc Nhà nước Hà Nội", How.SUBJECT, ())
NOWHERE = Route(UNROUTED, None, How.NONE, ())


def a_mail(
    sender: str = "ketoan@donvi.example",
    reply_to: tuple[str, ...] = (),
    return_path: str | None = "ketoan@donvi.example",
    headers: tuple[tuple[str, str], ...] = (),
) -> Mail:
    return Mail(
        headers=headers,
        message_id="<1@donvi.example>",
        date=None,
        senders=(Address("Kế toán", sender),) if sender else (),
        reply_to=tuple(Address("", item) for item in reply_to),
        to=(Address("", OFFICE.address),),
        cc=(),
        return_path=return_path,
        in_reply_to=(),
        references=(),
        subject="[0010#DVC] Lỗi",
        content_type="text/plain",
        text="",
        new_text="",
        html="",
        attachments=(),
        defects=(),
        size=0,
    )


def reading(treasury: str | None = "0010") -> SubjectReading:
    return SubjectReading(None, treasury, None, Form.NONE, None, (), "", ())


def planned(
    mail: Mail | None = None,
    *,
    kind: Kind = Kind.REQUEST,
    verdict: Verdict = Verdict.ORDINARY,
    outcome: Outcome | None = None,
    route: Route = HANOI,
    facts: Facts = NO_FACTS,
    policy: ReplyPolicy = POLICY,
) -> Reply:
    return plan_reply(
        mail or a_mail(),
        kind,
        SenderJudgement(verdict, (), ()),
        outcome or OpenTicket(route.queue),
        route,
        facts,
        OFFICE,
        policy,
    )


@pytest.mark.parametrize(
    ("outcome", "route", "letter"),
    [
        (OpenTicket("0010"), HANOI, "acknowledgement"),
        (OpenTicket("0010"), replace(HANOI, how=How.SENDER_HISTORY), "acknowledgement"),
        (OpenTicket(UNROUTED), NOWHERE, "no_treasury_code"),
        (OpenTicket(SECURITY), replace(NOWHERE, queue=SECURITY), "acknowledgement"),
        (OpenTicket(UNROUTED), replace(NOWHERE, how=How.SUBJECT), "acknowledgement"),
        (AppendToTicket(1, "SD211208-000001", reopen=False), HANOI, "follow_up"),
        (AppendToTicket(1, "SD211208-000001", reopen=True), NOWHERE, "reopened"),
    ],
)
def test_the_letter_follows_the_outcome(outcome: Outcome, route: Route, letter: str) -> None:
    assert planned(outcome=outcome, route=route) == PlannedReply(letter, "ketoan@donvi.example")


@pytest.mark.parametrize(
    "kind", [Kind.REQUEST, Kind.FOLLOW_UP, Kind.VERIFICATION, Kind.IMPERSONATION_REPORT, Kind.EMPTY]
)
def test_people_are_answered_whatever_they_write_about(kind: Kind) -> None:
    assert isinstance(planned(kind=kind), PlannedReply)


def why(reply: Reply) -> str:
    assert isinstance(reply, NoReply)
    assert reply.why.vi.endswith(".")
    assert reply.why.en.endswith(".")
    return reply.why.code


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (HoldForReview(), "reply_held"),
        (MarkDuplicate(7), "reply_duplicate"),
        (FileQuietly(None, None), "reply_filed"),
        (FileQuietly(3, "SD211208-000001"), "reply_filed"),
    ],
)
def test_outcomes_without_a_letter(outcome: Outcome, code: str) -> None:
    assert why(planned(outcome=outcome)) == code


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.AUTO_REPLY, "reply_to_auto_reply"),
        (Kind.BOUNCE, "reply_to_bounce"),
        (Kind.LIST, "reply_to_list"),
        (Kind.OWN, "reply_to_own"),
    ],
)
def test_machines_are_not_answered_even_where_a_ticket_is_opened(kind: Kind, code: str) -> None:
    assert why(planned(kind=kind)) == code


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated; owner-email=x@y.example"),
        ("auto-submitted", "AUTO-NOTIFIED"),
        ("Auto-Submitted", "none-of-this"),
        ("Precedence", "bulk"),
        ("Precedence", " List"),
        ("Precedence", "auto_reply"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply"),
        ("X-Autoreply", "yes"),
        ("X-Autorespond", "vắng mặt"),
        ("List-Id", "<tin.donvi.example>"),
        ("List-Unsubscribe", "<mailto:x@y.example>"),
        ("X-Failed-Recipients", "a@b.example"),
        ("Content-Type", 'multipart/report; report-type="delivery-status"'),
    ],
)
def test_a_header_of_a_machine_is_enough_for_silence(name: str, value: str) -> None:
    assert why(planned(a_mail(headers=((name, value),)))) == "reply_to_machine"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "no"),
        ("Auto-Submitted", "No (a person wrote this)"),
        ("Auto-Submitted", ""),
        ("Precedence", "first-class"),
        ("X-Auto-Response-Suppress", "DR, RN, NRN"),
        ("Content-Type", "multipart/mixed"),
        ("X-Mailer", "Zimbra"),
    ],
)
def test_headers_of_peoples_mail_do_not_silence(name: str, value: str) -> None:
    assert isinstance(planned(a_mail(headers=((name, value),))), PlannedReply)


def test_a_second_header_of_the_same_name_counts_too() -> None:
    headers = (("Auto-Submitted", "no"), ("Auto-Submitted", "auto-replied"))
    assert why(planned(a_mail(headers=headers))) == "reply_to_machine"


def test_our_own_letter_that_comes_back_is_not_answered() -> None:
    assert why(planned(a_mail(headers=(("X-Triage-Letter", "acknowledgement"),)))) == "reply_to_own"


@pytest.mark.parametrize("value", ["", "<>", " <> "])
def test_the_null_sender_is_not_answered(value: str) -> None:
    assert why(planned(a_mail(return_path=value))) == "reply_to_null_sender"


def test_a_mail_without_return_path_is_answered() -> None:
    assert isinstance(planned(a_mail(return_path=None)), PlannedReply)


@pytest.mark.parametrize(
    ("verdict", "code"),
    [(Verdict.SUSPICIOUS, "reply_to_suspicious"), (Verdict.IMPERSONATION, "reply_to_impersonation")],
)
def test_a_doubted_sender_gets_no_ticket_code(verdict: Verdict, code: str) -> None:
    assert why(planned(verdict=verdict)) == code
    assert why(planned(verdict=verdict, outcome=AppendToTicket(1, "SD211208-000001", reopen=False))) == code


@pytest.mark.parametrize(
    "address",
    ["hotro@kho-bac.example", "HoTro@Kho-Bac.example", "hotro@cu.kho-bac.example", "hotcro@kho-bac.example"],
)
def test_we_never_write_to_ourselves(address: str) -> None:
    assert why(planned(a_mail(sender=address))) == "reply_to_ourselves"


def test_a_reply_to_that_leads_back_to_us_is_not_followed_into_a_loop() -> None:
    mail = a_mail(sender="can-bo@kho-bac.example", reply_to=("hotro@kho-bac.example",))
    assert why(planned(mail)) == "reply_to_ourselves"


ROBOTS = [
    "no-reply", "noreply", "No_Reply", "noreply2", "no.reply+77", "donotreply", "do-not-reply", "dontreply",
    "thongbao.noreply", "MAILER-DAEMON", "mailer.daemon", "postmaster", "bounce", "bounces+12=x",
    "tin-bounces", "owner-tin", "tin-request", "khongtraloi", "khong-tra-loi", "khong_phan_hoi", "tudong",
    "majordomo", "auto-reply", "autoresponder",
]  # fmt: skip
PEOPLE = [
    "ketoan", "no", "noi.nguyen", "norep", "nguyen.reply", "bouncer", "postmasters", "noreen", "owner",
    "tu.dong.nguyen", "khong.tran", "request", "danh.mai", "notary", "null.le",
]  # fmt: skip


@pytest.mark.parametrize("local", ROBOTS)
def test_addresses_of_machines_are_not_answered(local: str) -> None:
    assert is_robot(f"{local}@donvi.example")
    assert why(planned(a_mail(sender=f"{local}@donvi.example"))) == "reply_to_robot"
    assert why(planned(a_mail(return_path=f"<{local}@donvi.example>"))) == "reply_to_robot"


@pytest.mark.parametrize("local", PEOPLE)
def test_names_that_only_look_like_machines_are_answered(local: str) -> None:
    assert not is_robot(f"{local}@donvi.example")


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "Kế toán",
        "a@",
        "@b.example",
        "a b@c.example",
        "a@b@c.example",
        "a=?x@b.example",
        "a@b..example",
        "ke\u0301@b.example",
    ],
)
def test_an_address_that_cannot_be_written_to_gets_nothing(sender: str) -> None:
    assert why(planned(a_mail(sender=sender, return_path=None))) == "reply_no_address"


def test_the_cap_counts_letters_of_the_last_hour() -> None:
    assert isinstance(planned(facts=Facts(letters_last_hour=4)), PlannedReply)
    assert why(planned(facts=Facts(letters_last_hour=5))) == "reply_cap"


APPENDED = AppendToTicket(1, "SD211208-000001", reopen=False)
CAPPED = replace(POLICY, domain_per_hour=7, ticket_per_day=3)


def capped(facts: Facts, outcome: Outcome | None = None, sender: str = "ketoan@donvi.example") -> str | None:
    reply = planned(a_mail(sender=sender), facts=facts, outcome=outcome, policy=CAPPED)
    return why(reply) if isinstance(reply, NoReply) else None


def test_the_caps_of_domain_and_ticket_count_each_for_itself() -> None:
    below = Facts(letters_to_domain_last_hour=6, letters_on_ticket_last_day=2)
    assert capped(below, APPENDED) is None
    assert capped(replace(below, letters_to_domain_last_hour=7)) == "reply_domain_cap"
    assert capped(replace(below, letters_on_ticket_last_day=3), APPENDED) == "reply_ticket_cap"


def test_a_public_provider_is_no_domain_to_count_by() -> None:
    facts = Facts(letters_to_domain_last_hour=1_000)
    assert capped(facts, sender="ketoan.donvi@Gmail.com") is None
    assert capped(facts, sender="ketoan@donvi.example") == "reply_domain_cap"


def test_the_cap_of_a_ticket_does_not_keep_a_new_one_from_its_letter() -> None:
    assert capped(Facts(letters_on_ticket_last_day=99)) is None


@pytest.mark.parametrize(
    ("sender", "reply_to", "expected"),
    [
        ("a@donvi.example", (), "a@donvi.example"),
        ("a@donvi.example", ("A@DonVi.example",), "A@DonVi.example"),
        ("a@donvi.example", ("b@donvi.example",), "b@donvi.example"),
        ("a@phong.so.example", ("b@so.example",), "b@so.example"),
        ("a@so.example", ("b@phong.so.example",), "b@phong.so.example"),
        ("a@so.hanoi.gov.vn", ("b@hanoi.gov.vn",), "b@hanoi.gov.vn"),
        ("a@thuế.example", ("b@xn--thu-9jz.example",), "b@xn--thu-9jz.example"),
        ("a@phong.xn--thu-9jz.example", ("b@thuế.example",), "b@thuế.example"),
        ("a@thuế.example", ("b@xn--thu-tdd.example",), "a@thuế.example"),
        ("a@donvi.example", ("evil@khac.example",), "a@donvi.example"),
        ("a@donvi.example", ("b@donvi.example", "c@donvi.example"), "a@donvi.example"),
        ("a@xdonvi.example", ("b@donvi.example",), "a@xdonvi.example"),
        ("a@so.gov.vn", ("b@gov.vn",), "a@so.gov.vn"),
        ("a@mot.gov.vn", ("b@hai.gov.vn",), "a@mot.gov.vn"),
        ("a@donvi.example", ("b@example",), "a@donvi.example"),
        ("a@gmail.com", ("b@gmail.com",), "a@gmail.com"),
        ("a@gmail.com", ("A@gmail.com",), "A@gmail.com"),
        ("a@donvi.example", ("",), "a@donvi.example"),
        ("", ("b@donvi.example",), ""),
    ],
)
def test_the_answer_goes_to_from_unless_reply_to_is_of_the_same_house(
    sender: str, reply_to: tuple[str, ...], expected: str
) -> None:
    assert reply_address(a_mail(sender=sender, reply_to=reply_to)) == expected


@given(
    sender=st.text(max_size=30)
    | st.from_regex(r"[!-~à-ỹ]{1,12}@[!-~à-ỹ]{1,12}\.example", fullmatch=True)
    | st.emails(),
    name=st.text(max_size=10),
)
def test_whatever_is_to_be_answered_can_be_put_into_a_message(sender: str, name: str) -> None:
    reply = planned(a_mail(sender=sender, reply_to=(sender,), return_path=None, headers=((name, name),)))
    if isinstance(reply, PlannedReply):
        moment = datetime(2026, 11, 23, tzinfo=UTC)
        envelope = Envelope(
            "", OFFICE.address, reply.to, "<a.b@c.example>", "", (), moment, reply.letter, "SD211208-000001"
        )
        assert compose(envelope, subject="x", text="x", html="x")


POLITE = replace(POLICY, acknowledge_suspicious=True)


def test_a_policy_may_acknowledge_suspicious_senders_where_they_wrote_from_and_nowhere_else() -> None:
    colleague = a_mail(reply_to=("truongphong@donvi.example",))
    assert isinstance(planned(verdict=Verdict.SUSPICIOUS, policy=POLITE), PlannedReply)
    assert why(planned(colleague, verdict=Verdict.SUSPICIOUS, policy=POLITE)) == "reply_to_suspicious"
    assert why(planned(verdict=Verdict.SUSPICIOUS)) == "reply_to_suspicious"


def test_no_policy_acknowledges_an_impersonation() -> None:
    assert why(planned(verdict=Verdict.IMPERSONATION, policy=POLITE)) == "reply_to_impersonation"
