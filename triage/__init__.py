"""Inbound email triage for the State Treasury's IT support mailbox."""

__version__ = "0.1.0"
