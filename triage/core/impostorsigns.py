"""What the mail of an impostor, or a report of one, can be compared with others by.

Never what is ours, the state's or the reporter's own. What many people use is told apart from what an
impostor has alone: docs/adr/0022 says what joins a campaign and what never does.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from triage.core.campaigns import Sign, SignSort, Weight
from triage.core.decision import Indicators
from triage.core.indicators import addresses_in, find_indicators
from triage.core.links import find_links
from triage.core.listchecks import own_marks
from triage.core.lookalike import check_address
from triage.core.lookalike.canonical import canonical_host
from triage.core.mail import Address, Mail, Parts
from triage.core.markup import read_markup
from triage.core.namechecks import NameChecks
from triage.core.originals import Original
from triage.core.ownwords import own_words
from triage.core.privacy import mask
from triage.core.protected import Protected
from triage.core.providers import FREE_MAIL
from triage.core.reports import reported
from triage.core.rules import Rulebook
from triage.core.senderlists import exact_address, identities, is_state_host
from triage.core.spelling.folds import shapes, skeleton
from triage.core.text import one_line
from triage.core.wordprints import Print, print_of

MOST_SIGNS = 40
"""Signs of one mail that are kept, those of its sender first."""

LONGEST_SIGN = 320

LONGEST_WORDING = 1_500
"""Characters of an impostor's text that are kept to be shown, secrets hidden."""

# Where anybody has a page, a file, a group or an account.
_PLACES = """
    google.com google.com.vn gmail.com youtube.com youtu.be goo.gl gstatic.com googleapis.com withgoogle.com
    microsoft.com office.com office365.com live.com sharepoint.com onedrive.com outlook.com windows.net
    azurewebsites.net skype.com apple.com icloud.com facebook.com fb.com fb.me m.me messenger.com zalo.me
    zaloapp.com zalo.vn viber.com telegram.org telegram.me t.me whatsapp.com wa.me tiktok.com twitter.com
    x.com linkedin.com instagram.com dropbox.com mediafire.com mega.nz fshare.vn github.com gitlab.com
    wikipedia.org yahoo.com amazonaws.com cloudfront.net cloudflare.com zoom.us aka.ms w3.org adobe.com
    canva.com
"""
# Programs for remote access and for signing, banks, papers: every unit may speak of them.
_HOUSES = """
    ultraviewer.net teamviewer.com anydesk.com vnpt-ca.vn viettel-ca.vn viettel.vn viettel.com.vn vnpt.vn
    vnpt.com.vn bkav.com bkav.com.vn fpt.com.vn fpt.vn misa.vn misa.com.vn vietcombank.com.vn vietinbank.vn
    bidv.com.vn agribank.com.vn techcombank.com mbbank.com.vn vpbank.com.vn acb.com.vn sacombank.com
    sacombank.com.vn tpb.vn tpbank.vn shb.com.vn hdbank.com.vn lpbank.com.vn napas.com.vn
    thuvienphapluat.vn luatvietnam.vn vnexpress.net tuoitre.vn thanhnien.vn dantri.com.vn vietnamnet.vn
    baochinhphu.vn chinhphu.vn
"""
WELL_KNOWN = frozenset((_PLACES + _HOUSES).split())
"""Registered names that many people's pages stand below: such a name tells nothing of an impostor."""

_SERVICE_NUMBER = re.compile(r"1[89]00\d+|02\d+")
"""Numbers of companies and offices (1800, 1900, landlines): a bank's hotline stands in many a mail."""

_TO = re.compile(r"[\s>*_]{0,10}(?:to|cc|tới|đến|người nhận)[\s*_]{0,5}[:：]", re.IGNORECASE)
_LONGEST_READ = 100_000
_NO_LETTER = re.compile(r"[^a-z]+")
_FEWEST_LETTERS = 4
_SHORTEST_SHAPE = 4


@dataclass(frozen=True, slots=True)
class Telling:
    """What one mail tells of an impostor: his signs, his wording, and the names that he goes by.

    ``names`` and ``wording`` are for people to look at; secrets in them are hidden.
    """

    signs: tuple[Sign, ...]
    words: Print
    names: tuple[str, ...]
    wording: str


def told_by_impostor(mail: Mail, rules: Rulebook) -> Telling:
    """Read a mail that an impostor wrote himself. Never fails."""
    senders = tuple(one for one in identities(mail) if _is_foreign(one.address, rules))
    said = own_words(mail.new_text or mail.text).own
    known = own_marks(rules) | {one.address.lower() for one in (*mail.to, *mail.cc)}
    found = find_indicators(f"{mail.sender.name}\n{mail.subject}\n{said}", known)
    linked = (sign for host in _linked(mail, rules) for sign in _of_host(host, rules))
    signs = (*_of_senders(senders, rules), *_of_indicators(found, rules, named=False), *linked)
    return _telling(signs, said, [mail.sender.name, *(one.name for one in senders)])


def told_by_report(mail: Mail, rules: Rulebook, parts: Parts = ()) -> Telling:
    """Read a report of an impostor: what it names of him, and his words where it carries them."""
    found, originals = reported(mail, rules, parts)
    others = _recipients(mail.text)
    found = replace(found, addresses=tuple(one for one in found.addresses if one not in others))
    senders = tuple(
        one.sender
        for one in originals
        if _is_foreign(one.sender.address, rules) and one.sender.address.lower() in found.addresses
    )
    signs = (*_of_senders(senders, rules), *_of_indicators(found, rules, named=True))
    return _telling(signs, _carried(originals), [one.name for one in senders])


