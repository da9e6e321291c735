from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import click
import pytest
from prometheus_client import CollectorRegistry

from server_api import metrics
from server_api.cli import server as server_command
from server_api.contract import messages
from server_api.contract.messages import ROOT, CommitRequest, CommitResponse, CreateNode, Kind, Place
from server_api.errors import UnavailableError
from server_api.services.backlog import measure_backlog
from server_api.services.collection import collect_if_due
from server_api.services.packs import verify_sealed
from server_api.services.scrubbing import scrub
from server_api.services.server import Server
from server_api.storage.contention import ContentionError, retried
from server_api.storage.metered_store import MeteredStore
from server_api.storage.stores import ObjectMissingError
from tests.fakes.clock import FakeClock
from tests.fakes.object_store import MemoryStore
from tests.fixtures.content import Content
from tests.fixtures.libraries import Library
from tests.fixtures.servers import Api


@pytest.fixture
def counted() -> Iterator[CollectorRegistry]:
    """Where this test counts."""
    registry = CollectorRegistry()
    metrics.switch_on(registry)
    yield registry
    metrics.switch_off()


def value(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return registry.get_sample_value(f"lockstep_{name}", labels) or 0.0


def commit(device: Api, *operations: messages.Operation, number: int = 1) -> CommitResponse:
    assert device.session is not None
    namespace = UUID(bytes=device.session.account.personal_namespace)
    request = CommitRequest(epoch=device.session.epoch, number=number, operations=list(operations))
    return device.call("POST", f"/v1/namespaces/{namespace}/commits", CommitResponse, request)


def folder(number: int, name: str) -> CreateNode:
    return CreateNode(
        operation_id=bytes([number]) * 16,
        node_id=bytes([number]) * 16,
        kind=Kind.FOLDER,
        place=Place(parent_id=ROOT, name=name),
    )


def test_nothing_is_counted_unless_it_is_asked_for(api: Api) -> None:
    assert api.client.get("/v1/server").status_code == 200
    assert not metrics.is_on()
    assert metrics.REQUESTS.real is None


def test_requests_are_counted_by_route_method_and_status(api: Api, counted: CollectorRegistry) -> None:
    for path in ("/v1/devices/11111111-1111-1111-1111-111111111111/revoke", "/v1/server", "/v1/server"):
        api.client.open(path, method="GET" if "server" in path else "POST").close()
    assert value(counted, "requests_total", route="/v1/server", method="GET", status="200") == 2
    revoke = "/v1/devices/<uuid:device_id>/revoke"
    assert value(counted, "requests_total", route=revoke, method="POST", status="401") == 1
    assert value(counted, "request_seconds_count", route="/v1/server") == 2


def test_what_clients_make_up_makes_no_new_series(api: Api, counted: CollectorRegistry) -> None:
    for number in range(30):
        api.client.open(f"/made/up/{number}", method=f"MADEUP{number}").close()
        api.client.open(f"/v1/devices/{number}", method="GET").close()
        api.client.open("/v1/server", method=f"ODD{number}").close()
    told = metrics.exposition(counted).decode()
    assert "made" not in told.lower()
    series = [line for line in told.splitlines() if line.startswith("lockstep_requests_total{")]
    assert len(series) <= 4
    assert value(counted, "requests_total", route="none", method="other", status="404") == 30


def test_commits_operations_and_pages_of_the_feed_are_counted(api: Api, counted: CollectorRegistry) -> None:
    device = api.sign_in()
    commit(device, folder(1, "a"), folder(2, "b"), folder(3, "a"))
    assert device.session is not None
    namespace = UUID(bytes=device.session.account.personal_namespace)
    device.call("GET", f"/v1/namespaces/{namespace}/changes", messages.Changes)
    assert value(counted, "commits_total") == 1
    assert value(counted, "operations_total", kind="create", result="applied") == 2
    assert value(counted, "operations_total", kind="create", result="name_taken") == 1
    assert value(counted, "feed_pages_total") == 1


def test_calls_to_the_store_are_counted_by_how_they_ended(clock: FakeClock, counted: CollectorRegistry) -> None:
    inner = MemoryStore(clock)
    store = MeteredStore(inner)
    store.presign_put("packs/a/b/c", size=1, crc32c=b"1234", md5=b"", expires_in_s=60)
    assert store.head("packs/a/b/c") is None
    with pytest.raises(ObjectMissingError):
        store.read_range("packs/a/b/c", 0, 1)
    assert list(store.list("packs/")) == []
    inner.is_down = True
    with pytest.raises(UnavailableError):
        store.ping()
    assert value(counted, "presigned_urls_total", method="PUT") == 1
    for operation, outcome in (("head", "done"), ("read", "missing"), ("list", "done"), ("ping", "failed")):
        assert value(counted, "store_calls_total", operation=operation, outcome=outcome) == 1
        assert value(counted, "store_call_seconds_count", operation=operation) == 1


def test_transactions_that_are_tried_again_are_counted(counted: CollectorRegistry) -> None:
    left = [ContentionError(), ContentionError()]

    @retried
    def transaction() -> str:
        if left:
            raise left.pop()
        return "done"

    assert transaction() == "done"
    assert value(counted, "database_retries_total") == 2


def test_a_collection_pass_is_counted_once_it_ended(server: Server, counted: CollectorRegistry) -> None:
    while collect_if_due(server):
        pass
    assert value(counted, "collections_total", outcome="done") == 1
    assert value(counted, "collection_ended_timestamp_seconds") == server.clock.now_ms() / 1000


def test_what_waits_is_measured_now_and_then(api: Api, clock: FakeClock, counted: CollectorRegistry) -> None:
    api.sign_in()
    measure_backlog(api.server)
    assert value(counted, "waiting_mails") == 0
    api.sign_in(device="Phone")  # a mail tells of a new device
    measure_backlog(api.server)
    assert value(counted, "waiting_mails") == 0, "it looked just now"
    clock.advance(15)
    assert measure_backlog(api.server) is False
    assert value(counted, "waiting_mails") == 1
    assert value(counted, "backlog_seconds", queue="mails") == 15
    assert value(counted, "backlog_seconds", queue="packs") == 0
    assert (value(counted, "pending_bytes"), value(counted, "unverified_packs")) == (0, 0)


def test_what_the_last_scrub_found_is_told(content: Content, counted: CollectorRegistry) -> None:
    server = content.server
    library = Library(server, content.caller())
    library.save("thesis", b"all of it")
    while verify_sealed(server):
        pass
    measure_backlog(server)
    assert value(counted, "scrub_ended_timestamp_seconds") == 0, "there was none"
    for found in list(server.store.list("packs/")):
        server.store.delete(found.key)
    content.clock.advance(60)
    scrub(server)
    measure_backlog(server)
    assert value(counted, "scrub_ended_timestamp_seconds") == content.clock.now_ms() / 1000
    assert value(counted, "broken_versions") == 1


@pytest.mark.parametrize("figure", metrics._ALL, ids=lambda figure: figure.name)
def test_the_operators_page_says_what_each_figure_means(figure: metrics._Figure) -> None:
    page = (Path(__file__).parents[3] / "docs/operating.md").read_text("utf-8")
    assert re.search(rf"`{figure.name.removeprefix('lockstep_')}", page)


def test_the_operators_page_names_no_figure_and_no_setting_that_there_is_not() -> None:
    page = (Path(__file__).parents[3] / "docs/operating.md").read_text("utf-8")
    known = {figure.name for figure in metrics._ALL}
    assert {name for name in re.findall(r"\blockstep_[a-z_]+", page) if name != "lockstep_"} <= known
    settings = {option.envvar for option in server_command.params if isinstance(option, click.Option)}
    assert set(re.findall(r"LOCKSTEP_SERVER_[A-Z_]+", page)) <= settings
