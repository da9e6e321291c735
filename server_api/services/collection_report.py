"""What a pass of the collector did, for operators and programs."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from server_api.domain.sizes import show_size

_MOST_FAILURES: Final = 20
_LOG: Final = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Collected:
    """What a pass did, or with ``dry_run`` would do.

    Attributes:
        freed_bytes: of packs that are deleted once no address of theirs can be in use.
        rewritten_bytes: by how much rewriting made the store smaller, later.
        tiers_changed: packs that only old versions use from now on, or that others use again.
        orphans: objects without a row; those that stay without one for the grace are deleted.
        foreign: objects of no tree that this database knows, which are never touched.
        failures: sentences for the operator.
    """

    dry_run: bool = False
    versions_expired: int = 0
    chunks_condemned: int = 0
    chunks_freed: int = 0
    packs_freed: int = 0
    freed_bytes: int = 0
    packs_rewritten: int = 0
    rewritten_bytes: int = 0
    tiers_changed: int = 0
    orphans: int = 0
    orphans_deleted: int = 0
    foreign: int = 0
    failures: list[str] = field(default_factory=list)

    def fail(self, sentence: str) -> None:
        _LOG.warning("collection: %s", sentence)
        if len(self.failures) < _MOST_FAILURES:
            self.failures.append(sentence)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        """For the operator, several lines."""
        would = "would have " if self.dry_run else ""
        lines = [
            f"{would}expired {self.versions_expired} old versions",
            f"{would}condemned {self.chunks_condemned} chunks that nothing refers to, freed {self.chunks_freed}",
            f"{would}freed {self.packs_freed} packs of {show_size(self.freed_bytes)}",
            f"{would}rewritten {self.packs_rewritten} packs, smaller by {show_size(self.rewritten_bytes)}",
            f"found {self.orphans} objects that the database does not know, {would}deleted {self.orphans_deleted}",
        ]
        if self.tiers_changed:
            lines.append(f"told the store of {self.tiers_changed} packs whether only old versions use them")
        if self.foreign:
            lines.append(f"left {self.foreign} objects alone that are of no tree this database knows")
        return "\n".join([*lines, *self.failures])
