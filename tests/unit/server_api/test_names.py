"""Names that the contract makes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from server_api.contract.messages import MAX_NAME_BYTES
from server_api.contract.names import refuse_reason, version_names

AT = datetime(2026, 11, 5, 10, 15, 5, tzinfo=UTC)
LATER = datetime(2026, 11, 28, tzinfo=UTC)


def test_a_version_is_named_by_when_and_where_it_was_written() -> None:
    assert version_names("a/b.txt", [(AT, "Laptop"), (LATER, "Ada's phone")]) == [
        "2026-11-05 10.15.05 Laptop.txt",
        "2026-11-28 00.00.00 Ada's phone.txt",
    ]
    assert version_names("Makefile", [(AT, "Laptop")]) == ["2026-11-05 10.15.05 Laptop"]


def test_no_two_versions_have_one_name_on_any_disk() -> None:
    names = version_names("b.txt", [(AT, "Laptop"), (AT, "laptop"), (AT, "Laptop_2"), (AT, "Laptop")])
    assert len({name.casefold() for name in names}) == 4
    assert sorted(version_names("b.txt", [(AT, "A")] * 3)) == version_names("b.txt", [(AT, "A")] * 3)
    assert names[:2] == ["2026-11-05 10.15.05 Laptop.txt", "2026-11-05 10.15.05 laptop_2.txt"]


@pytest.mark.parametrize("device", ["", "../../x", "a/b", "\x1b[31m\u202e", "\N{GRINNING FACE}" * 300, "C:\\nul"])
@pytest.mark.parametrize("path", ["a.txt", "a" * 255, "a." + "x" * 253, "a.tar.gz"])
def test_neither_device_nor_path_makes_a_name_that_no_folder_takes(device: str, path: str) -> None:
    [name] = version_names(path, [(AT, device)])
    assert refuse_reason(name, at_root=True) is None
    assert len(name.encode()) <= MAX_NAME_BYTES
