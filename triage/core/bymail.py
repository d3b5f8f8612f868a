"""Whether a mail with a reply code acts: as a note, an answer to the unit or a draft for approval.

From is a line that anybody writes, and a code may be read over somebody's shoulder. So a mail acts only with
all of it: a code of our key that is not over, From the registered address of its person, authentication that
speaks for that address (unknown is no), and the right at this very moment. What is lacking is told to that
person, at the registered address and nowhere else, and what the mail says goes nowhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from triage.core.authentication import read_authentication
from triage.core.decision import Kind
from triage.core.facts import Facts
from triage.core.mail import Mail
from triage.core.onespelling import one_spelling
from triage.core.outboundguard import Stop, objections
from triage.core.reasons import Reason
from triage.core.rules import Rulebook
from triage.core.staffmail import (
    LONGEST_TEXT,
    CodeState,
    Said,
    StaffAct,
    StaffMail,
    StaffMailFact,
    StaffRefusal,
    said_in,
)

_OF_MACHINES = frozenset({Kind.OWN, Kind.BOUNCE, Kind.AUTO_REPLY, Kind.LIST})


@dataclass(frozen=True, slots=True)
class _Case:
    fact: StaffMailFact
    said: Said
    his: bool
    proven: bool
    stops: tuple[str, ...]


def judge_staff_mail(mail: Mail, kind: Kind, facts: Facts, rules: Rulebook) -> StaffMail | None:
    """Judge a mail with a reply code; None for one without, and for whatever a machine has sent.

    An absence note quotes the digest that it answers, with every code in it: it says nothing, and nobody is
    told, lest two machines write to each other.
    """
    fact = facts.staff_mail
    if fact is None or kind in _OF_MACHINES or mail.return_path == "" or facts.imported:
        return None
    said = said_in(mail)
    his = bool(fact.email) and one_spelling(mail.sender.address) == one_spelling(fact.email)
    stops = tuple(one.stop.value for one in objections(said.text, rules.trust)) if said.to_unit else ()
    case = _Case(fact, said, his, _is_proven(mail, facts, rules), tuple(dict.fromkeys(stops)))
    found = StaffMail(
        fact.person_id,
        fact.login,
        fact.email,
        fact.ticket_id,
        fact.code,
        his=case.his,
        proven=case.his and case.proven,
    )
    refused = next((refusal for refusal, applies in _CHECKS if applies(case)), None)
    if refused:
        return replace(found, refused=refused, stops=case.stops if refused is StaffRefusal.STOPPED else ())
    return replace(found, act=_act(case))


def staff_reason(found: StaffMail) -> Reason:
    """Give the reason that a decision keeps."""
    if found.refused:
        return Reason(
            f"by_mail.refused_{found.refused.value}",
            f"Thư mang mã trả lời của {found.login} nhưng không được thực hiện: {why_refused(found)}.",
            f"The mail bears a reply code of {found.login} and is refused: {found.refused.value}.",
        )
    told = _ACTS[found.act or StaffAct.NOTE]
    return Reason(
        f"by_mail.{(found.act or StaffAct.NOTE).value}",
        f"Thư của {found.login} mang mã trả lời của phiếu {found.code}: {told}.",
        f"A mail of {found.login} bears a reply code of {found.code} and is taken ({found.act}).",
    )


def why_refused(found: StaffMail) -> str:
    """Say as a clause why nothing was done; of what the mail says it repeats nothing."""
    if found.refused is None:
        return ""
    why = _WHY[found.refused]
    return f"{why}: {', '.join(_STOPS[Stop(one)] for one in found.stops)}" if found.stops else why


def _act(case: _Case) -> StaffAct:
    if not case.said.to_unit:
        return StaffAct.NOTE
    return StaffAct.ANSWER if case.fact.may_send else StaffAct.PROPOSAL


def _is_proven(mail: Mail, facts: Facts, rules: Rulebook) -> bool:
    """Whether authentication speaks for the one address in the one From line."""
    trust = rules.trust
    read = read_authentication(mail, trust.gateway, trust.names.registrable, facts.own_results)
    alone = len(mail.senders) == 1 and len(mail.header_values("From")) == 1
    return alone and read.authenticated is True


def _state_is(state: CodeState) -> Callable[[_Case], bool]:
    return lambda case: case.fact.state is state


_CHECKS: tuple[tuple[StaffRefusal, Callable[[_Case], bool]], ...] = (
    # who it is
    (StaffRefusal.OTHER_SENDER, lambda case: not case.his),
    (StaffRefusal.NOT_PROVEN, lambda case: not case.proven),
    # what he may do
    (StaffRefusal.SEVERAL, _state_is(CodeState.SEVERAL)),
    (StaffRefusal.UNKNOWN, _state_is(CodeState.UNKNOWN)),
    (StaffRefusal.OVER, _state_is(CodeState.OVER)),
    (StaffRefusal.DISABLED, lambda case: not case.fact.enabled),
    (StaffRefusal.NO_RIGHT, lambda case: not (case.fact.sees and case.fact.may_note)),
    # what he says
    (StaffRefusal.EMPTY, lambda case: not case.said.text.strip()),
    (StaffRefusal.LONG, lambda case: len(case.said.text) > LONGEST_TEXT),
    (StaffRefusal.REPEATED, lambda case: case.fact.said_before),
    # whether it can go to the unit
    (StaffRefusal.CLOSED, lambda case: case.said.to_unit and case.fact.closed),
    (StaffRefusal.NOBODY, lambda case: case.said.to_unit and not case.fact.reachable),
    (StaffRefusal.FILES, lambda case: case.said.to_unit and bool(case.said.files)),
    (StaffRefusal.STOPPED, lambda case: bool(case.stops)),
)

_ACTS: Mapping[StaffAct, str] = {
    StaffAct.NOTE: "ghi thành ghi chú nội bộ",
    StaffAct.ANSWER: "gửi thành thư trả lời đơn vị",
    StaffAct.PROPOSAL: "để lại thành bản trả lời chờ duyệt",
}

_WHY: Mapping[StaffRefusal, str] = {
    StaffRefusal.OTHER_SENDER: (
        "thư không gửi từ địa chỉ đã đăng ký của anh/chị; nếu anh/chị không gửi thư này thì có người đang "
        "thử dùng mã trả lời của anh/chị"
    ),
    StaffRefusal.NOT_PROVEN: (
        "máy chủ thư không xác thực được rằng thư này gửi từ địa chỉ của anh/chị (SPF, DKIM, DMARC); nếu "
        "anh/chị không gửi thư này thì có người đang giả địa chỉ của anh/chị"
    ),
    StaffRefusal.SEVERAL: (
        "thư mang nhiều mã trả lời khác nhau; hãy ghi riêng mã của phiếu cần trả lời vào tiêu đề thư"
    ),
    StaffRefusal.UNKNOWN: "mã trả lời trong thư không do hệ thống này cấp, hoặc khóa tạo mã đã được thay",
    StaffRefusal.OVER: "mã trả lời trong thư đã hết hạn; hãy dùng mã trong thư mới nhất về phiếu này",
    StaffRefusal.DISABLED: "tài khoản của anh/chị trên trang làm việc đang bị khóa",
    StaffRefusal.NO_RIGHT: "hiện nay anh/chị không phụ trách phiếu này hoặc không có quyền ghi vào phiếu",
    StaffRefusal.EMPTY: "ngoài phần trích dẫn và chữ ký, thư không có nội dung nào",
    StaffRefusal.LONG: "nội dung thư quá dài (nhiều hơn 50.000 ký tự)",
    StaffRefusal.REPEATED: "nội dung này của anh/chị đã được ghi nhận từ một thư trước",
    StaffRefusal.CLOSED: "phiếu đã đóng nên không trả lời đơn vị được; anh/chị vẫn gửi ghi chú nội bộ được",
    StaffRefusal.NOBODY: (
        "trên phiếu này không có ai trả lời được: phiếu đang tạm giữ, người gửi bị nghi mạo danh, hoặc là "
        "máy gửi tự động"
    ),
    StaffRefusal.FILES: "trả lời đơn vị qua thư chỉ nhận chữ, mà thư này có tệp kèm theo",
    StaffRefusal.STOPPED: "nội dung có điều mà thư của Kho bạc không bao giờ có",
}

_STOPS: Mapping[Stop, str] = {
    Stop.ASKS: "hỏi mật khẩu, mã PIN, mã OTP hoặc chứng thư số",
    Stop.LINK: "đường dẫn",
    Stop.REMOTE: "phần mềm điều khiển máy tính từ xa",
    Stop.SECRET: "thông tin bí mật",
}
