"""A large file on its way up or down, which the tests of stopping share."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec

from sync_engine.core.reports import STOPPED, PathStatus, Transfer
from tests.fakes.engine_stage import EngineStage, hashed

MIB = 1024 * 1024
OLD = random.Random("old").randbytes(20 * MIB)
NEW = random.Random("new").randbytes(20 * MIB)


def made_stage() -> EngineStage:
    """In step."""
    made = EngineStage()
    made.disk.make("Docs")
    made.disk.write("Docs/small", b"small")
    assert made.sync().state == "settled"
    return made


def go_on_until(stage: EngineStage, is_so: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if is_so():
            return
        stage.loop.step(10.0)
    raise AssertionError(f"it never is: {stage.engine.state()}")


def look(stage: EngineStage) -> None:
    """As a daemon does that nobody asks for anything."""
    stage.clock.advance(20)
    stage.engine.look_everywhere()


def settle(stage: EngineStage) -> None:
    go_on_until(stage, lambda: stage.loop.is_settled() and stage.loop.is_idle())


def look_and_settle(stage: EngineStage) -> None:
    look(stage)
    settle(stage)


def moving(stage: EngineStage) -> list[Transfer]:
    return stage.engine.state().transfers


def begin_upload(stage: EngineStage, path: str = "Docs/big", data: bytes = NEW) -> None:
    stage.disk.write(path, data)
    look(stage)
    go_on_until(stage, lambda: path in {each.path for each in moving(stage)})


def edit_elsewhere(stage: EngineStage, data: bytes, path: str = "Docs/big") -> None:
    """The server has all of it, and this device hears of it."""
    stage.disk.write("source", data)
    stage.sync()
    stage.disk.remove("source")
    stage.sync()
    stage.server.edit(path, content_hash=hashed(data), size=len(data))
    tell_manifest(stage, path)


def tell_manifest(stage: EngineStage, path: str) -> None:
    """Of what another device made of it; this device hears of that."""
    known, node = stage.server.manifests_by_revision, stage.server.paths()[path]
    manifest = next(each for each in known.values() if each.hash == node.content_hash)
    known[node.revision_id] = msgspec.structs.replace(manifest, revision_id=node.revision_id)
    stage.engine.resume()


def delete_elsewhere(stage: EngineStage, path: str) -> Callable[[], None]:
    """Returns what brings it back."""
    node = stage.server.paths()[path]
    stage.server.edit(path, deleted=True)
    stage.engine.resume()
    settle(stage)
    assert path not in stage.here()

    def restore() -> None:
        stage.server._put(node)
        tell_manifest(stage, path)

    return restore


def begin_download(stage: EngineStage) -> None:
    """Of a newer version."""
    stage.disk.write("Docs/big", OLD)
    edit_elsewhere(stage, NEW)
    go_on_until(stage, lambda: bool(moving(stage)))


def stop_upload(stage: EngineStage) -> None:
    """One that had begun; all is at rest then."""
    begin_upload(stage)
    stage.engine.stop_transfer("Docs/big")
    settle(stage)


def stop_download(stage: EngineStage) -> None:
    begin_download(stage)
    stage.engine.stop_transfer("Docs/big")
    settle(stage)


def as_stopped(path: str = "Docs/big") -> PathStatus:
    return PathStatus(path, "pending", STOPPED)
