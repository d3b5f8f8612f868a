"""The SMTP catcher of the package, for tests; see triage.adapters.catcher for its scripted answers."""

from triage.adapters.catcher import CaughtMessage, SmtpCatcher, Stage

__all__ = ["CaughtMessage", "SmtpCatcher", "Stage"]
