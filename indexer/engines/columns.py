"""Columns over all documents of a collection: what facets count and filters read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from indexer.columnar.arrays import Array, narrowest
from indexer.model import DateFilter


@dataclass(frozen=True, slots=True)
class Column:
    """Distinct values, sorted, and for each document the place of its own among them."""

    values: Sequence[Any]
    ords: Array

    def counts(self, docs: Array) -> dict[Any, int]:
        """How many of these documents have each value, of those that any has."""
        if len(self.values) == 1:
            return {self.values[0]: len(docs)} if len(docs) else {}
        return self.named(np.bincount(self.ords.take(docs), minlength=len(self.values)))

    def named(self, counts: Array) -> dict[Any, int]:
        """The counts of all values by value, without those that are 0."""
        places = counts.nonzero()[0]
        return dict(zip(map(self.values.__getitem__, places.tolist()), counts.take(places).tolist(), strict=True))


class Together:
    """Columns that are counted in one go: of the combinations of their values only a few hundred occur, and one pass
    over the documents counts these."""

    def __init__(self, columns: Sequence[Column]) -> None:
        first, *others = self._columns = columns
        # For each combination the places of its values, and for each document its combination.
        places, self._ords = [np.arange(len(first.values))], first.ords
        for column in others:
            pairs = self._ords * np.int64(len(column.values)) + column.ords
            there = np.bincount(pairs).nonzero()[0]
            before, own = np.divmod(there, len(column.values))
            places = [*(values.take(before) for values in places), own]
            numbers = np.zeros(there[-1] + 1, narrowest(len(there)))
            numbers[there] = np.arange(len(there))
            self._ords = numbers.take(pairs)
        self._places = places

    def counts(self, docs: Array) -> list[dict[Any, int]]:
        """What the `counts` of each column are."""
        counts = np.bincount(self._ords.take(docs), minlength=len(self._places[0]))
        return [
            column.named(np.bincount(places, counts, len(column.values)).astype(np.int64))
            for column, places in zip(self._columns, self._places, strict=True)
        ]


class Periods:
    """The first and the last day (yyyymmdd) of some dates, given by their keys (0: no date)."""

    def __init__(self, keys: Array) -> None:
        self._known = keys > 0
        year, month, day = keys // 10_000, keys // 100 % 100, keys % 100
        last_month = np.where(month > 0, month, 12)
        begin = ((year - 1970) * 12 + last_month - 1).astype("M8[M]")
        days = ((begin + 1).astype("M8[D]") - begin.astype("M8[D]")).astype(np.int64)
        self.first = year * 10_000 + np.maximum(month, 1) * 100 + np.maximum(day, 1)
        self.last = year * 10_000 + last_month * 100 + np.where(day > 0, day, days)

    def taken_by(self, dates: DateFilter) -> Array:
        """For each date whether a filter takes it: DateFilter.matches for all at once."""
        if dates.unknown:
            return ~self._known
        taken = self._known.copy()
        if dates.first:
            taken &= self.first >= dates.first.first
        if dates.last:
            taken &= self.last <= dates.last.last
        return taken
