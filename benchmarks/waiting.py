"""What a server needs for devices that wait for news and get none."""

from __future__ import annotations

import base64
import http.client
import json
import resource
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from benchmarks.data import MIB
from benchmarks.reporting import Figure, at_most, told
from benchmarks.setting import Setting
from benchmarks.subjects import ACCOUNT, PASSWORD, Device, Server

_WAIT_S = 55


def idle_devices(setting: Setting) -> list[Figure]:
    """2,000 devices that wait: the memory of the one process that serves them, and how soon others are answered."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 10_000), hard))
    server = Server(setting.work)
    connections: list[http.client.HTTPConnection] = []
    try:
        Device(setting.work, server)  # makes the account
        headers = {"Content-Type": "application/json"}
        credentials = {"email": ACCOUNT, "password": PASSWORD, "device_name": "idle"}
        session = _post(server.url, "/v1/sessions", credentials, headers)
        headers["Authorization"] = f"Bearer {session['access_token']}"
        seq = _seq(server.url, session, headers)
        wait = {
            "epoch": session["epoch"],
            "namespaces": {session["account"]["personal_namespace"]: seq},
            "timeout_s": _WAIT_S,
        }
        worker = max(_children(server.process.pid), key=_resident_bytes)
        before = _resident_bytes(worker)
        started = time.perf_counter()
        for _ in range(setting.waiting_devices):
            connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=120)
            connection.request("POST", "/v1/wait", json.dumps(wait), headers)
            connections.append(connection)
        _get(server.url, "/v1/account", headers)  # all that came before it has begun to wait
        took = time.perf_counter() - started
        answered = []
        for _ in range(50):
            begun = time.perf_counter()
            _get(server.url, "/v1/account", headers)
            answered.append(time.perf_counter() - begun)
        after = _resident_bytes(worker)
        statuses = {connection.getresponse().status for connection in connections}
    finally:
        for connection in connections:
            connection.close()
        server.stop()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    count = f"{setting.waiting_devices:,} idle waiting devices"
    return [
        at_most(
            f"the process that serves {count}: memory", after / MIB, 200, "MiB", detail=f"{before / MIB:.0f} before"
        ),
        told("the same: others are answered within (median)", f"{sorted(answered)[25] * 1000:.1f} ms"),
        told("the same: until all wait", f"{took:.0f} s, answered {sorted(statuses)}"),
    ]


def _seq(url: str, session: Any, headers: dict[str, str]) -> int:
    namespace = UUID(bytes=base64.b64decode(session["account"]["personal_namespace"]))
    return int(_get(url, f"/v1/namespaces/{namespace}/changes", headers)["seq"])


def _post(url: str, path: str, body: Any, headers: dict[str, str]) -> Any:
    return _send(url, "POST", path, json.dumps(body), headers)


def _get(url: str, path: str, headers: dict[str, str]) -> Any:
    return _send(url, "GET", path, None, headers)


def _send(url: str, method: str, path: str, body: str | None, headers: dict[str, str]) -> Any:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
    try:
        connection.request(method, path, body, headers)
        return json.load(connection.getresponse())
    finally:
        connection.close()


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _resident_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024
