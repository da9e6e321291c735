"""Tokens come back, from a keyring that can be trusted or from a file that nobody else reads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import keyring
import pytest

from sync_engine.adapters import keychain
from sync_engine.adapters.keychain import FileKeychain, SystemKeychain, open_keychain
from sync_engine.errors import SetupError
from sync_engine.ports import Keychain


class Ring:
    """A keyring in memory."""

    __module__ = "keyring.backends.SecretService"

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


class PlainTextRing(Ring):
    __module__ = "keyrings.alt.file"


class LockedRing(Ring):
    __module__ = "keyring.backends.SecretService"

    def get_password(self, service: str, name: str) -> str | None:
        raise keyring.errors.KeyringLocked("Failed to unlock the collection!")

    def set_password(self, service: str, name: str, secret: str) -> None:
        raise keyring.errors.KeyringLocked("Failed to unlock the collection!")


class HangingRing(Ring):
    """Waits for a dialog that nobody sees."""

    __module__ = "keyring.backends.SecretService"

    def __init__(self) -> None:
        super().__init__()
        self.dialog = threading.Event()

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.dialog.wait()


class ForgetfulRing(Ring):
    __module__ = "keyring.backends.SecretService"

    def get_password(self, service: str, name: str) -> str | None:
        return None


class Chain:
    def __init__(self, *backends: Ring) -> None:
        self.backends = backends


UseRing = Callable[[object], None]


@pytest.fixture(autouse=True)
def use_ring(monkeypatch: pytest.MonkeyPatch) -> UseRing:
    monkeypatch.delenv("LOCKSTEP_KEYRING", raising=False)
    return lambda ring: monkeypatch.setattr(keyring, "get_keyring", lambda: ring)


@pytest.fixture(params=["file", "keyring"])
def a_keychain(request: pytest.FixtureRequest, tmp_path: Path, use_ring: UseRing) -> Keychain:
    use_ring(Ring() if request.param == "keyring" else PlainTextRing())
    opened = open_keychain(tmp_path)
    assert isinstance(opened, FileKeychain if request.param == "file" else SystemKeychain)
    return opened


def test_what_was_written_is_read_until_it_is_deleted(a_keychain: Keychain, tmp_path: Path) -> None:
    assert a_keychain.read("refresh-token") is None
    a_keychain.write("refresh-token", "first")
    a_keychain.write("other", "é")
    a_keychain.write("refresh-token", "second")
    again = open_keychain(tmp_path)
    assert again.description() == a_keychain.description()
    assert again.read("refresh-token") == "second"
    again.delete("refresh-token")
    again.delete("refresh-token")
    assert a_keychain.read("refresh-token") is None
    assert a_keychain.read("other") == "é"


def test_the_file_is_for_this_user_alone_and_says_where_it_is(tmp_path: Path, use_ring: UseRing) -> None:
    use_ring(PlainTextRing())
    opened = open_keychain(tmp_path)
    opened.write("refresh-token", "secret")
    path = tmp_path / "tokens.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert {entry.name for entry in tmp_path.iterdir()} == {"tokens.json", "tokens.lock"}
    assert str(path) in opened.description()


def test_nothing_goes_to_a_plain_text_keyring(tmp_path: Path, use_ring: UseRing) -> None:
    ring = PlainTextRing()
    use_ring(ring)
    open_keychain(tmp_path).write("refresh-token", "secret")
    assert ring.kept == {}


def test_the_trusted_one_of_a_chain_is_used_and_no_other(tmp_path: Path, use_ring: UseRing) -> None:
    plain, trusted = PlainTextRing(), Ring()
    use_ring(Chain(plain, trusted))
    open_keychain(tmp_path).write("refresh-token", "secret")
    assert plain.kept == {}
    assert list(trusted.kept.values()) == ["secret"]


@pytest.mark.parametrize("ring", [LockedRing(), ForgetfulRing(), Chain(), object()])
def test_a_keyring_that_does_not_keep_secrets_is_not_chosen(tmp_path: Path, use_ring: UseRing, ring: object) -> None:
    use_ring(ring)
    assert isinstance(open_keychain(tmp_path), FileKeychain)


def test_a_keyring_that_waits_for_a_dialog_is_given_up(
    tmp_path: Path, use_ring: UseRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keychain, "_ANSWER_WITHIN_S", 0.05)
    ring = HangingRing()
    use_ring(ring)
    try:
        assert isinstance(open_keychain(tmp_path), FileKeychain)
    finally:
        ring.dialog.set()


def test_no_trace_of_the_probe_is_left(tmp_path: Path, use_ring: UseRing) -> None:
    ring = Ring()
    use_ring(ring)
    open_keychain(tmp_path)
    assert ring.kept == {}
    assert list(tmp_path.iterdir()) == []


def test_the_variable_chooses_the_file(tmp_path: Path, use_ring: UseRing, monkeypatch: pytest.MonkeyPatch) -> None:
    use_ring(Ring())
    monkeypatch.setenv("LOCKSTEP_KEYRING", "file")
    open_keychain(tmp_path).write("refresh-token", "in the file")
    monkeypatch.delenv("LOCKSTEP_KEYRING")
    assert open_keychain(tmp_path).read("refresh-token") == "in the file"


def test_a_keyring_in_use_that_is_locked_later_is_an_error_and_no_sign_out(tmp_path: Path, use_ring: UseRing) -> None:
    use_ring(Ring())
    open_keychain(tmp_path).write("refresh-token", "secret")
    use_ring(LockedRing())
    with pytest.raises(SetupError, match="Failed to unlock"):
        open_keychain(tmp_path).read("refresh-token")
    use_ring(object())
    with pytest.raises(SetupError, match="none on this system"):
        open_keychain(tmp_path).read("refresh-token")


def test_profiles_do_not_share_secrets(tmp_path: Path, use_ring: UseRing) -> None:
    use_ring(Ring())
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        open_keychain(tmp_path / name).write("refresh-token", name)
    assert open_keychain(tmp_path / "a").read("refresh-token") == "a"
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert open_keychain(tmp_path / "link").read("refresh-token") == "a"


def test_a_damaged_file_is_an_error_in_words(tmp_path: Path, use_ring: UseRing) -> None:
    use_ring(object())
    (tmp_path / "tokens.json").write_text("{")
    with pytest.raises(SetupError, match="Link again"):
        open_keychain(tmp_path).read("refresh-token")


def test_two_secrets_that_are_written_at_once_are_both_kept(tmp_path: Path) -> None:
    one, other = FileKeychain(tmp_path / "tokens.json"), FileKeychain(tmp_path / "tokens.json")
    writing = threading.Thread(target=other.write, args=("second", "2"))
    with one._alone():
        secrets = one._secrets()
        writing.start()
        writing.join(0.1)  # it would be done by then if it did not wait
        one._replace(secrets | {"first": "1"})
    writing.join()
    assert (one.read("first"), one.read("second")) == ("1", "2")
