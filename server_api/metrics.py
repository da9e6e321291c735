"""What is counted for Prometheus: every figure there is, by name. Nothing is counted, nor loaded, until ``switch_on``.

Label values come from closed lists (routes, statuses, kinds), never from what a client sent.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from server_api.contract.messages import PROTOCOL
from server_api.contract.version import VERSION

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_ALL: Final[list[_Figure]] = []
_MULTI_PROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"


class _Figure:
    kind = ""

    def __init__(self, name: str, meaning: str, labels: Sequence[str] = (), **options: Any) -> None:
        self.name = f"lockstep_{name}"
        self.meaning = meaning
        self.labels = tuple(labels)
        self.options = options
        self.real: Any = None
        _ALL.append(self)

    def _of(self, labels: dict[str, str]) -> Any:
        return self.real.labels(**labels) if labels else self.real


class Count(_Figure):
    """Only grows."""

    kind = "Counter"

    def add(self, amount: float = 1, **labels: str) -> None:
        if self.real is not None:
            self._of(labels).inc(amount)


class Level(_Figure):
    """Goes up and down; processes' values are added up, of those that live."""

    kind = "Gauge"

    def __init__(self, name: str, meaning: str, labels: Sequence[str] = (), *, mode: str = "livesum") -> None:
        super().__init__(name, meaning, labels, multiprocess_mode=mode)

    def set(self, value: float, **labels: str) -> None:
        if self.real is not None:
            self._of(labels).set(value)

    @contextmanager
    def held(self) -> Iterator[None]:
        """One more until the block ends."""
        if self.real is None:
            yield
            return
        self.real.inc()
        try:
            yield
        finally:
            self.real.dec()


class Seconds(_Figure):
    """How long something took, in steps that reach as far as its name's meaning needs."""

    kind = "Histogram"

    def __init__(self, name: str, meaning: str, labels: Sequence[str]) -> None:
        steps = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
        super().__init__(name, meaning, labels, buckets=steps)

    def observe(self, seconds: float, **labels: str) -> None:
        if self.real is not None:
            self._of(labels).observe(seconds)


REQUESTS = Count("requests_total", "Requests answered.", ["route", "method", "status"])
REQUEST_SECONDS = Seconds("request_seconds", "From the first line of a request to the end of its answer.", ["route"])
WAITING = Level("waiting_devices", "Waiting requests that are open now.")
COMMITS = Count("commits_total", "Batches of operations that were committed.")
OPERATIONS = Count("operations_total", "Operations in them, by what became of each.", ["kind", "result"])
FEED_PAGES = Count("feed_pages_total", "Pages of the change feed that were read.")
PRESIGNED = Count("presigned_urls_total", "Addresses of the store that were signed.", ["method"])
STORE_CALLS = Count("store_calls_total", "The server's own calls to the store.", ["operation", "outcome"])
STORE_SECONDS = Seconds("store_call_seconds", "How long they took.", ["operation"])
DATABASE_RETRIES = Count("database_retries_total", "Transactions that were tried again, for others were in their way.")
DATABASE_FAILURES = Count("database_failures_total", "Transactions for which the database was away.")
JOB_FAILURES = Count("job_failures_total", "Jobs beside the answers that failed and are tried again.", ["job"])
COLLECTIONS = Count("collections_total", "Collection passes that ended.", ["outcome"])
COLLECTED_BYTES = Count("collected_bytes_total", "Bytes of packs that these passes freed.")
COLLECTED_AT = Level("collection_ended_timestamp_seconds", "When the last pass ended.", mode="mostrecent")
PUBLISHED = Count("published_total", "Shared files that were assembled in the store as one object each.")
PUBLISHED_BYTES = Count("published_bytes_total", "Their bytes, which a worker read from the store and wrote there.")
PENDING_BYTES = Level("pending_bytes", "Bytes of packs that were announced and not sent yet.", mode="mostrecent")
UNVERIFIED = Level("unverified_packs", "Packs that wait to be hashed.", mode="mostrecent")
WAITING_MAILS = Level("waiting_mails", "Mails that wait to be sent.", mode="mostrecent")
BACKLOG_SECONDS = Level("backlog_seconds", "How long the first of those has waited.", ["queue"], mode="mostrecent")
SCRUBBED_AT = Level("scrub_ended_timestamp_seconds", "When the last whole scrub ended.", mode="mostrecent")
BROKEN = Level("broken_versions", "Versions that the last whole scrub could not read.", mode="mostrecent")
PROCESSES = Level("processes", "Processes of this server.", ["role"])
PROCESS_BYTES = Level("process_resident_bytes", "Memory that they take.", ["role"])
PROCESS_FILES = Level("process_open_files", "Files and connections that they have open.", ["role"])
PROCESS_CPU = Count("process_cpu_seconds_total", "Time that they have used.", ["role"])
BUILD = Level("build_info", "Always 1.", ["version", "protocol"], mode="max")


def is_on() -> bool:
    return BUILD.real is not None


def switch_on(registry: CollectorRegistry | None = None, *, shared: Path | None = None) -> None:
    """Count from now on, and in every process that is forked later.

    Args:
        registry: where to count, for one process alone; its own if there is none.
        shared: a directory of nobody else's in which the processes count together. Before prometheus_client is loaded.
    """
    if shared is not None:
        os.environ[_MULTI_PROCESS] = str(shared)
    import prometheus_client  # noqa: PLC0415 - it takes as long as a quarter of a command's start

    for figure in _ALL:
        options = {name: value for name, value in figure.options.items() if value is not None}
        make: Callable[..., Any] = getattr(prometheus_client, figure.kind)
        figure.real = make(
            figure.name, figure.meaning, figure.labels, registry=registry or prometheus_client.REGISTRY, **options
        )
    BUILD.set(1, version=VERSION, protocol=str(PROTOCOL))


def switch_off() -> None:
    """Count nothing any more."""
    for figure in _ALL:
        figure.real = None


def exposition(registry: CollectorRegistry | None = None, *, shared: Path | None = None) -> bytes:
    """Everything in Prometheus's text format; ``registry`` and ``shared`` as for ``switch_on``."""
    from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess  # noqa: PLC0415

    if shared is None:
        return generate_latest(registry or REGISTRY)
    for file in shared.glob("gauge_live*.db"):
        if not Path(f"/proc/{file.stem.rpartition('_')[2]}").exists() and Path("/proc/self").exists():
            file.unlink(missing_ok=True)  # of a process that is gone
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together, str(shared))  # type: ignore[no-untyped-call]
    return generate_latest(together)


class ProcessWatch:
    """Tells of the process it was made in what it takes. ``look`` does so at most every five seconds.

    On systems without ``/proc``: only the time used.
    """

    def __init__(self, role: str) -> None:
        self._role = role
        self._looked_at = 0.0
        self._used_s = 0.0
        PROCESSES.set(1, role=role)

    def look(self) -> None:
        now = time.monotonic()
        if not is_on() or now - self._looked_at < 5:
            return
        self._looked_at = now
        used_s = time.process_time()
        PROCESS_CPU.add(max(0.0, used_s - self._used_s), role=self._role)
        self._used_s = used_s
        try:
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
            files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - only counted
        except OSError:
            return
        PROCESS_BYTES.set(pages * os.sysconf("SC_PAGE_SIZE"), role=self._role)
        PROCESS_FILES.set(files, role=self._role)
