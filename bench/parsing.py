"""Measures reading alone: the product's parser beside the two of the standard library, on the same mails.

The standard library's are asked for the same things: headers decoded, addresses, every part decoded.
"""

import argparse
import email
import email.policy
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from pathlib import Path

from mails import make_mails

CORPORA = Path(__file__).resolve().parents[1] / ".." / "shared" / "corpora"
ASKED = ("Subject", "From", "To", "Cc", "Reply-To", "Message-ID", "In-Reply-To", "References", "Date")
ADDRESSED = frozenset({"From", "To", "Cc", "Reply-To"})

Reader = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Reading:
    """One pass of one reader over all mails. ``slowest`` is the longest single mail, in seconds."""

    seconds: float
    slowest: float
    raised: int


def with_default_policy(raw: bytes) -> object:
    """Read as ``email.policy.default`` does."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    headers = [str(message[name]) for name in ASKED]
    contents = [part.get_content() for part in message.walk() if not part.is_multipart()]
    return headers, contents


def with_compat32(raw: bytes) -> object:
    """Read as the older policy does, headers decoded by hand."""
    message = email.message_from_bytes(raw)
    headers = [str(make_header(decode_header(str(message[name] or "")))) for name in ASKED]
    addresses = [getaddresses([str(message[name] or "")]) for name in ADDRESSED]
    contents = [_content(part) for part in message.walk() if not part.is_multipart()]
    return headers, addresses, contents


def _content(part: Message) -> str | bytes:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    if part.get_content_maintype() == "text":
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    return content


def readers() -> dict[str, Reader]:
    """Give each reader under the name that the table shows."""
    found: dict[str, Reader] = {"compat32": with_compat32, "policy.default": with_default_policy}
    from triage.core.parse import read_mail  # noqa: PLC0415  so that its import is not in anybody's time

    return {"triage": read_mail, **found}


def read_all(reader: Reader, mails: Sequence[bytes]) -> Reading:
    """Read every mail once."""
    slowest, raised, began = 0.0, 0, time.perf_counter()
    for raw in mails:
        started = time.perf_counter()
        try:
            reader(raw)
        except Exception:  # noqa: BLE001  that a reader raises is one of the things measured
            raised += 1
        slowest = max(slowest, time.perf_counter() - started)
    return Reading(time.perf_counter() - began, slowest, raised)


def table(title: str, mails: Sequence[bytes], runs: int) -> None:
    """Print one line a reader: median speed, slowest mail, mails that made it raise."""
    print(f"{title}: {len(mails)} mails, {sum(map(len, mails)) / len(mails):,.0f} bytes on average")
    print(f"{'reader':<16} {'mails/s':>9} {'MB/s':>8} {'slowest ms':>11} {'raised':>7}")
    megabytes = sum(map(len, mails)) / 1e6
    passes: dict[str, list[Reading]] = {name: [] for name in readers()}
    for _ in range(runs):
        for name, reader in readers().items():
            passes[name].append(read_all(reader, mails))
    for name, readings in passes.items():
        seconds = statistics.median(reading.seconds for reading in readings)
        slowest = min(reading.slowest for reading in readings) * 1000
        print(
            f"{name:<16} {len(mails) / seconds:>9.0f} {megabytes / seconds:>8.0f}"
            f" {slowest:>11.1f} {readings[0].raised:>7}"
        )


def corpora(folder: Path) -> list[bytes]:
    """Give every mail below a folder of reference data; none where the folder is absent."""
    return [path.read_bytes() for path in sorted(folder.rglob("*.eml"))]


def main() -> None:
    """Print a table for the generated mails and one for the reference data, where there is any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--corpora", type=Path, default=CORPORA)
    args = parser.parse_args()
    table("generated", [mail.raw for mail in make_mails(args.mails)], args.runs)
    collected = corpora(args.corpora)
    if collected:
        table("reference data", collected, args.runs)
    else:
        print(f"reference data: none in {args.corpora}, left out")


if __name__ == "__main__":
    main()
