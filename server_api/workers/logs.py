"""Where records go, and what never does: one filter takes tokens, signed addresses and links out of every line."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final, Literal

import structlog

from server_api.domain.redaction import redact
from server_api.routes.request_ids import current_request_id

Format = Literal["auto", "human", "json"]

_SECRET_KEYS: Final = ("password", "token", "secret", "cookie", "authorization", "code", "invite")


def configure_logs(style: Format = "auto", level: str = "INFO") -> None:
    """Sends every record of this process to standard error: lines for a person at a terminal, JSON for a machine."""
    is_human = style == "human" or (style == "auto" and sys.stderr.isatty())
    renderer = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if is_human
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                _add_request_id,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                drop_secrets,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("alembic", "botocore", "boto3", "urllib3", "s3transfer"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a full disk under the log must not stop a request


def _add_request_id(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if request_id := current_request_id():
        event.setdefault("request_id", request_id)
    return event


def drop_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: redacts every text, and what stands under a telling key whatever it looks like."""
    for key, value in list(event.items()):
        if value is None:
            del event[key]
        elif key != "problem" and any(word in key.lower() for word in _SECRET_KEYS):
            event[key] = "[redacted]"
        elif not isinstance(value, int | float):
            event[key] = redact(value if isinstance(value, str) else repr(value))
    return event
