"""What one kind of the long tests came to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Summary:
    """Attributes: told in one line, and every problem in one more."""

    kind: str
    told: str
    problems: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        return [f"{self.kind}: {self.told}", *(f"{self.kind}: {problem}" for problem in self.problems)]
