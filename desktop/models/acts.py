"""What people do to files, on the disk: the engine sees it there and tells the server. Nothing is ever replaced.

All of it waits for the disk: call it in the background.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QFile, QStandardPaths

from desktop.integration.qt_paths import is_text
from desktop.integration.renaming import move_without_replacing
from desktop.models.outcomes import ActError, Copying, Moved, Outcome, Steps
from desktop.words import show_name, tr, tr_n
from server_api.contract.messages import MAX_NAME_BYTES
from server_api.contract.names import refuse_reason

PIECE_BYTES: Final = 1 << 20
_TRIES: Final = 1_000


# --- one thing ------------------------------------------------------------------------------------------------------


def rename(path: Path, name: str, *, at_root: bool) -> Moved:
    """Raises: ActError."""
    check_name(name, at_root=at_root)
    return _move(path, path.with_name(name))


def make_folder(folder: Path, name: str) -> Path:
    """Numbered if the name is taken. Raises: ActError."""
    try:
        for path in free_names(folder, name):
            try:
                path.mkdir()
            except FileExistsError:
                continue
            return path
    except OSError as error:
        raise ActError(why(error, name)) from error
    raise ActError(_taken(name))


def check_name(name: str, *, at_root: bool) -> None:
    """Raises: ActError, if no device takes this name."""
    if refuse_reason(name, at_root=at_root) is None:
        return
    if not name:
        raise ActError(tr("A name needs at least one character."))
    if "/" in name:
        raise ActError(tr("A name cannot have a / in it."))
    if len(name.encode(errors="replace")) > MAX_NAME_BYTES:
        raise ActError(tr("This name is too long. Choose a shorter one."))
    raise ActError(tr("“{name}” cannot be used as a name. Choose another one.").format(name=show_name(name)))


# --- several --------------------------------------------------------------------------------------------------------


def move_into(paths: list[Path], folder: Path) -> Outcome:
    """Under their own names."""
    if not folder.is_dir():
        return _no_place(folder)
    outcome = Outcome([])
    for path in topmost(paths):
        if path.parent == folder:
            continue
        if not os.path.lexists(path):
            outcome.away.append(path)
            continue
        try:
            if _is_in(folder, path):
                raise ActError(tr("“{name}” cannot be moved into itself.").format(name=show_name(path.name)))
            outcome.moved.append(_move(path, folder / path.name))
        except ActError as error:
            outcome.problem = outcome.problem or str(error)
    if outcome.away:
        outcome.problem = outcome.problem or away_text(outcome.away)
    return outcome


def move_back(moved: list[Moved], steps: Steps) -> None:
    """Undo it, as far as nothing has taken the old places. Raises: ActError, when all that could be is back."""
    problem = ""
    for each in steps.each(reversed(moved)):
        try:
            _move(each.target, each.source)
            _forget_in_trash(each.target)
        except ActError as error:
            problem = problem or str(error)
    if problem:
        raise ActError(problem)


def put_into_trash(paths: list[Path], steps: Steps) -> Outcome:
    """Into the system's own, which not every disk has."""
    outcome = Outcome([])
    data = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation))
    with contextlib.suppress(OSError):  # Qt makes the trash there, but not what it is in
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in steps.each(paths):
        if not is_text(str(path)):
            text = tr("The trash takes no such name as “{name}”. Rename it first.")
            outcome.problem = outcome.problem or text.format(name=show_name(path.name))
            continue
        file = QFile(str(path))
        if file.moveToTrash():
            outcome.moved.append(Moved(str(path), file.fileName()))
        elif os.path.lexists(path):
            outcome.left.append(path)
        else:
            outcome.problem = outcome.problem or _gone(path.name)
    return outcome


def topmost(paths: list[Path]) -> list[Path]:
    """Without those that lie below another of them, and go where that goes."""
    folders = set(map(str, paths))
    return [path for path in paths if not _lies_in(folders, str(path))]


def count_files(paths: list[Path], at_most: int) -> int:
    """Files at and below these places; counting ends above ``at_most``."""
    count = 0
    for path in paths:
        for _ in _files(path):
            count += 1
            if count > at_most:
                return count
    return count


# --- copies ---------------------------------------------------------------------------------------------------------


def copy_into(sources: list[Path], folder: Path, copying: Copying) -> Outcome:
    """Copy files and folders from anywhere; each appears once it is whole, numbered if its name is taken.

    What is not whole is removed, also when ``copying.stop`` is set.
    """
    if not folder.is_dir():
        return _no_place(folder)
    for file in (file for source in sources for file in _files(source)):
        copying.all_files += 1
        with contextlib.suppress(OSError):  # it is gone by now
            copying.all_bytes += file.lstat().st_size
    outcome = Outcome([])
    for source in sources:
        unfinished = folder / f".{secrets.token_hex(8)}.part"  # such names are not synced
        try:
            if _is_in(folder, source):
                raise ActError(tr("“{name}” cannot be copied into itself.").format(name=show_name(source.name)))
            _copy(source, unfinished, copying)
            if copying.stop.is_set():
                break
            outcome.moved.append(Moved.between(source, _reveal(unfinished, folder, source.name)))
        except ActError as error:
            outcome.problem = outcome.problem or str(error)
        except OSError as error:
            outcome.problem = outcome.problem or why(error, source.name)
        finally:
            _remove(unfinished)
    return outcome


