"""The pack format under chance: what was put in is found, and no damage goes unseen."""

from __future__ import annotations

import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from server_api.contract.messages import Codec, NamespaceId, PackedChunk
from server_api.contract.packs import PackError, check_header, decode_index, encode_header, encode_index
from server_api.domain.packs import check_geometry, check_pack
from tests.fixtures.content import chunk_of

IDS = st.binary(min_size=16, max_size=16).map(NamespaceId)
CHUNKS = st.lists(st.tuples(st.binary(min_size=1, max_size=2_000), st.booleans()), min_size=1, max_size=20)


def build(namespace_id: NamespaceId, chunks: list[tuple[bytes, bool]]) -> tuple[bytes, list[PackedChunk]]:
    body = encode_header(namespace_id)
    index = []
    for data, is_compressed in chunks:
        stored = zstandard.ZstdCompressor().compress(data) if is_compressed else None
        index.append(chunk_of(data, len(body), stored))
        body += data if stored is None else stored
    return body + encode_index(index), index


@given(IDS, CHUNKS)
def test_a_pack_is_read_as_it_was_written(namespace_id: NamespaceId, chunks: list[tuple[bytes, bool]]) -> None:
    pack, index = build(namespace_id, chunks)
    check_geometry(index, len(pack))
    assert check_pack(pack, namespace_id) == index
    for (data, _), entry in zip(chunks, index, strict=True):
        stored = pack[entry.offset : entry.offset + entry.stored_size]
        assert data == (stored if entry.codec is Codec.RAW else zstandard.decompress(stored))


@settings(max_examples=200)
@given(IDS, CHUNKS, st.data())
def test_no_damage_goes_unseen(
    namespace_id: NamespaceId, chunks: list[tuple[bytes, bool]], data: st.DataObject
) -> None:
    """But for the seven zero bytes of the header, and bits of a frame's header that change nothing of what it holds."""
    pack, index = build(namespace_id, chunks)
    position = data.draw(st.integers(0, len(pack) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda v: v != pack[position]))
    damaged = pack[:position] + bytes([value]) + pack[position + 1 :]
    try:
        found = check_pack(damaged, namespace_id)
    except PackError:
        return
    in_frame = any(
        entry.codec is Codec.ZSTD and entry.offset <= position < entry.offset + entry.stored_size for entry in index
    )
    assert found == index
    assert 9 <= position < 16 or in_frame


@given(st.binary(max_size=400), IDS)
def test_any_bytes_are_read_or_refused(data: bytes, namespace_id: NamespaceId) -> None:
    for attempt in (data, encode_header(namespace_id) + data):
        try:
            check_pack(attempt, namespace_id)
        except PackError:
            continue
        raise AssertionError("noise was taken for a pack")


@given(st.binary(max_size=200), st.binary(min_size=36, max_size=36), st.integers(0, 2**25))
def test_any_index_is_read_or_refused(index: bytes, trailer: bytes, size: int) -> None:
    try:
        decode_index(index, trailer, size)
        check_header(index, NamespaceId(bytes(16)))
    except PackError:
        return
    raise AssertionError("noise was taken for an index")
