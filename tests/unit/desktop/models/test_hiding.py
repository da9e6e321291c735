"""What is taken out of a text before others read it."""

from __future__ import annotations

import json

import pytest

from desktop.models.hiding import Hider, without_secrets

HIDER = Hider(b"key", {"/home/ada": "[home]", "/home/ada/Lockstep": "[folder]"}, ["Taxes 2026/return.pdf"])
PRIVATE = ("ada", "Taxes", "return", "Letter", "Bob", "photo")


@pytest.mark.parametrize(
    "secret",
    [
        "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
        "Bearer abcDEF123=",
        "ada@example.org",
        "https://ada:hunter2@proxy.example.org:3128",
        "https://store.example.org/o/1?X-Amz-Signature=abc&X-Amz-Credential=def",
        "https://files.example.org/s/AbCdEf0123456789xyz",
    ],
)
def test_secrets_are_taken_out(secret: str) -> None:
    said = without_secrets(f"a call to {secret} failed")
    for private in ("eyJ", "abcDEF", "ada", "hunter2", "X-Amz", "AbCdEf"):
        assert private not in said
    assert said.startswith("a call to ")
    assert said.endswith(" failed")


def test_a_name_has_one_stand_in_and_keeps_its_ending() -> None:
    first, second = HIDER.path("Letters/To Bob.odt"), HIDER.path("Letters/To Bob.odt")
    assert first == second
    assert first.endswith(".odt")
    assert HIDER.path("Letters").split("/")[0] == first.split("/")[0]
    assert Hider(b"another", {}).path("Letters/To Bob.odt") != first
    assert not any(private in first for private in PRIVATE)


@pytest.mark.parametrize(
    "text",
    [
        "[Errno 13] Permission denied: '/home/ada/Lockstep/Letter to Bob.odt'",
        'cannot open "Letter to Bob"',
        "journal set aside as /home/ada/x/photo.db: why",
        "what Taxes 2026/return.pdf was",
        "moved Bob/Letter to elsewhere",
    ],
)
def test_names_in_free_text_are_hidden(text: str) -> None:
    said = HIDER.text(text)
    assert not any(private in said for private in PRIVATE), said


def line(event: str, logger: str = "sync_engine.engine.lanes", **more: str) -> str:
    return json.dumps({"timestamp": "2026-05-03", "level": "warning", "logger": logger, "event": event} | more)


@pytest.mark.parametrize(
    "event",
    [
        "Letter to Bob.odt: locked: held by another",
        "Letter: to Bob: locked.odt: not-permitted: '/home/ada/Lockstep/Letter: to Bob: locked.odt'",
        "Taxes 2026/return.pdf: disk-full: ",
    ],
)
def test_the_path_that_a_line_of_the_log_is_about_is_hidden(event: str) -> None:
    said = json.loads(HIDER.log(line(event)))
    assert not any(private in said["event"] for private in PRIVATE), said
    assert said["logger"] == "sync_engine.engine.lanes"


def test_what_helps_to_find_a_fault_stays() -> None:
    trace = "Traceback:\n  File \"/usr/lib/lockstep/sync_engine/engine/loop.py\", line 12, in run\nKeyError: 'Letter'"
    said = json.loads(HIDER.log(line("feed read to 12: 3 nodes changed", "sync_engine.engine.wire", exception=trace)))
    assert said["event"] == "feed read to 12: 3 nodes changed"
    assert 'sync_engine/engine/loop.py", line 12' in said["exception"]
    assert "Letter" not in said["exception"]
