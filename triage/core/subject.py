"""The subject line: prefixes, the treasury tag ``[SHKB#DVC]``, the ticket code, however written."""

import re
import unicodedata
from collections.abc import Iterator

from triage.core.decision import Form, SubjectReading
from triage.core.reasons import Reason
from triage.core.tags import LONGEST_LINE, Tag, TagsFound, find_tags
from triage.core.text import one_line, without_unseen
from triage.core.tickets import CODE_PATTERN, TicketCode, find_codes
from triage.core.treasuries import Lookup, TreasuryDirectory

_PREFIX = re.compile(
    r"[ ]?(?:"
    r"(?:re|fwd?|fw|aw|wg|tl|tr|ct|trả lời|trả lời tất cả|tra loi|chuyển tiếp|chuyen tiep)"
    r"[ ]?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?[ ]?[:：]"
    r"|[\[(](?:external|ext|bên ngoài|ngoài|spam)[\])][ ]?:?"
    r"|\*{1,3}(?:external|spam)\*{1,3}"
    r")",
    re.IGNORECASE,
)
_EMPTY_BRACKETS = re.compile(r"\[[ ]?\]|\([ ]?\)|【[ ]?】")
_WRONG_LENGTH = re.compile(
    r"""
      [\[({【][ ]{0,3} (?:(?:SHKB|KBNN|KB)[ :\#.\-]{0,3})? (?:\d{1,3}|\d{5,12})
      [ ]{0,3} [\#&\-_./]{1,2} [ ]{0,3} [DĐ]VC\b [ ]{0,3} [\])}】]?
    | (?<![\w./\-]) (?:\d{1,3}|\d{5,12}) [ ]?\#[ ]? [DĐ]VC\b
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_HINT = "tag_hint"
MISSHAPEN = "tag_misshapen"
"""Code of the reason for a tag whose number has not four digits."""

_EDGES = " -–—:：|,;#_/"


def read_subject(subject: str, directory: TreasuryDirectory) -> SubjectReading:
    """Read a subject line: its first 2,000 characters are looked at, nothing in it raises.

    Two tags that lead to different queues are a conflict: then no treasury is read, and both are candidates.
    """
    line = subject[:LONGEST_LINE]
    found = find_tags(line, lambda code: directory.lookup(code) is not None)
    codes = find_codes(unicodedata.normalize("NFKC", without_unseen(line)))
    treasury, candidates, told = _choose(found, directory)
    return SubjectReading(
        tag=found.tags[0].written if found.tags else None,
        treasury=treasury,
        service=next((tag.service for tag in found.tags if tag.service), None),
        form=_form(found.tags, treasury, candidates),
        ticket=str(codes[0]) if codes else None,
        candidates=candidates,
        bare=_bare(line, found.tags),
        reasons=(*_tag_reasons(line, found), *told, *_ticket_reasons(codes), *_cut_reasons(subject)),
    )


def has_near_tag(subject: SubjectReading) -> bool:
    """Say whether the subject holds something like a tag that was not certain enough to be one."""
    return any(reason.code in {_HINT, MISSHAPEN} for reason in subject.reasons)


def _choose(
    found: TagsFound, directory: TreasuryDirectory
) -> tuple[str | None, tuple[str, ...], tuple[Reason, ...]]:
    """Give the code that is read, the candidates of a conflict, and why."""
    codes = tuple(dict.fromkeys(tag.code for tag in found.tags if tag.code))
    if not codes:
        return None, (), ()
    leads = {code: directory.lookup(code) for code in codes}
    ends = {lead.queue if lead else code for code, lead in leads.items()}
    if len(ends) > 1:
        return None, codes, (_conflict(codes, leads),)
    return codes[0], (), tuple(_treasury_reason(code, lead) for code, lead in leads.items())


def _form(tags: tuple[Tag, ...], treasury: str | None, candidates: tuple[str, ...]) -> Form:
    if not treasury and not candidates:
        return Form.NONE
    return Form.EXACT if all(tag.is_exact for tag in tags if tag.code) else Form.TOLERATED


def _tag_reasons(line: str, found: TagsFound) -> Iterator[Reason]:
    misshapen = None if found.tags else _WRONG_LENGTH.search(unicodedata.normalize("NFKC", line))
    if not found.tags:
        yield _UNCLEAR if found.hints or misshapen else _SLIPS["tag_none"]
    if misshapen:
        yield Reason(
            MISSHAPEN,
            f"“{one_line(misshapen.group())}” giống mã kho bạc nhưng số hiệu không gồm đúng bốn chữ số.",
            f"“{one_line(misshapen.group())}” looks like a tag, but its number has not four digits.",
        )
    slips = (
        slip for tag in found.tags for slip in (tag.slips or ("tag_exact" if tag.is_exact else "tag_loose",))
    )
    yield from (_SLIPS[slip] for slip in dict.fromkeys(slips))
    for hint in found.hints[:3]:
        yield Reason(
            _HINT,
            f"“{one_line(hint.written)}” giống mã kho bạc nhưng chưa đủ chắc chắn nên chỉ coi là gợi ý.",
            f"“{one_line(hint.written)}” looks like a tag, yet is not certain enough: a hint only.",
        )


def _treasury_reason(code: str, lead: Lookup | None) -> Reason:
    if lead is None:
        return Reason(
            "treasury_unknown",
            f"Mã {code} viết đúng dạng nhưng không có trong danh mục kho bạc.",
            f"{code} has the form of a code, but the directory does not list it.",
        )
    name = lead.treasury.full_name
    if not lead.inferred:
        return Reason("treasury_known", f"Mã {code} là {name}.", f"{code} is {name}.")
    office = lead.office.name if lead.office else "một đơn vị trực thuộc"
    office_en = lead.office.name if lead.office else "one of its offices"
    return Reason(
        "treasury_inferred",
        f"Mã {code} ({office}) nằm trong dải mã của {name}; đây là suy luận theo dải 50 mã.",
        f"{code} ({office_en}) lies in the block of {name}; inferred from blocks of fifty codes.",
    )


def _conflict(codes: tuple[str, ...], leads: dict[str, Lookup | None]) -> Reason:
    named = ", ".join(f"{code} ({_name(leads[code])})" for code in codes[:5])
    return Reason(
        "tag_conflict",
        f"Tiêu đề có nhiều mã kho bạc khác nhau: {named}; không tự chọn mã nào.",
        f"The subject has different treasury codes: {named}; none is chosen.",
    )


def _name(lead: Lookup | None) -> str:
    return lead.treasury.name if lead else "?"


def _ticket_reasons(codes: tuple[TicketCode, ...]) -> Iterator[Reason]:
    if codes:
        yield Reason(
            "ticket_code", f"Tiêu đề có mã phiếu {codes[0]}.", f"The subject has ticket code {codes[0]}."
        )
    if len(codes) > 1:
        yield Reason(
            "ticket_several",
            f"Tiêu đề có {len(codes)} mã phiếu; lấy mã đầu tiên mà người gửi có tham gia, "
            "không có thì lấy mã đứng đầu.",
            f"The subject has {len(codes)} ticket codes; the first one whose ticket the sender takes part in "
            "counts, else the first of all.",
        )


def _cut_reasons(subject: str) -> Iterator[Reason]:
    if len(subject) > LONGEST_LINE:
        yield Reason(
            "subject_cut",
            f"Tiêu đề quá dài; chỉ đọc {LONGEST_LINE} ký tự đầu.",
            f"The subject is too long; its first {LONGEST_LINE} characters are read.",
        )


def _bare(line: str, tags: tuple[Tag, ...]) -> str:
    """Take tags, ticket codes and prefixes away, until nothing more can be taken."""
    kept, end = [], 0
    for tag in tags:
        kept.append(line[end : tag.start])
        end = tag.end
    rest = CODE_PATTERN.sub(" ", without_unseen(" ".join((*kept, line[end:]))))
    rest = _EMPTY_BRACKETS.sub(" ", rest)
    return _without_prefixes(one_line(rest))


def _without_prefixes(line: str) -> str:
    start = 0
    while True:
        while start < len(line) and line[start] in _EDGES:
            start += 1
        match = _PREFIX.match(line, start)
        if not match:
            return line[start:].rstrip(_EDGES)
        start = match.end()


_UNCLEAR = Reason(
    "tag_none",
    "Tiêu đề không có mã kho bạc viết đủ rõ.",
    "The subject has no tag that is clear enough.",
)
_SLIPS = {
    reason.code: reason
    for reason in (
        Reason(
            "tag_none", "Tiêu đề không có mã kho bạc dạng [SHKB#DVC].", "The subject has no tag [SHKB#DVC]."
        ),
        Reason("tag_exact", "Mã kho bạc viết đúng mẫu.", "The tag is written exactly."),
        Reason("tag_loose", "Mã kho bạc viết gần đúng mẫu.", "The tag is written nearly as asked."),
        Reason(
            "tag_unseen_characters", "Trong mã có ký tự ẩn.", "The tag holds characters that show nothing."
        ),
        Reason("tag_full_width", "Mã viết bằng ký tự toàn chiều rộng.", "The tag has full-width characters."),
        Reason(
            "tag_lookalike_letters",
            "Mã dùng chữ trông giống chữ cần viết (ví dụ Đ thay cho D).",
            "The tag has letters that look like those to be written (Đ for D).",
        ),
        Reason(
            "tag_letters_for_digits",
            "Mã viết chữ thay cho số (O, l, I).",
            "Letters stand for digits (O, l, I).",
        ),
        Reason("tag_inner_spaces", "Các chữ số của mã bị tách rời.", "Spaces part the digits of the code."),
        Reason("tag_spaces", "Mã có thừa khoảng trắng.", "The tag has spaces."),
        Reason(
            "tag_separator", "Giữa số hiệu và DVC không phải dấu #.", "Not # stands between number and DVC."
        ),
        Reason("tag_case", "Mã viết chữ thường.", "The tag is in lower case."),
        Reason("tag_brackets", "Mã dùng loại ngoặc khác ngoặc vuông.", "The brackets are not square ones."),
        Reason("tag_no_brackets", "Mã thiếu cả hai dấu ngoặc.", "Both brackets are missing."),
        Reason("tag_bracket_missing", "Mã thiếu một dấu ngoặc.", "One bracket is missing."),
        Reason("tag_order", "Mã viết đảo: DVC đứng trước số hiệu.", "DVC stands before the number."),
        Reason("tag_no_service", "Mã chỉ có số hiệu kho bạc, thiếu DVC.", "The tag lacks DVC."),
        Reason(
            "tag_other_service", "Sau số hiệu không phải DVC.", "Another word than DVC follows the number."
        ),
        Reason(
            "tag_placeholder",
            "Người gửi chép nguyên chữ SHKB mà không thay bằng số hiệu kho bạc.",
            "The sender copied the letters SHKB instead of a number.",
        ),
    )
}
