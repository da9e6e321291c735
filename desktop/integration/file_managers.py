"""Lockstep in people's file managers: what is put where, for this person alone, and taken away again."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from PySide6.QtCore import QLockFile

from desktop.integration import thunar
from desktop.integration.autostart import quoted_for_exec
from desktop.words import tr

_HERE: Final = Path(__file__).parent
_EXTENSION: Final = "lockstep_file_manager.py"
_BINDINGS: Final = {
    "nautilus": ("nautilus/extensions-4/libnautilus-python.so", "python3-nautilus"),
    "nemo": ("nemo/extensions-3.0/libnemo-python.so", "nemo-python"),
    "caja": ("caja/extensions-2.0/libcaja-python.so", "python3-caja"),
}
"""What runs an extension, below a folder of libraries; and the Debian package that has it."""
_FOR_ALL: Final = Path("/usr/share")
"""Where packages put extensions."""
_LOCKED_MS: Final = 10_000
"""How long others are waited for at most."""


class Where(Struct, frozen=True):
    """The person's folders."""

    data: Path
    config: Path

    @classmethod
    def usual(cls, environment: Mapping[str, str] = os.environ) -> Where:
        home = Path(environment.get("HOME") or Path.home())

        def place(name: str, otherwise: str) -> Path:
            given = Path(environment.get(name, ""))
            return given if given.is_absolute() else home / otherwise

        return cls(place("XDG_DATA_HOME", ".local/share"), place("XDG_CONFIG_HOME", ".config"))


class Done(Struct, frozen=True):
    """What became of one file manager: what there is to know of it, and whether it went wrong."""

    name: str
    said: str
    is_failure: bool = False


class FileManager(Struct, frozen=True):
    """One of them. OSError and ValueError of ``put`` and ``take`` say why they could not."""

    name: str
    put: Callable[[Where, list[str]], None]
    take: Callable[[Where], bool]
    """Whether there was something to take."""

    @property
    def is_installed(self) -> bool:
        return shutil.which(self.name) is not None


def integrate(names: list[str] | None, command: list[str], socket: Path, where: Where) -> list[Done]:
    """Put Lockstep's entries into these file managers; ``None``: into those that are installed. Once more is no harm.

    Args:
        names: of ``FILE_MANAGERS``.
        command: that calls ``lockstep`` for this profile.
        socket: of its daemon.
        where: to put it.
    """
    chosen = [one for one in FILE_MANAGERS.values() if (one.is_installed if names is None else one.name in names)]
    if not chosen:
        return []
    with _alone(where):
        _know_profile(where, command, socket)
        for place, picture in _pictures(where).items():
            _write(place, picture.read_bytes())
        return _put(chosen, where, command)


def _put(chosen: list[FileManager], where: Where, command: list[str]) -> list[Done]:
    done = []
    for manager in chosen:
        try:
            manager.put(where, command)
        except (OSError, ValueError) as error:
            done.append(Done(manager.name, tr("not changed: {reason}").format(reason=error), is_failure=True))
        else:
            done.append(Done(manager.name, _hint(manager)))
    return done


def remove(names: list[str] | None, where: Where) -> list[Done]:
    """Take away what ``integrate`` put there; ``None``: everywhere, and of all profiles."""
    with _alone(where):
        return _taken(names, where)


def _taken(names: list[str] | None, where: Where) -> list[Done]:
    done = []
    knew_profiles = names is None and bool(_known_profiles(where))
    for manager in FILE_MANAGERS.values():
        if names is not None and manager.name not in names:
            continue
        try:
            if manager.take(where) or (knew_profiles and _place_for_all(manager.name).exists()):
                done.append(Done(manager.name, tr("removed")))
        except OSError as error:
            done.append(Done(manager.name, tr("not changed: {reason}").format(reason=error), is_failure=True))
    if names is None and _are_for_all():
        _know_profiles(where, [])
    elif names is None:
        _unlink(_known_place(where))
        _drop_empty(_known_place(where).parent, where.data)
    if names is None:
        for place in _pictures(where):
            _unlink(place)
            _drop_empty(place.parent, where.data)
    return done


