"""Compares one observation with the local tree and writes down what differs. Control thread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from server_api.contract.messages import MAX_LINK_BYTES
from server_api.contract.names import comparable
from sync_engine.core.constraints import NAME_TWIN
from sync_engine.core.ignore import Ignored
from sync_engine.core.model import ROOT, Found, Kind, LocalNode, NodeId
from sync_engine.core.moves import has_same_bytes, is_moved, is_same_object
from sync_engine.core.platform_names import case_key, unsendable
from sync_engine.engine.looks import Listing, Observation, join, split
from sync_engine.errors import DiskError
from sync_engine.ports import FileSystem, Ids, Journal, Problem

UNSYNCABLE_KIND: Final = "special-file"
INVALID_LINK: Final = "invalid-link"
OUT_OF_PLACE: Final = "/"
"""Begins the name of a node whose place was taken by another, while nobody knows where it went. No object on a disk has
such a name."""


class _Arrival(Struct):
    """Something that is not the node that the tree has at this place, if it has any."""

    parent_id: NodeId
    path: str
    found: Found
    there: LocalNode | None


class Intake:
    """One run of it.

    Attributes:
        changed: nodes that appeared, changed or moved.
        vanished: nodes that are not where they were.
        turned_up: nodes that were waited for.
        unlisted: folders of which the content is unknown so far: new here, or moved.
        unresolved: paths above something that was seen in a folder that the tree does not know.
        problems: objects that cannot be synced.
    """

    def __init__(
        self,
        filesystem: FileSystem,
        journal: Journal,
        ids: Ids,
        ignored: Ignored,
        observation: Observation,
        waiting: AbstractSet[NodeId],
    ) -> None:
        self.changed: set[NodeId] = set()
        self.vanished: set[NodeId] = set()
        self.turned_up: set[NodeId] = set()
        self.unlisted: list[str] = []
        self.unresolved: set[str] = set()
        self.problems: list[Problem] = []
        self._filesystem = filesystem
        self._journal = journal
        self._ids = ids
        self._ignored = ignored
        self._waiting = waiting
        self._told = observation.told
        self._whole = {listing.path: listing for listing in observation.listings if listing.whole}
        partial = [each for each in observation.listings if not each.whole and each.path not in self._whole]
        self._listings = sorted([*self._whole.values(), *partial], key=_depth)
        self._sighted: dict[int, list[tuple[str, Found]]] = defaultdict(list)
        for listing in self._listings:
            for found in listing.found:
                self._sighted[found.signature.inode].append((listing.path, found))
        self._names: dict[str, dict[str, Found]] = {}
        self._folders: dict[str, NodeId] = {"": ROOT}
        self._paths: dict[NodeId, str | None] = {ROOT: ""}
        self._made: set[NodeId] = set()
        self._settled: set[NodeId] = set()  # those whose object was found: elsewhere, or another one in their place
        self._puts: dict[NodeId, LocalNode] = {}

    def run(self) -> None:
        """Write what was seen. Once, within a transaction."""
        for _, wave in groupby(self._listings, key=_depth):
            self._take(list(wave))
        self.vanished -= self._settled

    def _take(self, wave: Sequence[Listing]) -> None:
        """One depth: the folders above are in the tree by now."""
        placed = [(listing, parent_id) for listing in wave if (parent_id := self._folder(listing.path)) is not None]
        known = self._known(placed)
        arrivals = [each for listing, parent_id in placed for each in self._compare(listing, parent_id, known)]
        # Folders first: a file that stayed in a moved folder was not moved itself.
        for is_folder in (True, False):
            self._settle([each for each in arrivals if (each.found.kind is Kind.FOLDER) is is_folder])
            self._flush()

    def _folder(self, path: str) -> NodeId | None:
        known = self._folders.get(path)
        if known is not None:
            return known
        above, _ = split(path)
        if above in self._whole:
            return None  # it was just seen in there, and left out for a reason
        node = self._journal.local_at(path)
        if node is not None and node.kind is Kind.FOLDER:
            self._folders[path] = node.node_id
            return node.node_id
        while above and self._journal.local_at(above) is None:
            path, (above, _) = above, split(above)
        self.unresolved.add(path)
        return None

    def _known(self, placed: Sequence[tuple[Listing, NodeId]]) -> dict[NodeId, dict[str, LocalNode]]:
        """The nodes that the tree has in these folders, or at these names in them, by folder and comparable name."""
        whole = [parent_id for listing, parent_id in placed if listing.whole and parent_id not in self._made]
        places = [
            (parent_id, name)
            for listing, parent_id in placed
            if not listing.whole and parent_id not in self._made
            for name in (*(found.name for found in listing.found), *listing.absent)
        ]
        nodes = self._journal.local_children(whole) if whole else []
        if places:
            nodes = nodes + self._journal.local_named(places)
        known: dict[NodeId, dict[str, LocalNode]] = defaultdict(dict)
        for node in nodes:
            if node.name.startswith(OUT_OF_PLACE):
                self.vanished.add(node.node_id)  # perhaps since before a restart
                continue
            siblings, key = known[node.parent_id], self._key(node.name)
            rival = siblings.get(key)
            if rival is None:
                siblings[key] = node
                continue
            # The engine put one of them there, where the other had just gone from.
            stays, goes = (rival, node) if self._was_seen(rival) else (node, rival)
            siblings[key] = stays
            self._dislodge(goes)
        return known

    # --- what stayed --------------------------------------------------------------------------------------

    def _compare(
        self, listing: Listing, parent_id: NodeId, known: dict[NodeId, dict[str, LocalNode]]
    ) -> Iterator[_Arrival]:
        """Bring those up to date that are where they were; yield the others."""
        nodes = known.get(parent_id, {})
        present: dict[str, Found | None] = {}
        for found in listing.found:
            key = self._key(found.name)
            path = join(listing.path, found.name)
            reason = _unsyncable(found, at_root=not listing.path)
            if reason is not None:
                self.problems.append(Problem(path, reason))
                present.setdefault(key)  # what the tree has there stays, until it can be synced again
                if key in nodes:
                    self._found_again(nodes[key])
                continue
            rival = present.get(key)
            if rival is not None and not self._comes_first(found, rival, nodes.get(key)):
                self.problems.append(Problem(path, NAME_TWIN))
                continue
            if rival is not None:
                self.problems.append(Problem(join(listing.path, rival.name), NAME_TWIN))
            present[key] = found
        for key, found_there in present.items():
            if found_there is not None:
                yield from self._place(listing, parent_id, found_there, nodes.get(key))
        if listing.whole:
            self.vanished.update(node.node_id for key, node in nodes.items() if key not in present)
        else:
            keys = {self._key(name) for name in listing.absent} - present.keys()
            self.vanished.update(node.node_id for key, node in nodes.items() if key in keys)

    def _place(self, listing: Listing, parent_id: NodeId, found: Found, node: LocalNode | None) -> Iterator[_Arrival]:
        path = join(listing.path, found.name)
        is_folder = found.kind is Kind.FOLDER
        if node is not None and self._is_same(node, found):
            self._refresh(node, found, is_to_be_sure=node.recheck and (listing.deep or path in self._told))
            if is_folder:
                self._folders[path] = node.node_id
                self._paths[node.node_id] = path
                if listing.deep and path not in self._whole and self._ignored.covers(path, is_folder=True):
                    self.unlisted.append(path)  # in the tree since before the rule
        elif node is not None and self._own_name(node, found) != node.name and self._is_still_there(node, found):
            self.problems.append(Problem(path, NAME_TWIN))
        elif node is not None or not self._ignored.covers(path, is_folder=is_folder):
            yield _Arrival(parent_id, path, found, node)

    def _was_seen(self, node: LocalNode) -> bool:
        return any(
            found.name == node.name and self._is_same(node, found)
            for _, found in self._sighted.get(node.signature.inode, ())
        )

    def _comes_first(self, found: Found, rival: Found, node: LocalNode | None) -> bool:
        """Of two names that are one by Unicode (or case), the tree's own goes, else the composed one."""
        if node is not None and node.name in {found.name, rival.name}:
            return found.name == node.name
        return found.name == comparable(found.name)

    def _is_same(self, node: LocalNode, found: Found) -> bool:
        if not self._filesystem.has_stable_inodes:
            return node.kind is found.kind
        return is_same_object(node, found)

    def _refresh(self, node: LocalNode, found: Found, *, is_to_be_sure: bool) -> None:
        """The object is where it was: note what is new about it.

        A file that was read within 2 s of its last change may have changed again since, with no trace in its times: it
        ``is_to_be_sure``, and is read once more.
        """
        self._found_again(node)
        if (node.signature, node.name, node.executable, node.link_target) == (
            found.signature,
            self._own_name(node, found),
            found.executable,
            found.link_target,
        ) and not is_to_be_sure:
            return
        before, now = node.signature, found.signature
        # A changed ctime alone may be a new mode, or bytes whose old times were put back: only reading tells.
        is_untouched = (
            has_same_bytes(before, now)
            and (before.ctime_ns == now.ctime_ns or not self._filesystem.has_stable_inodes)
            and not is_to_be_sure
        )
        after = self._updated(node, found, is_untouched=is_untouched)
        self._puts[node.node_id] = after
        if replace(after, signature=before) != node or (node.kind is Kind.FILE and not is_untouched):
            self.changed.add(node.node_id)

    def _found_again(self, node: LocalNode) -> None:
        if node.node_id in self._waiting:
            self.turned_up.add(node.node_id)

    # --- what came ----------------------------------------------------------------------------------------

    def _settle(self, arrivals: Sequence[_Arrival]) -> None:
        """Who each of them is: a node from elsewhere, the node of this place with another object, or a new one."""
        owners = self._owners(arrivals)
        for arrival in arrivals:
            found, there = arrival.found, arrival.there
            owner = next((node for node in owners.get(found.signature.inode, ()) if self._comes(node, arrival)), None)
            if owner is not None and self._is_within(arrival.parent_id, owner):
                # What has its place was not looked at yet: first that, then this again.
                self.unresolved |= {path for path in (self._path(owner), arrival.path) if path is not None}
                continue
            if owner is not None:
                after = self._updated(owner, found, is_untouched=has_same_bytes(owner.signature, found.signature))
                # A rename changes the ctime, and so hides whether the bytes changed and their old times were put back:
                # read before anything takes their place.
                is_certain = after.content is None or owner.signature == found.signature
                self._put(after if is_certain else replace(after, recheck=True), arrival)
                self._settled.add(owner.node_id)
            elif there is not None and there.kind is found.kind and not self._went_away(there, owners):
                # Editors save like this: another object, and the same document.
                self._put(self._updated(there, found, is_untouched=False), arrival)
                self._settled.add(there.node_id)
            else:
                self._put_new(arrival)
            if there is not None and there.node_id not in self._settled:
                self._dislodge(there)

    def _owners(self, arrivals: Sequence[_Arrival]) -> dict[int, list[LocalNode]]:
        """Nodes of the tree by the inodes that came, or that should have been at these places."""
        owners: dict[int, list[LocalNode]] = defaultdict(list)
        if not arrivals or not self._filesystem.has_stable_inodes:
            return owners
        signatures = [arrival.found.signature for arrival in arrivals]
        signatures += [arrival.there.signature for arrival in arrivals if arrival.there is not None]
        for node in self._journal.local_inodes({each.inode for each in signatures}):
            owners[node.signature.inode].append(node)
        return owners

    def _comes(self, node: LocalNode, arrival: _Arrival) -> bool:
        """Whether this node moved to where the arrival is."""
        return (
            node.node_id not in self._settled
            and (arrival.there is None or node.node_id != arrival.there.node_id)
            and is_moved(node, arrival.found, lambda: self._share_a_child(node, arrival.path))
            and not self._is_still_there(node, None)
        )

    def _is_within(self, folder_id: NodeId, node: LocalNode) -> bool:
        """Whether the tree has a folder in that node, or it is that node."""
        seen: set[NodeId] = set()
        while node.kind is Kind.FOLDER and folder_id not in seen:
            if folder_id == node.node_id:
                return True
            seen.add(folder_id)
            folder = self._puts.get(folder_id) or self._journal.local([folder_id]).get(folder_id)
            if folder is None:
                break
            folder_id = folder.parent_id
        return False

    def _went_away(self, there: LocalNode, owners: dict[int, list[LocalNode]]) -> bool:
        """Whether the object that was at this place is seen elsewhere now, as nobody else's."""
        if there.node_id in self._settled:
            return True
        inode = there.signature.inode
        others = [node for node in owners.get(inode, ()) if node.node_id != there.node_id and node.kind is there.kind]
        return not others and any(
            is_moved(there, found, lambda: True)
            # A backup that an editor makes while saving is no place to move to.
            and not self._ignored.covers(join(folder, found.name), is_folder=found.kind is Kind.FOLDER)
            for folder, found in self._sighted.get(inode, ())
        )

    def _is_still_there(self, node: LocalNode, other: Found | None) -> bool:
        """Whether the node's object is at its place in the tree, and is not that ``other`` one. If in doubt, it is."""
        path = self._path(node)
        if path is None or node.node_id in self._settled:
            return False
        folder, name = split(path)
        try:
            found = self._name(folder, name) if folder in self._whole else self._filesystem.look(path)
        except DiskError:
            return True
        if found is None or (other is not None and found.signature.inode == other.signature.inode):
            return False
        return is_same_object(node, found)

    def _name(self, folder: str, name: str) -> Found | None:
        names = self._names.get(folder)
        if names is None:
            names = self._names[folder] = {found.name: found for found in self._whole[folder].found}
        return names.get(name)

    def _path(self, node: LocalNode) -> str | None:
        """Where the tree has it; ``None`` if it is out of its place, or below one that is."""
        if node.parent_id not in self._paths:
            above = self._journal.local_path(node.parent_id)
            is_in_place = above is not None and not above.startswith(OUT_OF_PLACE) and "//" not in above
            self._paths[node.parent_id] = above if is_in_place else None
        folder = self._paths[node.parent_id]
        return None if folder is None or node.name.startswith(OUT_OF_PLACE) else join(folder, node.name)

    def _share_a_child(self, node: LocalNode, path: str) -> bool:
        """Whether the folder at the path holds an object that the tree has in that node."""
        listing = self._whole.get(path)
        try:
            found = listing.found if listing is not None else self._filesystem.list_folder(path)
        except DiskError:
            return False
        children = {(child.name, child.signature.inode) for child in self._journal.local_children([node.node_id])}
        return any((each.name, each.signature.inode) in children for each in found)

    # --- writing ------------------------------------------------------------------------------------------

    def _updated(self, node: LocalNode, found: Found, *, is_untouched: bool) -> LocalNode:
        return replace(
            node,
            name=self._own_name(node, found),
            signature=found.signature,
            content=node.content if is_untouched else None,
            recheck=node.recheck and is_untouched,
            executable=found.executable,
            link_target=found.link_target,
        )

    def _own_name(self, node: LocalNode, found: Found) -> str:
        """The node's name, by what is shown now: that says nothing of case where the disk does not keep it."""
        if node.name == found.name or self._filesystem.naming.keeps_case:
            return found.name
        return node.name if case_key(node.name) == case_key(found.name) else found.name

    def _put(self, node: LocalNode, arrival: _Arrival) -> None:
        self._puts[node.node_id] = replace(node, parent_id=arrival.parent_id)
        self.changed.add(node.node_id)
        self.vanished.discard(node.node_id)
        self._found_again(node)
        if node.kind is Kind.FOLDER:
            self._paths = {ROOT: ""}  # what is below a moved folder has another path now
            self._register(node.node_id, arrival.path)

    def _put_new(self, arrival: _Arrival) -> None:
        found = arrival.found
        node_id = NodeId(self._ids.new_id())
        assert found.kind is not None
        self._puts[node_id] = LocalNode(
            node_id,
            arrival.parent_id,
            found.name,
            found.kind,
            found.signature,
            executable=found.executable,
            link_target=found.link_target,
        )
        self.changed.add(node_id)
        if found.kind is Kind.FOLDER:
            self._made.add(node_id)
            self._register(node_id, arrival.path)

    def _register(self, node_id: NodeId, path: str) -> None:
        self._folders[path] = node_id
        if path not in self._whole:
            self.unlisted.append(path)

    def _dislodge(self, node: LocalNode) -> None:
        """Another is at its place."""
        self.vanished.add(node.node_id)
        self._puts[node.node_id] = replace(node, name=OUT_OF_PLACE + node.node_id.hex())

    def _flush(self) -> None:
        if self._puts:
            self._journal.put_local(self._puts.values())
            self._puts = {}

    def _key(self, name: str) -> str:
        return comparable(name) if self._filesystem.naming.tells_case else case_key(name)


def _unsyncable(found: Found, *, at_root: bool) -> str | None:
    """The code of why this object is left where it is and nowhere else."""
    if found.kind is None:
        return UNSYNCABLE_KIND
    reason = unsendable(found.name, at_root=at_root)
    if reason is not None:
        return reason
    if found.link_target is not None:
        try:
            size = len(found.link_target.encode())
        except UnicodeEncodeError:
            return INVALID_LINK
        if not 0 < size <= MAX_LINK_BYTES:
            return INVALID_LINK
    return None


def _depth(listing: Listing) -> int:
    return listing.path.count("/") + 1 if listing.path else 0
