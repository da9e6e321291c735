"""Threads in lanes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from sync_engine.adapters.workers import ThreadWorkers


@pytest.fixture
def workers() -> Iterator[ThreadWorkers]:
    workers = ThreadWorkers({"quick": 2, "transfer": 2, "waiting": 1})
    yield workers
    assert workers.close(timeout_s=60)


def collect_until(workers: ThreadWorkers, results: list[object], count: int) -> None:
    while len(results) < count:
        assert workers.collect(60), "nothing came"


def test_results_come_in_the_thread_that_collects(workers: ThreadWorkers) -> None:
    results: list[object] = []
    ran_in: list[threading.Thread] = []

    def job() -> str:
        ran_in.append(threading.current_thread())
        return "done"

    def done(result: object) -> None:
        results.append((result, threading.current_thread()))

    workers.submit(job, done)
    collect_until(workers, results, 1)
    assert results == [("done", threading.current_thread())]
    assert ran_in[0] is not threading.current_thread()


def test_an_exception_is_a_result(workers: ThreadWorkers) -> None:
    results: list[object] = []
    workers.submit(lambda: 1 // 0, results.append)
    collect_until(workers, results, 1)
    assert isinstance(results[0], ZeroDivisionError)


def test_a_busy_lane_does_not_hold_up_another(workers: ThreadWorkers) -> None:
    release = threading.Event()
    slow: list[object] = []
    for _ in range(5):
        workers.submit(lambda: release.wait(60), slow.append, "transfer")
    quick: list[object] = []
    workers.submit(lambda: "quick", quick.append)
    collect_until(workers, quick, 1)
    assert not slow
    release.set()
    collect_until(workers, slow, 5)


def test_a_lane_runs_no_more_jobs_at_once_than_it_has_threads(workers: ThreadWorkers) -> None:
    running = threading.Semaphore(2)
    crowded: list[bool] = []

    def job() -> None:
        got_in = running.acquire(blocking=False)
        crowded.append(not got_in)
        if got_in:
            running.release()

    results: list[object] = []
    for _ in range(200):
        workers.submit(job, results.append)
    collect_until(workers, results, 200)
    assert results == [None] * 200
    assert not any(crowded)


def test_posted_calls_are_made_by_who_collects(workers: ThreadWorkers) -> None:
    seen: list[threading.Thread] = []
    thread = threading.Thread(target=lambda: workers.post(lambda: seen.append(threading.current_thread())))
    thread.start()
    assert workers.collect(60)
    thread.join()
    assert seen == [threading.current_thread()]


def test_collecting_nothing_says_so(workers: ThreadWorkers) -> None:
    assert not workers.collect(0)
    assert not workers.collect(0.01)


def test_idle_threads_go_away_and_come_back() -> None:
    workers = ThreadWorkers({"quick": 1}, idle_s=0.01)
    results: list[object] = []
    workers.submit(threading.current_thread, results.append)
    collect_until(workers, results, 1)
    for thread in list(workers._lanes["quick"]._threads):
        thread.join(60)
        assert not thread.is_alive()
    workers.submit(threading.current_thread, results.append)
    collect_until(workers, results, 2)
    assert workers.close(timeout_s=60)


def test_closing_drops_what_was_not_begun_and_leaves_no_thread() -> None:
    before = threading.active_count()
    workers = ThreadWorkers({"transfer": 1})
    begun, release = threading.Event(), threading.Event()
    ran: list[str] = []

    def first() -> None:
        begun.set()
        release.wait(60)

    workers.submit(first, lambda _result: None, "transfer")
    workers.submit(lambda: ran.append("second"), lambda _result: None, "transfer")
    assert begun.wait(60)
    assert not workers.close(timeout_s=0.01)
    release.set()
    assert workers.close(timeout_s=60)
    assert ran == []
    assert threading.active_count() <= before  # an earlier test's may end meanwhile
    with pytest.raises(RuntimeError):
        workers.submit(lambda: None, lambda _result: None, "transfer")


def test_closing_waits_for_all_lanes_together() -> None:
    workers = ThreadWorkers({"quick": 1, "transfer": 1, "waiting": 1})
    release = threading.Event()
    begun = threading.Barrier(4)

    def hang() -> None:
        begun.wait(60)
        release.wait(60)

    workers.submit(hang, lambda _result: None, "quick")
    workers.submit(hang, lambda _result: None, "transfer")
    workers.submit(hang, lambda _result: None, "waiting")
    begun.wait(60)
    start = time.monotonic()
    assert not workers.close(timeout_s=2.0)
    assert time.monotonic() - start < 2.0 * 3
    release.set()
    assert workers.close(timeout_s=60)
