"""Takes out of a text what others should not read: secrets and addresses always, names if they are to be hidden.

What hides names would rather hide too much: a word that only looks like a path is no loss.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from typing import Any, Final

_SECRETS: Final = re.compile(
    r"(?P<token>eyJ[\w-]+\.[\w-]+\.[\w-]+)"  # JSON web tokens
    r"|(?P<bearer>(?i:bearer|basic)\s+[\w.~+/=-]+)"
    r"|(?P<query>[?&][^\s\"'<>#]+)"  # a URL's parameters: permissions to fetch content are made of them
    r"|(?P<link>(?<=/)(?:s|share|sign-in)/[\w-]{12,})"
    r"|(?P<login>(?<=://)[^/\s@]+@)"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
)
_ABOUT_A_PATH: Final = re.compile(r"^(?P<path>.*): (?P<code>[a-z][a-z_-]+): (?P<detail>.*)$", re.DOTALL)
"""How the engine tells of one path. Greedy: what could still be a part of it is hidden with it."""
_LOGGER_OF_PATHS: Final = "sync_engine.engine.lanes"
_NAMES: Final = re.compile(
    r"(?P<source>File \"[^\"\n]+\.py\", line \d+)"  # of the program: a traceback needs it
    r"|(?P<quoted>'(?:[^'\\\n]|\\.)+'|\"(?:[^\"\\\n]|\\.)+\"|“[^”\n]+”)"
    r"|(?P<url>https?://[^\s\"']+)"
    r"|(?P<path>(?<![\w<])[^\s\"'“”:]*/[^\"'“”:\n]*)"
)
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def without_secrets(text: str) -> str:
    """No tokens, passwords in addresses, parameters and secret parts of URLs, or email addresses."""
    return _SECRETS.sub(lambda match: "[email]" if match["email"] else "[redacted]", text)


class Hider:
    """Gives each name a stand-in, the same one wherever it comes. ``key``: who has it not cannot try names out."""

    def __init__(self, key: bytes, places: dict[str, str], names: Iterable[str] = ()) -> None:
        """``places``: absolute paths and what to call them. ``names``: known paths, hidden wherever they stand."""
        self._key = key
        self._places = sorted(((path, name) for path, name in places.items() if path), key=lambda p: -len(p[0]))
        self._known = sorted({name for name in names if name}, key=lambda name: (-len(name), name))

    def path(self, path: str) -> str:
        """Folder by folder; endings stay."""
        for place, name in self._places:
            if path == place or path.startswith(f"{place}/"):
                return name + self._parts(path[len(place) :])
        return self._parts(path)

    def text(self, text: str) -> str:
        """Free text, with what looks like a path, or stands in quotes, hidden."""
        for name in self._known:
            text = text.replace(name, self.path(name))
        return _NAMES.sub(self._replacement, text)

    def log(self, line: str) -> str:
        """One line of a log: a JSON document, or else text."""
        try:
            document = json.loads(line)
        except ValueError:
            return self.text(line)
        if not isinstance(document, dict):
            return self.text(line)
        event = document.get("event")
        about = _ABOUT_A_PATH.match(event) if isinstance(event, str) else None
        if about is not None and document.get("logger") == _LOGGER_OF_PATHS:
            document["event"] = f"{self.path(about['path'])}: {about['code']}: {self.text(about['detail'])}"
            event = None
        for field in ("event", "exception"):
            if isinstance(value := event if field == "event" else document.get(field), str):
                document[field] = self.text(value)
        return json.dumps(document, ensure_ascii=True)

    def _replacement(self, match: re.Match[str]) -> str:
        if match["quoted"]:
            inside = match["quoted"][1:-1]
            return match["quoted"][0] + self.path(inside) + match["quoted"][-1]
        return self.path(match["path"]) if match["path"] else match[0]

    def _parts(self, path: str) -> str:
        return "/".join(self._part(part) for part in path.split("/"))

    def _part(self, name: str) -> str:
        if not name or name in {".", ".."} or name.startswith("name-"):
            return name
        digest = hmac.new(self._key, name.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:8]
        ending = _ENDING.search(name)
        return f"name-{digest}{ending[0] if ending else ''}"


def plain(value: Any) -> Any:
    """A document whose texts hold no secrets."""
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value
