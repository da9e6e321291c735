"""Looking through what is here and on the server: folders, names, sizes; while the engine goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from time import monotonic
from typing import Final, Literal, TypeAlias

from server_api.contract.names import PRIVATE_FOLDER
from sync_engine.adapters.filesystem.folder import SyncedFolder
from sync_engine.adapters.journal.browsing import Behind, Place, Reader, Shown
from sync_engine.adapters.journal.tables import COPY_MARK
from sync_engine.control.messages import FolderSizes, Item, Items, ItemState
from sync_engine.core.conflicts import original_name
from sync_engine.core.ignore import Ignored
from sync_engine.core.model import Kind, NodeId
from sync_engine.engine.looks import join, read_ignored
from sync_engine.errors import DiskError, NotHoldable, Refused, RootError, Vanished

Moving: TypeAlias = Mapping[NodeId, Literal["uploading", "downloading"]]
"""What is under way now."""

_AT_ONCE: Final = 2_000
_KINDS: Final[Mapping[Kind, Literal["file", "folder", "symlink"]]] = {
    Kind.FILE: "file",
    Kind.FOLDER: "folder",
    Kind.SYMLINK: "symlink",
}
_COPY_MARK: Final = COPY_MARK.decode()


class Browser:
    """Answers in its callers' threads, any number at a time."""

    def __init__(
        self, filesystem: SyncedFolder, journal: Path, namespace_id: bytes, clock: Callable[[], float] = monotonic
    ) -> None:
        """``clock``: seconds that never go back."""
        self._filesystem = filesystem
        self._journal = journal
        self._namespace_id = namespace_id
        self._behind = Behind(journal, namespace_id, clock)

    def close(self) -> None:
        self._behind.close()

    def renewals(self) -> int:
        """Grows when what was listed would be listed otherwise by now, though nothing may have changed since."""
        return self._behind.renewals()

    def list_folder(self, path: str, moving: Moving) -> Iterator[Items]:
        """What is in it, part by part; what is no folder comes first.

        Raises: Refused (``not-found``), JournalError.
        """
        with self._read() as reader:
            place = reader.folder(path)
            if place is None:
                yield from self._on_disk_alone(path, reader)
                return
            judge = _Judge(reader, moving, self._behind, path, reader.problems_below(path))
            known = set() if path else {PRIVATE_FOLDER}
            for folders in (False, True):
                for rows in reader.children(place, folders=folders):
                    known.update([row.name for row in rows if row.is_here])
                    yield Items([judge.item(row, place) for row in rows])
            if place.here is not None:
                others = (name for name in self._names(path) if name not in known)
                yield from self._not_in_trees(path, others, judge, self._ignored())

    def find(self, text: str, limit: int, moving: Moving) -> Items:
        """Raises: JournalError."""
        found: list[Item] = []
        with self._read() as reader:
            for rows in reader.named(text) if text else ():
                for row in rows:
                    way = reader.way(row.node_id)
                    if way is None:
                        continue
                    if len(found) >= limit:
                        return Items(found, is_cut=True)
                    path, is_excluded = way
                    folder = path.rpartition("/")[0]
                    judge = _Judge(reader, moving, self._behind, folder, reader.problems_at(path))
                    found.append(judge.item(row, Place(None, None, is_excluded), path))
        return Items(found)

    def sizes(self, path: str) -> FolderSizes:
        """Raises: Refused (``not-found``), JournalError."""
        with self._read() as reader:
            place = reader.folder(path)
            if place is None:
                raise _no_folder(path)
            sizes = reader.sizes(place)
            folders = (row for rows in reader.children(place, folders=True) for row in rows)
            return FolderSizes({row.name: sizes.get(row.node_id, 0) for row in folders if row.is_on_server})

    def _read(self) -> Reader:
        return Reader(self._journal, self._namespace_id)

    # --- what the trees do not have ------------------------------------------------------------------------------

    def _on_disk_alone(self, path: str, reader: Reader) -> Iterator[Items]:
        try:
            names = self._filesystem.names(path)
        except (Vanished, NotHoldable):
            raise _no_folder(path) from None
        if path.partition("/")[0] == PRIVATE_FOLDER:
            raise _no_folder(path)
        ignored = self._ignored()
        judge = _Judge(reader, {}, self._behind, path, reader.problems_below(path))
        judge.is_ignored = ignored.rule(path, is_folder=True) is not None
        yield from self._not_in_trees(path, names, judge, ignored)

    def _not_in_trees(self, path: str, names: Iterable[str], judge: _Judge, ignored: Ignored) -> Iterator[Items]:
        items: list[Item] = []
        for name in names:
            try:
                found = self._filesystem.look(join(path, name))
            except (DiskError, RootError):
                continue
            if found is None:
                continue
            kind = found.kind or Kind.FILE
            is_file = kind is Kind.FILE
            items.append(
                Item(
                    found.name,
                    _KINDS[kind],
                    found.signature.size if is_file else 0,
                    found.signature.mtime_ns // 1_000_000 if is_file else None,
                    judge.outside(join(path, found.name), found.kind, ignored),
                    is_here=True,
                    is_on_server=False,
                )
            )
            if len(items) == _AT_ONCE:
                yield Items(items)
                items = []
        if items:
            yield Items(items)

    def _names(self, path: str) -> list[str]:
        """What cannot be read has nothing that the trees do not have."""
        try:
            return self._filesystem.names(path)
        except (DiskError, RootError):
            return []

    def _ignored(self) -> Ignored:
        try:
            return read_ignored(self._filesystem)
        except (DiskError, RootError):
            return Ignored()


