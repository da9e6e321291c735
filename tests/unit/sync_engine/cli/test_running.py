"""What all commands print and how."""

from __future__ import annotations

import io
import json
import sys

import pytest

from sync_engine.cli.running import print_json


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
