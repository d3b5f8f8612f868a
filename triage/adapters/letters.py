"""The letters of rules/letters, filled by Jinja2.

A letter is a folder with ``subject.txt``, ``body.txt`` and ``body.html``; what letters share stands in the
folder ``_parts``. Every letter is given these values (``triage.core.letters.letter_values`` makes them):

=================  =======================================================================================
``code``           the ticket code, ``SD211208-123456``; in ``campaign_notice`` that of the campaign, ``CD12``
``subject``        the subject of the mail that is answered, tamed: no reply prefix, no ticket code, no link
``treasury_name``  name of the treasury that the ticket was routed to, or None
``queue``          the queue of the ticket: ``0010``, ``unrouted``, ``security`` …
``to_security``    True where that queue is the one for security matters
``due``            the deadline in words, local time (``17 giờ 00 phút ngày 23/11/2026 (thứ Hai)``), or None
``received_at``    when the mail was received, in the same words
``missing``        tuple of what the request lacks: ``description``, ``screenshot``, ``contact``
``locked``         True where the mail is encrypted and nobody could read it
``tag``            the treasury tag as the sender wrote it, or None
``advised_tag``    the tag to write next time (``[0010#DVC]``) where the treasury was found otherwise, or None
``reason``         why the mail could not be routed at once, as a clause
``known_treasury``  the treasury that an unrouted mail names although no number of it is known, or None
``advice``         a sentence for this category of request, or None
``gave_away``      what secrets the sender wrote into the mail (``mật khẩu và mã OTP``), or None
``to_change``      those of them that he can change (``mật khẩu``), or None
``not_again``      those that are made anew each time and are not to be used again (``mã OTP``), or None
``remote_session`` True where one of these opens a session of remote access
``named_treasury`` in ``coordinator_notice`` the treasury that an impostor's mail names, in
                   ``impostor_warning`` and ``campaign_notice`` the one that is warned
``suspect``        in ``coordinator_notice`` alone: the address of that mail, written so that it is no link
``signs``          in ``impostor_warning`` and ``campaign_notice`` alone: what the impostor is known by,
                   written so that it is no link
``steps``          in ``campaign_notice`` alone: what treasuries and units should do, a tuple of sentences
``answer``         in ``answer``, ``impostor_warning`` and ``campaign_notice`` alone: what a person wrote
``paragraphs``     in the same: that, as tuples of lines
``digest``         in ``digest`` alone: ``day``, ``queues`` (each with ``queue``, ``name``, ``open``, ``new``,
                   ``due``, ``overdue``, ``handed``, ``flagged``), sums of the last five, ``summary``
                   (these in words), ``tickets`` (``code``, ``queue``, ``subject``, ``due``, ``overdue``,
                   ``reply_code`` or None), how many ``more``, ``by_mail`` (True where these codes are given)
``escalation``     in ``escalation`` alone: ``at``, ``summary``, ``tickets`` (``code``, ``queue``, ``name`` of
                   that, ``subject``, ``due``, ``overdue``), how many ``more``
``page``           in ``security_page`` alone: ``summary``, ``since`` (or None), ``tickets`` (``code``,
                   ``reason``, ``category``, ``received_at``, ``sender`` so that it is no link), how many
                   ``more``
``incident``       in ``incident_found`` alone: ``summary``, ``title`` (what the mails share, tamed, or
                   empty), ``since``, ``provinces``, ``tickets`` (``code``, ``queue``, ``name`` of that,
                   ``subject``), how many ``more``
``refused``        in ``reply_refused`` alone: ``why`` (a clause), ``code`` of the ticket or None, ``at``
                   (when the mail was received, in words)
``notice``         in ``ticket_notice`` alone: ``queue``, ``name`` of that, ``subject``, ``lines`` of the mail
                   without links and secrets (none where it is not quoted), how many ``files``,
                   ``doubted``, ``reply_code`` or None, ``in_subject``
``mark``           in letters to colleagues: the first line of a mail that answers the unit (``#traloi``)
``reply_days``     in the same: days that a reply code counts
``asked``          the ticket code that the mail asks about, or None
``asked_issued``   True where that code was issued to the address that asks; only then the following are set
``asked_opened``   when the asked ticket was opened, in words, or None
``asked_subject``  its subject, tamed, or None
``asked_treasury`` the name of its treasury, or None
``asked_open``     True where it is not closed
``office``         who we are: ``name``, ``address``, ``switchboard``, ``extensions``
=================  =======================================================================================

The subject line puts the code first, ``Re: [SD211208-123456] …``: what stands in brackets between ``Re:`` and
the text is left out where programs compare subjects (the base subject of RFC 5256 2.1), so that the letter
joins its thread; the code survives a client that cuts long subjects, and shows in the narrow list of a
telephone. Gmail compares more strictly and may show request and letter as two conversations; whatever follows
our letter stays together, since answers repeat its line. In-Reply-To and References serve everybody else.

Files are read once, when the renderer is made, so that letters match the rules they were loaded with.
"""

