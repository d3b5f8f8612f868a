"""Who wrote a request and how to reach him: what labels, the signature and the header of a mail say."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from triage.core.contactcard import Contact
from triage.core.indicators import addresses_in
from triage.core.mail import Mail
from triage.core.persons import job_in, person_in
from triage.core.phones import MAX_TEXT, Phone, find_phones
from triage.core.rules import Office
from triage.core.signature import signature_of
from triage.core.text import fold, one_line
from triage.core.treasuries import TreasuryDirectory
from triage.core.unitnames import unit_in_sentence, unit_of_line, without_contact

MOST_LINES = 400
"""Lines that are searched for labels."""

_LONGEST_VALUE = 120
_MOST_ADDRESSES = 5
_LINES_ABOVE = 4

_LABEL = re.compile(r"[ \t*•·+_-]{0,6}([^\W\d_][^:=\n]{0,40}?)[ \t*_]{0,4}[:=：][ \t*_]{0,4}(\S.{0,300})")
_CLAUSE = re.compile(r"[.;!?,][ ]")
_SEVEN_DIGITS = re.compile(r"\d{7}(?!\d|[.,]\d)(?<!\d{8})(?<![.,]\d{7})")
_LOOK_BACK = 60
_UNIT_DIGITS = "123789"
"""First digits of the codes of units (1–3) and projects (7–9)."""

_BUDGET_WORD = re.compile(
    r"(?<!\w)(?:(?:ma|ms)?[ .]*(?:so[ ]*)?(?:dv|don vi)?[ .]*(?:co[ ]+)?"
    r"(?:quan he(?: voi)?[ ]+ngan sach|qhns|qhnsnn|dvqhns|sdns|dvsdns|msdvqhns|msdv)(?:[ ]+nha nuoc)?"
    r"|ma(?: so)? don vi|ma dv|ma du an)(?: (?:la|so|cua (?:don vi|em|truong)))?[ ]{0,2}[:=.(-]{0,2}[ ]{0,2}$"
)
_UNIT_WORD = re.compile(r"(?<!\w)(?:don vi|dv|truong)[ ]{0,2}[:(-]?[ ]{0,2}$")

_NAME_LABELS = frozenset(
    {
        *(
            "ho ten",
            "ho va ten",
            "ten",
            "nguoi lien he",
            "lien he",
            "can bo lien he",
            "nguoi gui",
            "nguoi lap",
        ),
        *(
            "ten nguoi lien he",
            "can bo phu trach",
            "dau moi",
            "nguoi phu trach",
            "contact",
            "name",
            "full name",
        ),
        *(
            "ten lien he",
            "ho ten nguoi gui",
            "ho va ten nguoi gui",
            "can bo",
            "nguoi yeu cau",
            "thong tin lien he",
        ),
        *("ke toan", "ke toan truong", "chu tai khoan"),
    }
)
_UNIT_LABELS = frozenset(
    {
        *(
            "don vi",
            "ten don vi",
            "co quan",
            "ten co quan",
            "don vi cong tac",
            "don vi su dung ngan sach",
            "unit",
        ),
        *("noi cong tac", "truong", "ten truong", "organization", "don vi yeu cau", "co quan cong tac"),
    }
)


def contact_of(mail: Mail, office: Office, directory: TreasuryDirectory) -> Contact:
    """Read the contact details of a mail's writer. Never fails; linear in the text."""
    text = mail.new_text[:MAX_TEXT]
    signature = signature_of(text)
    lines = [line.strip() for line in text.splitlines()[:MOST_LINES]]
    labels = dict(_labelled(lines))
    ends = _last_lines(signature, lines)
    header = one_line(mail.sender.name)[:_LONGEST_VALUE]
    return Contact(
        name=_name(labels, ends, header),
        unit=without_contact(_unit(labels, ends, lines, header)),
        budget_code=_budget_code(f"{mail.subject[: 2 * _LONGEST_VALUE]}\n{text}"),
        treasury=_treasury(signature, directory),
        phones=_phones(mail, text, _own_numbers(office)),
        job=job_in((*ends, *lines[-8:])),
        addresses=_addresses(mail, signature, office),
    )


def _last_lines(signature: str, lines: list[str]) -> list[str]:
    """Give the lines of the signature and, behind them, those right above: a name often stands there."""
    block = [line.strip() for line in signature.splitlines() if line.strip()]
    written = [line for line in lines if line]
    above = written[: len(written) - len(block)] if block else written
    return block + above[-_LINES_ABOVE:][::-1]


def _phones(mail: Mail, text: str, ours: frozenset[str]) -> tuple[Phone, ...]:
    """Read the writer's own text; where that names no number, all that is not quoted by ``>``."""
    found = find_phones(text, ours)
    if found or len(mail.text) == len(mail.new_text):
        return found
    lines = mail.text[:MAX_TEXT].splitlines()
    return find_phones("\n".join(line for line in lines if not line.lstrip().startswith(">")), ours)


@lru_cache(maxsize=8)
def _own_numbers(office: Office) -> frozenset[str]:
    return frozenset({"".join(filter(str.isdigit, office.switchboard))})


def _labelled(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give labels, folded, with what stands behind them; the last of equal ones counts."""
    for line in lines:
        match = _LABEL.match(line[: _LONGEST_VALUE * 4])
        if match:
            yield _CLAUSE.split(one_line(fold(match[1])))[-1].strip(" .*-_"), match[2].strip()


def _name(labels: dict[str, str], ends: list[str], header: str) -> str:
    written = (value for label, value in labels.items() if label in _NAME_LABELS)
    candidates = (
        *(person_in(value, labelled=True) for value in written),
        *(person_in(line) for line in ends),
    )
    return next((name for name in candidates if name), "") or person_in(header)


def _unit(labels: dict[str, str], ends: list[str], lines: list[str], header: str) -> str:
    written = (value for label, value in labels.items() if label in _UNIT_LABELS)
    named = next((one_line(value)[:_LONGEST_VALUE] for value in written if any(map(str.isalpha, value))), "")
    if named:
        return re.split(
            r"\s*[;|]\s*|\s+[-–]\s+(?=(?i:mã|ms|sđt|đt|địa chỉ))|,\s*(?=(?i:mã|sđt|đt|địa chỉ))", named
        )[0].strip(" .,")
    found = (*map(unit_of_line, ends), unit_of_line(header), *map(unit_of_line, reversed(lines[-6:])))
    return next((unit for unit in found if unit), "") or unit_in_sentence(" ".join(lines)[:MAX_TEXT])


def _budget_code(text: str) -> str:
    """Give the first seven digits that words before them call the code of a unit."""
    weak = ""
    for match in _SEVEN_DIGITS.finditer(text):
        before = fold(text[max(0, match.start() - _LOOK_BACK) : match.start()])
        if _BUDGET_WORD.search(before):
            return match.group()
        if not weak and _UNIT_WORD.search(before) and match.group()[0] in _UNIT_DIGITS:
            weak = match.group()
    return weak


def _treasury(signature: str, directory: TreasuryDirectory) -> str:
    folded = fold(signature)
    if "kbnn" not in folded and "kho bac" not in folded:
        return ""
    named = (mention for mention in directory.province_mentions(signature) if mention.as_treasury)
    return next((mention.treasury.full_name for mention in named), "")


def _addresses(mail: Mail, signature: str, office: Office) -> tuple[str, ...]:
    known = {mail.sender.address.lower()} | office.addresses | office.misprints
    found = addresses_in(signature) if "@" in signature else ()
    return tuple(address for address in found if address not in known)[:_MOST_ADDRESSES]
