"""The downloader against a server and a store in memory."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from blake3 import blake3

from server_api.contract.messages import ChunkLocation, Codec, FoundManifests, Located, Manifest, SignedRequest
from sync_engine.engine.downloader import Nearby
from sync_engine.errors import (
    CorruptTransfer,
    DiskFault,
    DiskFull,
    EngineError,
    ObjectGone,
    SignedOut,
    Unreachable,
    UrlExpired,
)
from tests.unit.sync_engine.engine.transferring import MIB, Fetching, noise


@pytest.fixture(params=[None, 1, 2])
def world(request: pytest.FixtureRequest) -> Fetching:
    """In the order of their making, and in random orders."""
    return Fetching(request.param)


TEXT = b"all work and no play makes jack a dull boy\n"


def test_files_of_every_size_arrive_whole(world: Fetching) -> None:
    world.publish(
        {
            "empty": b"",
            "tiny": b"x",
            "run.sh": TEXT * 100,
            "one chunk": noise(256 * 1024),
            "some chunks": noise(3 * MIB),
            "compressible": TEXT * 100_000,
            "large": noise(10 * MIB),
            "zeros": bytes(12 * MIB),
        }
    )
    world.download()
    world.check_all_staged()


def test_many_small_files_take_few_requests(world: Fetching) -> None:
    world.publish({f"{i:04}": noise(5_000 + i) for i in range(800)}, pack_bytes=2 * MIB)
    world.download()
    world.check_all_staged()
    assert len(world.remote.sealed) == 3
    assert world.store.counts.download_requests == 3
    assert world.remote.faults.calls["locate"] == 1
    assert world.remote.faults.calls["manifests"] == 0


def test_far_apart_chunks_are_asked_for_apart_and_neighbours_together(world: Fetching) -> None:
    world.publish({f"{i:03}": noise(20_000, seed=i) for i in range(100)})
    world.download("000", "001", "003", "080")
    world.check_staged("000", "001", "003", "080")
    assert world.store.counts.download_requests == 2
    assert world.store.counts.downloaded_bytes < 130_000


def test_a_file_over_several_packs_is_put_together(world: Fetching) -> None:
    world.publish({"a": noise(6 * MIB), "b": noise(7 * MIB)}, pack_bytes=2 * MIB)
    world.download()
    world.check_all_staged()
    assert world.remote.faults.calls["manifests"] == 1


def test_an_empty_file_takes_no_request() -> None:
    world = Fetching()
    world.publish({"empty": b""})
    world.download()
    world.check_all_staged()
    assert not world.remote.faults.calls["locate"]


def test_equal_files_share_one_download(world: Fetching) -> None:
    world.publish({f"copy{i}": noise(50_000) for i in range(20)})
    world.download()
    world.check_all_staged()
    assert world.store.counts.downloaded_bytes < 51_000


def test_a_large_file_holds_a_bounded_part_in_memory() -> None:
    world = Fetching()
    world.publish({"large": noise(20 * MIB)})
    world.fetch()
    open_segments = 0
    while world.workers.collect(0):
        open_segments = max(open_segments, world.downloader._run.jobs)
    world.check_all_staged()
    assert open_segments <= 4


def test_a_changed_large_file_takes_what_the_older_one_has(world: Fetching) -> None:
    old = noise(10 * MIB)
    world.publish({"large": old[: 5 * MIB] + b"!" + old[5 * MIB :]})
    world.files.contents["large.old"] = old
    world.download(nearby={"large": Nearby(older="large.old")})
    world.check_all_staged()
    assert world.store.counts.downloaded_bytes <= 5 * MIB


def test_an_older_file_that_changes_meanwhile_does_no_harm() -> None:
    world = Fetching()
    world.publish({"large": noise(20 * MIB)})
    world.files.contents["old"] = noise(20 * MIB)
    world.fetch(nearby={"large": Nearby(older="old")})
    while not world.downloader.transfers():
        world.workers.collect(0)
    world.files.contents["old"] = noise(20 * MIB, seed=1)
    world.workers.run_all()
    world.check_all_staged()
    assert world.store.counts.downloaded_bytes > 0


def test_an_older_file_that_is_gone_does_no_harm(world: Fetching) -> None:
    world.publish({"large": noise(9 * MIB)})
    world.download(nearby={"large": Nearby(older="gone")})
    world.check_all_staged()


def test_the_same_content_on_this_device_is_copied() -> None:
    world = Fetching()
    world.publish({"a": noise(3 * MIB)})
    world.files.contents["here"] = noise(3 * MIB)
    world.download(nearby={"a": Nearby(same="here")})
    world.check_all_staged()
    assert world.store.counts.download_requests == 0


@pytest.mark.parametrize("there", [None, noise(3 * MIB, seed=9), b"short"])
def test_what_only_seems_the_same_is_downloaded(there: bytes | None) -> None:
    world = Fetching()
    world.publish({"a": noise(3 * MIB)})
    if there is not None:
        world.files.contents["here"] = there
    world.download(nearby={"a": Nearby(same="here")})
    world.check_all_staged()
    assert world.store.counts.download_requests > 0


@pytest.mark.parametrize("operation", ["locate", "manifests"])
def test_a_server_that_stumbles_is_asked_again(world: Fetching, operation: str) -> None:
    world.publish({"a": noise(MIB), "b": b"b"})
    world.remote.faults.order(operation, Unreachable("reset"), Unreachable("reset"))
    world.download()
    world.check_all_staged()
    assert len(world.waits) == 2


@pytest.mark.parametrize("error", [Unreachable("reset"), UrlExpired("old"), CorruptTransfer("short")])
def test_a_transfer_that_fails_is_done_again(world: Fetching, error: EngineError) -> None:
    world.publish({"a": noise(2 * MIB), "b": b"b", "large": noise(9 * MIB)})
    world.store.faults.order("get", error, error)
    world.download()
    world.check_all_staged()


def test_a_flipped_byte_is_noticed_and_that_chunk_received_again(world: Fetching) -> None:
    world.publish({f"{i}": noise(30_000, seed=i) for i in range(40)})
    world.store.flip = 2
    world.download()
    world.check_all_staged()
    assert world.store.counts.download_requests == 3
    assert world.store.counts.downloaded_bytes < 1_300_000


def test_bytes_that_stay_corrupt_fail_only_the_files_that_need_them(world: Fetching) -> None:
    world.publish({"good": noise(30_000, seed=1), "bad": noise(30_000, seed=2), "fine": noise(30_000, seed=3)})
    url, entry = world.remote.chunks[blake3(world.contents["bad"]).digest()]
    data = bytearray(world.store.objects[url])
    data[entry.offset + 5] ^= 1
    world.store.objects[url] = bytes(data)
    world.download()
    assert {name: type(error) for name, error in world.failed.items()} == {"bad": CorruptTransfer}
    world.check_staged("good", "fine")
    assert world.store.counts.download_requests <= 5


def test_a_cut_answer_keeps_what_had_arrived(world: Fetching) -> None:
    world.publish({f"{i}": noise(100_000, seed=i) for i in range(10)})
    world.store.truncate = 1
    world.download()
    world.check_all_staged()
    assert world.store.counts.downloaded_bytes < 1_200_000


def test_a_pack_that_was_rewritten_is_located_again(world: Fetching) -> None:
    world.publish({"a": noise(50_000)})
    chunk = blake3(world.contents["a"]).digest()
    url, entry = world.remote.chunks[chunk]
    world.remote.chunks[chunk] = ("fake:moved", entry)
    world.store.objects["fake:moved"] = world.store.objects[url]
    first_answer = Located(
        packs=[SignedRequest(url="fake:gone", expires_in_s=300)],
        chunks=[ChunkLocation(chunk, 0, entry.offset, entry.stored_size, entry.plain_size, entry.codec)],
        gone=[],
    )
    answers = [first_answer]
    locate = world.remote.locate
    world.remote.locate = lambda chunks: answers.pop() if answers else locate(chunks)  # type: ignore[method-assign]
    world.download()
    world.check_all_staged()


def test_a_version_whose_content_is_gone_fails_alone(world: Fetching) -> None:
    world.publish({"a": b"a", "gone": b"gone", "large": noise(9 * MIB), "unknown": noise(MIB)})
    del world.remote.chunks[blake3(b"gone").digest()]
    large = world.remote.manifests_by_revision[world.node_of("large", world.contents["large"]).revision_id]
    del world.remote.chunks[large.chunks[-1]]
    del world.remote.manifests_by_revision[world.node_of("unknown", world.contents["unknown"]).revision_id]
    world.download()
    assert {name: type(error) for name, error in world.failed.items()} == dict.fromkeys(
        ["gone", "large", "unknown"], ObjectGone
    )
    world.check_staged("a")


def test_an_answer_about_other_versions_alone_is_refused(world: Fetching) -> None:
    world.publish({"a": noise(MIB)})
    others = FoundManifests(manifests=[], gone=[b"another revision"])
    world.remote.manifests = lambda revisions: others  # type: ignore[method-assign]
    world.download()
    assert isinstance(world.failed["a"], CorruptTransfer)


def test_a_manifest_that_is_told_twice_is_one(world: Fetching) -> None:
    world.publish({"a": noise(MIB)})
    manifests = world.remote.manifests

    def twice(revisions: Sequence[bytes]) -> FoundManifests:
        return FoundManifests(manifests=manifests(revisions).manifests * 2, gone=[])

    world.remote.manifests = twice  # type: ignore[method-assign]
    world.download()
    world.check_all_staged()


def test_a_manifest_of_something_else_is_refused(world: Fetching) -> None:
    world.publish({"a": noise(MIB), "b": noise(MIB, seed=1)})
    revision = world.node_of("a", world.contents["a"]).revision_id
    other = world.remote.manifests_by_revision[world.node_of("b", world.contents["b"]).revision_id]
    world.remote.manifests_by_revision[revision] = Manifest(revision, other.hash, other.size, other.chunks)
    world.download("a")
    assert isinstance(world.failed["a"], CorruptTransfer)


def test_chunks_that_do_not_make_up_the_file_are_refused(world: Fetching) -> None:
    world.publish({"a": noise(3 * MIB), "b": noise(9 * MIB)})
    for name in "ab":
        node = world.node_of(name, world.contents[name])
        manifest = world.remote.manifests_by_revision[node.revision_id]
        swapped = [*manifest.chunks[1:], manifest.chunks[0]]
        world.remote.manifests_by_revision[node.revision_id] = Manifest(
            node.revision_id, manifest.hash, manifest.size, swapped
        )
    world.download()
    assert {type(error) for error in world.failed.values()} == {CorruptTransfer}
    assert all(staged.is_discarded for staged in world.files.staged)


@pytest.mark.parametrize("field", ["stored_size", "plain_size", "offset", "pack"])
def test_a_location_beyond_the_limits_is_refused(field: str) -> None:
    world = Fetching()
    world.publish({"a": b"a"})
    honest = world.remote.locate

    def lie(chunks: list[bytes]) -> Located:
        answer = honest(chunks)
        values = {"offset": 56, "stored_size": 1, "plain_size": 1, "pack": 0} | {field: 2**40}
        lies = [
            ChunkLocation(
                chunk.hash, values["pack"], values["offset"], values["stored_size"], values["plain_size"], Codec.RAW
            )
            for chunk in answer.chunks
        ]
        return Located(packs=answer.packs, chunks=lies, gone=[])

    world.remote.locate = lie  # type: ignore[method-assign, assignment]
    world.download()
    assert isinstance(world.failed["a"], CorruptTransfer)


def test_a_full_disk_fails_the_file_and_leaves_nothing_in_staging(world: Fetching) -> None:
    world.publish({"a": b"a", "b": noise(MIB), "large": noise(9 * MIB)})
    world.files.error_at_write = DiskFull("staging")
    world.download()
    assert {type(error) for error in world.failed.values()} == {DiskFull}
    assert len(world.failed) == 3
    assert all(staged.is_discarded for staged in world.files.staged)


def test_what_the_disk_has_no_room_for_is_not_begun(world: Fetching) -> None:
    world.publish({"small": b"a" * 5_000, "large": noise(9 * MIB), "modest": noise(MIB)})
    world.files.free = 3 * MIB
    world.download()
    assert set(world.staged) == {"small", "modest"}
    (error,) = world.failed.values()
    assert isinstance(error, DiskFull)
    assert (error.path, error.detail) == ("large", "9.4 MB needed, 3.1 MB free")
    assert world.store.counts.downloaded_bytes < 2 * MIB
    world.files.free = 10 * MIB
    world.failed.clear()
    world.download("large")
    assert set(world.staged) == {"small", "modest", "large"}


def test_what_is_on_its_way_has_its_room_already(world: Fetching) -> None:
    world.publish({"first": noise(9 * MIB), "second": noise(9 * MIB + 1)})
    world.files.free = 12 * MIB
    world.fetch("first")
    world.fetch("second")
    world.workers.run_all()
    assert set(world.staged) == {"first"}
    assert set(world.failed) == {"second"}


def test_a_disk_that_does_not_say_how_full_it_is_is_tried(world: Fetching) -> None:
    world.publish({"large": noise(9 * MIB)})
    world.files.free = DiskFault("", "it does not say")
    world.download()
    world.check_all_staged()


def test_an_unreachable_server_fails_everything_that_waits() -> None:
    world = Fetching()
    world.publish({f"{i}": noise(10_000, seed=i) for i in range(5)} | {"large": noise(9 * MIB)})
    world.remote.faults.order("manifests", SignedOut("revoked"))
    world.download()
    assert {type(error) for error in world.failed.values()} == {SignedOut}
    assert len(world.failed) == 6
    assert not world.downloader.under_way()


def test_cancelling_drops_everything_and_empties_staging(world: Fetching) -> None:
    world.publish({"large": noise(20 * MIB), "small": b"s", "b": noise(2 * MIB)})
    world.fetch()
    for _ in range(3):
        world.workers.collect(0)
    world.downloader.cancel()
    assert not world.downloader.under_way()
    kept = dict(world.staged)
    world.workers.run_all()
    assert world.staged == kept
    assert not world.failed
    assert all(staged.is_discarded or staged in kept.values() for staged in world.files.staged)

    world.staged.clear()
    world.files.staged.clear()
    world.download()
    world.check_all_staged()


def test_what_is_under_way_is_left_alone_and_a_newer_version_starts_anew() -> None:
    world = Fetching()
    world.publish({"a": b"first"})
    world.fetch("a")
    world.fetch("a")
    world.publish({"a": b"second"})
    world.fetch("a")
    world.workers.run_all()
    assert world.staged["a"].data == b"second"
    assert all(staged.is_discarded or staged is world.staged["a"] for staged in world.files.staged)


def test_a_bug_in_a_job_is_told_and_leaves_nothing_under_way(world: Fetching) -> None:
    world.publish({"a": b"a", "b": noise(MIB)})
    world.remote.faults.order("locate", ZeroDivisionError("a bug"))
    world.download()
    assert {type(error) for error in world.failed.values()} == {EngineError}
    assert not world.downloader.under_way()


def test_people_see_what_is_arriving() -> None:
    world = Fetching()
    world.publish({"large": noise(20 * MIB)})
    world.fetch()
    while not world.downloader.transfers():
        world.workers.collect(0)
    (transfer,) = world.downloader.transfers()
    assert 0 < transfer.done < transfer.size == 20 * MIB
    world.workers.run_all()
    assert not world.downloader.under_way()
