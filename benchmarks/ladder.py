"""What each ingredient of the ranking gives: added one at a time to plain BM25, and taken away alone from the whole.

An ingredient is switched off by settings alone, so that what is measured is what a user could run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from benchmarks import plain_bm25
from benchmarks.judged import Setup, Trials
from indexer.evaluation import Evaluation

# More hits than any query has: the requirement (two words at most) is always relaxed, to one word.
_EVERYTHING = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Ingredient:
    """Something that the ranking can do without; `off` takes it out of a setup."""

    name: str
    off: Callable[[Setup], Setup]


def _ranking(**values: float) -> Callable[[Setup], Setup]:
    return lambda setup: replace(setup, ranking=replace(setup.ranking, **values))


def _search(**values: Any) -> Callable[[Setup], Setup]:
    return lambda setup: replace(setup, search=replace(setup.search, **values))


def _one_length_rule(setup: Setup) -> Setup:
    return _ranking(title_b=setup.ranking.b)(setup)


# In the order in which the ladder adds them.
INGREDIENTS = (
    Ingredient("k1, b and the weight of titles", _ranking(k1=plain_bm25.K1, b=plain_bm25.B, title=1.0)),
    Ingredient("the form as typed", _ranking(surface=0.0, stem=1.0)),
    Ingredient("the matching rule", _search(relax_below=_EVERYTHING)),
    Ingredient("lengths of titles on their own", _one_length_rule),
    Ingredient("coverage", _ranking(coverage=0.0)),
    Ingredient("pairs", _ranking(pairs=0.0)),
    Ingredient("passage", _ranking(passage=0.0)),
    Ingredient("repeated documents", _ranking(repeated=1.0)),
    Ingredient("accents", _ranking(accents=0.0)),
    Ingredient("corrections", _search(corrections=False)),
    Ingredient("synonyms, the list", lambda setup: replace(setup, listed=False)),
    Ingredient("sigles learned from the documents", _search(sigles=False)),
)


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder: the ranking with one more ingredient, and what the whole loses without it alone."""

    name: str
    reached: Evaluation
    without: Evaluation | None


def without(setup: Setup, ingredients: Sequence[Ingredient]) -> Setup:
    """The setup with these ingredients switched off."""
    return reduce(lambda left, ingredient: ingredient.off(left), ingredients, setup)


def climbed(trials: Trials, tell: Callable[[str], None] = lambda name: None) -> list[Rung]:
    """The ladder from BM25 over two fields, by family alone and any word, to the whole."""
    whole = trials.whole
    rungs = [
        Rung("BM25 over two fields, families of words, any word", trials.measured(without(whole, INGREDIENTS)), None)
    ]
    for place, ingredient in enumerate(INGREDIENTS, start=1):
        tell(ingredient.name)
        rungs.append(
            Rung(
                f"+ {ingredient.name}",
                trials.measured(without(whole, INGREDIENTS[place:])),
                trials.measured(without(whole, [ingredient])),
            )
        )
    return rungs
