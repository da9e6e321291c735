"""What a program reads when linking does not work out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.devices import EMAIL, Device
from tests.fixtures.forked import Ended
from tests.fixtures.ports import free_port

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
Make = Callable[[str], Device]


def test_each_failure_has_a_code_and_nothing_is_left_of_it(device: Make) -> None:
    a = device("A")
    b = a.another("B")
    _fail(
        b,
        (b.link("--json", password="not the one"), "wrong-sign-in", 4),
        (b.link("--json", url=f"http://127.0.0.1:{free_port()}"), "unreachable", 3),
        (b.link("--json", url="http://files.example.org"), "unencrypted", 1),
        (b.link("--json", url="ftp://files.example.org"), "wrong-usage", 2),
    )
    linked = b.link("--json")
    assert (linked.code, linked.json["device"], linked.json["folder"]) == (0, "B", str(b.folder))


@pytest.mark.own_server("anybody may make an account on it, as on none behind a proxy")
def test_so_has_each_failure_to_make_an_account(device: Make) -> None:
    a = device("A")
    b = a.another("B")
    exists = b.link("--json", "--create-account")
    b.email = f"new-{EMAIL}"
    weak = b.link("--json", "--create-account", password="short")
    _fail(b, (exists, "account-exists", 1), (weak, "weak-password", 1))


def _fail(b: Device, *cases: tuple[Ended, str, int]) -> None:
    """Each with this code and this exit code."""
    assert [(ended.json["code"], ended.code) for ended, *_ in cases] == [
        (code, exit_code) for _, code, exit_code in cases
    ]
    assert all(ended.err.count("\n") == 1 for ended, *_ in cases)
    assert not b.folder.exists()
