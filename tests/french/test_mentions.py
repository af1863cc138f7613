"""Dates that a text names: what is one, what is not, and that any text is read in linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.french.dates import parse_date
from indexer.french.mentions import MAX_MENTIONS, mentions_in, mentions_of
from indexer.french.spelling import plain

# Text, the dates that it names, and why the row is there.
NAMED = [
    ("Bamako, le 30 juin 2023.", "2023-06-30", "a day"),
    ("le 1er juillet 2023, le 1 er août 2023", "2023-07-01 2023-08-01", "the first of a month"),
    ("LE 14 DÉCEMBRE 1960", "1960-12-14", "capitals and accents"),
    ("le 14\u00a0juillet\u00a01789", "1789-07-14", "no-break spaces, and long ago"),
    ("le 30\njuin\n2023", "2023-06-30", "line ends inside a paragraph"),
    ("le 30/06/2023, le 1.7.2023 et le 2023-07-02", "2023-06-30 2023-07-01 2023-07-02", "numbers"),
    ("en juin 2023 et en sept. 2023", "2023-06 2023-09", "months"),
    ("le 31 juin 2023", "2023-06", "a day that no calendar has leaves its month"),
    ("les 3, 4 et 5 mai 2021", "2021-05-03 2021-05-04 2021-05-05", "days that leave month and year to the last"),
    ("du 28 avril au 5 mai 2021", "2021-04-28 2021-05-05", "two days of two months"),
    ("de juin à septembre 2023", "2023-06 2023-09", "months that leave their year to the last"),
    ("entre novembre et février 2023", "2023-02", "not in that order: the year of the first is not written"),
    ("à l’article 5, 13 mai 2021", "2021-05-13", "a comma alone joins no days"),
    ("en 2023, depuis 2012, avant 1990", "2023 2012 1990", "years behind words that ask for one"),
    ("jusqu’en 2019, d’ici à 2030, mi-2024, fin 2025", "2019 2030 2024 2025", "and these"),
    ("l’année 2020, l’exercice 2021, au printemps 2012", "2020 2021 2012", "and these"),
    ("en 2012, 2013 et 2014", "2012 2013 2014", "years beside a year"),
    ("les années 2022 et 2023", "2022 2023", "two years"),
    ("de 2012 à 2015, (2004-2008), 2022-2023", "2012 2015 2004 2008 2022 2023", "spans"),
    ("la Constitution de 1958, les élections de 2018 ont eu lieu", "1958 2018", "what is of a year"),
    ("l’accord national interprofessionnel de 2013 prévoit", "2013", "in three words"),
    ("à partir de 2024, dès 2025.", "2024 2025", "what counts nothing"),
    ("la résolution 2690 (2023)", "2023", "the year of a resolution, not its number"),
    ("la loi n° 2016-1088 du 8 août 2016", "2016-08-08", "nor that of a law"),
    ("juin 2023 et le 2 juin 2023, puis juin 2023", "2023-06 2023-06-02", "each once, as precise as it is written"),
]

# Text, and why it names no date.
NOT_NAMED = [
    ("2 000 soldats, 2000 soldats, en 2000 exemplaires", "what is counted"),
    ("plus de 2000 personnes, jusqu’à 1500 euros, de 1500 à 2000 €", "amounts"),
    ("entre 1990 et 2000 habitants", "a span of amounts"),
    ("en mars 2000 personnes ont fui", "a month before what is counted"),
    ("dès 2000 salariés, pour 1900 familles", "words that ask for a year before what is counted"),
    ("la résolution 2100 du Conseil, la 2100e séance", "the number of a resolution"),
    ("S/RES/2100, S/2023/12, PV.9365", "symbols"),
    ("loi n° 2012-2013, l’ordonnance 2019-2020", "numbers of acts"),
    ("articles L. 1235-3-1 et R. 1453-02-10", "articles"),
    ("les articles 2044 et 2045 ; les 2044 et 2045 du code civil", "articles side by side"),
    ("10.12.05.2021", "an address of a machine"),
    ("les années 1990", "a decade"),
    ("le 30 juin, à 20 h 15", "no year"),
    ("en 3023, en 0999", "no year that people write of"),
    ("un prix de 1999,50", "a decimal"),
    ("réf. 120230630", "a run of digits"),
]


@pytest.mark.parametrize(("text", "named", "why"), NAMED)
def test_a_date_is_found_wherever_it_stands(text: str, named: str, why: str) -> None:
    assert [str(date) for date in mentions_of(text)] == named.split(), why


@pytest.mark.parametrize(("text", "why"), NOT_NAMED)
def test_what_is_no_date_is_left_alone(text: str, why: str) -> None:
    assert [str(date) for date in mentions_of(text)] == [], why


def test_no_date_is_made_of_two_paragraphs_or_of_two_texts() -> None:
    assert mentions_of("le 30 juin\n\n2023", "en", "2023") == ()


def test_one_document_has_no_more_than_so_many() -> None:
    days = ", ".join(f"le {day} mars {year}" for year in range(1900, 2000) for day in range(1, 29))
    assert len(mentions_of("", days)) == MAX_MENTIONS


WORDS = (  # noqa: SIM905 - easier to read and to add to
    "le du au en de et ou , - / . ( ) 1er 3 30 31 12 06 juin mai mars. sept 2023 1999 2000 2690 01/02/2023 2023-06-30 "
    "depuis entre à années n° loi élections soldats €"
).split()
PIECES = st.sampled_from([*WORDS, "\n", "\n\n"])


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map(" ".join)))
def test_any_text_is_read_and_what_is_found_stands_there(text: str) -> None:
    assert set(mentions_of(text)) <= {found.date for part in text.split("\n\n") for found in mentions_in(plain(part))}
    written = plain(text)
    behind = 0
    for found in mentions_in(written):
        assert behind <= found.start < found.end <= len(written)
        behind = found.end
        # What leaves its month or year to another date is none by itself.
        assert parse_date(written[found.start : found.end]) in (found.date, None)


@pytest.mark.parametrize("piece", ["2023 ", "en 2023, ", "3, ", "(2023)-", "mai et ", "de 2012 à ", "1.2.", "2023-06-"])
def test_time_grows_with_the_text_alone(piece: str) -> None:
    text = piece * (200_000 // len(piece)) + "juin 2023"
    started = time.process_time()
    mentions_of(text)
    assert time.process_time() - started < 3
