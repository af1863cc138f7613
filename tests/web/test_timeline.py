"""Dates as a picture of time: gaps, periods, the way back up."""

from __future__ import annotations

import pytest

from indexer import DateFilter, FacetValue
from webapp.timeline import above, covered, with_gaps


def values(*dates: str) -> tuple[FacetValue, ...]:
    return tuple(FacetValue(date, date, 1) for date in dates)


@pytest.mark.parametrize(
    ("dates", "labels", "why"),
    [
        (("2020", "2021"), ["2020", "2021"], "neighbours"),
        (("2020", "2022"), ["2020", "2021", "2022"], "one year"),
        (("1994", "2002"), ["1994", "1995 – 2001", "2002"], "several"),
        (("0987", "1789"), ["0987", "988 – 1788", "1789"], "long ago"),
        (("2023-03", "2023-05", "2023-12"), ["2023-03", "avril", "2023-05", "juin – novembre", "2023-12"], "months"),
        (("2023-06-01", "2023-06-03", "2023-06-30"), ["2023-06-01", "2", "2023-06-03", "4 – 29", "2023-06-30"], "days"),
        (("2023", "inconnue"), ["2023", "inconnue"], "nothing lies before what is not known"),
        (("2023-06", ""), ["2023-06", ""], "nor before a month that is not known"),
        ((), [], "nothing at all"),
    ],
)
def test_what_lies_between_two_dates_is_said(dates, labels, why):
    assert [value.label for value in with_gaps(values(*dates))] == labels, why


def test_gaps_count_nothing_and_cannot_be_chosen():
    year = FacetValue("2023", "2023", 2, children=values("2023-01", "2023-03"))
    gap = with_gaps((year,))[0].children[1]
    assert (gap.label, gap.count, gap.selectable) == ("février", 0, False)


@pytest.mark.parametrize(
    ("value", "asked", "how", "why"),
    [
        ("2013", "2012..2015", "wholly", "inside"),
        ("2012", "2012..2015", "wholly", "the ends belong to it"),
        ("2012", "2012-06..2015", "partly", "begins before"),
        ("2012", "2012-06..2012-09", "partly", "holds the period"),
        ("2012-06", "2012-06..2012-09", "wholly", "a month of it"),
        ("2016", "2012..2015", "", "after"),
        ("2011", "2012..", "", "before what has no end"),
        ("2030", "2012..", "wholly", "no end"),
        ("1950", "..2012", "wholly", "no beginning"),
        ("inconnue", "2012..", "", "nobody knows"),
        ("", "2012..", "", "a year without months"),
        ("2023", "2023", "", "a year chosen is no period"),
        ("2023", "inconnue", "", "nor is what is not known"),
    ],
)
def test_how_much_of_a_value_lies_in_a_period(value, asked, how, why):
    assert covered(FacetValue(value, value, 1), DateFilter.parse(asked)) == how, why
    assert covered(FacetValue(value, value, 1), None) == ""


@pytest.mark.parametrize(
    ("asked", "dates"),
    [
        ("2023-06-30", ["2023", "2023-06"]),
        ("2023-06", ["2023"]),
        ("2023", []),
        ("2023-06..2023-09", ["2023"]),
        ("2023-06-01..2023-06-15", ["2023", "2023-06"]),
        ("2020..2023", []),
        ("2020..", []),
        ("inconnue", []),
    ],
)
def test_the_way_back_up_goes_by_what_holds_the_date(asked, dates):
    assert [str(date) for date in above(DateFilter.parse(asked))] == dates
