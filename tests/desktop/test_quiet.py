"""Do-not-disturb, as the programs that show notifications tell of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jeepney import HeaderFields, message_bus, new_method_return
from jeepney.io.blocking import open_dbus_connection

from desktop.linux_notifications import is_quiet
from tests.fixtures.screen import own_bus

NAME = "org.freedesktop.Notifications"


@contextmanager
def _serving(*, inhibited: bool) -> Iterator[None]:
    """Notifications, which know one property."""
    with open_dbus_connection("SESSION") as bus:
        bus.send_and_get_reply(message_bus.RequestName(NAME))

        def answer() -> None:
            while True:
                asked = bus.receive()
                if asked.header.fields.get(HeaderFields.member) == "Get":
                    bus.send(new_method_return(asked, "v", (("b", inhibited),)))
                    return

        answering = threading.Thread(target=answer)
        answering.start()
        yield
        answering.join(30)


@pytest.fixture
def on_bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On which nothing shows notifications yet."""
    with own_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)
        yield


@pytest.mark.parametrize("inhibited", [True, False])
def test_the_server_s_word_counts(on_bus: None, inhibited: bool) -> None:
    with _serving(inhibited=inhibited):
        assert is_quiet() is inhibited


@pytest.mark.parametrize(
    ("desktop", "banners", "quiet"),
    [("ubuntu:GNOME", "false", True), ("ubuntu:GNOME", "true", False), ("KDE", "false", False)],
)
def test_gnome_says_it_by_a_setting(
    on_bus: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desktop: str, banners: str, quiet: bool
) -> None:
    (tmp_path / "gsettings").write_text(f"#!/bin/sh\necho {banners}\n")
    (tmp_path / "gsettings").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    assert is_quiet() is quiet
