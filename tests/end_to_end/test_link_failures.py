"""What a program reads when linking does not work out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.devices import EMAIL, Device
from tests.fixtures.ports import free_port
from tests.fixtures.servers import RunningServer

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
Make = Callable[[str], Device]


def test_each_failure_has_a_code_and_nothing_is_left_of_it(device: Make, common_server: RunningServer) -> None:
    a = device("A")
    b = Device("B", a.home.with_name("B-home"), a.folder.with_name("B"), common_server.url, a.email)
    cases = [
        (b.link("--json", password="not the one"), "wrong-sign-in", 4),
        (b.link("--json", "--create-account"), "account-exists", 1),
        (b.link("--json", url=f"http://127.0.0.1:{free_port()}"), "unreachable", 3),
        (b.link("--json", url="http://files.example.org"), "unencrypted", 1),
        (b.link("--json", url="ftp://files.example.org"), "wrong-usage", 2),
    ]
    b.email = f"new-{EMAIL}"
    cases.append((b.link("--json", "--create-account", password="short"), "weak-password", 1))
    assert [(ended.json["code"], ended.code) for ended, *_ in cases] == [
        (code, exit_code) for _, code, exit_code in cases
    ]
    assert all(ended.err.count("\n") == 1 for ended, *_ in cases)
    assert not b.folder.exists()
    b.email = a.email
    linked = b.link("--json")
    assert (linked.code, linked.json["device"], linked.json["folder"]) == (0, "B", str(b.folder))
