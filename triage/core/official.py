"""Official letters among the mails: they belong to the clerical office too, whoever answers the request.

The signs are those of the layout that Decree 30/2020/NĐ-CP prescribes: number and code of the letter, subject
(V/v), addressee, “Nơi nhận”, the capacity of who signs.
"""

import re
from collections.abc import Iterator

from triage.core.latepattern import late_pattern
from triage.core.mail import Mail
from triage.core.reasons import Reason
from triage.core.text import fold

_LONGEST_TEXT = 20_000
_LONGEST_SUBJECT = 400
_LONGEST_NAME = 200
_MOST_TOLD = 4
_ENOUGH = 2
"""Signs of the text that together make an official letter; a file named as one is enough alone."""

_SORTS = r"(?:cv|tb|qd|tt|ttr|bc|kh|gm|ct|hd|vb|gt|bb|cd|sgd|ubnd|tckh)"
_START = r"^[ \t*_]{0,8}"
_NUMBER = (
    rf"{_START}so[ \t]?[:.][ \t*]{{0,4}}\d{{0,5}}[ \t*]{{0,4}}(?:/\d{{4}})?[ \t*]{{0,4}}/[ \t]?"
    rf"(?:{_SORTS}|[a-z]{{2,8}})(?:[-–][a-z&]{{2,15}}|\b)"
)
_TO_TREASURY = rf"{_START}kinh g[uo]i[ \t]?:[^\n]{{0,20}}(?:\n[ \t-]{{0,4}})?[^\n]{{0,20}}(?:kho bac|kbnn)"
_CAPACITY = (
    rf"{_START}(?:tm|kt|tl|tuq|q)\.[ \t]?(?:uy ban|ubnd|chu tich|giam doc|hieu truong|truong|thu truong"
    r"|tong|cuc|bo |so |ban|chi cuc|chanh)"
)
_SIGNS = tuple(
    (name, needles, late_pattern(pattern, re.MULTILINE))
    for name, needles, pattern in (
        ("Số: …/…", ("/",), _NUMBER),
        ("V/v", ("v/v",), r"(?:^|[\s(\"“])v/v[ :]"),
        ("Kính gửi: Kho bạc", ("kính gửi", "kinh gui", "kính gởi"), _TO_TREASURY),
        ("Nơi nhận", ("nơi nhận", "noi nhan"), rf"{_START}noi nhan[ \t*_]?:"),
        ("TM., KT., TL.", ("tm.", "kt.", "tl.", "q."), _CAPACITY),
        ("Quốc hiệu", ("xã hội chủ nghĩa", "xa hoi chu nghia"), r"cong hoa xa hoi chu nghia viet nam"),
    )
)
"""Each sign with the words without which it cannot stand there, so that most mails are done with at once."""

_FILE = late_pattern(
    rf"^(?:cong[ ]?van|cv|to[ ]?trinh|van[ ]?ban)(?=[ ]?(?:so[ ]?)?\d)|\bcong[ ]?van\b|^congvan"
    rf"|^{_SORTS}[ ](?:so[ ])?\d{{1,5}}\b|^\d{{1,5}}[ ](?:20\d\d[ ])?{_SORTS}\b|\bso[ ]\d{{1,5}}[ ]{_SORTS}\b"
)
_PAPER = late_pattern(r"\.(?:pdf|docx?|odt|jpe?g|png|tiff?)$")
_SEPARATORS = late_pattern(r"[\W_]+")


def official_letter(mail: Mail) -> tuple[Reason, ...]:
    """Say by what a mail is, or carries, an official letter; empty where it is none. Linear in the text."""
    files = [name for name in _files(mail) if name]
    signs = list(_signs(mail))
    if not files and len(signs) < _ENOUGH:
        return ()
    told = ", ".join(f"“{one}”" for one in (*signs, *files)[:_MOST_TOLD])
    return (
        Reason(
            OFFICIAL_LETTER,
            f"Thư là công văn hoặc kèm công văn ({told}): chuyển cả cho văn thư để vào sổ.",
            f"The mail is or carries an official letter ({told}): it goes to the clerical office too.",
        ),
    )


OFFICIAL_LETTER = "official_letter"
"""The code of the reason, and the name of the flag in the stored decision."""


def _signs(mail: Mail) -> Iterator[str]:
    written = f"{mail.subject[:_LONGEST_SUBJECT]}\n{mail.new_text[:_LONGEST_TEXT]}"
    lower = written.lower()
    likely = [(name, pattern) for name, needles, pattern in _SIGNS if any(one in lower for one in needles)]
    if len(likely) < _ENOUGH:
        return
    folded = fold(written)
    for name, pattern in likely:
        if pattern.search(folded):
            yield name


def _files(mail: Mail) -> Iterator[str]:
    for attachment in mail.attachments:
        name = fold(attachment.name[:_LONGEST_NAME])
        ending = _PAPER.search(name)
        if ending and _FILE.search(_SEPARATORS.sub(" ", name[: ending.start()]).strip()):
            yield attachment.name[:_LONGEST_NAME]
