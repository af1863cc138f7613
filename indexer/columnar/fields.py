"""Writing an indexed field part by part: terms go to the segment as they come, their lists wait in spools until then.

A segment is written in one pass and its arrays one after the other, while each part of a field adds to all of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from indexer.columnar.arrays import Array, ArraysWriter, narrowed
from indexer.columnar.postings import RECORD, RECORDS, PostingEncoder, Postings
from indexer.columnar.terms import write_terms

# Terms in order, with their lists; or one term with lists that come in stretches (PostingEncoder.encode_long).
FieldPart = tuple[Sequence[bytes], Postings | Callable[[], Iterable[Postings]]]

# Bytes of a spool held in memory before it becomes a file, and read back at once.
_IN_MEMORY = 1 << 16
_READ = 1 << 20


class _Spool:
    """Values of one array, on their way through a nameless temporary file, which `stack` closes."""

    def __init__(self, stack: ExitStack, folder: Path, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self._file = stack.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder)))  # noqa: SIM115

    def append(self, values: Array) -> None:
        """Add values of this type."""
        self._file.write(values.data)

    def parts(self) -> Iterator[Array]:
        """Everything appended."""
        self._file.seek(0)
        while content := self._file.read(_READ - _READ % self.dtype.itemsize):
            yield np.frombuffer(content, self.dtype)


def write_field(
    out: ArraysWriter, name: str, parts: Iterable[FieldPart], lengths: Array, folder: Path, *, positions: bool
) -> int:
    """Write a field from its parts, in term order, and the length of each document; the sum of the lengths.

    `folder` takes temporary files.
    """
    encoder = PostingEncoder(positions=positions)
    with ExitStack() as stack:
        spools = {suffix: _Spool(stack, folder, np.dtype(suffix[-3:])) for suffix in encoder.names}
        records = _Spool(stack, folder, RECORD)

        def terms() -> Iterator[bytes]:
            for some, lists in parts:
                encoded = (encoder.encode(lists),) if isinstance(lists, Postings) else encoder.encode_long(lists)
                for arrays in encoded:
                    for suffix, values in arrays.items():
                        (records if suffix == RECORDS else spools[suffix]).append(values)
                yield from some

        write_terms(out, name, terms())
        for suffix, spool in spools.items():
            out.stream(f"{name}.{suffix}", spool.dtype, spool.parts())
        kind = encoder.record_type
        out.stream(f"{name}.{RECORDS}", kind, (part.astype(kind) for part in records.parts()))
    out.add(f"{name}.lengths", narrowed(lengths))
    return int(lengths.sum())
