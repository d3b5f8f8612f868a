"""What is wrong with where a link leads: one small check a trick, all of one shape, in one table."""

import re
import unicodedata
from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_network
from urllib.parse import unquote

from triage.core.contentrules import ContentRules
from triage.core.decision import Finding, Severity
from triage.core.links import Link, hosts_in, urls_in
from triage.core.markup import Form
from triage.core.namechecks import NameChecks
from triage.core.webaddress import WebAddress, parameters, parents, read_url

_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")


def link_findings(links: tuple[Link, ...], names: NameChecks, rules: ContentRules) -> tuple[Finding, ...]:
    """Judge links one by one; findings of the same kind about the same host are given once."""
    found: dict[tuple[str, str], Finding] = {}
    for link in links:
        for finding in _judge(link, names, rules):
            shown = finding if link.own else lowered(finding)
            key = (finding.check, link.host or finding.evidence)
            if key not in found or found[key].severity.rank < shown.severity.rank:
                found[key] = shown
    return tuple(found.values())


def lowered(finding: Finding) -> Finding:
    """Give the same finding as no more than low: it stands in what the sender passes on or tells about."""
    return finding.at_most(Severity.LOW)


def _judge(link: Link, names: NameChecks, rules: ContentRules) -> Iterator[Finding]:
    if names.official(link.host) and not link.target.userinfo:
        yield from _mismatch(link, names)
        yield from _backslash(link, names, rules)
        return
    for check in _CHECKS:
        yield from check(link, names, rules)


def _lookalike(link: Link, names: NameChecks, _: ContentRules) -> Iterator[Finding]:
    found = names.domain(link.host) if link.target.is_web and link.target.ip is None else ()
    for finding in sorted(found, key=lambda one: one.severity.rank, reverse=True)[:1]:
        name = finding.resembles or "?"
        vi = f"Liên kết dẫn tới {link.host}, giống {name} nhưng không phải. {finding.why}"
        en = f"A link leads to {link.host}, which looks like {name} and is not. {finding.why_en}"
        yield Finding("LINK_LOOKALIKE", finding.severity, finding.resembles, link.host, vi, en)


def _mismatch(link: Link, names: NameChecks, _: ContentRules | None = None) -> Iterator[Finding]:
    """Compare what a link shows with where it leads: addresses whole, hosts by what was registered."""
    if link.target.scheme == "mailto":
        yield from _mail_mismatch(link, names)
        return
    shown = _shown_host(link.shown, names)
    if not shown or not link.host or names.registrable(shown) == names.registrable(link.host):
        return
    claims = names.official(shown) or bool(names.domain(shown))
    # The whole of what is shown stands in front of a stranger's domain: nobody does that by accident.
    posed = link.host.startswith(f"{shown}.")
    milder = Severity.MEDIUM if posed else Severity.LOW
    severity = Severity.HIGH if claims and not names.official(link.host) else milder
    vi = f"Chữ hiện ra là {shown} nhưng liên kết dẫn tới {link.host}."
    en = f"The text shows {shown} but the link leads to {link.host}."
    yield Finding("LINK_TEXT_MISMATCH", severity, shown if claims else None, link.host, vi, en)


def _mail_mismatch(link: Link, names: NameChecks) -> Iterator[Finding]:
    target = unquote(link.target.path).lower()
    for finding in names.address(target)[:1]:
        vi = f"Liên kết gửi thư tới {target}. {finding.why}"
        en = f"A link writes to {target}. {finding.why_en}"
        yield Finding("LINK_LOOKALIKE", finding.severity, finding.resembles, target, vi, en)
    shown = _ADDRESS.search(link.shown)
    if shown and target and shown.group().lower() != target:
        claims = names.official(shown.group().lower().rpartition("@")[2])
        official = names.official(target.rpartition("@")[2])
        severity = Severity.HIGH if claims and not official else Severity.LOW
        vi = f"Chữ hiện ra là {shown.group()} nhưng thư sẽ gửi tới {target}."
        en = f"The text shows {shown.group()} but the mail would go to {target}."
        yield Finding("LINK_TEXT_MISMATCH", severity, shown.group() if claims else None, target, vi, en)


def _shown_host(shown: str, names: NameChecks) -> str:
    """Give the host that the text of a link names; empty where it is plain words."""
    for written in urls_in(shown)[:1]:
        address = read_url(written)
        return address.host if address is not None else ""
    return next(iter(hosts_in(shown, names)), "")


def _ip_host(link: Link, _: NameChecks, rules: ContentRules) -> Iterator[Finding]:
    ip = link.target.ip
    if ip is None or not link.target.is_web:
        return
    hidden = bool(link.shown) and str(ip) not in link.shown
    asks = bool(_path_words(link.target) & rules.links.login_words)
    grave = link.target.disguised_ip or ((hidden or asks) and not _is_inside(ip)) or (hidden and asks)
    vi = f"Liên kết dẫn tới địa chỉ số {ip} thay vì một tên miền."
    en = f"A link leads to the number {ip} instead of a name."
    yield Finding(
        "LINK_IP_HOST", Severity.MEDIUM if grave else Severity.LOW, None, link.written[:200], vi, en
    )


