"""One situation, over and over: each time the device dies at another step, and everything must come to the same end.

python -m tests.failpoints.run [SITUATION]     at every step, with what it came to
"""

from __future__ import annotations

import re
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.end_to_end.devices import PASSWORD, environment
from tests.failpoints.situations import SITUATIONS, Hand, Situation
from tests.fixtures.forked import Ended, Loaded
from tests.fixtures.servers import RunningServer, running_server

DEVICES = ("A", "B")
"""The first one is the one that dies."""

A_PAIR_BEARS: Final = 80
"""So many runs. None deletes more than two files; those of more than a hundred would be held as a mass deletion."""

_DECISIVE = re.compile(r"^renameat2|^rename|commits with outbox|(send|answered) .*/commits$")

Choose = Callable[[Sequence[str]], Iterable[Sequence[int]]]
"""From the steps that an undisturbed sync takes, at which of them to die: for each run the numbers, counted from 1, of
the steps at which the first sync dies, the second, and so on."""


@dataclass
class Stage:
    """What all situations share: a server, and a process to fork devices off."""

    directory: Path
    server: RunningServer
    loaded: Loaded
    _numbers: Iterator[int] = field(default_factory=count)

    def pair(self) -> Pair:
        number = next(self._numbers)
        return Pair(self, self.directory / str(number), f"{number}@example.org")


@contextmanager
def stage() -> Iterator[Stage]:
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
    with tempfile.TemporaryDirectory(prefix="lockstep-", dir=memory) as name:
        directory = Path(name)
        with running_server(directory / "server") as server, Loaded() as loaded:
            yield Stage(directory, server, loaded)


class Pair:
    """Two devices of an account of their own."""

    def __init__(self, stage: Stage, directory: Path, email: str) -> None:
        self._stage = stage
        self._directory = directory
        self._email = email
        for name in DEVICES:
            new = ["--create-account"] if name == DEVICES[0] else []
            linked = self.run(
                name, "link", stage.server.url, "--email", email, "--folder", str(self.folder(name)), "--device", name,
                "--password-stdin", *new, text_in=f"{PASSWORD}\n",
            )  # fmt: skip
            assert linked.code == 0, linked

    def folder(self, name: str) -> Path:
        return self._directory / name

    def hand(self, name: str, number: int) -> Hand:
        folder = self.folder(name) / f"{number:04}"
        folder.mkdir(exist_ok=True)
        return Hand(folder, number)

    def run(self, name: str, *words: str, die_at: int | None = None, text_in: str = "") -> Ended:
        home = self._directory / f"{name}-home"
        return self._stage.loaded.lockstep(
            "--home", str(home), *words, env=environment(), numbered=True, die_at=die_at, text_in=text_in
        )

    def sync(self, name: str) -> Ended:
        """To its end, in step."""
        ended = self.run(name, "sync", "--json")
        assert ended.code == 0, ended
        return ended

    def check_at_rest(self) -> None:
        """O3, O4, O5."""
        for name in DEVICES:
            report = self.sync(name).json
            moved = report["uploaded"]["bytes"], report["downloaded"]["bytes"]
            assert (report["operations"], moved) == ({}, (0, 0)), f"{name} still has something to do: {report}"
            verified = self.run(name, "verify", "--json")
            assert verified.code == 0, f"disk, journal and server of {name} differ: {verified.out}{verified.err}"
            private = self.folder(name) / ".lockstep"
            left = [place.name for part in ("staging", "aside") for place in (private / part).iterdir()]
            assert set(left) <= {"index.jsonl"}, f"{name} left {left}"

    def revisions(self) -> dict[int, Counter[Any]]:
        """By the number of a run's folder, what was committed in it."""
        with closing(sqlite3.connect(f"file:{self._stage.server.data}/lockstep.sqlite?mode=ro", uri=True)) as database:
            rows = database.execute(_REVISIONS, (self._email,)).fetchall()
        found: dict[int, Counter[Any]] = {}
        for run, *revision in rows:
            found.setdefault(int(run), Counter())[tuple(revision)] += 1
        return found


_REVISIONS = """
    WITH RECURSIVE
        mine (namespace_id) AS (
            SELECT n.namespace_id FROM namespace n JOIN account a ON a.account_id = n.owner_id WHERE a.email = ?
        ),
        placed (node_id, run) AS (
            SELECT n.node_id, r.name FROM node n JOIN mine USING (namespace_id)
                JOIN revision r ON r.namespace_id = n.namespace_id AND r.seq = n.seq WHERE n.parent_id = zeroblob(16)
            UNION
            SELECT n.node_id, placed.run FROM placed JOIN node n ON n.parent_id = placed.node_id
        )
    SELECT placed.run, r.name, r.kind, r.is_deleted, r.size, r.executable, r.link_target
        FROM revision r JOIN mine USING (namespace_id) JOIN placed USING (node_id) WHERE r.parent_id != zeroblob(16)"""


