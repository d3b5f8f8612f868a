"""What a report of failed delivery says: whose mailbox, why, and whether another try could help.

The fields of RFC 3464 come first, wherever they stand; then what servers wrote before it (qmail, sendmail,
exim, Exchange, gateways in Vietnamese): the address that a line begins with or names as a recipient.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from triage.core.charset import decode_text
from triage.core.latepattern import late_pattern
from triage.core.mail import Attachment, Mail
from triage.core.mailcards import Delivery
from triage.core.returned import returned_mail, without_returned
from triage.core.text import fold, one_line

MOST_BYTES = 200_000
"""Bytes of a delivery report that are read."""

MOST_RECIPIENTS = 100

_LONGEST_TEXT = 20_000
_FIRST_OF_TEXT = 4_000
_LONGEST_DIAGNOSTIC = 300
_LONGEST_ADDRESS = 254
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})

_FIELD = late_pattern(
    r"(?:^|\n)[ \t>]{0,4}(final-recipient|original-recipient|x-actual-recipient|action|status|"
    r"diagnostic-code|"
    r"remote-mta)[ \t]{0,3}:[ \t]*([^\n]{0,2000}(?:\n[ \t]+[^\n]{0,1000}){0,10})",
    re.IGNORECASE,
)
_ADDRESS = late_pattern(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,190}\w")
_NAMED_LINE = (
    # "<a@b>:" of qmail and Postfix, "a@b" alone in a line, "To: a@b", "Recipient: <a@b>"
    late_pattern(rf"^[ \t>*-]{{0,8}}<({_ADDRESS.pattern})>[ \t]{{0,3}}(?:\.{{3}}|:|\(|$)", re.MULTILINE),
    late_pattern(
        rf"^[ \t>*\"-]{{0,8}}({_ADDRESS.pattern})\"?[ \t]{{0,3}}(?:\.{{3}}|:|[(\[]|on |$)", re.MULTILINE
    ),
    late_pattern(
        rf"(?:rcpt to|recipients?|addresse?e?s?|mailbox|user|người nhận|tới địa chỉ|hộp thư|địa chỉ)"
        rf"[^\n@]{{0,40}}?[:<( ][ \t<(\[\"']{{0,4}}({_ADDRESS.pattern})",
        re.IGNORECASE,
    ),
    # the last resort: a line that begins with an address, then any address that no header of a mail gives
    late_pattern(rf"^[ \t]{{0,8}}<?({_ADDRESS.pattern})", re.MULTILINE),
    late_pattern(
        rf"^(?!(?:from|return-path|message-id|sender|reply-to)\b)[^\n@]{{0,200}}?({_ADDRESS.pattern})",
        re.MULTILINE | re.IGNORECASE,
    ),
)
_DECLARED = late_pattern(r"[245]\.\d{1,2}\.\d{1,3}")
_STATUS = late_pattern(r"(?<![\d.])[45]\.\d{1,2}\.\d{1,3}(?![\d.]*\.?\d)")
_REPLY = late_pattern(r"(?<![\d.@-])([45]\d\d)[ -](?=[\w#<(\[\"'])")
_ORIGINAL_ID = late_pattern(
    r"^x-original-message-id[ \t]*:[ \t]*(<[^\s<>]{1,900}>)", re.IGNORECASE | re.MULTILINE
)
_WILL_TRY = late_pattern(
    r"(?:will|to) (?:keep|continue) (?:on )?(?:trying|to (?:be )?(?:try|attempt))|"
    r"will (?:be )?(?:retry|retried)|delivery attempts will continue|"
    r"warning (?:message )?only|transient (?:non-fatal )?delivery|"
    r"still (?:being )?(?:retried|trying|undelivered)|se (?:tiep tuc )?(?:duoc )?(?:thu|gui) (?:gui )?lai|"
    r"(?:delivery|message) (?:is |has been |was )?(?:delayed|deferred)|"
    r"delivery status notification \(delay\)|you do not need to resend|"
    r"not yet been delivered|has(?: not|n't) been delivered yet|"
    r"tam thoi (?:chua|khong)|dang cho gui lai"
)
"""What servers say, folded, while they go on trying."""
_MEANT = (
    # what servers say without a code, folded, and the code of RFC 3463 that says the same
    (_WILL_TRY, "4.4.7"),
    (
        late_pattern(
            r"host (?:unknown|or domain name not found|not found)|domain (?:unknown|not found|does "
            r"not exist)|unknown (?:host|domain)|unrouteable (?:mail )?domain|no mx or a records|"
            r"couldn't find any host|ten mien khong ton tai|khong tim thay (?:ten mien|may chu)"
        ),
        "5.1.2",
    ),
    (
        late_pattern(
            r"(?:mailbox|inbox|hop thu)[^\n.]{0,40}(?:full|day)\b|over ?quota|quota exceeded|"
            r"exceeded.{0,20}quota|account is full|"
            r"vuot (?:qua )?(?:dung luong|han muc)"
        ),
        "5.2.2",
    ),
    (
        late_pattern(
            r"(?:user|recipient|address) unknown|unknown (?:user|recipient|address)|"
            r"no such (?:user|recipient|address|mailbox)|khong ton tai|"
            r"does(?: not|n't) exist|no mailbox here|not found|couldn't be found|invalid "
            r"(?:recipient|address)|"
            r"recipient (?:address )?rejected|mailbox (?:unavailable|not found)|not listed in|"
            r"n[o']t found at|recipient name is not recognized|unrouteable address|"
            r"(?:doesn't|does not) have an? \S{1,80} account|khong tim thay (?:dia chi|nguoi nhan|hop thu)"
        ),
        "5.1.1",
    ),
    (
        late_pattern(
            r"(?:mailbox|account|hop thu|tai khoan) (?:is |has been |da |dang )?(?:bi )?"
            r"(?:disabled|inactive|suspended|locked|khoa|tam khoa|vo hieu)"
        ),
        "5.2.1",
    ),
    (late_pattern(r"too (?:large|big)|size limit|qua (?:lon|kich thuoc)"), "5.3.4"),
    (
        late_pattern(
            r"timed out|(?:retry )?time(?:out)? exceeded|connection refused|could not connect|been "
            r"in the queue too long"
        ),
        "4.4.1",
    ),
)
_UNDER_WAY = frozenset({"delayed", "relayed", "delivered", "expanded"})
"""Actions of RFC 3464 §2.3.3 after which a server may still deliver, or has done so."""
_NO_STATUS = "5.0.0"
_STATUS_LENGTH = 12


def read_delivery(
    mail: Mail,
    parts: Iterable[tuple[Attachment, Callable[[], bytes]]] = (),
    own_addresses: frozenset[str] = frozenset(),
) -> Delivery:
    """Read a bounce; ``own_addresses`` are lower case and never the mailbox that failed. Never fails."""
    each = tuple(parts)
    returned = returned_mail(each, mail)
    said = mail.text[:_LONGEST_TEXT]
    fields = next((found for text in (*_reports(each), said) if (found := _failed(text))), {})
    diagnostic = _diagnostic(fields, said)
    # Our own words come back below those of the server: "tạm thời không" in them tells of no delay.
    own = without_returned(said)
    status = _status(fields, diagnostic, mail, own)
    lost = _is_lost(fields, status, fold(f"{mail.subject}\n{own[:_FIRST_OF_TEXT]}"))
    return Delivery(
        recipient=_recipient(fields, mail, returned, said, own_addresses)[:_LONGEST_ADDRESS],
        status=status,
        permanent=status.startswith("5") and lost,
        lost=lost,
        diagnostic=diagnostic,
        letter=_letter(each, mail, returned),
    )


def _is_lost(fields: dict[str, str], status: str, said: str) -> bool:
    """Say whether the server has given up: of a delay it tells as well, of a late refusal as a 4.x.x."""
    action = fields.get("action", "").split(" ")[0].lower()
    if action:
        return action not in _UNDER_WAY
    return not (status.startswith("2") or _WILL_TRY.search(said))


def _letter(
    parts: Iterable[tuple[Attachment, Callable[[], bytes]]], mail: Mail, returned: Mail | None
) -> str:
    """Give the Message-ID of what came back: its own, the one that the report names or answers."""
    if returned and returned.message_id:
        return returned.message_id
    named = next((match[1] for text in _reports(parts) if (match := _ORIGINAL_ID.search(text))), "")
    return named or next(iter((*mail.in_reply_to, *reversed(mail.references))), "")


def _reports(parts: Iterable[tuple[Attachment, Callable[[], bytes]]]) -> Iterator[str]:
    for attachment, provide in parts:
        if attachment.type in _REPORTS:
            yield decode_text(provide()[:MOST_BYTES], "utf-8", [])


def _failed(text: str) -> dict[str, str]:
    """Give the fields about the first recipient that failed, else about the first; empty without any.

    The block about one recipient begins with Final- or Original-Recipient, or where a field comes again.
    """
    blocks: list[dict[str, str]] = [{}]
    for match in _FIELD.finditer(text.replace("\r\n", "\n").replace("\r", "\n")):
        name, value = match[1].lower(), one_line(match[2])
        if name in blocks[-1]:
            blocks.append({})
        if len(blocks) > MOST_RECIPIENTS:
            break
        blocks[-1][name] = value
    blocks = [block for block in blocks if block.keys() & {"final-recipient", "original-recipient"}]
    failed = (block for block in blocks if block.get("action", "").lower() == "failed")
    return next(failed, blocks[0] if blocks else {})


def _recipient(
    fields: dict[str, str], mail: Mail, returned: Mail | None, said: str, own_addresses: frozenset[str]
) -> str:
    not_theirs = own_addresses | {mail.sender.address.lower()}
    named = (fields.get(name, "") for name in ("original-recipient", "final-recipient", "x-actual-recipient"))
    listed = (mail.header("X-Failed-Recipients") or "", *named)
    candidates = [
        match.group() for value in listed if (match := _ADDRESS.search(value.partition(";")[2] or value))
    ]
    told = [match[1] for pattern in _NAMED_LINE for match in pattern.finditer(said)]
    sent_to = [one.address for one in (*returned.to, *returned.cc)] if returned else []
    both = [address for address in sent_to if address.lower() in said.lower()]
    declared = [address for address in candidates if address.lower() not in own_addresses]
    others = [address for address in (*both[:1], *told, *sent_to) if address.lower() not in not_theirs]
    return next(iter((*declared, *others)), "")


def _diagnostic(fields: dict[str, str], said: str) -> str:
    told = fields.get("diagnostic-code", "")
    kind, semicolon, rest = told.partition(";")
    told = rest if semicolon and " " not in kind.strip() else told
    if not told.strip():
        line = next((line for line in said.splitlines() if _STATUS.search(line) or _REPLY.search(line)), "")
        told = line or next((line for line in said.splitlines() if _meant(fold(line[:500]))), "")
    return one_line(told)[:_LONGEST_DIAGNOSTIC]


def _status(fields: dict[str, str], diagnostic: str, mail: Mail, said: str) -> str:
    """Give the status of the report; of two, the one of the server that refused says more than "5.0.0"."""
    declared = _DECLARED.search(fields.get("status", ""))
    told = _STATUS.search(diagnostic) or _STATUS.search(said)
    if declared and not declared.group().endswith(".0.0"):
        return declared.group()[:_STATUS_LENGTH]
    if told and (declared is None or told.group()[0] == declared.group()[0]):
        return told.group()[:_STATUS_LENGTH]
    meant = _meant(fold(f"{mail.subject}\n{diagnostic}\n{said[:_FIRST_OF_TEXT]}"))
    if declared:
        return meant if meant[:1] == declared.group()[0] else declared.group()[:_STATUS_LENGTH]
    reply = _REPLY.search(diagnostic) or _REPLY.search(said)
    if reply:
        told_class = reply[1][0]
        # a full mailbox is 5.2.2 or 4.2.2, as the server says; a time-out is never for good
        return f"{told_class}{meant[1:]}" if meant and meant[0] in {told_class, "5"} else f"{told_class}.0.0"
    return meant or _NO_STATUS


def _meant(folded: str) -> str:
    return next((status for pattern, status in _MEANT if pattern.search(folded)), "")
