"""What the last run could not index, as a generation keeps it: for people; the file table has what the next run needs.

The table knows only files that were read. Here stand also those that could not be opened and folders that could not be
listed, which are tried again at each run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from indexer.errors import IndexDamaged
from indexer.model import Problem

PROBLEMS = "problems.json"


def problems_to_bytes(problems: Iterable[Problem]) -> bytes:
    """The content of the file."""
    return json.dumps([(one.root, one.path, one.reason, one.empty) for one in problems]).encode()


def problems_from(content: bytes) -> tuple[Problem, ...]:
    """What the file says; nothing for no bytes. Raises IndexDamaged."""
    if not content:
        return ()
    try:
        return tuple(Problem(path, reason, empty, root) for root, path, reason, empty in json.loads(content))
    except (ValueError, TypeError, AttributeError) as error:
        raise IndexDamaged(
            f"La liste des fichiers en échec est illisible ({error}). Reconstruisez : trouvaille reindex --full"
        ) from error


def printable(problem: Problem) -> Problem:
    """The same in letters that any output can carry: a path may hold bytes that are none."""
    path, reason, root = (
        text.encode(errors="replace").decode() for text in (problem.path, problem.reason, problem.root)
    )
    return Problem(path, reason, problem.empty, root)
