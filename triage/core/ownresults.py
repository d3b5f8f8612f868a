"""What we found out about a sender ourselves, by asking DNS, in the form in which a gateway would say it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from triage.core.authresults import MethodResult, Result
from triage.core.reasons import Reason

MOST_SHOWN = 8
"""Results that a reason names."""

SILENT_DNS = "dns"
"""The gap where a look-up that matters got no answer."""

_HOSTILE = frozenset({"unreadable"})
"""Gaps that the sender himself has made; they leave nothing open."""


@dataclass(frozen=True, slots=True)
class OwnResults:
    """The results, what the domain of From asks for (``policy``), and ``gap``: why there may be more to know.

    ``gap`` is empty, ``dns`` where a look-up that matters got no answer, or the name of what the headers do
    not tell. With a gap, the lack of a pass proves nothing against the sender.
    """

    results: tuple[MethodResult, ...]
    policy: str = ""
    gap: str = ""

    @property
    def undecided(self) -> bool:
        """Whether the lack of a pass may only be a lack of knowledge."""
        return bool(self.gap) and self.gap not in _HOSTILE

    def of(self, method: str) -> tuple[MethodResult, ...]:
        """Give the results of one method."""
        return tuple(result for result in self.results if result.method == method)

    def as_json(self) -> dict[str, Any]:
        """Give the form that is stored with a decision."""
        return {
            "results": [[one.method, one.result.value, one.domain] for one in self.results],
            "policy": self.policy,
            "gap": self.gap,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "OwnResults":
        """Give back what was found when a decision was made."""
        results = tuple(
            MethodResult(method, Result(result), domain) for method, result, domain in stored["results"]
        )
        return cls(results, stored["policy"], stored["gap"])


def own_reasons(own: OwnResults, *, authenticated: bool | None) -> tuple[Reason, ...]:
    """Say what we verified ourselves, what of it is unknown and why."""
    return (_summary(own, authenticated=authenticated), *_notes(own))


def _summary(own: OwnResults, *, authenticated: bool | None) -> Reason:
    shown = ", ".join(_shown(one) for one in own.results[:MOST_SHOWN]) or "none"
    if authenticated:
        return Reason(
            "verified_passed",
            f"Hệ thống tự kiểm tra và xác nhận tên miền người gửi: {shown}.",
            f"We verified the sender's domain ourselves, and it is proven: {shown}.",
        )
    if authenticated is None:
        return Reason(
            "verified_unknown",
            f"Hệ thống tự kiểm tra nhưng chưa kết luận được về người gửi: {shown}.",
            f"We verified the sender ourselves and could not come to a conclusion: {shown}.",
        )
    return Reason(
        "verified_failed",
        f"Hệ thống tự kiểm tra và không có gì chứng minh tên miền người gửi: {shown}.",
        f"We verified the sender ourselves, and nothing proves the domain: {shown}.",
    )


def _notes(own: OwnResults) -> Iterator[Reason]:
    if own.gap in _GAPS:
        yield _GAPS[own.gap]
    if own.policy and any(one.result is Result.FAIL for one in own.of("dmarc")):
        yield Reason(
            "verified_policy",
            f"Chủ tên miền đề nghị xử lý thư không chứng minh được theo DMARC: {own.policy}.",
            f"The owner of the domain asks for this with mail that is not proven (DMARC): {own.policy}.",
        )
    for seal in own.of("arc"):
        if seal.result is not Result.NONE:
            yield Reason(
                "verified_arc",
                f"Chuỗi ARC của máy chủ chuyển tiếp: {_shown(seal)}. Chỉ ghi nhận, không tạo thêm tin cậy.",
                f"The ARC chain of forwarders: {_shown(seal)}. It is noted and buys no trust.",
            )


def _shown(result: MethodResult) -> str:
    return f"{result.method}={result.result}" + (f" ({result.domain})" if result.domain else "")


_GAPS = {
    SILENT_DNS: Reason(
        "verified_dns_silent",
        "Máy chủ tên miền tạm thời không trả lời nên phần đó coi là chưa biết.",
        "DNS gave no answer for the moment, so that this part counts as unknown.",
    ),
    "no_trace": Reason(
        "verified_no_trace",
        "Không kiểm tra được SPF: thư không có dòng Received của máy chủ cửa ngõ đã cấu hình.",
        "SPF could not be checked: no Received line was written by the gateway that is configured.",
    ),
    "unreadable": Reason(
        "verified_unreadable",
        "Không kiểm tra được SPF: tên mà máy gửi tự xưng làm hỏng dòng Received của máy chủ cửa ngõ.",
        "SPF could not be checked: what the client called itself spoils our gateway's Received line.",
    ),
    "no_client": Reason(
        "verified_no_client",
        "Không kiểm tra được SPF: dòng Received của máy chủ cửa ngõ không ghi địa chỉ máy gửi.",
        "SPF could not be checked: our gateway's Received line gives no address of the client.",
    ),
    "no_envelope": Reason(
        "verified_no_envelope",
        "Không kiểm tra được SPF: không có Return-Path do máy chủ của ta ghi.",
        "SPF could not be checked: there is no Return-Path that our own servers wrote.",
    ),
    "inside": Reason(
        "verified_inside",
        "Không kiểm tra được SPF: máy chủ cửa ngõ nhận thư từ mạng nội bộ.",
        "SPF could not be checked: our gateway took the mail from an internal network.",
    ),
    "submitted": Reason(
        "verified_submitted",
        "Không kiểm tra SPF: người gửi đã đăng nhập vào chính máy chủ cửa ngõ.",
        "SPF was not checked: the sender had signed in at our own gateway.",
    ),
}
