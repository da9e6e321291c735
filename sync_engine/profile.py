"""A device's profile: one directory that holds its settings, journal, logs, and the way to its tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, field

from server_api.contract.reading import from_json
from sync_engine.adapters.durable import write_durably
from sync_engine.adapters.locks import exclusive
from sync_engine.core.quantities import counted, parse_duration, parse_speed
from sync_engine.errors import DamagedSettings, NotLinked, SetupError, WipeRequested, WrongUsage


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
    runs_server: bool = False
    """The server is this computer's own: it runs with ``lockstep up``, and ends with it."""
    wipe_check: bytes = b""
    """SHA-256 of what only this server can tell: the proof that a wipe is its account's wish."""


class Wiping(Struct, frozen=True, kw_only=True):
    """What the account's owner wants removed from this device is being removed, or was."""

    at_ms: int
    """When it began."""
    removed: int | None = None
    """Files that went; ``None`` until all has."""
    kept: int = 0
    """Files that stayed: the server does not have them like that."""


class Settings(Struct):
    """What ``config set`` changes; ``PREFERENCES`` has the known keys."""

    link: Link | None = None
    wiping: Wiping | None = None
    """With a link: under way, and nothing else may be done with the profile. Without one: it was done."""
    preferences: dict[str, str] = field(default_factory=dict)


class Preference(Struct, frozen=True):
    default: str
    meaning: str
    check: Callable[[str], None]
    """Raises: ValueError, with a sentence."""


def _check_proxy(text: str) -> None:
    if text in {"none", "system"}:
        return
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        is_plain = parts.path in {"", "/"} and not (parts.query or parts.fragment)
    except ValueError:  # no port, or no address
        is_address = is_plain = False
    if not (is_address and is_plain and text.isprintable() and " " not in text):
        raise ValueError("that is no proxy; write http://HOST:PORT, http://NAME:PASSWORD@HOST:PORT, system or none")


def _check_speed(text: str) -> None:
    speed = parse_speed(text)
    if 0 < speed < SLOWEST or speed > FASTEST:
        raise ValueError("that is no speed to sync at; write 10k or more, or 0 for no limit")


def _check_interval(text: str) -> None:
    seconds = parse_duration(text)
    if seconds and not SHORTEST_SCAN_S <= seconds <= LONGEST_SCAN_S:
        raise ValueError("write a time from 10s to 30d, or 0 for never but at the start")


SLOWEST: Final = 10_000
"""Bytes a second: with less, each step would take seconds, and ending as well."""
FASTEST: Final = 10**12
SHORTEST_SCAN_S: Final = 10.0
LONGEST_SCAN_S: Final = 30 * 86_400.0
_QUOTED: Final = 40

