"""Real daemons and a real server: people work, things go wrong, all is killed now and then, and nothing is lost."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from tests.soak.cluster import Cluster
from tests.soak.people import Ledger, Person
from tests.soak.quiet import Findings, QuietMoment
from tests.soak.summary import Summary

STRETCH_S: Final = (15.0, 45.0)


def soak(seed: int, until: float, say: Callable[[str], None], *, go_on: bool) -> Summary:
    """Until that time on the monotonic clock, and to the end of the quiet moment that follows.

    A seed decides who does what and what goes wrong, but not how quick the processes are: no run is like another.
    """
    directory = Path(tempfile.mkdtemp(prefix="lockstep-soak-"))
    findings, ledger, chance = Findings(), Ledger(), Random(seed)
    failure = ""
    with Cluster(directory) as cluster:
        people = [
            Person(device.name, device.folder, Random(f"{seed} {device.name}"), ledger) for device in cluster.devices
        ]
        moment = QuietMoment(cluster, people, ledger, findings, directory)
        try:
            cluster.calm()
            while time.monotonic() < until and (go_on or not findings.has_failed()):
                busy = [chance.choice(people)] if chance.random() < 0.4 else people
                _work(cluster, people, busy, chance, min(time.monotonic() + chance.uniform(*STRETCH_S), until))
                moment.hold(is_alone=len(busy) == 1)
                say(f"{'one person' if len(busy) == 1 else 'all'}: {_told(cluster, people, findings)}")
        except AssertionError as error:
            failure = f"{error}"
    problems = [
        *(f"lost: {each}" for each in findings.losses),
        *(f"torn: {each}" for each in findings.torn),
        *(f"conflict of nothing: {each}" for each in findings.false_conflicts),
        *(f"differs: {each}" for each in findings.divergences),
        *([failure] if failure else []),
    ]
    if problems:
        problems.append(f"everything is still in {directory}")
    else:
        shutil.rmtree(directory)
    return Summary("processes", f"seed {seed}: {_told(cluster, people, findings)}", problems)


def _work(cluster: Cluster, people: list[Person], busy: list[Person], chance: Random, until: float) -> None:
    """A stretch of it. Half of them go without faults on the line, a quarter without anything that is killed."""
    faults = chance.choice([0.0, 0.0, 0.05, 0.2])
    kills = chance.choice([0.0, 0.01, 0.01, 0.03])
    pause_s = chance.choice([0.02, 0.1, 0.3])
    back_at: dict[str, float] = {}
    while (now := time.monotonic()) < until:
        chance.choice(busy).act()
        if chance.random() < faults * pause_s * 10:
            cluster.order_fault(chance)
            if chance.random() < 0.1:
                cluster.cut_line()
        for device in cluster.devices:
            if cluster.is_up(device):
                if chance.random() < kills * pause_s * 3:
                    cluster.kill(device)
                    back_at[device.name] = now + chance.choice([0.0, 0.0, 2.0, 8.0])
            elif back_at.get(device.name, 0.0) <= now:
                cluster.start(device)
        if cluster.server is None:
            if back_at.get("server", 0.0) <= now:
                cluster.start_server()
        elif chance.random() < kills * pause_s:
            cluster.kill_server()
            back_at["server"] = now + chance.choice([0.0, 1.0, 5.0])
        time.sleep(chance.uniform(0, 2 * pause_s))


def _told(cluster: Cluster, people: list[Person], findings: Findings) -> str:
    done = sum(person.operations for person in people)
    return (
        f"{done:,} operations, {cluster.killed_daemons} daemons and {cluster.killed_servers} servers killed, "
        f"{cluster.faults} faults; {findings.moments} quiet moments, {findings.checked_bytes:,} bytes checked, "
        f"{findings.copies} conflicted copies, {findings.holds} holds, "
        f"{len(findings.only_in_history)} contents only in history; losses {len(findings.losses)}, "
        f"torn files {len(findings.torn)}, false conflicts {len(findings.false_conflicts)}, "
        f"divergences {len(findings.divergences)}"
    )
