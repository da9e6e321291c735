"""A damaged file of choices costs the choices, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.models import choices
from desktop.session import Session


@pytest.mark.parametrize(
    "content",
    [
        b"\0\xff\0\xff",
        b"[General]\ntheme=@Variant(\x00\x00\x00\xff)\nlanguage=@Variant(\x00\x00\x00\xff)\n",
    ],
)
def test_what_cannot_be_read_is_as_it_is_usually(tmp_path: Path, qapp: object, content: bytes) -> None:
    (tmp_path / "desktop.ini").write_bytes(content)
    session = Session(tmp_path)
    assert choices.theme(session.choices) == "system"
    assert choices.language(session.choices) == "system"
    session.close()
