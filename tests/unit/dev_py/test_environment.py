"""What dev.py sets up before anything runs: the lock, the virtual environment, the system's packages."""

import ast
import fcntl
import importlib.util
import io
import re
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import pytest

import dev
from dev import AptWay
from tests.unit.dev_py.stage import SMALL_LOCK, Installation, Programs

REPOSITORY = Path(dev.__file__).resolve().parent
SOURCE = (REPOSITORY / "dev.py").read_text("utf-8")
LOCK = (REPOSITORY / "requirements.lock").read_text("utf-8")


# ------------------------------------------------------------------------------------------------------- dev.py itself


def test_it_imports_nothing_but_the_standard_library() -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(SOURCE))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported <= sys.stdlib_module_names


def test_an_old_python_can_parse_it() -> None:
    ast.parse(SOURCE, feature_version=(3, 8))


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13), (2, 7, 18)])
def test_an_old_python_is_told_which_one_is_needed(version: tuple[int, ...]) -> None:
    complaint = dev.complaint_about_python(version)
    assert complaint is not None
    assert "3.11 or newer" in complaint
    assert "this is {}.{}".format(*version) in complaint


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 2), (4, 0, 0)])
def test_a_python_that_will_do_is_not_complained_about(version: tuple[int, ...]) -> None:
    assert dev.complaint_about_python(version) is None


# ------------------------------------------------------------------------------------------------------------ the lock


def test_the_lock_holds_a_hash_for_each_requirement() -> None:
    blocks = dev.lock_blocks(LOCK)[1:]
    assert len(blocks) > 50
    assert [block for block in blocks if not re.match(r"\S+==\S+ .*--hash=sha256:", block, re.DOTALL)] == []


def test_the_lock_holds_what_dev_py_picks_from_it() -> None:
    locked = {dev.distribution(block) for block in dev.lock_blocks(LOCK)}
    assert locked >= {"uv", "hatchling", "pyside6-essentials"}


def test_the_lock_holds_no_address_and_no_path() -> None:
    assert re.findall(r"\w+://\S+|--\w*(?:index|find-links|host)\S*|\s/\S+|@ ", LOCK) == []


# ----------------------------------------------------------------------------------------------------- the environment


def test_the_first_run_makes_the_environment_and_the_second_does_nothing(installation: Installation) -> None:
    dev.ensure_environment()
    dev.ensure_environment()
    assert installation.steps == ["environment", "project"]


def test_a_changed_lock_makes_the_environment_anew(installation: Installation, checkout: Path) -> None:
    dev.ensure_environment()
    (checkout / "requirements.lock").write_text(SMALL_LOCK.replace("blake3==1.0", "blake3==1.1"))
    dev.ensure_environment()
    assert installation.steps == ["environment", "project"] * 2


