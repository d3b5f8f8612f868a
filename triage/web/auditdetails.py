"""The particulars of a row of the audit in words: which ticket, what stood before, what stands since."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.core.people import Role
from triage.core.rules import Rulebook
from triage.core.senderlists import ListSort
from triage.db.audit import AuditRow
from triage.db.audited import Spoken, ticket_number
from triage.db.history import Event
from triage.web import accountwords, wording
from triage.web.historyvalues import Values
from triage.web.historywords import SAYING, value_after
from triage.web.senderwords import sort_words
from triage.web.shown import visible
from triage.web.tellings import Telling
from triage.web.templating import Words

_LONGEST = 200
_OF_QUEUES = frozenset({"opened", "rerouted", "released", "handed_over"})
"""Verbs whose values are queues; the audit names their numbers too."""


@dataclass(frozen=True, slots=True)
class Details:
    """Words for what some rows speak of."""

    words: Words
    rules: Rulebook
    spoken: Spoken
    told_at: Callable[[datetime], str]

    def object(self, row: AuditRow) -> str:
        """Say what a row is about; addresses of pages stay as they are."""
        number = ticket_number(row.object)
        if number is not None:
            return self.spoken.codes.get(number, row.object)
        if row.object.startswith("people/"):
            return self.person(row.object.removeprefix("people/"))
        return visible(row.object)

    def person(self, login: str) -> str:
        """Name somebody, with the login that the audit knows him by."""
        name = self.spoken.names.get(login)
        return visible(f"{name} ({login})" if name else login)

    def told(self, row: AuditRow) -> str:
        """Say what was exchanged or how much was done; empty where there is nothing more to say."""
        if event := self.spoken.events.get(row.id):
            return self._line(event)
        if ticket_number(row.object) is not None and "digest" in row.data:
            return self.words.say("(nội dung đã xóa hoặc đã đổi)")
        return "; ".join(filter(None, self._particulars(json.loads(row.data))))

    def _line(self, event: Event) -> str:
        before, after = event.data.get("before"), value_after(event)
        told = [self._exchange(self._value(event.verb, before), self._value(event.verb, after))]
        said = next((str(event.data[key]) for key in SAYING if event.data.get(key)), "")
        return ": ".join(filter(None, [*told, visible(said[:_LONGEST])]))

    def _exchange(self, before: str, after: str) -> str:
        if before and after:
            return self.words.say("từ %(before)s sang %(after)s", before=before, after=after)
        return after or before

    def _value(self, verb: str, value: Any) -> str:  # noqa: ANN401 - JSON holds anything
        if verb in _OF_QUEUES and isinstance(value, str):
            return self._queue(value)
        telling = Telling(self.words, frozenset(self.spoken.codes.values()))
        return Values(self.spoken.names, self.rules, telling, self.told_at).tell(verb, value)

    def _queue(self, queue: str) -> str:
        name = wording.queue_name(self.words, self.rules, queue)
        return f"{name} ({queue})" if name != queue and queue.isdigit() else name

    def _particulars(self, data: dict[str, Any]) -> list[str]:
        say, some = self.words.say, dict(data)
        told = [self._exchange(self._known(some.pop("before", None)), self._known(some.pop("after", None)))]
        plain = {
            "role": say("vai trò"),
            "queues": say("hàng đợi"),
            "treasury": say("kho bạc"),
            "treasuries": say("kho bạc"),
            "list": say("danh sách"),
            "deputy": say("người thay"),
            "ticket": say("phiếu"),
            "unit": say("đơn vị số"),
            "proposal": say("đăng ký số"),
            "webhook": say("webhook số"),
            "events": say("sự kiện"),
            "done": say("số mục đã làm"),
            "sessions": say("số phiên"),
            "letters": say("số thư"),
            "added": say("thêm"),
            "changed": say("sửa"),
            "bytes": say("số byte"),
            "by": say("theo"),
            "why": say("lý do"),
        }
        for key, label in plain.items():
            value = self._known(some.pop(key, None))
            told += [f"{label}: {value}"] if value else []
        some.pop("asked", None)
        # The audit keeps of what could be a person's data a digest alone: told as what it is, for comparing.
        told += [
            say("mã băm %(digest)s…", digest=str(some.pop(key))[:12]) for key in ("entry",) if key in some
        ]
        return told + ([visible(json.dumps(some, ensure_ascii=False))] if some else [])

    def _known(self, value: Any) -> str:  # noqa: ANN401 - same
        match value:
            case None | "" | []:
                return ""
            case list():
                return ", ".join(self._known(one) for one in value)
            case str() if value in set(Role):
                return accountwords.role(self.words, Role(value))
            case str() if value in set(ListSort):
                return sort_words(self.words, ListSort(value))
            case str() if value in self.spoken.names:
                return self.person(value)
            case _:
                return visible(str(value))[:_LONGEST]
