"""Starting where there is no screen, and ending with who started it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from desktop import screen
from tests.fixtures.shared import await_that

PROGRAM = [sys.executable, "-m", "sync_engine.cli.main"]


def environment(**more: str) -> dict[str, str]:
    shows = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    return {name: value for name, value in os.environ.items() if name not in shows} | more


@pytest.mark.parametrize("has", [{}, {"DISPLAY": ":9999"}])
def test_without_a_display_one_line_says_so(tmp_path: Path, has: dict[str, str]) -> None:
    done = subprocess.run(
        [*PROGRAM, "--home", str(tmp_path), "desktop"],
        env=environment(**has),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, f"lockstep: {screen.NO_DISPLAY}\n")


def test_without_a_part_of_qt_one_line_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "--home", str(tmp_path), "desktop"],
        env=environment(QT_QPA_PLATFORM="no-such"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, f"lockstep: {screen.LACKS_LIBRARIES}\n")


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISPLAY", ":1")
    broken = tmp_path / "PySide6"
    broken.mkdir()
    (broken / "__init__.py").write_text("")
    (broken / "QtNetwork.py").write_text("raise ImportError('libEGL.so.1: cannot open shared object file: gone')")
    for name in [name for name in sys.modules if name.partition(".")[0] == "PySide6"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "libEGL.so.1" in screen.hindrance()
    assert f"apt install {' '.join(dev.QT_LIBRARIES.values())}" in screen.hindrance()
    (broken / "QtNetwork.py").unlink()
    assert screen.hindrance() == screen.NOT_INSTALLED


@pytest.mark.parametrize("words", [["integrate"], ["remove"], ["copy-link", "x"]], ids=" ".join)
def test_without_the_libraries_of_the_system_one_line_says_so(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6/__init__.py").write_text("")
    (tmp_path / "PySide6/QtCore.py").write_text("raise ImportError('libglib-2.0.so.0: cannot open: gone')")
    broken = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from sync_engine.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", broken, "--home", str(tmp_path / "home"), "desktop", *words],
        env=environment(HOME=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "needs libglib-2.0.so.0, which is missing" in done.stderr


@pytest.mark.parametrize("missing", ["PySide6", "jeepney"])
@pytest.mark.parametrize("words", [["integrate"], ["remove"], ["copy-link", "x"], []], ids=" ".join)
def test_where_the_desktop_s_part_is_not_installed_one_line_says_so(
    words: list[str], missing: str, tmp_path: Path
) -> None:
    without = f"import sys; sys.modules['{missing}'] = None; from sync_engine.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", without, "--home", str(tmp_path), "desktop", *words],
        env=environment(DISPLAY=":9999", HOME=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, f"lockstep: {screen.NOT_INSTALLED}\n")


def test_what_is_told_of_file_managers_is_in_the_language_of_the_window(tmp_path: Path) -> None:
    (tmp_path / "desktop.ini").write_text("[General]\nlanguage=de\n")
    for word, told in (("integrate", "hinzugefügt"), ("remove", "entfernt")):
        done = subprocess.run(
            [*PROGRAM, "--home", str(tmp_path), "desktop", word, "thunar"],
            env=environment(HOME=str(tmp_path), XDG_CONFIG_HOME="", XDG_DATA_HOME=""),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith(f"thunar: {told}")


def test_it_ends_with_who_started_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "--home", str(tmp_path / "home"), "desktop", "--until-input-ends"],
        env=environment(QT_QPA_PLATFORM="offscreen"),
        stdin=subprocess.PIPE,
    ) as process:
        await_that((tmp_path / "home").exists, "it to have begun")
        assert process.poll() is None
        assert process.stdin is not None
        process.stdin.close()
        try:
            assert process.wait(30) == 0
        finally:
            process.kill()
