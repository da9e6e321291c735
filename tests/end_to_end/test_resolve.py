"""Conflicts are resolved by the real command line, with a daemon and without, and so on every device."""

from __future__ import annotations

import shlex
from collections.abc import Callable

import pytest

from tests.end_to_end.devices import Device, await_that

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900), pytest.mark.scenario("S38")]
Make = Callable[[str], Device]


def conflicts(device: Make, *names: str) -> tuple[Device, Device, list[str]]:
    """Two devices, and the paths of B's conflicted copies, in step on both."""
    a, b = device("A"), device("B")
    for name in names:
        a.write(f"{name}.txt", "first")
    a.sync()
    b.sync()
    for name in names:
        a.write(f"{name}.txt", "by A, longer")
        b.write(f"{name}.txt", "by B")
    a.sync()
    b.sync()
    a.sync()
    copies: list[str] = b.run("conflicts", "--json").json
    return a, b, sorted(copies)


def test_people_are_told_who_wrote_what_and_what_each_choice_does(device: Make) -> None:
    a, b, (copy,) = conflicts(device, "report")
    told = a.run("conflicts").out.splitlines()
    assert told[0] == "report.txt was changed on two devices:"
    assert told[1].startswith(f"  mine    {copy}: by B, 2")
    assert told[1].endswith(", 4 B")
    assert told[2].startswith("  theirs  report.txt: by A, 2")
    assert told[2].endswith(", 12 B")
    assert "--keep mine" in told[4]
    hint = told[4].split("`")[1].removeprefix("lockstep ")
    done = b.run(*shlex.split(hint))
    assert "report.txt has what B wrote now" in done.out
    assert "`lockstep versions report.txt`" in done.out
    assert [version["device"] for version in b.run("versions", "report.txt", "--json").json] == ["B", "A", "A"]


def files(device: Device) -> dict[str, str]:
    return {name: (device.folder / name).read_text() for name in device.tree()}


@pytest.mark.parametrize("with_daemon", [False, True])
def test_keep_gives_exactly_that_on_all_devices(device: Make, with_daemon: bool) -> None:
    a, b, copies = conflicts(device, "both", "mine", "theirs")
    if with_daemon:
        b.start_daemon()
        b.sync()
    expected = {"both.txt": "by A, longer", "mine.txt": "by B", "theirs.txt": "by A, longer"}
    for keep, copy in zip(("both", "mine", "theirs"), copies, strict=True):
        done = b.run("conflicts", "resolve", copy, "--keep", keep, "--json")
        assert (done.code, done.err) == (0, "")
        assert (done.json["path"], done.json["copies"]) == (f"{keep}.txt", [copy])
        if keep == "both":
            (kept_as,) = done.json["kept_as"]
            assert "'s version " in kept_as
            expected[kept_as] = "by B"
    if with_daemon:
        await_that(lambda: files(b) == expected, "B has it")
        b.sync()
    a.sync()
    assert files(a) == files(b) == expected
    assert b.run("conflicts", "--json").json == []
    assert a.sync()["operations"] == {}
    for keep, copy in zip(("both", "mine", "theirs"), copies, strict=True):
        versions = [*a.run("versions", f"{keep}.txt", "--json").json, *a.run("versions", copy, "--json").json]
        assert {len("by A, longer"), len("by B")} <= {version["size"] for version in versions}


def test_what_goes_wrong_is_said_with_what_to_do(device: Make) -> None:
    a = device("A")
    a.write("alone.txt", "x")
    a.sync()
    for path, code, said in (
        ("alone.txt", 1, "no conflicted copy"),
        ("nowhere", 1, "lockstep conflicts"),
        ("/etc", 2, "not inside"),
    ):
        run = a.run("conflicts", "resolve", path, "--keep", "mine")
        assert run.code == code
        assert said in run.err
        assert run.err.count("\n") == 1
    assert a.run("conflicts", "resolve", "alone.txt").code == 2
    assert a.run("conflicts").out == "No conflicts.\n"
