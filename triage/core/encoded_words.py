"""Encoded words of headers (RFC 2047), as mail programs really write them."""

import re
from dataclasses import dataclass

from triage.core.charset import decode_text, is_known
from triage.core.text import clean
from triage.core.transfer import decode_base64, decode_quoted

MOST_WORDS = 200
"""Encoded words that are decoded in one header; honest headers have a few dozen."""

ENCODED_WORD = re.compile(r"=\?([^?\s=*]{1,60})(?:\*[^?\s]{0,40})?\?([bqBQ])\?([^?\r\n]*)\?=")
"""More than the RFC allows: blanks inside, since some programs leave them in Q words."""


@dataclass(frozen=True, slots=True)
class _Word:
    charset: str
    encoding: str
    text: str


def decode_words(text: str, defects: list[str]) -> str:
    """Decode every encoded word of an unfolded header; everything else stays as it is.

    Adjacent words of one charset are joined before decoding, because some programs cut characters in two.
    """
    if "=?" not in text:
        return text
    pieces: list[str] = []
    run: list[_Word] = []
    end = 0
    for count, match in enumerate(ENCODED_WORD.finditer(text)):
        if count >= MOST_WORDS:
            defects.append(f"only the first {MOST_WORDS} encoded words of a header were decoded")
            break
        between = text[end : match.start()]
        if between.strip() or not run:
            pieces += [_decode_run(run, defects), between]
            run = []
        run.append(_Word(match[1].lower(), match[2].lower(), match[3]))
        end = match.end()
    pieces += [_decode_run(run, defects), text[end:]]
    return "".join(pieces)


def _decode_run(run: list[_Word], defects: list[str]) -> str:
    """Decode words that only white space parts: it does not count between them (RFC 2047 §6.2)."""
    texts: list[str] = []
    start = 0
    for index in range(1, len(run) + 1):
        if index == len(run) or run[index].charset != run[start].charset:
            texts.append(_decode_alike(run[start:index], defects))
            start = index
    return "".join(texts)


def _decode_alike(words: list[_Word], defects: list[str]) -> str:
    charset = words[0].charset
    if not is_known(charset):
        defects.append(f"unknown charset {charset!r} in an encoded word")
    apart = b"".join(_bytes_of(word) for word in words)
    return clean(decode_text(apart, charset if is_known(charset) else "", defects))


def _bytes_of(word: _Word) -> bytes:
    data = word.text.encode("utf-8", "surrogateescape")
    if word.encoding == "b":
        return decode_base64(data)
    return decode_quoted(data.replace(b"_", b"=20").rstrip(b"="))
