"""What windows ask of the daemon beyond how it stands: folders, the server, settings, contents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sync_engine.adapters.filesystem.ignore_file import read_rules, write_rules
from sync_engine.browsing import Browser, Moving
from sync_engine.composition import Device
from sync_engine.control import messages as control
from sync_engine.core.conflicts import original_name, writer_of
from sync_engine.core.ignore import IGNORE_FILE, MAX_IGNORE_BYTES
from sync_engine.core.model import Kind
from sync_engine.engine.asking import Asking
from sync_engine.engine.looks import join, split
from sync_engine.errors import Changed, WrongUsage
from sync_engine.passing import ask_server
from sync_engine.profile import PREFERENCES
from sync_engine.saving import Saver

MOVING_WITHIN_S: Final = 0.1
"""A folder is shown without what is under way in it rather than after a long plan."""


class Faces:
    """Answers in its callers' threads, several at a time, and asks the control thread only for what it alone knows."""

    def __init__(self, device: Device, asking: Asking) -> None:
        self._device = device
        self._ask = asking.ask
        self._saver = Saver(device.profile, device.connected.remote, device.connected.store)
        self._browser = Browser(device.filesystem, device.profile.journal_path, device.link.namespace_id)

    def close(self) -> None:
        self._saver.close()
        self._browser.close()

    def renewals(self) -> int:
        """What the state's ``changes`` are to be more than the journal's."""
        return self._browser.renewals()

    def handle(  # noqa: C901, PLR0912 - a table: a line or two for each request
        self, request: control.Request, answer: Callable[[control.Answer], None]
    ) -> None:
        """Raises: EngineError."""
        match request:
            case control.ListFolder(path=path):
                for items in self._browser.list_folder(path, self._moving()):
                    answer(items)
            case control.FindItems(text=text, limit=limit):
                answer(self._browser.find(text, limit, self._moving()))
            case control.GetFolderSizes(path=path):
                answer(self._browser.sizes(path))
            case control.AskServer():
                answer(ask_server(self._device.connected.remote, self._device.link.namespace_id, request))
            case control.GetProfile():
                answer(self._profile())
            case control.GetSettings():
                answer(self._settings())
            case control.ChangeSettings(values=values):
                self._device.profile.change_preferences(values)
                self._ask(self._device.reload)
            case control.Reload():
                self._ask(self._device.reload)
            case control.SaveContent():
                answer(self._saver.save(request, answer))
            case control.GetIgnoreRules():
                answer(control.IgnoreRules(read_rules(self._device.link.folder)))
            case control.SetIgnoreRules(text=text, was=was):
                self._set_rules(text, was)
            case control.GetConflicts():
                answer(control.Conflicts(self._ask(self._conflicts)))

    def _set_rules(self, text: str, was: str) -> None:
        """Raises: Changed, DiskError, WrongUsage."""
        try:
            size = len(text.encode("utf-8", "surrogateescape"))
        except UnicodeEncodeError:
            raise WrongUsage("The rules have to be text.") from None
        if size > MAX_IGNORE_BYTES:
            raise WrongUsage(f"The rules may be {MAX_IGNORE_BYTES} bytes long at most.")
        with self._device.profile.alone_with_rules():
            if read_rules(self._device.link.folder) != was:
                raise Changed(IGNORE_FILE)
            write_rules(self._device.link.folder, text)
        self._ask(self._device.reload)

    def _conflicts(self) -> list[control.Conflict]:
        """Control thread."""
        found = []
        for path in self._device.engine.conflicts():
            folder, name = split(path)
            original = original_name(name)
            node = self._device.journal.local_at(join(folder, original)) if original is not None else None
            is_there = node is not None and node.kind is Kind.FILE
            shown = join(folder, original) if is_there and original is not None else None
            found.append(control.Conflict(path, shown, writer_of(name) or ""))
        return found

    def _moving(self) -> Moving:
        try:
            return self._ask(self._device.engine.moving, within_s=MOVING_WITHIN_S)
        except TimeoutError:
            return {}

    def _profile(self) -> control.ProfileNow:
        link = self._device.profile.link()
        return control.ProfileNow(
            server=link.server,
            email=link.email,
            device_name=link.device_name,
            device_id=link.device_id,
            folder=link.folder,
            home=str(self._device.profile.home),
            runs_server=link.runs_server,
        )

    def _settings(self) -> control.SettingsNow:
        profile = self._device.profile
        return control.SettingsNow(
            {
                key: control.Setting(profile.preference(key), preference.default, preference.meaning)
                for key, preference in PREFERENCES.items()
            }
        )