def _reveal(unfinished: Path, folder: Path, name: str) -> Path:
    for path in free_names(folder, name):
        try:
            move_without_replacing(unfinished, path)
        except FileExistsError:
            continue
        return path
    raise ActError(_taken(name))


def _copy(source: Path, target: Path, copying: Copying) -> None:
    mode = source.lstat().st_mode
    if stat.S_ISLNK(mode):
        target.symlink_to(source.readlink())
    elif stat.S_ISDIR(mode):
        target.mkdir()
        with os.scandir(source) as entries:
            for entry in entries:
                if copying.stop.is_set():
                    return
                _copy(Path(entry.path), target / entry.name, copying)
    elif stat.S_ISREG(mode):
        with source.open("rb") as reading, target.open("xb") as writing:
            while (piece := reading.read(PIECE_BYTES)) and not copying.stop.is_set():
                writing.write(piece)
                copying.done_bytes += len(piece)
    else:
        return  # a device or a socket is no file to keep
    shutil.copystat(source, target, follow_symlinks=False)


def _lies_in(folders: set[str], path: str) -> bool:
    above = path.rpartition(os.sep)[0]
    while above and above not in folders:
        above = above.rpartition(os.sep)[0]
    return bool(above)


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir() and not path.is_symlink():
        for folder, _, names in os.walk(path):
            yield from (Path(folder, name) for name in names)
    elif os.path.lexists(path):
        yield path


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


# --- names and words ------------------------------------------------------------------------------------------------


def free_names(folder: Path, name: str) -> Iterator[Path]:
    """The name, and then with numbers: ``report (2).pdf``."""
    yield folder / name
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    for number in range(2, _TRIES):
        yield folder / f"{stem} ({number}){dot}{suffix}"


def away_text(places: list[Path]) -> str:
    """Of what is on the server alone."""
    if len(places) == 1:
        text = tr("“{name}” is not on this device, so nothing was done with it.")
        return text.format(name=show_name(places[0].name))
    return tr_n(
        "%n of these things is not on this device, so nothing was done with it.",
        "%n of these things are not on this device, so nothing was done with them.",
        len(places),
    )


def not_empty(name: str) -> str:
    """Of a folder that was to go."""
    return tr("“{name}” is not empty any more, so it stays.").format(name=show_name(name))


def _no_place(folder: Path) -> Outcome:
    text = tr("“{name}” is not on this device, so nothing can be put there.")
    return Outcome([], text.format(name=show_name(folder.name)), away=[folder])


def _move(source: Path, target: Path) -> Moved:
    try:
        move_without_replacing(source, target)
    except OSError as error:
        raise ActError(why(error, target.name)) from error
    return Moved.between(source, target)


def _forget_in_trash(path: Path) -> None:
    """The note beside the trash's files, by which other programs would offer to restore it."""
    if path.parent.name == "files":
        with contextlib.suppress(OSError):
            (path.parent.parent / "info" / f"{path.name}.trashinfo").unlink()


def _is_in(folder: Path, path: Path) -> bool:
    """Whether the folder is what is there or lies below it, by whatever links it is called."""
    real, itself = folder.resolve(), path.parent.resolve() / path.name
    return real == itself or itself in real.parents


def _taken(name: str) -> str:
    return tr("There is already something called “{name}” here. Nothing was changed.").format(name=show_name(name))


def _gone(name: str) -> str:
    return tr("“{name}” is not there any more.").format(name=show_name(name))


def why(error: OSError, name: str) -> str:
    """It was not done with what is called so."""
    shown = show_name(name)
    match error.errno:
        case errno.EEXIST | errno.ENOTEMPTY:
            return _taken(name)
        case errno.ENOENT:
            return _gone(name)
        case errno.EACCES | errno.EPERM:
            return tr("You may not change “{name}”: its permissions do not allow it.").format(name=shown)
        case errno.ENOSPC | errno.EDQUOT:
            return tr("The disk is full. “{name}” was left as it is.").format(name=shown)
        case errno.ENAMETOOLONG:
            return tr("The name “{name}” is too long for this disk.").format(name=shown)
        case errno.EXDEV:
            return tr("“{name}” is on another disk. Copy it instead.").format(name=shown)
    return tr("“{name}”: {reason}").format(name=shown, reason=error.strerror or str(error))
