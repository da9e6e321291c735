"""The application on a real screen: one for all tests of a run's worker."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desktop.application import Application
from tests.end_to_end.devices import Device, devices_of
from tests.fixtures.screen import Screen, screen_of
from tests.fixtures.servers import RunningServer, running_server

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.screen)


@pytest.fixture(scope="session")
def whole_screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    with screen_of(tmp_path_factory.mktemp("desk")) as screen:
        yield screen


@pytest.fixture
def screen(whole_screen: Screen, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Screen]:
    """With nothing on it. Of a test that fails there is a picture."""
    yield whole_screen
    if getattr(request.node, "failed_in_call", False):
        whole_screen.picture(tmp_path / "screen.png")
        print(f"the screen as it was: {tmp_path / 'screen.png'}")
    whole_screen.end_all()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One for all tests of a worker, each with an account of its own."""
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def device(server: RunningServer) -> Iterator[Device]:
    """A real one with its daemon running, and a file that is in step. Its paths are short enough for sockets."""
    server.forget_tries()
    with (
        tempfile.TemporaryDirectory(prefix="lst-", ignore_cleanup_errors=True) as place,
        devices_of(server.url, Path(place), f"{secrets.token_hex(8)}@example.org") as make,
    ):
        made = make("Laptop")
        made.write("report.txt", "what is reported")
        made.start_daemon()
        made.await_in_step()
        yield made


@pytest.fixture
def start(screen: Screen, device: Device) -> Callable[..., Application]:
    """The whole application, as the command line starts it."""
    return lambda *options: Application(screen, *device.command("desktop", *options))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.when == "call":
        item.failed_in_call = call.excinfo is not None  # type: ignore[attr-defined]
    return report
