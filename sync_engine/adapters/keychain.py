"""Where tokens are kept: the system's keyring, or a file of mode 0600 in the profile where none answers.

A keyring is tried in a thread with a time limit: one that is locked may open a dialog that nobody sees.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from sync_engine.errors import SetupError
from sync_engine.ports import Keychain
from sync_engine.profile import write_durably

_SERVICE: Final = "lockstep"
_ANSWER_WITHIN_S: Final = 20.0
_TRUSTED: Final = ("keyring.backends.SecretService", "keyring.backends.kwallet", "keyring.backends.macOS",
                   "keyring.backends.Windows", "keyring.backends.libsecret")  # fmt: skip
"""Others, such as those of keyrings.alt, may store in plain text without a word."""
_T = TypeVar("_T")


def open_keychain(home: Path) -> Keychain:
    """The keyring if one answers; a file if not, or if ``LOCKSTEP_KEYRING=file``. What was chosen once stays chosen, so
    that tokens are found again."""
    file = FileKeychain(home / "tokens.json")
    if os.environ.get("LOCKSTEP_KEYRING") == "file" or file.is_used():
        return file
    ring = SystemKeychain(str(home))
    return ring if ring.answers() else file


class FileKeychain:
    """``ports.Keychain`` by a JSON file that only this user may read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_used(self) -> bool:
        return self._path.exists()

    def read(self, name: str) -> str | None:
        return self._secrets().get(name)

    def write(self, name: str, secret: str) -> None:
        self._replace(self._secrets() | {name: secret})

    def delete(self, name: str) -> None:
        secrets = self._secrets()
        if secrets.pop(name, None) is not None:
            self._replace(secrets)

    def description(self) -> str:
        return f"the file {self._path}, readable by you alone, for no system keyring answered"

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

    def __init__(self, profile: str) -> None:
        self._profile = profile

    def answers(self) -> bool:
        """Whether there is a keyring that can be trusted and is open."""
        try:
            return self._within(self._try)
        except Exception:  # noqa: BLE001 - whatever a backend raises, it is no keyring to rely on
            return False

    def _try(self) -> bool:
        import keyring

        backend = keyring.get_keyring()
        inner = getattr(backend, "backends", None)
        chosen = inner[0] if inner else backend
        if not type(chosen).__module__.startswith(_TRUSTED):
            return False
        keyring.get_password(_SERVICE, self._key("probe"))
        return True

    def read(self, name: str) -> str | None:
        import keyring

        return self._within(lambda: keyring.get_password(_SERVICE, self._key(name)))

    def write(self, name: str, secret: str) -> None:
        import keyring

        self._within(lambda: keyring.set_password(_SERVICE, self._key(name), secret))

    def delete(self, name: str) -> None:
        import keyring

        if self.read(name) is not None:
            self._within(lambda: keyring.delete_password(_SERVICE, self._key(name)))

    def description(self) -> str:
        return "the system's keyring"

    def _key(self, name: str) -> str:
        return f"{self._profile}:{name}"

    @staticmethod
    def _within(call: Callable[[], _T]) -> _T:
        """Raises: SetupError if the keyring does not answer in time, or says no."""
        results: list[_T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                results.append(call())
            except BaseException as error:  # noqa: BLE001 - told below, in the caller's thread
                errors.append(error)

        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        thread.join(_ANSWER_WITHIN_S)
        if results:
            return results[0]
        said = str(errors[0]) if errors else "no answer; is it locked?"
        raise SetupError(f"The system's keyring does not work: {said}. Unlock it, or set LOCKSTEP_KEYRING=file.")
