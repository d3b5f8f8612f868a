"""Mails that our gateway took in, signed or not, and the zone that their proofs stand in."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from support.dkim_keys import ed25519_pem, rsa_pem
from support.dns_server import DnsServer

from triage.adapters.dkim_signing import DkimKey, read_key, sign
from triage.adapters.nameserver import read_name_server
from triage.adapters.ownverification import OwnVerification
from triage.adapters.resolver import DnsResolver
from triage.core.authentication import Gateway
from triage.core.namechecks import NameChecks

GATEWAY = Gateway(names=frozenset({"mx1.vst.gov.vn"}))
CLIENT = "203.0.113.9"
Zone = Mapping[str, Mapping[str, Sequence[str]]]


def key_of(folder: Path, domain: str, algorithm: str = "rsa", selector: str = "s1") -> DkimKey:
    """Make a signing key for a domain."""
    path = folder / f"{domain}-{selector}.pem"
    path.write_bytes(rsa_pem() if algorithm == "rsa" else ed25519_pem())
    return read_key(path, domain, selector)


def published(key: DkimKey) -> dict[str, dict[str, list[str]]]:
    """The record of a key as a zone."""
    return {f"{key.selector}._domainkey.{key.domain}": {"TXT": [key.record]}}


def a_raw_mail(
    sender: str, keys: Sequence[DkimKey] = (), *, text: str = "Kính nhờ hỗ trợ.", number: int = 1
) -> bytes:
    """A mail as its author's server let it go."""
    head = {
        "From": sender,
        "To": "hotrocntt@vst.gov.vn",
        "Subject": "[0010#DVC] Hoi ve dich vu cong",
        "Date": "Mon, 16 Nov 2026 09:29:00 +0700",
        "Message-ID": f"<signed-{number}@hoacuc.example>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return sign(f"{lines}\r\n{text}\r\n".encode(), keys)


def received(
    raw: bytes,
    *,
    envelope: str = "ketoan@hoacuc.example",
    client: str = CLIENT,
    above: str = "",
    by: str = "mx1.vst.gov.vn",
) -> bytes:
    """The mail as our gateway passes it on; ``above`` are further headers that it writes."""
    trace = (
        f"Received: from mail.hoacuc.example (unknown [{client}])\r\n\tby {by} (Postfix) with ESMTPS id 1\r\n"
    )
    return f"Return-Path: <{envelope}>\r\n{above}{trace}".encode() + raw


def verification(server: DnsServer, names: NameChecks, seconds: float = 2) -> OwnVerification:
    """What verifies mails by the zone of a test server."""
    resolver = DnsResolver([read_name_server(server.address)])
    return OwnVerification(resolver, GATEWAY, names.registrable, seconds)
