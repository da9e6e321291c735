"""What every window shares: the daemon and its state, the person's choices, and what is said in passing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from desktop.agreed import Agreed
from desktop.background import Background
from desktop.daemon import Daemon, Failure
from desktop.sentences import sentence
from desktop.standstill import Standstill
from desktop.words import tr
from server_api.contract.shares import CreateShare, Share, Shares
from sync_engine.control import messages as control
from sync_engine.control.questions import SHARE, SHARES
from sync_engine.core.reports import EngineState

LOOK_AGAIN_MS: Final = 700
"""What is known may change many times a second: lists look again so often at most."""


class _Choices(QSettings):
    """Of a damaged file what can be read."""

    def value(self, key: str, defaultValue: Any = None, type: Any = None) -> Any:  # noqa: A002 - Qt's names
        try:
            return super().value(key, defaultValue) if type is None else super().value(key, defaultValue, type)
        except (RuntimeError, TypeError, ValueError):
            return defaultValue


class Session(QObject):
    """Made once, in the GUI thread.

    Signals:
        state_changed: an ``EngineState``, or ``None`` while no daemon is there.
        tree_changed: something in the folder or on the server is not as it was.
        profile_changed: a ``ProfileNow``: once it is known, and when it is another one.
        link_changed: whether the profile is linked, which is not as it was.
        said: a sentence in passing, the words of a button or "", and what the button does.
        closing: what is under way has a moment to leave nothing unfinished behind.
        wants_restart: the person wants tray and windows to start anew, where they are; the section of
            the preferences that is to be open then, "" for none.

    Attributes:
        acts: how many acts on files go on that end with the application.
    """

    state_changed = Signal(object)
    tree_changed = Signal()
    profile_changed = Signal(object)
    link_changed = Signal(bool)
    said = Signal(str, str, object)
    closing = Signal()
    wants_restart = Signal(str)

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.home = home
        self.background = Background(self)
        self.daemon = Daemon(home, self.background, self)
        self.choices = _Choices(str(home / "desktop.ini"), QSettings.Format.IniFormat, self)
        self.state: EngineState | None = None
        self.standstill = Standstill()
        self.agreed = Agreed(self.daemon, lambda: self._take(self._told), self)
        self._told: EngineState | None = None
        self.acts = 0
        self.profile: control.ProfileNow | None = None
        self.is_linked = True
        self._is_started = False
        self._wanted_link: str | None = None
        self._copied: dict[str, list[tuple[Callable[[Share], None] | None, Callable[[Failure], None] | None]]] = {}
        self._look_again = QTimer(self, singleShot=True, interval=LOOK_AGAIN_MS)
        self._look_again.timeout.connect(self.tree_changed)
        self.daemon.state_changed.connect(self._take)

    def start(self) -> None:
        """Watch the daemon from now on."""
        if not self._is_started:
            self._is_started = True
            self.daemon.watch()

    def close(self) -> None:
        self.closing.emit()
        self.daemon.close()
        self.background.close()
        self.choices.sync()

    @property
    def is_there(self) -> bool:
        """Whether a daemon answers."""
        return self.state is not None

    @property
    def folder(self) -> Path | None:
        return Path(self.profile.folder) if self.profile is not None else None

    def disk_path(self, path: str) -> Path | None:
        """Where a path of the tree is on this device's disk."""
        return None if self.folder is None else self.folder / path

    # --- what the tray and several windows do -------------------------------------------------------------------

    def pause(self, until_ms: int | None = None) -> None:
        self._do(control.Pause(until_ms))

    def pause_for(self, seconds: float) -> None:
        self.pause(int((time.time() + seconds) * 1000))

    def resume(self) -> None:
        self._do(control.Resume())

    def try_now(self, path: str | None = None) -> None:
        """What would be tried again later; or what is at one path, also if its transfer was stopped."""
        self._do(control.TryNow(path))

    def copy_link(
        self,
        path: str,
        then: Callable[[Share], None] | None = None,
        otherwise: Callable[[Failure], None] | None = None,
    ) -> None:
        """Put a link to what is at a path on the clipboard: one that is open to all, if there is one, or a new one.
        ``otherwise`` is called when it was told that there will be none. If another link is wanted before the answer
        comes, that is the one for the clipboard; if it is the same one, it is made once."""
        self._wanted_link = path
        self._copied.setdefault(path, []).append((then, otherwise))
        if len(self._copied[path]) > 1:
            return

        def choose(known: Shares) -> None:
            found = next((share for share in known.shares if share.path == path and is_open(share)), None)
            if found is not None:
                copied(found)
            else:
                make()

        def make(_: object = None) -> None:
            self.daemon.ask_server(SHARE, CreateShare(path=path), copied, failed, owner=self)

        def copied(share: Share) -> None:
            if self._wanted_link == path:
                self.put_link(share)
            for done, _ in self._copied.pop(path):
                if done is not None:
                    done(share)

        def failed(failure: Failure) -> None:
            self.complain(failure)
            for _, told in self._copied.pop(path):
                if told is not None:
                    told(failure)

        self.daemon.ask_server(SHARES, None, choose, make, owner=self)

    def put_link(self, share: Share) -> None:
        """On the clipboard; what there is to know about it is said."""
        self._wanted_link = None
        QGuiApplication.clipboard().setText(share.url)
        if share.reach == "computer":
            said = tr("Link copied. It works on this computer only, until the server has a public address.")
        elif share.reach == "network":
            said = tr("Link copied. It works in the server’s own network only.")
        else:
            said = tr("Link copied.")
        self.say(f"{said} {tr('Whoever opens it is asked for the password.')}" if share.has_password else said)

    def say(self, text: str, button: str = "", does: Callable[[], None] | None = None) -> None:
        """Tell it in passing, perhaps with what can be done about it."""
        self.said.emit(text, button, does)

    def complain(self, failure: Failure) -> None:
        """Tell why something was not done."""
        self.say(sentence(failure.code, failure.detail))

    def _do(self, request: control.Request) -> None:
        self.daemon.ask(request, lambda _: None, self.complain, owner=self)

    # --- what the daemon tells -----------------------------------------------------------------------------------

    def _take(self, told: EngineState | None) -> None:
        self._told = told
        state = None if told is None else self.agreed.shown(told)
        was, self.state = self.state, state
        self.standstill.see(state)
        if state is not None and was is None:
            self.take_link(is_linked=True)
        if state is not None and (was is None or self.profile is None):
            self._ask_profile()
        if _may_know_more(was, state) and not self._look_again.isActive():
            self._look_again.start()
        self.state_changed.emit(state)

    def take_link(self, *, is_linked: bool) -> None:
        """Whether the profile is linked."""
        if is_linked == self.is_linked:
            return
        self.is_linked = is_linked
        if not is_linked:
            self.profile = None
        self.link_changed.emit(is_linked)

    def _ask_profile(self) -> None:
        self.daemon.ask(control.GetProfile(), self._take_profile, lambda _: None, owner=self)

    def _take_profile(self, profile: control.ProfileNow) -> None:
        if profile != self.profile:
            self.profile = profile
            self.profile_changed.emit(profile)


def _may_know_more(was: EngineState | None, now: EngineState | None) -> bool:
    """What is shown may be another, or what could not be shown be there."""
    if was is None or now is None:
        return now is not None
    return was.changes != now.changes or was.state == "offline" != now.state


def is_open(share: Share) -> bool:
    """It lets whoever has it download what is there, for as long as nobody ends it."""
    bounds = (share.has_password, share.limit, share.expires_at, share.upload, share.view_only, share.version_id)
    return share.state == "active" and not any(bounds)