def tell_those_for_all(command: list[str], socket: Path, where: Where) -> None:
    """Where a package brought the extension for everybody, it learns of this profile; unless the person took it away.
    Raises: OSError."""
    if not _are_for_all():
        return
    with _alone(where):
        was_taken_away = _known_place(where).exists() and not _known_profiles(where)
        if not was_taken_away:
            _know_profile(where, command, socket)


@contextmanager
def _alone(where: Where) -> Iterator[None]:
    """The programs of all profiles write the same files: one after the other."""
    with suppress(OSError):  # where no lock can be made nothing can be written either, and who writes says why
        where.data.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(where.data / ".lockstep-file-managers.lock"))
    lock.tryLock(_LOCKED_MS)
    try:
        yield
    finally:
        lock.unlock()


# --- the three that run an extension ---------------------------------------------------------------------------------


def _extension_place(where: Where, name: str) -> Path:
    return where.data / f"{name}-python/extensions" / _EXTENSION


def _place_for_all(name: str) -> Path:
    return _FOR_ALL / f"{name}-python/extensions" / _EXTENSION


def _are_for_all() -> bool:
    return any(_place_for_all(name).exists() for name in _BINDINGS)


def _extended(name: str) -> FileManager:
    def put(where: Where, _: list[str]) -> None:
        if not _place_for_all(name).exists():  # the same class cannot be loaded twice
            _write(_extension_place(where, name), (_HERE / _EXTENSION).read_bytes())

    def take(where: Where) -> bool:
        place = _extension_place(where, name)
        was_there = _unlink(place)
        cache = place.parent / "__pycache__"
        for compiled in cache.glob(f"{place.stem}.*.pyc"):
            _unlink(compiled)
        _drop_empty(cache, where.data)
        return was_there

    return FileManager(name, put, take)


def _hint(manager: FileManager) -> str:
    said = tr("added; start it again to see it")
    if manager.name in _BINDINGS:
        library, package = _BINDINGS[manager.name]
        folders = [Path("/usr/lib"), Path("/usr/lib64"), *Path("/usr/lib").glob("*-linux-gnu*")]
        if not any((folder / library).exists() for folder in folders):
            said += tr("; it needs the package {package} as well").format(package=package)
    return said


# --- those that have files of entries --------------------------------------------------------------------------------


def _labels() -> dict[str, str]:
    return {"copy-link": tr("Copy share link"), "versions": tr("Versions"), "show": tr("Show in Lockstep")}


def _words(act: str) -> list[str]:
    return ["desktop", "--show"] if act == "show" else ["desktop", act]


def _entry_command(command: list[str], act: str) -> str:
    """As desktop entries write it; ``%f`` is the chosen file."""
    return " ".join(map(quoted_for_exec, [*command, *_words(act)])) + " %f"


def _dolphin_place(where: Where, act: str) -> Path:
    return where.data / f"kio/servicemenus/lockstep-{act}.desktop"


def _put_dolphin(where: Where, command: list[str]) -> None:
    """As KIO reads "service menus". Without ``TopLevel`` they would be in a menu below the menu."""
    for act, label in _labels().items():
        lines = ["[Desktop Entry]", "Type=Service", "X-KDE-ServiceTypes=KonqPopupMenu/Plugin"]
        lines += [f"MimeType={_kinds(act)}", f"Actions={act};", "X-KDE-Priority=TopLevel"]
        lines += ["X-KDE-RequiredNumberOfUrls=1", "X-KDE-Protocols=file", ""]
        lines += [f"[Desktop Action {act}]", f"Name={label}", "Icon=lockstep", f"Exec={_entry_command(command, act)}"]
        place = _dolphin_place(where, act)
        _write(place, ("\n".join(lines) + "\n").encode())
        place.chmod(0o755)  # others are not trusted


def _kinds(act: str) -> str:
    """Folders have no versions of their own."""
    return "all/allfiles;" if act == "versions" else "all/all;"


def _pcmanfm_place(where: Where, act: str) -> Path:
    return where.data / f"file-manager/actions/lockstep-{act}.desktop"


