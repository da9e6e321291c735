"""What ends the background process, and how that is told."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from sync_engine.cli.background import end_background
from sync_engine.control import framing
from sync_engine.control import messages as control
from sync_engine.control.address import socket_path
from sync_engine.profile import Profile


def test_one_that_ends_while_it_is_asked_whether_it_has_is_stopped(tmp_path: Path) -> None:
    profile = Profile.open(tmp_path)
    place = socket_path(profile.home)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    def serve(listening: socket.socket) -> None:
        with listening.accept()[0] as first:
            framing.receive(first, framing.REQUESTS)
            framing.send(first, control.Welcome("1.0", control.PROTOCOL, ended.pid))
            framing.send(first, control.Done())
            framing.receive(first, framing.REQUESTS)
            framing.send(first, control.Done())
        with listening.accept()[0]:  # hangs up, without a word
            place.unlink()

    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as listening:
        listening.bind(str(place))
        listening.listen()
        serving = threading.Thread(target=serve, args=[listening])
        serving.start()
        assert end_background(profile)
        serving.join()
