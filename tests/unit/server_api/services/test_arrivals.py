"""Uploads by way of incoming/, on a store whose addresses hold nobody to anything but the key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from blake3 import blake3
from sqlalchemy import select

from server_api.contract.messages import PackedChunk, SignedRequest
from server_api.errors import UnavailableError
from server_api.services.chunks import missing_chunks
from server_api.services.packs import drop_expired, register_packs, seal_packs, verify_sealed
from server_api.services.server import Caller
from server_api.storage import tables
from server_api.storage.collecting import judge_dead
from server_api.storage.packs import PackState, find_packs
from server_api.storage.stores import pack_key
from tests.fakes.object_store import MemoryStore
from tests.fixtures.content import Content, chunk_of, declare, pack_of

HOUR_S = 3600
ONE, TWO, OTHER = b"one" * 500, b"two" * 600, b"eno" * 500


class Lax:
    """A device, and the store that it sends to."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.server = content.server
        self.store = MemoryStore(content.clock)
        self.store.holds_bindings = False
        self.server.store = self.store
        self.caller: Caller = content.caller()
        self.namespace_id = content.namespace(self.caller)

    def pack(self, *chunks: bytes) -> tuple[bytes, list[PackedChunk]]:
        return pack_of(self.namespace_id, chunks)

    def register(self, data: bytes, index: list[PackedChunk]) -> tuple[bytes, SignedRequest]:
        return self.content.register(self.caller, data, index)

    def send(self, put: SignedRequest, data: bytes) -> int:
        return self.store.request("PUT", put.url, data, put.headers)[0]

    def seal(self, pack_id: bytes) -> bool:
        answer = seal_packs(self.server, self.caller, self.namespace_id, [pack_id])
        assert set(answer.sealed) | set(answer.refused) == {pack_id}
        return pack_id in answer.sealed

    def upload(self, *chunks: bytes) -> tuple[bytes, SignedRequest, bytes]:
        """Pack id, the right to send it, and its bytes; sealed."""
        data, index = self.pack(*chunks)
        pack_id, put = self.register(data, index)
        assert self.send(put, data) == 201
        assert self.seal(pack_id)
        return pack_id, put, data

    def place(self, pack_id: bytes) -> str:
        return pack_key(self.namespace_id, pack_id)

    def state(self, pack_id: bytes) -> PackState | None:
        with self.server.database.read() as connection:
            found = find_packs(connection, [pack_id])
        return next((pack.state for pack in found.values()), None)

    def chunks(self) -> set[bytes]:
        with self.server.database.read() as connection:
            return set(connection.scalars(select(tables.chunk.c.chunk_hash)))


@pytest.fixture
def lax(content: Content) -> Lax:
    return Lax(content)


def test_a_pack_lies_in_its_place_verified_and_is_gone_from_where_it_was_sent(lax: Lax) -> None:
    pack_id, _, data = lax.upload(ONE, TWO)
    assert lax.store.objects == {lax.place(pack_id): data}
    assert lax.state(pack_id) is PackState.VERIFIED
    assert lax.chunks() == {blake3(ONE).digest(), blake3(TWO).digest()}
    assert lax.seal(pack_id), "asking again is as good as once"
    assert not verify_sealed(lax.server)


@pytest.mark.parametrize("times", [1, 3])
def test_an_address_that_is_used_again_changes_nothing_that_is_read(lax: Lax, times: int) -> None:
    """With other bytes of the same size, before and after the seal."""
    data, index = lax.pack(ONE)
    other, _ = lax.pack(OTHER)
    assert len(data) == len(other)
    pack_id, put = lax.register(data, index)
    for _ in range(times):
        assert lax.send(put, other) == 201
        assert lax.send(put, data) == 201
    assert lax.seal(pack_id)
    for body in (other, other[::-1], b""):
        assert lax.send(put, body) == 201
        assert lax.seal(pack_id)
        assert lax.store.objects[lax.place(pack_id)] == data


@pytest.mark.parametrize("damage", ["a byte", "shorter", "longer", "no pack", "another pack"])
def test_what_is_not_as_declared_is_refused_for_good(lax: Lax, damage: str) -> None:
    data, index = lax.pack(ONE)
    pack_id, put = lax.register(data, index)
    sent = {
        "a byte": data[:60] + bytes([data[60] ^ 1]) + data[61:],
        "shorter": data[:-1],
        "longer": data + b"x",
        "no pack": bytes(len(data)),
        "another pack": lax.pack(OTHER)[0],
    }[damage]
    assert lax.send(put, sent) == 201
    assert not lax.seal(pack_id)
    assert lax.chunks() == set()
    assert lax.send(put, data) == 201
    assert not lax.seal(pack_id)
    again, _ = lax.register(data, index)
    assert again != pack_id
    lax.content.clock.advance(25 * HOUR_S)
    while drop_expired(lax.server):
        pass
    assert lax.store.objects == {}


def test_a_pack_whose_chunks_are_not_what_they_are_declared_to_be_never_counts(lax: Lax) -> None:
    """Size, checksum and index are as declared; the bytes of the chunk are not what its hash names."""
    data, index = lax.pack(ONE)
    lying = [chunk_of(OTHER, entry.offset) for entry in index]
    data = (
        lax.pack(ONE)[0][: index[0].offset] + ONE + pack_of(lax.namespace_id, [OTHER])[0][index[0].offset + len(ONE) :]
    )
    pack_id, put = lax.register(data, lying)
    assert lax.send(put, data) == 201
    assert not lax.seal(pack_id)
    assert lax.chunks() == set()


