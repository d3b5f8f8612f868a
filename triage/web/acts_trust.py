"""Judging the sender of a ticket: release what was held, or confirm an impostor."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import Response

from triage.core.people import Right
from triage.service import trustacts as service
from triage.service.trust import Confirmed, Released
from triage.web import wording
from triage.web.access import DeskRouter
from triage.web.ticketact import Acting, Short, Words

router = DeskRouter()


@router.act("/tickets/{code}/release", Right.TRUST)
def release(act: Acting, back: Short = "") -> Response:
    """End the hold on a ticket; its sender is answered where the rules allow it."""
    words, rules = act.ask.words, act.rules

    def tell(done: Released) -> str:
        queue = wording.queue_name(words, rules, done.queue)
        if done.letter:
            return words.say(
                "Đã bỏ tạm giữ phiếu %(code)s, chuyển vào %(queue)s và gửi thư xác nhận cho đơn vị.",
                code=act.code,
                queue=queue,
            )
        return words.say(
            "Đã bỏ tạm giữ phiếu %(code)s, chuyển vào %(queue)s. Không gửi thư tự động.",
            code=act.code,
            queue=queue,
        )

    service.release(act.database, act.ask.desk.app.means, act.errand(""), tell)
    return act.done(_back(back))


@router.act("/tickets/{code}/impostor", Right.TRUST)
def confirm(
    act: Acting, reason: Words = "", back: Short = "", *, sure: Annotated[bool, Form()] = False
) -> Response:
    """Close a ticket as an impostor's and watch for everything that he can be known by."""
    words = act.ask.words

    def tell(done: Confirmed) -> str:
        return words.count(
            "Đã xác nhận mạo danh ở phiếu %(code)s; theo dõi %(num)s dấu hiệu nhận biết.",
            "Đã xác nhận mạo danh ở phiếu %(code)s; theo dõi %(num)s dấu hiệu nhận biết.",
            len(done.watched),
            code=act.code,
        )

    means = act.ask.desk.app.means
    service.confirm_impostor(act.database, means, act.errand(""), tell, reason=reason, sure=sure)
    return act.done(_back(back))


def _back(back: str) -> str:
    """Give the page to go back to: the list of held mails where the act was done there, else the ticket."""
    return "/security" if back == "security" else ""
