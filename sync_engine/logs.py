"""The daemon's log: JSON lines in the profile, five files of 5 MB, with secrets taken out."""

from __future__ import annotations

import logging
import logging.handlers
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog

_FILES: Final = 5
_FILE_BYTES: Final = 5_000_000
_SECRETS: Final = re.compile(
    r"(?P<token>eyJ[\w-]+\.[\w-]+\.[\w-]+)"  # JSON web tokens
    r"|(?P<bearer>(?i:bearer)\s+\S+)"
    r"|(?P<query>(?<=[?&])(?i:[\w-]*(?:signature|credential|token|sig|policy)[\w-]*)=[^&\s\"']+)"
    r"|(?P<path>(?<=/)(?:s|share|sign-in)/[\w-]{16,})"
)


def configure(directory: Path, *, debug: bool = False) -> None:
    """Send what this process logs to files in the directory (mode 0700). Call once."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        directory / "lockstep.log", maxBytes=_FILE_BYTES, backupCount=_FILES - 1, encoding="utf-8", delay=True
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact_event,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=_common(),
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_common(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        cache_logger_on_first_use=True,
    )


def _common() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def redact(text: str) -> str:
    """The text without tokens, signatures of URLs and the secret parts of links."""
    return _SECRETS.sub(_replacement, text)


def _replacement(match: re.Match[str]) -> str:
    if match["query"]:
        return match["query"].split("=", 1)[0] + "=[redacted]"
    if match["path"]:
        return match["path"].split("/", 1)[0] + "/[redacted]"
    return "[redacted]"


def redact_event(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The one filter that everything written goes through."""
    for key, value in event.items():
        event[key] = _redacted(value)
    return event


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _redacted(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(inner) for inner in value]
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, int | float | bool | type(None)) else redact(str(value))
