"""Where tokens are kept: the system's keyring, or a file of mode 0600 in the profile where none answers.

A keyring is asked in a thread with a time limit: one that is locked may open a dialog that nobody sees.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from sync_engine.adapters.durable import write_durably
from sync_engine.adapters.locks import exclusive
from sync_engine.errors import SetupError
from sync_engine.ports import Keychain

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SERVICE: Final = "lockstep"
_ANSWER_WITHIN_S: Final = 20.0
_TRUSTED: Final = frozenset(
    f"keyring.backends.{name}" for name in ("SecretService", "kwallet", "macOS", "Windows", "libsecret")
)
"""Others, such as those of keyrings.alt, may store in plain text without a word."""
_PROBE: Final = "probe"
_T = TypeVar("_T")


def open_keychain(home: Path) -> Keychain:
    """The system's keyring if one answers; a file if not, or if ``LOCKSTEP_KEYRING=file``.

    Where a secret was written first, all are kept from then on: a keyring that does not answer for once must not look
    like a device that was signed out.
    """
    file = FileKeychain(home / "tokens.json")
    if os.environ.get("LOCKSTEP_KEYRING") == "file" or file.is_used():
        return file
    ring = SystemKeychain(os.path.realpath(home), home / "tokens.keyring")
    return ring if ring.is_used() or ring.answers() else file


class FileKeychain:
    """``ports.Keychain`` by a JSON file that only this user may read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_used(self) -> bool:
        return self._path.exists()

    def read(self, name: str) -> str | None:
        return self._secrets().get(name)

    def write(self, name: str, secret: str) -> None:
        with self._alone():
            self._replace(self._secrets() | {name: secret})

    def delete(self, name: str) -> None:
        with self._alone():
            secrets = self._secrets()
            if secrets.pop(name, None) is not None:
                self._replace(secrets)

    def description(self) -> str:
        return f"the file {self._path}, readable by you alone"

    def _alone(self) -> AbstractContextManager[None]:
        return exclusive(str(self._path.with_suffix(".lock")))

    def _secrets(self) -> dict[str, str]:
        try:
            secrets = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise SetupError(f"The tokens in {self._path} cannot be read: {error}. Link again.") from error
        return secrets if isinstance(secrets, dict) else {}

    def _replace(self, secrets: dict[str, str]) -> None:
        try:
            write_durably(self._path, json.dumps(secrets).encode())
        except OSError as error:
            raise SetupError(f"The tokens in {self._path} cannot be written: {error.strerror}.") from error


class SystemKeychain:
    """``ports.Keychain`` by the system's keyring. One entry a profile and name."""

    def __init__(self, profile: str, marker: Path) -> None:
        """``marker``: a file that says, once it is there, that this profile's secrets are in the keyring."""
        self._profile = profile
        self._marker = marker

    def is_used(self) -> bool:
        return self._marker.exists()

    def answers(self) -> bool:
        """Whether there is a keyring that can be trusted, is open, and gives back what it was given."""

        def try_it() -> bool:
            ring, key = _trusted_backend(), self._key(_PROBE)
            ring.set_password(_SERVICE, key, _PROBE)
            is_kept = ring.get_password(_SERVICE, key) == _PROBE
            ring.delete_password(_SERVICE, key)
            return is_kept

        try:
            return _within(try_it)
        except SetupError:
            return False

    def read(self, name: str) -> str | None:
        return _within(lambda: _trusted_backend().get_password(_SERVICE, self._key(name)))

    def write(self, name: str, secret: str) -> None:
        _within(lambda: _trusted_backend().set_password(_SERVICE, self._key(name), secret))
        if not self.is_used():
            try:
                write_durably(self._marker, b"This profile's tokens are in the system's keyring.\n")
            except OSError as error:
                raise SetupError(f"The profile cannot be written: {self._marker}: {error.strerror}.") from error

    def delete(self, name: str) -> None:
        def delete_it() -> None:
            ring, key = _trusted_backend(), self._key(name)
            if ring.get_password(_SERVICE, key) is not None:
                ring.delete_password(_SERVICE, key)

        _within(delete_it)

    def description(self) -> str:
        return "the system's keyring"

    def _key(self, name: str) -> str:
        return f"{self._profile}:{name}"


def _trusted_backend() -> KeyringBackend:
    """Raises: LookupError."""
    import keyring  # here: it looks through all installed packages, and only some commands need it

    backend = keyring.get_keyring()
    for ring in getattr(backend, "backends", [backend]):  # a chain of several, best first
        if type(ring).__module__ in _TRUSTED:
            return ring  # type: ignore[no-any-return]
    raise LookupError("there is none on this system")


def _within(call: Callable[[], _T]) -> _T:
    """Raises: SetupError if the keyring does not answer in time, or says no."""
    results: list[_T] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(call())
        except Exception as error:  # noqa: BLE001 - backends raise what they like; told below, in the caller's thread
            errors.append(error)

    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(_ANSWER_WITHIN_S)
    if results:
        return results[0]
    said = str(errors[0]) or type(errors[0]).__name__ if errors else "no answer; is it locked?"
    raise SetupError(
        f"The system's keyring does not work: {said}. Unlock it, or set LOCKSTEP_KEYRING=file and link again."
    )
