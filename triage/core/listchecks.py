"""What lists of senders and earlier dealings change about the judgement of a mail.

Trust is given to one spelling: an entry or an answered request speaks for exactly its own address or domain,
so that a lookalike of it inherits nothing.
"""

from collections.abc import Iterator

from triage.core.content import ContentFacts, read_content
from triage.core.decision import Finding, Severity
from triage.core.facts import Facts
from triage.core.lookalike import check_address
from triage.core.mail import Address, Mail
from triage.core.protected import Protected
from triage.core.rules import Rulebook
from triage.core.senderlists import (
    EntryKind,
    ListedSender,
    ListSort,
    exact_address,
    identities,
    marks_of,
    text_marks,
)

_GRAVE = frozenset({Severity.HIGH, Severity.CRITICAL})


def excuse_names(
    names: tuple[Finding, ...],
    mail: Mail,
    facts: Facts,
    protected: Protected,
    *,
    authenticated: bool | None,
) -> tuple[Finding, ...]:
    """Weigh findings about names again for a sender who is allowed or whom we have answered before.

    Only what the one From address itself gives rise to is excused, nothing that a second identity of the mail
    shows, and nothing grave. Links, attachments and content are not asked here at all.
    """
    if len(mail.senders) != 1 or protected.belongs(mail.sender.domain, protected.hosts.ours):
        return names
    allowed = _allowed(mail.sender, facts.listed)
    if allowed is None:
        return _known(names, mail, protected) if facts.known_sender and authenticated else names
    if authenticated is False:
        return (*names, _not_proven(allowed))
    own = _of_sender(mail, protected, allowed, authenticated=authenticated)
    excused = tuple(one.at_most(Severity.INFO) if one in own else one for one in names)
    return (*excused, _allows(allowed))


def listed_findings(mail: Mail, facts: Facts, rules: Rulebook) -> tuple[Finding, ...]:
    """Give what block list and watch list say of a mail: of its header, and of what its text names."""
    against = tuple(one for one in facts.listed if one.sort is not ListSort.ALLOW)
    if not against:
        return ()
    own = own_marks(rules)
    registrable = rules.trust.names.registrable
    header = frozenset(marks_of(mail, own, registrable).header)
    content = read_content(mail, rules.trust.content, rules.trust.names, content_facts(rules))
    said = frozenset(text_marks(f"{mail.subject}\n{content.words.own}", own, registrable))
    weight = _weight_of_words(excused=content.excused, demands=bool(content.direction.demands))

    def judged() -> Iterator[Finding]:
        for one in against:
            if one.entry.text in header:
                yield _listed(one, Severity.HIGH)
            elif one.entry.text in said:
                yield _named(one, weight)
            else:
                yield _named(one, Severity.INFO)

    return tuple(judged())


def content_facts(rules: Rulebook) -> ContentFacts:
    """Give what the checks of content must know: what is ours."""
    return ContentFacts(
        addresses=rules.office.addresses,
        phones=frozenset({rules.office.switchboard}),
        misprints=rules.office.misprints,
    )


def own_marks(rules: Rulebook) -> frozenset[str]:
    """Give the marks that are ours and therefore nobody's: our addresses and the switchboard."""
    return rules.office.addresses | rules.office.misprints | {rules.office.switchboard}


def _weight_of_words(*, excused: bool, demands: bool) -> Severity:
    """Weigh that a sender names what is listed: whoever reports an impostor quotes him."""
    if excused:
        return Severity.INFO
    return Severity.HIGH if demands else Severity.MEDIUM


def _allowed(sender: Address, listed: tuple[ListedSender, ...]) -> ListedSender | None:
    address = exact_address(sender.address)
    wanted = {EntryKind.ADDRESS: address, EntryKind.DOMAIN: address.rpartition("@")[2]}
    return next(
        (
            one
            for one in listed
            if one.sort is ListSort.ALLOW and one.entry.text == wanted.get(one.entry.kind)
        ),
        None,
    )


def _of_sender(
    mail: Mail, protected: Protected, allowed: ListedSender, *, authenticated: bool | None
) -> frozenset[Finding]:
    """Give the light findings that come from the allowed sender and from no other identity."""
    sender = mail.sender
    own = check_address(sender.name, sender.address, protected, authenticated=authenticated)
    others = (one for one in identities(mail) if not _covers(allowed, one))
    foreign = {finding for one in others for finding in check_address(one.name, one.address, protected)}
    return frozenset(one for one in own if one.severity not in _GRAVE and one not in foreign)


def _covers(allowed: ListedSender, who: Address) -> bool:
    return _allowed(who, (allowed,)) is not None


def _known(names: tuple[Finding, ...], mail: Mail, protected: Protected) -> tuple[Finding, ...]:
    """Lower what the address alone shows; a new display name or Reply-To was never answered."""
    address = mail.sender.address
    lighter = {
        one
        for one in check_address("", address, protected, authenticated=True)
        if one.severity is Severity.MEDIUM
    }
    if not lighter.intersection(names):
        return names
    weighed = tuple(one.at_most(Severity.LOW) if one in lighter else one for one in names)
    return (*weighed, _answered_before(address))


def _answered_before(address: str) -> Finding:
    return Finding(
        "KNOWN_SENDER",
        Severity.INFO,
        None,
        address,
        f"Đã từng trả lời đúng địa chỉ {address} và lần này thư được xác thực, nên dấu hiệu ở tên địa chỉ "
        "được xem nhẹ hơn.",
        f"{address} itself was answered before and is authenticated now, so what its name shows weighs less.",
    )


def _allows(one: ListedSender) -> Finding:
    return Finding(
        "LISTED_ALLOWED",
        Severity.INFO,
        None,
        one.entry.text,
        f"{one.entry.text} nằm trong danh sách cho phép: {one.reason}.",
        f"{one.entry.text} is on the allow list: {one.reason}.",
    )


def _not_proven(one: ListedSender) -> Finding:
    return Finding(
        "LISTED_ALLOWED_UNPROVEN",
        Severity.INFO,
        None,
        one.entry.text,
        f"{one.entry.text} nằm trong danh sách cho phép, nhưng máy chủ cửa ngõ không xác nhận thư này gửi từ "
        "đó nên không áp dụng.",
        f"{one.entry.text} is on the allow list, but our gateway could not confirm that the mail came from "
        "there, so the entry was not used.",
    )


def _listed(one: ListedSender, severity: Severity) -> Finding:
    vi, en = "Thư gửi từ hoặc xin trả lời về", "The mail comes from, or wants its answer at,"
    return _found(one, severity, vi, en)


def _named(one: ListedSender, severity: Severity) -> Finding:
    return _found(one, severity, "Thư nêu", "The mail names")


def _found(one: ListedSender, severity: Severity, vi: str, en: str) -> Finding:
    check, list_vi, list_en = _AGAINST[one.sort]
    entry = one.entry.text
    return Finding(
        check,
        severity,
        None,
        entry,
        f"{vi} {entry}, có trong {list_vi}: {one.reason}.",
        f"{en} {entry}, which is on the {list_en}: {one.reason}.",
    )


_AGAINST = {
    ListSort.BLOCK: ("LISTED_BLOCKED", "danh sách chặn", "block list"),
    ListSort.WATCH: ("ON_WATCH_LIST", "danh sách theo dõi", "watch list"),
}
