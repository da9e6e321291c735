"""Rewinding: a folder becomes as it was at a time, by new revisions that can be rewound themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection

from server_api.contract.messages import MAX_DEPTH, ROOT, Kind, NamespaceId, NodeId
from server_api.contract.restoring import RewindChange, RewindRequest, Rewound
from server_api.domain.contents import split_manifest
from server_api.domain.nodes import Node, Tree
from server_api.domain.paths import split_path
from server_api.domain.rewinding import Change, Rewinding, Situation
from server_api.errors import InvalidBodyError, NotFoundError
from server_api.services.appending import APPEND_AT_ONCE, Log
from server_api.services.listening import tell_moved
from server_api.services.server import Caller, Server
from server_api.storage.bulk import pieces
from server_api.storage.chunks import known_chunks
from server_api.storage.contention import retried
from server_api.storage.lives import committed_at, read_below_then, read_states, seq_at
from server_api.storage.nodes import read_below, read_lineages, read_occupants, read_path
from server_api.storage.revisions import LockedNamespace, let_go, lock_namespace
from server_api.storage.versions import read_manifests

MAX_NODES: Final = 200_000
"""In a folder that is rewound at once: all of them are held in memory."""
MAX_PATHS: Final = 1_000
_NO_FOLDER: Final = "There is no such folder now. `lockstep restore` brings a deleted one back; then it can be rewound."
_NOT_THEN: Final = "The folder was not there then. `lockstep activity` shows when something was done."
_TOO_MANY: Final = f"More than {MAX_NODES:,} files and folders at once cannot be rewound: take the folders in it."


@retried
def rewind(server: Server, caller: Caller, namespace_id: NamespaceId, request: RewindRequest) -> Rewound:
    """Do what the request says, all of it or nothing; asked for again, it finds nothing to do.

    Raises: NotFoundError (no such folder, now or then), InvalidBodyError, QuotaExceededError (too many nodes).
    """
    names = split_path(request.path)
    if [request.to_at, request.ago_ms, request.to_seq].count(None) != 2:
        raise InvalidBodyError("give one of to_at, ago_ms and to_seq")
    with server.database.write() as work:
        connection = work.connection
        locked = lock_namespace(connection, namespace_id)
        if locked is None:
            raise NotFoundError
        along = read_path(connection, namespace_id, names)
        if len(along) < len(names) or (along and along[-1].kind is not Kind.FOLDER):
            raise NotFoundError(_NO_FOLDER)
        then = _seq(connection, locked, request, server.clock.now_ms())
        top_id = along[-1].node_id if along else ROOT
        situation, known = _look(connection, namespace_id, top_id, then)
        _check_depth(situation, len(names))
        rewinding = Rewinding(situation, server.ids.new_id)
        log = Log(server, caller, connection, locked)
        done = _Doing(log, situation)
        if request.dry_run:
            done.preview(rewinding.changes)
        else:
            log.know(*along, *known, *situation.inside)
            done.carry_out(rewinding.changes)
            seq = log.close()
            if log.revisions:
                tell_moved(server, work, namespace_id, seq)
        return Rewound(
            to_seq=then,
            to_at=committed_at(connection, namespace_id, then),
            undo_seq=locked.seq,
            undo_at=locked.last_at,
            changes=done.previewed,
            stayed=done.paths_now(rewinding.stay),
            expired=done.expired[:MAX_PATHS],
            **done.counts,
        )


def _seq(connection: Connection, locked: LockedNamespace, request: RewindRequest, now_ms: int) -> int:
    if request.to_seq is not None:
        return min(request.to_seq, locked.seq)
    at = request.to_at if request.to_at is not None else now_ms - (request.ago_ms or 0)
    return seq_at(connection, locked.namespace_id, locked.seq, at)


def _look(
    connection: Connection, namespace_id: NamespaceId, top_id: NodeId, then: int
) -> tuple[Situation, Sequence[Node]]:
    """What the decision needs, and the living folders outside that something goes home to.

    Raises: NotFoundError, InvalidBodyError.
    """
    if top_id != ROOT:
        state = next(read_states(connection, namespace_id, [top_id], then), None)
        if state is None or state.is_deleted:
            raise NotFoundError(_NOT_THEN)
    if not then:
        raise NotFoundError(_NOT_THEN)
    was = list(_at_most(read_below_then(connection, namespace_id, top_id, then)))
    alive = read_below(connection, namespace_id, top_id)
    inside_ids = {node.node_id for node in alive}
    was_ids = {node.node_id for node in was}
    lineages = Tree(read_lineages(connection, namespace_id, was_ids - inside_ids))
    gone = [lineages.nodes[node_id] for node_id in sorted(was_ids - inside_ids)]
    dead = {node.node_id: node for node in gone if not lineages.is_alive(node)}
    folders = [node.node_id for node in dead.values() if node.kind is Kind.FOLDER]
    dormant = {node.node_id: node for node in read_below(connection, namespace_id, *folders)}
    inside = [*alive, *dormant.values()]
    if len(inside) > MAX_NODES:
        raise InvalidBodyError(_TOO_MANY)
    homes = _homes(connection, namespace_id, inside_ids - was_ids, then)
    outside = Tree(read_lineages(connection, namespace_id, {home.parent_id for home in homes.values()} - inside_ids))
    living = {id_: node for id_, node in outside.nodes.items() if outside.is_alive(node)}
    taken = read_occupants(connection, namespace_id, {home.place for home in homes.values()})
    situation = Situation(
        top_id=top_id,
        then=was,
        inside=inside,
        elsewhere=was_ids - inside_ids - dead.keys(),
        dead=dead | dormant,
        homes=homes,
        living_homes={id_: node.parent_id for id_, node in living.items()},
        taken_homes={home.place for id_, home in homes.items() if taken.get(home.place, id_) != id_},
    )
    return situation, list(living.values())


def _at_most(nodes: Iterable[Node]) -> Iterable[Node]:
    for number, node in enumerate(nodes):
        if number >= MAX_NODES:
            raise InvalidBodyError(_TOO_MANY)
        yield node


def _homes(
    connection: Connection, namespace_id: NamespaceId, node_ids: Iterable[NodeId], then: int
) -> dict[NodeId, Node]:
    """Those that were alive then, as they were."""
    states = {node.node_id: node for node in read_states(connection, namespace_id, node_ids, then)}
    above = dict(states)
    wanted = {node.parent_id for node in states.values()} - above.keys() - {ROOT}
    while wanted:
        found = {node.node_id: node for node in read_states(connection, namespace_id, wanted, then)}
        above |= found
        wanted = {node.parent_id for node in found.values()} - above.keys() - {ROOT}
    tree = Tree(above)
    return {node_id: node for node_id, node in states.items() if tree.is_alive(node)}


def _check_depth(situation: Situation, depth: int) -> None:
    depths = {situation.top_id: depth}
    for node in situation.then:
        depths[node.node_id] = depths[node.parent_id] + 1
        if depths[node.parent_id] > MAX_DEPTH:
            raise InvalidBodyError(f"that would be deeper than {MAX_DEPTH} folders")


class _Doing:
    """Carries changes out, and counts them.

    Attributes:
        expired: paths of files whose contents are gone.
        previewed: what would be done, the first of it.
    """

    def __init__(self, log: Log, situation: Situation) -> None:
        self._log = log
        self._then = {node.node_id: node for node in situation.then}
        self._now = {node.node_id: node for node in situation.inside}
        self.counts = dict.fromkeys(("restored", "changed", "moved", "copied", "deleted", "returned"), 0)
        self.expired: list[str] = []
        self.previewed: list[RewindChange] = []

    def preview(self, changes: Sequence[Change]) -> None:
        """Judge all of these, and say what would become of the first of them."""
        judged = [change for change, _ in self.judge(changes)]
        afterwards = self._now | {change.after.node_id: change.after for change in judged}
        for change in judged:
            word = next(iter(self._words(change)), None)
            if word is None:
                continue
            if len(self.previewed) == MAX_PATHS:
                break
            was = self._path(change.before, self._now) if change.before and change.was_alive else None
            path = was if change.after.is_deleted and was else self._path(change.after, afterwards)
            self.previewed.append(
                RewindChange(
                    what=word,
                    kind=change.after.kind,
                    path=path,
                    was_path=was if was != path else None,
                    size=change.after.size,
                )
            )

    def judge(self, changes: Sequence[Change]) -> list[tuple[Change, bytes | None]]:
        """What can be done of these, each with the manifest of the content that it brings."""
        log = self._log
        wanted = {change.after.version_id for change in changes if _needs_content(change) and change.after.version_id}
        manifests = dict(read_manifests(log.connection, log.namespace_id, wanted))
        hashes = {hash_ for manifest in manifests.values() for hash_ in split_manifest(manifest)}
        there = known_chunks(log.connection, log.namespace_id, hashes)
        found: list[tuple[Change, bytes | None]] = []
        for change in changes:
            judged: Change | None = change
            manifest = None
            if _needs_content(change):
                manifest = manifests.get(change.after.version_id) if change.after.version_id else None
                if manifest is None or not there.issuperset(split_manifest(manifest)):
                    self.expired.append(self._path(change.was or change.after, self._then))
                    judged = _without_content(change)
            if judged is not None:
                self._count(judged)
                found.append((judged, manifest if _is_new_version(judged) else None))
        return found

    def carry_out(self, changes: Sequence[Change]) -> None:
        log = self._log
        leaving = (
            c.before.node_id for c in changes if c.before and (c.after.is_deleted or c.after.place != c.before.place)
        )
        let_go(log.connection, log.namespace_id, leaving)
        for some in pieces(changes, APPEND_AT_ONCE):
            for change, manifest in self.judge(some):
                log.put(
                    change.before,
                    change.after,
                    manifest,
                    is_new_version=manifest is not None,
                    was_alive=change.was_alive,
                    is_approved=change.after.is_deleted,
                )

    def paths_now(self, nodes: Iterable[Node]) -> list[str]:
        return [self._path(node, self._now) for node in list(nodes)[:MAX_PATHS]]

    def _count(self, change: Change) -> None:
        for word in self._words(change):
            self.counts[word] += 1

    def _words(self, change: Change) -> Iterator[str]:
        """What it is counted as."""
        before, after = change.before, change.after
        if after.is_deleted:
            if change.was_alive:
                yield "deleted"
        elif before is None:
            yield "copied"
        elif not change.was_alive:
            yield "restored"
        else:
            if after.content_hash != before.content_hash:
                yield "changed"
            if after.place != before.place or after.name != before.name:
                yield "moved" if after.node_id in self._then else "returned"

    @staticmethod
    def _path(node: Node, nodes: Mapping[NodeId, Node]) -> str:
        names = [node.name]
        while (above := nodes.get(node.parent_id)) is not None:
            names.append(above.name)
            node = above
        return "/".join(reversed(names))


def _needs_content(change: Change) -> bool:
    """Whether it brings a file that is not there, or another content to one."""
    after, before = change.after, change.before
    if after.kind is not Kind.FILE or after.is_deleted:
        return False
    return before is None or not change.was_alive or before.content_hash != after.content_hash


def _is_new_version(change: Change) -> bool:
    return _needs_content(change) and (change.before is None or change.before.version_id != change.after.version_id)


def _without_content(change: Change) -> Change | None:
    """What can be done all the same: a file that is there goes to its place, as it is."""
    before, after = change.before, change.after
    if before is None or not change.was_alive:
        return None
    kept = replace(before, parent_id=after.parent_id, name=after.name, name_key=after.name_key)
    return None if kept == before else replace(change, after=kept)
