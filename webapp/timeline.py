"""The dates of a facet as a picture of time: what lies between them, how a period stands to them, the way back up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache

from indexer import MONTHS, DateFilter, FacetValue, PartialDate


class Covered(StrEnum):
    """How much of a year, month or day lies in the period asked for."""

    NOT = ""
    PARTLY = "partly"
    WHOLLY = "wholly"


def with_gaps(values: Sequence[FacetValue]) -> tuple[FacetValue, ...]:
    """The values, with one that counts 0 and that nobody can choose for each run of years, months or days between them.

    Without these rows, 1994 above 2002 would look like one year above the next.
    """
    return tuple(_with_gaps(values))


def _with_gaps(values: Sequence[FacetValue]) -> Iterator[FacetValue]:
    before: PartialDate | None = None
    for value in values:
        date = date_of(value)
        if before and date:
            yield from _gap(before, date)
        before = date
        yield value._replace(children=with_gaps(value.children)) if value.children else value


def _gap(before: PartialDate, after: PartialDate) -> Iterator[FacetValue]:
    """What lies between two years, two months of a year or two days of a month; nothing when they are neighbours."""
    first, last = _place(before) + 1, _place(after) - 1
    if first <= last:
        names = [str(place) if before.day or not before.month else MONTHS[place - 1] for place in (first, last)]
        yield FacetValue("", " – ".join(dict.fromkeys(names)), 0, selectable=False)


def _place(date: PartialDate) -> int:
    return date.day or date.month or date.year


def date_of(value: FacetValue) -> PartialDate | None:
    """The date that a value of the facet is; None for « date inconnue », « sans mois » and « sans jour »."""
    return _parsed(value.value) if value.value[:1].isdigit() else None


# The same years stand on every page.
_parsed = lru_cache(maxsize=1024)(PartialDate.parse)


def covered(value: FacetValue, asked: DateFilter | None) -> Covered:
    """How much of a value lies in a range; a single year, month or day is told by its own row."""
    if asked is None or asked.unknown or asked.single:
        return Covered.NOT
    date = date_of(value)
    if date is None:
        return Covered.NOT
    if asked.matches(date):
        return Covered.WHOLLY
    begins = asked.first is None or asked.first.first <= date.last
    ends = asked.last is None or date.first <= asked.last.last
    return Covered.PARTLY if begins and ends else Covered.NOT


def above(asked: DateFilter) -> tuple[PartialDate, ...]:
    """The year, and the month, that hold what is asked for; none when it spreads over several years."""
    opened = asked.opened
    if opened is None:
        return ()
    year, month = PartialDate(opened.year), PartialDate(opened.year, opened.month)
    return tuple(date for date in dict.fromkeys((year, month)) if date != asked.single)
