"""Which versions cannot be read any more, and of which chunks that is: told to operators as people name their files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, select

from server_api.contract.messages import NamespaceId, NodeId, RevisionId
from server_api.domain.contents import split_manifest
from server_api.domain.nodes import Node
from server_api.domain.showing import counted, exact, showable
from server_api.domain.sizes import show_size
from server_api.storage.chunks import known_chunks
from server_api.storage.nodes import read_lineages
from server_api.storage.references import kept_versions
from server_api.storage.tables import account, namespace
from server_api.storage.versions import read_contents, read_versions

_LISTED: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenVersion:
    """A version some of whose chunks are nowhere, or damaged.

    Attributes:
        account: the owner's address.
        path: where the file is, or was when it was deleted.
        is_current: whether it is what the file has now; else an old or deleted version.
        committed_at: milliseconds.
    """

    account: str
    path: str
    is_current: bool
    committed_at: int
    size: int
    revision_id: RevisionId

    def __str__(self) -> str:
        return f"{self.account}  {showable(self.path)}  {show_size(self.size)}, of {exact(self.committed_at)}"


@dataclass(slots=True)
class BrokenVersions:
    """All of them counted, and the first thousand of either kind listed."""

    current_count: int = 0
    old_count: int = 0
    current: list[BrokenVersion] = field(default_factory=list)
    old: list[BrokenVersion] = field(default_factory=list)

    def add(self, broken: BrokenVersion) -> None:
        listed = self.current if broken.is_current else self.old
        if broken.is_current:
            self.current_count += 1
        else:
            self.old_count += 1
        if len(listed) < _LISTED:
            listed.append(broken)

    def join(self, others: BrokenVersions) -> None:
        """Those of another namespace as well."""
        self.current_count += others.current_count
        self.old_count += others.old_count
        self.current += others.current[: _LISTED - len(self.current)]
        self.old += others.old[: _LISTED - len(self.old)]

    @property
    def count(self) -> int:
        return self.current_count + self.old_count

    def as_json(self) -> list[dict[str, Any]]:
        """What is current first."""
        return [asdict(each) | {"revision_id": each.revision_id.hex()} for each in (*self.current, *self.old)]

    def lines(self) -> Iterator[str]:
        """For the operator, what is current first; nothing, if there is none."""
        if self.current_count:
            yield f"{counted(self.current_count, 'file')} cannot be read in the current version:"
            yield from (f"  {each}" for each in self.current)
        if self.old_count:
            yield f"{counted(self.old_count, 'old or deleted version')} cannot be read:"
            yield from (f"  {each}" for each in self.old)
        if self.count > len(self.current) + len(self.old):
            yield "  and more"


class Look(Struct, frozen=True):
    """What some of a namespace's versions are in want of.

    Attributes:
        reached: the seq up to where it was looked; ``None`` if that was all.
        lacking: chunks that they name and that are nowhere, or damaged.
    """

    reached: int | None
    broken: Sequence[BrokenVersion]
    lacking: set[bytes]


def look_at_versions(
    connection: Connection, namespace_id: NamespaceId, after_seq: int, damaged: Collection[bytes] = frozenset()
) -> Look:
    """Look at the next some thousand chunks' worth of versions that have their content."""
    contents = read_contents(connection, namespace_id, after_seq)
    if not contents:
        return Look(None, [], set())
    manifests = {version_id: split_manifest(manifest) for version_id, manifest in contents}
    named = {hash_ for hashes in manifests.values() for hash_ in hashes}
    lacking = (named - known_chunks(connection, namespace_id, named)) | named.intersection(damaged)
    broken = [id_ for id_, hashes in manifests.items() if not lacking.isdisjoint(hashes)] if lacking else []
    return Look(contents[-1].seq, list(_described(connection, namespace_id, broken)), lacking)


def add_broken(connection: Connection, namespace_id: NamespaceId, found: BrokenVersions) -> None:
    """All of a namespace's, in one transaction."""
    reached: int | None = 0
    while reached is not None:
        look = look_at_versions(connection, namespace_id, reached)
        for broken in look.broken:
            found.add(broken)
        reached = look.reached


def _described(
    connection: Connection, namespace_id: NamespaceId, version_ids: Sequence[RevisionId]
) -> Iterator[BrokenVersion]:
    versions = sorted(read_versions(connection, namespace_id, version_ids), key=lambda version: version.seq)
    node_ids = {version.node_id for version in versions}
    if not node_ids:
        return
    current, _ = kept_versions(connection, namespace_id, node_ids)
    nodes = read_lineages(connection, namespace_id, node_ids)
    owner = connection.scalar(
        select(account.c.email)
        .join(namespace, namespace.c.owner_id == account.c.account_id)
        .where(namespace.c.namespace_id == namespace_id)
    )
    for version in versions:
        yield BrokenVersion(
            account=owner or "",
            path=_path(nodes, version.node_id),
            is_current=version.version_id in current,
            committed_at=version.created_at,
            size=version.size,
            revision_id=version.version_id,
        )


def _path(nodes: dict[NodeId, Node], node_id: NodeId) -> str:
    names: list[str] = []
    while (node := nodes.get(node_id)) is not None and len(names) < len(nodes):
        names.append(node.name)
        node_id = node.parent_id
    return "/".join(reversed(names))
