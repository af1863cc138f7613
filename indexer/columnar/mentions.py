"""The posting lists of the dates that documents name.

A date is filed under every period that holds it: 2023-06-30 under `2023`, `2023-06` and `2023-06-30`. So whatever is
asked for is one list, and the documents of a year need not be put together from those of its days.
"""

from __future__ import annotations

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.fields import FieldPart
from indexer.columnar.postings import Postings
from indexer.model import PartialDate

# Keys (yyyymmdd) without day, and without month.
_MONTH, _YEAR = 100, 10_000


def mention_lists(rows: Array, documents: int) -> tuple[list[FieldPart], Array]:
    """The terms with their lists, and how many terms each of the documents has, from rows of document and date key."""
    docs, keys = rows[:, 0], rows[:, 1]
    every = np.concatenate([keys, keys - keys % _MONTH, keys - keys % _YEAR])
    # Keys order dates as their texts are ordered, and a document number is below 2 to the 32.
    pairs = np.sort(every << 32 | np.tile(docs, 3))
    pairs = pairs[np.diff(pairs, prepend=-1) != 0]
    keys, docs = pairs >> 32, pairs & 0xFFFFFFFF
    heads = np.flatnonzero(np.diff(keys, prepend=-1))
    terms = [str(PartialDate.from_key(key)).encode() for key in keys[heads].tolist()]
    lists = Postings(np.diff(heads, append=len(keys)), docs, np.ones(len(docs), np.int64), None)
    return [(terms, lists)] if terms else [], np.bincount(docs, minlength=documents)
