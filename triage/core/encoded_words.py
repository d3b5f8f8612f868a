"""Encoded words of headers (RFC 2047), as mail programs really write them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.core.charset import cuts_letters, decode_text
from triage.core.codecnames import is_known
from triage.core.defects import Defect, note
from triage.core.text import clean
from triage.core.transfer import decode_base64, decode_quoted

MOST_WORDS = 200
"""Encoded words that are decoded in one header; honest headers have a few dozen."""

_START = re.compile(r"=\?([^?\s=*]{1,60})(?:\*[^?\s]{0,40})?\?([bqBQ])\?")

_BLANK = re.compile(r"\s")
_SOFT_BREAK = re.compile(rb"=[ \t]+")


@dataclass(frozen=True, slots=True)
class _Word:
    charset: str
    encoding: str
    text: str
    start: int
    end: int


def decode_words(text: str, defects: list[str]) -> str:
    """Decode every encoded word of an unfolded header; everything else stays as it is.

    Adjacent words of one charset are joined before decoding, because some programs cut characters in two.
    """
    if "=?" not in text:
        return text
    pieces: list[str] = []
    run: list[_Word] = []
    end = 0
    for count, word in enumerate(_find_words(text)):
        if count >= MOST_WORDS:
            note(defects, Defect.TOO_MANY_WORDS, MOST_WORDS)
            break
        if _BLANK.search(word.text):
            note(defects, Defect.ODD_WORD)
        between = text[end : word.start]
        if between.strip() or not run:
            pieces += [_decode_run(run, defects), between]
            run = []
        run.append(word)
        end = word.end
    if end == len(text) and not text.endswith("?="):
        note(defects, Defect.OPEN_WORD)
    pieces += [_decode_run(run, defects), text[end:]]
    return "".join(pieces)


def _find_words(text: str) -> Iterator[_Word]:
    """Find encoded words, also with blanks and question marks inside, which the RFC forbids in them.

    One that another begins in has no end, and stays as it is.
    """
    start = _START.search(text)
    close = 0
    while start:
        close = max(close, text.find("?=", start.end())) if close < start.end() else close
        following = _START.search(text, start.end())
        if close < start.end():
            if not _BLANK.search(text, start.end()):
                # a header that was cut off somewhere
                rest = text[start.end() :].removesuffix("?")
                yield _Word(start[1].lower(), start[2].lower(), rest, start.start(), len(text))
            return
        if following is None or close < following.start():
            end = close + 2
            yield _Word(start[1].lower(), start[2].lower(), text[start.end() : close], start.start(), end)
            following = _START.search(text, end) if following and following.start() < end else following
        start = following


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
        note(defects, Defect.UNKNOWN_CHARSET_OF_WORD, charset)
    pieces = [_bytes_of(word) for word in words]
    if cuts_letters(pieces, charset):
        note(defects, Defect.CUT_WORD)
    return clean(decode_text(b"".join(pieces), charset if is_known(charset) else "", defects))


def _bytes_of(word: _Word) -> bytes:
    data = word.text.encode("utf-8", "surrogateescape")
    if word.encoding == "b":
        return decode_base64(data)
    if b"= " in data or b"=\t" in data:
        # broken in two like a line of quoted-printable, and the header unfolded since
        data = _SOFT_BREAK.sub(b"", data)
    return decode_quoted(data.replace(b"_", b"=20").rstrip(b"="))
