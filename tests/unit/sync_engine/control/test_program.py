from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server_api.contract.version import VERSION
from sync_engine.control.program import lockstep


def test_from_a_checkout_it_is_run_by_this_python() -> None:
    done = subprocess.run(lockstep("--version"), capture_output=True, text=True, check=True)
    assert VERSION in done.stdout


def test_where_it_is_run_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder may hold what others have put there."""
    (tmp_path / "click.py").write_text("raise SystemExit('this is not ours')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    done = subprocess.run(lockstep("--version"), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_bundle_is_the_program_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/usr/lib/lockstep/lockstep")
    assert lockstep("status") == ["/usr/lib/lockstep/lockstep", "status"]
