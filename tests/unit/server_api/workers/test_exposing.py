"""Real processes that count together, and the address where they are asked."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from server_api.workers.exposing import metrics_app
from tests.fixtures.servers import RunningServer, run_server_command, running_server, until

pytestmark = pytest.mark.end_to_end


def address(running: RunningServer) -> str:
    """Where its log says that the metrics are."""
    for line in running.log.read_text().splitlines():
        if found := re.search(r"http://\S+/metrics", json.loads(line)["event"]):
            return found.group()
    raise AssertionError("the log does not tell")


def ask(url: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    response = requests.get(url, timeout=60)
    assert response.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def asked(url: str, path: str, status: str = "200") -> float:
    labels = frozenset({("route", path), ("method", "GET"), ("status", status)})
    return ask(url).get(("lockstep_requests_total", labels), 0)


def test_processes_count_together_and_go_on_counting_when_one_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "temporary"
    shared.mkdir()
    monkeypatch.setenv("TMPDIR", str(shared))
    with running_server(tmp_path / "data", "--metrics", "127.0.0.1:0") as running:
        url = address(running)
        for _ in range(3):
            requests.get(f"{running.url}/v1/server", timeout=60)
        until(lambda: asked(url, "/v1/server") == 3)
        until(lambda: len(running.children) == 3)
        before = running.children
        for pid in before:
            os.kill(pid, 9)
        until(lambda: len(running.children - before) == 3)
        requests.get(f"{running.url}/v1/server", timeout=60)
        until(lambda: asked(url, "/v1/server") == 4)
        for role in ("master", "worker", "jobs", "metrics"):
            until(lambda role=role: ask(url).get(("lockstep_processes", frozenset({("role", role)}))) == 1)  # type: ignore[misc]
        assert requests.get(f"{running.url}/metrics", timeout=60).status_code == 404, "not on the API's address"
        assert requests.get(url.removesuffix("metrics"), timeout=60).status_code == 404
        assert requests.post(url, timeout=60).status_code == 405
        assert list(shared.iterdir())
        assert running.end() == 0
        until(lambda: not list(shared.iterdir()))


def test_with_threads_it_is_told_as_well(tmp_path: Path) -> None:
    with running_server(tmp_path, "--serve-with", "threads", "--metrics", "127.0.0.1:0") as running:
        url = address(running)
        requests.get(f"{running.url}/v1/server", timeout=60)
        until(lambda: asked(url, "/v1/server") == 1)
        assert running.end() == 0


@pytest.mark.parametrize(
    ("given", "code"), [("127.0.0.1", 2), ("9187", 2), ("x:y", 2), ("http://127.0.0.1:9", 2), ("192.0.2.1:9187", 1)]
)
def test_an_address_that_cannot_be_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, code: int
) -> None:
    shared = tmp_path / "temporary"
    shared.mkdir()
    monkeypatch.setenv("TMPDIR", str(shared))
    result = run_server_command(tmp_path / "data", "--port", "0", "--metrics", given)
    assert (result.returncode, result.stdout) == (code, "")
    assert "Traceback" not in result.stderr
    assert list(shared.iterdir()) == []


def test_nothing_but_the_metrics_is_answered() -> None:
    told: list[str] = []
    app = metrics_app(lambda: b"all of it")
    for path, method in (("/metrics", "GET"), ("/", "GET"), ("/metrics/..", "GET"), ("/metrics", "DELETE")):
        app({"PATH_INFO": path, "REQUEST_METHOD": method}, lambda status, headers, _info=None: told.append(status[:3]))  # type: ignore[arg-type]
    assert told == ["200", "404", "404", "405"]
