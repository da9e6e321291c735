"""Of a path that is not in the local tree: why not."""

from __future__ import annotations

from server_api.contract.names import PRIVATE_FOLDER
from sync_engine.core.model import Kind
from sync_engine.core.reports import PathStatus
from sync_engine.engine.looks import read_ignored
from sync_engine.errors import DiskError, RootError
from sync_engine.ports import FileSystem


def status_outside(filesystem: FileSystem, path: str, *, is_on_server: bool) -> PathStatus:
    """Looks at the disk: it is ignored, or just came, or is yet to come, or is nowhere."""
    if path.partition("/")[0] == PRIVATE_FOLDER:
        return PathStatus(path, "ignored", "ignored-own")
    try:
        found = filesystem.look(path)
        if found is None:
            return PathStatus(path, "pending") if is_on_server else PathStatus(path, "unknown", "not-here")
        rule = read_ignored(filesystem).rule(path, is_folder=found.kind is Kind.FOLDER)
    except (DiskError, RootError) as error:
        return PathStatus(path, "problem", error.code)
    if rule is None:
        return PathStatus(path, "pending")
    if not rule.pattern:
        return PathStatus(path, "ignored", "ignored-name")
    return PathStatus(path, "ignored", "ignored-pattern", rule.pattern)
