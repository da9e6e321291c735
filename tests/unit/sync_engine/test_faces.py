"""Settings, rules, conflicts, pauses: what windows ask of the daemon, over its socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from sync_engine.adapters.filesystem.root import prepare_root
from sync_engine.adapters.journal.journal import open_journal
from sync_engine.composition import Device
from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient, DaemonFailed
from sync_engine.core.ignore import MAX_IGNORE_BYTES
from sync_engine.core.model import ROOT, Kind, LocalNode, NodeId, Signature
from sync_engine.core.reports import PathProblem
from sync_engine.profile import PREFERENCES, Profile, Settings
from tests.fixtures.answering import answering_daemon
from tests.unit.sync_engine.cli.linked import link_to


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setenv("LOCKSTEP_KEYRING", "file")
    made = Profile.open(tmp_path / "profile")
    folder = tmp_path / "Synced"
    folder.mkdir()
    prepare_root(str(folder), "j")
    made.write_settings(Settings(link_to(folder, namespace_id=b"n" * 16)))
    return made


@pytest.fixture
def device(profile: Profile) -> Iterator[Device]:
    with answering_daemon(profile) as made:
        yield made


@pytest.fixture
def client(device: Device) -> Iterator[ControlClient]:
    with connected_to(device.profile) as made:
        yield made


def connected_to(profile: Profile) -> ControlClient:
    client = ControlClient.connect(profile.home)
    assert client is not None
    return client


def settings(client: ControlClient) -> dict[str, str]:
    told = client.ask(control.GetSettings())
    assert isinstance(told, control.SettingsNow)
    assert {key: setting.default for key, setting in told.settings.items()} == {
        key: preference.default for key, preference in PREFERENCES.items()
    }
    assert all(setting.meaning for setting in told.settings.values())
    return {key: setting.value for key, setting in told.settings.items()}


def refused(client: ControlClient, request: control.Request) -> str:
    with pytest.raises(DaemonFailed) as failed:
        client.ask(request)
    return failed.value.code


def test_settings_are_changed_and_gone_by(client: ControlClient, device: Device) -> None:
    client.ask(control.ChangeSettings({"bandwidth.up": "500k", "scan.interval": "30m"}))
    assert device.connected.up.bytes_a_second == 500_000
    assert device.profile.preference("scan.interval") == "30m"
    client.ask(control.ChangeSettings({"bandwidth.up": None}))
    assert settings(client)["bandwidth.up"] == "0"
    assert settings(client)["scan.interval"] == "30m"
    assert device.connected.up.bytes_a_second == 0


@pytest.mark.parametrize("wrong", [{"bandwidth.down": "quick"}, {"nonsense": "1"}, {"nonsense": None}])
def test_if_one_makes_no_sense_none_is_changed(client: ControlClient, wrong: dict[str, str | None]) -> None:
    before = settings(client)
    assert refused(client, control.ChangeSettings({"bandwidth.up": "500k", **wrong})) == "wrong-usage"
    assert settings(client) == before


def rules(client: ControlClient) -> str:
    told = client.ask(control.GetIgnoreRules())
    assert isinstance(told, control.IgnoreRules)
    return told.text


def test_rules_are_written_as_they_are_given(client: ControlClient, profile: Profile) -> None:
    file = Path(profile.link().folder, ".lockstepignore")
    assert rules(client) == ""
    client.ask(control.SetIgnoreRules("# mine\r\n*.iso", ""))
    assert file.read_bytes() == b"# mine\r\n*.iso"
    assert rules(client) == "# mine\r\n*.iso"
    file.write_bytes(b"bad\xff\n")
    client.ask(control.SetIgnoreRules(rules(client) + "*.iso\n", rules(client)))
    assert file.read_bytes() == b"bad\xff\n*.iso\n"


def test_rules_that_somebody_else_has_changed_stay(client: ControlClient, profile: Profile) -> None:
    file = Path(profile.link().folder, ".lockstepignore")
    file.write_text("*.tmp\n")
    assert refused(client, control.SetIgnoreRules("*.iso\n", "")) == "changed"
    assert file.read_text() == "*.tmp\n"
    assert refused(client, control.SetIgnoreRules("x" * (MAX_IGNORE_BYTES + 1), "*.tmp\n")) == "wrong-usage"
    assert refused(client, control.SetIgnoreRules("\ud800", "*.tmp\n")) == "wrong-usage"
    assert [path.name for path in file.parent.iterdir() if path.name != ".lockstep"] == [".lockstepignore"]


def test_rules_that_somebody_is_changing_stay(client: ControlClient, profile: Profile) -> None:
    codes: list[str] = []
    asking = Thread(target=lambda: codes.append(refused(client, control.SetIgnoreRules("*.iso\n", ""))))
    with profile.alone_with_rules():
        asking.start()
        asking.join(0.1)  # it would be done by then if it did not wait
        Path(profile.link().folder, ".lockstepignore").write_text("*.tmp\n")
    asking.join()
    assert codes == ["changed"]


def state(client: ControlClient) -> Any:
    told = client.ask(control.GetStatus())
    assert isinstance(told, control.Status)
    return told.state


def test_a_pause_tells_when_it_ends(client: ControlClient) -> None:
    client.ask(control.Pause(2_000_000_000_000))
    assert (state(client).state, state(client).paused_until) == ("paused", 2_000_000_000_000)
    client.ask(control.Resume())
    assert state(client).paused_until is None
    assert client.ask(control.TryNow()) is None


def test_one_file_is_stopped_and_tried_again(profile: Profile) -> None:
    new = LocalNode(NodeId(b"n" * 16), ROOT, "new.iso", Kind.FILE, Signature(1, 7, None, 9, 1, 1))
    with closing(open_journal(profile.journal_path, b"n" * 16)) as journal, journal.transaction():
        journal.put_local([new])
    with answering_daemon(profile), connected_to(profile) as client:

        def told() -> tuple[int, str, str]:
            answer = client.ask(control.GetPathStatus("new.iso"))
            assert isinstance(answer, control.PathAnswer)
            return state(client).problems, answer.status.state, answer.status.reason

        assert told() == (0, "pending", "")
        client.ask(control.StopTransfer("new.iso"))
        assert told() == (1, "pending", "stopped")
        assert client.ask(control.GetProblems()) == control.Problems([PathProblem("new.iso", "stopped")])
        client.ask(control.TryNow())
        assert told() == (1, "pending", "stopped")
        client.ask(control.TryNow("new.iso"))
        assert told() == (0, "pending", "")
        assert client.ask(control.StopTransfer("nowhere")) is None


def test_conflicts_tell_of_both_files_and_who_made_the_copy(profile: Profile) -> None:
    made = [
        ("a.txt", Kind.FILE),
        ("a (Ada's laptop's conflicted copy 2026-11-05).txt", Kind.FILE),
        ("lost (Phone's conflicted copy 2026-11-05 2).txt", Kind.FILE),
        ("lost.txt", Kind.FOLDER),
    ]
    with closing(open_journal(profile.journal_path, b"n" * 16)) as journal, journal.transaction():
        journal.put_local(
            LocalNode(NodeId(bytes([number]) * 16), ROOT, name, kind, Signature(1, number, None, 1, 1, 1))
            for number, (name, kind) in enumerate(made, 1)
        )
    with answering_daemon(profile), connected_to(profile) as client:
        told = client.ask(control.GetConflicts())
    copies = [made[1][0], made[2][0]]
    assert told == control.Conflicts(
        [control.Conflict(copies[0], "a.txt", "Ada's laptop"), control.Conflict(copies[1], None, "Phone")]
    )
