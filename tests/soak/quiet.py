"""A quiet moment: everybody comes to rest, and then everything must be in order."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from blake3 import blake3

from sync_engine.control import messages as control
from tests.soak.cluster import Cluster
from tests.soak.people import Ledger, Person, is_copy
from tests.soak.records import is_whole

SECOND_LOOK_S: Final = 12.0
"""After so long the engine has looked again at what it displaced: a program may have held it open, and written on."""
REST_WITHIN_S: Final = 240.0

Tree = dict[str, tuple[Any, ...]]
"""By path: a file's BLAKE3 and whether it can be run, a symlink's target, or a folder."""


@dataclass
class Findings:
    """What the quiet moments came to.

    Attributes:
        holds: mass deletions that were held, and applied.
        only_in_history: contents that nobody removed, and that are in no tree, but among the versions.
        losses, torn, false_conflicts, divergences: what must not be, each with a sentence.
    """

    moments: int = 0
    checked_bytes: int = 0
    copies: int = 0
    holds: int = 0
    only_in_history: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    false_conflicts: list[str] = field(default_factory=list)
    divergences: list[str] = field(default_factory=list)

    def has_failed(self) -> bool:
        return bool(self.losses or self.torn or self.false_conflicts or self.divergences)


class QuietMoment:
    """Looks at one cluster again and again."""

    def __init__(
        self, cluster: Cluster, people: list[Person], ledger: Ledger, findings: Findings, directory: Path
    ) -> None:
        self._cluster = cluster
        self._people = people
        self._ledger = ledger
        self._findings = findings
        self._export = directory / "export"

    def hold(self, *, is_alone: bool) -> None:
        """``is_alone``: since the last one, only one device was worked on, so that nothing can be in conflict.

        Raises: AssertionError, if it does not come to rest: there is nothing to go on with then.
        """
        cluster, findings = self._cluster, self._findings
        for person in self._people:
            person.finish()
        cluster.calm()
        time.sleep(SECOND_LOOK_S)
        self._come_to_rest()
        findings.moments += 1
        trees = {device.name: self._tree(device.folder) for device in cluster.devices}
        first = trees[cluster.devices[0].name]
        for name, tree in trees.items():
            self._same(f"{name}'s folder", tree, "A's folder", first)
        self._check_server(first)
        for device in cluster.devices:
            private = device.folder / ".lockstep"
            left = [f"{part}/{name}" for part in ("staging", "aside") for name in os.listdir(private / part)]
            findings.divergences += [f"{device.name} left {each}" for each in left if not each.endswith("index.jsonl")]
        self._check_nothing_lost(list(trees.values()))
        self._check_copies(first, is_alone=is_alone)
        self._people[0].rename_copies()
        self._come_to_rest()

    # --- coming to rest ------------------------------------------------------------------------------------

    def _come_to_rest(self) -> None:
        until = time.monotonic() + REST_WITHIN_S
        while True:
            reports = {}
            for device in self._cluster.devices:
                report = reports[device.name] = self._cluster.sync(device, max(until - time.monotonic(), 1))
                if report.held is not None:
                    self._findings.holds += 1
                    self._cluster.ask(device, control.ApplyHeld())
            if all(report.state == "settled" and not report.operations for report in reports.values()):
                return
            assert time.monotonic() < until, f"it does not come to rest: {reports}"

    # --- looking -------------------------------------------------------------------------------------------

    def _tree(self, folder: Path) -> Tree:
        found: Tree = {}
        for place, folders, files in os.walk(folder):
            if Path(place) == folder and ".lockstep" in folders:
                folders.remove(".lockstep")
            for name in (*folders, *files):
                path = Path(place, name)
                found[str(path.relative_to(folder))] = self._described(path)
        return found

    def _described(self, path: Path) -> tuple[Any, ...]:
        if path.is_symlink():
            return ("symlink", os.readlink(path))
        if path.is_dir():
            return ("folder",)
        content = path.read_bytes()
        digest = blake3(content).digest()
        self._findings.checked_bytes += len(content)
        if not is_whole(content) and digest not in self._ledger.unfinished:
            self._findings.torn.append(f"{path}: {len(content)} bytes")
        return ("file", digest, bool(path.stat().st_mode & 0o100))

    def _check_server(self, tree: Tree) -> None:
        """By its listing, and by all its bytes."""
        device = self._cluster.devices[0]
        listed = device.run("ls", "--recursive", "--json")
        if listed.code:
            self._findings.divergences.append(f"ls ended with {listed.code}: {listed.err}")
            return
        kinds = {entry["path"]: (entry["kind"], entry["executable"]) for entry in listed.json}
        here = {path: (what[0], what[0] == "file" and what[2]) for path, what in tree.items()}
        self._same("A's folder", here, "the server's list", kinds)
        shutil.rmtree(self._export, ignore_errors=True)
        exported = device.run("export", str(self._export))
        if exported.code:
            self._findings.divergences.append(f"export ended with {exported.code}: {exported.err}")
            return
        self._same("A's folder", tree, "what was exported", self._tree(self._export))

    def _same(self, name: str, tree: dict[str, Any], other_name: str, other: dict[str, Any]) -> None:
        self._findings.divergences += [
            f"{path!r}: {name} has {tree.get(path)}, {other_name} {other.get(path)}"
            for path in sorted(tree.keys() | other.keys())
            if tree.get(path) != other.get(path)
        ]

    def _check_nothing_lost(self, trees: list[Tree]) -> None:
        there = {what[1] for tree in trees for what in tree.values() if what[0] == "file"}
        missing = self._ledger.missing_from(there)
        if not missing:
            return
        assert self._cluster.server is not None
        with closing(sqlite3.connect(f"file:{self._cluster.server.data}/lockstep.sqlite?mode=ro", uri=True)) as server:
            history = {content for (content,) in server.execute("SELECT DISTINCT content_hash FROM revision")}
        for content, where in missing.items():
            if content in history:
                self._findings.only_in_history.append(f"{where} ({content.hex()[:12]})")
            else:
                self._findings.losses.append(f"{where} ({content.hex()[:12]})")
            del self._ledger.precious[content]

    def _check_copies(self, tree: Tree, *, is_alone: bool) -> None:
        copies = [path for path in tree if is_copy(path)]
        self._findings.copies += len(copies)
        if is_alone:
            self._findings.false_conflicts += copies
