"""What a decision knows beyond the request: signatures, an official letter, a form, marks of an impostor."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from triage.core.signatures import Doubt, Signature, SignatureKind, SignatureState
from triage.web.tellings import Telling


@dataclass(frozen=True, slots=True)
class Block:
    """One heading with its lines: a label, which may be empty, and a value."""

    heading: str
    lines: tuple[tuple[str, str], ...]


def blocks(document: Mapping[str, Any], telling: Telling) -> tuple[Block, ...]:
    """Give what there is, in a fixed order."""
    made = (
        make(document, telling) for make in (_signatures, _official, _registration, _indicators, _delivery)
    )
    return tuple(one for one in made if one.lines)


def _block(telling: Telling, heading: str, lines: Iterator[tuple[str, Any]]) -> Block:
    told = ((label, telling.text(str(value))) for label, value in lines if value)
    return Block(heading, tuple(told))


def _signatures(document: Mapping[str, Any], telling: Telling) -> Block:
    english = telling.words.language == "en"
    reasons = (_signature(one).reason() for one in document.get("signatures", ()))
    lines = (("", reason.en if english else reason.vi) for reason in reasons)
    return _block(telling, telling.words.say("Chữ ký số"), lines)


def _signature(stored: Mapping[str, Any]) -> Signature:
    return Signature(
        kind=SignatureKind(stored["kind"]),
        state=SignatureState(stored["state"]),
        doubt=Doubt(stored["doubt"] or ""),
        subject=stored["file"] or "",
        name=stored["name"] or "",
        email=stored["email"] or "",
        organisation=stored["organisation"] or "",
    )


def _official(document: Mapping[str, Any], telling: Telling) -> Block:
    say = telling.words.say
    told = say("Thư là công văn; bộ phận văn thư cũng cần tiếp nhận.")
    lines = iter((("", told),) if document.get("official_letter") else ())
    return _block(telling, say("Công văn"), lines)


def _registration(document: Mapping[str, Any], telling: Telling) -> Block:
    say, form = telling.words.say, document.get("registration") or {}
    lines = (
        (say("Đơn vị"), form.get("name")),
        (say("Mã đơn vị"), form.get("code")),
        (say("Địa chỉ"), form.get("address")),
        (say("Điện thoại"), form.get("phone")),
        (say("Phần mềm"), form.get("software")),
        (say("Kho bạc"), form.get("treasury")),
        (say("Ghi trong tệp"), form.get("found_in")),
    )
    return _block(telling, say("Mẫu đăng ký kết nối"), iter(lines))


def _indicators(document: Mapping[str, Any], telling: Telling) -> Block:
    say, marks = telling.words.say, document.get("indicators") or {}
    labels = {
        "phones": say("Số điện thoại"),
        "zalo": "Zalo",
        "addresses": say("Địa chỉ thư"),
        "hosts": say("Tên miền"),
        "accounts": say("Tài khoản"),
    }
    lines = ((label, ", ".join(map(str, marks.get(key) or ()))) for key, label in labels.items())
    return _block(telling, say("Dấu hiệu nhận biết kẻ mạo danh"), lines)


def _delivery(document: Mapping[str, Any], telling: Telling) -> Block:
    say, delivery = telling.words.say, document.get("delivery") or {}
    lost = delivery.get("lost", delivery.get("permanent"))
    final = say("không tới được") if lost else say("tạm thời chưa tới")
    if str(delivery.get("status", "")).startswith("2"):
        final = say("máy chủ của người nhận đã nhận thư")
    lines = (
        (say("Người nhận"), delivery.get("recipient")),
        (say("Kết quả"), final if delivery else ""),
        (say("Mã lỗi"), delivery.get("status")),
        (say("Máy chủ báo"), delivery.get("diagnostic")),
    )
    return _block(telling, say("Thư không tới"), iter(lines))
