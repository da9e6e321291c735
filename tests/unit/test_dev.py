import ast
import fcntl
import importlib.util
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TextIO

import pytest

import dev
from dev import AptWay

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = (REPOSITORY / "dev.py").read_text("utf-8")
LOCK = (REPOSITORY / "requirements.lock").read_text("utf-8")

SMALL_LOCK = """\
# A comment
blake3==1.0 \\
    --hash=sha256:aa
    # via lockstep-sync
pyside6-essentials==6.11.3 \\
    --hash=sha256:bb
shiboken6==6.11.3 \\
    --hash=sha256:cc
    # via pyside6-essentials
uv==0.13 ; sys_platform != 'none' \\
    --hash=sha256:dd
"""


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


class Installation:
    """Stands in for the two slow steps, and makes what they would leave behind."""

    def __init__(self, venv: Path) -> None:
        self.venv = venv
        self.steps: list[str] = []
        self.interrupt_during = ""

    def make_environment(self, requirements: str) -> None:
        self._step("environment")
        (self.venv / "bin").mkdir(parents=True, exist_ok=True)
        (self.venv / "bin" / "python").touch()

    def install_project(self) -> None:
        self._step("project")

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if self.interrupt_during == name:
            raise KeyboardInterrupt


@pytest.fixture
def installation(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    fake = Installation(checkout / ".venv")
    monkeypatch.setattr(dev, "make_environment", fake.make_environment)
    monkeypatch.setattr(dev, "install_project", fake.install_project)
    return fake


class Programs:
    """Records the programs that would run; those whose command line holds a word of `failing` fail."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.environments: list[dict[str, str]] = []
        self.failing: set[str] = set()

    def run_quietly(self, command: Sequence[str], advice: str, *, progress: str = "") -> None:
        if self._fails(command):
            raise dev.StopError(advice, ["its last line"])

    def run_in_foreground(self, command: Sequence[str | Path], **environment: str) -> int:
        self.environments.append(environment)
        return 1 if self._fails([Path(command[0]).name, *map(str, command[1:])]) else 0

    def _fails(self, command: Sequence[str]) -> bool:
        self.commands.append(list(command))
        return bool(self.failing & set(command))


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


def test_an_interrupted_environment_is_made_anew(installation: Installation) -> None:
    installation.interrupt_during = "environment"
    with pytest.raises(KeyboardInterrupt):
        dev.ensure_environment()
    installation.interrupt_during = ""
    dev.ensure_environment()
    assert installation.steps == ["environment", "environment", "project"]


def test_after_an_interrupted_installation_of_the_project_only_that_is_repeated(installation: Installation) -> None:
    installation.interrupt_during = "project"
    with pytest.raises(KeyboardInterrupt):
        dev.ensure_environment()
    installation.interrupt_during = ""
    dev.ensure_environment()
    assert installation.steps == ["environment", "project", "project"]


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


# ------------------------------------------------------------------------------------------------------------ commands


def test_an_unknown_command_is_a_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["launch"]) == 2
    assert "run, test, check" in capsys.readouterr().err


def test_no_command_shows_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main([]) == 2
    assert "python3 dev.py run" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["run", "--no-gui"], ["run", "--", "--no-gui"]])
def test_options_may_follow_two_dashes(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    received: list[list[str]] = []

    def record(options: list[str]) -> int:
        received.append(options)
        return 0

    monkeypatch.setitem(dev.COMMANDS, "run", record)
    assert dev.main(arguments) == 0
    assert received == [["--no-gui"]]


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (dev.StopError("It broke. Mend it."), 1, "dev.py: It broke. Mend it.\n"),
        (dev.StopError("It broke.", ["last words"]), 1, "  | last words\ndev.py: It broke.\n"),
        (PermissionError(13, "Permission denied", ".venv"), 1, "dev.py: [Errno 13] Permission denied: '.venv'. Mend"),
        (KeyboardInterrupt(), 130, "dev.py: interrupted\n"),
    ],
)
def test_an_error_is_a_line_and_a_status(
    error: BaseException,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(options: list[str]) -> int:
        raise error

    monkeypatch.setitem(dev.COMMANDS, "run", fail)
    assert dev.main(["run"]) == status
    assert capsys.readouterr().err.startswith(said)


def test_a_failed_program_shows_its_last_lines() -> None:
    with pytest.raises(dev.StopError, match="Do this") as caught:
        dev.run_quietly([sys.executable, "-c", "print(*range(40), sep='\\n'); raise SystemExit(3)"], "Do this.")
    assert caught.value.output == [str(number) for number in range(25, 40)]


def test_an_index_that_does_not_answer_is_named_as_the_cause() -> None:
    noise = "WARNING: Retrying (Retry(total=4)) after connection broken"
    with pytest.raises(dev.StopError, match="index could not be reached"):
        dev.run_quietly([sys.executable, "-c", f"print({noise!r}); raise SystemExit(1)"], "Do this.")


def test_a_program_that_succeeds_is_not_heard(capfd: pytest.CaptureFixture[str]) -> None:
    dev.run_quietly([sys.executable, "-c", "print('Collecting noise')"], "Do this.", progress="Collecting ")
    assert capfd.readouterr() == ("", "")


def test_the_status_of_a_program_in_the_foreground_is_ours() -> None:
    assert dev.run_in_foreground([sys.executable, "-c", "raise SystemExit(5)"]) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is not a signal there")
def test_a_program_in_the_foreground_may_clean_up_after_ctrl_c() -> None:
    # Who runs the tests in the background of a shell has Ctrl-C switched off, and hands that on.
    on = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    child = (
        f"{on}import time\n"
        "try:\n    print('up', flush=True); time.sleep(60)\nexcept KeyboardInterrupt:\n    print('clean')"
    )
    parent = f"{on}import sys, dev; sys.exit(dev.run_in_foreground([sys.executable, '-c', {child!r}]))"
    with subprocess.Popen(
        [sys.executable, "-c", parent], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read() == "clean\n"
    assert process.returncode == 130


def test_every_check_runs_and_those_that_failed_are_named(
    installation: Installation, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    programs.failing = {"--check", "mypy"}
    assert dev.check([]) == 1
    assert [command[0] for command in programs.commands] == ["ruff", "ruff", "mypy", "lint-imports"]
    assert capsys.readouterr().err.endswith("dev.py: failed: ruff format --check, mypy\n")


def test_checks_that_pass_say_so(
    installation: Installation, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.check([]) == 0
    assert capsys.readouterr().err.endswith("dev.py: all checks passed\n")


def test_where_no_s3_server_can_be_had_its_tests_are_left_out_and_the_last_line_says_so(
    installation: Installation,
    programs: Programs,
    choose_way: Callable[[AptWay], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    choose_way(AptWay.TELL)
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: ["radosgw"] if "radosgw" in wanted else [])
    assert dev.test([]) == 0
    assert programs.commands[-1][-2:] == ["-m", "not s3"]
    last_line = capsys.readouterr().err.splitlines()[-1]
    assert "NOT RUN" in last_line
    assert "apt-get install --no-install-recommends radosgw" in last_line


def test_what_needs_programs_that_cannot_be_had_is_left_out(
    installation: Installation,
    programs: Programs,
    choose_way: Callable[[AptWay], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    choose_way(AptWay.TELL)
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: sorted(wanted.values()))
    assert dev.test(["tests/end_to_end"]) == 0
    left_out = "not s3 and not databases and not deployment and not git and not browser and not screen"
    assert programs.commands[-1][-3:] == ["-m", left_out, "tests/end_to_end"]
    told = capsys.readouterr().err
    assert "NOT RUN: the tests marked git. Missing: git." in told
    assert "NOT RUN: the tests marked browser. Missing: chromium libatomic1." in told
    assert "NOT RUN: the tests marked databases. Missing: mariadb-client-core mariadb-server-core postgresql." in told


@pytest.mark.parametrize("is_root", [True, False])
def test_where_foreign_file_systems_could_be_mounted_but_cannot_be_had_that_is_said(
    is_root: bool,
    installation: Installation,
    programs: Programs,
    choose_way: Callable[[AptWay], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    choose_way(AptWay.TELL)
    monkeypatch.setattr(os, "geteuid", lambda: 0 if is_root else 1000)
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: ["exfatprogs"] if "mkfs.exfat" in wanted else [])
    assert dev.test([]) == 0
    assert ("NOT RUN: the tests on exFAT" in capsys.readouterr().err) is is_root


def test_with_an_s3_server_all_tests_run(
    installation: Installation, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: [])
    programs.failing = {"pytest"}
    assert dev.test([]) == 1
    assert "not s3" not in programs.commands[-1]


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [([], 3), (["-k", "planner"], 3), (["tests/unit"], 1), (["--server-backend=sqlite+s3"], 1)],
)
def test_tests_with_a_server_run_once_more_on_other_databases_and_on_s3(
    arguments: list[str], runs: int, installation: Installation, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: [])
    assert dev.test(arguments) == 0
    assert ["postgresql+s3" in command for command in programs.commands] == [False, True, False][:runs]
    assert ["mariadb+directory" in command for command in programs.commands] == [False, False, True][:runs]
    assert all(command[len(command) - len(arguments) :] == arguments for command in programs.commands)
    leaves_out = ["not has_own_run" in command for command in programs.commands]
    assert leaves_out == [runs == 3, False, False][:runs], (
        "what comes again is left out of the run before, or comes never"
    )


def test_of_a_run_of_everything_the_one_on_s3_goes_through_nginx(
    installation: Installation,
    programs: Programs,
    choose_way: Callable[[AptWay], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose_way(AptWay.TELL)
    without: set[str] = set()
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: sorted(without & set(wanted)))
    assert dev.test([]) == 0
    assert ["--stack=here" in command for command in programs.commands[:2]] == [False, True]
    programs.commands.clear()
    without.add("nginx")
    assert dev.test([]) == 0
    assert not any("--stack=here" in command for command in programs.commands)


@pytest.mark.parametrize(
    ("arguments", "added"),
    [
        (["--stack"], ["--server-backend", "postgresql+s3", "tests/end_to_end"]),
        (["--stack=https://files.example.org", "--stack-authority=/a.pem"], ["tests/end_to_end"]),
        (["-x", "--stack", "tests/unit"], ["--server-backend", "postgresql+s3"]),
        (["--stack", "--server-backend=mariadb+s3"], ["tests/end_to_end"]),
    ],
)
def test_the_stack_is_what_end_to_end_tests_without_a_server_of_their_own_run_against(
    arguments: list[str],
    added: list[str],
    installation: Installation,
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: [])
    assert dev.test(arguments) == 0
    (command,) = programs.commands
    given = ["--stack=here" if argument == "--stack" else argument for argument in arguments]
    assert command[command.index("-m", 3) :] == ["-m", "end_to_end and not own_server", *added, *given]


def test_without_its_programs_nothing_runs_against_the_stack(
    installation: Installation,
    programs: Programs,
    choose_way: Callable[[AptWay], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose_way(AptWay.TELL)
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: sorted({"nginx", "radosgw"} & set(wanted)))
    with pytest.raises(dev.StopError, match="radosgw"):
        dev.test(["--stack"])
    assert dev.test(["--stack=https://files.example.org"]) == 0
    assert len(programs.commands) == 1


@pytest.mark.parametrize(
    ("free_bytes", "set_already", "arguments", "runs"),
    [
        (2**33, {}, [], 3),
        (2**30, {}, [], 0),
        (2**33, {"TMPDIR": "/elsewhere"}, [], 0),
        (2**33, {}, ["tests/unit"], 0),
    ],
)
def test_all_tests_keep_their_files_in_memory_where_that_has_room_and_nobody_says_where(
    free_bytes: int,
    set_already: dict[str, str],
    arguments: list[str],
    runs: int,
    programs: Programs,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request.getfixturevalue("installation")
    memory: Path = request.getfixturevalue("tmp_path") / "memory"
    memory.mkdir()
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: [])
    monkeypatch.setattr(dev, "MEMORY", memory)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free_bytes))
    monkeypatch.delenv("TMPDIR", raising=False)
    for name, value in set_already.items():
        monkeypatch.setenv(name, value)
    assert dev.test(arguments) == 0
    assert [Path(each["TMPDIR"]).parent for each in programs.environments if "TMPDIR" in each] == [memory] * runs
    assert {each["PYTHONDONTWRITEBYTECODE"] for each in programs.environments} == {""}
    assert list(memory.iterdir()) == [], "nothing is left there"


def test_the_places_of_the_tests_that_run_on_mariadb_exist() -> None:
    assert all((REPOSITORY / place).is_dir() for place in dev.DATABASE_LEVEL)


@pytest.mark.parametrize("backend", dev.OTHER_BACKENDS)
def test_a_later_run_s_failure_counts(
    backend: str, installation: Installation, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: [])
    programs.failing = {backend}
    assert dev.test([]) == 1
    assert len(programs.commands) == 4


def test_what_failed_beside_others_and_passes_by_itself_is_said_to_be_unsteady(
    installation: Installation,
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: [])
    programs.failing = {"--dist"}
    assert dev.test([]) == 1
    assert ["--last-failed" in command for command in programs.commands] == [False, True] * 3
    assert "UNSTEADY" in capsys.readouterr().err


def test_what_fails_by_itself_too_is_not_called_unsteady(
    installation: Installation,
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: ["radosgw"] if "radosgw" in wanted else [])
    monkeypatch.setattr(dev, "obtain", lambda packages, purpose: "Missing." if packages else None)
    programs.failing = {"pytest"}
    assert dev.test([]) == 1
    assert "UNSTEADY" not in capsys.readouterr().err


def test_with_options_nothing_is_tried_twice(installation: Installation, programs: Programs) -> None:
    programs.failing = {"pytest"}
    assert dev.test(["tests/unit", "-x"]) == 1
    assert len(programs.commands) == 1


def test_without_the_servers_there_is_no_second_run(
    installation: Installation,
    programs: Programs,
    choose_way: Callable[[AptWay], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose_way(AptWay.TELL)
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: ["radosgw"] if "radosgw" in wanted else [])
    assert dev.test([]) == 0
    assert len(programs.commands) == 1


def test_a_few_tests_are_no_reason_to_install_an_s3_server(
    installation: Installation,
    programs: Programs,
    choose_way: Callable[[AptWay], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose_way(AptWay.AT_ONCE)
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: ["radosgw"])
    assert dev.test(["tests/unit"]) == 0
    assert len(programs.commands) == 1
    assert programs.commands[0][-1] == "tests/unit"


@pytest.mark.parametrize("arguments", [[], ["-k", "planner"], ["-x", "--lf"], ["--server-backend=sqlite+s3"]])
def test_options_choose_among_all_tests_so_what_these_need_is_installed(
    arguments: list[str],
    installation: Installation,
    programs: Programs,
    choose_way: Callable[[AptWay], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose_way(AptWay.AT_ONCE)
    monkeypatch.setattr(dev, "has_package_lists", lambda: True)
    monkeypatch.setattr(dev, "missing_packages", lambda wanted: sorted(wanted.values())[:1])
    assert dev.test(arguments) == 0
    installed = {command[-1] for command in programs.commands if "install" in command}
    assert {"ceph-common", "mariadb-client-core", "git", "chromium"} <= installed


@pytest.mark.parametrize("wrong", ["tests/unti", "tests/unti/test_dev.py::test_it", "no_such.py", "testing"])
def test_tests_that_are_not_there_are_named(
    wrong: str, installation: Installation, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.test(["tests/unit", wrong]) == 2
    assert capsys.readouterr().err == f"dev.py: There is no {wrong.partition('::')[0]}.\n"
    assert programs.commands == []


@pytest.mark.parametrize("option", [["-k", "up/down"], ["--junitxml", "out/tests.xml"], ["-m", "a.py"]])
def test_what_an_option_is_given_need_not_be_there(
    option: list[str], installation: Installation, programs: Programs
) -> None:
    assert dev.test([*option, "tests/unit"]) == 0


def test_a_failed_test_run_fails(installation: Installation, programs: Programs) -> None:
    programs.failing = {"pytest"}
    assert dev.test(["tests/unit"]) == 1


@pytest.mark.parametrize(("command", "module"), [("bench", "benchmarks"), ("soak", "tests.soak")])
def test_a_program_that_does_not_exist_yet_is_said_to_be_missing(
    command: str, module: str, checkout: Path, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main([command]) == 1
    assert f"There is no {module} in this checkout yet" in capsys.readouterr().err
    assert programs.commands == []