import re
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from triage.adapters.lettersamples import samples
from triage.core.letternames import DIGESTS, LETTERS, NOTICES, TO_STAFF, VERIFICATION_NO, WRITTEN
from triage.core.text import clean, one_line
from triage.errors import LetterError
from triage.ports import RenderedLetter

if TYPE_CHECKING:
    from triage.core.rules import Office

_FILES = ("subject.txt", "body.txt", "body.html")

_FAILURES = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""All that a template may raise: Jinja2 passes on what Python says to a wrong filter or operator."""

_FORBIDDEN = re.compile(
    r"https?:|www\.|href|mailto:|<\s*(?:a|img|script|link|iframe|form|object|video|audio|base)\b|\bsrc\s*=|url\s*\("
    r"|@import|bấm vào|nhấp vào|nhấn vào|click",
    re.IGNORECASE,
)
"""Links, remote content and calls to follow them: the public has been told that our letters hold none."""


class LetterRenderer:
    """Fills letters in a sandbox. Raises LetterError naming the file and, where known, the line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources = _read_all(folder)
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FunctionLoader(self._load),
            undefined=jinja2.StrictUndefined,
            autoescape=_is_html,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )

    def render(self, letter: str, values: Mapping[str, Any]) -> RenderedLetter:
        """Fill one letter with values, which are text to the templates and never templates themselves."""
        subject, text, html = (self._fill(f"{letter}/{name}", values) for name in _FILES)
        return RenderedLetter(one_line(clean(subject)), _tidy(text), _tidy(html))

    def check(self) -> None:
        """Fill every letter with sample values of each sort; look for what it must and must not hold."""
        for letter in sorted({*LETTERS, *NOTICES, *DIGESTS, *TO_STAFF, *WRITTEN, *self._found()}):
            for values in samples():
                self._demand_fit(letter, self.render(letter, values), values)

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = self._sources.get(name)
        return (source, str(self._folder / name), lambda: True) if source is not None else None

    def _found(self) -> set[str]:
        folders = {name.partition("/")[0] for name in self._sources if "/" in name}
        return {name for name in folders if not name.startswith("_")}

    def _fill(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(values)
        except _FAILURES as error:
            raise LetterError(self._told(name, error)) from error

    def _told(self, name: str, error: Exception) -> str:
        """Say where a template failed and why, in one sentence."""
        if isinstance(error, jinja2.TemplateNotFound):
            return f"{self._folder / name}: the template {error.name} does not exist"
        if isinstance(error, jinja2.TemplateSyntaxError):
            place = error.filename or self._folder / name
            return f"{place}, line {error.lineno}: {one_line(error.message or '')}"
        frames = traceback.extract_tb(error.__traceback__)
        here = [frame for frame in frames if Path(frame.filename).is_relative_to(self._folder)]
        place = f"{here[-1].filename}, line {here[-1].lineno}" if here else str(self._folder / name)
        return f"{place}: {one_line(str(error)) or type(error).__name__}"

    def _demand_fit(self, letter: str, rendered: RenderedLetter, values: Mapping[str, Any]) -> None:
        office: Office = values["office"]
        parts = zip(_FILES, (rendered.subject, rendered.text, rendered.html), strict=True)
        for name, content in parts:
            path = self._folder / letter / name
            if found := _FORBIDDEN.search(content):
                raise LetterError(
                    f"{path}: a letter must hold no link and call for no click, but has {found.group()!r}"
                )
            code = [] if letter in {VERIFICATION_NO, *DIGESTS, *TO_STAFF} else [values["code"]]
            needed = code if name == "subject.txt" else [*code, office.address, office.switchboard]
            lacking = next((item for item in needed if item not in content), None)
            if lacking:
                raise LetterError(
                    f"{path}: every letter must show {lacking}, and with some values this one does not"
                )


def _is_html(name: str | None) -> bool:
    return name is not None and name.endswith(".html")


def _read_all(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise LetterError(f"{folder}: there is no such folder of letters")
    paths = sorted(path for path in folder.rglob("*") if path.suffix in {".txt", ".html"} and path.is_file())
    return {path.relative_to(folder).as_posix(): _read(path) for path in paths}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LetterError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise LetterError(f"{path}: cannot be read ({error.strerror})") from error


def _tidy(text: str) -> str:
    """Drop the runs of empty lines that conditions in a template leave behind."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
