"""Whether disk, journal and server tell the same: reads every file, changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from blake3 import blake3
from msgspec import Struct, field

from server_api.contract.history import Entry
from server_api.contract.messages import Kind
from server_api.contract.names import comparable
from sync_engine.core.ignore import Ignored
from sync_engine.core.model import ROOT, LocalNode, NodeId
from sync_engine.core.paths import with_all_above
from sync_engine.core.platform_names import case_key
from sync_engine.engine.looks import read_ignored
from sync_engine.errors import DiskError
from sync_engine.ports import FileSystem, Trees

_PIECE: Final = 1024 * 1024
_FOLDERS_AT_ONCE: Final = 500


class Difference(Struct, frozen=True):
    path: str
    what: str


class Verified(Struct):
    files: int = 0
    bytes: int = 0
    differences: list[Difference] = field(default_factory=list)


def verify_folder(
    filesystem: FileSystem, trees: Trees, entries: list[Entry], excluded: AbstractSet[NodeId] = frozenset()
) -> Verified:
    """Compare everything that is on the disk with what the journal knows of it, and with the server's listing.

    ``excluded``: what the server has and this device need not have, with all below.
    """
    verified = Verified()
    ignored = read_ignored(filesystem)
    served = {comparable(entry.path): entry for entry in entries}
    away = {path for path, entry in served.items() if entry.node_id in excluded}
    folders: list[tuple[NodeId, str]] = [(ROOT, "")]
    while folders:
        some, folders = folders[:_FOLDERS_AT_ONCE], folders[_FOLDERS_AT_ONCE:]
        prefixes = dict(some)
        known: dict[str, list[str]] = {prefix: [] for prefix in prefixes.values()}
        for node in trees.local_children(prefixes):
            prefix = prefixes[node.parent_id]
            path = prefix + node.name
            known[prefix].append(node.name)
            if node.kind is Kind.FOLDER:
                folders.append((node.node_id, path + "/"))
            what = _compare(filesystem, node, path, served.pop(comparable(path), None), verified)
            if what:
                verified.differences.append(Difference(path, what))
        for prefix, names in known.items():
            for path in _unknown(filesystem, ignored, prefix, names):
                if comparable(path) not in away:
                    verified.differences.append(Difference(path, "is not in the journal; `lockstep sync` looks again"))
                    away.add(comparable(path))
    verified.differences += [
        Difference(entry.path, "is not on this device")
        for path, entry in served.items()
        if away.isdisjoint(with_all_above(path))
    ]
    return verified


def _unknown(filesystem: FileSystem, ignored: Ignored, prefix: str, names: list[str]) -> Iterator[str]:
    """What else is in a folder and should be in the journal."""
    same = comparable if filesystem.naming.keeps_case else case_key
    known = set(map(same, names))
    try:
        listed = filesystem.list_folder(prefix.removesuffix("/"))
    except DiskError:  # told of the folder itself
        return
    for found in listed:
        path = prefix + found.name
        is_special = found.kind is None
        if not (is_special or same(found.name) in known or ignored.covers(path, is_folder=found.kind is Kind.FOLDER)):
            yield path


def _compare(filesystem: FileSystem, node: LocalNode, path: str, entry: Entry | None, verified: Verified) -> str | None:
    """What is wrong with this one; ``None`` if nothing is."""
    try:
        found = filesystem.look(path)
        content = None
        if found and found.kind is Kind.FILE:
            content, size_bytes = hash_file(filesystem, path)
            verified.files += 1
            verified.bytes += size_bytes
    except DiskError as error:
        return f"cannot be read ({error.code})"
    if found is None or found.kind is not node.kind:
        return "is not as the journal knows it; `lockstep sync` looks again"
    if entry is None:
        return "is not on the server"
    if entry.kind is not node.kind:
        return "is of another kind on the server"
    if node.kind is Kind.FILE and content != node.content:
        return "has other bytes than the journal knows; `lockstep sync --full` reads it again"
    if node.kind is Kind.FILE and content != entry.content_hash:
        return "has other bytes on the server"
    if node.kind is Kind.SYMLINK and found.link_target != entry.link_target:
        return "points elsewhere on the server"
    return None


def hash_file(filesystem: FileSystem, path: str) -> tuple[bytes, int]:
    """The hash of a file's bytes, and how many there are. Raises: DiskError."""
    file = filesystem.open_file(path)
    try:
        digest, size_bytes = blake3(), 0
        while piece := file.read(_PIECE):
            digest.update(piece)
            size_bytes += len(piece)
        return digest.digest(), size_bytes
    finally:
        file.close()
