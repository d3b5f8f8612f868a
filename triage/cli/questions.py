"""What triage init asks on a terminal: little, since everything else has a default that mostly holds."""

from dataclasses import dataclass, field, replace

import typer

QUESTIONS = (
    ("mailbox.host", "IMAP server of the mailbox", "imap.vst.gov.vn"),
    ("mailbox.username", "Its account", "hotrocntt@vst.gov.vn"),
    ("smtp.host", "Server that takes our letters (SMTP)", "mailbox.host"),
    ("smtp.username", "Account there, or - for none", "mailbox.username"),
    ("smtp.from_address", "Address that letters come from", "mailbox.username"),
    ("database.url", "Database", "sqlite:///triage.sqlite"),
)
"""Key, question and default, in the order of asking; a default that is a key means the answer to that."""

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Answers:
    """Settings by ``section.key``, as typed, and passwords by section; an empty one is written later."""

    settings: dict[str, str]
    passwords: dict[str, str] = field(default_factory=lambda: {"mailbox": "", "smtp": ""}, repr=False)


def ask(given: Answers) -> Answers:
    """Ask for what was not given; Enter takes what stands in brackets."""
    settings = dict(given.settings)
    for key, question, default in QUESTIONS:
        if key not in settings:
            answer = str(typer.prompt(question, default=settings.get(default, default))).strip()
            settings[key] = "" if answer == NOTHING else answer
    passwords = {"mailbox": "", "smtp": ""}
    if settings.get("mailbox.auth", "password") == "password":
        passwords["mailbox"] = _password("Password of the mailbox (Enter: write it into its file later)")
    if settings["smtp.username"]:
        same = passwords["mailbox"] if settings["smtp.username"] == settings["mailbox.username"] else ""
        later = "the same" if same else "write it into its file later"
        passwords["smtp"] = _password(f"Password for letters (Enter: {later})") or same
    return replace(given, settings=settings, passwords=passwords)


def _password(question: str) -> str:
    return str(typer.prompt(question, default="", show_default=False, hide_input=True))