def _is_inside(ip: IPv4Address | IPv6Address) -> bool:
    """Whether a number belongs to somebody's own network; pages there are honest, if out of our reach."""
    return any(ip.version == net.version and ip in net for net in _INSIDE)


_INSIDE = tuple(
    map(
        ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "fc00::/7",
            "fe80::/10",
            "::1/128",
        ),
    )
)


def _userinfo(link: Link, names: NameChecks, _: ContentRules) -> Iterator[Finding]:
    user = link.target.userinfo.partition(":")[0].lower()
    if not user or not link.target.is_web:
        return
    claims = names.official(user) or (names.listed(user) and bool(names.domain(user)))
    severity = Severity.HIGH if claims else Severity.MEDIUM if "." in user else Severity.LOW
    vi = f"Phần “{user}” trước dấu @ chỉ để đánh lừa; liên kết dẫn tới {link.host}."
    en = f"The part “{user}” before the @ only deceives; the link leads to {link.host}."
    yield Finding("LINK_USERINFO", severity, user if claims else None, link.written[:200], vi, en)


def _scheme(link: Link, _: NameChecks, rules: ContentRules) -> Iterator[Finding]:
    if link.target.scheme in rules.links.dangerous_schemes:
        vi = f"Liên kết kiểu “{link.target.scheme}:” chạy lệnh hoặc mở tệp thay vì mở trang web."
        en = f"A link of the kind “{link.target.scheme}:” runs or opens something instead of a page."
        yield Finding("LINK_SCRIPT", Severity.MEDIUM, None, link.written[:80], vi, en)


def _shortener(link: Link, names: NameChecks, rules: ContentRules) -> Iterator[Finding]:
    if not any(host in rules.links.shorteners for host in parents(link.host)):
        return
    severity = Severity.MEDIUM if _names_us(link.target.path, names) else Severity.LOW
    vi = f"Liên kết rút gọn {link.host} giấu nơi thật sự dẫn tới."
    en = f"The short link on {link.host} hides where it leads."
    yield Finding("LINK_SHORTENER", severity, None, link.written[:200], vi, en)


def _free_host(link: Link, names: NameChecks, rules: ContentRules) -> Iterator[Finding]:
    if any(host in rules.links.free_hosts for host in parents(link.host)) and _names_us(
        link.target.path, names
    ):
        vi = f"Trang miễn phí {link.host} mà ai cũng lập được, trong đường dẫn lại mang tên cơ quan."
        en = f"A page on {link.host}, where anybody can put one up, carries our name in its path."
        yield Finding("LINK_FREE_HOST", Severity.MEDIUM, None, link.written[:200], vi, en)


def _names_us(path: str, names: NameChecks) -> bool:
    """Whether a part of a path would count as an imitation if it were a domain: "3kbnnvn", "kbnn-hotro"."""
    parts = re.findall(r"[a-z0-9-]{3,40}", unquote(path).lower())[:10]
    return any(names.domain(f"{part.strip('-')}.com") for part in parts)


def _official_inside(link: Link, names: NameChecks, rules: ContentRules) -> Iterator[Finding]:
    """Tell of a genuine host in the path or query of a foreign one: "evil.example/vst.gov.vn/login"."""
    if any(host in rules.links.reference_hosts for host in parents(link.host)):
        return
    inside = unquote(link.target.path) + " " + " ".join(value for _, value in parameters(link.target))
    named = next((host for host in _hosts_inside(inside) if names.official(host)), None)
    if named and link.target.is_web:
        asks = bool(_path_words(link.target) & rules.links.login_words)
        vi = f"Đường dẫn nhắc tới {named} nhưng trang thuộc {link.host}."
        en = f"The path names {named} but the page belongs to {link.host}."
        yield Finding(
            "LINK_NAME_IN_PATH", Severity.MEDIUM if asks else Severity.LOW, named, link.written[:200], vi, en
        )


def _hosts_inside(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"(?<![\w.-])(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?![\w-])", text.lower()))[:20]


_PAGE_ENDINGS = frozenset({"com", "app", "url", "py", "sh", "js", "dll"})
"""Endings that a path has for other reasons: part of a page, a script on the server."""


def _download(link: Link, _: NameChecks, rules: ContentRules) -> Iterator[Finding]:
    last = unquote(link.target.path).rpartition("/")[2].lower()
    ending = last.rpartition(".")[2] if "." in last else ""
    if not link.target.is_web or ending not in rules.endings.runs - _PAGE_ENDINGS:
        return
    if ending in {"apk", "xapk", "ipa"}:
        vi, en = (
            "Liên kết tải ứng dụng điện thoại ngoài kho chính thức",
            "A link fetches a phone application from outside the stores",
        )
        yield Finding(
            "APK_LINK", Severity.MEDIUM, None, link.written[:200], f"{vi}: {last}.", f"{en}: {last}."
        )
    else:
        severity = (
            Severity.LOW if link.host.endswith((".gov.vn", ".vn")) and not link.shown else Severity.MEDIUM
        )
        vi, en = "Liên kết tải tệp chạy được", "A link fetches a file that runs"
        yield Finding("EXE_LINK", severity, None, link.written[:200], f"{vi}: {last}.", f"{en}: {last}.")


