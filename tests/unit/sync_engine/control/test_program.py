from __future__ import annotations

import subprocess
import sys

import pytest

from server_api.contract.version import VERSION
from sync_engine.control.program import lockstep


def test_from_a_checkout_it_is_run_by_this_python() -> None:
    done = subprocess.run(lockstep("--version"), capture_output=True, text=True, check=True)
    assert VERSION in done.stdout


def test_a_bundle_is_the_program_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/usr/lib/lockstep/lockstep")
    assert lockstep("status") == ["/usr/lib/lockstep/lockstep", "status"]
