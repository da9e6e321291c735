"""A device that stops syncing: its files stay, the server's too, and the folder can be linked again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.devices import PATIENCE_S, Device, await_that

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
Make = Callable[[str], Device]


@pytest.mark.scenario("S170")
def test_an_unlinked_device_keeps_its_files_and_syncs_no_more(device: Make) -> None:
    a, b = device("A"), device("B")
    a.write("thesis/chapter.txt", "one")
    a.sync()
    b.start_daemon()
    await_that((b.folder / "thesis/chapter.txt").exists, "B has the chapter")
    b.await_in_step()
    before = b.tree()

    unlinked = b.run("unlink")
    assert (unlinked.code, unlinked.err) == (0, "")
    assert "not kept in step any more" in unlinked.out
    assert b.daemons[0].wait(PATIENCE_S) == 0
    assert b.tree() == before
    assert b.run("sync").code == 4
    assert [entry["name"] for entry in a.run("devices", "--json").json if entry["revoked_at"]] == [b.name]
    assert "signed-out" in [entry["action"] for entry in a.run("account", "audit", "--json").json]

    (b.folder / "thesis/chapter.txt").unlink()
    a.write("thesis/second.txt", "two")
    assert a.sync()["state"] == "settled"
    assert sorted(a.tree()) == ["thesis", "thesis/chapter.txt", "thesis/second.txt"]
    assert sorted(b.tree()) == ["thesis"]

    # Linked again it is a merge: what was deleted in between comes back, nothing is deleted anywhere.
    assert b.link().code == 0
    b.sync()
    a.sync()
    assert sorted(b.tree()) == sorted(a.tree()) == ["thesis", "thesis/chapter.txt", "thesis/second.txt"]


def test_unlinking_with_removal_leaves_what_the_server_does_not_have(device: Make) -> None:
    a, b = device("A"), device("B")
    a.write("shared/one.txt", "one")
    a.sync()
    b.sync()
    b.write("shared/unsent.txt", "only here")
    unlinked = b.run("unlink", "--remove-files")
    assert unlinked.code == 1
    assert sorted(b.tree()) == ["shared", "shared/unsent.txt"]
    assert a.sync()["operations"] == {}
    assert sorted(a.tree()) == ["shared", "shared/one.txt"]


def test_unlinking_leaves_a_folder_that_another_profile_took_over_alone(device: Make) -> None:
    a, b = device("A"), device("B")
    a.write("one.txt", "one")
    a.sync()
    b.folder = a.folder
    assert b.run("unlink").code == 0
    assert b.link("--take-over").code == 0
    assert a.run("unlink").code == 0
    a.write("two.txt", "two")
    assert b.sync()["operations"] == {"create": 1}
