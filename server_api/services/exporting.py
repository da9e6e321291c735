"""An account as plain files: its tree, and if wanted what was deleted and every version, into a directory.

Can be cut off and run again: what is there already, whole, is not read again. Nothing on the server changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from server_api.contract.history import Entry, HistoryRequest, ListRequest
from server_api.contract.messages import Kind, NamespaceId, RevisionId
from server_api.contract.names import version_names
from server_api.domain.paths import Names
from server_api.domain.showing import showable
from server_api.domain.sizes import show_size
from server_api.services.history import read_history
from server_api.services.listing import list_entries
from server_api.services.reading import ContentExpiredError, ContentGoneError, Reader
from server_api.services.server import Server
from server_api.storage.export_folder import ExportError, ExportFolder
from server_api.storage.versions import read_version_ids

_WINDOWS_KEPT: Final = 32

_EXPIRED: Final = "its content has expired"
_GONE: Final = "its content is gone from the store: `lockstep sync --full` on a device that has it sends it again"


@dataclass(slots=True)
class Exported:
    """What is in the directory now. ``failed``: paths, each with the reason."""

    files: int = 0
    size: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        failed = [{"path": path, "reason": reason} for path, reason in self.failed]
        return asdict(self) | {"failed": failed}

    def __str__(self) -> str:
        """For the operator, several lines."""
        lines = [f"{showable(path)}: {reason}" for path, reason in self.failed]
        return "\n".join([*lines, f"{self.files} files, {show_size(self.size)}"])


def export_account(
    server: Server,
    namespace_id: NamespaceId,
    target: Path,
    *,
    all_versions: bool = False,
    progress: Callable[[Exported], None] | None = None,
) -> Exported:
    """Into ``target``; with all versions into its folders ``files``, ``deleted`` and ``versions``.

    A version of ``a/b.txt`` is ``versions/a/b.txt/2026-11-05 10.15.00 Laptop.txt``, by UTC. What fails is told, and the
    rest goes on. ``progress`` is called after each file.

    Raises: StartError, if the directory cannot be used; UnavailableError: run it again.
    """
    folder = ExportFolder(target, f"{namespace_id.hex()} {'all versions' if all_versions else 'files'}\n")
    try:
        export = _Export(server, namespace_id, folder, progress)
        if all_versions:
            paths = {entry.path for entry in export.tree(("files",)) if entry.kind is Kind.FILE}
            paths |= {entry.path for entry in export.tree(("deleted",), deleted=True) if entry.kind is Kind.FILE}
            for path in sorted(paths):
                export.versions(path)
        else:
            for _ in export.tree(()):
                pass
        if not export.done.failed:
            folder.finish()
        return export.done
    finally:
        folder.close()


class _Export:
    def __init__(
        self,
        server: Server,
        namespace_id: NamespaceId,
        folder: ExportFolder,
        progress: Callable[[Exported], None] | None,
    ) -> None:
        self._server = server
        self._namespace_id = namespace_id
        self._folder = folder
        self._progress = progress
        self._reader = Reader(server, namespace_id, windows_kept=_WINDOWS_KEPT)
        self.done = Exported()

    def tree(self, above: Names, *, deleted: bool = False) -> Iterator[Entry]:
        """Put all that is there, or was deleted, below a folder of the directory; tells of each."""
        after: str | None = None
        while True:
            request = ListRequest(path="", recursive=True, deleted=deleted, after=after)
            page = list_entries(self._server, self._namespace_id, request)
            with self._server.database.read() as connection:
                shown = [entry.revision_id for entry in page.entries if entry.kind is Kind.FILE]
                versions = read_version_ids(connection, self._namespace_id, shown)
            for entry in page.entries:
                self._put((*above, *entry.path.split("/")), entry, versions.get(entry.revision_id))
                yield entry
            if page.complete:
                return
            after = page.entries[-1].path

    def versions(self, path: str) -> None:
        """Every content that ever lay there and has not expired, the current one too."""
        history = read_history(self._server, self._namespace_id, HistoryRequest(path=path)).versions[::-1]
        written = [(datetime.fromtimestamp(each.created_at / 1000, UTC), each.device) for each in history]
        for version, name in zip(history, version_names(path, written), strict=True):
            names = ("versions", *path.split("/"), name)
            version_id = RevisionId(version.revision_id)
            self._put_file(names, version_id, version.content_hash, version.size, version.mtime_ns, may_be_expired=True)

    def _put(self, names: Names, entry: Entry, version_id: RevisionId | None) -> None:
        if entry.kind is Kind.FILE:
            content_hash = entry.content_hash or b""
            self._put_file(
                names, version_id, content_hash, entry.size, entry.mtime_ns,
                executable=entry.executable, may_be_expired=entry.deleted_at is not None,
            )  # fmt: skip
            return
        try:
            if entry.kind is Kind.FOLDER:
                self._folder.make_folder(names)
            else:
                self._folder.make_symlink(names, entry.link_target or "")
        except ExportError as error:
            self.done.failed.append(("/".join(names), str(error)))

    def _put_file(
        self,
        names: Names,
        version_id: RevisionId | None,
        content_hash: bytes,
        size: int,
        mtime_ns: int,
        *,
        executable: bool = False,
        may_be_expired: bool = False,
    ) -> None:
        try:
            if not self._folder.has(names, size, mtime_ns, content_hash):
                self._folder.put(names, self._reader.read(version_id), mtime_ns, executable=executable)
        except ContentExpiredError:
            if not may_be_expired:
                self.done.failed.append(("/".join(names), _EXPIRED))
        except ContentGoneError:
            self.done.failed.append(("/".join(names), _GONE))
        except ExportError as error:
            self.done.failed.append(("/".join(names), str(error)))
        else:
            self.done.files += 1
            self.done.size += size
        if self._progress is not None:
            self._progress(self.done)
