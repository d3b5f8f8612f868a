"""Finding a queue by what subject and text say beside the tag: near-tags, numbers, names of provinces."""

import re

from triage.core.reasons import Reason
from triage.core.routequestion import Answer, Question, miss, of_province
from triage.core.signature import signature_of
from triage.core.tags import find_tags
from triage.core.text import fold, one_line
from triage.core.treasuries import Mention, TreasuryDirectory

# “SHKB: 0010”, “số hiệu kho bạc 0010”, “mã KBNN là 0010”, folded.
_NAMED_CODE = re.compile(
    r"\b(?:shkb|(?:so hieu|ma so|ma)[ ](?:kho bac(?:[ ]nha nuoc)?|kbnn|kb))"
    r"[ ]?(?:la)?[ ]?[:=#-]?[ ]?([0-9]{4})\b"
)
# “[SHKB#DVC] … ví dụ …”: our letters, and the official ones, explain the tag by that of one treasury.
_EXAMPLE = re.compile(
    r"SHKB[ ]?[#&][ ]?DVC.{0,400}?\bv[íi] d[ụu]\b.*?(?=\n[ \t>]*\n|\Z)", re.DOTALL | re.IGNORECASE
)
_RENAMED = re.compile(r"\b(?:nay|cu|truoc|nhap)\b")
_MOST_TEXT = 20_000
_MOST_LINES = 200


def by_subject_hint(question: Question) -> Answer:
    """Follow something in the subject that is nearly a tag, when it is the only one and its code is known."""
    directory = question.directory
    hints = find_tags(question.mail.subject, lambda code: directory.lookup(code) is not None).hints
    return _of_tags("subject_hint", {hint.code for hint in hints}, directory, *_IN_SUBJECT)


_IN_SUBJECT = ("tiêu đề", "the subject")
_IN_TEXT = ("tiêu đề và nội dung", "subject and text")


def by_signature(question: Question) -> Answer | None:
    """Follow the one province that the writer gives as his own, in the block where he says who he is."""
    block = signature_of(question.mail.new_text)
    mentions = question.directory.province_mentions(block) if block else ()
    if len(mentions) != 1 or not mentions[0].treasury.queue:
        return None
    written = one_line(mentions[0].written)
    return of_province(
        "signature", mentions[0].treasury, f"chữ ký có “{written}”", f"“{written}” in the signature"
    )


def by_body(question: Question) -> Answer:
    """Follow a tag or the one province named in subject or text; the new text goes before what follows it."""
    mail = question.mail
    missed: Answer | None = None
    for text in dict.fromkeys((mail.new_text, _unquoted(mail.text))):
        for trial in (_tag_in_text, _province_in_text):
            answer = trial(f"{mail.subject}\n{_EXAMPLE.sub('', text[:_MOST_TEXT])}", question.directory)
            if answer.queue or answer.is_final:
                return answer
            missed = answer
    return missed or _NO_PROVINCE


def _tag_in_text(text: str, directory: TreasuryDirectory) -> Answer:
    lines = (line for line in text.splitlines()[:_MOST_LINES] if "vc" in line.lower() or "ＶＣ" in line)
    found = (find_tags(line, lambda code: directory.lookup(code) is not None).tags for line in lines)
    codes = {tag.code for tags in found for tag in tags} | set(_NAMED_CODE.findall(fold(text)))
    return _of_tags("body_tag", codes, directory, *_IN_TEXT)


def _of_tags(
    code: str, codes: set[str], directory: TreasuryDirectory, where_vi: str, where_en: str
) -> Answer:
    leads = {lead.queue: lead for one in codes if (lead := directory.lookup(one))}
    if len(leads) != 1:
        return miss(
            f"route_no_{code}",
            f"Không có mã kho bạc duy nhất nào trong {where_vi}.",
            f"There is not exactly one treasury code in {where_en}.",
        )
    queue, lead = leads.popitem()
    return Answer(
        queue,
        Reason(
            f"route_{code}",
            f"Trong {where_vi} có mã {lead.code} của {lead.treasury.full_name}; cần xác nhận.",
            f"Code {lead.code} of {lead.treasury.full_name} stands in {where_en}; to be confirmed.",
        ),
    )


def _province_in_text(text: str, directory: TreasuryDirectory) -> Answer:
    mentions = _without_new_names(text, directory.province_mentions(text))
    certain = tuple(mention for mention in mentions if mention.as_treasury)
    chosen = certain if len(certain) == 1 else mentions
    if not chosen:
        return _NO_PROVINCE
    if len(chosen) > 1:
        named = ", ".join(mention.treasury.province for mention in chosen[:5])
        return Answer(
            None,
            Reason(
                "route_body_several",
                f"Tiêu đề và nội dung nêu nhiều tỉnh ({named}) nên không chọn.",
                f"Subject and text name several provinces ({named}), so none is taken.",
            ),
            is_final=True,
        )
    written = one_line(chosen[0].written)
    return of_province(
        "body",
        chosen[0].treasury,
        f"tiêu đề hoặc nội dung có “{written}”",
        f"“{written}” in subject or text",
    )


def _without_new_names(text: str, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Leave out the province that another one became, where the text says so (Hậu Giang, nay là Cần Thơ)."""
    successors = {mention.treasury.successor for mention in mentions}
    old = tuple(mention for mention in mentions if mention.treasury.province not in successors)
    if len(old) == len(mentions) or not _RENAMED.search(fold(text)):
        return mentions
    return old


_NO_PROVINCE = Answer(
    None,
    Reason(
        "route_no_province",
        "Tiêu đề và nội dung không nêu tỉnh nào.",
        "Neither subject nor text names a province.",
    ),
)


def _unquoted(text: str) -> str:
    return "\n".join(line for line in text[:_MOST_TEXT].splitlines() if not line.lstrip().startswith(">"))
