"""A backup of any moment, restored to a store that went on in any way: nothing that can be had is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import pytest

from server_api.contract.messages import RevisionId
from server_api.services.backup import write_backup
from server_api.services.collection import collect
from server_api.services.packs import verify_sealed
from server_api.services.reinstating import reinstate_server
from server_api.services.retention import set_retention
from server_api.services.scrubbing import scrub
from server_api.services.server import Server
from tests.fakes.clock import SeededIds
from tests.fixtures.content import open_content
from tests.fixtures.libraries import LONG, Library
from tests.fixtures.servers import make_server

DAY_S = 24 * 3600


def live(library: Library, chance: Random, past: list[list[bytes]], steps: int) -> None:
    """Saves, deletes, uploads in vain, and days on which old versions expire and packs are freed and written anew."""
    for _ in range(steps):
        name = f"file {chance.randrange(8)}"
        wish = chance.random()
        if wish < 0.5:
            chunks = [chance.randbytes(LONG), chance.randbytes(LONG)] if chance.random() < 0.2 else [some(chance)]
            past.append(chunks)
            library.save(name, *chunks)
        elif wish < 0.65:
            library.save(name, *chance.choice(past))
        elif wish < 0.75 and name in library.files:
            library.delete(name)
        elif wish < 0.85:
            library.upload([some(chance), *chance.choice(past)])
        else:
            tomorrow(library.server, chance)


def some(chance: Random) -> bytes:
    return chance.randbytes(chance.randrange(100, 3_000))


def tomorrow(server: Server, chance: Random) -> None:
    while chance.random() < 0.9 and verify_sealed(server):
        pass
    server.clock.advance(DAY_S + 600)  # type: ignore[attr-defined]
    assert collect(server).failures == []


@pytest.mark.parametrize("seed", range(2))
def test_what_devices_or_the_store_have_is_there_after_a_restore(seed: int) -> None:
    chance = Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        here = Path(directory)
        content = open_content(here, seed=seed)
        library = Library(content.server, content.caller())
        set_retention(content.server, library.namespace_id, "2d:all")
        past: list[list[bytes]] = [[some(chance)]]
        live(library, chance, past, 40)
        write_backup(content.server, here / "backup")
        then = dict(library.files)
        live(library, chance, past, 30)
        content.server.database.close()

        store_url = f"dir:{here / 'objects'}"
        server = make_server(here / "restored", clock=content.clock, ids=SeededIds(seed + 99), store_url=store_url)
        report = reinstate_server(server, here / "backup")
        told = {broken.revision_id for broken in (*report.broken.current, *report.broken.old)}
        restored = Library(server, library.caller, dict(then), {}, library.new_id, library.number)
        unreadable = {id_ for id_ in library.versions if not is_there(restored, RevisionId(id_))}
        assert told == unreadable, f"seed {seed}"

        # The device has what it had, and all of it is in the store: it merges, and sends none of it again.
        restored.files = then
        for name, file in library.files.items():
            assert restored.missing(file.chunks) == [], f"seed {seed}: {name}"
            restored.save(name, *file.chunks)
        for name in then.keys() - library.files.keys():
            del restored.files[name]  # deleted since: it is there again, or gone with its content
        assert restored.check_living() == len(library.files)
        while verify_sealed(server):
            pass
        for _ in range(12):
            content.clock.advance(DAY_S)
            if content.clock.now_ms() > report.held_until:
                collect(server)
        assert restored.check_living() == len(library.files), f"seed {seed}"
        if not told:
            assert scrub(server).is_well
        server.database.close()


def is_there(library: Library, version_id: RevisionId) -> bool:
    """Whether it reads back, or has expired or is none that the server knows."""
    try:
        library.read(version_id)
    except KeyError:
        return False
    return True