def _punycode(link: Link, _: NameChecks, __: ContentRules) -> Iterator[Finding]:
    shown = unicode_host(link.host)
    if shown == link.host:
        return
    mixed = any(_mixes_scripts(label) for label in shown.split("."))
    vi = f"Tên miền {link.host} hiện ra là {shown}, có chữ ngoài bảng La-tinh cơ bản" + (
        ", trộn nhiều loại chữ." if mixed else "."
    )
    en = f"The host {link.host} shows as {shown}, with letters outside plain Latin" + (
        " and several scripts in one word." if mixed else "."
    )
    yield Finding("LINK_PUNYCODE", Severity.MEDIUM if mixed else Severity.INFO, None, link.host, vi, en)


def unicode_host(host: str) -> str:
    """Give a host with its ``xn--`` labels as the letters that they stand for, as far as they can be read."""
    return ".".join(_decoded(label) for label in host.split("."))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def _mixes_scripts(label: str) -> bool:
    """Whether a label mixes Latin letters with other signs, which no honest name does (UTS #39)."""
    latin = any(char.isascii() and char.isalpha() for char in label)
    return latin and any(not char.isascii() and not _is_latin(char) for char in label)


def _is_latin(char: str) -> bool:
    return unicodedata.name(char, "").startswith(("LATIN", "FULLWIDTH LATIN"))


def _backslash(link: Link, _: NameChecks, __: ContentRules) -> Iterator[Finding]:
    """Tell of a backslash, a slash to browsers and not to others, so that they go to different hosts."""
    authority = re.match(r"[^:/\\]{1,12}:[/\\]{2}([^/?#]{0,300})", link.target.written)
    if link.target.is_web and authority and "\\" in authority.group(1) and "@" in link.target.written:
        vi, en = (
            "Liên kết viết mập mờ, mỗi chương trình đọc ra một nơi.",
            "The link is written so that programs disagree where it leads.",
        )
        yield Finding("LINK_AMBIGUOUS", Severity.MEDIUM, None, link.target.written[:200], vi, en)


def _path_words(target: WebAddress) -> frozenset[str]:
    words = re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)?", unquote(target.path + " " + target.query).lower())[:50]
    return frozenset(words) | frozenset(part for word in words for part in word.split("-"))


def _mismatch_of(link: Link, names: NameChecks, rules: ContentRules) -> Iterator[Finding]:
    return _mismatch(link, names, rules)


_CHECKS = (
    _lookalike,
    _mismatch_of,
    _ip_host,
    _userinfo,
    _scheme,
    _shortener,
    _free_host,
    _official_inside,
    _download,
    _punycode,
    _backslash,
)


def bare_host_findings(text: str, names: NameChecks, *, own: bool) -> tuple[Finding, ...]:
    """Judge hosts that a text names without a scheme; only what imitates a genuine host is told."""
    found: list[Finding] = []
    for host in hosts_in(text, names):
        for finding in () if names.official(host) else names.domain(host)[:1]:
            vi = f"Thư nhắc tới tên miền {host}. {finding.why}"
            en = f"The mail names the host {host}. {finding.why_en}"
            told = Finding("BODY_LOOKALIKE_HOST", finding.severity, finding.resembles, host, vi, en)
            found.append(told if own else lowered(told))
    return tuple(found)


def form_findings(forms: tuple[Form, ...], names: NameChecks, where: str) -> tuple[Finding, ...]:
    """Judge forms in a mail or attached page, named by ``where``; one to a genuine host is a saved page."""
    judge = partial(_form, names=names, where=where)
    return tuple(finding for form in forms[:20] for finding in judge(form))


def _form(form: Form, names: NameChecks, where: str) -> tuple[Finding, ...]:
    target = read_url(form.action) if form.action else None
    if not form.inputs or (target is not None and names.official(target.host)):
        return ()
    goes = target.host if target is not None and target.host else "?"
    secret = form.wants_password or any(
        re.search(r"\b(?:pin|otp|pass|matkhau|mat_khau|password)\b", text.lower()) for text in form.inputs
    )
    vi = f"Biểu mẫu trong {where} gửi dữ liệu tới {goes}" + (
        " và đòi mật khẩu hoặc mã PIN." if secret else "."
    )
    en = f"A form in {where} sends data to {goes}" + (" and wants a password or PIN." if secret else ".")
    return (Finding("HTML_FORM", Severity.HIGH if secret else Severity.LOW, None, goes, vi, en),)
