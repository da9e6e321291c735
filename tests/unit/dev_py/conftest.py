from collections.abc import Callable
from pathlib import Path

import pytest

import dev
from dev import AptWay
from tests.unit.dev_py.stage import SMALL_LOCK, Installation, Programs


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout that dev.py takes for its own."""
    venv = tmp_path / ".venv"
    paths = {
        "ROOT": tmp_path,
        "LOCK": tmp_path / "requirements.lock",
        "PROJECT": tmp_path / "pyproject.toml",
        "VENV": venv,
        "BIN": venv / "bin",
        "PYTHON": venv / "bin" / "python",
        "STAMP": venv / "made-by-dev.txt",
    }
    for name, path in paths.items():
        monkeypatch.setattr(dev, name, path)
    paths["LOCK"].write_text(SMALL_LOCK)
    paths["PROJECT"].write_text("[project]\n")
    for folder in ("unit", "end_to_end"):
        (tmp_path / "tests" / folder).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def installation(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    fake = Installation(checkout / ".venv")
    monkeypatch.setattr(dev, "make_environment", fake.make_environment)
    monkeypatch.setattr(dev, "install_project", fake.install_project)
    return fake


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Programs:
    fake = Programs()
    monkeypatch.setattr(dev, "run_quietly", fake.run_quietly)
    monkeypatch.setattr(dev, "run_in_foreground", fake.run_in_foreground)
    return fake


@pytest.fixture
def choose_way(monkeypatch: pytest.MonkeyPatch) -> Callable[[AptWay], None]:
    def choose(way: AptWay) -> None:
        monkeypatch.setattr(dev, "apt_way", lambda: way)

    return choose


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Which of the programs that anything wants are not there and cannot be had: those that a test puts in."""
    names: set[str] = set()
    monkeypatch.setattr(dev, "apt_way", lambda: AptWay.TELL)
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: sorted({wanted[name] for name in names & set(wanted)}))
    return names


@pytest.fixture
def nothing_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """All packages of the system that anything wants are there."""
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: [])
