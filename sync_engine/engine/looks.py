"""Looking at the disk: what a worker does with the paths that the observer gives it, and what it brings back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct, field

from sync_engine.core.ignore import IGNORE_FILE, MAX_IGNORE_BYTES, Ignored, parse
from sync_engine.core.model import Found, Kind, NodeId, Signature
from sync_engine.errors import DiskError, RootError, Vanished
from sync_engine.ports import FileSystem, Problem

PIECE: Final = 5_000
"""Objects that one look brings back, more or less: a folder is never divided."""
_LISTED_AT: Final = 16
"""So many marked names of one folder, and it is listed instead."""


class Listing(Struct):
    """What was seen in one folder."""

    path: str
    found: list[Found] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    whole: bool = False
    """All of it; else only the names in ``found`` and ``absent``."""
    deep: bool = False
    """The folders in it are listed as well, here or in a later look, but for ignored ones."""

    def names(self) -> Iterator[str]:
        """Of all that was looked for."""
        yield from (found.name for found in self.found)
        yield from self.absent


class Rules(Struct, frozen=True):
    """The ignore rules, and the signature of the file that they were read from (``None``: there is none)."""

    ignored: Ignored
    signature: Signature | None = None


class Observation(Struct):
    """What one look brought back."""

    listings: list[Listing] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)
    """Folders and objects that could not be read: nothing follows from them, least of all an absence. ``take_in`` adds
    those that cannot be synced."""
    root_error: RootError | None = None
    rules: Rules | None = None
    """Those that the look went by."""
    told: frozenset[str] = frozenset()
    """Paths that somebody said had changed."""
    gone: list[NodeId] = field(default_factory=list)
    """Suspects of which a second look found nothing."""
    remaining: dict[str, bool] = field(default_factory=dict)
    """Folders that are still to be listed; whether deeply."""


class Look:
    """A worker job: ``look()`` looks at paths, lists folders and takes a second look for suspects.

    Args:
        paths: single objects.
        folders: to be listed; whether with all below.
        suspects: where nodes were that seem to be gone; ``None`` for one whose place is known to be another's.
        drain: waits until the watcher has told everything; before suspects are looked for.
    """

    def __init__(
        self,
        filesystem: FileSystem,
        rules: Rules,
        paths: Iterable[str] = (),
        folders: Mapping[str, bool] | None = None,
        suspects: Mapping[NodeId, str | None] | None = None,
        drain: Callable[[], None] | None = None,
    ) -> None:
        self.paths = list(paths)
        self.folders = dict(folders or {})
        self._filesystem = filesystem
        self._rules = rules
        self._suspects = dict(suspects or {})
        self._drain = drain
        self._seen = Observation(told=frozenset(self.paths))
        self._partial: dict[str, dict[str, Found | None]] = {}

    def __call__(self) -> Observation:
        """Never raises an ``EngineError``."""
        try:
            if self._suspects and self._drain is not None:
                self._drain()
            self._filesystem.check_root()
            self._read_rules()
            self._look_at_paths()
            self._list_folders()
            self._look_for_suspects()
            # What is absent is absent only from a root that is still there.
            self._filesystem.check_root()
        except RootError as error:
            return Observation(root_error=error)
        self._seen.rules = self._rules
        self._seen.listings += (
            Listing(
                folder,
                [found for found in names.values() if found is not None],
                [name for name, found in names.items() if found is None],
            )
            for folder, names in self._partial.items()
        )
        return self._seen

    def _read_rules(self) -> None:
        try:
            found = self._filesystem.look(IGNORE_FILE)
            signature = found.signature if found is not None and found.kind is Kind.FILE else None
            if signature != self._rules.signature:
                self._rules = Rules(_parsed(self._filesystem) if signature is not None else Ignored(), signature)
        except DiskError as error:
            self._not_read(IGNORE_FILE, error)  # the rules of before go on

    def _look_at_paths(self) -> None:
        by_folder: dict[str, list[str]] = defaultdict(list)
        for path in self.paths:
            folder, name = split(path)
            by_folder[folder].append(name)
        for folder, names in by_folder.items():
            if len(names) < _LISTED_AT or folder in self.folders:
                for name in names:
                    self._look_at(folder, name)
            else:
                self._list(folder, deep=False)

    def _look_at(self, folder: str, name: str) -> bool:
        """Whether it is certainly absent."""
        path = join(folder, name)
        try:
            found = self._filesystem.look(path)
        except DiskError as error:
            self._not_read(path, error)
            return False
        self._partial.setdefault(folder, {})[name] = found  # of two looks at one place the later counts
        return found is None

    def _list_folders(self) -> None:
        waiting = list(reversed(self.folders.items()))
        seen = 0
        listed: set[str] = set()
        while waiting and seen < PIECE:
            path, deep = waiting.pop()
            if path in listed:
                continue
            listing = self._list(path, deep=deep)
            if listing is None:
                continue
            if deep:
                listed.add(path)
            seen += len(listing.found) + 1
            if deep:
                waiting += [
                    (below, True)
                    for found in reversed(listing.found)
                    if found.kind is Kind.FOLDER
                    and not self._rules.ignored.covers(below := join(path, found.name), is_folder=True)
                ]
        self._seen.remaining = dict(reversed(waiting))

    def _list(self, path: str, *, deep: bool) -> Listing | None:
        try:
            listing = Listing(path, self._filesystem.list_folder(path), whole=True, deep=deep)
        except Vanished:
            if path:
                self._look_at(*split(path))
            return None
        except DiskError as error:
            self._not_read(path, error)
            return None
        self._seen.listings.append(listing)
        return listing

    def _look_for_suspects(self) -> None:
        for node_id, path in self._suspects.items():
            if path is None or self._look_at(*split(path)):
                self._seen.gone.append(node_id)

    def _not_read(self, path: str, error: DiskError) -> None:
        self._seen.unread.append(Problem(path, error.code, str(error)))


def read_ignored(filesystem: FileSystem) -> Ignored:
    """The rules as they are on the disk now. Raises: DiskError, RootError."""
    found = filesystem.look(IGNORE_FILE)
    return _parsed(filesystem) if found is not None and found.kind is Kind.FILE else Ignored()


def _parsed(filesystem: FileSystem) -> Ignored:
    file = filesystem.open_file(IGNORE_FILE)
    try:
        data = b""
        while len(data) < MAX_IGNORE_BYTES and (piece := file.read(MAX_IGNORE_BYTES - len(data))):
            data += piece
    finally:
        file.close()
    return parse(data if len(data) < MAX_IGNORE_BYTES else data[: data.rfind(b"\n") + 1])


def split(path: str) -> tuple[str, str]:
    """Its folder and its name."""
    folder, _, name = path.rpartition("/")
    return folder, name


def join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