def lightened(signs: Iterable[Sign], common: frozenset[str]) -> tuple[Sign, ...]:
    """Give the signs with those as ``SHARED`` that stand in mails of people who are no impostors."""
    return tuple(
        Sign(sign.sort, sign.value, Weight.SHARED) if sign.value in common else sign for sign in signs
    )


def _telling(signs: Iterable[Sign], wording: str, names: Iterable[str]) -> Telling:
    by_key = {sign.key: sign for sign in reversed([one for one in signs if len(one.value) <= LONGEST_SIGN])}
    shown = dict.fromkeys(one_line(mask(name))[:200] for name in names if name.strip())
    return Telling(
        tuple(reversed(by_key.values()))[:MOST_SIGNS],
        print_of(wording),
        tuple(shown),
        mask(wording.strip())[:LONGEST_WORDING],
    )


def _linked(mail: Mail, rules: Rulebook) -> Iterator[str]:
    """Give the hosts that the HTML of a mail leads to, which its text need not show."""
    if mail.html:
        for link in find_links("", "", read_markup(mail.html), rules.trust.content):
            if link.own and link.target.is_web and link.target.ip is None:
                yield link.host


def _recipients(text: str) -> frozenset[str]:
    """Give whom a forwarded mail went to besides: they were hit as the reporter was."""
    lines = (line for line in text[:_LONGEST_READ].splitlines() if _TO.match(line))
    return frozenset(addresses_in("\n".join(lines)))


def _carried(originals: Iterable[Original]) -> str:
    """Give the impostor's words: those of a whole mail, else of the first that is quoted."""
    some = sorted(originals, key=lambda one: not one.attached)
    return some[0].text if some else ""


def _is_foreign(address: str, rules: Rulebook) -> bool:
    host = address.rpartition("@")[2].lower()
    ours = rules.office.addresses | rules.office.misprints
    return bool(host) and address.lower() not in ours and not rules.trust.names.official(host)


def _of_senders(senders: Iterable[Address], rules: Rulebook) -> Iterator[Sign]:
    for who in senders:
        yield from _of_address(who.address, rules.trust.names)
        claimed = check_address(who.name, who.address, rules.trust.protected)
        if claimed and (persona := _persona(who, rules.trust.protected)):
            yield Sign(SignSort.PERSONA, persona, Weight.OWN)
        host = who.address.rpartition("@")[2].lower()
        yield from _shape(host, rules.trust.names)


def _of_indicators(found: Indicators, rules: Rulebook, *, named: bool) -> Iterator[Sign]:
    """Give what a text names. ``named`` tells that it was named as the impostor's, by whoever reports him."""
    names = rules.trust.names
    for address in found.addresses:
        if _is_foreign(address, rules):
            # An impostor may name a victim's address too; what a report names was looked through before.
            yield from _of_address(address, names) if named else _of_named_address(address, names)
    for number in (*found.phones, *(one for one in found.zalo if one.isdigit())):
        weight = Weight.SHARED if _SERVICE_NUMBER.match(number) else Weight.STRONG
        yield Sign(SignSort.PHONE, number, weight)
    yield from (Sign(SignSort.ZALO, one) for one in found.zalo if not one.isdigit())
    yield from (Sign(SignSort.ACCOUNT, one) for one in found.accounts)
    for host in found.hosts:
        yield from _of_host(host, rules)


def _of_address(address: str, names: NameChecks) -> Iterator[Sign]:
    exact = exact_address(address)
    host = exact.rpartition("@")[2]
    yield Sign(SignSort.ADDRESS, exact)
    if host in FREE_MAIL:
        yield Sign(SignSort.PROVIDER, host, Weight.SHARED)
    else:
        yield from _of_domain(host, names)


def _of_named_address(address: str, names: NameChecks) -> Iterator[Sign]:
    exact = exact_address(address)
    yield Sign(SignSort.ADDRESS, exact)
    host = exact.rpartition("@")[2]
    if host not in FREE_MAIL and names.domain(host):
        yield from _of_domain(host, names)


def _of_host(host: str, rules: Rulebook) -> Iterator[Sign]:
    links = rules.trust.content.links
    shared = links.shorteners | links.free_hosts | links.reference_hosts
    names = rules.trust.names
    if names.official(host) or not names.listed(host) or names.registrable(host) in shared | {host} & shared:
        return
    yield from _of_domain(host, names)
    yield from _shape(host, names)


def _of_domain(host: str, names: NameChecks) -> Iterator[Sign]:
    domain = canonical_host(names.registrable(host)).shown
    if domain not in WELL_KNOWN | FREE_MAIL and not is_state_host(domain):
        yield Sign(SignSort.DOMAIN, domain)


def _shape(host: str, names: NameChecks) -> Iterator[Sign]:
    """Give what an imitation looks like, so that vst-gov.vn and vst-g0v.com come near each other."""
    if host in FREE_MAIL or not names.domain(host):
        return
    label = canonical_host(names.registrable(host)).seen.partition(".")[0]
    drawn = _NO_LETTER.sub("", shapes(label))
    if len(drawn) >= _SHORTEST_SHAPE:
        yield Sign(SignSort.SHAPE, drawn, Weight.OWN)


def _persona(who: Address, protected: Protected) -> str:
    """Give the name that somebody goes by, and his local part as it looks without digits and dots.

    A local part of nothing but our names and words of support is every impostor's; it makes nobody known.
    """
    name = _NO_LETTER.sub(" ", skeleton(who.name[:200])).strip()
    local = _NO_LETTER.sub("", skeleton(who.address.rpartition("@")[0][:64]).rstrip("0123456789"))
    own = sum(len(token.text) for token in protected.cut(local, frozenset()) if not token.kind)
    return f"{name} | {local}" if name and own >= _FEWEST_LETTERS else ""