class _Judge:
    """Says how things in one folder are."""

    def __init__(self, reader: Reader, moving: Moving, behind: Behind, path: str, problems: list[str]) -> None:
        self._reader = reader
        self._moving = moving
        self._behind = behind
        self._path = path
        self._problems = set(problems)
        depth = len(path) + 1 if path else 0
        self._above_problems = {problem[: problem.index("/", depth)] for problem in problems if "/" in problem[depth:]}
        self._folders_behind: frozenset[NodeId] | None = None
        self.is_ignored = False
        """The whole folder is."""

    def item(self, row: Shown, place: Place, path: str | None = None) -> Item:
        """``path``: what to call it, if not by its name."""
        is_file = row.kind is Kind.FILE
        return Item(
            path or row.name,
            _KINDS[row.kind],
            row.size if is_file else 0,
            row.mtime_ns // 1_000_000 if is_file else None,
            self._state(row, is_excluded=place.is_excluded or row.is_excluded),
            row.is_here,
            row.is_on_server,
        )

    def _state(self, row: Shown, *, is_excluded: bool) -> ItemState:
        path = join(self._path, row.name)
        if path in self._problems:
            return "problem"
        if row.node_id in self._moving:
            return self._moving[row.node_id]
        if is_excluded and not (row.is_here and row.differs):
            return "excluded"
        if _COPY_MARK in row.name and row.kind is Kind.FILE and row.is_here and original_name(row.name) is not None:
            return "conflict"
        if row.differs or path in self._above_problems:
            return "pending"
        return "pending" if row.kind is Kind.FOLDER and self._is_behind(row.node_id) else "in-step"

    def _is_behind(self, folder_id: NodeId) -> bool:
        if self._folders_behind is None:
            self._folders_behind = self._behind.folders()
        return folder_id in self._folders_behind

    def outside(self, path: str, kind: Kind | None, ignored: Ignored) -> ItemState:
        """Of what is on the disk alone."""
        if path in self._problems:
            return "problem"
        if self.is_ignored or ignored.covers(path, is_folder=kind is Kind.FOLDER):
            return "ignored"
        return "problem" if kind is None else "pending"


def _no_folder(path: str) -> Refused:
    return Refused(f"there is no folder {path!r}", "not-found", 404)
