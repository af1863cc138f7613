"""Dates as French texts write them, as people ask for them, and as they read back."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.french.dates import asked_date, asked_period, parse_date, period_text
from indexer.model import DateFilter, PartialDate

WHOLE = [
    # written, expected, why the row exists
    ("2023", "2023", "a year"),
    ("2023-06", "2023-06", "a month"),
    ("2023-06-30", "2023-06-30", "a day"),
    (" 2023-06-30 ", "2023-06-30", "spaces around"),
    ("2023-06-30T23:30:00-05:00", "2023-06-30", "date-time: the day as written, not in another zone"),
    ("2023-06-30 10:15:00Z", "2023-06-30", "date-time with a space"),
    ("2023-06-30T10:15:00.123456+02:00", "2023-06-30", "fractions of a second"),
    ("2023/06/30", "2023-06-30", "ISO with slashes"),
    ("20230630", "2023-06-30", "digits only"),
    ("30/06/2023", "2023-06-30", "French order, slashes"),
    ("30.06.2023", "2023-06-30", "French order, dots"),
    ("30-06-2023", "2023-06-30", "French order, dashes"),
    ("06/2023", "2023-06", "month and year in digits"),
    ("30 juin 2023", "2023-06-30", "written out"),
    ("30 JUIN 2023", "2023-06-30", "capitals"),
    ("JUIN 2023", "2023-06", "a month in capitals"),
    ("juin 2023", "2023-06", "a month"),
    ("en juin 2023", "2023-06", "a month with its preposition"),
    ("1er juillet 2023", "2023-07-01", "ordinal"),
    ("1ᵉʳ juillet 2023", "2023-07-01", "ordinal in superscript letters"),
    ("1 er juillet 2023", "2023-07-01", "ordinal torn off by a superscript"),
    ("premier mai 2019", "2019-05-01", "ordinal as a word"),
    ("01 février 2024", "2024-02-01", "leading zero"),
    ("vendredi 16 juin 2023", "2023-06-16", "weekday"),
    ("Vendredi, 16 juin 2023", "2023-06-16", "weekday and comma"),
    ("le lundi 3 mars 2014", "2014-03-03", "article and weekday"),
    ("30 janv. 2023", "2023-01-30", "abbreviation"),
    ("28 févr. 2023", "2023-02-28", "abbreviation with an accent"),
    ("12 sept. 2020", "2020-09-12", "abbreviation"),
    ("24 déc. 2021", "2021-12-24", "abbreviation with an accent"),
    ("14 aout 2024", "2024-08-14", "without its accent"),
    ("14 août 2024", "2024-08-14", "no-break spaces"),
    (unicodedata.normalize("NFD", "14 août 2024"), "2024-08-14", "accents written apart"),
    ("30 juin 2023 à 14 h 30", "2023-06-30", "with its hour"),
    ("30 juin 2023, 14:30", "2023-06-30", "with its hour, digits"),
    ("31 juin 2023", None, "no such day"),
    ("29 février 2023", None, "no such day that year"),
    ("2023-13", None, "no such month"),
    ("06/30/2023", None, "never month before day"),
    ("30/06/23", None, "a year has four digits"),
    ("30 juin", None, "a day without its year is no date"),
    ("lundi dernier", None, "relative"),
    ("18 h 10", None, "an hour"),
    ("Page 3/10", None, "a page"),
    ("2531.5", None, "a number"),
    ("0001-01-01", None, "the zero of some programs"),
    ("", None, "nothing"),
    ("le mandat du 30 juin 2023", None, "other words"),
    ("9" * 5000, None, "long"),
]


@pytest.mark.parametrize(("written", "expected", "why"), WHOLE)
def test_a_whole_string_is_read_as_the_date_it_is_and_no_more_precise(written, expected, why):
    found = parse_date(written)
    assert (str(found) if found else None) == expected, why


MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_every_day_survives_being_written_in_french(day):
    written = f"{'1er' if day.day == 1 else day.day} {MONTHS.split()[day.month - 1]} {day.year:04}"
    assert parse_date(written) == parse_date(day.isoformat()) == PartialDate(day.year, day.month, day.day)


@given(st.text())
def test_reading_dates_and_periods_never_raises(text):
    parse_date(text)
    asked_date(text)
    asked_period(text)
    asked_period(f"{text}..{text}")


# asked, expected, why
PERIODS = [
    ("2023", "2023", "a date is a period"),
    ("juin 2023", "2023-06", "in letters"),
    ("2023-06..2023-09", "2023-06..2023-09", "as the address writes it"),
    ("2023-06…2023-09", "2023-06..2023-09", "two dots made an ellipsis"),
    ("06/2023 .. 09/2023", "2023-06..2023-09", "French order, spaces"),
    ("2023-06..", "2023-06..", "open"),
    ("..juin 2023", "..2023-06", "open on the other side"),
    ("de juin 2023 à septembre 2023", "2023-06..2023-09", "in words"),
    ("d’avril 2023 à août 2023", "2023-04..2023-08", "elision"),
    ("de juin à septembre 2023", "2023-06..2023-09", "the year once"),
    ("du 3 au 5 mai 2021", "2021-05-03..2021-05-05", "month and year once"),
    ("du 30 avril au 5 mai 2021", "2021-04-30..2021-05-05", "the year once, with days"),
    ("entre 2020 et 2022", "2020..2022", "between"),
    ("entre le 3 mai 2021 et le 1er juin 2021", "2021-05-03..2021-06-01", "between days"),
    ("2023..2022", "2022..2023", "exchanged"),
    ("Inconnue", "inconnue", "the unknown"),
    ("30 juin 2023 à 14 h 30", "2023-06-30", "an hour is no second date"),
    ("..", None, "no end at all"),
    ("hier", None, "relative"),
    ("juin", None, "of which year"),
    ("2020 et 2022", None, "two years are no period"),
    ("2023..demain", None, "an end that is no date"),
    ("de 2023 à Gao", None, "a place"),
    ("٢٠٢٣", None, "digits are ASCII"),
    ("1" * 5000, None, "long"),
]


@pytest.mark.parametrize(("asked", "expected", "why"), PERIODS)
def test_periods_are_read_as_people_write_them(asked, expected, why):
    found = asked_period(asked)
    assert (str(found) if found else None) == expected, why


@pytest.mark.parametrize(
    ("dates", "shown"),
    [
        ("2023", "2023"),
        ("2023-06-01", "1er juin 2023"),
        ("2023-06..2023-09", "de juin 2023 à septembre 2023"),
        ("2023-04..2023-08", "d’avril 2023 à août 2023"),
        ("2023-06-01..2023-06-30", "du 1er juin 2023 au 30 juin 2023"),
        ("2021..2023", "de 2021 à 2023"),
        ("2021-05-03..", "depuis le 3 mai 2021"),
        ("2021..", "depuis 2021"),
        ("..2023", "jusqu’en 2023"),
        ("..2023-06", "jusqu’en juin 2023"),
        ("..2023-06-30", "jusqu’au 30 juin 2023"),
        ("inconnue", "date inconnue"),
    ],
)
def test_periods_read_back_in_french(dates, shown):
    assert period_text(DateFilter.parse(dates)).replace("\u00a0", " ") == shown