def _put_pcmanfm(where: Where, command: list[str]) -> None:
    for act, label in _labels().items():
        lines = ["[Desktop Entry]", "Type=Action", f"Name={label}", "Icon=lockstep", "Profiles=one;", ""]
        lines += ["[X-Action-Profile one]", f"MimeTypes={_kinds(act)}", "SelectionCount==1"]
        lines.append(f"Exec={_entry_command(command, act)}")
        _write(_pcmanfm_place(where, act), ("\n".join(lines) + "\n").encode())


def _take_pcmanfm(where: Where) -> bool:
    taken = [_unlink(_pcmanfm_place(where, act)) for act in _labels()]
    _drop_empty(_pcmanfm_place(where, "show").parent, where.data)
    return any(taken)


def _take_dolphin(where: Where) -> bool:
    taken = [_unlink(_dolphin_place(where, act)) for act in _labels()]
    _drop_empty(_dolphin_place(where, "show").parent, where.data)
    return any(taken)


def _put_thunar(where: Where, command: list[str]) -> None:
    place = thunar.place_of(where.config)
    text = place.read_text(encoding="utf-8") if place.exists() else None
    entries = {
        f"lockstep-{act}": (label, f"{shlex.join([*command, *_words(act)])} %f") for act, label in _labels().items()
    }
    _write(place, thunar.with_actions(text, thunar.default_of(), entries).encode())


def _take_thunar(where: Where) -> bool:
    place = thunar.place_of(where.config)
    if not place.exists():
        return False
    text = place.read_text(encoding="utf-8")
    left = thunar.without_actions(text, thunar.default_of())
    if left is None:
        place.unlink()
        _drop_empty(place.parent, where.config)
    elif left != text:
        _write(place, left.encode())
    return left != text


FILE_MANAGERS: Final = {
    one.name: one
    for one in (
        _extended("nautilus"),
        _extended("nemo"),
        _extended("caja"),
        FileManager("dolphin", _put_dolphin, _take_dolphin),
        FileManager("thunar", _put_thunar, _take_thunar),
        FileManager("pcmanfm", _put_pcmanfm, _take_pcmanfm),
    )
}


# --- what the extension knows ----------------------------------------------------------------------------------------


def _known_place(where: Where) -> Path:
    return where.data / "lockstep/file-managers.json"


def _known_profiles(where: Where) -> list[dict[str, Any]]:
    try:
        read = json.loads(_known_place(where).read_bytes())["profiles"]
        return [one for one in read if isinstance(one["socket"], str) and isinstance(one["command"], list)]
    except (OSError, ValueError, LookupError, TypeError):
        return []


def _know_profile(where: Where, command: list[str], socket: Path) -> None:
    others = [one for one in _known_profiles(where) if one["socket"] != str(socket)]
    _know_profiles(where, [*others, {"command": command, "socket": str(socket)}])


def _know_profiles(where: Where, profiles: list[dict[str, Any]]) -> None:
    known = {"words": _labels(), "profiles": profiles}
    _write(_known_place(where), json.dumps(known, indent=2).encode())


def _pictures(where: Where) -> dict[Path, Path]:
    """Where file managers look for the emblems, and for the icon beside an entry; and what is put there."""
    icons = where.data / "icons/hicolor/scalable"
    found = {icons / "emblems" / emblem.name: emblem for emblem in (_HERE / "emblems").glob("*.svg")}
    return found | {icons / "apps/lockstep.svg": _HERE.parent / "look/icons/lockstep.svg"}


# --- files -----------------------------------------------------------------------------------------------------------


def _write(place: Path, content: bytes) -> None:
    """Whole or not at all; nothing if it says that already. Raises: OSError."""
    if place.is_file() and place.read_bytes() == content:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    target = place.resolve()  # a link to where somebody keeps such files stays one
    beside = target.with_name(f".{target.name}.lockstep")
    beside.write_bytes(content)
    beside.replace(target)


def _unlink(place: Path) -> bool:
    was_there = place.exists()
    place.unlink(missing_ok=True)
    return was_there


def _drop_empty(folder: Path, top: Path) -> None:
    """Folders that nothing is in any more, up to ``top``."""
    while folder != top and folder.is_relative_to(top):
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = folder.parent
