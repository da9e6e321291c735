"""dev.py's commands, and how they tell what went wrong."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import dev
from dev import AptWay
from tests.unit.dev_py.stage import Installation, Programs

REPOSITORY = Path(dev.__file__).resolve().parent


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
    missing: set[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    missing.add("radosgw")
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
    assert programs.commands[-1][-len(dev.WITHOUT_QT) - 3 :] == ["-m", left_out, *dev.WITHOUT_QT, "tests/end_to_end"]
    told = capsys.readouterr().err
    assert "NOT RUN: the tests marked git. Missing: git." in told
    assert "NOT RUN: the tests marked browser. Missing: chromium libatomic1." in told
    assert "NOT RUN: the tests marked databases. Missing: mariadb-client-core mariadb-server-core postgresql." in told


@pytest.mark.parametrize("is_root", [True, False])
def test_where_foreign_file_systems_could_be_mounted_but_cannot_be_had_that_is_said(
    is_root: bool,
    installation: Installation,
    programs: Programs,
    missing: set[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    missing.add("mkfs.exfat")
    monkeypatch.setattr(os, "geteuid", lambda: 0 if is_root else 1000)
    assert dev.test([]) == 0
    assert ("NOT RUN: the tests on exFAT" in capsys.readouterr().err) is is_root


@pytest.mark.usefixtures("nothing_missing")
@pytest.mark.parametrize("arguments", [["tests/unit"], ["--stack"]])
def test_without_qt_s_libraries_nothing_that_loads_them_is_read(
    arguments: list[str],
    installation: Installation,
    programs: Programs,
    missing: set[str],
) -> None:
    assert dev.test(arguments) == 0
    missing.add("libglib-2.0.so.0")
    assert dev.test(arguments) == 0
    assert ["no:pytest-qt" in command for command in programs.commands] == [False, True]


def test_what_is_left_out_without_qt_is_there_and_is_all_that_names_it() -> None:
    left_out = tuple(option.partition("=")[2] for option in dev.WITHOUT_QT if option.startswith("--ignore="))
    assert all((REPOSITORY / place).exists() for place in left_out)
    tests = {path.relative_to(REPOSITORY).as_posix(): path for path in (REPOSITORY / "tests").rglob("test_*.py")}
    naming = {
        name
        for name, path in tests.items()
        if re.search(r"^(import|from) PySide6|\bqtbot\b[:,]", path.read_text(), re.MULTILINE)
    }
    assert {name for name in naming if not name.startswith(left_out)} == set()


def test_with_an_s3_server_all_tests_run(installation: Installation, programs: Programs) -> None:
    programs.failing = {"pytest"}
    assert dev.test([]) == 1
    assert "not s3" not in programs.commands[-1]


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [([], 3), (["-k", "planner"], 3), (["tests/unit"], 1), (["--server-backend=sqlite+s3"], 1)],
)
@pytest.mark.usefixtures("nothing_missing")
def test_tests_with_a_server_run_once_more_on_other_databases_and_on_s3(
    arguments: list[str], runs: int, installation: Installation, programs: Programs
) -> None:
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
    missing: set[str],
) -> None:
    assert dev.test([]) == 0
    assert ["--stack=here" in command for command in programs.commands[:2]] == [False, True]
    programs.commands.clear()
    missing.add("nginx")
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
@pytest.mark.usefixtures("nothing_missing")
def test_the_stack_is_what_end_to_end_tests_without_a_server_of_their_own_run_against(
    arguments: list[str],
    added: list[str],
    installation: Installation,
    programs: Programs,
) -> None:
    assert dev.test(arguments) == 0
    (command,) = programs.commands
    given = ["--stack=here" if argument == "--stack" else argument for argument in arguments]
    assert command[command.index("-m", 3) :] == ["-m", "end_to_end and not own_server", *added, *given]


def test_without_its_programs_nothing_runs_against_the_stack(
    installation: Installation,
    programs: Programs,
    missing: set[str],
) -> None:
    missing |= {"nginx", "radosgw"}
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
@pytest.mark.usefixtures("nothing_missing")
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
@pytest.mark.usefixtures("nothing_missing")
def test_a_later_run_s_failure_counts(backend: str, installation: Installation, programs: Programs) -> None:
    programs.failing = {backend}
    assert dev.test([]) == 1
    assert len(programs.commands) == 4


@pytest.mark.usefixtures("nothing_missing")
def test_what_failed_beside_others_and_passes_by_itself_is_said_to_be_unsteady(
    installation: Installation,
    programs: Programs,
    capsys: pytest.CaptureFixture[str],
) -> None:
    programs.failing = {"--dist"}
    assert dev.test([]) == 1
    assert ["--last-failed" in command for command in programs.commands] == [False, True] * 3
    assert "UNSTEADY" in capsys.readouterr().err


def test_what_fails_by_itself_too_is_not_called_unsteady(
    installation: Installation,
    programs: Programs,
    missing: set[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    missing.add("radosgw")
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
    missing: set[str],
) -> None:
    missing.add("radosgw")
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
