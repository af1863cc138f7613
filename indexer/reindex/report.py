"""What a run says of itself: counts, problems with their reasons, exit code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from indexer.model import Problem


@dataclass(slots=True)
class Report:
    """What a run did: counts are documents, `failed` and `empty` files or lines with their reasons.

    `missing` holds roots that could not be read at all; nothing of theirs was removed. `published`: the generation is
    the run's own.
    """

    generation: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    missing: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    took_ms: int = 0
    published: bool = False

    @property
    def exit_code(self) -> int:
        """0 all well, 1 some files failed, 2 a root could not be read."""
        if self.missing:
            return 2
        return 1 if any(not problem.empty for problem in self.problems) else 0

    def to_json(self) -> dict[str, Any]:
        """The JSON of the contract."""
        failed = self.missing + [problem for problem in self.problems if not problem.empty]
        return {
            "generation": self.generation,
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "unchanged": self.unchanged,
            "empty": [_path_and_reason(problem) for problem in self.problems if problem.empty],
            "failed": [_path_and_reason(problem) for problem in failed],
            "took_ms": self.took_ms,
        }


def _path_and_reason(problem: Problem) -> dict[str, str]:
    return {"path": problem.path, "reason": problem.reason}
