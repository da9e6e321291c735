"""What Lockstep on AWS costs a month: ``python3 installers/aws/costs.py`` prints the tables of docs/aws.md.

Everything assumed stands here by name. Prices are AWS's list prices in US dollars for us-east-1, as known in 2025,
without taxes, free tiers and discounts; a month has 730 hours. Change what differs for you, and run it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

PEOPLE: Final = (10, 1_000, 100_000)
HOURS: Final = 730
KIB, GIB = 1 / 1024**2, 1.0  # everything is in GiB

# --- what one person does --------------------------------------------------------------------------------------------

FILES: Final = 20_000
CURRENT: Final = 10 * GIB
CHANGED_FILES: Final = 1_000
"""New or saved, in a month."""
UPLOADED: Final = 1 * GIB
FILES_A_SEND: Final = 4
"""That are saved so close together that they go out in one pack: git, an editor's backup, a camera's import."""
OUTDATED: Final = 0.5 * GIB
"""Contents that only old versions use, more by this in a month."""
KEPT_MONTHS: Final = 12
DEVICES: Final = 2
DEVICE_HOURS: Final = 200
"""That each is switched on, in a month."""
SHARED: Final = 0.2 * GIB
"""Downloaded through links, in a month."""
API_BYTES: Final = 2 * KIB
"""A request and its answer."""
REQUESTS_A_SEND: Final = 5
PACK: Final = 16 / 1024 * GIB

# --- what Lockstep needs (docs/operating.md) -------------------------------------------------------------------------

SECONDS_A_WAIT: Final = 0.009
SECONDS_A_REQUEST: Final = 0.011
"""Of a server's core, with PostgreSQL: what the database does of it is not in these."""
PEAK: Final = 3
"""The busiest hour, as a multiple of the mean."""
DATABASE_A_FILE: Final = 1.2 / 1_000_000
DATABASE_A_VERSION: Final = 500 / 1024**3
PEOPLE_AN_INSTALLATION: Final = 10_000
"""More are split among several, of one database each: larger ones were never tried."""
LOG_A_REQUEST: Final = 0.4 * KIB

# --- prices ----------------------------------------------------------------------------------------------------------

STANDARD: Final = ((50 * 1024, 0.023), (450 * 1024, 0.022), (math.inf, 0.021))
INFREQUENT, GLACIER = 0.0125, 0.004
PUT, GET = 0.005 / 1_000, 0.0004 / 1_000
TO_INFREQUENT, TO_GLACIER = 0.01 / 1_000, 0.02 / 1_000
OUT: Final = ((10 * 1024, 0.09), (40 * 1024, 0.085), (100 * 1024, 0.07), (math.inf, 0.05))
CDN_OUT: Final = ((10 * 1024, 0.085), (40 * 1024, 0.08), (100 * 1024, 0.06), (math.inf, 0.04))
TO_OTHER_REGION: Final = 0.02
BALANCER, BALANCER_UNIT, CONNECTIONS_A_UNIT = 0.0225, 0.008, 3_000
NAT: Final = 0.045
LOGS: Final = 0.50
FIXED: Final = 12 * 0.10 + 3.00 + 12 * 0.30 + 3 * 0.40 + 0.50
"""Alarms, dashboard, figures of our own, secrets, hosted zone."""
DATABASE_STORAGE: Final = 0.23


@dataclass(frozen=True)
class Machine:
    """What can be had, and what an hour of it costs. A database's with a standby in another zone."""

    name: str
    cores: int
    hour: float


SERVERS: Final = (Machine("t3.small", 2, 0.0208), Machine("c7i.large", 2, 0.08925), Machine("c7i.xlarge", 4, 0.1785))
DATABASES: Final = ((5, Machine("db.t4g.small", 2, 0.065)), (100, Machine("db.m7g.large", 2, 0.336)),
                    (math.inf, Machine("db.r7g.2xlarge", 8, 1.912)))  # fmt: skip
"""By how many GiB the database has."""


def stepped(amount: float, steps: Sequence[tuple[float, float]]) -> float:
    """What an amount costs whose price falls in steps."""
    price = 0.0
    for width, each in steps:
        taken = min(amount, width)
        price += taken * each
        amount -= taken
    return price


# --- a month ---------------------------------------------------------------------------------------------------------


def sends(people: int) -> float:
    """Packs of a month's work."""
    return people * max(CHANGED_FILES / FILES_A_SEND, UPLOADED / PACK)


def waits(people: int) -> float:
    return people * DEVICES * DEVICE_HOURS * 60


def storage(people: int) -> float:
    return stepped(people * CURRENT, STANDARD)


def old_versions(people: int, infrequent: int | None = 30, glacier: int | None = 60) -> float:
    """With what it costs to move them; ``None``: they stay in Standard."""
    kept_days = KEPT_MONTHS * 30
    first = min(infrequent if infrequent is not None else kept_days, kept_days)
    second = min(glacier if glacier is not None else kept_days, kept_days)
    a_day = people * OUTDATED / 30
    stored = a_day * (first * STANDARD[0][1] + (second - first) * INFREQUENT + (kept_days - second) * GLACIER)
    packs = people * OUTDATED / PACK
    return stored + packs * ((first < kept_days) * TO_INFREQUENT + (second < kept_days) * TO_GLACIER)


def requests(people: int) -> float:
    """To S3: each pack is put once, read by the server that verifies it, and by another device."""
    return sends(people) * (PUT + 2 * GET)


