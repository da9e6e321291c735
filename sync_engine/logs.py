"""What a device writes down: JSON lines in the profile, five files of 5 MB, with secrets taken out."""

from __future__ import annotations

import contextlib
import json
import logging
import logging.handlers
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_FILES: Final = 5
_FILE_BYTES: Final = 5_000_000
_SECRETS: Final = re.compile(
    r"(?P<token>eyJ[\w-]+\.[\w-]+\.[\w-]+)"  # JSON web tokens
    r"|(?P<bearer>(?i:bearer)\s+\S+)"
    r"|(?P<query>(?<=[?&])(?i:[\w-]*(?:signature|credential|token|sig|policy)[\w-]*)=[^&\s\"']+)"
    r"|(?P<path>(?<=/)(?:s|share|sign-in)/[\w-]{16,})"
)


def configure(directory: Path, *, debug: bool = False) -> None:
    """Send what this process logs to files in the directory (mode 0700), and nowhere else. Again: to that one."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = _LogFile(
        directory / "lockstep.log", maxBytes=_FILE_BYTES, backupCount=_FILES - 1, encoding="utf-8", delay=True
    )
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for before in root.handlers:
        before.close()
    root.handlers = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    logging.getLogger("urllib3").setLevel(logging.WARNING)


class _LogFile(logging.handlers.RotatingFileHandler):
    def close(self) -> None:
        with contextlib.suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """A full disk is told of where it matters; a line that is lost here must not go to the terminal instead."""


class JsonLines(logging.Formatter):
    """One JSON document a line. The one filter that everything written goes through."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "timestamp": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": redact(record.getMessage()),
        }
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=True)  # names of any bytes survive


def redact(text: str) -> str:
    """The text without tokens, signatures of URLs and the secret parts of links."""
    return _SECRETS.sub(_replacement, text)


def _replacement(match: re.Match[str]) -> str:
    if match["query"]:
        return match["query"].split("=", 1)[0] + "=[redacted]"
    if match["path"]:
        return match["path"].split("/", 1)[0] + "/[redacted]"
    return "[redacted]"
