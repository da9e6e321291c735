"""A server's content at work: devices write, old versions expire, and what collects, rewrites and scrubs is killed.

Each is a process of its own on one database and one store. Their clock is quick, so that a day passes in seconds. All
the while every version that has not expired must read back with the right hash.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from blake3 import blake3
from sqlalchemy import select

from server_api.services.collection import collect
from server_api.services.packs import verify_sealed
from server_api.services.retention import set_retention
from server_api.services.scrubbing import scrub
from server_api.storage import tables
from tests.fixtures.content import Content
from tests.fixtures.libraries import LONG, Library
from tests.fixtures.servers import make_server
from tests.soak.summary import Summary

DAY_IN_S: Final = 1.5
KILLS: Final = 200
"""So many at least, however short the time."""
RULE: Final = "1d:all 3d:1d"
WRITERS: Final = 2
_NAMES: Final = 40
_DAY_MS: Final = 24 * 3600 * 1000


class QuickClock:
    """This computer's, but a day takes ``DAY_IN_S``; the same in every process."""

    def now_ms(self) -> int:
        return int(time.time() / DAY_IN_S * _DAY_MS) % 2**50

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass
class Tally:
    """What was done and seen; ``losses`` are sentences."""

    kills: int = 0
    passes: int = 0
    scrubs: int = 0
    commits: int = 0
    revived: int = 0
    read_back: int = 0
    losses: list[str] = field(default_factory=list)

    def told(self) -> str:
        return (
            f"killed {self.kills} times, in between {self.passes} collections and {self.scrubs} scrubs ended, "
            f"{self.commits:,} commits "
            f"({self.revived:,} of contents from before), {self.read_back:,} versions read back, "
            f"{len(self.losses)} losses"
        )


def soak(seed: int, until: float, say: Callable[[str], None], *, go_on: bool) -> Summary:
    """Until that time on the monotonic clock, and until ``KILLS`` processes were killed."""
    directory = Path(tempfile.mkdtemp(prefix="lockstep-collection-"))

    def is_over(tally: Tally) -> bool:
        return (time.monotonic() >= until and tally.kills >= KILLS) or (bool(tally.losses) and not go_on)

    tally = run(directory, seed, is_over, say)
    if tally.losses:
        tally.losses.append(f"everything is still in {directory}")
    else:
        shutil.rmtree(directory)
    return Summary("collection", f"seed {seed}: {tally.told()}", tally.losses)


def run(directory: Path, seed: int, is_over: Callable[[Tally], bool], say: Callable[[str], None]) -> Tally:
    """Writers at work and collectors that are killed, until it is over; then all comes to rest, and must be tidy."""
    chance, tally = Random(seed), Tally()
    stop = directory / "stop"
    server = make_server(directory / "server", clock=QuickClock())
    server.store.check()
    content = Content(server, QuickClock(), None)  # type: ignore[arg-type]
    libraries = [Library(server, content.caller()) for _ in range(WRITERS)]
    set_retention(server, libraries[0].namespace_id, RULE)
    server.database.close()  # no connection may cross a fork
    writers = []
    for n, library in enumerate(libraries):
        told = directory / f"writer-{n}.json"
        work = _writing(library, Random(f"{seed} {n}"), f"{n}", stop, told)
        writers.append((_forked(work), told))
    try:
        while not is_over(tally):
            _work_and_die(libraries[0], chance, tally)
            if tally.kills % 5 == 0:
                _read_all(libraries[0], tally)
                say(tally.told())
    finally:
        stop.touch()
        for process, told in writers:
            _, status = os.waitpid(process, 0)
            if status or not told.exists():
                tally.losses.append(f"a writer ended with {status}: {told.with_suffix('.error').read_text()}")
            else:
                written = json.loads(told.read_text())
                tally.commits += written["commits"]
                tally.revived += written["revived"]
                tally.read_back += written["read_back"]
    _settle(libraries[0], tally)
    return tally


