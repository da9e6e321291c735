"""What is another's, named by its ids: one object after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from server_api.contract import messages
from server_api.contract.devices import RevokeDevice
from server_api.contract.messages import (
    ROOT,
    ChangeNode,
    Changes,
    CommitRequest,
    CommitResponse,
    Content,
    CreateNode,
    DeleteNode,
    FoundManifests,
    Kind,
    Located,
    Manifests,
    Missing,
    MissingChunks,
    Namespaces,
    Place,
    RegisteredPacks,
    RegisterPacks,
    SealedPacks,
    SealPacks,
)
from server_api.contract.restoring import RestoreRequest
from tests.fixtures.content import declare, pack_of
from tests.fixtures.servers import PASSWORD, Api
from tests.unit.server_api.routes.authorisation.access import namespace_of


class Kept:
    """A file of Ada's, in a pack, with all its ids."""

    def __init__(self, device: Api) -> None:
        assert device.session is not None
        self.device = device
        device.server.store.check()
        self.namespace = namespace_of(device)
        self.body, index = pack_of(self.namespace.bytes, [b"of Ada's alone"])
        self.chunk = index[0].hash
        registered = self._call("packs", RegisteredPacks, RegisterPacks(packs=[declare(self.body, index)])).packs[0]
        put = registered.put
        assert device.client.put(put.url, data=self.body, headers=put.headers).status_code == 201
        self.pack_id = registered.pack_id
        self.seal()
        self.node_id, self.epoch = b"n" * 16, device.session.epoch
        content = Content(hash=self.chunk, size=len(b"of Ada's alone"), mtime_ns=1, chunks=[self.chunk])
        made = self.commit(
            CreateNode(
                operation_id=b"o" * 16,
                node_id=self.node_id,
                kind=Kind.FILE,
                place=Place(parent_id=ROOT, name="a"),
                content=content,
            )
        )
        applied = made.results[0]
        assert isinstance(applied, messages.Applied)
        self.content, self.revision_id = content, applied.revision_id

    def _call(self, path: str, answer: type[Any], message: msgspec.Struct) -> Any:
        return self.device.call("POST", f"/v1/namespaces/{self.namespace}/{path}", answer, message)

    def seal(self) -> None:
        assert self._call("packs/seal", SealedPacks, SealPacks(packs=[self.pack_id])).sealed == [self.pack_id]

    def commit(self, *operations: messages.Operation) -> CommitResponse:
        request = CommitRequest(epoch=self.epoch, number=1, operations=list(operations))
        answered: CommitResponse = self._call("commits", CommitResponse, request)
        return answered

    def state(self) -> Changes:
        return self.device.call("GET", f"/v1/namespaces/{self.namespace}/changes", Changes)


@pytest.fixture
def kept(ada: Api, backend: object) -> Iterator[Kept]:
    """Still as it was when the test is over."""
    kept = Kept(ada)
    before = kept.state()
    yield kept
    assert kept.state() == before


def eves(eve: Api, path: str, answer: type[Any], message: msgspec.Struct) -> Any:
    """The same, asked in Eve's own namespace."""
    return eve.call("POST", f"/v1/namespaces/{namespace_of(eve)}/{path}", answer, message)


@pytest.mark.embedded
def test_anothers_chunks_are_missing_and_lie_nowhere(kept: Kept, eve: Api) -> None:
    assert eves(eve, "chunks/missing", Missing, MissingChunks(chunks=[kept.chunk])).indices == [0]
    located = eves(eve, "chunks/locate", Located, messages.LocateChunks(chunks=[kept.chunk]))
    assert (located.packs, located.chunks, located.gone) == ([], [], [kept.chunk])


@pytest.mark.embedded
def test_anothers_pack_is_not_sealed(kept: Kept, eve: Api) -> None:
    sealed = eves(eve, "packs/seal", SealedPacks, SealPacks(packs=[kept.pack_id]))
    assert (sealed.sealed, sealed.refused) == ([], [kept.pack_id])


@pytest.mark.embedded
def test_anothers_versions_are_not_found(kept: Kept, eve: Api) -> None:
    found = eves(eve, "manifests", FoundManifests, Manifests(revisions=[kept.revision_id]))
    assert (found.manifests, found.gone) == ([], [kept.revision_id])
    path = f"/v1/namespaces/{namespace_of(eve)}/restore"
    for to in (None, "stolen"):
        response = eve.send("POST", path, RestoreRequest(path="a", revision_id=kept.revision_id, to=to))
        assert response.status_code == 404


@pytest.mark.embedded
def test_anothers_nodes_and_chunks_make_nothing_of_ones_own(kept: Kept, eve: Api) -> None:
    assert eve.session is not None
    operations: list[messages.Operation] = [
        ChangeNode(
            operation_id=b"1" * 16,
            node_id=kept.node_id,
            base=kept.revision_id,
            place=Place(parent_id=ROOT, name="b"),
        ),
        DeleteNode(operation_id=b"2" * 16, node_id=kept.node_id, base=kept.revision_id, seen_seq=1),
        CreateNode(
            operation_id=b"3" * 16,
            node_id=b"e" * 16,
            kind=Kind.FILE,
            place=Place(parent_id=ROOT, name="c"),
            content=kept.content,
        ),
    ]
    request = CommitRequest(epoch=eve.session.epoch, number=1, operations=operations)
    answered = eves(eve, "commits", CommitResponse, request)
    assert all(isinstance(result, messages.Refused) for result in answered.results)
    assert answered.results[2].reason is messages.Refusal.MISSING


@pytest.mark.embedded
def test_nobody_waits_for_anothers_namespace(kept: Kept, eve: Api) -> None:
    wait = messages.Wait(epoch=kept.epoch, namespaces={kept.namespace.bytes: 0}, timeout_s=0)
    assert eve.send("POST", "/v1/wait", wait).status_code == 404
    mine = eve.call("GET", "/v1/namespaces", Namespaces)
    assert kept.namespace.bytes not in [each.namespace_id for each in mine.namespaces]


@pytest.mark.embedded
def test_anothers_device_is_not_revoked_and_not_taken_over(kept: Kept, eve: Api, api: Api) -> None:
    assert kept.device.session is not None
    theirs = kept.device.session.device_id
    path = f"/v1/devices/{UUID(bytes=theirs)}/revoke"
    assert eve.send("POST", path, RevokeDevice(password=PASSWORD)).status_code == 404
    again = api.sign_in("eve@example.org", device_id=theirs)
    assert again.session is not None
    assert again.session.device_id != theirs
