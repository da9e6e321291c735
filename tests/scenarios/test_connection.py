"""Answers that are lost or late, networks that go and come, servers that do not do as they should."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from server_api.contract import messages
from sync_engine.core.model import Cursor
from sync_engine.engine import wire
from sync_engine.errors import Refused, UnknownCursor, Unreachable, UpdateNeeded
from tests.fakes.faults import Lost
from tests.scenarios.scene import settle
from tests.simulation.device import DAEMON, ONCE, Device
from tests.simulation.world import World


@pytest.mark.scenario("S33")
@pytest.mark.scenario("S121")
@pytest.mark.scenario("S122")
def test_a_lost_answer_to_a_commit_makes_no_second_version(world: World, laptop: Device) -> None:
    laptop.disk.write("a", b"first")
    settle(world)
    laptop.disk.write("a", b"second")
    world.network.faults.order("commits", Lost(Unreachable("cut off")))
    report = laptop.sync()
    assert (report.state, report.conflicts, report.uploaded.requests) == ("settled", [], 1)
    versions = laptop.remote.history("a")
    assert len(versions) == 2
    settle(world)
    assert laptop.disk.tree() == {"a": b"second"}


@pytest.mark.scenario("S33")
def test_an_answer_that_was_lost_in_a_crash_makes_no_second_version(world: World, laptop: Device) -> None:
    laptop.disk.write("a", b"first")
    commits = world.network.commits
    laptop.ask_to_sync()
    world.run(lambda: world.network.commits > commits)
    laptop.kill()
    laptop.start()
    settle(world)
    assert len(laptop.remote.history("a")) == 1


def test_what_a_silently_restored_server_got_since_is_not_deleted_with_its_folder(watching: World) -> None:
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    settle(watching)
    watching.host.back_up()
    desktop.end()
    laptop.disk.write("folder/x", b"of the laptop")
    watching.run(laptop.is_settled)
    watching.restore_server(renews_epoch=False)
    for device in (laptop, desktop):
        device.sign_in(watching.host.sign_in(device.device_id))
    desktop.disk.write("folder/y", b"of the desktop")
    desktop.start()
    desktop.sync()  # now the server is as far as the laptop was, by another way
    laptop.disk.remove("folder")
    settle(watching)
    assert dict(laptop.disk.tree())["folder/y"] == b"of the desktop"


def test_a_silently_restored_server_is_noticed_by_who_only_waits_for_news(watching: World) -> None:
    laptop, _ = watching.devices
    laptop.disk.write("before", b"in the backup")
    settle(watching)
    watching.host.back_up()
    laptop.disk.write("after", b"not in it")
    settle(watching)
    watching.restore_server(renews_epoch=False)
    for device in watching.devices:
        device.sign_in(watching.host.sign_in(device.device_id))
    settle(watching)
    assert {node.name for node in watching.host.living().values()} == {"before", "after"}


def test_who_asks_a_paused_device_to_sync_is_told_so_at_once(watching: World) -> None:
    laptop, _ = watching.devices
    settle(watching)
    laptop.engine.pause()
    laptop.disk.write("a", b"some bytes")
    before = len(laptop.reports)
    laptop.ask_to_sync()
    watching.run(lambda: len(laptop.reports) > before)
    report = laptop.reports[-1]
    assert (report.state, [problem.reason for problem in report.problems]) == ("partial", ["paused"])
    laptop.engine.resume()
    assert settle(watching) == {"a": b"some bytes"}


@pytest.mark.parametrize("seed", range(2))  # who is quicker
def test_what_a_server_took_and_forgot_before_the_feed_brought_it_is_sent_again(seed: int) -> None:
    with World(seed, (DAEMON, DAEMON)) as world:
        settle(world)
        world.host.back_up()
        for device in world.devices:
            device.disk.write(device.name, b"some bytes")
        world.run(lambda: any(device.journal.setting("feed.expected") for device in world.devices))
        world.restore_server(renews_epoch=False)
        for device in world.devices:
            device.sign_in(world.host.sign_in(device.device_id))
        names = {device.name for device in world.devices}
        assert settle(world).keys() == {node.name for node in world.host.living().values()} == names


@pytest.mark.parametrize("seed", range(4, 7))  # who is quicker
def test_a_sync_takes_in_what_came_while_an_older_page_was_on_its_way(seed: int) -> None:
    with World(seed, (ONCE, ONCE)) as world:
        laptop, desktop = world.devices
        laptop.disk.write("a", b"some bytes")
        pages = world.network.faults.calls["changes"]
        desktop.ask_to_sync()
        world.run(lambda: world.network.faults.calls["changes"] > pages)
        laptop.sync()
        desktop.ask_to_sync()
        world.run(lambda: len(desktop.reports) == 2)
        assert desktop.disk.tree() == {"a": b"some bytes"}


def test_what_went_before_its_creation_came_through_goes_everywhere(world: World, laptop: Device) -> None:
    laptop.disk.make("folder")
    world.network.faults.order("commits", *[Unreachable("cut off")] * 3)
    assert laptop.sync().state == "offline"
    laptop.disk.remove("folder")
    world.network.is_down = True
    laptop.ask_to_sync()
    world.run(lambda: laptop.journal.local_at("folder") is None)
    laptop.end()
    laptop.start()
    world.network.is_down = False
    laptop.sync()
    settle(world)
    assert laptop.disk.tree() == {}


def test_a_folder_may_go_while_the_answer_to_its_commit_is_lost(watching: World) -> None:
    laptop = watching.devices[0]
    laptop.disk.make("folder")
    settle(watching)
    cut_off = Unreachable("cut off")
    watching.network.faults.order("commits", Lost(cut_off), *[cut_off] * 3)
    laptop.disk.write("folder/a", b"some bytes")
    watching.run(lambda: laptop.loop.connection.failures > 0)
    laptop.disk.remove("folder")
    watching.run(lambda: laptop.journal.local_at("folder") is None)
    settle(watching)
    assert laptop.disk.tree() == {}


def test_a_daemon_is_online_again_soon_after_its_network_is(watching: World) -> None:
    laptop = watching.devices[0]
    settle(watching)
    watching.network.is_down = True
    laptop.remote.interrupt()
    watching.run(lambda: laptop.loop.connection.state == "offline")
    watching.network.is_down = False
    back = watching.clock.monotonic()
    watching.run(lambda: laptop.loop.connection.state == "online")
    assert watching.clock.monotonic() - back < 5
    settle(watching)


@pytest.mark.scenario("S141")
@pytest.mark.parametrize("steps", [3, 8, 14, 20, 27, 40])
def test_a_night_of_sleep_in_the_middle_of_everything_changes_nothing(watching: World, steps: int) -> None:
    """Sockets, tokens and signed addresses are dead when they wake, and the other has gone on meanwhile."""
    laptop, desktop = watching.devices
    laptop.disk.make("folder")
    laptop.disk.write("folder/f", b"before")
    laptop.disk.write("both", b"before")
    settle(watching)
    laptop.disk.write("folder/f", b"just saved when the lid was closed")
    laptop.disk.rename("folder", "renamed")
    desktop.disk.write("new", b"on its way down")
    for _ in range(steps):
        watching.step()
    laptop.remote.interrupt()
    for kind in ("commits", "changes", "missing", "packs", "seal", "objects", "locate"):
        watching.network.faults.order(kind, Unreachable("the connection is long gone"))
    watching.clock.advance(8 * 3600)
    desktop.disk.write("both", b"changed in the night")
    settle(watching)
    tree = dict(laptop.disk.tree())
    assert tree["renamed/f"] == b"just saved when the lid was closed"
    assert (tree["new"], tree["both"]) == (b"on its way down", b"changed in the night")
    assert not any("conflicted copy" in path for path in tree)


@pytest.mark.scenario("S150")
def test_news_that_nobody_pushes_are_found_when_the_wait_is_over(watching: World) -> None:
    laptop, desktop = watching.devices
    settle(watching)
    laptop.workers._news = lambda: None  # its waiting request hears of nothing
    desktop.disk.write("f", b"nobody tells the laptop")
    begun = watching.clock.monotonic()
    watching.run(lambda: ("f", b"nobody tells the laptop") in laptop.disk.tree().items())
    assert watching.clock.monotonic() - begun < 120
    settle(watching)


@pytest.mark.scenario("S150")
def test_a_wait_that_breaks_off_misses_nothing(watching: World) -> None:
    laptop, desktop = watching.devices
    settle(watching)
    watching.network.faults.order("wait", *[Unreachable("a proxy ended it")] * 5)
    laptop.remote.interrupt()
    desktop.disk.write("f", b"while nobody waits")
    watching.run(lambda: ("f", b"while nobody waits") in laptop.disk.tree().items())
    settle(watching)


def test_a_server_that_refuses_to_be_read_is_told_by_its_own_reason(world: World, laptop: Device) -> None:
    world.network.faults.order("changes", *[Refused("no", "store-full", 507)] * 3)
    report = laptop.sync()
    assert [problem.reason for problem in report.problems] == ["store-full"]


def test_a_feed_that_does_not_come_to_an_end_is_told_by_its_own_reason(
    laptop: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changes(cursor: Cursor) -> messages.Changes:
        seq = cursor.seq + 1
        return messages.Changes(
            epoch=b"e" * 16, seq=seq, revision_id=b"r" * 16, complete=False, changes=[], commit_number=0
        )

    monkeypatch.setattr(wire, "MOST_PAGES", 20)
    monkeypatch.setattr(laptop.remote, "changes", changes)
    report = laptop.sync()
    assert report.state == "offline"
    assert [problem.reason for problem in report.problems] == ["endless-feed"]


def test_a_device_that_is_too_old_for_the_server_says_so_and_goes_on_once_it_is_served(
    world: World, laptop: Device
) -> None:
    laptop.disk.write("a", b"text")
    settle(world)
    told = "Update Lockstep on this device."
    world.network.faults.order("changes", UpdateNeeded(told))
    laptop.disk.write("a", b"another text")
    report = laptop.sync()
    assert (report.state, [(each.path, each.reason, each.detail) for each in report.problems]) == (
        "signed-out",
        [("", "update-needed", told)],
    )
    assert laptop.sync().state == "settled"


def _count(device: Device, call: str, monkeypatch: pytest.MonkeyPatch, answer: Callable[..., object]) -> list[object]:
    """Have the server answer so; how often it was asked."""
    calls: list[object] = []

    def asked(*arguments: object) -> object:
        calls.append(arguments)
        return answer(*arguments)

    monkeypatch.setattr(device.remote, call, asked)
    return calls


@pytest.mark.parametrize("call", ["changes", "commit"])
def test_a_server_that_knows_no_cursor_is_not_asked_again_and_again(
    world: World, laptop: Device, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.disk.write("a", b"text")

    def answer(*_arguments: object) -> object:
        raise UnknownCursor("another epoch")

    calls = _count(laptop, call, monkeypatch, answer)
    report = laptop.sync()
    assert (report.state, [problem.reason for problem in report.problems]) == ("offline", ["unknown-cursor"])
    assert len(calls) <= 5
    monkeypatch.undo()
    settle(world)
    assert laptop.disk.tree() == {"a": b"text"}
    assert len(laptop.remote.history("a")) == 1


def test_content_that_a_server_lacks_again_and_again_is_told(
    world: World, laptop: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.disk.write("a", b"text")

    def answer(request: messages.CommitRequest) -> messages.CommitResponse:
        refused = messages.Refused(messages.Refusal.MISSING, missing=[bytes(32)])
        return messages.CommitResponse(results=[refused] * len(request.operations), previous_seq=0, seq=0)

    calls = _count(laptop, "commit", monkeypatch, answer)
    report = laptop.sync()
    assert [(problem.path, problem.reason) for problem in report.problems] == [("a", "missing")]
    assert len(calls) <= 5
    monkeypatch.undo()
    settle(world)


def test_a_new_file_that_is_always_refused_as_stale_is_tried_less_and_less_often_and_told(
    watching: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each try is a new node, for the server may know the old one: the waiting goes on from one to the next."""
    laptop, _desktop = watching.devices
    settle(watching)

    def answer(request: messages.CommitRequest) -> messages.CommitResponse:
        refused = messages.Refused(messages.Refusal.STALE)
        return messages.CommitResponse(results=[refused] * len(request.operations), previous_seq=0, seq=0)

    calls = _count(laptop, "commit", monkeypatch, answer)
    laptop.disk.write("a", b"text")
    until_s = watching.clock.monotonic() + 600
    watching.run(lambda: watching.clock.monotonic() > until_s)
    assert 3 < len(calls) < 15
    assert [(problem.path, problem.code) for problem in laptop.engine.problems()] == [("a", "stale")]
    monkeypatch.undo()
    settle(watching)
    assert laptop.engine.problems() == []


def test_a_feed_that_always_breaks_off_after_its_first_page_ends_a_sync(
    laptop: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(cursor: Cursor) -> messages.Changes:
        if cursor.seq:
            raise Unreachable("cut off")
        return messages.Changes(
            epoch=b"e" * 16, seq=1, revision_id=b"r" * 16, complete=False, changes=[], commit_number=0
        )

    _count(laptop, "changes", monkeypatch, answer)
    report = laptop.sync()
    assert (report.state, [problem.reason for problem in report.problems]) == ("offline", ["unreachable"])


def test_news_that_are_none_are_not_asked_for_as_fast_as_the_server_answers(
    watching: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop, _desktop = watching.devices
    settle(watching)
    calls = _count(laptop, "wait", monkeypatch, lambda *_arguments: True)
    laptop.remote.interrupt()
    until_s = watching.clock.monotonic() + 60
    watching.run(lambda: watching.clock.monotonic() > until_s)
    assert 5 < len(calls) < 150
    monkeypatch.undo()
    settle(watching)