def _forked(work: Callable[[], None]) -> int:
    process = os.fork()
    if process:
        return process
    try:
        work()
    except BaseException:  # noqa: BLE001  (nothing may go on in two processes)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _work_and_die(library: Library, chance: Random, tally: Tally) -> None:
    """Collects and scrubs in turns, either of them first, until it is killed."""
    library.server.database.close()
    seen, tell = os.pipe()
    scrubs_next = chance.random() < 0.5
    after_s = chance.uniform(0.05, chance.choice((0.4, 1.2, 4.0)))

    def work() -> None:
        scrubs = scrubs_next
        while True:
            while verify_sealed(library.server):
                pass
            if scrubs:
                found = scrub(library.server, repair=True)
                assert found.is_well, found
                os.write(tell, b"s")
            else:
                report = collect(library.server)
                assert not report.failures, report.failures
                os.write(tell, b"c")
            scrubs = not scrubs

    process = _forked(work)
    os.close(tell)
    time.sleep(after_s)
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    ended = os.read(seen, 10_000)
    tally.passes += ended.count(b"c")
    tally.scrubs += ended.count(b"s")
    os.close(seen)
    if status == signal.SIGKILL:
        tally.kills += 1
    else:
        tally.losses.append(f"what collects and scrubs ended by itself, with {status}")


def _writing(library: Library, chance: Random, owner: str, stop: Path, told: Path) -> Callable[[], None]:
    """What one device does, all day long: it saves, deletes, uploads in vain, and brings old contents back."""

    def work() -> None:
        done = {"commits": 0, "revived": 0, "read_back": 0}
        before: list[list[bytes]] = []
        try:
            while not stop.exists():
                _act(library, chance, owner, before, done)
            done["read_back"] += library.check_living()
        except BaseException:
            told.with_suffix(".error").write_text(traceback.format_exc())
            raise
        told.write_text(json.dumps(done))

    return work


def _act(library: Library, chance: Random, owner: str, before: list[list[bytes]], done: dict[str, int]) -> None:
    name = f"{owner} file {chance.randrange(_NAMES)}"
    wish = chance.random()
    if wish < 0.45:
        chunks = _chunks(chance)
        library.save(name, *chunks)
        before.append(chunks)
        done["commits"] += 1
    elif wish < 0.65 and before:
        library.save(name, *chance.choice(before))
        done["commits"] += 1
        done["revived"] += 1
    elif wish < 0.75 and name in library.files:
        library.delete(name)
        done["commits"] += 1
    elif wish < 0.85:
        library.upload(_chunks(chance))
    elif name in library.files:
        file = library.files[name]
        assert library.read(file.version_id) == file.chunks, f"{name} does not read back"
        done["read_back"] += 1
    if len(before) > 300:
        del before[: chance.randrange(200)]
    time.sleep(0.005)


def _chunks(chance: Random) -> list[bytes]:
    if chance.random() < 0.15:
        return [chance.randbytes(LONG), chance.randbytes(LONG + chance.randrange(1_000))]
    return [chance.randbytes(chance.randrange(100, 4_000))]


def _versions(library: Library) -> list[Any]:
    revision = tables.revision
    wanted = select(revision.c.revision_id, revision.c.content_hash, revision.c.name).where(
        revision.c.namespace_id == library.namespace_id, revision.c.manifest.is_not(None)
    )
    with library.server.database.read() as connection:
        return list(connection.execute(wanted).all())


def _read_all(library: Library, tally: Tally) -> None:
    """Every version that has not expired has its bytes, whole."""
    for version_id, hash_, name in _versions(library):
        try:
            chunks = library.read(version_id)
        except Exception as error:  # noqa: BLE001  (whatever it was, the bytes are not there)
            tally.losses.append(f"a version of {name} cannot be read: {type(error).__name__} {error}")
            continue
        if chunks is None:
            continue  # it has expired meanwhile
        if blake3(b"".join(chunks)).digest() != hash_:
            tally.losses.append(f"a version of {name} has other bytes")
        tally.read_back += 1


def _settle(library: Library, tally: Tally) -> None:
    """After some quiet days all that is in the store is needed, and the rest of it is gone."""
    deadline = time.monotonic() + 60
    while True:
        while verify_sealed(library.server):
            pass
        collect(library.server)
        with library.server.database.read() as connection:
            states = list(connection.scalars(select(tables.pack.c.state)))
            condemned = connection.scalar(
                select(tables.chunk.c.chunk_hash).where(tables.chunk.c.condemned_at.is_not(None))
            )
        objects = len(list(library.server.store.list("packs/")))
        if set(states) <= {"verified"} and objects == len(states) and condemned is None:
            break
        if time.monotonic() > deadline:
            tally.losses.append(f"something is left behind: {objects} objects, packs {sorted(states)}")
            break
        time.sleep(DAY_IN_S / 3)
    _read_all(library, tally)
    found = scrub(library.server)
    if not (found.is_complete and found.is_well):
        tally.losses.append(f"not all of it is whole: {found}")
    library.server.database.close()
