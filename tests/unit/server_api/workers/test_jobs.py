"""The jobs: all of them run, and none of them waits for what only others need."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server_api.errors import UnavailableError
from server_api.services.server import Server
from server_api.workers import jobs
from server_api.workers.serving import start_jobs
from tests.fixtures.servers import close_server, make_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = make_server(tmp_path)
    yield server
    close_server(server)


def test_while_a_bucket_answers_nobody_mails_are_sent(server: Server) -> None:
    ending, answers, sent = threading.Event(), threading.Event(), threading.Semaphore(0)

    def asks_the_bucket(_server: Server) -> float:
        answers.wait()
        return 0

    def sends_mails(_server: Server) -> float:
        sent.release()
        return 0

    threads = start_jobs(server, [asks_the_bucket, sends_mails], ending)
    try:
        assert all(sent.acquire(timeout=30) for _ in range(3))
    finally:
        ending.set()
        answers.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_a_job_that_fails_is_in_no_others_way(server: Server) -> None:
    done: list[str] = []

    def waits(_server: Server) -> bool:
        raise UnavailableError

    def breaks(_server: Server) -> bool:
        raise ValueError("a mistake")

    def works(_server: Server) -> bool:
        done.append("works")
        return True

    assert jobs.run_due_jobs(server, [waits, breaks, works]) > 1, "what failed is not tried at once"
    assert jobs.run_due_jobs(server, [works]) == 0, "there is more to do"
    assert done == ["works", "works"]
