"""Files and folders as one zip, for their owners and for who has a link; made as it is sent."""

from __future__ import annotations

import errno
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Final

from msgspec import Struct

from server_api.contract.messages import ROOT, Kind, NamespaceId, NodeId
from server_api.domain.nodes import Node, Tree
from server_api.domain.zipping import Entry, FolderNames, zipped
from server_api.errors import NotFoundError
from server_api.services.reading import Reader
from server_api.services.server import Server
from server_api.storage.nodes import read_children, read_lineages

_OF_SEVERAL_PLACES: Final = "Lockstep"
_IN_MEMORY_BYTES: Final = 1024 * 1024
"""Of a zip's directory. The rest of it lies in a file that is gone with the zip."""


class Chosen(Struct, frozen=True):
    """What is to be in an archive.

    Attributes:
        name: of the archive, without an ending.
        nodes: a single folder, whose content it is, or several nodes beside each other.
    """

    name: str
    nodes: Sequence[Node]


def choose(server: Server, namespace_id: NamespaceId, node_ids: Iterable[NodeId]) -> Chosen:
    """These nodes, but for symbolic links.

    Raises: NotFoundError, if one of them is not there (any more), or nothing is left.
    """
    wanted = set(node_ids)
    with server.database.read() as connection:
        known = read_lineages(connection, namespace_id, wanted)
    tree = Tree(known)
    nodes = [known[node_id] for node_id in wanted if node_id in known and tree.is_alive(known[node_id])]
    kept = _in_order(nodes)
    if len(nodes) < len(wanted) or not kept:
        raise NotFoundError
    if len(kept) == 1:
        return Chosen(kept[0].name, kept)
    folders = {node.parent_id for node in kept}
    folder_id = folders.pop()
    return Chosen(_OF_SEVERAL_PLACES if folders or folder_id == ROOT else known[folder_id].name, kept)


def archive(
    server: Server, namespace_id: NamespaceId, nodes: Sequence[Node], may_read: Callable[[], bool]
) -> Iterator[bytes]:
    """The bytes of a zip: of what is in a single folder, else of the nodes with all that is below them.

    A reader may take hours: what lies in a folder is looked up when its turn comes, if ``may_read`` still holds. One
    that was deleted or moved elsewhere meanwhile is empty.

    Raises (amid the bytes, which are no zip then): ContentExpiredError, ContentGoneError, UnavailableError,
    ConnectionResetError.
    """
    with SpooledTemporaryFile(_IN_MEMORY_BYTES) as directory:
        yield from zipped(_entries(server, namespace_id, nodes, may_read), directory)


def list_folder(server: Server, namespace_id: NamespaceId, folder_id: NodeId) -> list[Node]:
    """Folders, then files, by name; symbolic links are not among them, for they lead to anywhere."""
    with server.database.read() as connection:
        return _in_order(read_children(connection, namespace_id, [folder_id], living_only=True))


def _in_order(nodes: Iterable[Node]) -> list[Node]:
    shown = [node for node in nodes if node.kind is not Kind.SYMLINK]
    return sorted(shown, key=lambda node: (node.kind is not Kind.FOLDER, node.name.casefold(), node.name))


def _entries(
    server: Server, namespace_id: NamespaceId, nodes: Sequence[Node], may_read: Callable[[], bool]
) -> Iterator[Entry]:
    """A folder at a time, parents before children: of what was walked through nothing is kept."""
    reader = Reader(server, namespace_id, windows_kept=1)
    inside = nodes
    if len(nodes) == 1 and nodes[0].kind is Kind.FOLDER:
        inside = list_folder(server, namespace_id, nodes[0].node_id)
    above = ""
    pending: list[tuple[str, NodeId]] = []
    while True:
        names = FolderNames()
        folders: list[tuple[str, NodeId]] = []
        for node in inside:
            path = above + names.take(node.name)
            content: Iterable[bytes | memoryview] | None = None
            if node.kind is Kind.FOLDER:
                folders.append((f"{path}/", node.node_id))
            else:
                content = reader.read(node.version_id)
            yield Entry(path, node.mtime_ns, node.executable, content)
        pending.extend(reversed(folders))
        if not pending:
            return
        above, folder_id = pending.pop()
        if not may_read():  # as if the reader had gone, which is nothing for the log
            raise ConnectionResetError(errno.ECONNRESET, "the reader may read no more")
        is_there = _is_below(server, namespace_id, folder_id, {node.node_id for node in nodes})
        inside = list_folder(server, namespace_id, folder_id) if is_there else []


def _is_below(server: Server, namespace_id: NamespaceId, folder_id: NodeId, chosen: Collection[NodeId]) -> bool:
    """Whether a folder is one of the chosen, or below one."""
    with server.database.read() as connection:
        tree = Tree(read_lineages(connection, namespace_id, [folder_id]))
    folder = tree.nodes.get(folder_id)
    return folder is not None and tree.is_alive(folder) and not set(chosen).isdisjoint(tree.lineage(folder_id))
