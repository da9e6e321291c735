"""Ids are UUIDs of version 7 that rise, whatever the clock does."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from sync_engine.adapters.clock import SystemClock, SystemIds, local_date


def test_the_clock_tells_nanoseconds_and_never_goes_back() -> None:
    clock = SystemClock()
    assert abs(clock.now_ns() - time.time_ns()) < 60 * 10**9
    assert clock.monotonic() <= clock.monotonic()


def test_an_id_is_a_uuid_of_version_7_that_holds_its_time() -> None:
    before = time.time_ns() // 1_000_000
    made = UUID(bytes=SystemIds().new_id())
    after = time.time_ns() // 1_000_000
    assert (made.variant, made.version) == ("specified in RFC 4122", 7)
    assert before <= made.int >> 80 <= after


def test_ids_rise_even_within_a_millisecond_and_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = SystemIds()
    now = [1_763_700_000_000_000_000]
    monkeypatch.setattr(time, "time_ns", lambda: now[0])
    made = [ids.new_id() for _ in range(10_000)]
    now[0] -= 3_600 * 10**9
    made += [ids.new_id() for _ in range(100)]
    now[0] += 7_200 * 10**9
    made.append(ids.new_id())
    assert made == sorted(made)
    assert len({one[:8] for one in made}) == len(made)
    assert all(UUID(bytes=one).version == 7 for one in made)
    assert int.from_bytes(made[-1][:6]) == now[0] // 1_000_000


def test_threads_and_devices_never_make_the_same_id() -> None:
    sources = [SystemIds(), SystemIds()]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: sources[number % 2].new_id(), range(5_000)))
    assert len(set(made)) == 5_000


def test_the_date_is_that_of_the_devices_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        for zone, date in (("UTC", "2026-11-05"), ("Pacific/Kiritimati", "2026-11-06")):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert local_date(1_793_921_400 * 10**9) == date
    finally:
        monkeypatch.undo()
        time.tzset()
