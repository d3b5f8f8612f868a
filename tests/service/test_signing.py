"""Our letters prove themselves: what processing stores, and what a server is handed, verifies by DKIM."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import dkim
import pytest
from support.catcher import SmtpCatcher
from support.dkim_keys import ed25519_pem, rsa_pem
from support.office import OUR_ADDRESS, Office, open_office, request

from triage.adapters.dkim_signing import DkimKey, read_key, sign
from triage.adapters.dns_records import dns_records
from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.db import outbox
from triage.service.deliver import deliver_batch

ALGORITHMS = {"rsa-sha256": rsa_pem(), "ed25519-sha256": ed25519_pem()}


@pytest.fixture
def keys(tmp_path: Path) -> tuple[DkimKey, ...]:
    made = []
    for algorithm, pem in ALGORITHMS.items():
        path = tmp_path / f"{algorithm}.pem"
        path.write_bytes(pem)
        made.append(read_key(path, "vst.gov.vn", algorithm.partition("-")[0]))
    return tuple(made)


@pytest.fixture
def office(keys: tuple[DkimKey, ...]) -> Iterator[Office]:
    with open_office("sqlite://") as office:
        office.means = replace(office.means, sign=partial(sign, keys=keys))
        yield office


def stored_letter(office: Office) -> bytes:
    office.store(request())
    office.process()
    with office.database.read() as connection:
        content = outbox.content_of(connection, 1)
    assert content
    return content


def verifies(letter: bytes, keys: tuple[DkimKey, ...], algorithm: str) -> bool:
    """Check the signature of one algorithm, asking a zone made of the records that doctor prints."""
    zone = {f"{one.name}.": one.text.encode() for one in dns_records("vst.gov.vn", keys, (), "x@vst.gov.vn")}
    index = [key.algorithm for key in keys].index(algorithm)

    def answer(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001 - the library's form
        return zone.get(name.decode())

    try:
        return bool(dkim.DKIM(letter, minkey=2048).verify(idx=index, dnsfunc=answer))
    except dkim.DKIMException:
        return False


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_stored_letter_verifies(office: Office, keys: tuple[DkimKey, ...], algorithm: str) -> None:
    letter = stored_letter(office)
    assert letter.count(b"DKIM-Signature:") == 2
    assert verifies(letter, keys, algorithm)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"24627", b"24628"),
        (b"SD261116-000001", b"SD261116-000002"),
        (b"\r\nTo: ", b"\r\nReply-To: minh@thuvien.example\r\nTo: "),
        (b"\r\nSubject: ", b"\r\nSubject: khac\r\nSubject: "),
        (b"X-Triage-Letter:", b"From: minh@thuvien.example\r\nX-Triage-Letter:"),
        (b"text/html", b"text/plain"),
    ],
)
def test_a_changed_letter_does_not_verify(
    office: Office, keys: tuple[DkimKey, ...], algorithm: str, old: bytes, new: bytes
) -> None:
    letter = stored_letter(office)
    assert old in letter
    assert not verifies(letter.replace(old, new), keys, algorithm)


def test_the_outgoing_server_is_handed_exactly_the_signed_bytes(
    office: Office, keys: tuple[DkimKey, ...], catcher: SmtpCatcher
) -> None:
    letter = stored_letter(office)
    settings = SmtpSettings(
        host="127.0.0.1", port=catcher.port, from_address=OUR_ADDRESS, tls="none", timeout_seconds=5
    )
    sender = SmtpSender(settings)
    try:
        deliver_batch(sender, office.database, office.clock, "worker")
    finally:
        sender.close()
    [message] = catcher.messages
    assert message.raw == letter
    assert all(verifies(message.raw, keys, algorithm) for algorithm in ALGORITHMS)


def test_without_a_key_a_letter_goes_out_unsigned() -> None:
    with open_office("sqlite://") as office:
        assert b"DKIM-Signature" not in stored_letter(office)
