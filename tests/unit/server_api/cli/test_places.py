"""Where the operator's commands find a server, what they say where there is none, and how they end."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from server_api.services.server import Server
from server_api.storage import turns
from tests.unit.server_api.cli.calling import EMAIL, run

pytestmark = pytest.mark.embedded  # what the commands do where they are told a directory only


@pytest.mark.parametrize("words", [[], ["user", "list"]], ids=["serve", "user list"])
def test_where_the_server_s_part_is_not_installed_one_line_says_so(words: list[str], tmp_path: Path) -> None:
    without = "import sys; sys.modules.update(gevent=None, sqlalchemy=None)\n"
    without += "from sync_engine.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", without, "server", "--data", str(tmp_path), "--port", "0", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    told = "lockstep server: The server's part is not installed: in the checkout, `pip install '.[server]'`.\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_the_place_may_stand_before_or_after_the_command(data: Path) -> None:
    run(data, "user", "add", EMAIL)
    for arguments in (
        ["--data", "DATA", "user", "list", "--json"],
        ["user", "--data", "DATA", "list", "--json"],
        ["user", "list", "--json", "--data", "DATA"],
        ["--data", "/nonexistent/elsewhere", "user", "list", "--json", "--data", "DATA"],
    ):
        result = run(Path("/nonexistent/from-environment"), *[str(data) if a == "DATA" else a for a in arguments])
        assert [listed["email"] for listed in json.loads(result.stdout)] == [EMAIL], result.output


def everything_below(directory: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in directory.rglob("*")}


@pytest.mark.parametrize(
    "arguments",
    [
        ["scrub"],
        ["scrub", "--repair"],
        ["gc"],
        ["audit"],
        ["confirm-links"],
        ["backup", "DIRECTORY/file.backup"],
        ["user", "list"],
        ["user", "disable", EMAIL],
        ["user", "quota", EMAIL, "1G"],
        ["user", "password", EMAIL],
        ["user", "link", EMAIL],
        ["user", "invite"],
        ["user", "invitations"],
        ["user", "uninvite", EMAIL],
        ["user", "delete", EMAIL],
        ["user", "purge", EMAIL, "old"],
        ["user", "export", EMAIL, "DIRECTORY/export"],
    ],
)
@pytest.mark.parametrize("what_is_there", ["nothing", "a directory", "an empty file", "another program's database"])
def test_a_command_on_a_place_without_a_server_says_so_and_makes_nothing(
    tmp_path: Path, arguments: list[str], what_is_there: str
) -> None:
    place = tmp_path / "srv"
    if what_is_there != "nothing":
        place.mkdir()
    if what_is_there == "an empty file":
        (place / "lockstep.sqlite").touch()
    if what_is_there == "another program's database":
        with closing(sqlite3.connect(place / "lockstep.sqlite")) as other:
            other.execute("CREATE TABLE recipe (name)")
    before = everything_below(tmp_path)
    result = run(place, *[each.replace("DIRECTORY", str(tmp_path)) for each in arguments])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"lockstep server: There is no server at {place}: ")
    assert "--data" in result.stderr
    assert result.stderr.count("\n") == 1
    assert everything_below(tmp_path) == before


def test_a_file_that_is_no_database_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "lockstep.sqlite").write_text("dear diary " * 100)
    result = run(tmp_path, "user", "list")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "not a database" in result.stderr


@pytest.mark.parametrize("arguments", [["user", "add", EMAIL], ["migrate"]])
def test_a_command_that_may_make_a_server_tells_that_it_did(tmp_path: Path, arguments: list[str]) -> None:
    made = run(tmp_path / "srv", *arguments)
    assert made.exit_code == 0
    assert made.stderr == f"lockstep server: there was none in {tmp_path / 'srv'}, so a new one was made\n"
    assert run(tmp_path / "srv", "migrate").stderr == ""


def test_a_restore_of_no_file_makes_nothing(tmp_path: Path) -> None:
    assert run(tmp_path / "srv", "restore", str(tmp_path / "none.backup")).exit_code == 2
    assert everything_below(tmp_path) == {}


def test_a_rebuild_from_an_empty_store_makes_nothing(tmp_path: Path) -> None:
    refused = run(tmp_path / "srv", "rebuild")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("lockstep server: the store holds no snapshot")
    assert refused.stderr.count("\n") == 1
    assert everything_below(tmp_path) == {}


def test_a_place_is_checked_before_there_is_a_server_and_stays_as_it_is(tmp_path: Path) -> None:
    result = run(tmp_path / "srv", "check")
    assert result.exit_code == 0
    can_be_used, note = result.stdout.splitlines()
    assert can_be_used == "the database and the store can be used"
    assert note.startswith(f"note: There is no server at {tmp_path / 'srv'}")
    assert json.loads(run(tmp_path / "srv", "check", "--json").stdout)["is_new"] is True
    assert everything_below(tmp_path) == {}
    (tmp_path / "file").touch()
    assert run(tmp_path / "file" / "srv", "check").exit_code == 1


def test_database_and_store_have_their_environment_too(tmp_path: Path) -> None:
    database = tmp_path / "elsewhere" / "my db #1?.sqlite"
    database.parent.mkdir()
    result = run(
        tmp_path / "data",
        "migrate",
        LOCKSTEP_SERVER_DATABASE=f"sqlite:///{tmp_path}/elsewhere/plain.sqlite",
        LOCKSTEP_SERVER_STORE=f"dir:{tmp_path}/contents",
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / "elsewhere" / "plain.sqlite").exists()


def test_a_data_directory_with_hostile_characters_works(tmp_path: Path) -> None:
    data = tmp_path / "my data #1 ?x=%41 ü"
    result = run(data, "migrate")
    assert result.exit_code == 0, result.output
    assert (data / "lockstep.sqlite").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--database", "oracle://x", "migrate"],
        ["migrate", "--store", "ftp://x"],
        ["--port", "99999", "migrate"],
        ["--registration", "maybe", "migrate"],
        ["--trusted-proxies", "10.0.0.0/99", "migrate"],
        ["--public-url", "files.example", "migrate"],
        ["--public-url", "https://", "migrate"],
        ["--public-url", "https://[files.example", "migrate"],
        ["--workers", "2"],
        ["--workers", "2", "--database", "sqlite:////tmp/lockstep.sqlite"],
        ["user", "add", EMAIL, "--quota", "much"],
        ["user", "add"],
        ["nonsense"],
        ["check", "--store", "s3://"],
        ["check", "--store", "s3://UPPER"],
        ["check", "--store", "s3://KEY:SECRET@bucket"],
        ["check", "--store", "s3://bucket?endpoint=http://127.0.0.1"],
        ["check", "--store", "s3://bucket?endpoint_url=127.0.0.1:9000"],
        ["check", "--store", "s3://bucket?endpoint_url=http://key:secret@127.0.0.1"],
        ["check", "--store", "s3://bucket?region=a&region=b"],
        ["check", "--store", "s3://bucket?addressing_style=both"],
        ["check", "--store", "s3://bucket/../x"],
        ["check", "--store", "dir:"],
    ],
)
def test_wrong_usage_is_code_2(data: Path, arguments: list[str]) -> None:
    result = run(data, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    "arguments", [["--data", "FILE/data", "migrate"], ["--database", "sqlite:////proc/none/x.sqlite", "migrate"]]
)
def test_a_place_that_cannot_be_used_is_one_line_and_code_1(data: Path, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "file").write_text("a file")
    result = run(data, *[a.replace("FILE", str(tmp_path / "file")) for a in arguments])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("lockstep server: ")
    assert result.stderr.count("\n") == 1


def test_a_place_that_can_be_used_is_code_0(data: Path) -> None:
    result = run(data, "check")
    assert (result.exit_code, result.stdout) == (0, "the database and the store can be used\n")
    result = run(data, "check", "--json")
    assert json.loads(result.stdout) == {"store": "directory", "uploads": "direct", "remarks": [], "is_new": False}


def test_a_store_that_does_not_answer_is_one_line_and_code_3(data: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        store = f"s3://bucket?endpoint_url={address}&region=us-east-1"
        keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
        result = run(data, "check", LOCKSTEP_SERVER_STORE=store, **keys)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("lockstep server: ")
    assert address in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [[], ["migrate"], ["check"], ["rebuild"], ["user"]]
    + [
        ["user", n]
        for n in (
            "add",
            "list",
            "disable",
            "password",
            "link",
            "invite",
            "invitations",
            "uninvite",
            "delete",
            "purge",
            "export",
        )
    ],
)
def test_every_command_has_help_with_an_example(data: Path, arguments: list[str]) -> None:
    result = run(data, *arguments, "--help")
    assert result.exit_code == 0
    assert arguments == ["user"] or "Example: lockstep server" in " ".join(result.stdout.split())


def test_no_command_shows_a_traceback(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Server:
        raise RuntimeError("a mistake\nwith more lines")

    monkeypatch.setattr("server_api.building.build_server", fail)
    result = run(data, "user", "list")
    assert result.exit_code == 1
    assert result.stderr == "lockstep server: RuntimeError: a mistake\n"


def test_who_meets_a_process_that_upgrades_the_database_is_told_so(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAIT_S", 0)
    with turns.Turns(data / "lockstep.sqlite").take():
        result = run(data, "user", "list")
    assert result.exit_code == 1
    assert result.stderr.startswith("lockstep server: another process is at work on the database")


def test_a_collection_tells_people_and_scripts_what_it_did(data: Path) -> None:
    run(data, "user", "add", EMAIL)
    assert "expired 0 old versions" in run(data, "gc").stdout
    told = json.loads(run(data, "gc", "--json", "--dry-run", "--grace", "90s").stdout)
    assert (told["dry_run"], told["chunks_freed"], told["failures"]) == (True, 0, [])
