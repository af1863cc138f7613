"""Corrections: what is a mistake, what was meant by it, how certain that is. The index is in tests/engines."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.french import Analyzer
from indexer.query.spelling import Correction, correction, cost, is_correctable, ranked, sound_of, within

WORDS = st.text("abcz", max_size=9)


def edits_between(one: str, other: str) -> int:
    """The restricted distance of Damerau and Levenshtein, by its definition."""
    table = [[i + j for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            least = min(table[i - 1][j], table[i][j - 1]) + 1
            least = min(least, table[i - 1][j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                least = min(least, table[i - 2][j - 2] + 1)
            table[i][j] = least
    return table[-1][-1]


class Words:
    """A lexicon over a few words and how many documents have each, by definition."""

    def __init__(self, documents: dict[str, int], analyzer: Analyzer) -> None:
        self.documents = documents
        self.stem = analyzer.stem

    def frequency(self, surface: str) -> int:
        return self.documents.get(surface, 0)

    def stem_frequency(self, stem: str) -> int:
        return max((df for word, df in self.documents.items() if self.stem(word) == stem), default=0)

    def near(self, surface: str, edits: int) -> Iterable[tuple[str, int]]:
        return [one for one in self.documents.items() if edits_between(surface, one[0]) <= edits]

    def alike(self, surface: str) -> Iterable[tuple[str, int]]:
        return [one for one in self.documents.items() if sound_of(one[0]) == sound_of(surface)]

    def spelled(self, surface: str) -> str:
        return surface

    def correct(self, typed: str, surface: str = "") -> Correction | None:
        surface = surface or typed
        return correction(typed, surface, self.stem_frequency(self.stem(surface)), self)


@pytest.fixture
def words(analyzer: Analyzer) -> Words:
    counted = {"mandat": 900, "securite": 4000, "resolution": 3000, "pharmacie": 40, "bamako": 700, "minusma": 2000}
    counted |= {"election": 600, "elections": 800, "dialogue": 500, "mars": 900, "turn": 9, "rue": 100, "accord": 900}
    return Words(counted | {"2690": 80, "casques": 300, "mandot": 2, "delegation": 900, "relegation": 4}, analyzer)


# --- what is corrected -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mandt", "mandat"),
        ("madnat", "mandat"),
        ("securtie", "securite"),
        ("resolusion", "resolution"),
        ("farmacie", "pharmacie"),
        ("bamaco", "bamako"),
        ("ellection", "election"),
        ("dialloge", "dialogue"),  # two edits, eight letters
        ("acord", "accord"),
    ],
)
def test_a_word_that_no_document_has_becomes_the_one_that_was_meant(words: Words, typed: str, meant: str) -> None:
    assert words.correct(typed) == Correction(meant, meant, certain=True)


def test_a_word_that_documents_have_is_left_alone(words: Words) -> None:
    assert words.correct("election") is None


def test_another_form_of_a_word_of_the_documents_is_no_mistake(words: Words) -> None:
    assert words.correct("mandats") is None
    assert words.correct("accords") is None


@pytest.mark.parametrize(
    ("typed", "surface", "why"),
    [
        ("2691", "2691", "a number"),
        ("mand4t", "mand4t", "a digit"),
        ("MINUSAM", "minusam", "a sigle"),
        ("M.A.N.D.T", "mandt", "a sigle with dots"),
        ("ruz", "ruz", "three letters"),
        ("мандат", "мандат", "another script"),
        ("x" * 31, "x" * 31, "data"),
    ],
)
def test_what_hands_do_not_get_wrong_is_never_corrected(words: Words, typed: str, surface: str, why: str) -> None:
    assert not is_correctable(typed, surface), why
    assert words.correct(typed, surface) is None, why


def test_a_query_in_capitals_passes_its_words_in_small_letters_and_is_corrected(words: Words) -> None:
    assert words.correct("MANDT", "mandt") is None
    assert words.correct("mandt") is not None


def test_two_edits_are_too_many_for_seven_letters(words: Words) -> None:
    assert words.correct("mqndat") is not None
    assert words.correct("mqndqt") is None
    assert words.correct("pharnacje") is not None


def test_a_short_word_keeps_its_first_letter_and_its_ending(words: Words) -> None:
    assert words.correct("burn") is None
    assert words.correct("marre") is None


# --- what is only offered --------------------------------------------------------------------------------------------


def test_a_much_commoner_neighbour_of_a_rare_word_is_offered_and_not_applied(words: Words) -> None:
    assert words.correct("mandot") == Correction("mandat", "mandat", certain=False)


def test_nothing_is_offered_for_a_word_that_is_not_rare(words: Words) -> None:
    assert words.correct("relegation") is None


def test_nothing_is_offered_for_a_neighbour_that_is_hardly_commoner(words: Words) -> None:
    words.documents |= {"relegation": 2, "delegation": 99}
    assert words.correct("relegation") is None
    words.documents["delegation"] = 100
    assert words.correct("relegation") == Correction("delegation", "delegation", certain=False)


def test_another_form_of_the_same_word_is_not_offered(words: Words) -> None:
    words.documents |= {"casque": 1}
    words.documents["casques"] = 3
    assert words.correct("casque") is None


# --- which word comes first ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "better", "worse", "why"),
    [
        ("rebeles", "rebelles", "reveles", "a doubling is forgotten more often than a letter is another"),
        ("consiel", "conseil", "consuel", "letters are exchanged more often than one is another"),
        ("miliraire", "militaire", "milinaire", "t is beside r on an AZERTY keyboard, n is not"),
        ("fonction", "fonctions", "jonction", "the first letter is hardly ever wrong"),
        ("resolusion", "resolution", "resolusien", "it sounds the same"),
        ("mandt", "mandat", "mundtt", "one edit is likelier than two"),
    ],
)
def test_of_equally_common_words_the_likelier_mistake_comes_first(
    typed: str, better: str, worse: str, why: str
) -> None:
    assert ranked(typed, [(worse, 100), (better, 100)])[0] == better, why


def test_of_equal_mistakes_the_commoner_word_comes_first_then_the_alphabet() -> None:
    assert ranked("contart", [("contant", 3), ("contort", 300), ("contert", 300)]) == ["contert", "contort", "contant"]


def test_the_word_itself_and_words_without_documents_are_no_candidates() -> None:
    assert ranked("mandat", [("mandat", 9), ("mandas", 0)]) == []


@given(WORDS, WORDS, st.integers(0, 2))
def test_words_within_some_edits_are_those_of_the_definition(one: str, other: str, edits: int) -> None:
    assert within(one, other, edits) == (edits_between(one, other) <= edits)


@given(WORDS, WORDS)
def test_mistakes_never_cost_more_than_their_edits_and_never_less_than_half(one: str, other: str) -> None:
    edits = edits_between(one, other)
    first = 0.5 * (one[:1] != other[:1])
    assert 0.5 * edits <= cost(one, other) - first <= edits
    assert cost(one, other, sounds_alike=True) <= cost(one, other)


# --- how words sound -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "alike",
    [
        "pharmacie farmacie",
        "theatre teatre",
        "bateau bato batau",
        "maison meson",
        "enfant anfant",
        "question kestion",
        "france franse",
        "rythme ritme",
        "honneur oneur",
        "resolution resolusion",
        "guerre guere",
        "manger menjer",
        "maintenant mintenent",
        "important inportant",
        "archive arshive",
        "plomb plonb",
        "oeuf euf",
    ],
)
def test_words_that_are_said_the_same_have_one_sound(alike: str) -> None:
    assert len({sound_of(word) for word in alike.split()}) == 1, [sound_of(word) for word in alike.split()]


@pytest.mark.parametrize("different", ["mandat mondat", "guerre gerer", "chat quai", "paix poix", "gare guerre"])
def test_words_that_are_said_differently_have_two(different: str) -> None:
    one, other = different.split()
    assert sound_of(one) != sound_of(other)
