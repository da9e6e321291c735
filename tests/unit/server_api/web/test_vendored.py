"""What of others' work lies among the static files is what its packages have, and each has its licence beside it."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

from pyfastcdc.py.constants import GEAR

import server_api.web

VENDOR = Path(server_api.web.__path__[0], "static", "vendor")
NAMED = tomllib.loads((VENDOR / "VENDORED.toml").read_text())["file"]


def test_every_vendored_file_is_named_and_as_it_was() -> None:
    licences = {licence for entry in NAMED for licence in entry["licences"]}
    assert {file.name for file in VENDOR.iterdir()} == {e["name"] for e in NAMED} | licences | {"VENDORED.toml"}
    for entry in NAMED:
        data = (VENDOR / entry["name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"], entry["name"]


def test_the_browser_cuts_by_the_numbers_of_the_devices() -> None:
    numbers = (VENDOR / "gear.js").read_text().split("`")[1].split()
    assert [int(number, 16) for number in numbers] == [number & (2**48 - 1) for number in GEAR]
