"""Thumbnails: a cache of files in the data directory, each named by the version that it shows.

    thumbnails/<namespace>/<version>.webp    made; its time is when it was last asked for
    thumbnails/<namespace>/<version>.none    an empty file: this is no picture that can be shown; for a week
    thumbnails/wanted/<namespace>-<version>  an empty file: somebody asked for it
    thumbnails/making/                       what is being made; left over by whoever was killed

Whether somebody may see one is asked of the database each time. Nothing in here is worth a backup, and every machine
that serves has its own. It is made by a process of its own: ``workers.thumbnailing``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

from msgspec import Struct

from server_api.contract.history import ThumbnailState
from server_api.contract.messages import Kind, NamespaceId, RevisionId
from server_api.domain.nodes import seq_of
from server_api.errors import NotFoundError
from server_api.services.server import Server
from server_api.storage.lives import read_revisions
from server_api.storage.versions import read_versions

MAX_PICTURE_BYTES: Final = 64 * 1024 * 1024
MAX_THUMBNAIL_BYTES: Final = 256 * 1024
MAX_CACHE_BYTES: Final = 1024**3
"""What was not asked for the longest goes first."""
_WANTED: Final = 2_000
_WANTED_OF_ONE: Final = 500
"""Of one namespace, so that others have their turn."""
_FRESH_S: Final = 24 * 3600
_DOUBT_S: Final = 7 * 24 * 3600
"""From then on it is tried again what could not be shown: the machine may have been the reason."""
_ENDINGS: Final = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
_CAN_BE_MADE: Final = os.name == "posix"
"""Elsewhere a process cannot be limited as it has to be."""
_RIFF_BYTES: Final = 12


class Wish(Struct, frozen=True):
    """Somebody wants this picture small."""

    namespace_id: NamespaceId
    version_id: RevisionId
    file: Path
    """Where that is written down."""


class _Picture(Struct, frozen=True):
    """What a revision shows, if that may be a picture."""

    version_id: RevisionId
    may_be_one: bool


class Cache:
    """The directory, seen from any process."""

    def __init__(self, data: Path) -> None:
        self.directory = data / "thumbnails"
        self._wanted = self.directory / "wanted"
        self.work = self.directory / "making"

    def made(self, namespace_id: bytes, version_id: bytes) -> Path:
        return self.directory / namespace_id.hex() / f"{version_id.hex()}.webp"

    def is_none(self, namespace_id: bytes, version_id: bytes) -> bool:
        return self.made(namespace_id, version_id).with_suffix(".none").exists()

    def want(self, namespace_id: bytes, version_ids: Sequence[bytes]) -> set[bytes]:
        """Those that wait now; some may find no room."""
        self._wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        waiting = [file.name for file in self._wanted.iterdir()]
        prefix = f"{namespace_id.hex()}-"
        own = {name for name in waiting if name.startswith(prefix)}
        room = min(_WANTED - len(waiting), _WANTED_OF_ONE - len(own))
        wanted = set()
        for version_id in version_ids:
            name = prefix + version_id.hex()
            if name not in own:
                if room <= 0:
                    continue
                room -= 1
                (self._wanted / name).touch(mode=0o600)
            wanted.add(version_id)
        return wanted

    def wishes(self) -> Iterator[Wish]:
        """Those that wait, the oldest first."""
        with suppress(FileNotFoundError):
            with os.scandir(self._wanted) as found:
                entries = sorted((entry.stat().st_mtime_ns, entry.name) for entry in found)
            for _, name in entries:
                namespace_id, _, version_id = name.partition("-")
                file = self._wanted / name
                try:
                    yield Wish(NamespaceId(bytes.fromhex(namespace_id)), RevisionId(bytes.fromhex(version_id)), file)
                except ValueError:
                    file.unlink(missing_ok=True)

    def keep(self, wish: Wish, made: Path | None) -> None:
        """What became of a wish: a file that is moved into its place, or none."""
        place = self.made(wish.namespace_id, wish.version_id)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if made is not None:
            made.replace(place)
        else:
            place.with_suffix(".none").touch(mode=0o600)
        wish.file.unlink(missing_ok=True)

    def read(self, namespace_id: bytes, version_id: bytes) -> bytes | None:
        """What was made. One that a power cut has torn is thrown away."""
        place = self.made(namespace_id, version_id)
        try:
            data = place.read_bytes()
        except FileNotFoundError:
            return None
        if not is_thumbnail(data):
            place.unlink(missing_ok=True)
            return None
        return data

    def entries(self) -> Iterator[tuple[NamespaceId, RevisionId, os.stat_result, Path]]:
        """All that is kept, and what is known to be no picture."""
        with suppress(FileNotFoundError):
            for folder in self.directory.iterdir():
                if folder.name in {"wanted", "making"}:
                    continue
                for file in folder.iterdir():
                    with suppress(FileNotFoundError, ValueError):
                        ids = bytes.fromhex(folder.name), bytes.fromhex(file.stem)
                        yield NamespaceId(ids[0]), RevisionId(ids[1]), file.stat(), file


def is_thumbnail(data: bytes) -> bool:
    """Whether it is a whole file of the one kind that is served."""
    return (
        _RIFF_BYTES < len(data) <= MAX_THUMBNAIL_BYTES
        and data[:4] == b"RIFF"
        and data[8:12] == b"WEBP"
        and int.from_bytes(data[4:8], "little") + 8 == len(data)
    )


def want_thumbnails(server: Server, namespace_id: NamespaceId, revisions: Sequence[RevisionId]) -> list[ThumbnailState]:
    """How it stands with each; those that are not there yet are made."""
    cache = Cache(server.config.data)
    pictures = _pictures(server, namespace_id, revisions)
    states: dict[RevisionId, ThumbnailState] = {}
    missing: dict[RevisionId, RevisionId] = {}
    for revision_id in revisions:
        picture = pictures.get(revision_id)
        if picture is None or not picture.may_be_one or cache.is_none(namespace_id, picture.version_id):
            states[revision_id] = ThumbnailState.NONE
        elif cache.made(namespace_id, picture.version_id).exists():
            states[revision_id] = ThumbnailState.READY
        else:
            missing[revision_id] = picture.version_id
    if missing:
        wanted = cache.want(namespace_id, list(dict.fromkeys(missing.values())))
        for revision_id, version_id in missing.items():
            states[revision_id] = ThumbnailState.MAKING if version_id in wanted else ThumbnailState.LATER
    return [states[revision_id] for revision_id in revisions]


def read_thumbnail(server: Server, namespace_id: NamespaceId, revision_id: RevisionId) -> tuple[RevisionId, bytes]:
    """The version that it shows, and a WebP. Raises: NotFoundError."""
    picture = _pictures(server, namespace_id, [revision_id]).get(revision_id)
    if picture is None:
        raise NotFoundError
    cache = Cache(server.config.data)
    data = server.offload(cache.read, namespace_id, picture.version_id)
    if data is None:
        raise NotFoundError("There is no thumbnail of it, or not yet.")
    place = cache.made(namespace_id, picture.version_id)
    with suppress(OSError):
        if server.clock.now_ms() / 1000 - place.stat().st_mtime > _FRESH_S:
            os.utime(place)
    return picture.version_id, data


def sweep(server: Server) -> int:
    """Throw away what shows a content that is not kept any more, and what is too much; how many."""
    cache = Cache(server.config.data)
    by_namespace: dict[NamespaceId, list[tuple[RevisionId, os.stat_result, Path]]] = {}
    for namespace_id, version_id, stat, file in cache.entries():
        by_namespace.setdefault(namespace_id, []).append((version_id, stat, file))
    now_s = server.clock.now_ms() / 1000
    gone: list[Path] = []
    kept: list[tuple[float, int, Path]] = []
    for namespace_id, found in by_namespace.items():
        with server.database.read() as connection:
            there = {
                version.version_id
                for version in read_versions(connection, namespace_id, [version_id for version_id, _, _ in found])
                if version.manifest_bytes is not None
            }
        for version_id, stat, file in found:
            is_doubted = file.suffix == ".none" and now_s - stat.st_mtime > _DOUBT_S
            if version_id in there and not is_doubted:
                kept.append((stat.st_mtime, stat.st_size, file))
            else:
                gone.append(file)
    room = MAX_CACHE_BYTES
    for _, size, file in sorted(kept, reverse=True):
        room -= size + 4096  # what a small file takes on a disk
        if room < 0:
            gone.append(file)
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


def _pictures(server: Server, namespace_id: NamespaceId, revisions: Sequence[RevisionId]) -> dict[RevisionId, _Picture]:
    """Those of them that are of a file of this namespace whose content is kept."""
    asked = set(revisions)
    with server.database.read() as connection:
        nodes = [
            node
            for node in read_revisions(connection, namespace_id, {seq_of(id_) for id_ in asked})
            if node.revision_id in asked and node.kind is Kind.FILE and node.version_id is not None
        ]
        wanted = {node.version_id for node in nodes if node.version_id is not None}
        kept = {
            version.version_id
            for version in read_versions(connection, namespace_id, wanted)
            if version.manifest_bytes is not None
        }
    return {
        node.revision_id: _Picture(
            node.version_id,
            _CAN_BE_MADE and 0 < node.size <= MAX_PICTURE_BYTES and PurePosixPath(node.name.lower()).suffix in _ENDINGS,
        )
        for node in nodes
        if node.version_id is not None and node.version_id in kept
    }