@dataclass
class Tally:
    """What was run."""

    deaths: int = 0
    """Of devices that were killed at a step."""
    steps: Counter[str] = field(default_factory=Counter)
    """At which, how often."""


def run(stage: Stage, situation: Situation, choose: Choose) -> Tally:
    """Raises: AssertionError, with where it died."""
    tally = Tally()
    left: Sequence[Sequence[int]] | None = None
    while left is None or left:
        pair = stage.pair()
        situation.start(pair.hand(DEVICES[0], 0))
        _sync_all(pair)
        usual = _live_through(pair, situation, 0, [])[0].steps
        if left is None:
            left = list(choose(usual))
        _run_on(pair, situation, left[:A_PAIR_BEARS], usual, tally)
        left = left[A_PAIR_BEARS:]
    return tally


def _run_on(
    pair: Pair, situation: Situation, deaths_of_runs: Sequence[Sequence[int]], usual: Sequence[str], tally: Tally
) -> None:
    """After a first run that nobody died in, and that all others are compared with."""
    runs = dict(enumerate(deaths_of_runs, 1))
    for number in runs:
        situation.start(pair.hand(DEVICES[0], number))
    _sync_all(pair)
    for number, deaths in runs.items():
        for ended in _live_through(pair, situation, number, deaths):
            if ended.was_killed:
                tally.deaths += 1
                tally.steps[ended.steps[-1]] += 1
    _sync_all(pair)
    pair.check_at_rest()
    revisions = pair.revisions()
    for number, deaths in runs.items():
        for name in DEVICES:
            _check_tree(pair, situation, name, number, deaths)
        less, more = revisions[0] - revisions[number], revisions[number] - revisions[0]
        assert not less, f"{_told(situation, deaths, usual)}: not on the server: {less}"
        assert not more, f"{_told(situation, deaths, usual)}: more than once or needless on the server: {more}"


def _live_through(pair: Pair, situation: Situation, number: int, deaths: Sequence[int]) -> list[Ended]:
    """All syncs of the device that dies; the last one came to its end."""
    one, other = DEVICES
    syncs: list[Ended] = []
    try:
        if situation.there is not None:
            situation.there(pair.hand(other, number))
            pair.sync(other)
        if situation.here is not None:
            situation.here(pair.hand(one, number))
        syncs += [pair.run(one, "sync", "--json", die_at=die_at) for die_at in deaths]
        if situation.meanwhile is not None:
            if not deaths:
                syncs.append(pair.sync(one))
            situation.meanwhile(pair.hand(other, number))
            pair.sync(other)
        for ended in syncs:
            assert ended.was_killed or ended.code == 0, ended  # this run may have had fewer steps
        syncs.append(pair.sync(one))
        _check_tree(pair, situation, one, number, deaths)
    except AssertionError as error:
        told = "".join(f"\n{ended.code}: {'; '.join(ended.steps)}" for ended in syncs)
        raise AssertionError(f"{_told(situation, deaths)}: {error}{told}") from error
    return syncs


def _sync_all(pair: Pair) -> None:
    for name in (*DEVICES, DEVICES[0]):
        pair.sync(name)


def _check_tree(pair: Pair, situation: Situation, name: str, number: int, deaths: Sequence[int]) -> None:
    """O1, O2, O6."""
    tree = pair.hand(name, number).tree()
    assert tree == situation.ends, f"{_told(situation, deaths)}: {name} has {tree} instead of {situation.ends}"


def _told(situation: Situation, deaths: Sequence[int], usual: Sequence[str] = ()) -> str:
    about = f" (about “{usual[deaths[0] - 1]}”)" if usual and deaths else ""
    return f"“{situation.name}”, killed before steps {', '.join(map(str, deaths))}{about}"


def every_step(steps: Sequence[str]) -> list[list[int]]:
    return [[number] for number in range(1, len(steps) + 1)]


def sampled_steps(steps: Sequence[str], chance: Random, most: int) -> list[list[int]]:
    """So many of them. First one of each kind where something changes hands, and the one after it: the exchange of
    files, the outbox, the commit."""
    numbers = chance.sample(range(1, len(steps) + 1), len(steps))
    decisive: dict[str, int] = {}
    for number in numbers:
        if found := _DECISIVE.search(steps[number - 1]):
            decisive.setdefault(found[0], number)
    first = [number + after for number in decisive.values() for after in (0, 1) if number + after <= len(steps)]
    return [[number] for number in list(dict.fromkeys([*first, *numbers]))[:most]]


def main(names: Sequence[str]) -> None:
    with stage() as shared:
        for name in names or SITUATIONS:
            tally = run(shared, SITUATIONS[name], every_step)
            print(f"{name}: {tally.deaths} deaths", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
