"""What is measured: Lockstep's server and devices through the command line, and the programs beside it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.measuring import Cost, Failed, Running, await_that, run
from tests.fixtures.s3 import ACCESS_KEY, SECRET_KEY, S3Server, shared_server

LOCKSTEP: Final = Path(sys.executable).with_name("lockstep")
PASSWORD: Final = "correct horse battery staple"
ACCOUNT: Final = "bench@example.org"
_STARTS_WITHIN_S: Final = 180.0


def environment(work: Path) -> dict[str, str]:
    """A home of its own, and nothing of the caller's but the way to programs."""
    home = work / "home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[1]),  # this checkout, whichever one is installed
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(work),
        "LOCKSTEP_KEYRING": "file",
        "RESTIC_PASSWORD": PASSWORD,
        "RESTIC_CACHE_DIR": str(work / "restic-cache"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


class Server:
    """A server with data of its own on a free port of loopback."""

    def __init__(
        self,
        work: Path,
        *,
        store: str | None = None,
        database: str | None = None,
        credentials: dict[str, str] | None = None,
    ) -> None:
        """``store`` and ``database``: as for ``lockstep server``; else a directory, and SQLite."""
        data = _fresh(work, "server")
        command: list[str | Path] = [LOCKSTEP, "server", "--data", data, "--port", "0"]
        command += ["--store", store] if store else []
        command += ["--database", database] if database else []
        self.process = Running(command, environment(work) | (credentials or {}), data.with_suffix(".log"))
        try:
            await_that(self._is_ready, "the server to listen", within_s=_STARTS_WITHIN_S, every_s=0.05)
        except BaseException:
            self.process.stop()
            raise
        self.url = self._lines()[0].rpartition(" ")[2]

    def stop(self) -> None:
        self.process.stop()

    def _is_ready(self) -> bool:
        self.process.check()
        return bool(self._lines())

    def _lines(self) -> list[str]:
        lines = self.process.log.read_text(errors="replace").splitlines()
        return [line.strip() for line in lines if line.startswith("listening on ")]


class Device:
    """A profile linked to a server, and its folder."""

    def __init__(self, work: Path, server: Server, *, folder: Path | None = None, is_first: bool = True) -> None:
        """``folder``: what is to be synced, if there is anything yet."""
        self.home = _fresh(work, "profile")
        self.folder = folder or _fresh(work, "folder")
        self._environment = environment(work) | {"LOCKSTEP_HOME": str(self.home)}
        link = ["link", server.url, "--email", ACCOUNT, "--folder", str(self.folder), "--password-stdin"]
        link += ["--device", self.home.name, *(["--create-account"] if is_first else [])]
        self._run(*link, stdin=PASSWORD.encode() + b"\n")

    def sync(self, *, state: str = "settled") -> tuple[Cost, dict[str, Any]]:
        """Run ``lockstep sync``; what it cost and what it reported. Raises: Failed if it ends in another state."""
        cost = self._run("sync", "--json")
        report: dict[str, Any] = json.loads(cost.output)
        if report["state"] != state or report["problems"] or report["conflicts"]:
            raise Failed(f"sync ended as {str(report)[:2_000]}")
        return cost, report

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = json.loads(self._run("status", "--json").output)
        return status

    @contextmanager
    def daemon(self) -> Iterator[Running]:
        """``lockstep daemon``, from when it is in step until the end of the block."""
        running = Running([LOCKSTEP, "daemon"], self._environment, self.home.with_suffix(".log"))
        try:
            self.await_in_step(running)
            yield running
        finally:
            running.stop()

    def await_in_step(self, daemon: Running, *, within_s: float = 900.0) -> float:
        """Asked each half second, since asking costs CPU time, too."""

        def is_in_step() -> bool:
            daemon.check()
            try:
                status = self.status()
                return bool(status["running"] and status["state"] == "in-step")
            except Failed:
                return False  # it is starting

        return await_that(is_in_step, "the daemon to be in step", within_s=within_s, every_s=0.5)

    def lists(self, path: str) -> bool:
        """Whether the server has it."""
        folder, _, _ = path.rpartition("/")
        try:
            listing = json.loads(self._run("ls", *([folder] if folder else []), "--json").output)
        except Failed:
            return False  # the folder is not there yet
        return any(entry["path"] == path for entry in listing)

    def _run(self, *arguments: str, stdin: bytes = b"") -> Cost:
        return run([LOCKSTEP, *arguments], self._environment, stdin=stdin)


class Restic:
    """Backups to a local repository."""

    def __init__(self, work: Path) -> None:
        self._environment = environment(work)
        self.repository = _fresh(work, "restic")
        self._restic("init")

    def backup(self, folder: Path) -> tuple[Cost, dict[str, Any]]:
        cost = run(
            ["restic", "--repo", self.repository, "backup", "--json", "--exclude", ".lockstep", "."],
            self._environment,
            directory=folder,
        )
        summary: dict[str, Any] = json.loads(cost.output.splitlines()[-1])
        return cost, summary

    def restore(self, target: Path) -> Cost:
        return self._restic("restore", "latest", "--target", str(target))

    def _restic(self, *arguments: str) -> Cost:
        return run(["restic", "--repo", self.repository, *arguments], self._environment)


class Rclone:
    """Copies to a bucket of an S3 server, 32 at a time, which is what serves it best with small files."""

    def __init__(self, work: Path, server: S3Server) -> None:
        self._environment = environment(work) | {
            "RCLONE_CONFIG": str(work / "rclone.conf"),
            "RCLONE_CONFIG_S3_TYPE": "s3",
            "RCLONE_CONFIG_S3_PROVIDER": "Ceph",
            "RCLONE_CONFIG_S3_ACCESS_KEY_ID": ACCESS_KEY,
            "RCLONE_CONFIG_S3_SECRET_ACCESS_KEY": SECRET_KEY,
            "RCLONE_CONFIG_S3_ENDPOINT": server.endpoint_url,
        }

    def copy(self, folder: Path, bucket: str) -> Cost:
        return run(
            ["rclone", "copy", "--transfers", "32", "--checkers", "32", "--exclude", "/.lockstep/**", folder,
             f"s3:{bucket}"],
            self._environment,
        )  # fmt: skip


@contextmanager
def s3_server(work: Path) -> Iterator[S3Server]:
    """A real one, in memory."""
    directory = _fresh(work, "s3")
    with shared_server(directory) as server:
        yield server


def copy_of(tree: Path, work: Path) -> Path:
    """A copy for one subject, times included. Returns once no time in it is as young as to be doubted."""
    target = _fresh(work, "copy")
    shutil.copytree(tree, target, symlinks=True, dirs_exist_ok=True)
    os.sync()
    time.sleep(2.5)
    return target


def _fresh(work: Path, name: str) -> Path:
    path = work / f"{name}-{secrets.token_hex(4)}"
    path.mkdir()
    return path
