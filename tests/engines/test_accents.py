"""Accents as typed: which texts have them, and what that does to the order."""

from __future__ import annotations

import json
import random
import unicodedata
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.accents import Accents
from indexer.engines.closeness import WINDOW
from indexer.engines.ranked import Ranked, reordered
from indexer.french import Analyzer
from indexer.model import Sort
from indexer.query import parse
from tests.conftest import House
from tests.french.test_cases import Row, row_id, rows

MOST_BONUS = 0.5


def bonus(analyzer: Analyzer, typed: str, text: str, title: str = "") -> float:
    """From -1 (all with other accents) to 1 (none with others); 0 also when no accent was typed."""
    accents = Accents(parse(typed, analyzer).tree(1), MOST_BONUS)
    return 2 * (accents.bonus(title, text) - 1) / MOST_BONUS - 1 if accents else 0


AGREEMENTS = [
    # typed, text, agreement, why
    ("marché", "Le marché est fermé.", 1, "as typed"),
    ("marché", "La marche est longue.", -1, "another word"),
    ("marché", "Marché couvert", 1, "a capital"),
    ("Élève", "un élève", 1, "a capital in the query"),
    ("élève", "Un mur élevé", -1, "the accents on other letters"),
    ("marché", "MARCHE COUVERT", 1, "capitals without accents leave it open"),
    ("marché", "MARCHÉ COUVERT", 1, "capitals with accents do not"),
    ("élève", "Eleve", -1, "a capital leaves only itself open"),
    ("élève", "Elève", 1, "and here that is all"),
    ("marché", "Un marché, une marche.", 1, "both"),
    ("marché", "Les marchés", 1, "another form says nothing"),
    ("marché", "la démarche du marcheur", 1, "inside other words"),
    ("marche", "Le marché", 0, "typed without accents: no preference"),
    ("cœur", "un coeur", 0, "a ligature is no accent"),
    ("l’élève", "d’un élève", 1, "elision"),
    ("vice-président", "Le vice-président", 1, "a compound"),
    ('"la côte ouest"', "Sur la côte ouest", 1, "a quote"),
    ('"la côte ouest"', "La cote ouest, la côte est", -1, "the words in a row alone count"),
    ('"l’été"', "fin d’été", 1, "elision in a quote"),
    ('"marché noir"~5', "noir est le marché", 1, "each word near the other"),
    ("pêche marché", "La pêche, la marche", 0, "one of two"),
    ("-marché côte", "La côte", 1, "what is excluded prefers nothing"),
    ("Łódź", "Lodz", 0, "foreign letters prefer nothing"),
]


@pytest.mark.parametrize(("typed", "text", "agreement", "why"), AGREEMENTS)
def test_texts_are_compared_with_the_accents_typed(
    analyzer: Analyzer, typed: str, text: str, agreement: float, why: str
) -> None:
    assert bonus(analyzer, typed, text) == pytest.approx(agreement), why
    assert bonus(analyzer, typed, "", title=text) == pytest.approx(agreement), why
    assert bonus(analyzer, typed, unicodedata.normalize("NFD", text)) == pytest.approx(agreement), why


def test_a_field_is_the_only_place_looked_at(analyzer: Analyzer) -> None:
    assert bonus(analyzer, "titre:marché", "la marche", title="le marché") == pytest.approx(1)
    assert bonus(analyzer, "texte:marché", "la marche", title="le marché") == pytest.approx(-1)


@given(typed=st.text(max_size=30), text=st.text(max_size=100))
def test_any_text_has_a_bonus_within_bounds(analyzer: Analyzer, typed: str, text: str) -> None:
    for query in (typed, f'"{typed}"', f"é{typed}"):
        accents = Accents(parse(query, analyzer).tree(1), MOST_BONUS)
        assert 1 <= accents.bonus(typed, text) <= 1 + MOST_BONUS


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 4)), max_size=30), st.integers(1, 30))
def test_first_hits_are_those_of_all_with_their_bonus(made: list[tuple[int, int]], stop: int) -> None:
    made.sort(key=lambda one: -one[0])
    hits = [Ranked(number, float(score)) for number, (score, _) in enumerate(made)]
    everything = [hit.times(1 + made[hit.number][1] / 8) for hit in hits]
    expected = sorted(everything, key=lambda hit: (-hit.score, hit.number))[:stop]
    assert list(islice(reordered(hits, lambda number: 1 + made[number][1] / 8, 1.5), stop)) == expected


def test_no_more_texts_are_read_than_can_come_up() -> None:
    read = []
    hits = [Ranked(number, 50.0 - number / 100) for number in range(50)]
    assert len(list(islice(reordered(hits, lambda number: read.append(number) or 1.5, 1.5), 10))) == 10
    assert read == list(range(10))


# --- in the order of hits --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", rows("rank"), ids=row_id)
def test_rank_rows_of_the_table_come_in_their_order(house: House, row: Row) -> None:
    first, last = row["expected"], row["note"]
    for number, text in enumerate((last, first)):
        house.write(f"{number}.jsonl", json.dumps({"id": f"{number}", "title": "", "text": text}, ensure_ascii=False))
    house.reindex()
    found = [hit.document.id for hit in house.search(row["input"]).hits]
    assert found[0] == "1", row


@pytest.fixture
def market(house: House) -> House:
    """Eighty documents of one length, every other with the accent."""
    rng = random.Random(20261128)
    lines = []
    for number in range(80):
        text = f"{'Le marché' if number % 2 else 'La marche'} {rng.choice(('un', 'deux', 'trois'))} fois."
        lines.append(json.dumps({"id": f"{number:02}", "title": "Sans titre", "text": text}, ensure_ascii=False))
    house.write("docs.jsonl", "\n".join(lines))
    house.reindex()
    return house


def test_of_equal_hits_those_as_typed_come_first_and_pages_never_overlap(market: House) -> None:
    pages = [[h.document.id for h in market.search("marché", page=page).hits] for page in range(1, 9)]
    found = [id for page in pages for id in page]
    assert len(found) == len(set(found)) == 80
    accented = [int(id) % 2 == 1 for id in found[:WINDOW]]
    assert accented == [True] * (WINDOW // 2) + [False] * (WINDOW // 2)
    assert found[WINDOW:] == sorted(found[WINDOW:])
    assert found[:17] == [h.document.id for h in market.search("marché", per_page=17).hits]


def test_scores_never_rise_down_the_list(market: House) -> None:
    scores = [hit.score for hit in market.search("marché", per_page=80).hits]
    assert scores == sorted(scores, reverse=True)


def test_words_typed_without_accents_keep_the_order_of_scores_and_ids(market: House) -> None:
    found = [hit.document.id for hit in market.search("marche", per_page=80).hits]
    assert found == sorted(found)


def test_another_order_than_relevance_knows_no_preference(market: House) -> None:
    for sort in (Sort.NEWEST, Sort.TITLE):
        found = [hit.document.id for hit in market.search("marché", sort=sort, per_page=80).hits]
        assert found == sorted(found)


def test_reasons_still_add_up_to_the_score(market: House) -> None:
    for hit in market.search("marché fois", explain=True).hits:
        assert sum(reason.score for reason in hit.reasons) == pytest.approx(hit.score)