def traffic(people: int) -> float:
    api = (waits(people) + sends(people) * REQUESTS_A_SEND) * API_BYTES
    return stepped(people * UPLOADED * (DEVICES - 1) + api, OUT) + stepped(people * SHARED, CDN_OUT)


def installations(people: int) -> int:
    return math.ceil(people / PEOPLE_AN_INSTALLATION)


def servers(people: int) -> tuple[int, Machine]:
    """How many of which, of one installation."""
    people = people // installations(people)
    second = HOURS * 3600
    busy = PEAK * (waits(people) * SECONDS_A_WAIT + sends(people) * REQUESTS_A_SEND * SECONDS_A_REQUEST) / second
    if people <= 100:
        return 1, SERVERS[0]
    machine = SERVERS[1] if busy <= 2 else SERVERS[2]
    return max(2, math.ceil(busy / machine.cores)), machine


def database(people: int) -> tuple[float, Machine]:
    """Its GiB and its machine, of one installation."""
    people = people // installations(people)
    size = people * (FILES * DATABASE_A_FILE + CHANGED_FILES * KEPT_MONTHS * DATABASE_A_VERSION)
    return size, next(machine for most, machine in DATABASES if size <= most)


def machines(people: int) -> float:
    count, machine = servers(people)
    return installations(people) * count * (machine.hour * HOURS + 20 * 0.08)


def databases(people: int) -> float:
    size, machine = database(people)
    return installations(people) * (machine.hour * HOURS + max(20.0, size * 1.5) * DATABASE_STORAGE)


def network(people: int) -> float:
    units = people * DEVICES * DEVICE_HOURS / HOURS / CONNECTIONS_A_UNIT
    return HOURS * (installations(people) * (BALANCER + NAT) + units * BALANCER_UNIT)


def watching(people: int) -> float:
    logged = (waits(people) + sends(people) * REQUESTS_A_SEND) * LOG_A_REQUEST
    return installations(people) * FIXED + logged * LOGS


def replication(people: int) -> float:
    """All that is there, in Standard-IA of another region."""
    kept = people * (CURRENT + OUTDATED * KEPT_MONTHS)
    return kept * INFREQUENT + people * UPLOADED * TO_OTHER_REGION + sends(people) * TO_INFREQUENT


PARTS: Final[dict[str, Callable[[int], float]]] = {
    "current contents, S3 Standard": storage,
    "old versions, 30 and 60 days": old_versions,
    "requests to S3": requests,
    "traffic to devices and visitors": traffic,
    "servers": machines,
    "database": databases,
    "load balancer and NAT gateway": network,
    "logs, alarms, secrets, name": watching,
}


# --- beside one object for each file ---------------------------------------------------------------------------------


def first_upload(people: int, *, packs: bool) -> float:
    """Once: everything goes up, and down to another device. Requests alone."""
    objects = people * (CURRENT / PACK if packs else FILES)
    return objects * (PUT + GET)


def monthly_requests(people: int, *, packs: bool) -> float:
    objects = sends(people) if packs else people * CHANGED_FILES
    return objects * (PUT + GET)


def moving(people: int, *, packs: bool) -> float:
    """Old versions to Standard-IA and on to Glacier: each object costs."""
    objects = people * (OUTDATED / PACK if packs else CHANGED_FILES / 2)
    return objects * (TO_INFREQUENT + TO_GLACIER)


# --- tables ----------------------------------------------------------------------------------------------------------


def money(amount: float) -> str:
    return f"{amount:,.2f}" if amount < 10 else f"{amount:,.0f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def monthly() -> str:
    def row(name: str, cost: Callable[[int], float]) -> list[str]:
        return [name, *(money(cost(people)) for people in PEOPLE)]

    def total(people: int) -> float:
        return sum(cost(people) for cost in PARTS.values())

    def shape(people: int) -> str:
        count, machine = servers(people)
        times = installations(people)
        return f"{count} {machine.name}, {database(people)[1].name}" + (f"; {times} times" if times > 1 else "")

    rows = [row(name, cost) for name, cost in PARTS.items()]
    rows.append([f"**{each}**" for each in row("together", total)])
    rows.append(row("for each person", lambda people: total(people) / people))
    rows.append(row("a copy in another region, if wanted", replication))
    rows.append(["servers and database", *map(shape, PEOPLE)])
    return table(["a month, in US dollars", *(f"{people:,} people" for people in PEOPLE)], rows)


def beside_objects() -> str:
    kinds = {
        "first upload, once": first_upload,
        "requests a month": monthly_requests,
        "moving old versions, a month": moving,
    }
    rows = []
    for name, cost in kinds.items():
        for packs in (True, False):
            said = f"{name}: {'packs' if packs else 'an object for each file'}"
            rows.append([said, *(money(cost(people, packs=packs)) for people in PEOPLE)])
    return table(["in US dollars", *(f"{people:,} people" for people in PEOPLE)], rows)


def practices() -> str:
    days: dict[str, tuple[int | None, int | None]] = {
        "all in Standard": (None, None),
        "30 and 60 days": (30, 60),
        "75 and 365 days": (75, 365),
    }
    rows = [[name, *(money(old_versions(people, *each)) for people in PEOPLE)] for name, each in days.items()]
    return table(["old versions a month, in US dollars", *(f"{people:,} people" for people in PEOPLE)], rows)


if __name__ == "__main__":
    print(monthly(), beside_objects(), practices(), sep="\n\n")
