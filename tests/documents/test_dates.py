"""Where a date is the document's own."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents.dates import date_in_name, date_in_text, is_date_line, is_dispatch, split_header

from .reading import TODAY


@given(st.text())
def test_looking_for_dates_never_raises(text):
    date_in_name(text, TODAY)
    split_header(text)
    split_header(" date " + text)
    date_in_text(text, text.split("\n"), TODAY)
    is_date_line(text, TODAY)
    is_dispatch(text)


HEADERS = [
    (" date 2025-07 Le Conseil de sécurité", "2025-07", "Le Conseil de sécurité", "the owner's shape"),
    ("date 2025-07-14 Le Conseil", "2025-07-14", "Le Conseil", "a day"),
    ("date 2025 Le Conseil", "2025", "Le Conseil", "a year"),
    ("DATE 2025-07 Le Conseil", "2025-07", "Le Conseil", "capitals"),
    ("Date: 2025-07 Le Conseil", "2025-07", "Le Conseil", "a colon"),
    ("date : 2025-07 Le Conseil", "2025-07", "Le Conseil", "a French colon"),
    ("\ufeffdate 2025-07 Le Conseil", "2025-07", "Le Conseil", "a byte order mark"),
    ("date 2025-07\nLe Conseil", "2025-07", "Le Conseil", "alone on its line"),
    ("date 2025-07", "2025-07", "", "alone"),
    ("Date limite : 30 juin 2023", None, None, "a sentence"),
    ("date 30 juin", None, None, "a number that is no year"),
    ("date 2025-13 Le Conseil", None, None, "no such month"),
    ("date 2025, année du scrutin", None, None, "a sentence"),
    ("dater 2025-07 Le", None, None, "another word"),
    ("La date 2025-07 Le", None, None, "not at the start"),
    ("date2025-07Le", None, None, "no space"),
]


@pytest.mark.parametrize(("text", "expected", "rest", "why"), HEADERS)
def test_a_header_is_taken_off_the_text_and_a_sentence_is_not(text, expected, rest, why):
    found, left = split_header(text)
    assert (str(found) if found else None, left) == (expected, text if rest is None else rest), why


NAMES = [
    ("2025-07", "2025-07", "a month"),
    ("2015-06-21-accord-de-bamako", "2015-06-21", "a day, then words"),
    ("2015_06_21 accord", "2015-06-21", "underscores"),
    ("20190412", "2019-04-12", "digits only"),
    ("depeche_20190412_bamako", "2019-04-12", "digits among words"),
    ("point-de-presse-26-09-2024", "2024-09-26", "French order"),
    ("conseil-des-ministres-du-14-aout-2024", "2024-08-14", "written out"),
    ("8 mai 2024", "2024-05-08", "written out with spaces"),
    ("Communiqué du 1er février 2024", "2024-02-01", "ordinal and accent"),
    (unicodedata.normalize("NFD", "14 août 2024"), "2024-08-14", "a Mac's file name"),
    ("lettre_juin_2023", "2023-06", "month and year"),
    ("rapport-annuel-2022", "2022", "a year alone"),
    ("2690", None, "number of a resolution"),
    ("resolution-2100", None, "number of a resolution, past any year"),
    ("resolution-2013", None, "number of a resolution that could be a year"),
    ("RES 2013", None, "the same, abbreviated"),
    ("n°2013", None, "a number"),
    ("decret-2015-1970", None, "number of a decree"),
    ("decret-2015-1970-du-21-decembre-2015", "2015-12-21", "a decree with its date"),
    ("ordonnance_2005_893", None, "number of an ordinance"),
    ("abrogation-article-89-loi-13-aout-2004", None, "the date of the act it is about"),
    ("loi-du-13-aout-2004", "2004-08-13", "the act itself"),
    ("campagne-2023-2024", None, "a season is no year"),
    ("bilan 2019 et 2021", None, "two years"),
    ("senegal-2050", None, "a far year"),
    ("budget-2027", None, "next year, too far ahead"),
    ("annuaire-1850", None, "before any plausible file"),
    ("2026-12-24 programme", None, "a day too far ahead"),
    ("9203879192", None, "a long number"),
    ("05645608", None, "eight digits that are no date"),
    ("minusma", None, "words"),
]


@pytest.mark.parametrize(("name", "expected", "why"), NAMES)
def test_a_file_name_dates_its_document_unless_the_number_is_something_else(name, expected, why):
    found = date_in_name(name, TODAY)
    assert (str(found) if found else None) == expected, why


SENTENCE = "Le gouvernement a annoncé le 3 mai 2019 la fin de l’opération commencée en juin 2013."
TEXTS = [
    # title, lines, expected, why
    ("Conseil des ministres du 22 mai 2024", [SENTENCE], "2024-05-22", "in the title"),
    ("Avenant n° 2 du 27 décembre 2012 à l'accord du 9 mai 2012", [], "2012-12-27", "its own comes first"),
    ("Ratification de l’ordonnance du 19 décembre 2011", [], None, "the date of another act"),
    ("Dégradation des comptes depuis juin 2002", [], None, "since when, not when"),
    ("Rapport annuel 2022", [], None, "a bare year in a title is its subject"),
    ("La situation au Mali, juin 2023", [], "2023-06", "a month in the title"),
    ("Titre", ["Bamako, le 30 juin 2023", SENTENCE], "2023-06-30", "a dateline"),
    ("Titre", ["NEW YORK, 30 juin 2023 (Agence) — Le Conseil a voté."], "2023-06-30", "an agency's dateline"),
    ("Titre", ["À Bamako, le 30 juin 2023."], "2023-06-30", "a dateline with its preposition"),
    ("Titre", ["📅 Dakar, 13 août 2024", SENTENCE], "2024-08-13", "an ornament before it"),
    ("Titre", ["Bamako, le 30 juin 2023, le Conseil a voté la fin du mandat."], None, "a sentence, not a dateline"),
    ("Titre", ["30 juin 2023", SENTENCE], "2023-06-30", "a line of its own"),
    ("Titre", ["Publié le vendredi 30 juin 2023 à 14 h 30"], "2023-06-30", "said to be published"),
    ("Titre", ["( 4 octobre 2005 )"], "2005-10-04", "in brackets"),
    ("Titre", ["2023", SENTENCE], None, "a year alone on its line is a page or a heading"),
    ("Titre", [SENTENCE], None, "any date in the body"),
    ("Titre", [SENTENCE] * 40 + ["30 juin 2023"] + [SENTENCE] * 40, None, "a chronology's line"),
    ("Titre", [SENTENCE] * 40 + ["Fait à Bamako, le 20 juin 2015"], "2015-06-20", "signed at the end"),
    (
        "Titre",
        [SENTENCE, "Fait à Dakar, en trois exemplaires, le 5 avril 2024."],
        "2024-04-05",
        "signed, with words between",
    ),
    ("Titre", ["La Mission a fermé le 31 décembre 2023. Pour plus d'informations, visitez la page."], None, "a banner"),
    ("Titre du 30 juin 2027", [], None, "too far ahead"),
    ("Titre", ["30 juin 2027", "Bamako, le 3 mars 2024"], "2024-03-03", "what is too far ahead hides nothing"),
]


@pytest.mark.parametrize(("title", "lines", "expected", "why"), TEXTS)
def test_a_text_is_dated_by_its_title_dateline_or_signature_never_by_its_body(title, lines, expected, why):
    found = date_in_text(title, lines, TODAY)
    assert (str(found[0]) if found else None) == expected, why


def test_the_beginning_of_a_dispatch_is_known_and_a_sentence_is_not():
    assert is_dispatch("BAMAKO, 12 mars (Agence) — Le Premier ministre a démissionné.")
    assert is_dispatch("NEW YORK (Nations Unies), 30 juin 2023 (AFP) - Le Conseil")
    assert is_dispatch("BAMAKO, 12 mars (Agence）－ en signes pleine largeur")
    assert is_dispatch("BAMAKO, 12 mars (Agence)\u200b \u2014 avec un signe invisible")
    assert not is_dispatch("Le 12 mars (un mardi), Bamako s’est réveillée sous la pluie.")
    assert not is_dispatch("selon lui, 12 mars (ou avril) - on ne sait")
