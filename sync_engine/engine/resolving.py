"""Resolving a conflict as its person says, on the disk: the engine then takes it for what a person did.

Nothing goes that is not on the server: what is to be replaced or thrown away has to be in step, so that its content is
in the version history, and untouched since. It lies in the trash of this device as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from blake3 import blake3
from msgspec import Struct

from server_api.contract.names import comparable
from sync_engine.core.agreement import is_in_step
from sync_engine.core.conflicts import kept_name, original_name
from sync_engine.core.model import Kind, LocalNode
from sync_engine.core.platform_names import case_key
from sync_engine.core.reports import Keep, Resolution
from sync_engine.engine.executor import ConflictName, keep_beside
from sync_engine.engine.looks import join, split
from sync_engine.errors import Changed, Occupied, Vanished
from sync_engine.ports import FileSystem, Journal

_PIECE: Final = 1 << 20


class Resolved(Struct):
    """What a job did."""

    resolution: Resolution
    touched: list[str]
    """Paths to look at."""


def prepare(
    journal: Journal, filesystem: FileSystem, path: str, keep: Keep, conflict_name: ConflictName
) -> Resolution | Callable[[], Resolved]:
    """What stands in the way, or a job for the disk lane that does it. Control thread."""
    node = journal.local_at(path)
    if node is None or node.kind is not Kind.FILE:
        return Resolution("unknown" if node is None else "no-conflict", path)
    folder, name = split(path)
    original = original_name(name)
    siblings = {sibling.name: sibling for sibling in journal.local_children([node.parent_id])}
    if original is not None:
        copies = [node]
    else:
        original = name
        copies = [n for n in siblings.values() if n.kind is Kind.FILE and _is_copy_of(n.name, name)]
        if not copies:
            return Resolution("no-conflict", path)
        if keep == "mine" and len(copies) > 1:
            return Resolution("several", path, sorted(join(folder, copy.name) for copy in copies))
    copies.sort(key=lambda copy: copy.name)
    job = _Job(filesystem, folder, original, copies)
    if keep == "both":
        taken = {*siblings, *(remote.name for remote in journal.remote_children([node.parent_id]))}
        return lambda: job.keep_both({case_key(each) for each in taken})
    kept = next((n for n in siblings.values() if comparable(n.name) == comparable(original)), None)
    if kept is None or kept.kind is not Kind.FILE:
        return Resolution("no-original", join(folder, original))
    ids = [each.node_id for each in (*copies, kept)]
    remote, synced = journal.remote(ids), journal.synced(ids)
    for each in (*copies, kept):
        if not is_in_step(each, remote.get(each.node_id), synced.get(each.node_id)):
            return Resolution("not-in-step", join(folder, each.name))
    if keep == "theirs":
        return job.keep_theirs
    return lambda: job.keep_mine(kept, conflict_name)


def _is_copy_of(name: str, original: str) -> bool:
    found = original_name(name)
    return found is not None and comparable(found) == comparable(original)


class _Job:
    """In a worker. Raises: DiskError of what cannot be read or written, and then nothing is changed of that file."""

    def __init__(self, filesystem: FileSystem, folder: str, original: str, copies: Sequence[LocalNode]) -> None:
        self._filesystem = filesystem
        self._folder = folder
        self._original = join(folder, original)
        self._copies = copies

    def _path(self, node: LocalNode) -> str:
        return join(self._folder, node.name)

    def keep_both(self, taken: Iterable[str]) -> Resolved:
        taken, kept_as = set(taken), []
        for copy in self._copies:
            name = copy.name
            number = 0
            while True:
                number += 1
                name = kept_name(copy.name, number)
                if case_key(name) in taken:
                    continue
                try:
                    self._filesystem.move(self._path(copy), join(self._folder, name))
                except Occupied:
                    continue
                break
            taken.add(case_key(name))
            kept_as.append(join(self._folder, name))
        self._filesystem.sync()
        return self._done(kept_as)

    def keep_theirs(self) -> Resolved:
        for copy in self._copies:
            if not self._throw_away(copy):
                return self._stopped(self._path(copy))
        self._filesystem.sync()
        return self._done()

    def keep_mine(self, kept: LocalNode, conflict_name: ConflictName) -> Resolved:
        """The original's place gets a copy of the copy's bytes; only then the copy goes."""
        (copy,) = self._copies
        path = join(self._folder, kept.name)
        staged = self._filesystem.stage()
        try:
            if not self._is_read(copy, staged.write):
                return self._stopped(self._path(copy))
            staged.finish(copy.signature.mtime_ns, executable=kept.executable)
            self._filesystem.sync()
            _, displaced = self._filesystem.put_in_place(staged, path, kept.signature)
        except (Changed, Vanished):
            return self._stopped(path)
        finally:
            staged.discard()
        touched: list[str] = []
        if displaced is not None:  # written to in this very moment: it lives on beside it
            touched.append(keep_beside(self._filesystem, displaced.kept_at, path, conflict_name))
        self._filesystem.sync()
        if not self._throw_away(copy):
            return self._stopped(self._path(copy))
        self._filesystem.sync()
        resolved = self._done()
        resolved.touched += touched
        return resolved

    def _throw_away(self, copy: LocalNode) -> bool:
        """Whether it is gone; it stays if it was changed."""
        try:
            self._filesystem.trash(self._path(copy), copy.signature)
        except Changed:
            return False
        except Vanished:
            pass
        return True

    def _is_read(self, node: LocalNode, write: Callable[[bytes], None]) -> bool:
        """Whether the file's bytes are those that the server has; they were written then."""
        file = self._filesystem.open_file(self._path(node))
        try:
            digest = blake3()
            while piece := file.read(_PIECE):
                digest.update(piece)
                write(piece)
            return digest.digest() == node.content and file.is_as(node.signature)
        finally:
            file.close()

    def _done(self, kept_as: Sequence[str] = ()) -> Resolved:
        copies = [self._path(copy) for copy in self._copies]
        return Resolved(Resolution("done", self._original, copies, list(kept_as)), [self._original, *copies, *kept_as])

    def _stopped(self, path: str) -> Resolved:
        return Resolved(Resolution("changed", path), [self._original, *(self._path(copy) for copy in self._copies)])
