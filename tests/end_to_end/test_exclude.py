"""Selective sync by the real command line, with a daemon and without."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.end_to_end.devices import Device, await_that
from tests.web.people import OtherDevice

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
Make = Callable[[str], Device]


def paths(device: Device) -> list[str]:
    return sorted(device.tree())


def states(device: Device) -> dict[str, str]:
    return {entry["path"]: entry["state"] for entry in device.run("ls", "--recursive", "--json").json}


def two_devices(device: Make) -> tuple[Device, Device]:
    a, b = device("A"), device("B")
    for name in ("one.jpg", "2019/two.jpg"):
        a.write(f"Photos/{name}", name)
    a.write("notes.txt", "milk")
    a.sync()
    b.sync()
    return a, b


@pytest.mark.scenario("S151")
def test_a_folder_leaves_one_device_and_comes_back_without_a_daemon(device: Make) -> None:
    a, b = two_devices(device)
    a.write("Photos/new.jpg", "not on the server yet")
    added = a.run("exclude", "add", str(a.folder / "Photos"))
    assert (added.code, added.err) == (0, "")
    assert "stays on the server" in added.out
    assert "lockstep sync" in added.out
    assert a.run("exclude", "list", "--json").json == [{"path": "Photos", "kind": "folder", "state": "leaving"}]
    a.sync()
    assert paths(a) == ["notes.txt"]
    assert a.run("exclude", "list", "--json").json == [{"path": "Photos", "kind": "folder", "state": "excluded"}]
    assert a.run("exclude", "list").out == "Photos/\n"
    assert states(a) == {
        "Photos": "excluded", "Photos/2019": "excluded", "Photos/2019/two.jpg": "excluded",
        "Photos/new.jpg": "excluded", "Photos/one.jpg": "excluded", "notes.txt": "in-step",
    }  # fmt: skip
    assert a.run("status", "Photos/one.jpg", "--json").json["state"] == "excluded"
    assert a.run("verify").code == 0
    b.sync()
    assert (b.folder / "Photos/new.jpg").read_text() == "not on the server yet"

    back = a.run("exclude", "remove", "Photos")
    assert (back.code, back.err) == (0, "")
    a.sync()
    assert a.tree() == b.tree()
    assert a.run("exclude", "list").out == "Nothing is excluded.\n"


def test_the_server_knows_which_devices_have_a_file(device: Make) -> None:
    a, b = two_devices(device)
    with closing(OtherDevice(a.url, a.email, "Asking", a.authority)) as asking:
        assert asking.keepers("notes.txt") == asking.keepers("Photos/one.jpg") == {"A", "B"}
        b.run("exclude", "add", "Photos")
        b.sync()
        assert asking.keepers("Photos/one.jpg") == {"A"}
        a.write("notes.txt", "milk and honey")
        a.sync()
        assert (asking.keepers("notes.txt"), asking.keepers("Photos/one.jpg")) == ({"A"}, {"A"})
        b.start_daemon()
        await_that(lambda: asking.keepers("notes.txt") == {"A", "B"}, "B has told that it has the new content")


@pytest.mark.scenario("S153")
def test_a_daemon_applies_it_at_once_and_may_be_killed_at_any_time(device: Make) -> None:
    a, b = two_devices(device)
    for number in range(300):
        a.write(f"Photos/many/{number}", f"picture {number}")
    a.sync()
    b.sync()
    before = b.tree()
    for _ in range(3):
        a.start_daemon()
        a.run("exclude", "add", "Photos")
        a.end_daemons(signal.SIGKILL)
    a.start_daemon()
    await_that(lambda: not (a.folder / "Photos").exists(), "Photos leaves A")
    a.await_in_step()
    b.sync()
    assert b.tree() == before
    b.write("Photos/of-b.jpg", "by B")
    (b.folder / "Photos").rename(b.folder / "Pictures")
    b.sync()
    await_that(lambda: "Pictures/\n" in a.run("exclude", "list").out, "A hears of the new name")
    assert paths(a) == ["notes.txt"]
    assert a.run("exclude", "remove", "Pictures").code == 0
    await_that(lambda: a.tree() == b.tree(), "Pictures comes to A")


def test_what_goes_wrong_is_said_with_what_to_do(device: Make) -> None:
    a, _ = two_devices(device)
    a.write("fresh.txt", "not synced")
    for words, code, said in (
        (("add", "nowhere"), 1, "nothing at nowhere"),
        (("add", "."), 2, "The whole folder"),
        (("add", "/etc"), 2, "not inside"),
        (("remove", "Photos"), 1, "exclude list"),
        (("add", ".lockstepignore"), 1, "cannot be excluded"),
    ):
        run = a.run("exclude", *words)
        assert run.code == code
        assert said in run.err
        assert run.err.startswith("lockstep: ")
        assert run.err.count("\n") == 1
    a.run("exclude", "add", "Photos")
    assert "with Photos" in a.run("exclude", "add", "Photos/2019").out
    assert "part of Photos" in a.run("exclude", "remove", "Photos/2019").err
    a.sync()
    a.write("Photos", "a file of that name")
    report = a.sync(expect=1)
    assert report["problems"] == [{"path": "Photos", "reason": "excluded-name", "detail": ""}]
    assert "exclude remove" in a.run("problems").out
    assert (a.folder / "Photos").read_text() == "a file of that name"


def test_a_new_device_excludes_before_anything_comes(device: Make) -> None:
    a, _ = two_devices(device)
    c = device("C")
    assert c.run("exclude", "add", "Photos").code == 0
    c.sync()
    assert paths(c) == ["notes.txt"]
    assert "Photos" in paths(a)
