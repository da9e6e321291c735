"""What goes over the control socket, both ways."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from sync_engine.control import framing
from sync_engine.control.messages import AskServer, Exclude, Item, Items, Problems
from sync_engine.core.reports import PathProblem

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def test_names_that_are_no_unicode_arrive_as_they_are(pair: Pair) -> None:
    told = Problems([PathProblem("bad\udcff", "invalid-utf8", "caf\udce9")])
    framing.send(pair[0], told)
    assert framing.receive(pair[1], framing.ANSWERS) == told
    asked = Exclude("bad\udcff", b"\x00\xff" * 8)
    framing.send(pair[1], asked)
    assert framing.receive(pair[0], framing.REQUESTS) == asked


def test_bytes_and_rows_arrive_as_they_are(pair: Pair) -> None:
    asked = AskServer("versions", None, bytes(range(256)))
    framing.send(pair[0], asked)
    assert framing.receive(pair[1], framing.REQUESTS) == asked
    rows = Items([Item("ü🎈", "file", 2**53, -1, "in-step", is_here=True, is_on_server=False)] * 2_000, is_cut=True)
    sender = threading.Thread(target=framing.send, args=(pair[0], rows))
    sender.start()
    assert framing.receive(pair[1], framing.ANSWERS) == rows
    sender.join()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"\x81\xa4type\xa5Hello",
        b"{",
        b'{"type": "Nobody"}',
        b'{"type": "Exclude", "path": 7}',
        b"[" * 100_000,
    ],
)
def test_what_means_nothing_is_refused(pair: Pair, body: bytes) -> None:
    sender = threading.Thread(target=pair[0].sendall, args=(struct.pack("<I", len(body)) + body,))
    sender.start()
    with pytest.raises(framing.FrameError):
        framing.receive(pair[1], framing.REQUESTS)
    sender.join()


def test_frames_are_bounded_cut_ones_refused_and_an_end_is_an_end(pair: Pair) -> None:
    pair[0].sendall(struct.pack("<I", 2**31))
    with pytest.raises(framing.FrameError, match="long"):
        framing.receive(pair[1], framing.REQUESTS)
    pair[0].sendall(struct.pack("<I", 9) + json.dumps({}).encode())
    pair[0].shutdown(socket.SHUT_WR)
    with pytest.raises(framing.FrameError, match="cut"):
        framing.receive(pair[1], framing.REQUESTS)
    assert framing.receive(pair[1], framing.REQUESTS) is None
