"""The matching rule, and the tree that an engine gets."""

from __future__ import annotations

import pytest

from indexer.model import DateFilter
from indexer.query import All, And, Node, Not, Or, Phrase, Query, Range, Type, Word, match_rule

FIN, MANDAT, MALI, GAO = (Word((text,), (text,), text) for text in ("fin", "mandat", "mali", "gao"))
YEAR = Range(DateFilter.parse("2023"))
PHRASE = Phrase(("fin", "de", "mission"), "fin de mission")


@pytest.mark.parametrize(("words", "required"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 2), (30, 2)])
def test_one_word_of_one_both_of_two_two_of_three_or_more(words: int, required: int) -> None:
    assert match_rule(words) == required
    assert Query(words=(MALI,) * words).required_words == required


@pytest.mark.parametrize(
    ("query", "relaxed", "why"),
    [
        (Query(), None, "nothing asked"),
        (Query(words=(MALI,)), None, "one word is never given up"),
        (Query(words=(MALI, GAO)), 1, "one of two"),
        (Query(words=(MALI, GAO, FIN)), 1, "one of three"),
        (Query(required=(PHRASE,), words=(MALI,)), 0, "the phrase still asks for something"),
        (Query(required=(YEAR,), words=(MALI,)), None, "a date asks for no text: the word is all there is"),
        (Query(required=(YEAR, PHRASE), words=(MALI,)), 0, "the phrase does"),
        (Query(excluded=(PHRASE,), words=(MALI,)), None, "an exclusion asks for nothing"),
        (Query(required=(PHRASE,)), None, "quotes are never relaxed"),
    ],
)
def test_relaxing_drops_the_last_requirement_and_never_all(query: Query, relaxed: int | None, why: str) -> None:
    assert query.relaxed_words == relaxed, why


@pytest.mark.parametrize(
    ("query", "at_least", "tree", "why"),
    [
        (Query(), 0, All(), "nothing asked: every document"),
        (Query(words=(MALI,)), 1, MALI, "one word is itself"),
        (Query(words=(MALI, GAO)), 2, Or((MALI, GAO), 2), "both"),
        (Query(words=(MALI, GAO, FIN)), 2, Or((MALI, GAO, FIN), 2), "two of three"),
        (Query(words=(MALI, GAO)), 9, Or((MALI, GAO), 2), "never more than there are"),
        (Query(words=(MALI,)), 0, And((All(), Or((MALI,), 0))), "required of nobody, but scored"),
        (Query(required=(PHRASE,)), 0, PHRASE, "one phrase is itself"),
        (Query(required=(PHRASE,), words=(MALI,)), 1, And((PHRASE, MALI)), "both kinds"),
        (Query(required=(PHRASE,), words=(MALI,)), 0, And((PHRASE, Or((MALI,), 0))), "the word only scores"),
        (Query(excluded=(GAO,)), 0, And((All(), Not(GAO))), "everything but"),
        (Query(words=(MALI,), excluded=(GAO, FIN)), 1, And((MALI, Not(GAO), Not(FIN))), "two exclusions"),
    ],
)
def test_tree_asks_what_the_query_says(query: Query, at_least: int, tree: Node, why: str) -> None:
    assert query.tree(at_least) == tree, why


def test_types_and_dates_alone_have_no_text_to_be_relevant_to() -> None:
    assert Query(required=(YEAR, Type("rapport"))).asked == ()
    assert Query(excluded=(PHRASE,)).asked == ()
    either = Or((YEAR, PHRASE))
    assert Query(required=(YEAR, either), words=(MALI,)).asked == (MALI, either)
