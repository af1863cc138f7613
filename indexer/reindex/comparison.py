"""The disk against the table of files: which are unchanged, which have to be read, which are gone, which have moved."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer import documents
from indexer.documents import FileFacts
from indexer.errors import CorpusError
from indexer.model import Problem
from indexer.reindex.roots import Scope
from indexer.reindex.table import Mask, RootFiles
from indexer.reindex.work import hash_of


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file that is new or may have changed: its number in the table, that of the file it was before it moved."""

    facts: FileFacts
    number: int | None
    moved_from: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a look at a root, or a part of one, has shown; files of the table go by their number.

    `kept` are unchanged, or in folders that could not be listed (`problems` says so).
    """

    scope: Scope
    kept: Mask
    to_read: Sequence[FileToRead]
    gone: Sequence[int]
    problems: Sequence[Problem]


def compare(scope: Scope, table: RootFiles, *, ignore: Sequence[str], outside: Path, trust_times: bool) -> Comparison:
    """Walk a root beside the table of its files; both are in the same order.

    Files below `outside` (the index) are passed over. Without `trust_times` all files are to be read. Raises
    CorpusError for a root that cannot be believed: missing, or empty when it was not.
    """
    numbers = np.flatnonzero(table.below(scope.below)).tolist()
    kept = np.zeros(len(table), bool)
    to_read: list[FileToRead] = []
    gone: list[int] = []
    problems: list[Problem] = []
    place = found = 0
    below_index = f"{outside}{os.sep}"
    for item in documents.walk(Path(scope.root.path), ignore):
        if not scope.covers(item.relative):
            continue
        if not isinstance(item, FileFacts):
            problems.append(Problem(item.relative, item.reason, root=scope.root.name))
            continue
        if item.path.startswith(below_index):
            continue
        found += 1
        while place < len(numbers) and table.paths[numbers[place]] < item.relative:
            gone.append(numbers[place])
            place += 1
        if place < len(numbers) and table.paths[numbers[place]] == item.relative:
            number = numbers[place]
            place += 1
            if trust_times and table.same_on_disk(number, item):
                kept[number] = True
            else:
                to_read.append(FileToRead(item, number))
        else:
            to_read.append(FileToRead(item, None))
    if not found and numbers and not scope.below:
        raise CorpusError(f"{scope.root.path} est vide alors qu’il y avait des fichiers.")
    gone += numbers[place:]
    unlisted = [number for number in gone if _below_any(table.paths[number], problems)]
    kept[unlisted] = True
    gone = sorted(set(gone).difference(unlisted))
    return Comparison(scope, kept, *_moves(to_read, gone, table), problems)


def _below_any(path: str, problems: Sequence[Problem]) -> bool:
    """A folder that cannot be listed says nothing of its files."""
    return any(path == problem.path or path.startswith(problem.path + "/") for problem in problems)


def _moves(to_read: list[FileToRead], gone: list[int], table: RootFiles) -> tuple[list[FileToRead], list[int]]:
    """A new file with the bytes of one that is gone is that file: its documents keep ids and first-seen dates."""
    by_size: dict[int, list[int]] = {}
    for number in gone:
        by_size.setdefault(table.size(number), []).append(number)
    moved: dict[int, int] = {}
    for place, file in enumerate(to_read):
        candidates = by_size.get(file.facts.size)
        if file.number is not None or not candidates:
            continue
        digest, _ = hash_of(file.facts.path)
        same = next((number for number in candidates if table.sha256(number) == digest), None)
        if digest and same is not None:
            candidates.remove(same)
            moved[place] = same
    left = set(gone).difference(moved.values())
    return (
        [FileToRead(file.facts, file.number, moved.get(place)) for place, file in enumerate(to_read)],
        [number for number in gone if number in left],
    )
