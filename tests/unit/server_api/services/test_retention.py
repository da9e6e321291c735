"""Retention: old versions whose time is over."""

from __future__ import annotations

import secrets

import pytest

from server_api.contract.history import HistoryRequest
from server_api.contract.messages import Applied, Refusal, Refused
from server_api.contract.restoring import RestoreRequest
from server_api.errors import NotFoundError
from server_api.services.collection import collect
from server_api.services.history import read_history
from server_api.services.restore import restore
from server_api.services.retention import set_retention
from server_api.storage import tables
from tests.fixtures.content import Content
from tests.fixtures.libraries import Library
from tests.unit.server_api.services.collecting import DAY_S, count, settle, some


@pytest.mark.scenario("S178")
@pytest.mark.every_database
def test_old_versions_go_after_their_time_and_what_is_current_never(library: Library, content: Content) -> None:
    set_retention(content.server, library.namespace_id, "30d:all")
    first = library.save("thesis", some())
    content.clock.advance(400 * DAY_S)
    second = library.save("thesis", some())
    gone = library.save("deleted", some())
    content.clock.advance(DAY_S)
    library.delete("deleted")
    content.clock.advance(28 * DAY_S)
    collect(content.server)
    assert library.read(first) is not None, "its age counts from when it was replaced"
    content.clock.advance(DAY_S + 1)
    assert collect(content.server).versions_expired == 1
    assert (library.read(first), library.read(gone)) != (None, None)
    content.clock.advance(DAY_S)
    assert collect(content.server).versions_expired == 1
    assert library.read(gone) is None
    content.clock.advance(4_000 * DAY_S)
    assert collect(content.server).versions_expired == 0
    assert library.read(second) is not None
    settle(library, content)
    assert count(library, tables.chunk) == 1
    library.check_living()


def test_a_file_in_a_deleted_folder_is_deleted(library: Library, content: Content) -> None:
    from server_api.contract.messages import ROOT, ChangeNode, CreateNode, DeleteNode, Kind, Place

    set_retention(content.server, library.namespace_id, "30d:all")
    version = library.save("inside", some())
    folder_id = secrets.token_bytes(16)
    place = Place(parent_id=ROOT, name="folder")
    made = library.commit(
        CreateNode(operation_id=secrets.token_bytes(16), node_id=folder_id, kind=Kind.FOLDER, place=place)
    )
    assert isinstance(made, Applied)
    inside = library.files.pop("inside")
    into = Place(parent_id=folder_id, name="inside")
    moved = library.commit(
        ChangeNode(operation_id=secrets.token_bytes(16), node_id=inside.node_id, base=inside.base, place=into)
    )
    assert isinstance(moved, Applied)
    content.clock.advance(100 * DAY_S)
    assert collect(content.server).versions_expired == 0
    library.commit(
        DeleteNode(operation_id=secrets.token_bytes(16), node_id=folder_id, base=made.revision_id, seen_seq=2**40)
    )
    content.clock.advance(29 * DAY_S)
    assert collect(content.server).versions_expired == 0
    content.clock.advance(2 * DAY_S)
    assert collect(content.server).versions_expired == 1
    assert library.read(version) is None
    with pytest.raises(NotFoundError, match="expired"):
        restore(content.server, library.caller, library.namespace_id, RestoreRequest(path="folder"))
    # A move out of the dead folder would bring back a file without its content.
    out = Place(parent_id=ROOT, name="out")
    refused = library.commit(
        ChangeNode(operation_id=secrets.token_bytes(16), node_id=inside.node_id, base=moved.revision_id, place=out)
    )
    assert isinstance(refused, Refused)
    assert refused.reason is Refusal.INVALID


def test_what_has_expired_in_a_folder_does_not_keep_the_rest_from_coming_back(
    library: Library, content: Content
) -> None:
    from server_api.contract.messages import ROOT, ChangeNode, CreateNode, DeleteNode, Kind, Place

    set_retention(content.server, library.namespace_id, "30d:all")
    folder_id = secrets.token_bytes(16)
    place = Place(parent_id=ROOT, name="folder")
    library.commit(CreateNode(operation_id=secrets.token_bytes(16), node_id=folder_id, kind=Kind.FOLDER, place=place))
    for name, days in (("old", 31), ("new", 1)):
        library.save(name, some())
        file = library.files.pop(name)
        into = Place(parent_id=folder_id, name=name)
        moved = library.commit(
            ChangeNode(operation_id=secrets.token_bytes(16), node_id=file.node_id, base=file.base, place=into)
        )
        assert isinstance(moved, Applied)
        library.commit(
            DeleteNode(
                operation_id=secrets.token_bytes(16), node_id=file.node_id, base=moved.revision_id, seen_seq=2**40
            )
        )
        content.clock.advance(days * DAY_S)
        collect(content.server)
    request = RestoreRequest(path="folder")
    restored = restore(content.server, library.caller, library.namespace_id, request)
    assert (restored.files, restored.expired) == (1, 1)
    with pytest.raises(NotFoundError, match="expired"):
        restore(content.server, library.caller, library.namespace_id, request)


def test_history_shows_what_has_expired_and_restoring_it_is_a_clear_error(library: Library, content: Content) -> None:
    set_retention(content.server, library.namespace_id, "1d:all")
    first = library.save("thesis", some())
    library.save("thesis", some())
    content.clock.advance(2 * DAY_S)
    collect(content.server)
    shown = read_history(content.server, library.namespace_id, HistoryRequest(path="thesis")).versions
    assert [version.expired for version in shown] == [False, True]
    with pytest.raises(NotFoundError, match="expired"):
        restore(content.server, library.caller, library.namespace_id, RestoreRequest(path="thesis", revision_id=first))


def test_a_restored_version_is_current_again(library: Library, content: Content) -> None:
    set_retention(content.server, library.namespace_id, "30d:all")
    kept = some()
    first = library.save("thesis", kept)
    library.save("thesis", some())
    restore(content.server, library.caller, library.namespace_id, RestoreRequest(path="thesis", revision_id=first))
    content.clock.advance(100 * DAY_S)
    assert collect(content.server).versions_expired == 2
    settle(library, content)
    current = read_history(content.server, library.namespace_id, HistoryRequest(path="thesis")).versions[0]
    assert current.is_current
    assert library.read(current.revision_id) == [kept]  # type: ignore[arg-type]
