"""The application on a real screen: one for all tests of a run's worker."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.desktop.application import Application
from tests.desktop.desk import Desk
from tests.end_to_end.devices import Device, devices_of
from tests.fixtures.accessible import Reader
from tests.fixtures.screen import Screen, screen_of
from tests.fixtures.servers import RunningServer, running_server

HERE = Path(__file__).parent
_SCREEN = pytest.StashKey[Screen]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.screen)


@pytest.fixture(scope="session")
def whole_screen(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Screen]:
    with screen_of(tmp_path_factory.mktemp("desk")) as screen:
        pytestconfig.stash[_SCREEN] = screen
        yield screen


@pytest.fixture
def screen(whole_screen: Screen) -> Iterator[Screen]:
    """With nothing on it."""
    yield whole_screen
    whole_screen.end_all()


@pytest.fixture(scope="session")
def reader(whole_screen: Screen) -> Iterator[Reader]:
    with closing(Reader(whole_screen)) as made:
        yield made


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One for all tests of a worker, each with an account of its own."""
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@contextmanager
def household(server: RunningServer) -> Iterator[Callable[[str], Device]]:
    """Makes devices of one account by name. Their paths are short enough for sockets."""
    server.forget_tries()
    with (
        tempfile.TemporaryDirectory(prefix="lst-", ignore_cleanup_errors=True) as place,
        devices_of(server.url, Path(place), f"{secrets.token_hex(8)}@example.org") as make,
    ):
        yield make


@pytest.fixture
def device(server: RunningServer) -> Iterator[Device]:
    """A real one with its daemon running, and a file that is in step."""
    with household(server) as make:
        made = make("Laptop")
        made.write("report.txt", "what is reported")
        made.start_daemon()
        made.await_in_step()
        yield made


@pytest.fixture(scope="module")
def desk(server: RunningServer, whole_screen: Screen, reader: Reader) -> Iterator[Desk]:
    """One for all: each test has files of its own."""
    with household(server) as make:
        laptop, phone = make("Laptop"), make("Phone")
        laptop.start_daemon()
        application = Application(whole_screen, *laptop.command("desktop"))
        whole_screen.await_window(name="Lockstep")
        yield Desk(laptop, phone, whole_screen, reader, application)
        whole_screen.end_all()


@pytest.fixture
def start(screen: Screen, device: Device) -> Callable[..., Application]:
    """The whole application, as the command line starts it."""
    return lambda *options: Application(screen, *device.command("desktop", *options))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Of a test that fails there is a picture of the screen as it was."""
    screen = item.config.stash.get(_SCREEN, None)
    if call.when == "call" and call.excinfo is not None and screen is not None:
        screen.picture(screen.home / f"{item.name}.png")
        item.add_report_section("call", "screen", str(screen.home / f"{item.name}.png"))
    return (yield)
