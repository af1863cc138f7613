"""Words cut at the end of a line: one row per difficulty."""

from __future__ import annotations

import pytest

from indexer.documents.hyphens import Seams, unknown
from indexer.documents.paragraphs import paragraphs_of

# A word with its cut as |, what becomes of it, and why the row exists.
CUTS = [
    ("secré-|taire", "secrétaire", "a syllable ends there"),
    ("diffi-|culté", "difficulté", "between two consonants"),
    ("SECRÉ-|TAIRE", "SECRÉTAIRE", "capitals throughout say nothing"),
    ("l’appli-|cation", "l’application", "behind an elision"),
    ("porte-|parole", "porte-parole", "a first element"),
    ("porte-|rait", "porterait", "… that is the beginning of a verb here"),
    ("porte-|feuille", "portefeuille", "… or of a word"),
    ("sous-|préfet", "sous-préfet", "a first element"),
    ("sous-|crire", "souscrire", "… that is part of a verb here"),
    ("vice-|président", "vice-président", "a first element"),
    ("ex-|ministre", "ex-ministre", "a first element"),
    ("ex-|périence", "expérience", "… that begins many words"),
    ("non-|lieu", "non-lieu", "a first element"),
    ("contre-|attaque", "contre-attaque", "a vowel behind"),
    ("contre-|dire", "contredire", "one word today"),
    ("mi-|nistre", "ministre", "mi- begins other words"),
    ("mi-|temps", "mi-temps", "… and is a first element with few"),
    ("ci-|toyen", "citoyen", "ci- begins other words"),
    ("ci-|joint", "ci-joint", "… and is a first element with few"),
    ("Saint-|Louis", "Saint-Louis", "a capital behind"),
    ("Burkina-|Faso", "Burkina-Faso", "a capital behind"),
    ("1998-|1999", "1998-1999", "numbers"),
    ("G5-|Sahel", "G5-Sahel", "a number before"),
    ("dit-|il", "dit-il", "a consonant before a vowel: no syllable ends there"),
    ("peut-|être", "peut-être", "the same"),
    ("nord-|est", "nord-est", "the same"),
    ("in-|égal", "inégal", "… but after a prefix"),
    ("a-t-|il", "a-t-il", "one letter is no syllable"),
    ("vis-à-|vis", "vis-à-vis", "the same"),
    ("c’est-à-|dire", "c’est-à-dire", "the same, behind an elision"),
    ("c’est-|à-dire", "c’est-à-dire", "the same, cut before"),
    ("arc-en-|ciel", "arc-en-ciel", "a small word within"),
    ("rez-de-|chaussée", "rez-de-chaussée", "a small word within"),
    ("chef-|d’œuvre", "chef-d’œuvre", "an elision behind"),
    ("rendez-|vous", "rendez-vous", "a verb before a pronoun"),
    ("soit-|elle", "soit-elle", "a verb before a pronoun"),
    ("va-|leur", "valeur", "no verb before what is no pronoun"),
    ("éco-|les", "écoles", "no verb before what is no pronoun"),
    ("elle-|même", "elle-même", "a last element"),
    ("celui-|ci", "celui-ci", "a last element"),
    ("mer-|ci", "merci", "… that ends many words"),
    ("quatre-|vingts", "quatre-vingts", "a number in letters"),
    ("vingt-|deux", "vingt-deux", "a number in letters"),
    ("juge-|ment", "jugement", "a syllable that is a word"),
    ("post-|opératoire", "postopératoire", "a prefix before a vowel"),
    ("co\u00ad|opérer", "coopérer", "a soft hyphen is never the word’s own"),
    ("inter\u2010|national", "international", "another sign for the hyphen"),
]


@pytest.mark.parametrize(("cut", "whole", "why"), CUTS)
def test_a_cut_word_is_put_together_as_it_is_written(cut, whole, why):
    before, after = f"Voici {cut} enfin.".split("|")
    joined = Seams(f"{before}\n{after}").joined(before, after)
    assert joined is not None, why
    assert joined + after == f"Voici {whole} enfin.", why


@pytest.mark.parametrize(
    ("before", "after"),
    [("une liste -", "et la suite"), ("de 10 -", "12 jours"), ("sans rien", "de plus"), ("fin-", "« mot »")],
)
def test_what_cuts_no_word_is_left_alone(before, after):
    assert Seams("").joined(before, after) is None


def test_what_the_text_writes_elsewhere_decides_first():
    text = "Une thermo-\nminérale. La station thermo-minérale, un secretaire, ces portefaix et ces porte-\nfaix."
    assert Seams(text).joined("Une thermo-", "minérale.") == "Une thermo-"
    assert Seams(text).joined("ces porte-", "faix.") == "ces porte"
    assert Seams("").joined("ces porte-", "faix.") == "ces porte-"


def test_then_what_the_index_knows_and_last_the_rules():
    def known(first: str, second: str) -> bool | None:
        return {("accord", "cadre"): False, ("porte", "faix"): True}.get((first, second))

    assert Seams("", known).joined("un accord-", "cadre") == "un accord-"
    assert Seams("", known).joined("des porte-", "faix") == "des porte"
    assert Seams("", unknown).joined("un accord-", "cadre") == "un accord"
    assert Seams("l’accordcadre", known).joined("un accord-", "cadre") == "un accord"


def test_hard_wrapped_text_has_its_words_whole():
    text = (
        "Les membres du Conseil ont entendu une communication du secré-\n"
        "taire général adjoint, puis le représentant du pays et le porte-\n"
        "parole de la mission ont répondu aux questions de la presse à\n"
        "Saint-Louis."
    )
    (found,) = paragraphs_of(text)
    assert "du secrétaire général" in found
    assert "le porte-parole de" in found
