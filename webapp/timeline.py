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
    before = 0
    for value in values:
        here = _place(value)
        if before and here > before + 1:
            yield _gap(before + 1, here - 1, of_months=value.value.count("-") == 1)
        before = here
        yield value._replace(children=with_gaps(value.children)) if value.children else value


def _gap(first: int, last: int, *, of_months: bool) -> FacetValue:
    """What lies between two years, two months of a year or two days of a month, as one row."""
    names = [MONTHS[place - 1] if of_months else str(place) for place in (first, last)]
    return FacetValue("", " – ".join(dict.fromkeys(names)), 0, selectable=False)


def _place(value: FacetValue) -> int:
    """The year that a value of the facet is, the month in its year or the day in its month; 0 for none."""
    return int(value.value.rpartition("-")[2]) if value.value[:1].isdigit() else 0


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
