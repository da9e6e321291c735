"""Packs from registration to proof, by honest devices and by others."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec
import pytest
from blake3 import blake3
from sqlalchemy import func, select

from server_api.config import Limits
from server_api.contract.messages import Codec, PackedChunk
from server_api.contract.packs import HEADER_BYTES, encode_header, encode_index
from server_api.errors import PackRefusedError, QuotaExceededError, RateLimitedError, UnavailableError
from server_api.services.accounts import used_bytes
from server_api.services.chunks import locate_chunks, missing_chunks
from server_api.services.packs import PROTECTED_MS, register_packs, seal_packs
from server_api.services.server import Caller
from server_api.storage import tables
from server_api.storage.chunks import present_chunks
from server_api.workers.jobs import run_due_jobs
from tests.fakes.object_store import MemoryStore
from tests.fixtures.content import Content, chunk_of, declare, open_content, pack_of

pytestmark = pytest.mark.every_database

ONE, TWO, THREE = (secrets.token_bytes(size) for size in (10_000, 300_000, 70))


def name(data: bytes) -> bytes:
    return blake3(data).digest()


def missing(content: Content, caller: Caller, *chunks: bytes) -> list[int]:
    hashes = [name(data) for data in chunks]
    return missing_chunks(content.server, caller, content.namespace(caller), hashes).indices


def read_back(content: Content, caller: Caller, *chunks: bytes) -> list[bytes]:
    """As another device downloads them."""
    located = locate_chunks(content.server, content.namespace(caller), [name(data) for data in chunks])
    assert located.gone == []
    found = {}
    for where in located.chunks:
        last = where.offset + where.stored_size - 1
        answer = content.get(located.packs[where.pack], {"Range": f"bytes={where.offset}-{last}"})
        assert answer.status_code == 206
        found[where.hash] = answer.data
    return [found[name(data)] for data in chunks]


def state_of(content: Content, pack_id: bytes) -> str | None:
    with content.server.database.read() as connection:
        state: str | None = connection.scalar(select(tables.pack.c.state).where(tables.pack.c.pack_id == pack_id))
    return state


def count_chunks(content: Content) -> int:
    with content.server.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(tables.chunk)) or 0


def send_false_pack(content: Content, caller: Caller, claimed: bytes) -> bytes:
    """A pack that names a chunk but holds other bytes, sealed; its id."""
    data = secrets.token_bytes(len(claimed))
    entry = msgspec.structs.replace(chunk_of(data, HEADER_BYTES), hash=name(claimed))
    pack = encode_header(content.namespace(caller)) + data + encode_index([entry])
    pack_id, put = content.register(caller, pack, [entry])
    assert content.send(put, pack).status_code == 201
    assert seal_packs(content.server, caller, content.namespace(caller), [pack_id]).sealed == [pack_id]
    return pack_id


def test_what_was_sent_can_be_read_by_another_device(content: Content) -> None:
    laptop, desk = content.caller(), content.caller()
    content.upload(laptop, [ONE, TWO])
    content.upload(laptop, [THREE])
    assert read_back(content, desk, THREE, ONE, TWO) == [THREE, ONE, TWO]


def test_a_chunk_is_there_for_its_sender_at_once_and_for_others_when_verified(content: Content) -> None:
    laptop, desk = content.caller(), content.caller()
    assert missing(content, laptop, ONE, TWO) == [0, 1]
    content.upload(laptop, [TWO])
    assert missing(content, laptop, ONE, TWO) == [0]
    assert missing(content, desk, ONE, TWO) == [0, 1]
    run_due_jobs(content.server)
    assert missing(content, desk, ONE, TWO) == [0]


def test_present_chunks_tells_plain_sizes(content: Content) -> None:
    laptop = content.caller()
    content.upload(laptop, [ONE, THREE])
    with content.server.database.read() as connection:
        asked = [name(data) for data in (ONE, TWO, THREE)]
        present = present_chunks(connection, content.namespace(laptop), laptop.device_id, asked)
    assert present == {name(ONE): len(ONE), name(THREE): len(THREE)}


def test_a_chunk_of_another_namespace_is_missing_and_gone(content: Content) -> None:
    ada, bob = content.caller(), content.caller("bob@example.org")
    content.upload(ada, [ONE])
    run_due_jobs(content.server)
    assert missing(content, bob, ONE) == [0]
    assert locate_chunks(content.server, content.namespace(bob), [name(ONE)]).gone == [name(ONE)]


def test_sealing_again_changes_nothing(content: Content) -> None:
    laptop = content.caller()
    pack_id = content.upload(laptop, [ONE])
    for _ in range(2):
        again = seal_packs(content.server, laptop, content.namespace(laptop), [pack_id, pack_id])
        assert (again.sealed, again.refused) == ([pack_id], [])
        run_due_jobs(content.server)
    assert state_of(content, pack_id) == "verified"


def test_a_pack_that_is_not_up_yet_is_refused_and_can_still_come(content: Content) -> None:
    laptop = content.caller()
    namespace = content.namespace(laptop)
    data, index = pack_of(namespace, [ONE])
    pack_id, put = content.register(laptop, data, index)
    assert seal_packs(content.server, laptop, namespace, [pack_id]).refused == [pack_id]
    content.send(put, data)
    assert seal_packs(content.server, laptop, namespace, [pack_id]).sealed == [pack_id]


def test_nobody_seals_what_another_registered(content: Content) -> None:
    laptop, desk, bob = content.caller(), content.caller(), content.caller("bob@example.org")
    data, index = pack_of(content.namespace(laptop), [ONE])
    pack_id, put = content.register(laptop, data, index)
    content.send(put, data)
    for other in (desk, bob):
        assert seal_packs(content.server, other, content.namespace(other), [pack_id]).refused == [pack_id]
    unknown = secrets.token_bytes(16)
    assert seal_packs(content.server, laptop, content.namespace(laptop), [unknown]).refused == [unknown]


@pytest.mark.parametrize("sizes", [[10_000], [300_000, 70]], ids=["small", "large"])
def test_a_pack_whose_index_is_not_the_declared_one_is_refused_for_good(content: Content, sizes: list[int]) -> None:
    laptop = content.caller()
    namespace = content.namespace(laptop)
    data, index = pack_of(namespace, [secrets.token_bytes(size) for size in sizes])
    lie = [msgspec.structs.replace(index[0], hash=name(b"something else")), *index[1:]]
    pack_id, put = content.register(laptop, data, lie)
    assert content.send(put, data).status_code == 201
    for _ in range(2):
        assert seal_packs(content.server, laptop, namespace, [pack_id]).refused == [pack_id]
    assert (state_of(content, pack_id), count_chunks(content)) == ("refused", 0)


def test_a_pack_of_another_namespace_is_refused(content: Content) -> None:
    laptop, bob = content.caller(), content.caller("bob@example.org")
    data, index = pack_of(content.namespace(bob), [ONE])
    pack_id, put = content.register(laptop, data, index)
    content.send(put, data)
    assert seal_packs(content.server, laptop, content.namespace(laptop), [pack_id]).refused == [pack_id]


def test_bytes_that_are_no_pack_are_refused(content: Content) -> None:
    laptop = content.caller()
    data, index = pack_of(content.namespace(laptop), [ONE])
    noise = secrets.token_bytes(len(data))
    pack_id, put = content.register(laptop, noise, index)
    assert content.send(put, noise).status_code == 201
    assert seal_packs(content.server, laptop, content.namespace(laptop), [pack_id]).refused == [pack_id]


def test_an_index_that_makes_no_sense_is_not_registered(content: Content) -> None:
    laptop = content.caller()
    data, index = pack_of(content.namespace(laptop), [ONE, TWO])
    overlapping = [index[0], msgspec.structs.replace(index[1], offset=index[0].offset + 1)]
    with pytest.raises(PackRefusedError):
        register_packs(content.server, laptop, content.namespace(laptop), [declare(data, overlapping)])
    empty = PackedChunk(name(b""), HEADER_BYTES, 0, 0, Codec.RAW)
    with pytest.raises(PackRefusedError):
        register_packs(content.server, laptop, content.namespace(laptop), [declare(data, [empty])])


def test_a_false_chunk_is_found_out_and_missing_again(content: Content) -> None:
    mallory, desk = content.caller(), content.caller()
    pack_id = send_false_pack(content, mallory, ONE)
    assert missing(content, mallory, ONE) == []
    run_due_jobs(content.server)
    assert state_of(content, pack_id) == "refused"
    assert missing(content, mallory, ONE) == missing(content, desk, ONE) == [0]
    content.upload(desk, [ONE])
    assert read_back(content, mallory, ONE) == [ONE]


def test_a_false_chunk_does_not_stand_in_the_way_of_a_true_one(content: Content) -> None:
    mallory, desk = content.caller(), content.caller()
    send_false_pack(content, mallory, ONE)
    content.upload(desk, [ONE, TWO])
    assert missing(content, desk, ONE, TWO) == []
    assert read_back(content, desk, ONE, TWO) == [ONE, TWO]
    run_due_jobs(content.server)
    assert missing(content, mallory, ONE, TWO) == []


def test_two_devices_that_send_the_same_both_may_use_it(content: Content) -> None:
    laptop, desk = content.caller(), content.caller()
    content.upload(laptop, [ONE, TWO])
    content.upload(desk, [TWO, THREE])
    assert missing(content, desk, ONE, TWO, THREE) == []
    assert missing(content, laptop, ONE, TWO) == []
    assert count_chunks(content) == 3


def test_one_chunk_twice_in_a_pack_is_one_chunk(content: Content) -> None:
    laptop = content.caller()
    content.upload(laptop, [ONE, THREE, ONE])
    run_due_jobs(content.server)
    assert read_back(content, laptop, ONE) == [ONE]
    assert count_chunks(content) == 2


def some_packs(content: Content, caller: Caller, count: int) -> list[tuple[bytes, list[PackedChunk]]]:
    return [pack_of(content.namespace(caller), [secrets.token_bytes(10_000)]) for _ in range(count)]


def used(content: Content, caller: Caller) -> int:
    with content.server.database.read() as connection:
        return used_bytes(connection, caller.account_id)


def test_the_quota_is_reserved_when_a_pack_is_registered(content: Content) -> None:
    laptop = content.caller(quota_bytes=25_000)
    one, two, three = some_packs(content, laptop, 3)
    first, _ = content.register(laptop, *one)
    content.register(laptop, *two)
    assert used(content, laptop) == len(one[0]) + len(two[0])
    with pytest.raises(QuotaExceededError):
        content.register(laptop, *three)
    content.clock.advance(PROTECTED_MS / 1_000 + 1)
    while not run_due_jobs(content.server):
        pass
    assert state_of(content, first) is None
    content.register(laptop, *three)


def test_a_pack_that_is_declared_again_is_the_same_one(content: Content) -> None:
    laptop, desk = content.caller(), content.caller()
    ((data, index),) = some_packs(content, laptop, 1)
    pack_id, put = content.register(laptop, data, index)
    for _ in range(5):
        content.clock.advance(PROTECTED_MS / 1_000 * 0.9)  # its reservation starts anew each time
        run_due_jobs(content.server)
        again, put = content.register(laptop, data, index)
        assert again == pack_id
    assert used(content, laptop) == len(data)
    assert content.register(desk, data, index)[0] != pack_id
    assert content.send(put, data).status_code == 201
    assert seal_packs(content.server, laptop, content.namespace(laptop), [pack_id]).sealed == [pack_id]
    assert content.register(laptop, data, index)[0] != pack_id


def test_a_pack_that_was_refused_is_another_when_it_is_declared_again(content: Content) -> None:
    laptop = content.caller()
    ((data, index),) = some_packs(content, laptop, 1)
    false = b"no header" + data[9:]
    pack_id, put = content.register(laptop, false, index)
    assert content.send(put, false).status_code == 201
    assert seal_packs(content.server, laptop, content.namespace(laptop), [pack_id]).refused == [pack_id]
    assert content.register(laptop, false, index)[0] != pack_id


def test_a_device_cannot_announce_without_end(tmp_path: Path) -> None:
    content = open_content(tmp_path, limits=Limits(pending_bytes=31_000))
    laptop = content.caller()
    *few, last = some_packs(content, laptop, 4)
    for pack in few:
        content.register(laptop, *pack)
    with pytest.raises(RateLimitedError):
        content.register(laptop, *last)
    content.server.database.close()


def test_a_pack_that_vanished_from_the_store_is_refused(content: Content) -> None:
    laptop = content.caller()
    pack_id = content.upload(laptop, [ONE])
    for found in list(content.server.store.list("packs/")):
        content.server.store.delete(found.key)
    run_due_jobs(content.server)
    assert state_of(content, pack_id) == "refused"
    assert missing(content, laptop, ONE) == [0]


def test_a_store_that_verifies_md5_is_told_it(content: Content) -> None:
    laptop = content.caller()
    namespace = content.namespace(laptop)
    data, index = pack_of(namespace, [ONE])
    declared = declare(data, index)
    without = msgspec.structs.replace(declared, md5=None)
    assert not missing_chunks(content.server, laptop, namespace, [name(ONE)]).md5
    register_packs(content.server, laptop, namespace, [without])
    store = MemoryStore(content.clock)
    store.needs_md5 = True
    content.server.store = store
    assert missing_chunks(content.server, laptop, namespace, [name(ONE)]).md5
    with pytest.raises(PackRefusedError):
        register_packs(content.server, laptop, namespace, [without])
    register_packs(content.server, laptop, namespace, [declared])


def test_a_store_that_is_down_refuses_no_pack(content: Content) -> None:
    store = MemoryStore(content.clock)
    content.server.store = store
    laptop = content.caller()
    data, index = pack_of(content.namespace(laptop), [ONE])
    pack_id, put = content.register(laptop, data, index)
    assert store.request("PUT", put.url, data, {})[0] == 201
    store.is_down = True
    with pytest.raises(UnavailableError):
        seal_packs(content.server, laptop, content.namespace(laptop), [pack_id])
    store.is_down = False
    assert seal_packs(content.server, laptop, content.namespace(laptop), [pack_id]).sealed
    store.is_down = True
    assert run_due_jobs(content.server) > 1
    assert state_of(content, pack_id) == "sealed"
    store.is_down = False
    run_due_jobs(content.server)
    assert state_of(content, pack_id) == "verified"


def test_thousands_of_chunks_are_looked_up_at_once(content: Content) -> None:
    laptop = content.caller()
    chunks = [n.to_bytes(4, "big") for n in range(3_000)]
    content.upload(laptop, chunks)
    others = [name(b"other" + data) for data in chunks]
    asked = [hash_ for pair in zip(others, map(name, chunks), strict=True) for hash_ in pair]
    answer = missing_chunks(content.server, laptop, content.namespace(laptop), asked)
    assert answer.indices == list(range(0, 6_000, 2))
    located = locate_chunks(content.server, content.namespace(laptop), asked)
    assert (len(located.packs), len(located.chunks), len(located.gone)) == (1, 3_000, 3_000)
    offsets = [where.offset for where in located.chunks]
    assert offsets == sorted(offsets)


def test_packs_that_never_came_leave_nothing(content: Content) -> None:
    laptop = content.caller()
    namespace = content.namespace(laptop)
    data, index = pack_of(namespace, [ONE])
    never, _ = content.register(laptop, data, index)
    unsealed, put = content.register(laptop, data, index)
    content.send(put, data)
    kept = content.upload(laptop, [TWO])
    content.clock.advance(PROTECTED_MS / 1_000 - 60)
    run_due_jobs(content.server)
    assert state_of(content, never) == state_of(content, unsealed) == "registered"
    content.clock.advance(61)
    while not run_due_jobs(content.server):
        pass
    assert state_of(content, never) is None
    assert state_of(content, unsealed) is None
    assert [found.key[-32:] for found in content.server.store.list("packs/")] == [kept.hex()]
    assert seal_packs(content.server, laptop, namespace, [unsealed]).refused == [unsealed]


def test_a_server_may_open_its_store_again(content: Content) -> None:
    laptop = content.caller()
    content.upload(laptop, [ONE])
    again = open_content(content.server.config.data)
    again.accounts = content.accounts
    assert read_back(again, laptop, ONE) == [ONE]
    again.server.database.close()


def test_one_pack_that_cannot_be_read_holds_up_neither_the_others_nor_the_snapshot(content: Content) -> None:
    laptop = content.caller()
    unreadable = content.upload(laptop, [ONE])
    content.clock.advance(30)
    other = content.upload(laptop, [TWO])
    objects = content.server.config.data / "objects"
    (file,) = objects.rglob(unreadable.hex())
    aside = file.rename(file.with_name("aside"))
    file.mkdir()
    assert run_due_jobs(content.server) > 1
    assert (state_of(content, unreadable), state_of(content, other)) == ("sealed", "verified")
    assert [found.key for found in content.server.store.list("meta/snapshots/")]
    file.rmdir()
    aside.rename(file)
    run_due_jobs(content.server)
    assert state_of(content, unreadable) == "verified"
