"""What stands in for the world around dev.py."""

from collections.abc import Sequence
from pathlib import Path

import dev

SMALL_LOCK = """\
# A comment
blake3==1.0 \\
    --hash=sha256:aa
    # via lockstep-sync
pyside6-essentials==6.11.3 \\
    --hash=sha256:bb
shiboken6==6.11.3 \\
    --hash=sha256:cc
    # via pyside6-essentials
uv==0.13 ; sys_platform != 'none' \\
    --hash=sha256:dd
"""


class Installation:
    """Stands in for the two slow steps, and makes what they would leave behind."""

    def __init__(self, venv: Path) -> None:
        self.venv = venv
        self.steps: list[str] = []
        self.interrupt_during = ""

    def make_environment(self, requirements: str) -> None:
        self._step("environment")
        (self.venv / "bin").mkdir(parents=True, exist_ok=True)
        (self.venv / "bin" / "python").touch()

    def install_project(self) -> None:
        self._step("project")

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if self.interrupt_during == name:
            raise KeyboardInterrupt


class Programs:
    """Records the programs that would run; those whose command line holds a word of `failing` fail."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.environments: list[dict[str, str]] = []
        self.failing: set[str] = set()

    def run_quietly(self, command: Sequence[str], advice: str, *, progress: str = "") -> None:
        if self._fails(command):
            raise dev.StopError(advice, ["its last line"])

    def run_in_foreground(self, command: Sequence[str | Path], **environment: str) -> int:
        self.environments.append(environment)
        return 1 if self._fails([Path(command[0]).name, *map(str, command[1:])]) else 0

    def _fails(self, command: Sequence[str]) -> bool:
        self.commands.append(list(command))
        return bool(self.failing & set(command))
