"""What is written down, and what is not."""

from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync_engine import logs


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = []
    yield tmp_path / "profile" / "logs"
    for handler in root.handlers:
        handler.close()
    root.handlers = handlers
    root.setLevel(level)


def lines(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / "lockstep.log").read_text().splitlines()]


def test_each_event_is_one_line_of_json(directory: Path) -> None:
    logs.configure(directory)
    logging.getLogger("sync_engine.test").warning("%s: %s", "a\nb \udcff", "disk-full")
    (line,) = lines(directory)
    assert line["event"] == "a\nb \udcff: disk-full"
    assert (line["level"], line["logger"]) == ("warning", "sync_engine.test")
    assert line["timestamp"].endswith("+00:00")
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_nothing_goes_to_the_terminal(directory: Path, capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure(directory)
    logging.getLogger("sync_engine.test").error("not for people")
    assert capfd.readouterr() == ("", "")


def test_what_cannot_be_written_is_lost_in_silence(directory: Path, capfd: pytest.CaptureFixture[str]) -> None:
    directory.mkdir(parents=True)
    (directory / "lockstep.log").symlink_to("/dev/full")
    logs.configure(directory)
    logging.getLogger("sync_engine.test").error("no room")
    (directory / "lockstep.log").unlink()
    assert capfd.readouterr() == ("", "")


def test_an_error_keeps_its_traceback_without_its_secrets(directory: Path) -> None:
    logs.configure(directory)
    try:
        raise ValueError("https://store/key?X-Amz-Signature=0123abcd&size=5")
    except ValueError:
        logging.getLogger("sync_engine.test").exception("failed")
    (line,) = lines(directory)
    assert "Traceback" in line["exception"]
    assert "X-Amz-Signature=[redacted]&size=5" in line["exception"]
    assert "0123abcd" not in line["exception"]


def test_configured_twice_it_writes_once_and_to_the_last(directory: Path) -> None:
    logs.configure(directory.with_name("first"))
    logs.configure(directory)
    logging.getLogger("sync_engine.test").warning("once")
    assert [line["event"] for line in lines(directory)] == ["once"]
    assert not (directory.with_name("first") / "lockstep.log").exists()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET /o?key=a&sig=SECRET&expires=1", "GET /o?key=a&sig=[redacted]&expires=1"),
        ("Authorization: Bearer SECRET", "Authorization: [redacted]"),
        ("eyJSECRET.eyJSECRET.SECRET", "[redacted]"),
        ("http://host/sign-in/SECRET-SECRET-SECRET", "http://host/sign-in/[redacted]"),
        ("/share/SECRETSECRETSECRET", "/share/[redacted]"),
        ("a file called signature.txt", "a file called signature.txt"),
    ],
)
def test_secrets_are_taken_out(text: str, kept: str) -> None:
    assert logs.redact(text) == kept
