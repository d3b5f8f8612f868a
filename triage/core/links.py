"""The links of a mail, of its HTML and of its text, read as a browser reads them.

A known redirector is looked through: what counts is the page that opens.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from triage.core.contentrules import ContentRules
from triage.core.markup import Markup
from triage.core.namechecks import NameChecks
from triage.core.text import head_and_tail, without_unseen
from triage.core.webaddress import WebAddress, read_url, unwrap

MAX_LINKS = 500
"""Different links of one mail that are judged."""

MAX_TEXT = 200_000
"""Characters of plain text that are searched for links, the last quarter from its end."""

_BASE = "https://relative.invalid/"
_IN_TEXT = re.compile(
    r"(?:https?|ftp|hxxps?):[/\\]{1,3}[^\s<>\"'“”]{1,2000}|(?<![\w./:@-])(?:www\.|//(?=[\w-]+\.))[^\s<>\"'“”]{1,2000}",
    re.IGNORECASE,
)
_HOST_IN_TEXT = re.compile(
    r"(?<![\w@./:\\-])((?:[\w-]{1,63}[.。．｡])+[^\W\d_][\w-]{1,62})(?![\w@])((?:[:/][^\s<>\"'“”]{0,500})?)"
)
_MAY_BE_LINK = re.compile(r"[wW:/][wW/\\]")
_MAY_BE_HOST = re.compile(r"[.。．｡][^\W\d_]")
"""Stands in every text with a link, or with a host: most texts have neither, which these tell fast."""

_TRAILING = ".,;:!?)]}>…'\""
_DEFANGED = re.compile(r"hxxp|\[\.\]|\(\.\)|\[dot\]|\(dot\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """One link: as written, what is shown for it (empty for one in plain text), where it really leads.

    ``own`` is False for one in quoted or forwarded words.
    """

    written: str
    shown: str
    target: WebAddress
    own: bool

    @property
    def host(self) -> str:
        """The host that a browser would go to; empty for mailto and the like."""
        return self.target.host


def find_links(text: str, carried: str, markup: Markup | None, rules: ContentRules) -> tuple[Link, ...]:
    """Give every different link of the sender's own text, of what he passes on, and of the HTML part."""
    found: dict[tuple[str, str], Link] = {}
    for link in _all(text, carried, markup):
        real = replace(link, target=unwrap(link.target, rules.links.redirectors))
        key = (real.written, real.shown)
        if key not in found and len(found) < MAX_LINKS:
            found[key] = real
    return tuple(found.values())


def _all(text: str, carried: str, markup: Markup | None) -> Iterator[Link]:
    if markup is not None:
        base = _base(markup)
        for anchor in markup.anchors:
            target = read_url(anchor.href, base)
            if target is not None and target.host != _HOST_OF_NOTHING:
                yield Link(anchor.href[:500], anchor.text, target, anchor.offset < markup.quote_at)
        for form in markup.forms:
            target = read_url(form.action, base) if form.action else None
            if target is not None and target.is_web and target.host != _HOST_OF_NOTHING:
                yield Link(form.action[:500], "", target, own=True)
        refresh = read_url(markup.refresh, base) if markup.refresh else None
        if refresh is not None and refresh.host != _HOST_OF_NOTHING:
            yield Link(markup.refresh[:500], "", refresh, own=True)
    for words, own in ((text, True), (carried, False)):
        for written in urls_in(words):
            target = read_url(written, _BASE)
            if target is not None and target.host != _HOST_OF_NOTHING:
                yield Link(written, "", target, own)


_HOST_OF_NOTHING = "relative.invalid"


def _base(markup: Markup) -> str:
    base = read_url(markup.base, _BASE) if markup.base else None
    return _BASE if base is None or not base.is_web else f"{base.scheme}://{base.host}/"


def urls_in(text: str) -> tuple[str, ...]:
    """Give the addresses in a text, without the marks of the sentence around; defanged ones are no links."""
    plain = without_unseen(head_and_tail(text, MAX_TEXT))
    if not _MAY_BE_LINK.search(plain):
        return ()
    found = (match.group().partition("](")[0].rstrip(_TRAILING) for match in _IN_TEXT.finditer(plain))
    whole = (url for url in found if not _DEFANGED.search(url))
    return tuple(dict.fromkeys("https://" + url if url.lower().startswith("www.") else url for url in whole))


def hosts_in(text: str, names: NameChecks) -> tuple[str, ...]:
    """Give what a reader takes for hosts, though no scheme stands before: "truy cập vst-gov.vn/dangnhap"."""
    plain = without_unseen(head_and_tail(text, MAX_TEXT))
    matches = _HOST_IN_TEXT.finditer(plain if _MAY_BE_HOST.search(plain) else "")
    hosts = (_plain_host(match.group(1)) for match in matches)
    return tuple(dict.fromkeys(host for host in hosts if host and names.listed(host)))[:MAX_LINKS]


def _plain_host(written: str) -> str:
    address = read_url("https://" + written)
    return address.host if address is not None and address.ip is None else ""
