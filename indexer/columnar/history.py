"""The last runs, one JSON object a line in `runs.jsonl` beside the generations, the newest last.

A run that changes nothing, or comes to nothing, publishes no generation and would leave no trace. These lines are for
people and nothing depends on them: a line that cannot be read is passed over, a file that cannot be written is done
without, and nothing is synced (what a power cut takes is one line). A killed run leaves none.

A line is appended in one write, so that a run that was refused because another holds the write lock can say so too. Now
and then the file is replaced by its last lines; a line that such a run appends at that moment may be lost.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from indexer.columnar import durable
from indexer.model import RunRecord

NAME = "runs.jsonl"
KEPT = 100
# What a line may hold of what a person gave and of what a library said, and what is read at most.
_MAX_PATHS = 10
_MAX_CHARS = 500
_MAX_BYTES = 4_000_000

_NUMBERS = {field.name for field in fields(RunRecord) if field.type == "int"}
_PATHS = ("paths", "forget")


class History:
    """The runs of the index at `directory`."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / NAME

    def runs(self) -> tuple[RunRecord, ...]:
        """The last runs, the last one first."""
        found = [record for line in self._lines() if (record := _record(line))]
        return tuple(reversed(found[-KEPT:]))

    def add(self, record: RunRecord) -> None:
        """Remember a run, if that can be done."""
        with contextlib.suppress(OSError):
            lines = self._lines()
            if len(lines) >= 2 * KEPT:
                durable.replace(self._file, b"".join(line + b"\n" for line in lines[-KEPT:]))
            with self._file.open("ab", buffering=0) as file:
                # The end of a line that was cut short does not take the next one with it.
                file.write(b"\n" + _line(record) if file.tell() else _line(record))

    def _lines(self) -> Sequence[bytes]:
        try:
            with self._file.open("rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - _MAX_BYTES))
                return [line for line in file.read(_MAX_BYTES).split(b"\n") if line]
        except OSError:
            return ()


def _line(record: RunRecord) -> bytes:
    content = asdict(record)
    for name in _PATHS:
        content[name] = [_cut(path) for path in content[name][:_MAX_PATHS]]
    content["error"] = _cut(record.error)
    return json.dumps({name: value for name, value in content.items() if value or name in _NUMBERS}).encode()


def _record(line: bytes) -> RunRecord | None:
    """The run that a line tells of; None for a line that tells of none, or of one that this program does not know."""
    try:
        content: Mapping[str, Any] = json.loads(line)
        record = RunRecord(**{**content, **{name: tuple(content.get(name, ())) for name in _PATHS}})
    except (ValueError, TypeError, AttributeError):
        return None
    sound = all(isinstance(getattr(record, name), int) for name in _NUMBERS)
    sound &= all(isinstance(text, str) for text in (record.at, record.error, *record.paths, *record.forget))
    return record if sound else None


def _cut(text: str) -> str:
    """`text`, not too long, in letters that any output can carry."""
    return text[:_MAX_CHARS].encode(errors="replace").decode()
