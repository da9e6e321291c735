"""Who is told apart as new on one side and in nobody's way. That it makes no other plans is for ``World`` to see to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, RemoteNode, RevisionId, Signature
from sync_engine.core.newcomers import Newcomers, find_newcomers
from sync_engine.core.platform_names import Naming
from sync_engine.core.trees import Closure, Context
from sync_engine.core.view import View

FOLDER, FILE, OTHER, NEW = (NodeId(bytes([number]) * 16) for number in range(1, 5))
CONTEXT = Context(today="2026-11-05", now_ns=0, device_name="laptop", new_id=lambda: NEW)


def here(node_id: NodeId, name: str, parent_id: NodeId = ROOT, kind: Kind = Kind.FILE) -> LocalNode:
    return LocalNode(node_id, parent_id, name, kind, Signature(1, node_id[0], None, 5, 0, 0))


def there(node_id: NodeId, name: str, parent_id: NodeId = ROOT, kind: Kind = Kind.FILE) -> RemoteNode:
    return RemoteNode(node_id, parent_id, name, kind, RevisionId(bytes(16)), 1)


def newcomers(*nodes: LocalNode | RemoteNode, context: Context = CONTEXT) -> Newcomers:
    local = {node.node_id: node for node in nodes if isinstance(node, LocalNode)}
    remote = {node.node_id: node for node in nodes if isinstance(node, RemoteNode)}
    return find_newcomers(View(Closure(local, remote, {}), context), context)


def test_a_new_file_is_offered_and_one_of_the_server_is_fetched() -> None:
    found = newcomers(here(FILE, "a"), there(OTHER, "b"))
    assert [offer.node.name for offer in found.offers] == ["a"]
    assert [fetch.node.name for fetch in found.fetches] == ["b"]


@pytest.mark.parametrize("make", [here, there])
def test_a_folder_that_is_as_new_takes_them_along(make: Callable[..., LocalNode | RemoteNode]) -> None:
    assert newcomers(make(FOLDER, "folder", kind=Kind.FOLDER), make(FILE, "a", FOLDER)).nodes == {FILE}


def test_a_folder_that_meets_another_one_takes_nobody_along() -> None:
    folder, file = here(FOLDER, "folder", kind=Kind.FOLDER), here(FILE, "a", FOLDER)
    assert not newcomers(folder, file, there(OTHER, "folder")).nodes


def test_who_shares_a_name_is_no_newcomer() -> None:
    assert not newcomers(here(FILE, "e\u0301"), there(OTHER, "\u00e9")).nodes
    assert not newcomers(here(FILE, "e\u0301"), here(OTHER, "\u00e9")).nodes


def test_what_is_under_way_or_has_a_name_that_is_refused_is_no_newcomer() -> None:
    assert not newcomers(here(FILE, "a"), context=replace(CONTEXT, in_flight={FILE})).nodes
    assert not newcomers(here(FILE, ".lockstep"), there(OTHER, "..")).nodes


def test_a_disk_that_does_not_tell_case_has_none() -> None:
    assert not newcomers(here(FILE, "a"), context=replace(CONTEXT, naming=Naming(tells_case=False))).nodes
