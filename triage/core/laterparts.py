"""The parts of reading a mail that are loaded when a mail needs them, and how to load them all at once.

A short command should not wait for them. A service must not meet them for the first time when the program on
disk has been replaced below it: a new release's part in an old process would fail, and the mail be blamed.
"""

from importlib import import_module

PARTS = (
    *("triage.core.archives", "triage.core.opentext", "triage.core.pdftext", "triage.core.sheettext"),
    *("triage.core.wordtext", "triage.core.cmsverify"),
    *("email_validator", "idna", "phonenumbers", "rapidfuzz.distance"),
)


def load_all() -> None:
    """Load every part that is not loaded yet. Raises ImportError."""
    for name in PARTS:
        import_module(name)