PREFERENCES: Final = {
    "bandwidth.up": Preference("0", "bytes a second sent at most; 0 is no limit", _check_speed),
    "bandwidth.down": Preference("0", "bytes a second received at most; 0 is no limit", _check_speed),
    "proxy": Preference("system", "http://HOST:PORT, system or none", _check_proxy),
    "scan.interval": Preference("1h", "how often the whole folder is looked at", _check_interval),
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
    def views_directory(self) -> Path:
        """Contents that were fetched for looking at."""
        return self.home / "views"

    @property
    def _settings_path(self) -> Path:
        return self.home / "settings.json"

    def settings(self) -> Settings:
        """Raises: SetupError if the file is damaged."""
        try:
            return from_json(self._settings_path.read_bytes(), Settings)
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            raise SetupError(f"The settings in {self._settings_path} cannot be read: {error.strerror}.") from error
        except msgspec.MsgspecError as error:
            raise DamagedSettings(
                f"The settings in {self._settings_path} are damaged: {error}. Link again, with --take-over."
            ) from error

    def set_damaged_aside(self) -> None:
        """If the settings cannot be understood, they get another name, and the profile is as one that was never linked.
        Raises: SetupError."""
        try:
            self.settings()
        except DamagedSettings as error:
            try:
                self._settings_path.rename(self._settings_path.with_suffix(".damaged"))
            except OSError:
                raise error from None

    def write_settings(self, settings: Settings) -> None:
        """Durable, whole or not at all. Raises: SetupError."""
        try:
            write_durably(self._settings_path, msgspec.json.format(msgspec.json.encode(settings)))
        except OSError as error:
            raise SetupError(f"The settings in {self.home} cannot be written: {error.strerror}.") from error

    @contextmanager
    def change_settings(self) -> Iterator[Settings]:
        """Written as the block leaves them; nobody else changes them meanwhile. Raises: SetupError."""
        with exclusive(str(self.home / "settings.lock")):
            settings = self.settings()
            yield settings
            self.write_settings(settings)

    def alone(self) -> AbstractContextManager[None]:
        """For who links, unlinks or starts this device: one after the other. Raises: SetupError, as it is entered."""
        return exclusive(str(self.home / "profile.lock"))

    def alone_with_rules(self) -> AbstractContextManager[None]:
        """For who reads the folder's ignore file and writes it anew. Raises: SetupError, as it is entered."""
        return exclusive(str(self.home / "ignore.lock"))

    def link(self) -> Link:
        """Raises: NotLinked."""
        settings = self.settings()
        link, wiped = settings.link, settings.wiping
        if link is None and wiped is not None:
            raise NotLinked(told_of(wiped))
        if link is None:
            raise NotLinked("This device is not linked yet. Run `lockstep link URL --email E --folder DIR` first.")
        return link

    @property
    def is_wiping(self) -> bool:
        """Whether a wipe has begun and not ended: nothing else may be done with the profile."""
        settings = self.settings()
        return settings.link is not None and settings.wiping is not None

    @property
    def was_signed_out(self) -> bool:
        """What the server said last, to whoever asked it: for who does not ask."""
        return self._signed_out_path.exists()

    def remember_sign_in(self, *, is_signed_in: bool) -> None:
        with suppress(OSError):  # the next one who asks the server remembers it
            if is_signed_in:
                self._signed_out_path.unlink(missing_ok=True)
            else:
                self._signed_out_path.touch(mode=0o600)

    @property
    def _signed_out_path(self) -> Path:
        return self.home / "signed-out"

    def preference(self, key: str) -> str:
        """As set, or its default. Raises: SetupError for an unknown key, or a value that was written by hand and makes
        no sense."""
        default = _known(key).default
        value = self.settings().preferences.get(key, default)
        _check(key, value)
        return value

    def change_preferences(self, values: Mapping[str, str | None]) -> None:
        """All of them or none; ``None``: back to the default. Raises: SetupError for an unknown key or a value that
        makes no sense."""
        with self.change_settings() as settings:
            for key, value in values.items():
                _check(key, _known(key).default if value is None else value)
                settings.preferences.pop(key, None)
                if value is not None:
                    settings.preferences[key] = value


def refuse_wiping(profile: Profile) -> None:
    """Raises: WipeRequested, while a wipe of the profile is under way."""
    if profile.is_wiping:
        raise WipeRequested("it has begun")


def told_of(wiped: Wiping) -> str:
    """What a person is told on a device that was wiped."""
    them = "it" if wiped.kept == 1 else "them"
    kept = f" {counted(wiped.kept, 'file is', 'files are')} still here: the server does not have {them} like that."
    return (
        "The account's owner had this device wiped: what it had synced was removed, and it does not belong to the "
        f"account any more.{kept if wiped.kept else ''} `lockstep link` makes it a device of an account again."
    )


def _known(key: str) -> Preference:
    """Raises: SetupError."""
    if key not in PREFERENCES:
        raise WrongUsage(f"There is no setting “{key[:_QUOTED]}”. Known: {', '.join(PREFERENCES)}.")
    return PREFERENCES[key]


def _check(key: str, value: str) -> None:
    """Raises: SetupError."""
    try:
        _known(key).check(value)
    except OverflowError as error:
        raise WrongUsage(f"{key}: that is far too much.") from error
    except ValueError as error:
        raise WrongUsage(f"{key}: {error}.") from error
