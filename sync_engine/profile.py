"""A device's profile: one directory that holds its settings, journal, logs, and the way to its tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from sync_engine.adapters.durable import write_durably
from sync_engine.core.quantities import parse_duration, parse_speed
from sync_engine.errors import SetupError


class Link(Struct, frozen=True, kw_only=True):
    """Which server, account and folder this device is bound to."""

    server: str
    email: str
    account_id: bytes
    device_id: bytes
    device_name: str
    namespace_id: bytes
    folder: str
    """Absolute."""
    journal_id: str
    """What the folder's marker says, so that another folder is never taken for this one."""
    ca_file: str | None = None
    insecure_http: bool = False


class Settings(Struct):
    """What ``config set`` changes; ``PREFERENCES`` has the known keys."""

    link: Link | None = None
    preferences: dict[str, str] = field(default_factory=dict)


class Preference(Struct, frozen=True):
    default: str
    meaning: str
    check: Callable[[str], object]
    """Raises: ValueError, with a sentence."""


def _is_proxy(text: str) -> str:
    if text in {"", "none", "system"} or text.startswith(("http://", "https://", "socks5://")):
        return text
    raise ValueError(f"“{text}” is no proxy; write http://HOST:PORT, or system, or none")


PREFERENCES: Final = {
    "bandwidth.up": Preference("0", "bytes a second sent at most; 0 is no limit", parse_speed),
    "bandwidth.down": Preference("0", "bytes a second received at most; 0 is no limit", parse_speed),
    "proxy": Preference("system", "http://HOST:PORT, system or none", _is_proxy),
    "scan.interval": Preference("1h", "how often the whole folder is looked at", parse_duration),
}


class Profile:
    """Directory of mode 0700. Settings are read at each question: another program may have changed them."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @classmethod
    def open(cls, home: Path) -> Profile:
        """Make the directory if needed. Raises: SetupError."""
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            if home.stat().st_mode & 0o077:
                home.chmod(0o700)
        except OSError as error:
            raise SetupError(
                f"The profile {home} cannot be used: {error.strerror}. Choose another with --home."
            ) from error
        return cls(home)

    @property
    def journal_path(self) -> Path:
        return self.home / "journal.db"

    @property
    def log_directory(self) -> Path:
        return self.home / "logs"

    @property
    def _settings_path(self) -> Path:
        return self.home / "settings.json"

    def settings(self) -> Settings:
        """Raises: SetupError if the file is damaged."""
        try:
            return msgspec.json.decode(self._settings_path.read_bytes(), type=Settings)
        except FileNotFoundError:
            return Settings()
        except (OSError, msgspec.MsgspecError) as error:
            raise SetupError(f"The settings in {self._settings_path} cannot be read: {error}. Link again.") from error

    def write_settings(self, settings: Settings) -> None:
        """Durable, whole or not at all. Raises: SetupError."""
        try:
            write_durably(self._settings_path, msgspec.json.format(msgspec.json.encode(settings)))
        except OSError as error:
            raise SetupError(f"The settings in {self.home} cannot be written: {error.strerror}.") from error

    def link(self) -> Link:
        """Raises: SetupError if this profile was never linked."""
        link = self.settings().link
        if link is None:
            raise SetupError("This device is not linked yet. Run `lockstep link URL --email E --folder DIR` first.")
        return link

    def preference(self, key: str) -> str:
        """As set, or its default. Raises: SetupError for an unknown key."""
        if key not in PREFERENCES:
            raise SetupError(f"There is no setting “{key}”. Known: {', '.join(PREFERENCES)}.")
        return self.settings().preferences.get(key, PREFERENCES[key].default)

    def set_preference(self, key: str, value: str) -> None:
        """Raises: SetupError for an unknown key or a value that makes no sense."""
        self.preference(key)
        try:
            PREFERENCES[key].check(value)
        except ValueError as error:
            raise SetupError(f"{key}: {error}.") from error
        settings = self.settings()
        settings.preferences[key] = value
        self.write_settings(settings)
