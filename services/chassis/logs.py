"""Structured logs without personal data: named events with machine facts; a free text or a payload never gets in."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

# The only facts a log line may carry. Anything else is dropped: a name cannot slip in by mistake.
ALLOWED: Final = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "service",
        "code",
        "family",
        "count",
        "seconds",
        "error",
        "attempt",
        "port",
        "revision",
        "expected",
        "type",
        "part",
        "where",
        "kind",
        "text_fr",
        "text_en",
    }
)


def _only_allowed(_logger: object, _method: str, facts: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: fact for name, fact in facts.items() if name in ALLOWED}


def configure(service: str, level: str) -> None:
    """Send JSON lines to standard output. Libraries speak only from ERROR up, without their payloads."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(level=logging.ERROR, format='{"level":"%(levelname)s","event":"library","error":"%(name)s"}')
    # They say again at each attempt what is told here once, by name, as a fault.
    for told in ("aiokafka", "opentelemetry"):
        logging.getLogger(told).setLevel(logging.CRITICAL)


def log() -> structlog.typing.FilteringBoundLogger:
    """The logger. Events are kebab-case nouns or past facts: `message-failed`, `started`."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


def kind_of(error: BaseException) -> str:
    """An exception's class, and its cause's: its text may quote a value, so it is never logged."""
    names = [type(error).__name__]
    cause = getattr(error, "orig", None) or error.__cause__
    if cause is not None:
        names.append(type(cause).__name__)
        sqlstate = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
        if sqlstate:
            names.append(str(sqlstate))
    return ":".join(names)
