"""The application on a real screen: one for all tests of a run's worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.screen import Screen, screen_of

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
    failed = request.session.testsfailed
    yield whole_screen
    if request.session.testsfailed > failed or getattr(request.node, "failed_in_call", False):
        whole_screen.picture(tmp_path / "screen.png")
        print(f"the screen as it was: {tmp_path / 'screen.png'}")
    whole_screen.end_all()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.when == "call":
        item.failed_in_call = call.excinfo is not None  # type: ignore[attr-defined]
    return report
