"""Logs on stderr: for a person on a terminal, as JSON lines elsewhere; data never goes there."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

from triage.core.privacy import mask

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def masked(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide secrets in whatever a log line says; an error may quote the mail that caused it."""
    for key, value in event.items():
        event[key] = _masked(value)
    return event


def _masked(value: Any) -> Any:  # noqa: ANN401 - a log line holds anything
    match value:
        case str():
            return mask(value)
        case dict():
            return {key: _masked(one) for key, one in value.items()}
        case list():
            return [_masked(one) for one in value]
        case _:
            return value


class _Libraries(logging.Handler):
    """Tells what libraries log in the same lines as everything else: two writers would mix theirs."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one record; a traceback as ours are told."""
        told = {"library": record.name, "said": record.getMessage(), "exc_info": record.exc_info}
        structlog.get_logger().log(record.levelno, "library_told", **told)


def set_up(level: str = "info", style: str = "auto") -> None:
    """Make structlog, and the libraries' own logging, write to stderr in one style.

    A traceback shows lines of code and never the values in them: those are mails and passwords.
    """
    as_json = style == "json" or (style == "auto" and not sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if as_json:
        shared += [structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))]
        renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[*shared, masked, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)
