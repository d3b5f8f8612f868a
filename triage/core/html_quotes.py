"""The marks that mail programs leave in HTML around what they quote, made visible in its text.

Gmail, Yahoo, Proton, Zoho and Zimbra wrap what they quote; Thunderbird, Apple Mail and Roundcube set it in a
``blockquote`` of type cite; Outlook puts one element before it and nothing around it.
"""

import re
from collections.abc import Iterator

from triage.core.html_text import text_of_html
from triage.core.introlines import QUOTE_MARK
from triage.core.latepattern import late_pattern

HISTORY_MARK = "\ue002"
"""Stands alone in a line where the HTML says that all below is an earlier mail."""

_OPEN, _CLOSE = "\ue003", "\ue001"
_MARKS = late_pattern(f"[{QUOTE_MARK}{_CLOSE}{HISTORY_MARK}{_OPEN}]")
_MOST_ATTRIBUTES = 2_000
_TAG = late_pattern(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b([^<>]{0,%d})>" % _MOST_ATTRIBUTES)  # noqa: UP031 - braces
_NAMES = r"[\"']?(?:[^\"'<>]{0,200}[\s\"'])?(?:x_|ydp[0-9a-f]{1,12})*"

_QUOTING = late_pattern(
    rf"(?:class|id|data-marker)\s*=\s*{_NAMES}"
    r"(?:yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|__quoted_text__)",
    re.IGNORECASE,
)
_QUOTING_BLOCK = late_pattern(
    rf"type\s*=\s*[\"']?cite\b|class\s*=\s*{_NAMES}(?:gmail_quote|moz-cite|protonmail_quote)", re.IGNORECASE
)
_HISTORY = late_pattern(
    rf"(?:class|id|data-marker)\s*=\s*{_NAMES}"
    r"(?:divRplyFwdMsg|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container|"
    r"ms-outlook-mobile-reference-message|zwchr|__DIVIDER__)"
    r"|border:\s*none;\s*border-top:\s*solid #(?:E1E1E1|B5C4DF)",
    re.IGNORECASE,
)

_TELLING = (
    *(
        "cite",
        "yahoo_quoted",
        "gmail_quote",
        "protonmail_quote",
        "tutanota_quote",
        "zmail_extra",
        "__quoted_text__",
    ),
    *(
        "divrplyfwdmsg",
        "olk_src_body_section",
        "mail-editor-reference-message-container",
        "zwchr",
        "__divider__",
    ),
    *("ms-outlook-mobile-reference-message", "border-top"),
)
"""Without any of these in the HTML none of the patterns matches: looking for them is fifty times faster."""


def marked_text(html: str) -> str:
    """Give the text of HTML with the marks in it; empty where the HTML has none."""
    folded = html.lower()
    if not any(word in folded for word in _TELLING):
        return ""
    if not (_QUOTING.search(html) or _QUOTING_BLOCK.search(html) or _HISTORY.search(html)):
        return ""
    text = text_of_html("".join(_with_marks(_MARKS.sub("", html))), [])
    return "\n".join(_lines(text)) if _MARKS.search(text) else ""


def unmarked(text: str) -> str:
    """Take the marks away again."""
    return _MARKS.sub("", text)


def _with_marks(html: str) -> Iterator[str]:
    """Give the HTML in pieces, with an element of its own for each mark."""
    opened: dict[str, list[bool]] = {}
    at = start = 0
    while match := _TAG.search(html, at):
        at = match.end()
        if not match[2]:
            end = html.find("-->", at)
            if end < 0:
                break
            at = end
            continue
        name, attributes = match[2].lower(), match[3]
        if match[1]:
            quotes = opened.get(name)
            if quotes and quotes.pop():
                yield html[start : match.start()]
                yield f"<div>{_CLOSE}</div>"
                start = match.start()
            continue
        quotes_here = _quotes(name, attributes)
        if not attributes.rstrip().endswith("/"):
            opened.setdefault(name, []).append(quotes_here)
        if quotes_here or _HISTORY.search(attributes):
            yield html[start : match.start()] if not quotes_here else html[start:at]
            yield f"<div>{_OPEN if quotes_here else HISTORY_MARK}</div>"
            start = at if quotes_here else match.start()
    yield html[start:]


def _quotes(name: str, attributes: str) -> bool:
    return bool(_QUOTING.search(attributes) or (name == "blockquote" and _QUOTING_BLOCK.search(attributes)))


def _lines(text: str) -> Iterator[str]:
    """Give the lines of the text, each quoted one with a mark before it."""
    depth = 0
    for line in text.split("\n"):
        marks = [mark for mark in line if mark in {_OPEN, _CLOSE, HISTORY_MARK}]
        depth = max(0, depth + marks.count(_OPEN) - marks.count(_CLOSE))
        if HISTORY_MARK in marks and not depth:
            yield HISTORY_MARK
        rest = _MARKS.sub("", line) if marks else line
        if not marks or rest.strip("> \t"):
            yield f"{QUOTE_MARK}{rest}" if depth else rest
