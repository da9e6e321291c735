"""One application for each profile."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import weakref
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import only_one
from desktop.only_one import OnlyOne, Wanted
from sync_engine.control.address import socket_path
from tests.unit.desktop.examples import never


def test_the_second_of_a_profile_hands_over_what_it_was_to_show(tmp_path: Path, qtbot: QtBot) -> None:
    first = OnlyOne(tmp_path)
    assert first.begin(Wanted())
    with qtbot.waitSignal(first.asked) as asked:
        second = _second(tmp_path, "Photos/été\udc80.jpg")
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=20_000)
    assert asked.args == [Wanted("Photos/été\udc80.jpg")]
    assert second.returncode == 0
    first.close()


def test_another_profile_has_its_own(tmp_path: Path, qapp: QApplication) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first, other = OnlyOne(tmp_path / "a"), OnlyOne(tmp_path / "b")
    assert first.begin(Wanted())
    assert other.begin(Wanted())
    first.close()
    other.close()


def test_nobody_else_can_be_there_first(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    tmp_path.chmod(0o700)
    one = OnlyOne(tmp_path)
    assert one.begin(Wanted())
    assert list(tmp_path.glob("*.window"))
    one.close()


@pytest.mark.parametrize("said", [b"[" * 50_000 + b"\n", b"\xff\n", b"[1, 2]\n", b"null\n"])
def test_what_makes_no_sense_is_hung_up_on(qapp: QApplication, tmp_path: Path, said: bytes, qtbot: QtBot) -> None:
    one = OnlyOne(tmp_path)
    assert one.begin(Wanted())
    one.asked.connect(never)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(socket_path(tmp_path).with_suffix(".window")))
        connection.sendall(said)
        connection.setblocking(False)
        qtbot.waitUntil(lambda: _is_hung_up(connection))
    one.close()


def test_who_comes_does_not_keep_it(qapp: QApplication, tmp_path: Path) -> None:
    """The last one to go would take it along, while it is deleted itself."""
    one = OnlyOne(tmp_path)
    assert one.begin(Wanted())
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(socket_path(tmp_path).with_suffix(".window")))
        connection.sendall(b"null\n")
        one._server.waitForNewConnection(20_000)
    one.close()
    kept = weakref.ref(one)
    del one
    assert kept() is None


def _is_hung_up(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_a_socket_that_a_killed_one_left_is_taken_over(tmp_path: Path, qapp: QApplication) -> None:
    program = f"""
import sys, time, pathlib
from PySide6.QtWidgets import QApplication
from desktop.only_one import OnlyOne, Wanted
app = QApplication([])
one = OnlyOne(pathlib.Path({str(tmp_path)!r}))
print(one.begin(Wanted()), flush=True)
time.sleep(60)
"""
    killed = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "True\n"
    killed.kill()
    killed.wait()
    killed.stdout.close()
    started = time.monotonic()
    one = OnlyOne(tmp_path)
    assert one.begin(Wanted())
    assert time.monotonic() - started < only_one.STARTED_WITHIN_S / 2
    one.close()


def test_a_lock_that_was_left_behind_is_waited_for_once(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process has ended, and its number is that of another one, or the computer has another name now."""
    monkeypatch.setattr(only_one, "STARTED_WITHIN_S", 0.2)
    one = OnlyOne(tmp_path)
    lock = Path(f"{one._name}.lock")
    lock.write_text(f"{os.getppid()}\nlockstep\nelsewhere\n")
    assert one.begin(Wanted())
    assert f"{os.getpid()}\n" in lock.read_text()
    one.close()
    assert not lock.exists()


def test_one_that_has_only_begun_is_waited_for(tmp_path: Path, qtbot: QtBot) -> None:
    first = OnlyOne(tmp_path)
    assert first._lock.tryLock(0)  # it does not listen yet
    second = _second(tmp_path, "a")
    qtbot.waitUntil((tmp_path / "has-looked").exists, timeout=20_000)
    assert first._server.listen(first._name)
    with qtbot.waitSignal(first.asked):
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=20_000)
    assert second.returncode == 0
    first.close()


def test_one_that_hangs_is_not_waited_for_without_end(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(only_one, "STARTED_WITHIN_S", 0.2)
    hangs, one = OnlyOne(tmp_path), OnlyOne(tmp_path)
    assert hangs.begin(Wanted())
    assert one.begin(Wanted())  # nobody answers it in this thread
    one.close()
    hangs.close()


def _second(home: Path, path: str) -> subprocess.Popen[bytes]:
    program = f"""
import sys, pathlib
from PySide6.QtWidgets import QApplication
from desktop.only_one import OnlyOne, Wanted

home = pathlib.Path({str(home)!r})

class Second(OnlyOne):
    def _hand_over(self, *wanted):
        is_taken = super()._hand_over(*wanted)
        (home / "has-looked").touch()
        return is_taken

app = QApplication([])
sys.exit(Second(home).begin(Wanted({path!r})))
"""
    return subprocess.Popen([sys.executable, "-c", program])
