"""The operator's commands, in this process."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server_api.cli import server as command
from server_api.services.server import Server
from server_api.storage import turns
from server_api.workers.serving import last_address, open_listener, remember_address
from tests.fixtures.servers import PASSWORD, Api, make_server

pytestmark = pytest.mark.embedded  # what the commands do where they are told a directory only

EMAIL = "ada@example.org"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = make_server(tmp_path / "server")
    made.database.close()
    return tmp_path / "server"


def run(data: Path, *arguments: str, text_in: str | None = None, **environment: str) -> Result:
    """One command, its place told by the environment."""
    variables = {"LOCKSTEP_SERVER_DATA": str(data), **environment}
    return CliRunner().invoke(command, arguments, input=text_in, env=variables, prog_name="lockstep server")


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


def sign_in(data: Path, password: str, email: str = EMAIL) -> bool:
    opened = make_server(data)
    body = {"email": email, "password": password, "device_name": "Laptop"}
    response = Api(opened).client.post("/v1/sessions", json=body)
    opened.database.close()
    return response.status_code == 201


def test_an_added_account_can_sign_in_with_the_password_that_was_printed(data: Path) -> None:
    result = run(data, "user", "add", EMAIL)
    assert result.exit_code == 0, result.output
    first, second = result.stdout.splitlines()
    assert first == f"added {EMAIL}"
    assert sign_in(data, second.removeprefix("password: "))


def test_a_given_password_is_not_printed(data: Path) -> None:
    result = run(data, "user", "add", EMAIL, "--admin", "--quota", "10GiB", "--password-stdin", text_in=f"{PASSWORD}\n")
    assert result.stdout == f"added {EMAIL}\n"
    assert sign_in(data, PASSWORD)
    [listed] = json.loads(run(data, "user", "list", "--json").stdout)
    assert listed == {
        "email": EMAIL,
        "role": "admin",
        "disabled": False,
        "used": 0,
        "quota": 10 * 1024**3,
        "delete_at": None,
    }


def test_the_list_is_for_people_without_json(data: Path) -> None:
    run(data, "user", "add", EMAIL, "--quota", "5G")
    line = run(data, "user", "list").stdout
    assert EMAIL in line
    assert "of 5.0 GB" in line


def test_the_same_account_twice_is_refused_in_one_line(data: Path) -> None:
    run(data, "user", "add", EMAIL)
    result = run(data, "user", "add", EMAIL)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == "lockstep server: There is an account with this email address already.\n"


def test_a_weak_password_is_refused_in_one_line(data: Path) -> None:
    result = run(data, "user", "add", EMAIL, "--password-stdin", text_in="short\n")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1


def test_a_disabled_account_comes_back_with_another_password(data: Path) -> None:
    run(data, "user", "add", EMAIL, "--password-stdin", text_in=PASSWORD)
    assert run(data, "user", "disable", EMAIL).exit_code == 0
    assert not sign_in(data, PASSWORD)
    printed = run(data, "user", "password", EMAIL).stdout.splitlines()[-1]
    assert not sign_in(data, PASSWORD)
    assert sign_in(data, printed.removeprefix("password: "))


def test_a_link_is_an_address_that_can_be_opened(data: Path) -> None:
    run(data, "user", "add", EMAIL)
    never_ran = run(data, "user", "link", EMAIL)
    assert never_ran.stdout.startswith("/sign-in/")
    assert "--public-url" in never_ran.stderr
    with open_listener("127.0.0.1", 0) as listener:
        remember_address(data, listener)
        runs = run(data, "user", "link", EMAIL)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert runs.stdout.startswith(f"{address}/sign-in/")
    assert runs.stderr == ""
    stopped = run(data, "user", "link", EMAIL)
    assert stopped.stdout.startswith(f"{address}/sign-in/")
    assert "start it" in stopped.stderr
    public = run(data, "user", "link", EMAIL, "--public-url", "https://files.example/")
    assert public.stdout.startswith("https://files.example/sign-in/")
    assert public.stderr == ""


@pytest.mark.parametrize(("host", "said"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]")])  # noqa: S104
def test_the_address_of_all_interfaces_is_this_computer(tmp_path: Path, host: str, said: str) -> None:
    shown = f"[{host}]" if ":" in host else host
    (tmp_path / "address").write_text(f"http://{shown}:9\n")
    assert last_address(tmp_path) == (f"http://{said}:9", False)


@pytest.mark.parametrize("text", ["", "nonsense", "http://", "http://127.0.0.1:x", "\xff"])
def test_an_address_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "address").write_text(text, "latin-1")
    assert last_address(tmp_path) is None


def test_invitations_are_listed_withdrawn_and_sent(data: Path) -> None:
    code = run(data, "user", "invite", EMAIL).stdout.strip()
    assert run(data, "user", "invite", "--send").exit_code == 2
    assert run(data, "user", "invite", "eve@example.org", "--send").exit_code == 1, "it needs --public-url"
    sent = run(data, "user", "invite", "eve@example.org", "--send", "--public-url", "https://files.example.org")
    assert sent.exit_code == 0
    listed = json.loads(run(data, "user", "invitations", "--json").stdout)
    assert [(each["email"], each["id"] is None) for each in listed] == [(EMAIL, False), ("eve@example.org", True)]
    shown = run(data, "user", "invitations").stdout
    assert EMAIL in shown
    assert code not in shown
    assert run(data, "user", "uninvite", listed[0]["id"]).exit_code == 0
    assert run(data, "user", "uninvite", "eve@example.org").exit_code == 0
    assert run(data, "user", "uninvite", EMAIL).exit_code == 1
    assert "no invitations" in run(data, "user", "invitations").stdout


def test_an_account_is_exported(data: Path, tmp_path: Path) -> None:
    run(data, "user", "add", EMAIL)
    target = tmp_path / "export"
    assert run(data, "user", "export", EMAIL, str(target)).stdout == "0 files, 0 bytes\n"
    assert list(target.iterdir()) == []
    told = json.loads(run(data, "user", "export", EMAIL, str(target), "--all-versions", "--json").stdout)
    assert told == {"files": 0, "size": 0, "failed": []}
    (target / "mine").touch()
    refused = run(data, "user", "export", EMAIL, str(target))
    assert (refused.exit_code, "not empty" in refused.stderr) == (1, True)
    assert run(data, "user", "export", "nobody@example.org", str(target)).exit_code == 1


def test_what_goes_for_good_is_told_and_taken_back(data: Path) -> None:
    run(data, "user", "add", EMAIL)
    assert "goes for good at" in run(data, "user", "delete", EMAIL).stdout
    assert "deleting" in run(data, "user", "list").stdout
    assert run(data, "user", "delete", EMAIL, "--cancel").exit_code == 0
    assert run(data, "user", "delete", EMAIL, "--cancel").exit_code == 1
    assert run(data, "user", "purge", EMAIL, "nothing").exit_code == 1
    assert run(data, "user", "purge", EMAIL, "nothing", "--cancel").exit_code == 1


def test_an_invitation_is_one_code_on_one_line(data: Path) -> None:
    for arguments in (["user", "invite"], ["user", "invite", EMAIL]):
        assert len(run(data, *arguments).stdout.strip()) >= 20


def test_an_unknown_account_is_one_line_and_code_1(data: Path) -> None:
    for name in ("disable", "link", "password"):
        result = run(data, "user", name, "nobody@example.org")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "lockstep server: There is no account with this email address.\n"


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


def test_the_operator_reads_what_was_recorded(data: Path) -> None:
    run(data, "user", "add", EMAIL, "--password-stdin", text_in=PASSWORD)
    sign_in(data, "not this one")
    sign_in(data, PASSWORD)
    rows = json.loads(run(data, "audit", "--json").stdout)
    assert [row["action"] for row in rows] == ["account-added", "sign-in-refused", "signed-in"]
    assert (rows[-1]["account"], rows[-1]["device"]) == (EMAIL, "Laptop")
    assert len(json.loads(run(data, "audit", "--json", "--limit", "1").stdout)) == 1
    lines = run(data, "audit").stdout.splitlines()
    assert len(lines) == 3
    assert "sign-in-refused" in lines[1]
    assert PASSWORD not in "".join(lines)


def test_quota_role_and_whether_it_is_enabled_are_changed(data: Path) -> None:
    run(data, "user", "add", EMAIL, "--password-stdin", text_in=PASSWORD)
    assert run(data, "user", "quota", EMAIL, "10GiB").exit_code == 0
    assert run(data, "user", "role", EMAIL, "admin").exit_code == 0
    run(data, "user", "disable", EMAIL)
    assert not sign_in(data, PASSWORD)
    assert run(data, "user", "enable", EMAIL).exit_code == 0
    assert sign_in(data, PASSWORD)
    [listed] = json.loads(run(data, "user", "list", "--json").stdout)
    assert listed == {
        "email": EMAIL,
        "role": "admin",
        "disabled": False,
        "used": 0,
        "quota": 10 * 1024**3,
        "delete_at": None,
    }
    run(data, "user", "quota", EMAIL, "0")
    [listed] = json.loads(run(data, "user", "list", "--json").stdout)
    assert listed["quota"] is None
    recorded = [row["action"] for row in json.loads(run(data, "audit", "--json").stdout)]
    assert {"quota-set", "role-set", "account-enabled"} <= set(recorded)


@pytest.mark.parametrize("words", [("quota", EMAIL, "1"), ("role", EMAIL, "admin"), ("enable", EMAIL)])
def test_what_is_changed_of_nobody_is_refused_in_one_line(data: Path, words: tuple[str, ...]) -> None:
    result = run(data, "user", *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1


def test_a_collection_tells_people_and_scripts_what_it_did(data: Path) -> None:
    run(data, "user", "add", EMAIL)
    assert "expired 0 old versions" in run(data, "gc").stdout
    told = json.loads(run(data, "gc", "--json", "--dry-run", "--grace", "90s").stdout)
    assert (told["dry_run"], told["chunks_freed"], told["failures"]) == (True, 0, [])


def test_a_rule_for_old_versions_is_taken_or_refused_with_a_reason(data: Path) -> None:
    run(data, "user", "add", EMAIL)
    assert run(data, "user", "retention", EMAIL, "1d:all 30d:1d").stdout == f"{EMAIL}: 1d:all 30d:1d\n"
    assert run(data, "user", "retention", EMAIL).stdout == f"{EMAIL}: forever:all\n"
    for rule in ("1h:all", "30d:1d 7d:all", "nonsense", "7d:1d 30d:all", "", "forever:all 1d:all", "1d:0m"):
        refused = run(data, "user", "retention", EMAIL, rule)
        assert refused.exit_code == 2, rule
    assert run(data, "gc", "--retention", "1d").exit_code == 2
    assert run(data, "gc", "--grace", "soon").exit_code == 2
