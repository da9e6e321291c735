"""Lockstep in Nautilus, Nemo and Caja: menu entries and emblems, inside synced folders only.

This file is copied to where those look for extensions, and runs inside them: with the system's Python, ``gi`` and
nothing else. They wait for each answer, so a daemon that does not answer at once is left alone for a while.
"""

import json
import os
import socket
import struct
import time
from typing import Any, Final

TIMEOUT_S: Final = 0.3
LOOK_AGAIN_S: Final = 5.0
"""How long an answer is good for; and how long one who did not answer is left alone."""
WAIT_S: Final = 3
"""How often it is looked whether what was not in step is."""
MOST_WAITED_FOR: Final = 500

_HEAD: Final = struct.Struct("<I")
_EMBLEMS: Final = {
    "in-step": "emblem-lockstep-in-step",
    "pending": "emblem-lockstep-moving",
    "uploading": "emblem-lockstep-moving",
    "downloading": "emblem-lockstep-moving",
    "conflict": "emblem-lockstep-attention",
    "problem": "emblem-lockstep-attention",
    "ignored": "emblem-lockstep-ignored",
}
_SETTLED: Final = {"in-step", "ignored"}


def configuration_path() -> str:
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return os.path.join(data, "lockstep", "file-managers.json")


class Profile:
    """One device's daemon: where its folder is, and how what is in it is doing."""

    def __init__(self, command: list[str], path: str) -> None:
        self.command = command
        self._path = path
        self._connection: socket.socket | None = None
        self._not_before = 0.0
        self._folder: tuple[float, str | None] = (0.0, None)
        self._states: dict[str, tuple[float, dict[str, str]]] = {}

    def relative(self, path: str) -> str | None:
        """Of a path on the disk, the one in the tree; ``None`` for what is not in the folder or is Lockstep's own."""
        folder = self.folder()
        if folder is None or (path != folder and not path.startswith(folder + os.sep)):
            return None
        found = path[len(folder) + 1 :]
        return None if found.split(os.sep, 1)[0] == ".lockstep" else found

    def folder(self) -> str | None:
        now = time.monotonic()
        if now >= self._folder[0]:
            answers = self._ask({"type": "GetProfile"})
            said = answers[0].get("folder") if answers else None
            found = said if isinstance(said, str) else None
            self._folder = (now + LOOK_AGAIN_S * (6 if found else 1), found)
        return self._folder[1]

    def state(self, path: str) -> str:
        """Of a path in the tree, as ``Item.state`` has it; "" if unknown. All of its folder is asked for at once."""
        place, _, name = path.rpartition(os.sep)
        now = time.monotonic()
        known = self._states.get(place)
        if known is None or now >= known[0]:
            answers = self._ask({"type": "ListFolder", "path": place})
            try:
                states = {str(item[0]): str(item[4]) for answer in answers for item in answer.get("items", [])}
            except (LookupError, TypeError):
                states = {}
            if len(self._states) > 100:
                self._states.clear()
            known = self._states[place] = (time.monotonic() + (LOOK_AGAIN_S if states else 1.0), states)
        return known[1].get(name, "")

    def forget_states(self) -> None:
        self._states.clear()

    def _ask(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """All answers to a request; none if it fails or takes too long."""
        if time.monotonic() < self._not_before:
            return []
        ends_at = time.monotonic() + TIMEOUT_S
        for _ in range(2):  # a connection that was left open may have been closed there
            was_open = self._connection is not None
            try:
                return self._exchange(request, ends_at)
            except (OSError, ValueError, LookupError, TypeError, RecursionError, struct.error):
                self.hang_up()
                if not was_open:
                    break
        self._not_before = time.monotonic() + LOOK_AGAIN_S
        return []

    def _exchange(self, request: dict[str, Any], ends_at: float) -> list[dict[str, Any]]:
        if self._connection is None:
            self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._connection.settimeout(TIMEOUT_S)
            self._connection.connect(self._path)
            self._say({"type": "Hello"})
            while self._hear(ends_at)["type"] not in {"Done", "Failed"}:
                pass
        self._say(request)
        answers: list[dict[str, Any]] = []
        while (answer := self._hear(ends_at))["type"] != "Done":
            if answer["type"] == "Failed":
                return []
            answers.append(answer)
        return answers

    def _say(self, message: dict[str, Any]) -> None:
        assert self._connection is not None
        body = json.dumps(message).encode()
        self._connection.sendall(_HEAD.pack(len(body)) + body)

    def _hear(self, ends_at: float) -> dict[str, Any]:
        answer = json.loads(self._read(_HEAD.unpack(self._read(_HEAD.size, ends_at))[0], ends_at))
        if not isinstance(answer, dict):
            raise TypeError
        return answer

    def _read(self, size: int, ends_at: float) -> bytes:
        assert self._connection is not None
        found = bytearray()
        while len(found) < size:
            left_s = ends_at - time.monotonic()
            if left_s <= 0:  # also if there is always more to read
                raise TimeoutError
            self._connection.settimeout(left_s)
            part = self._connection.recv(min(size - len(found), 65_536))
            if not part:
                raise ConnectionError
            found += part
        return bytes(found)

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Profiles:
    """All that this person integrated, read again when that changes."""

    def __init__(self) -> None:
        self._read_at: float | None = None
        self._all: list[Profile] = []
        self.words: dict[str, str] = {}

    def of(self, path: str) -> tuple[Profile, str] | None:
        """Whose folder holds a path on the disk, and what it is called there."""
        for profile in self.all():
            found = profile.relative(path)
            if found is not None:
                return profile, found
        return None

    def may_be_of(self, path: str) -> bool:
        """Whether it is in a folder, or in one that a daemon did not tell of: it may be busy, or start later."""
        return self.of(path) is not None or any(profile.folder() is None for profile in self.all())

    def all(self) -> list[Profile]:
        try:
            changed_at: float | None = os.stat(configuration_path()).st_mtime
        except OSError:
            changed_at = None
        if changed_at != self._read_at:
            self._read_at = changed_at
            self.hang_up()
            try:
                with open(configuration_path(), encoding="utf-8") as file:
                    read = json.load(file)
                self.words = read["words"]
                self._all = [Profile(one["command"], one["socket"]) for one in read["profiles"]]
            except (OSError, ValueError, LookupError, TypeError):
                pass
        return self._all

    def hang_up(self) -> None:
        for profile in self._all:
            profile.hang_up()
        self._all = []


def _file_manager() -> str:
    """In which this runs: "Nautilus", "Nemo", "Caja", or ""."""
    try:
        program = os.path.basename(os.readlink("/proc/self/exe"))
    except OSError:
        return ""
    return next((name for name in ("Nautilus", "Nemo", "Caja") if program.startswith(name.lower())), "")


if _file_manager():
    import importlib

    from gi.repository import Gio, GLib, GObject

    _api = importlib.import_module(f"gi.repository.{_file_manager()}")

    class Lockstep(GObject.GObject, _api.MenuProvider, _api.InfoProvider):  # type: ignore[misc, name-defined]
        """What the file manager asks."""

        def __init__(self) -> None:
            super().__init__()
            self._profiles = Profiles()
            self._waited_for: dict[str, Any] = {}
            self._waits = False

        def get_file_items(self, *arguments: Any) -> list[Any]:
            """The files come last; before them, in some, the window."""
            files = arguments[-1]
            path = files[0].get_location().get_path() if len(files) == 1 else None
            found = self._profiles.of(path) if path else None
            if path is None or found is None:
                return []
            profile, inside = found
            acts = ["show"]
            if inside:
                acts = ["copy-link", "show"] if files[0].is_directory() else ["copy-link", "versions", "show"]
            return [self._item(act, profile, path) for act in acts]

        def _item(self, act: str, profile: Profile, path: str) -> Any:
            label = self._profiles.words.get(act, act)
            item = _api.MenuItem(name=f"Lockstep::{act}", label=label, tip="", icon="lockstep")
            words = ["--show", path] if act == "show" else [act, path]
            item.connect("activate", lambda _: _start([*profile.command, "desktop", *words], act))
            return item

        def get_background_items(self, *_: Any) -> list[Any]:
            return []

        def update_file_info(self, *arguments: Any) -> None:
            """Its emblem."""
            file = arguments[-1]
            path = file.get_location().get_path()
            if not path or not self._profiles.may_be_of(path):
                return
            found = self._profiles.of(path)
            if found is not None and not found[1]:
                return  # the folder itself
            state = found[0].state(found[1]) if found is not None else ""
            if state in _EMBLEMS:
                file.add_emblem(_EMBLEMS[state])
            if state not in _SETTLED and len(self._waited_for) < MOST_WAITED_FOR:
                self._waited_for[path] = file
                if not self._waits:
                    self._waits = True
                    GLib.timeout_add_seconds(WAIT_S, self._look_again)

        def _look_again(self) -> bool:
            waited_for, self._waited_for = self._waited_for, {}
            self._waits = False
            for profile in self._profiles.all():
                profile.forget_states()
            for file in waited_for.values():
                file.invalidate_extension_info()
            return False

    def _start(command: list[str], act: str) -> None:
        """With Wayland a program without a window cannot fill the clipboard, so this does, with what it prints."""
        if act != "copy-link" or not os.environ.get("WAYLAND_DISPLAY"):
            Gio.Subprocess.new(command, Gio.SubprocessFlags.NONE)
            return
        process = Gio.Subprocess.new(command, Gio.SubprocessFlags.STDOUT_PIPE)
        lines = Gio.DataInputStream.new(process.get_stdout_pipe())
        lines.read_line_async(GLib.PRIORITY_DEFAULT, None, _copy)

    def _copy(stream: Any, result: Any) -> None:
        line, _ = stream.read_line_finish_utf8(result)
        if not line:
            return
        if _file_manager() == "Nautilus":
            from gi.repository import Gdk

            Gdk.Display.get_default().get_clipboard().set(line)
        else:
            from gi.repository import Gdk, Gtk

            Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).set_text(line, -1)
