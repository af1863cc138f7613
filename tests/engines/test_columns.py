"""Columns over all documents: what their facets count."""

from __future__ import annotations

import numpy as np

from indexer.engines.columns import Column, Together


def test_columns_counted_together_tell_what_each_tells_alone() -> None:
    rng = np.random.default_rng(7)
    columns = [
        Column([f"valeur {number}" for number in range(count)], rng.integers(0, count, 300).astype(np.uint8))
        for count in (3, 1, 200)
    ]
    together = Together(columns)
    for docs in (np.arange(300), np.arange(0, 300, 7), np.array([299]), np.arange(0)):
        assert together.counts(docs) == [column.counts(docs) for column in columns]
