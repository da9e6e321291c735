"""Deletes files and folders without the trash, one after the other."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from desktop.models.acts import not_empty, why
from desktop.models.outcomes import ActError, Outcome, Steps


def delete_for_good(paths: list[Path], steps: Steps) -> Outcome:
    """Without the system's trash; the server has them still, among what was deleted. All that is below them counts, and
    what is left when it is stopped stays where it is. Problems are told of the first."""
    outcome = Outcome([])

    def blame(error: OSError, name: str) -> None:
        outcome.problem = outcome.problem or why(error, name)

    steps.all = sum(_count_all(path) for path in paths)
    for name, folder_fd in steps.each(_deepest_first(paths, blame)):
        try:
            _delete_one(name, folder_fd)
            outcome.deleted += 1
        except ActError as error:
            outcome.problem = outcome.problem or str(error)
        except OSError as error:
            blame(error, Path(name).name)
    return outcome


def _count_all(path: Path) -> int:
    """It, and all files and folders below it."""
    below = os.walk(path) if path.is_dir() and not path.is_symlink() else []
    return 1 + sum(len(folders) + len(files) for _, folders, files in below)


def _deepest_first(paths: list[Path], blame: Callable[[OSError, str], None]) -> Iterator[tuple[str, int | None]]:
    """Names with the folder that they are in, held open so that no link that comes meanwhile leads out of it; each
    folder, by its path, after all that is in it."""

    def note(error: OSError) -> None:
        blame(error, Path(str(error.filename)).name)

    for path in paths:
        if not path.is_dir() or path.is_symlink():
            yield str(path), None
            continue
        try:
            for folder, folders, files, folder_fd in _walk(path, note):
                links = (name for name in folders if stat.S_ISLNK(_mode(name, folder_fd)))
                yield from ((name, folder_fd) for name in chain(files, links))
                yield folder, None
        except OSError as error:
            note(error)


def _walk(path: Path, note: Callable[[OSError], None]) -> Iterator[tuple[str, list[str], list[str], int | None]]:
    """Folders, what is in them, and the folder itself held open; deepest first."""
    if sys.platform == "win32":  # no folder can be held open there
        for folder, folders, files in os.walk(path, topdown=False, onerror=note):
            yield (
                folder,
                [str(Path(folder, name)) for name in folders],
                [str(Path(folder, name)) for name in files],
                None,
            )
    else:
        yield from os.fwalk(path, topdown=False, onerror=note)


def _mode(name: str, folder_fd: int | None) -> int:
    """Of a file, a folder or a link itself; 0 if it is gone."""
    with contextlib.suppress(FileNotFoundError):
        return os.stat(name, dir_fd=folder_fd, follow_symlinks=False).st_mode
    return 0


def _delete_one(name: str, folder_fd: int | None) -> None:
    """Nothing to do if it is gone. Raises: ActError, OSError."""
    try:
        if stat.S_ISDIR(_mode(name, folder_fd)):
            os.rmdir(name, dir_fd=folder_fd)
        else:
            os.unlink(name, dir_fd=folder_fd)
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno == errno.ENOTEMPTY:
            raise ActError(not_empty(Path(name).name)) from error
        raise