def test_a_pack_that_is_not_up_yet_can_still_come(lax: Lax) -> None:
    data, index = lax.pack(ONE)
    pack_id, put = lax.register(data, index)
    assert not lax.seal(pack_id)
    assert lax.send(put, data) == 201
    assert lax.seal(pack_id)


def during(lax: Lax, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], *, after_copy: bool) -> None:
    """Do that once, right before or after the next copy."""
    copy = lax.store.copy

    def meanwhile(source: str, target: str) -> None:
        monkeypatch.setattr(lax.store, "copy", copy)
        if not after_copy:
            act()
        copy(source, target)
        if after_copy:
            act()

    monkeypatch.setattr(lax.store, "copy", meanwhile)


@pytest.mark.parametrize("after_copy", [False, True])
def test_a_second_seal_never_copies_over_the_first(lax: Lax, monkeypatch: pytest.MonkeyPatch, after_copy: bool) -> None:
    data, index = lax.pack(ONE)
    pack_id, put = lax.register(data, index)
    lax.send(put, data)

    def seal_again() -> None:
        with pytest.raises(UnavailableError) as told:
            lax.seal(pack_id)
        assert told.value.retry_after_s
        if after_copy:
            lax.send(put, lax.pack(OTHER)[0])

    during(lax, monkeypatch, seal_again, after_copy=after_copy)
    assert lax.seal(pack_id)
    assert lax.store.objects[lax.place(pack_id)] == data


def test_bytes_that_are_exchanged_right_before_the_copy_are_found_out(
    lax: Lax, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, index = lax.pack(ONE)
    pack_id, put = lax.register(data, index)
    lax.send(put, data)
    during(lax, monkeypatch, lambda: lax.send(put, lax.pack(OTHER)[0]), after_copy=False)
    assert not lax.seal(pack_id)
    assert lax.chunks() == set()


def test_a_store_that_fails_in_the_midst_costs_another_upload_and_no_more(
    lax: Lax, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, index = lax.pack(ONE)
    pack_id, put = lax.register(data, index)
    lax.send(put, data)

    def fall() -> None:
        lax.store.is_down = True

    during(lax, monkeypatch, fall, after_copy=True)
    with pytest.raises(UnavailableError):
        lax.seal(pack_id)
    lax.store.is_down = False
    assert not lax.seal(pack_id), "a late copy could still come: never again under this id"
    lax.upload(ONE)


def test_a_server_that_died_in_the_midst_leaves_nothing(lax: Lax, monkeypatch: pytest.MonkeyPatch) -> None:
    data, index = lax.pack(ONE)
    pack_id, put = lax.register(data, index)
    lax.send(put, data)

    class Death(BaseException):
        pass

    def die() -> None:
        raise Death

    during(lax, monkeypatch, die, after_copy=True)
    with pytest.raises(Death):
        lax.seal(pack_id)
    with pytest.raises(UnavailableError):
        lax.seal(pack_id)
    lax.content.clock.advance(HOUR_S)
    assert not lax.seal(pack_id)
    while drop_expired(lax.server):
        pass
    lax.content.clock.advance(25 * HOUR_S)
    while drop_expired(lax.server):
        pass
    assert lax.store.objects == {}
    assert lax.state(pack_id) is None


def test_what_was_registered_before_the_store_was_found_to_hold_less_is_another_pack(lax: Lax) -> None:
    data, index = lax.pack(ONE)
    lax.store.holds_bindings = True
    direct, _ = lax.register(data, index)
    lax.store.holds_bindings = False
    copied, put = lax.register(data, index)
    assert direct != copied
    assert lax.register(data, index)[0] == copied
    lax.send(put, data)
    assert lax.seal(copied)
    assert lax.place(direct) not in lax.store.objects


def test_what_was_sent_to_incoming_still_arrives_once_the_store_holds_more(lax: Lax) -> None:
    data, index = lax.pack(ONE)
    pack_id, put = lax.register(data, index)
    lax.send(put, data)
    lax.store.holds_bindings = True
    assert lax.seal(pack_id)
    assert lax.state(pack_id) is PackState.VERIFIED


def test_what_arrived_is_reserved_for_its_commit(lax: Lax) -> None:
    lax.upload(ONE)
    hashes = [blake3(ONE).digest()]
    for hours, condemned in ((23, 0), (25, 1)):
        with lax.server.database.read() as connection:
            now_ms = lax.content.clock.now_ms() + hours * HOUR_S * 1000
            dead = judge_dead(connection, lax.namespace_id, hashes, now_ms=now_ms, grace_ms=0)
        assert len(dead.fresh) == condemned


def test_another_device_may_use_at_once_what_arrived(lax: Lax) -> None:
    lax.upload(ONE)
    other = lax.content.caller()
    data, index = lax.pack(ONE)
    registered = register_packs(lax.server, other, lax.namespace_id, [declare(data, index)])
    assert registered.packs[0].pack_id
    assert missing_chunks(lax.server, other, lax.namespace_id, [blake3(ONE).digest()]).indices == []
