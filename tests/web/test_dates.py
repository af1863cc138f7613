"""The form « du … au … »: how people write dates."""

from __future__ import annotations

import pytest

from indexer import DateFilter, RequestError
from webapp.dates import field_text, read_date, read_period


@pytest.mark.parametrize(
    ("typed", "read", "why"),
    [
        ("2023", "2023", "a year"),
        (" 2023 ", "2023", "spaces around"),
        ("2023-06", "2023-06", "as the address writes it"),
        ("2023-06-30", "2023-06-30", "ISO"),
        ("30/06/2023", "2023-06-30", "French order"),
        ("1/6/2023", "2023-06-01", "without zeros"),
        ("30.06.2023", "2023-06-30", "dots"),
        ("30-06-2023", "2023-06-30", "hyphens"),
        ("06/2023", "2023-06", "a month in digits"),
        ("juin 2023", "2023-06", "a month in letters"),
        ("Juin\u00a02023", "2023-06", "capital, no-break space"),
        ("30 juin 2023", "2023-06-30", "a day in letters"),
        ("1er juillet 2023", "2023-07-01", "an ordinal"),
        ("1ᵉʳ juillet 2023", "2023-07-01", "a typographer's ordinal"),
        ("1 er juillet 2023", "2023-07-01", "an ordinal typed with a space"),
        ("3 fevrier 2021", "2021-02-03", "accents forgotten"),
        ("FÉVRIER 2021", "2021-02", "capitals"),
        ("sept. 2024", "2024-09", "an abbreviation"),
        ("12 déc. 2020", "2020-12-12", "an abbreviation with a day"),
        ("29/02/2024", "2024-02-29", "a leap year"),
    ],
)
def test_dates_are_read_as_people_write_them(typed, read, why):
    assert str(read_date(typed)) == read, why


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("31/02/2023", "no such day"),
        ("29/02/2023", "not a leap year"),
        ("13/2023", "no such month"),
        ("06/30/2023", "month before day is never read"),
        ("jui 2023", "juin or juillet"),
        ("ju 2023", "too short"),
        ("brumaire 1799", "another calendar"),
        ("23", "no year"),
        ("hier", "relative"),
        ("2023-06..2023-09", "a period is no date"),
        ("٢٠٢٣", "digits are ASCII"),
        ("0/0/0000", "zeros"),
    ],
)
def test_what_is_no_date_is_refused(typed, why):
    with pytest.raises(ValueError, match=r"."):
        pytest.fail(f"{typed!r} was read as {read_date(typed)} ({why})")


@pytest.mark.parametrize(
    ("du", "au", "canonical"),
    [
        ("01/06/2023", "30/09/2023", "2023-06-01..2023-09-30"),
        ("juin 2023", "", "2023-06.."),
        ("", "2023", "..2023"),
        ("2023", "2023", "2023"),
        ("", "", None),
        ("  ", "", None),
    ],
)
def test_period_becomes_the_canonical_filter(du, au, canonical):
    made = read_period({"du": du, "au": au})
    assert (str(made) if made else None) == canonical


@pytest.mark.parametrize(
    ("du", "au", "parameter"), [("hier", "2023", "du"), ("2023", "demain", "au"), ("2024", "2023", "au")]
)
def test_faulty_period_names_its_field(du, au, parameter):
    with pytest.raises(RequestError) as caught:
        read_period({"du": du, "au": au})
    assert caught.value.parameter == parameter


@pytest.mark.parametrize("date", ["2023", "2023-06", "2023-06-01", "0987-01-01"])
def test_form_shows_a_date_that_it_reads_back(date):
    read = DateFilter.parse(date).first
    assert read_date(field_text(read)) == read
