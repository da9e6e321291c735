"""What all commands print and how."""

from __future__ import annotations

import io
import json
import sys

import pytest

from sync_engine.cli.running import NOT_ALLOWED, exit_code, one_line, print_json
from sync_engine.errors import UpdateNeeded


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_a_document_with_a_name_that_is_no_text_is_json_all_the_same(
    errors: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "utf-8", errors))
    print_json({"path": "caf\udce9 é"})
    text = raw.getvalue().decode()
    assert json.loads(text) == {"path": "caf\udce9 é"}
    assert "é" in text


def test_a_device_that_is_too_old_for_the_server_is_not_allowed_and_told_why() -> None:
    error = UpdateNeeded("Update Lockstep on this device: it speaks version 1 of the protocol.")
    assert exit_code(error) == NOT_ALLOWED
    assert str(error) in one_line(error)
