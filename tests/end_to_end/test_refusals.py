"""What goes wrong ends with a clear line and the contract's exit code, and nothing is lost."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable

import pytest

from tests.end_to_end.devices import PASSWORD, PATIENCE_S, Device, await_that, environment
from tests.fixtures.servers import RunningServer

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
Make = Callable[[str], Device]


def _one_line(err: str) -> str:
    assert "Traceback" not in err
    lines = [line for line in err.splitlines() if line.strip()]
    assert len(lines) == 1, err
    return lines[0]


def test_a_wrong_password(device: Make) -> None:
    a = device("A")
    b = a.another("B")
    run = b.link(password="wrong password")
    assert run.code == 4
    assert "wrong" in _one_line(run.err)


@pytest.mark.own_server("it is killed")
@pytest.mark.scenario("S128")
def test_a_server_that_is_down(device: Make, server: RunningServer) -> None:
    a = device("A")
    a.write("a.txt", "a")
    server.kill()
    run = a.run("sync", "--json")
    assert run.code == 3
    assert run.json["state"] == "offline"
    assert (a.folder / "a.txt").read_text() == "a"
    run = a.run("ls")
    assert run.code == 3
    assert "cannot be reached" in _one_line(run.err)


@pytest.mark.scenario("S129")
def test_a_revoked_device_keeps_its_changes_and_says_that_it_is_signed_out(device: Make) -> None:
    a, b = device("A"), device("B")
    a.write("a.txt", "a")
    a.sync()
    b.sync()
    other = next(d["id"] for d in a.run("devices", "--json").json if d["name"] == "B")
    assert a.run("devices", "revoke", other, "--password-stdin", stdin=PASSWORD + "\n").code == 0
    b.write("a.txt", "changed on B")
    run = b.run("sync", "--json")
    assert run.code == 4
    assert run.json["state"] == "signed-out"
    assert b.run("status", "--json").json["state"] == "signed-out"
    assert b.run("status").out.startswith("Signed out")
    assert (b.folder / "a.txt").read_text() == "changed on B"
    assert b.link().code == 0
    assert b.run("status", "--json").json["state"] != "signed-out"
    assert b.sync()["uploaded"]["files"] == 1


@pytest.mark.scenario("S78")
def test_a_folder_that_is_gone_deletes_nothing(device: Make) -> None:
    a, b = device("A"), device("B")
    a.write("a.txt", "a")
    a.sync()
    b.sync()
    elsewhere = a.folder.with_name("elsewhere")
    a.folder.rename(elsewhere)
    run = a.run("sync")
    assert run.code == 1
    assert "is not there" in _one_line(run.err)
    assert b.sync()["operations"] == {}
    elsewhere.rename(a.folder)
    assert a.sync()["operations"] == {}


@pytest.mark.scenario("S79")
def test_an_empty_folder_in_its_place_deletes_nothing(device: Make) -> None:
    a, b = device("A"), device("B")
    a.write("a.txt", "a")
    a.sync()
    a.folder.rename(a.folder.with_name("elsewhere"))
    a.folder.mkdir()
    run = a.run("sync")
    assert run.code == 1
    assert "mark" in _one_line(run.err)
    b.sync()
    assert (b.folder / "a.txt").exists()


@pytest.mark.scenario("S138")
def test_a_journal_of_a_newer_lockstep_is_left_alone(device: Make) -> None:
    a = device("A")
    a.sync()
    with sqlite3.connect(a.home / "journal.db") as journal:
        journal.execute("PRAGMA user_version = 999")
    journal.close()
    run = a.run("sync")
    assert run.code == 1
    assert "newer" in _one_line(run.err)


@pytest.mark.scenario("S137")
def test_a_damaged_or_lost_journal_is_made_anew_by_a_merge(device: Make) -> None:
    a, b = device("A"), device("B")
    a.write("a.txt", "a")
    a.sync()
    b.sync()
    (a.home / "journal.db").write_bytes(b"no database" * 1_000)
    report = a.sync()
    assert (report["conflicts"], report["uploaded"]["bytes"], report["downloaded"]["bytes"]) == ([], 0, 0)
    (a.home / "journal.db").unlink()
    a.write("a.txt", "edited while the journal was lost")
    report = a.sync()
    assert len(report["conflicts"]) == 1
    b.sync()
    assert sorted((b.folder / name).read_text() for name in b.tree()) == ["a", "edited while the journal was lost"]


def test_another_folder_for_the_same_profile_is_merged_and_deletes_nothing(device: Make) -> None:
    a = device("A")
    a.write("folder/a.txt", "a")
    a.sync()
    before, a.folder = a.tree(), a.folder.with_name("A-new")
    assert a.link().code == 0
    assert a.sync()["operations"] == {"create": 2}
    assert a.tree() == before
    shutil.rmtree(a.folder)
    assert a.link().code == 0
    assert a.sync()["operations"] == {"create": 2}
    assert a.tree() == before


@pytest.mark.scenario("S139")
def test_a_second_process_on_one_folder_is_refused(device: Make) -> None:
    a = device("A")
    a.start_daemon()
    other = a.another("Other", a.folder)
    run = other.link()
    assert run.code == 1
    assert "another profile" in _one_line(run.err)


@pytest.mark.scenario("S82")
def test_mass_deletions_are_held_and_come_back_or_go_as_the_person_says(device: Make) -> None:
    a, b = device("A"), device("B")
    for number in range(250):
        a.write(f"photos/{number}.jpg", f"photo {number}")
    a.sync()
    b.sync()
    shutil.rmtree(a.folder / "photos")
    a.write("still.txt", "goes on")
    report = a.sync(expect=5)
    assert report["held"]["deletions"] == 250
    assert report["held"]["where"] == "local"
    assert a.run("hold", "--json").code == 5
    assert a.run("hold").out.splitlines()[:2] == [
        "250 files were deleted on this device and wait for your word:",
        "  photos",
    ]
    b.sync()
    assert len(list((b.folder / "photos").iterdir())) == 250
    assert (b.folder / "still.txt").exists()
    assert a.run("hold", "restore").out == "250 files will come back here with the next sync.\n"
    a.sync()
    assert a.tree() == b.tree()

    for photo in (a.folder / "photos").iterdir():
        photo.unlink()
    a.sync(expect=5)
    _, *places, more, advice = a.run("hold").out.splitlines()
    assert places == sorted(places)
    assert (len(places), more, advice.split()[:3]) == (20, "  and 230 more", ["`lockstep", "hold", "apply`"])
    assert a.run("hold", "apply").code == 0
    assert a.sync()["held"] is None
    assert b.sync()["held"] is None
    assert list((b.folder / "photos").iterdir()) == []


def test_a_folder_inside_the_profile_is_refused(device: Make) -> None:
    a = device("A")
    c = a.another("C", a.home.with_name("C-home") / "inside")
    run = c.link()
    assert run.code == 1
    assert "apart" in _one_line(run.err)


def test_for_a_folder_that_cannot_be_one_nobody_is_signed_in(device: Make) -> None:
    a = device("A")
    file = a.folder.with_name("file")
    file.touch()
    for folder in (file, file / "below", a.folder.with_name("n" * 300)):
        run = a.another("C", folder).link()
        assert run.code == 1
        assert "cannot be kept in step" in _one_line(run.err)
    fresh = a.another("C", a.folder.with_name("fresh"))
    assert fresh.link(password="wrong password").code == 4
    assert not fresh.folder.exists()
    assert [entry["name"] for entry in a.run("devices", "--json").json] == ["A"]


def test_plain_http_beyond_this_computer_is_refused(device: Make) -> None:
    a = device("A")
    d = Device("D", a.home.with_name("D-home"), a.folder.with_name("D"), "http://files.example.org")
    run = d.link()
    assert run.code == 1
    assert "--insecure-http" in _one_line(run.err)


def test_not_linked_yet(device: Make) -> None:
    a = device("A")
    run = Device("E", a.home.with_name("E-home"), a.folder, "").run("sync")
    assert run.code == 4
    assert "lockstep link" in _one_line(run.err)


def test_a_folder_that_is_in_use_is_waited_for(device: Make) -> None:
    a = device("A")
    a.write("a.txt", "a")
    a.sync()
    with (a.folder / ".lockstep" / "lock").open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = subprocess.Popen(a.command("status", "--json"), stdout=subprocess.PIPE, env=environment())
        starting = subprocess.Popen(a.command("start"), stdout=subprocess.DEVNULL, env=environment())
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(2)
        assert starting.poll() is None
    out, _ = waiting.communicate(timeout=PATIENCE_S)
    assert waiting.returncode == 0
    assert json.loads(out)["state"] in {"in-step", "syncing"}
    assert starting.wait(PATIENCE_S) == 0
    try:
        assert a.run("status", "--json").json["running"]
    finally:
        assert a.run("stop").code == 0


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, ("versions", "caf\udce9")),
        (1, ("restore", "caf\udce9")),
        (1, ("ls", ".lockstep/trash")),
        (1, ("restore", "a.txt", "--to", ".lockstep/a.txt")),
        (2, ("versions", "")),
        (2, ("restore", ".")),
    ],
)
def test_a_path_that_no_server_has_is_refused_by_what_it_is(code: int, words: tuple[str, ...], device: Make) -> None:
    run = device("A").run(*words)
    assert run.code == code
    line = _one_line(run.err)
    assert "not synced, for" in line or "a file or a folder" in line


@pytest.mark.scenario("S98")
def test_what_cannot_be_synced_is_told_in_words_and_in_json(device: Make) -> None:
    a = device("A")
    os.mkfifo(a.folder / "pipe")
    a.write("caf\udce9", "latin")
    (a.folder / "link").symlink_to("caf\udce9")
    report = a.sync(expect=1)
    problems = {"pipe": "special-file", "caf\udce9": "invalid-utf8", "link": "invalid-link"}
    assert {problem["path"]: problem["reason"] for problem in report["problems"]} == problems
    told = a.run("problems").out
    assert "inside Lockstep" not in told
    assert len(told.splitlines()) == len(problems)


@pytest.mark.scenario("S110")
def test_a_daemon_whose_journal_has_no_room_waits_for_it(device: Make) -> None:
    a = device("A")
    daemon = a.start_daemon()
    a.write("a.txt", "a")
    a.await_in_step()
    told = a.home / "daemon.out"
    unlimited = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))  # a full disk looks the same
    a.write("b.txt", "b")
    await_that(lambda: "attention" in told.read_text(), "the daemon says that it needs attention")
    assert daemon.poll() is None
    assert "Free some space" in told.read_text()
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, unlimited)
    await_that(lambda: "b.txt" in a.run("ls").out, "what was written meanwhile is on the server")
    a.await_in_step()
    assert daemon.poll() is None


def test_a_folder_inside_one_that_is_kept_in_step(device: Make) -> None:
    a, b = device("A"), device("B")
    (a.folder / "within").mkdir()
    b.folder = a.folder / "within" / "deeper"
    run = b.link()
    assert run.code == 1
    assert str(a.folder) in _one_line(run.err)
    assert list((a.folder / "within").iterdir()) == []


@pytest.mark.own_server("an operator's command, in its own directory")
def test_an_operators_command_that_fails_says_so_to_scripts(device: Make, server: RunningServer) -> None:
    run = device("A").run("server", "--data", str(server.data), "user", "add", "no address")
    assert run.code == 1
    assert "email" in _one_line(run.err)
