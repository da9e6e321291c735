"""Blocking work beside the greenlets."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
from server_api.errors import AlreadyStoredError
from server_api.workers.gevent_worker import offload

def fail(key, *, why):
    raise AlreadyStoredError(f"{key} {why}")

assert offload(divmod, 7, 2) == (3, 1)
try:
    offload(fail, "key", why="is there")
except AlreadyStoredError as error:
    print(error)
"""


def test_what_goes_wrong_there_is_told_to_the_caller_alone() -> None:
    """A process of its own, for gevent changes the one that it is in."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "key is there\n"
    assert done.stderr == "", "no traceback in the operator's log"