def test_a_changed_project_is_only_installed_again(installation: Installation, checkout: Path) -> None:
    dev.ensure_environment()
    (checkout / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    dev.ensure_environment()
    assert installation.steps == ["environment", "project", "project"]


def test_another_python_makes_the_environment_anew(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    dev.ensure_environment()
    monkeypatch.setattr(sys, "version_info", (3, 99, 0, "final", 0))
    dev.ensure_environment()
    assert installation.steps == ["environment", "project"] * 2


def test_a_checkout_that_was_moved_makes_the_environment_anew(
    installation: Installation, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.ensure_environment()
    moved = checkout / "moved"
    (checkout / ".venv").rename(moved)
    paths = {"VENV": moved, "PYTHON": moved / "bin" / "python", "STAMP": moved / "made-by-dev.txt"}
    for name, path in paths.items():
        monkeypatch.setattr(dev, name, path)
    dev.ensure_environment()
    assert installation.steps == ["environment", "project"] * 2


def test_an_environment_whose_python_is_gone_is_made_anew(installation: Installation, checkout: Path) -> None:
    dev.ensure_environment()
    (checkout / ".venv" / "bin" / "python").unlink()
    dev.ensure_environment()
    assert installation.steps == ["environment", "project"] * 2


@pytest.mark.parametrize(
    ("interrupted", "steps"),
    [
        ("environment", ["environment", "environment", "project"]),
        ("project", ["environment", "project", "project"]),
    ],
)
def test_an_interrupted_step_is_done_again_and_none_before_it(
    interrupted: str, steps: list[str], installation: Installation
) -> None:
    installation.interrupt_during = interrupted
    with pytest.raises(KeyboardInterrupt):
        dev.ensure_environment()
    installation.interrupt_during = ""
    dev.ensure_environment()
    assert installation.steps == steps


@pytest.mark.parametrize("stamp", [b"", b"\n", b"\xff\xfe", b"nonsense\nmore\nand more\n"])
def test_a_damaged_stamp_is_no_stamp(installation: Installation, checkout: Path, stamp: bytes) -> None:
    dev.ensure_environment()
    (checkout / ".venv" / "made-by-dev.txt").write_bytes(stamp)
    dev.ensure_environment()
    assert installation.steps == ["environment", "project"] * 2


def test_what_an_interrupted_run_left_is_removed_before_anything_is_installed(
    checkout: Path, programs: Programs
) -> None:
    leftover = checkout / ".venv" / "lib" / "half-installed"
    leftover.mkdir(parents=True)
    programs.failing = {"venv"}
    with pytest.raises(dev.StopError):
        dev.make_environment(SMALL_LOCK)
    assert not leftover.exists()


def test_pip_brings_uv_by_its_hash_and_uv_brings_the_rest(checkout: Path, programs: Programs) -> None:
    (checkout / ".venv").mkdir()
    dev.install_requirements(SMALL_LOCK)
    by_pip, by_uv = programs.commands
    assert "pip" in by_pip
    assert "--require-hashes" in by_pip
    assert Path(by_pip[-1]).read_text() == SMALL_LOCK[SMALL_LOCK.index("uv==") :]
    assert Path(by_uv[0]).name == "uv"
    assert "--require-hashes" in by_uv
    assert Path(by_uv[-1]).read_text() == SMALL_LOCK


def test_where_uv_cannot_pip_brings_everything(checkout: Path, programs: Programs) -> None:
    (checkout / ".venv").mkdir()
    programs.failing = {"--system-certs"}
    dev.install_requirements(SMALL_LOCK)
    last = programs.commands[-1]
    assert last[1:3] == ["-m", "pip"]
    assert "--require-hashes" in last
    assert Path(last[-1]).read_text() == SMALL_LOCK


def test_two_runs_at_once_make_one_environment(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    make, lock = installation.make_environment, fcntl.flock
    both_ask = threading.Barrier(2, timeout=10)

    def ask(file: TextIO, operation: int) -> None:
        if asked.pop():
            both_ask.wait()
        lock(file, operation)

    def make_once_another_waits(requirements: str) -> None:
        both_ask.wait()
        make(requirements)

    asked = [True, False]
    monkeypatch.setattr(fcntl, "flock", ask)
    monkeypatch.setattr(dev, "make_environment", make_once_another_waits)
    runs = [threading.Thread(target=dev.ensure_environment) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert installation.steps == ["environment", "project"]


# ----------------------------------------------------------------------------------------------------- system packages


@pytest.mark.parametrize(
    ("has_apt", "is_root", "has_sudo", "on_terminal", "way"),
    [
        (True, True, False, False, AptWay.AT_ONCE),
        (True, True, True, True, AptWay.AT_ONCE),
        (True, False, True, True, AptWay.ASK),
        (True, False, True, False, AptWay.TELL),
        (True, False, False, True, AptWay.TELL),
        (False, True, True, True, AptWay.NO_APT),
        (False, False, False, False, AptWay.NO_APT),
    ],
)
def test_how_packages_can_be_had(has_apt: bool, is_root: bool, has_sudo: bool, on_terminal: bool, way: AptWay) -> None:
    chosen = dev.choose_apt_way(has_apt=has_apt, is_root=is_root, has_sudo=has_sudo, on_terminal=on_terminal)
    assert chosen is way


def test_nothing_missing_asks_nothing(choose_way: Callable[[AptWay], None], programs: Programs) -> None:
    choose_way(AptWay.AT_ONCE)
    assert dev.obtain([], "to do it") is None
    assert programs.commands == []


def test_root_installs_at_once(
    choose_way: Callable[[AptWay], None], programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_way(AptWay.AT_ONCE)
    monkeypatch.setattr(dev, "has_package_lists", lambda: True)
    assert dev.obtain(["radosgw", "ceph-mon"], "to do it") is None
    (command,) = programs.commands
    assert command[:3] == ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    assert command[-5:] == ["install", "-y", "--no-install-recommends", "radosgw", "ceph-mon"]


def test_what_apt_said_when_it_failed_is_shown(
    choose_way: Callable[[AptWay], None], programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    choose_way(AptWay.AT_ONCE)
    programs.failing = {"install", "update"}
    assert dev.obtain(["git"], "to test") is not None
    assert "  | its last line\n" in capsys.readouterr().err


def test_a_system_without_package_lists_fetches_them_first(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "has_package_lists", lambda: False)
    dev.apt_install(["radosgw"], [])
    assert [("update" in command, "install" in command) for command in programs.commands] == [
        (True, False),
        (False, True),
    ]


def test_lists_that_are_too_old_are_fetched_anew(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "has_package_lists", lambda: True)
    programs.failing = {"install"}
    with pytest.raises(dev.StopError):
        dev.apt_install(["radosgw"], [])
    assert ["update" in command for command in programs.commands] == [False, True, False]


@pytest.mark.parametrize(("answer", "is_installed"), [(True, True), (False, False)])
def test_sudo_is_used_after_a_yes_only(
    answer: bool,
    is_installed: bool,
    choose_way: Callable[[AptWay], None],
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose_way(AptWay.ASK)
    monkeypatch.setattr(dev, "agrees", lambda question: answer)
    obstacle = dev.obtain(["python3.11-venv"], "to do it")
    assert (obstacle is None) == is_installed
    assert all(command[0] == "sudo" for command in programs.commands)
    assert bool(programs.commands) == is_installed


@pytest.mark.parametrize(("typed", "is_yes"), [("\n", True), ("Y\n", True), ("no\n", False), ("", False)])
def test_an_empty_line_is_a_yes_and_an_end_of_input_is_not(
    typed: str, is_yes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert dev.agrees("Really?") is is_yes


@pytest.mark.parametrize(
    ("has_lists", "has_sudo", "line"),
    [
        (True, True, "with:  "),
        (False, True, "with:  sudo apt-get update && "),
        (False, False, "as root with:  apt-get update && "),
    ],
)
def test_somebody_who_may_not_install_gets_the_line_to_run(
    has_lists: bool,
    has_sudo: bool,
    line: str,
    choose_way: Callable[[AptWay], None],
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose_way(AptWay.TELL)
    monkeypatch.setattr(dev, "has_package_lists", lambda: has_lists)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/sudo" if has_sudo else None)
    obstacle = dev.obtain(["python3.11-venv"], "to make a virtual environment")
    assert obstacle is not None
    sudo = "sudo " if has_sudo else ""
    assert obstacle.endswith(f"{line}{sudo}apt-get install --no-install-recommends python3.11-venv")
    assert "\n" not in obstacle
    assert programs.commands == []


def test_another_system_is_told_the_names(choose_way: Callable[[AptWay], None], programs: Programs) -> None:
    choose_way(AptWay.NO_APT)
    obstacle = dev.obtain(["restic"], "to compare with")
    assert obstacle is not None
    assert "restic" in obstacle
    assert programs.commands == []


def test_without_pip_for_environments_the_run_stops_before_it_touches_anything(
    checkout: Path, choose_way: Callable[[AptWay], None], programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_way(AptWay.TELL)
    monkeypatch.setattr(dev, "missing_for_venv", lambda: ["python3.11-venv"])
    with pytest.raises(dev.StopError, match=r"python3\.11-venv"):
        dev.ensure_environment()
    assert not (checkout / ".venv").exists()
    assert programs.commands == []


@pytest.mark.parametrize(("options", "packages"), [([], "python3.11-venv libegl1"), (["--no-gui"], "python3.11-venv")])
def test_all_that_a_run_misses_is_told_at_once(
    options: list[str],
    packages: str,
    checkout: Path,
    choose_way: Callable[[AptWay], None],
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose_way(AptWay.TELL)
    monkeypatch.setattr(dev, "missing_for_venv", lambda: ["python3.11-venv"])
    monkeypatch.setattr(dev, "missing_for_desktop", lambda: ["libegl1"])
    with pytest.raises(dev.StopError, match=f"--no-install-recommends {packages}$"):
        dev.run(options)
    assert programs.commands == []


def test_pip_for_environments_is_missed_only_until_one_is_made(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert dev.missing_for_venv()
    dev.ensure_environment()
    assert dev.missing_for_venv() == []


def test_a_command_that_is_not_on_the_path_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "present").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert dev.missing_packages({"present": "its-package", "absent": "the-package"}) == ["the-package"]


def test_a_library_that_cannot_be_loaded_is_missing() -> None:
    assert dev.missing_packages({"libno-such-thing.so.0": "libno-such-thing0"}) == ["libno-such-thing0"]


def test_a_path_is_there_if_something_fits_it(tmp_path: Path) -> None:
    (tmp_path / "x86_64").mkdir()
    (tmp_path / "x86_64/libthere.so").touch()
    wanted = {f"{tmp_path}/*/libthere.so": "there", f"{tmp_path}/*/libabsent.so": "absent"}
    assert dev.missing_packages(wanted) == ["absent"]


def test_qt_is_looked_for_only_where_a_window_could_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: ["libegl1"])
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    assert dev.missing_for_desktop() == ["libegl1"]
    monkeypatch.delenv("DISPLAY")
    assert dev.missing_for_desktop() == []
