"""Gets the chunks of local files to the server: one read, one question, few packs.

A load is one job in the transfer lane: it reads files until a pack is full or nothing more is waiting, asks which
chunks the server lacks, packs and sends them. Several loads run at once, one of them reading while others send. Files
are done when all loads that their chunks depend on are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Final, Protocol

from server_api.contract.messages import NamespaceId
from sync_engine.core.model import LocalNode, NodeId
from sync_engine.core.operations import Offer
from sync_engine.engine.gathering import Gatherer, close_reading
from sync_engine.engine.limits import CalledOff
from sync_engine.engine.loads import SMALL_BYTES, FileUpload, KnownChunks, Load, Run
from sync_engine.engine.shipping import Shipping
from sync_engine.engine.transfers import UNUSABLE, Errands, Outside, Transfer
from sync_engine.errors import EngineError, RemoteError
from sync_engine.ports import Prepared

_LOADS: Final = 3
"""At once. Each holds up to 20 MiB."""
_EXTRA_LOAD_BYTES: Final = 1024 * 1024
"""Small files up to this much do not wait for the packs of large ones: one more load takes them."""
_CALLED_OFF: Final = RemoteError("called off")
"""Of a load of which nobody wanted anything any more."""


class UploadEvents(Protocol):
    """What an uploader tells. All are called in the control thread, from within ``Workers.collect``."""

    def on_prepared(self, files: list[Prepared]) -> None:
        """The server has all chunks of these files, so that a commit may name them; told as packs are sealed."""

    def on_failed(self, node: LocalNode, error: EngineError) -> None:
        """This file was given up, after the retries that make sense. ``Changed``/``Vanished``: observe it again.

        It is no longer under way; offering it again is the way to try again.
        """

    def on_pack_begun(self, pack_id: bytes) -> None:
        """Its bytes are on their way: for ``Journal.begin_pack``."""

    def on_packs_ended(self, pack_ids: Sequence[bytes]) -> None:
        """Sealed, or refused for good: for ``Journal.end_packs``."""


class Uploader:
    """Takes offers by the thousand and works on them in the background.

    Thread: every method belongs to the control thread.
    """

    def __init__(self, outside: Outside, namespace_id: NamespaceId, events: UploadEvents) -> None:
        self._outside = outside
        self._events = events
        self._known = KnownChunks()
        self._gatherer = Gatherer(outside, namespace_id, self._known)
        self._shipping = Shipping(outside.remote, outside.store, self._tell_begun)
        self._under_way: dict[NodeId, FileUpload] = {}
        self._run = self._new_run()

    def offer(self, offers: Iterable[tuple[str, Offer]]) -> None:
        """Take these on, each with its path relative to the root. Nodes that are under way already are left alone."""
        for path, offer in offers:
            node_id = offer.node.node_id
            if node_id not in self._under_way:
                upload = FileUpload(path, offer)
                self._under_way[node_id] = upload
                (self._run.small if upload.size <= SMALL_BYTES else self._run.large).append(upload)
        self._start_loads()

    def under_way(self) -> Collection[NodeId]:
        """Offered, and neither prepared nor failed yet."""
        return self._under_way.keys()

    def transfers(self, limit: int = 100) -> list[Transfer]:
        """What is being read or sent now, for people."""
        active = (upload for upload in self._under_way.values() if upload.bytes_read)
        return [
            Transfer(upload.offer.node.node_id, upload.path, upload.size, self._done(upload), is_upload=True)
            for upload, _ in zip(active, range(limit), strict=False)
        ]

    def _done(self, upload: FileUpload) -> int:
        """Bytes of it that are on the server, or went to it. A file that has grown meanwhile counts as it was."""
        return min(upload.bytes_read - sum(load.left(upload) for load in self._run.open), upload.size)

    def distrust(self, chunks: Iterable[bytes]) -> None:
        """The server said in a commit that it lacks these: ask again about them, whatever was heard before."""
        self._known.distrust(chunks)

    def doubt(self) -> None:
        """Ask the server again about every chunk that is offered from now on, whatever it is known to have."""
        self._known.doubt()

    def stop(self, nodes: Collection[NodeId]) -> set[NodeId]:
        """Drop these; returns those that were under way. No ``on_prepared`` or ``on_failed`` comes for them.

        What is on its way for them alone ends at once; a pack that has chunks of others goes on. What the server has of
        them already need not be sent again.
        """
        found = [upload for node_id in nodes if (upload := self._under_way.get(node_id)) is not None]
        stopped = {upload.offer.node.node_id for upload in found if self._is_over(upload)}
        if stopped:
            self._run.errands.drop_unwanted()
        return stopped

    def cancel(self) -> None:
        """Drop everything (pause, quit). Returns at once; threads are free within a second.

        Nothing is under way afterwards, and no ``on_prepared`` or ``on_failed`` comes for what was dropped.
        """
        run, self._run = self._run, self._new_run()
        run.errands.cancel()
        self._under_way.clear()
        if run.lock.acquire(blocking=False):  # else the load that is reading closes the file
            close_reading(run)
            run.lock.release()

    # --- loads ---------------------------------------------------------------------------------------------------

    def _new_run(self) -> Run:
        return Run(Errands(self._outside))

    def _start_loads(self) -> None:
        run = self._run
        if len(run.open) < _LOADS:
            waiting = len(run.small) + len(run.large) + (run.reading is not None)
            for _ in range(min(_LOADS - len(run.open), waiting)):
                self._start(Load())
        elif len(run.open) == _LOADS and run.small and _is_little(run.small):
            self._start(Load(only_small=True))

    def _start(self, load: Load) -> None:
        run = self._run
        run.open.append(load)
        job = partial(self._carry, run, load)
        self._outside.workers.submit(job, partial(self._settle, run, load), "transfer")

    def _carry(self, run: Run, load: Load) -> None:
        """In a worker."""
        try:
            self._gatherer.gather(run, load)
            if load.pack is not None:
                with run.errands.one(load.is_wanted) as patience:
                    self._shipping.ship(load.pack, patience, load.ended_packs, load.go_on)
        except EngineError as error:
            load.error = error
        except CalledOff:
            load.error = _CALLED_OFF
        finally:
            load.pack = None

    def _tell_begun(self, pack_id: bytes) -> None:
        """In a worker."""
        self._outside.workers.post(partial(self._events.on_pack_begun, pack_id))

    def _settle(self, run: Run, load: Load, result: object) -> None:
        """In the control thread, when the load came to its end."""
        if isinstance(result, BaseException):
            load.error = EngineError(repr(result))
            load.error.__cause__ = result
        run.open.remove(load)
        if load.error is None:
            self._known.remember(load.chunks)
        load.is_settled = True
        run.release(load)
        if load.ended_packs:
            self._events.on_packs_ended(load.ended_packs)
        for upload, error in load.unreadable:
            self._fail(upload, error)
        self._judge(load.files)
        load.let_go()
        if run is self._run:
            if isinstance(load.error, UNUSABLE):
                self._give_up(load.error)
            self._start_loads()

    def _judge(self, uploads: list[FileUpload]) -> None:
        """Whose chunks are all there is prepared; who depends on a failed load has failed. Who came to depend on one as
        that was called off begins anew."""
        ready = []
        for upload in uploads:
            if upload.is_over:
                continue
            error = next((load.error for load in upload.loads if load.error is not None), None)
            if error is _CALLED_OFF:
                if self._is_over(upload):
                    self.offer([(upload.path, upload.offer)])
            elif error is not None:
                self._fail(upload, error)
            elif upload.prepared is not None:
                open_loads = [load for load in upload.loads if not load.is_settled]
                for load in open_loads:
                    load.files.append(upload)
                if not open_loads:
                    ready.append(upload)
        ready = [upload for upload in ready if self._is_over(upload)]
        if ready:
            self._events.on_prepared([upload.prepared for upload in ready if upload.prepared is not None])

    def _fail(self, upload: FileUpload, error: EngineError) -> None:
        if self._is_over(upload):
            self._events.on_failed(upload.offer.node, error)

    def _give_up(self, error: EngineError) -> None:
        """The server or store cannot be used at all: what is waiting would meet the same."""
        for upload in list(self._under_way.values()):
            if not upload.bytes_read:
                self._fail(upload, error)

    def _is_over(self, upload: FileUpload) -> bool:
        """Take it off the list; False if it was not on it (any more)."""
        upload.is_over = True
        node_id = upload.offer.node.node_id
        if self._under_way.get(node_id) is not upload:
            return False
        del self._under_way[node_id]
        return True


def _is_little(uploads: Collection[FileUpload]) -> bool:
    return len(uploads) <= 1_000 and sum(upload.size for upload in tuple(uploads)) <= _EXTRA_LOAD_BYTES
