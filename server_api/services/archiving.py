"""Files and folders as one zip, for their owners and for who has a link; made as it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from server_api.contract.messages import ROOT, Kind, NamespaceId, NodeId
from server_api.domain.nodes import Node, Tree
from server_api.domain.paths import Names
from server_api.domain.zipping import Entry, zipped
from server_api.errors import NotFoundError
from server_api.services.reading import Reader
from server_api.services.server import Server
from server_api.storage.nodes import read_children, read_lineages

_OF_SEVERAL_PLACES: Final = "Lockstep"


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


def archive(server: Server, namespace_id: NamespaceId, nodes: Sequence[Node]) -> Iterator[bytes]:
    """The bytes of a zip: of what is in a single folder, else of the nodes with all that is below them.

    Raises (amid the bytes, which are no zip then): ContentExpiredError, ContentGoneError, UnavailableError.
    """
    return zipped(_entries(server, namespace_id, _walk(server, namespace_id, nodes)))


def list_folder(server: Server, namespace_id: NamespaceId, folder_id: NodeId) -> list[Node]:
    """Folders, then files, by name; symbolic links are not among them, for they lead to anywhere."""
    with server.database.read() as connection:
        return _in_order(read_children(connection, namespace_id, [folder_id], living_only=True))


def _in_order(nodes: Iterable[Node]) -> list[Node]:
    shown = [node for node in nodes if node.kind is not Kind.SYMLINK]
    return sorted(shown, key=lambda node: (node.kind is not Kind.FOLDER, node.name.casefold(), node.name))


def _walk(server: Server, namespace_id: NamespaceId, nodes: Sequence[Node]) -> Iterator[tuple[Names, Node]]:
    """Each with its names in the archive; what is below one comes before the next."""
    if len(nodes) == 1 and nodes[0].kind is Kind.FOLDER:
        yield from _walk_below(server, namespace_id, (), nodes[0].node_id)
        return
    for node in nodes:
        yield (node.name,), node
        if node.kind is Kind.FOLDER:
            yield from _walk_below(server, namespace_id, (node.name,), node.node_id)


def _walk_below(
    server: Server, namespace_id: NamespaceId, top: Names, folder_id: NodeId
) -> Iterator[tuple[Names, Node]]:
    """All below a folder that has these names, a folder at a time: parents before children."""
    pending: list[tuple[Names, NodeId]] = [(top, folder_id)]
    while pending:
        above, current = pending.pop()
        folders: list[tuple[Names, NodeId]] = []
        for node in list_folder(server, namespace_id, current):
            names = (*above, node.name)
            yield names, node
            if node.kind is Kind.FOLDER:
                folders.append((names, node.node_id))
        pending.extend(reversed(folders))


def _entries(server: Server, namespace_id: NamespaceId, found: Iterable[tuple[Names, Node]]) -> Iterator[Entry]:
    reader = Reader(server, namespace_id, windows_kept=1)
    for names, node in found:
        content: Iterable[bytes | memoryview] | None = None
        if node.kind is not Kind.FOLDER:
            content = reader.read(node.version_id)
        yield Entry(names, node.mtime_ns, node.executable, content)
