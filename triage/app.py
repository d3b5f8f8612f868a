"""The wiring: the one module that knows settings, adapters and services alike.

Each adapter is imported by the function that makes it: short commands need few of them, and all together take
a second to import.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from triage import __version__
from triage.adapters.configservers import imap_settings, smtp_settings
from triage.core.boxes import MAIN, RECEIVE, kept_as
from triage.errors import ConfigError
from triage.resources import resource
from triage.service.bell import Bell
from triage.service.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from triage.adapters.configfile import Config
    from triage.adapters.configsections import StorageConfig, VerificationConfig
    from triage.adapters.courier import Courier
    from triage.adapters.dkim_signing import DkimKey
    from triage.adapters.dns_records import DnsRecord
    from triage.adapters.oidc import OidcProvider
    from triage.adapters.ownverification import OwnVerification
    from triage.adapters.resolver import DnsResolver
    from triage.adapters.smtp import SmtpSender
    from triage.core.replycodes import ReplyCodes
    from triage.core.rules import Rulebook
    from triage.db.engine import Database
    from triage.ports import Clock, Herald, Mailbox, Objects, Pager, Readers
    from triage.service.means import Means
    from triage.service.queuefolders import Keeper


@dataclass(slots=True)
class App:
    """Everything of one installation, put together. ``worker`` names this process in claims.

    ``means`` are replaced as a whole when the rules are read again; whoever works takes them once for a piece
    of work.
    """

    config: Config
    rules_folder: Path
    database: Database
    means: Means
    worker: str
    place: str = ""
    """Where the settings lie, as triage.adapters.configplace names it; empty where they came otherwise."""
    leads: Callable[[], bool] = lambda: True
    """Whether this process, among all nodes, has the clockwork."""
    reads: Callable[[str], bool] = lambda _box: True
    """Whether this process, among all nodes, reads a mailbox."""
    tally: Tally = field(default_factory=Tally)
    news: Bell = field(default_factory=Bell)
    """Rung when something has happened to a ticket, where the database tells of it."""

    def read_rules_again(self) -> None:
        """Use the rules and letters as they stand now. Raises TriageError; then the old ones stay."""
        self.means = _means(self.config, self.rules_folder)

    def mailbox(self, name: str = MAIN) -> Mailbox:
        """Make a connection to a mailbox that is read; it is opened by its first use."""
        return mailbox_of(self.config, name)

    def receivers(self) -> dict[str, float]:
        """Give the stages that read a mailbox each, with the seconds that each may rest between two looks."""
        return receivers_of(self.config)

    def senders(self) -> tuple[SmtpSender, ...]:
        """Make the connections to the server that takes our letters; each is opened by its first use."""
        from triage.adapters.smtp import SmtpSender

        settings = smtp_settings(self.config)
        return tuple(SmtpSender(settings) for _ in range(self.config.smtp.connections))

    def heralds(self) -> tuple[Herald, ...]:
        """Give the ways in which alarms are told; none where [alarms] names nobody."""
        from triage.adapters.heralds import by_mail, by_webhook

        alarms = self.config.alarms
        mail = (by_mail(smtp_settings(self.config), alarms.email),) if alarms.email else ()
        webhook = alarms.webhook.get_secret_value()
        return (*mail, by_webhook(webhook)) if webhook else mail

    def pager(self) -> Pager | None:
        """Give the way in which pages are told to a machine; None where [paging] names no webhook."""
        from triage.adapters.webhook import pager

        paging = self.config.paging
        address, key = paging.webhook.get_secret_value(), paging.webhook_key
        return pager(address, key, self.means.clock) if address and key else None

    def keeper(self) -> Keeper | None:
        """Give what keeps the folders of queues; None where they are off."""
        mailbox = self.config.mailbox
        if not mailbox.queue_folders:
            return None

        from triage.adapters.imap_queues import ImapQueueFolders
        from triage.service.queuefolders import Keeper

        folders = ImapQueueFolders(imap_settings(mailbox))
        # the means are those of the moment: rules may have been read again
        return Keeper(folders, self.database, lambda: self.means, mailbox.queue_closed_days)

    def courier(self) -> Courier:
        """Give what takes messages to webhooks; connects nowhere yet."""
        from triage.adapters.courier import Courier

        return Courier(self.config.api.webhook_hosts, self.config.api.webhook_ca_file)

    def provider(self) -> OidcProvider | None:
        """Give the provider that people may sign in by; asks nothing yet. None where there is none."""
        return provider_of(self.config, self.means.clock)


def build(config: Config, place: str = "") -> App:
    """Load rules and letters and put everything together; connects nowhere. Raises TriageError.

    ``place`` says where the settings lie.
    """
    folder = rules_folder(config)
    worker = f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
    return App(config, folder, open_database(config, worker), _means(config, folder), worker, place)


def _means(config: Config, folder: Path) -> Means:
    from triage.adapters.clock import SystemClock
    from triage.adapters.letters import LetterRenderer
    from triage.adapters.trial import TrialReader
    from triage.service.means import Means, Ours

    renderer = LetterRenderer(folder / "letters")
    renderer.check()
    rules = rules_for(config, folder)
    return Means(
        rules=rules,
        renderer=renderer,
        clock=SystemClock(),
        zone=ZoneInfo(config.time.zone),
        from_address=config.smtp.from_address,
        trial=TrialReader(folder),
        sign=_signer(signing_keys(config)),
        verify=verifier(config.verification, rules) if config.verification.enabled else None,
        pauses=config.deadline.pause_while_waiting,
        pages=config.paging.enabled,
        incident_leads=config.incidents.leads if config.incidents.mail else None,
        codes=reply_codes(config),
        readers=readers(config, folder, rules.digest),
        boxes={
            box.stored_as: Ours(box.from_address or config.smtp.from_address, box.reply_to or "")
            for box in config.boxes.values()
            if box.from_address or box.reply_to
        },
    )


def _signer(keys: tuple[DkimKey, ...]) -> Callable[[bytes], bytes]:
    """Give what signs a letter; without keys no library for signing is loaded."""
    from triage.service.means import unsigned

    if not keys:
        return unsigned
    from triage.adapters.dkim_signing import sign

    return partial(sign, keys=keys)


def mailbox_of(config: Config, name: str) -> Mailbox:
    """Make a connection to a mailbox that is read; it is opened by its first use."""
    from triage.adapters.imap import ImapMailbox

    return ImapMailbox(imap_settings(config.boxes[name], name))


def receivers_of(config: Config) -> dict[str, float]:
    """Give the stages that read a mailbox each, with the seconds that each may rest between two looks."""
    return {kept_as(RECEIVE, name): float(box.poll_seconds) for name, box in config.boxes.items()}


def reply_codes(config: Config) -> ReplyCodes | None:
    """Give what writes and reads reply codes; None where [by_mail] has no key."""
    from triage.core.replycodes import ReplyCodes

    by_mail = config.by_mail
    key = by_mail.reply_key.get_secret_value()
    return ReplyCodes(key.encode(), by_mail.reply_days, by_mail.tagged) if key else None


def provider_of(config: Config, clock: Clock) -> OidcProvider | None:
    """Give the provider that [oidc] describes; None where it names none."""
    oidc = config.oidc
    if not oidc.issuer:
        return None

    from triage.adapters.oidc import OidcProvider

    return OidcProvider(
        issuer=oidc.issuer,
        client_id=oidc.client_id,
        client_secret=oidc.client_secret.get_secret_value(),
        back=f"{config.web.address}/sign-in/oidc/back",
        ca_file=oidc.ca_file,
        clock=clock,
    )


def open_database(config: Config, name: str = "triage") -> Database:
    """Give the database of an installation; connects nowhere yet. ``name`` is what its server knows us by."""
    from triage.db.engine import Database

    return Database(config.database.url.get_secret_value(), name, storage_of(config.storage))


def storage_of(config: StorageConfig) -> Objects | None:
    """Give the bucket that [storage] describes; None where it names none. Raises ConfigError."""
    if not config.bucket:
        return None
    if find_spec("obstore") is None:
        raise ConfigError(
            "[storage] bucket is set, but obstore is not installed; install triage[s3], or what "
            "requirements/s3.txt lists."
        )

    from triage.adapters.objectstore import S3Objects, S3Settings

    return S3Objects(
        S3Settings(
            endpoint=config.endpoint,
            bucket=config.bucket,
            prefix=config.prefix,
            region=config.region,
            access_key=config.access_key,
            secret_key=config.secret_key.get_secret_value(),
            ca_file=config.ca_file,
            seconds=config.seconds,
        )
    )


def rules_folder(config: Config | None) -> Path:
    """Give the folder of rules that an installation uses: its own, or the one that came with the program."""
    return config.rules.folder if config and config.rules.folder else resource("rules")


def rules_for(config: Config, folder: Path) -> Rulebook:
    """Load the rules and add what only the settings know: our addresses and the zone. Raises TriageError."""
    from triage.adapters.rulefiles import load_rulebook
    from triage.core.rules import with_ours

    rules = with_ours(load_rulebook(folder), our_addresses(config), ZoneInfo(config.time.zone))
    closes = rules.calendar.office_hours[-1][1]
    if config.digest.enabled and config.digest.at >= closes:
        raise ConfigError(
            f"[digest] at = {config.digest.at}: the office closes at {closes:%H:%M}, after which no digest "
            "is sent; name an earlier hour, or set enabled = false."
        )
    return rules


def our_addresses(config: Config) -> frozenset[str]:
    """Give the addresses, in lower case, that letters of ours come from or go back to."""
    boxes = config.boxes.values()
    named = [config.smtp.from_address, *(box.username for box in boxes)]
    named += [one for box in boxes for one in (box.from_address, box.reply_to) if one]
    return frozenset(one.lower() for one in named if "@" in one)


def readers(config: Config, folder: Path, digest: str) -> Readers | None:
    """Give the processes that read mails ahead by the rules of that digest; None where there are to be none.

    Starts none yet. One processor is left for the service itself.
    """
    from triage.adapters.processors import cores
    from triage.adapters.readers import ReaderPool, own_command

    count = min(config.reading.processes, cores() - 1)
    if count < 1:
        return None
    ours = sorted(our_addresses(config))
    told = (__version__, str(folder), digest, config.time.zone, *ours)
    return ReaderPool(own_command("triage.adapters.readerprocess", *told), count)


def signing_keys(config: Config) -> tuple[DkimKey, ...]:
    """Read the keys that our letters are signed with; none where [dkim] names none. Raises ConfigError."""
    dkim, ours = config.dkim, _own_domain(config)
    domain = (dkim.domain or ours).lower()
    if ours != domain and not ours.endswith(f".{domain}"):
        raise ConfigError(
            f"[dkim] domain: a signature of {domain} proves nothing about {config.smtp.from_address}; "
            f"leave the key out or write {ours}."
        )
    if not (dkim.rsa_key_file or dkim.ed25519_key_file):
        return ()

    from triage.adapters.configmailbox import title_of
    from triage.adapters.dkim_signing import read_keys
    from triage.adapters.verify import prove

    for name, box in config.boxes.items():
        host = (box.from_address or config.smtp.from_address).rpartition("@")[2].lower()
        if host != domain and not host.endswith(f".{domain}"):
            raise ConfigError(
                f"{title_of(name)} from_address: a signature of {domain} proves nothing about "
                f"{box.from_address}; answer from an address of {domain}."
            )
    keys = read_keys(
        domain,
        rsa=(dkim.rsa_key_file, dkim.selector),
        ed25519=(dkim.ed25519_key_file, dkim.ed25519_selector),
    )
    prove(keys)
    return keys


def resolver(config: VerificationConfig) -> DnsResolver:
    """Make the way to DNS that [verification] describes; asks nothing yet. Raises ConfigError."""
    from triage.adapters.nameserver import read_name_server
    from triage.adapters.resolver import DnsResolver

    return DnsResolver([read_name_server(server) for server in config.nameservers])


def verifier(config: VerificationConfig, rules: Rulebook) -> OwnVerification:
    """Make what verifies mails by DNS, whether or not it is enabled. Raises ConfigError."""
    from triage.adapters.ownverification import OwnVerification

    trust = rules.trust
    return OwnVerification(resolver(config), trust.gateway, trust.names.registrable, config.seconds)


def records_for(config: Config) -> tuple[DnsRecord, ...]:
    """Give the TXT records that the zone of our address should hold. Raises ConfigError."""
    from triage.adapters.dns_records import dns_records

    ours = _own_domain(config)
    reports_to = config.dkim.reports_to or f"postmaster@{ours}"
    return dns_records(ours, signing_keys(config), config.dkim.outgoing, reports_to)


def _own_domain(config: Config) -> str:
    return config.smtp.from_address.rpartition("@")[2].lower()
