"""What a look through the store came to, for the operator."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from server_api.domain.showing import counted
from server_api.domain.sizes import show_size
from server_api.services.wholeness import BrokenVersions

_MOST_FAILURES: Final = 20
_LOG: Final = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Scrubbed:
    """What a pass found and did.

    Attributes:
        is_repair: whether it was to mend anything.
        is_complete: whether every pack was looked at, in this or an earlier part of the pass.
        packs, bytes: looked at in this part of it; ``packs_left``, ``bytes_left``: still to look at.
        packs_gone: whose object is not in the store.
        packs_damaged: whose object has other bytes than it had.
        packs_unread: that could not be read now.
        chunks_hit: that lie in either of those and are not whole.
        chunks_salvaged: of which another copy was found, and which are whole again.
        chunks_awaited: that are missing from now on, until a device sends them again.
        chunks_left: of those that are hit, what is neither.
        chunks_lacking: that versions name, and that are nowhere whole.
        packs_rewritten: whose sound chunks were taken out of a damaged object.
        broken: the versions that cannot be read.
        failures: sentences for the operator.
    """

    is_repair: bool = False
    is_complete: bool = False
    packs: int = 0
    bytes: int = 0
    packs_left: int = 0
    bytes_left: int = 0
    packs_gone: int = 0
    packs_damaged: int = 0
    packs_unread: int = 0
    chunks_hit: int = 0
    chunks_salvaged: int = 0
    chunks_awaited: int = 0
    chunks_left: int = 0
    chunks_lacking: int = 0
    packs_rewritten: int = 0
    broken: BrokenVersions = field(default_factory=BrokenVersions)
    failures: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether nothing is left for the operator to do."""
        is_mended = self.chunks_left == 0 and self.packs_rewritten == self.packs_damaged
        return is_mended and not (self.broken.count or self.failures or self.packs_unread)

    @property
    def progress(self) -> str:
        """One line, of a steady length."""
        left = f"{show_size(self.bytes_left)} left" if self.packs_left > 0 else "looking whose files that are"
        told = f"{show_size(self.bytes)} read, {left}"
        found = self.packs_damaged + self.packs_gone
        return f"{told}, {counted(found, 'pack')} not whole".ljust(70) if found else told.ljust(70)

    def fail(self, sentence: str) -> None:
        _LOG.warning("scrub: %s", sentence)
        if len(self.failures) < _MOST_FAILURES:
            self.failures.append(sentence)

    def as_json(self) -> dict[str, Any]:
        broken = {"versions_broken": self.broken.count, "files_broken": self.broken.current_count}
        told = {
            name: value for name, value in asdict(self).items() if name not in {"broken", "is_complete", "is_repair"}
        }
        return (
            {"complete": self.is_complete, "repair": self.is_repair}
            | told
            | broken
            | {"versions": self.broken.as_json()}
        )

    def __str__(self) -> str:
        """For the operator, several lines."""
        lines = [f"looked at {counted(self.packs, 'pack')} of {show_size(self.bytes)}"]
        if not self.is_complete:
            rest = f"{counted(self.packs_left, 'pack')} of {show_size(self.bytes_left)}"
            lines.append(f"still to look at: {rest}. Say it again, and it goes on there")
        if self.packs_gone or self.packs_damaged:
            lines.append(
                f"{counted(self.packs_damaged, 'pack is', 'packs are')} damaged and "
                f"{counted(self.packs_gone, 'is', 'are')} gone, "
                f"with {counted(self.chunks_hit, 'chunk')} that the database counts on"
            )
        if self.packs_damaged and not (self.chunks_hit or self.chunks_lacking or self.is_repair):
            lines.append("nothing is lost by that: `lockstep server scrub --repair` writes anew what is whole")
        if self.chunks_salvaged:
            lines.append(f"whole again from other copies: {counted(self.chunks_salvaged, 'chunk')}")
        if self.packs_rewritten:
            lines.append(f"wrote what is whole in {counted(self.packs_rewritten, 'damaged pack')} anew")
        if self.is_repair and self.packs_damaged > self.packs_rewritten:
            left = self.packs_damaged - self.packs_rewritten
            lines.append(
                f"{counted(left, 'damaged pack stays', 'damaged packs stay')} for now: "
                "what is lost there is nowhere else, or about to be freed"
            )
        if self.chunks_lacking:
            lines.append(
                f"{counted(self.chunks_lacking, 'chunk of a file is', 'chunks of files are')} lost here. "
                "What a device has of that it sends again: `lockstep sync --full` there"
                + ("" if self.is_repair or not self.chunks_hit else ", after `lockstep server scrub --repair` here")
            )
        if self.is_complete and self.is_well:
            lines.append("all of it is whole")
        return "\n".join([*lines, *self.broken.lines(), *self.failures])
