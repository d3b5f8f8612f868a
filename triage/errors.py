"""Everything that can go wrong in the world, as one tree; each message is a sentence that a person reads.

TriageError
├── ConfigError           a key, a value or a secret of config.toml
├── RulesError            a file below rules/
│   └── LetterError       a letter template
├── DatabaseError         cannot be reached, cannot be written
│   ├── ConflictError     has undone a transaction in favour of another
│   └── RevisionError     is at another revision than this program needs
├── MailboxError          the IMAP server or the way to it
│   └── MailboxLoginError the IMAP server refuses our credentials
├── SmtpError             the SMTP server or the way to it
│   ├── SmtpLostError     the answer to a whole message was lost
│   └── SmtpLoginError    the SMTP server refuses our credentials
├── OidcError             the provider of sign-ins or the way to it
│   └── OidcRefusedError  what came back from it does not hold
├── CourierError          a webhook or the way to it
├── StorageError          the storage of raw mail outside the database, or the way to it
├── CodesExhaustedError   a day has had its 999,999 tickets
├── NotFoundError         a ticket or mail that does not exist
└── RefusalError          an act that the present state does not allow
    ├── RefusedActError   … of a person, on a ticket or a list, with a code that pages word
    ├── AccountError      … on an account, with a code that pages word
    ├── ThrottledError    too many tries; says for how long
    └── FencedError       this node has been ended by others and may write nothing
"""

from triage.core.accounts import AccountRefusal

TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the same command may succeed later."""

NOT_CONFIGURED = 78
"""EX_CONFIG of sysexits.h: nothing will succeed before somebody changes settings, rules or the database."""


class TriageError(Exception):
    """A failure that is told in one sentence; the process ends with ``exit_code`` when nobody handles it."""

    exit_code = 1


class ConfigError(TriageError):
    """The configuration cannot be used; names the file and the key."""

    exit_code = NOT_CONFIGURED


class RulesError(TriageError):
    """A rule file cannot be used; names the file and the entry."""

    exit_code = NOT_CONFIGURED


class LetterError(RulesError):
    """A letter cannot be rendered; names the template file."""


class DatabaseError(TriageError):
    """The database cannot be used; names it without its password."""

    exit_code = TRY_AGAIN


class ConflictError(DatabaseError):
    """Two transactions waited for each other; this one was undone and may be done again."""


class RevisionError(DatabaseError):
    """The database is at another revision than this program needs; says which command helps."""

    exit_code = NOT_CONFIGURED


class MailboxError(TriageError):
    """The mailbox cannot be read at present; names the server."""

    exit_code = TRY_AGAIN


class MailboxLoginError(MailboxError):
    """The IMAP server refuses the credentials; trying again at once would risk a lock-out."""


class SmtpError(TriageError):
    """The SMTP server cannot be used at present; names the server."""

    exit_code = TRY_AGAIN


class SmtpLostError(SmtpError):
    """The server fell silent after it had been given a whole message, which it may have taken."""


class SmtpLoginError(SmtpError):
    """The SMTP server refuses the credentials."""


class OidcError(TriageError):
    """The provider of sign-ins cannot be used at present; names it."""

    exit_code = TRY_AGAIN


class OidcRefusedError(OidcError):
    """A sign-in by the provider does not hold; says why, for the audit."""


class CourierError(TriageError):
    """A webhook cannot be reached, or may not be; names its host."""

    exit_code = TRY_AGAIN


class StorageError(TriageError):
    """The storage of raw mail cannot be used at present; names it. No mail is at fault."""

    exit_code = TRY_AGAIN


class CodesExhaustedError(TriageError):
    """A local day has no ticket code left; the mail stays stored."""


class NotFoundError(TriageError):
    """There is no such ticket, mail or letter."""


class RefusalError(TriageError):
    """The act is not allowed as things stand; says what would have to be different."""


class RefusedActError(RefusalError):
    """An act of a person that is not allowed; pages word ``code`` and fill ``values`` in."""

    def __init__(self, code: str, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.code = code
        self.values = values


class AccountError(RefusalError):
    """An account cannot be added or changed so; ``code`` says why, the message says it for a terminal."""

    def __init__(self, code: AccountRefusal, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class ThrottledError(RefusalError):
    """Too much was tried within a short time; ``minutes`` is how long to wait at most."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"Too many attempts; wait {minutes} minutes.")
        self.minutes = minutes


class FencedError(RefusalError):
    """Another node took this one for dead and has taken over; a new process may begin anew."""

    exit_code = TRY_AGAIN
