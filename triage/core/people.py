"""People at the desk: their roles, and what each role may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What somebody is at the desk."""

    COORDINATOR = "coordinator"
    AGENT = "agent"
    SECURITY = "security"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Right(StrEnum):
    """One thing that a role may do; every page and every act demands exactly one.

    ``SELF`` is for one's own account, ``READ`` for tickets that one may see, ``NOTE`` for internal notes and
    drafts for approval on them, ``WORK`` for everything that is done to a ticket, ``TRUST`` for judging
    senders (hold, release, confirm), ``CAMPAIGNS`` for keeping campaigns of impostors and telling
    coordinators of them, ``RAW`` for raw mails with what they give away, ``EXPORT`` for taking lists out,
    ``AUDIT`` for reading who did what, ``OPERATE`` for stuck mails and letters, ``RULES`` for seeing how the
    rules stand and trying mails by them, ``UNITS`` for keeping the directory of units, ``PEOPLE`` for
    accounts, ``PROVINCE`` for what a coordinator does to a ticket that the centre has given to his province.
    ``OVERSEE`` is for what concerns all queues together, and goes with seeing them all.
    """

    SELF = "self"
    READ = "read"
    OVERSEE = "oversee"
    NOTE = "note"
    WORK = "work"
    TRUST = "trust"
    CAMPAIGNS = "campaigns"
    RAW = "raw"
    EXPORT = "export"
    AUDIT = "audit"
    OPERATE = "operate"
    RULES = "rules"
    UNITS = "units"
    PEOPLE = "people"
    PROVINCE = "province"


_EVERYBODY = frozenset({Right.SELF, Right.READ})
_WORKER = _EVERYBODY | {Right.OVERSEE, Right.NOTE, Right.WORK, Right.EXPORT, Right.UNITS}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.COORDINATOR: _EVERYBODY | {Right.NOTE, Right.EXPORT, Right.PROVINCE},
    Role.AGENT: _WORKER,
    Role.SECURITY: _WORKER | {Right.TRUST, Right.CAMPAIGNS, Right.RAW, Right.RULES},
    Role.AUDITOR: _EVERYBODY | {Right.OVERSEE, Right.EXPORT, Right.AUDIT},
    Role.ADMIN: _WORKER | {Right.CAMPAIGNS, Right.OPERATE, Right.RULES, Right.PEOPLE, Right.AUDIT},
}


class Factor(StrEnum):
    """By what a session was opened.

    ``HALF`` and ``ENROL`` open nothing yet: password or provider said yes, and the code is still to be given,
    or to be set up.
    """

    PASSWORD = "password"  # noqa: S105 - the name of a factor
    CODE = "code"
    RECOVERY = "recovery"
    OIDC = "oidc"
    HALF = "half"
    ENROL = "enrol"

    @property
    def opens(self) -> bool:
        """Whether such a session opens the desk."""
        return self not in {Factor.HALF, Factor.ENROL}


NEEDS_SECOND_FACTOR = frozenset(Role) - {Role.COORDINATOR}
"""Agents and up sign in with a code besides the password."""

SEES_ALL = frozenset(Role) - {Role.COORDINATOR}
"""Whose sight is not bound to queues of his own."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in; ``name`` is the login, which stands as actor and assignee.

    ``may_answer`` is whether answers of a coordinator leave without approval.

    Which queues a coordinator sees is asked of the database each time, never kept here: a queue that is given
    up is gone with the next question.
    """

    id: int
    name: str
    display_name: str
    role: Role
    email: str = ""
    language: str = "vi"
    preferences: Mapping[str, Any] = field(default_factory=dict)
    may_answer: bool = False

    def may(self, right: Right) -> bool:
        """Whether this person's role has a right."""
        return right in RIGHTS[self.role]

    @property
    def sees_all(self) -> bool:
        """Whether this person sees every queue."""
        return self.role in SEES_ALL

    @property
    def initials(self) -> str:
        """The two letters that stand for a person where room is scarce: the given name last, as here."""
        words = self.display_name.split() or [self.name]
        chosen = words[-2:] if len(words) > 1 else words
        return "".join(word[0] for word in chosen).upper()
