"""The disk against the table of files: which are unchanged, which have to be read, which are gone, which have moved."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from indexer import documents
from indexer.documents import NOTHING_SAID, FileFacts, FolderMetadata, Inventory, Said, Unwalkable
from indexer.errors import CorpusError
from indexer.model import Problem, Root
from indexer.reindex.roots import Scope
from indexer.reindex.table import Mask, RootFiles
from indexer.reindex.work import hash_of


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file that is new or may have changed: its number in the table, that of the file it was before it moved.

    `said` is what a table of metadata says of it, `said_anew` whether that is not what it said before.
    """

    facts: FileFacts
    number: int | None
    moved_from: int | None = None
    said: Said = field(default_factory=lambda: NOTHING_SAID)
    said_anew: bool = False


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
    warnings: Sequence[str] = ()


def compare(scope: Scope, table: RootFiles, *, ignore: Sequence[str], outside: Path, trust_times: bool) -> Comparison:
    """Walk a root, or the part of it in scope, beside the table of its files; both are in the same order.

    Files below `outside` (the index) are passed over. Without `trust_times` all files are to be read. Raises
    CorpusError for a root that cannot be believed: missing, or empty when it was not.
    """
    numbers = np.flatnonzero(table.below(scope.below)).tolist()
    kept = np.zeros(len(table), bool)
    to_read: list[FileToRead] = []
    gone: list[int] = []
    problems: list[Problem] = []
    place = found = 0
    inventory = Inventory()
    for item in _files(scope.root, ignore, outside, scope.below):
        if isinstance(item, FolderMetadata):
            inventory.add(item.path, item.relative)
            continue
        if isinstance(item, Unwalkable):
            problems.append(Problem(item.relative, item.reason, root=scope.root.name))
            continue
        found += 1
        while place < len(numbers) and table.paths[numbers[place]] < item.relative:
            gone.append(numbers[place])
            place += 1
        said = inventory.of(item.relative)
        if place < len(numbers) and table.paths[numbers[place]] == item.relative:
            number = numbers[place]
            place += 1
            anew = table.given(number) != documents.mark_of(said)
            if trust_times and not anew and table.same_on_disk(number, item):
                kept[number] = True
            else:
                to_read.append(FileToRead(item, number, said=said, said_anew=anew))
        else:
            to_read.append(FileToRead(item, None, said=said))
    if not found and numbers and not any(isinstance(item, FileFacts) for item in _files(scope.root, ignore, outside)):
        raise CorpusError(f"{scope.root.path} est vide alors qu’il y avait des fichiers.")
    gone += numbers[place:]
    unlisted = [number for number in gone if _below_any(table.paths[number], problems)]
    kept[unlisted] = True
    gone = sorted(set(gone).difference(unlisted))
    inventory.warn_of_absent(scope.covers)
    return Comparison(scope, kept, to_read, gone, problems, inventory.warnings)


def _files(
    root: Root, ignore: Sequence[str], outside: Path, below: str = ""
) -> Iterator[FileFacts | FolderMetadata | Unwalkable]:
    """What a walk finds, without the files below `outside`."""
    folder = f"{outside}{os.sep}"
    for item in documents.walk(Path(root.path), ignore, below):
        if isinstance(item, Unwalkable) or not item.path.startswith(folder):
            yield item


def _below_any(path: str, problems: Sequence[Problem]) -> bool:
    """A folder that cannot be listed says nothing of its files."""
    return any(path == problem.path or path.startswith(problem.path + "/") for problem in problems)


def with_moves(looks: Sequence[Comparison], table: RootFiles) -> list[Comparison]:
    """The same looks, all at one root, where what has moved from any of them to another or within one is known.

    A new file with the bytes of one that is gone is that file: its documents keep ids and first-seen dates.
    """
    by_size: dict[int, list[int]] = {}
    for number in (number for look in looks for number in look.gone):
        by_size.setdefault(table.size(number), []).append(number)
    to_read = [[_moved(file, by_size, table) for file in look.to_read] for look in looks]
    moved = {file.moved_from for files in to_read for file in files}
    return [
        replace(look, to_read=files, gone=[number for number in look.gone if number not in moved])
        for look, files in zip(looks, to_read, strict=True)
    ]


def _moved(file: FileToRead, gone: Mapping[int, list[int]], table: RootFiles) -> FileToRead:
    """The file, with what it was before it moved; that is taken from `gone` (numbers of files by their size)."""
    candidates = gone.get(file.facts.size)
    if file.number is not None or not candidates:
        return file
    digest, _ = hash_of(file.facts.path)
    same = next((number for number in candidates if table.sha256(number) == digest), None)
    if not digest or same is None:
        return file
    candidates.remove(same)
    return replace(file, moved_from=same)
