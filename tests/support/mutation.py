"""Raw mails spoilt in the ways that mail is spoilt: cut, doubled, flipped, spliced, filled with syntax."""

import random
from collections.abc import Sequence
from pathlib import Path

OWN = Path(__file__).parents[1] / "corpus"
BROKEN = Path(__file__).parents[1] / "broken"
REFERENCE = Path(__file__).parents[2] / ".." / "shared" / "corpora"
MOST_BYTES = 200_000

FRAGMENTS = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"\n\n",
        b"--",
        b"--\r\n",
        b"\x00",
        b"\xff",
        b"\x1b$B",
        b"\xef\xbb\xbf",
        b"+ADw-",
    ),
    *(
        b'"',
        b"'",
        b"\\",
        b"<",
        b">",
        b"(",
        b")",
        b";",
        b",",
        b":",
        b"@",
        b"=",
        b"?=",
        b"=?",
        b"=?utf-8?b?",
        b"=?x?q?=C3?=",
    ),
    *(
        b"begin 644 a\r\n",
        b"\r\nend\r\n",
        b"=\r\n",
        b"=C3",
        b"%E1%BB",
        b"utf-8''",
        b"filename*0*=",
        b" boundary=b",
    ),
    *(
        b"<div>",
        b"<table>",
        b"<!--",
        b"<style>",
        b"<ul><li>",
        b"</p>",
        b"&#x0;",
        b"> ",
        b"-- \r\n",
        b"\xcc\x81",
    ),
    *(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", b"Content-Type: message/rfc822\r\n\r\n"),
    *(
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Type: text/html; charset=utf-7\r\n",
        b"format=flowed; delsp=yes",
    ),
)


def seeds() -> list[bytes]:
    """Give the project's own mails, and those of the reference data where they are at hand."""
    folders = [folder for folder in (OWN, BROKEN, REFERENCE) if folder.is_dir()]
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in _MAILS)
    return [path.read_bytes()[:MOST_BYTES] for path in paths if path.is_file()]


_MAILS = frozenset((".eml", ".raw", ".txt", ".msg", ".tnef", ""))


def mutate(rng: random.Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    """Spoil a mail in one to eight places."""
    for _ in range(rng.randint(1, 8)):
        raw = _once(rng, raw, others)
    return raw


def _once(rng: random.Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    at = rng.randint(0, len(raw))
    end = min(len(raw), at + rng.choice((0, 1, 2, 8, 60, 500)))
    kind = rng.randrange(8)
    if kind == 0:
        return raw[:at]
    if kind == 1:
        old, new = rng.choice(_SWAPS)
        return raw.replace(old, new, rng.choice((1, -1)))
    return raw[:at] + _put(rng, kind, raw[at:end], others) + raw[end:]


def _put(rng: random.Random, kind: int, cut: bytes, others: Sequence[bytes]) -> bytes:
    """Choose what stands where something was cut out."""
    match kind:
        case 2:
            return b""
        case 3:
            return cut * rng.choice((2, 3, 50))
        case 4:
            return rng.randbytes(len(cut))
        case 5:
            other = rng.choice(others)
            start = rng.randint(0, len(other))
            return other[start : start + rng.choice((20, 200, 5_000))]
        case 6:
            return rng.choice(FRAGMENTS) * rng.choice((1, 1, 3, 200))
        case _:
            return cut + rng.choice(FRAGMENTS)


_SWAPS = (
    (b"\r\n", b"\n"),
    (b"\r\n", b"\r"),
    (b"\n", b"\r\n"),
    (b"--", b"---"),
    (b"base64", b"quoted-printable"),
    (b"quoted-printable", b"base64"),
    (b"7bit", b"x-uuencode"),
    (b"utf-8", b"utf-16"),
    (b"iso-8859-1", b"iso-2022-jp"),
    (b"text/plain", b"text/html"),
    (b"text/html", b"multipart/alternative"),
    (b'"', b""),
    (b";", b""),
    (b"boundary", b"Boundary"),
    (b"\n ", b"\n"),
)
