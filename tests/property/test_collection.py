"""Devices, retention and collection in any order, on a store with faults: a model says what must be readable."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import BinaryIO

import pytest

from server_api.contract.messages import RevisionId
from server_api.errors import UnavailableError
from server_api.services.collection import collect, collecting_steps
from server_api.services.collection_report import Collected
from server_api.services.packs import verify_sealed
from server_api.services.retention import set_retention
from server_api.storage.stores import StoredObject
from tests.fakes.object_store import MemoryStore
from tests.fixtures.content import Content, open_content
from tests.fixtures.libraries import LONG, Library

HOUR_S = 3600
DAY_S = 24 * HOUR_S
KEPT_DAYS = 3


class ForgetfulStore(MemoryStore):
    """Refuses now and then, and lists what was there a while ago."""

    def __init__(self, content: Content, chance: Random) -> None:
        super().__init__(content.clock)
        self.trouble = 0.0
        self._chance = chance
        self._listed: list[StoredObject] = []

    def _stumble(self) -> None:
        if self._chance.random() < self.trouble:
            raise UnavailableError

    def read_range(self, key: str, start: int, length: int) -> bytes:
        self._stumble()
        return super().read_range(key, start, length)

    def put(self, key: str, source: BinaryIO) -> None:
        self._stumble()
        super().put(key, source)

    def delete(self, key: str) -> None:
        self._stumble()
        super().delete(key)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        self._stumble()
        before, self._listed = self._listed, list(super().list(prefix))
        return iter(before if self.trouble else self._listed)


@dataclass
class Model:
    """What must be readable: what is current, and what was replaced or deleted less than ``KEPT_DAYS`` ago."""

    current: dict[str, RevisionId] = field(default_factory=dict)
    ended: dict[RevisionId, int] = field(default_factory=dict)

    def saved(self, name: str, version_id: RevisionId, now_ms: int) -> None:
        if self.current.get(name) != version_id:
            self.deleted(name, now_ms)
            self.current[name] = version_id

    def deleted(self, name: str, now_ms: int) -> None:
        if name in self.current:
            self.ended[self.current.pop(name)] = now_ms

    def due(self, now_ms: int) -> set[RevisionId]:
        young = now_ms - KEPT_DAYS * DAY_S * 1000
        return {*self.current.values(), *(id_ for id_, at in self.ended.items() if at > young)}


@pytest.mark.scenario("S185")
@pytest.mark.parametrize("seed", range(3))
def test_what_must_be_readable_is_whatever_happens_in_between(seed: int) -> None:
    chance = Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        content = open_content(Path(directory), seed=seed)
        store = ForgetfulStore(content, chance)
        content.server.store = store
        library = Library(content.server, content.caller())
        set_retention(content.server, library.namespace_id, f"{KEPT_DAYS}d:all")
        model = Model()
        passes: list[Iterator[None]] = [iter(()), iter(())]
        past: list[list[bytes]] = [[chance.randbytes(100)]]
        for _ in range(70):
            store.trouble = chance.choice([0.0, 0.0, 0.2])
            for n in range(len(passes)):
                passes[n] = _go_on(passes[n], content, chance.randrange(0, 12))
            store.trouble = 0.0
            _act(library, model, past, content, chance)
            content.clock.advance(chance.choice([1, HOUR_S, 7 * HOUR_S, DAY_S]))
            if chance.random() < 0.2:
                _check(library, model, content)
        _check(library, model, content)
        for _ in range(5):
            content.clock.advance((KEPT_DAYS + 1) * DAY_S)
            while verify_sealed(content.server):
                pass
            assert collect(content.server).failures == [], f"seed {seed}"
        _check(library, model, content)
        readable = {id_ for id_ in library.versions if library.read(RevisionId(id_)) is not None}
        assert readable == set(model.current.values()), f"seed {seed}: what is past its time has expired"
        needed = {data for id_ in model.current.values() for data in library.versions[id_]}
        stored = sum(len(data) for data in store.objects.values())
        assert stored <= 1.5 * sum(map(len, needed)) + 5_000 * len(store.objects), f"seed {seed}: the rest is gone"
        content.server.database.close()


def _go_on(steps: Iterator[None], content: Content, count: int) -> Iterator[None]:
    """So many steps of a pass; another one when it has ended, failed, or was left in the middle."""
    try:
        for _ in range(count):
            next(steps)
    except (StopIteration, UnavailableError):
        return collecting_steps(content.server, Collected())
    return steps if count < 11 else collecting_steps(content.server, Collected())


def _act(library: Library, model: Model, past: list[list[bytes]], content: Content, chance: Random) -> None:
    name = f"file {chance.randrange(6)}"
    now_ms = content.clock.now_ms()
    wish = chance.random()
    if wish < 0.4:
        chunks = [chance.randbytes(LONG), chance.randbytes(LONG)] if chance.random() < 0.2 else [chance.randbytes(900)]
        past.append(chunks)
        model.saved(name, library.save(name, *chunks), now_ms)
    elif wish < 0.6:
        model.saved(name, library.save(name, *chance.choice(past)), now_ms)
    elif wish < 0.75 and name in library.files:
        library.delete(name)
        model.deleted(name, now_ms)
    elif wish < 0.85:
        library.upload([chance.randbytes(500), *chance.choice(past)])
    else:
        verify_sealed(content.server)


def _check(library: Library, model: Model, content: Content) -> None:
    for version_id in model.due(content.clock.now_ms()):
        assert library.read(version_id) == library.versions[version_id]
