"""Values that every letter is tried with when it is loaded."""

from dataclasses import replace
from typing import Any

from triage.core.rules import Office


def samples() -> tuple[dict[str, Any], ...]:
    """Give values that together take every branch: with and without treasury, deadline, missing parts."""
    office = Office(
        name="Đội hỗ trợ mẫu",
        address="hotro@kho-bac.example",
        aliases=frozenset(),
        misprints=frozenset(),
        switchboard="02400000000",
        extensions=("101", "102"),
    )
    full = {
        "code": "SD211208-123456",
        "subject": "[0010#DVC] Không ký được hồ sơ",
        "treasury_name": "Kho bạc Nhà nước Hà Nội",
        "queue": "0010",
        "to_security": False,
        "due": "17 giờ 00 phút ngày 09/12/2021 (thứ Năm)",
        "received_at": "09 giờ 30 phút ngày 08/12/2021 (thứ Tư)",
        "missing": ("description", "screenshot", "contact"),
        "locked": False,
        "tag": "[0010#DVC]",
        "advised_tag": "[0010#DVC]",
        "reason": "tiêu đề thư chưa ghi số hiệu Kho bạc",
        "known_treasury": "Kho bạc Nhà nước Cần Thơ",
        "advice": "Đề nghị Quý đơn vị đổi mật khẩu.",
        "gave_away": "mật khẩu và mã truy cập máy tính từ xa",
        "to_change": "mật khẩu",
        "not_again": "mã truy cập máy tính từ xa",
        "remote_session": True,
        "named_treasury": "KBNN Hà Nội",
        "suspect": "ai-do [at] xau [.] example",
        "signs": ("hxxps[:]//xau[.]example/dang-nhap", "0999888777"),
        "steps": ("Báo cho các đơn vị biết.", "Kiểm tra lại qua số điện thoại đã biết."),
        "answer": "Đơn vị đã ký được chưa?\n\nNếu chưa, xin gọi tổng đài.",
        "paragraphs": (("Đơn vị đã ký được chưa?",), ("Nếu chưa, xin gọi tổng đài.",)),
        "digest": _sample_digest(3),
        "refused": {
            "why": "mã trả lời trong thư đã hết hạn",
            "code": "SD211208-123456",
            "at": "09 giờ 30 phút",
        },
        "notice": _sample_notice(("Không ký được hồ sơ.", "", "Kế toán")),
        "mark": "#traloi",
        "reply_days": 7,
        "escalation": _sample_escalation(3),
        "page": _sample_page(3),
        "incident": _sample_incident(3),
        "asked": "SD211208-123456",
        "asked_issued": True,
        "asked_opened": "09 giờ 30 ngày 08/12/2021 (thứ Tư)",
        "asked_subject": "Không ký được hồ sơ",
        "asked_treasury": "Kho bạc Nhà nước Hà Nội",
        "asked_open": True,
        "office": office,
    }
    bare = {
        "code": "CD12",
        "treasury_name": None,
        "queue": "unrouted",
        "due": None,
        "missing": (),
        "known_treasury": None,
        "advice": None,
        "gave_away": None,
        "to_change": None,
        "not_again": None,
        "remote_session": False,
        "signs": (),
        "steps": (),
        "digest": _sample_digest(0),
        "notice": _sample_notice(()),
        "refused": {"why": "mã trả lời trong thư đã hết hạn", "code": None, "at": "09 giờ 30 phút"},
        "escalation": _sample_escalation(0),
        "page": _sample_page(0),
        "incident": _sample_incident(0),
        "tag": None,
        "advised_tag": None,
        "asked": None,
        "asked_issued": False,
        "asked_opened": None,
        "asked_subject": None,
        "asked_treasury": None,
        "asked_open": False,
    }
    lonely = {"office": replace(office, extensions=())}
    return (
        full,
        full | {"locked": True},
        full | bare,
        full | bare | lonely,
        full | {"queue": "security", "to_security": True},
    )


def _sample_digest(more: int) -> dict[str, Any]:
    queue = {
        "queue": "0010",
        "name": "Kho bạc Nhà nước Hà Nội",
        "open": 12,
        "new": 4,
        "due": 2,
        "overdue": 1,
        "handed": 1,
        "flagged": 1,
    }
    ticket = {
        "code": "SD211208-123456",
        "queue": "0010",
        "subject": "Không ký được hồ sơ",
        "due": "17 giờ 00 phút ngày 09/12/2021 (thứ Năm)",
        "overdue": bool(more),
        "reply_code": f"TL-{'A2' * 20}",
    }
    sums = {name: queue[name] for name in ("new", "due", "overdue", "handed", "flagged")}
    return {
        "day": "09/12/2021",
        "summary": "1 phiếu quá hạn",
        "queues": (queue,),
        **sums,
        "tickets": (ticket,) if more else (),
        "more": more,
        "by_mail": bool(more),
    }


def _sample_notice(lines: tuple[str, ...]) -> dict[str, Any]:
    return {
        "queue": "0010",
        "name": "Kho bạc Nhà nước Hà Nội",
        "subject": "Không ký được hồ sơ",
        "lines": lines,
        "files": len(lines),
        "doubted": not lines,
        "reply_code": f"TL-{'A2' * 20}" if lines else None,
        "in_subject": bool(lines),
    }


def _sample_escalation(more: int) -> dict[str, Any]:
    ticket = {
        "code": "SD211208-123456",
        "queue": "0010",
        "name": "Kho bạc Nhà nước Hà Nội",
        "subject": "Không ký được hồ sơ",
        "due": "17 giờ 00 phút ngày 09/12/2021 (thứ Năm)",
        "overdue": bool(more),
    }
    return {
        "at": "10 giờ 00 phút ngày 09/12/2021 (thứ Năm)",
        "summary": "1 phiếu quá hạn chưa trả lời",
        "tickets": (ticket,),
        "more": more,
    }


def _sample_page(more: int) -> dict[str, Any]:
    ticket = {
        "code": "SD211208-123456",
        "reason": "thư bị giữ vì người gửi nghi mạo danh",
        "category": "Khác",
        "received_at": "09 giờ 30 phút ngày 08/12/2021 (thứ Tư)",
        "sender": "ai-do [at] xau [.] example",
    }
    since = "09 giờ 15 phút ngày 08/12/2021 (thứ Tư)" if more else None
    return {"summary": "1 vụ việc an toàn", "since": since, "tickets": (ticket,), "more": more}


def _sample_incident(more: int) -> dict[str, Any]:
    ticket = {
        "code": "SD211208-123456",
        "queue": "0010",
        "name": "Kho bạc Nhà nước Hà Nội",
        "subject": "Không ký được hồ sơ",
    }
    return {
        "summary": "13 phiếu của 3 tỉnh, thành phố cùng báo một lỗi",
        "title": "Không kết nối được máy chủ ký số" if more else "",
        "since": "09 giờ 15 phút ngày 08/12/2021 (thứ Tư)",
        "provinces": "Hà Nội, Hậu Giang, Hồ Chí Minh",
        "tickets": (ticket,),
        "more": more,
    }
