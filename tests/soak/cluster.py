"""Three devices as people have them, their server, and a line on which things go wrong; all of it can be killed."""

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

from sync_engine.control import messages as control
from sync_engine.control.client import ControlClient, DaemonFailed, DaemonGone
from sync_engine.core.reports import SyncReport
from tests.end_to_end.devices import Device, environment
from tests.fixtures.fault_proxy import Fault, FaultProxy, Kind, Reply, fault_proxy
from tests.fixtures.servers import RunningServer, running_server

DEVICES = ("A", "B", "C")
START_WITHIN_S = 60.0
KINDS: list[Kind] = ["commit", "feed", "wait", "missing", "register", "seal", "locate", "session", "put", "get"]


class Cluster:
    """Use it in a ``with`` block: server, proxy and linked devices, with no daemon running yet.

    Attributes:
        killed_daemons, killed_servers, faults: how many so far.
    """

    def __init__(self, directory: Path) -> None:
        self.devices: list[Device] = []
        self.killed_daemons = self.killed_servers = self.faults = 0
        self._directory = directory
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}
        self._stack = ExitStack()
        self._serving = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.server: RunningServer | None = self._serving.enter_context(running_server(self._directory / "server"))
            stack.callback(self._serving.close)
            self._port = int(self.server.url.rpartition(":")[2])
            self.proxy: FaultProxy = stack.enter_context(fault_proxy(self.server.url))
            stack.callback(self._end_daemons)
            for name in DEVICES:
                device = Device(name, self._directory / f"{name}-home", self._directory / name, self.proxy.url)
                device.folder.mkdir()
                linked = device.link(*([] if self.devices else ["--create-account"]))
                assert linked.code == 0, linked
                self.devices.append(device)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    # --- daemons -------------------------------------------------------------------------------------------

    def is_up(self, device: Device) -> bool:
        return device.name in self._daemons

    def start(self, device: Device) -> None:
        """Begin to start its daemon."""
        with (device.home / "daemon.out").open("ab") as output:
            self._daemons[device.name] = subprocess.Popen(
                device.command("daemon"), stdout=output, stderr=subprocess.STDOUT, env=environment()
            )

    def kill(self, device: Device) -> None:
        self.killed_daemons += 1
        self._end(device, signal.SIGKILL)

    def stop(self, device: Device) -> None:
        """As a person does. Raises: AssertionError, if that is no success."""
        code = self._end(device, signal.SIGTERM)
        assert code == 0, f"the daemon of {device.name} ended with {code}"

    def _end(self, device: Device, number: int) -> int:
        process = self._daemons.pop(device.name)
        if process.poll() not in {None, 0}:
            raise AssertionError(f"the daemon of {device.name} ended by itself: {_last_words(device)}")
        process.send_signal(number)
        return process.wait(60)

    def _end_daemons(self) -> None:
        for process in self._daemons.values():
            process.kill()
            process.wait()

    def sync(self, device: Device, within_s: float) -> SyncReport:
        """One sync by its daemon. Raises: AssertionError, if it does not come to its end."""
        until = time.monotonic() + within_s
        while True:
            with suppress(DaemonGone), self._connect(device, until) as client:
                for answer in client.stream(control.Sync(), timeout_s=max(until - time.monotonic(), 0.1)):
                    if isinstance(answer, control.Synced):
                        return answer.report
                    assert time.monotonic() < until, f"{device.name} does not come to rest: {answer}"
            assert time.monotonic() < until, f"the daemon of {device.name} does not answer: {_last_words(device)}"

    def ask(self, device: Device, request: control.Request) -> control.Answer | None:
        try:
            with self._connect(device, time.monotonic() + START_WITHIN_S) as client:
                return client.ask(request, timeout_s=60)
        except (DaemonGone, DaemonFailed) as error:
            raise AssertionError(f"{device.name}: {error!r}") from error

    def _connect(self, device: Device, until: float) -> ControlClient:
        while True:
            process = self._daemons[device.name]
            assert process.poll() is None, f"the daemon of {device.name} ended by itself: {_last_words(device)}"
            with suppress(DaemonGone):
                client = ControlClient.connect(device.home)
                if client is not None:
                    return client
            assert time.monotonic() < until, f"the daemon of {device.name} does not answer: {_last_words(device)}"
            time.sleep(0.05)

    # --- the server ----------------------------------------------------------------------------------------

    def kill_server(self) -> None:
        assert self.server is not None
        self.killed_servers += 1
        self.server.kill()
        self.server = None
        self._serving.close()

    def start_server(self) -> None:
        until = time.monotonic() + START_WITHIN_S
        while True:
            try:
                server = running_server(self._directory / "server", port=self._port)
                self.server = self._serving.enter_context(server)
            except AssertionError:  # the port is not free yet
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
            else:
                return

    # --- the line ------------------------------------------------------------------------------------------

    def order_fault(self, chance: Random) -> None:
        """Something goes wrong with a request that is yet to come."""
        self.faults += 1
        kind = chance.choice(KINDS)
        faults = [
            Fault(delay_s=chance.uniform(0.1, 2)),
            Fault(cut_request_at=chance.randrange(2_000), resets=chance.random() < 0.5),
            Fault(cut_answer_at=chance.randrange(2_000), resets=chance.random() < 0.5),
            Fault(cut_answer_at=0),
            Fault(answer=Reply(503, {"Retry-After": "1"})),
            Fault(answer=Reply(502)),
            Fault(lost=Reply(504)),
            Fault(is_duplicated=kind != "session"),
            Fault(bytes_a_second=20_000.0),
        ]
        if kind == "put":
            faults += [Fault(flip_upload=chance.randrange(5_000)), Fault(truncate_upload=chance.randrange(1, 5_000))]
        if kind == "get":
            faults += [Fault(flip_download=chance.randrange(5_000)), Fault(truncate_download=chance.randrange(5_000))]
        self.proxy.order(kind, chance.choice(faults), times=chance.choice([1, 1, 2, 4]))

    def cut_line(self) -> None:
        self.faults += 1
        self.proxy.cut_all()

    def calm(self) -> None:
        """Nothing goes wrong any more, and everything runs."""
        self.proxy.clear()
        self.proxy.forget()
        if self.server is None:
            self.start_server()
        for device in self.devices:
            if not self.is_up(device):
                self.start(device)


def _last_words(device: Device) -> str:
    said = (device.home / "daemon.out").read_text(errors="replace").splitlines()
    return "\n".join(said[-5:])
