"""What windows do with a daemon, over its socket, with real processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server_api.contract.history import HistoryRequest
from server_api.contract.shares import CreateShare
from sync_engine.control.client import ControlClient, DaemonFailed
from sync_engine.control.messages import Item, Items, ListFolder, SaveContent, Saved
from sync_engine.control.questions import SHARE, VERSIONS, Question
from tests.end_to_end.devices import Device, await_that
from tests.end_to_end.test_up import up
from tests.fixtures.ports import free_port

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.timeout(300),
    pytest.mark.own_server("with the one that `lockstep up` brings"),
]


def listed(client: ControlClient) -> dict[str, Item]:
    answers = client.stream(ListFolder())
    return {item.name: item for answer in answers if isinstance(answer, Items) for item in answer.items}


def asked(client: ControlClient, question: Question[Any, Any], request: Any) -> Any:
    answer: Any = client.ask(question.about(request))
    return question.read(answer)


def test_a_window_lists_shares_looks_back_and_saves(tmp_path: Path) -> None:
    device = Device("A", tmp_path / "A-home", tmp_path / "A", url="")
    with up(device, "--port", str(free_port())):
        client = ControlClient.connect(device.home)
        assert client is not None
        with client:
            device.write("a.txt", "first")
            await_that(lambda: listed(client).get("a.txt", item_of("")).state == "in-step", "it is listed and in step")
            device.write("a.txt", "second")
            await_that(lambda: len(asked(client, VERSIONS, HistoryRequest(path="a.txt")).versions) == 2, "two versions")
            assert asked(client, SHARE, CreateShare(path="a.txt")).url.startswith("http://127.0.0.1:")
            first = asked(client, VERSIONS, HistoryRequest(path="a.txt")).versions[1]
            target = tmp_path / "first.txt"
            wanted = SaveContent("a.txt", first.revision_id, str(target))
            assert client.ask(wanted) == Saved(str(target))
            assert target.read_text() == "first"
            with pytest.raises(DaemonFailed) as failed:
                client.ask(wanted)
            assert failed.value.code == "occupied"
            shown = client.ask(SaveContent("a.txt"))
            assert isinstance(shown, Saved)
            assert Path(shown.path).read_text() == "second"


def item_of(name: str) -> Item:
    return Item(name, "file", 0, None, "pending", is_here=False, is_on_server=False)
