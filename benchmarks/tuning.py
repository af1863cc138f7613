"""Weights chosen on judged queries, and how well weights so chosen do on queries that took no part in the choice.

Weights move one at a time, to a value of a small grid, and only for a gain that is more than noise. In a
cross-validation, four fifths of the needs choose, the others are measured; wordings of one need stay together, or what
chose would be what is measured.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.judged import Setup, Trials
from indexer.evaluation import Evaluation, Measures, Query
from indexer.settings import Ranking

# The values tried of each weight. `body` is 1: only ratios matter. `surface` and `stem` add up to 1.
GRID: Mapping[str, tuple[float, ...]] = {
    "k1": (0.9, 1.2, 1.5, 1.8),
    "b": (0.3, 0.4, 0.5, 0.75),
    "title_b": (0.4, 0.55, 0.7, 0.85),
    "surface": (0.2, 0.3, 0.4, 0.5),
    "title": (0.7, 0.9, 1.1, 1.3, 1.6),
    "coverage": (0.0, 0.2, 0.4, 0.6),
    "pairs": (0.0, 0.7, 1.3, 2.0),
    "passage": (0.0, 1.0, 2.0, 3.0),
    "synonym": (0.0, 0.2, 0.4, 0.6),
    "repeated": (0.3, 0.5, 0.7, 1.0),
    "accents": (0.0, 0.25, 0.5, 1.0),
}
# What a weight moves for, on the mean of nDCG@10 and MRR@10: smaller gains are those of single queries.
LEAST_GAIN = 0.002
FOLDS = 5
_PASSES = 3
# Where a choice starts that has seen no judgment: textbook BM25 (Robertson and Zaragoza, 2009), and nothing on top.
_NAIVE = {
    "k1": 1.2, "b": 0.75, "title_b": 0.75, "surface": 0.5, "stem": 0.5, "title": 1.0,
    "coverage": 0.0, "pairs": 0.0, "passage": 0.0, "synonym": 0.4, "repeated": 1.0, "accents": 0.5,
}  # fmt: skip

Score = Callable[[Setup], float]


def moved(setup: Setup, name: str, value: float) -> Setup:
    """The setup with one weight changed."""
    changed = {name: value, **({"stem": round(1 - value, 2)} if name == "surface" else {})}
    return replace(setup, ranking=replace(setup.ranking, **changed))


def naive(setup: Setup) -> Setup:
    """The setup with weights that no judgment chose."""
    return replace(setup, ranking=replace(setup.ranking, **_NAIVE))


def weight(ranking: Ranking, name: str) -> float:
    """One weight."""
    value: float = getattr(ranking, name)
    return value


def line(setup: Setup, name: str) -> list[Setup]:
    """The setups that differ from this one in one weight, and itself, in the order of that weight."""
    values = {*GRID[name], weight(setup.ranking, name)}
    return [moved(setup, name, value) for value in sorted(values)]


def objective(evaluation: Evaluation, chosen: Collection[str] | None = None) -> float:
    """The mean of nDCG@10 and MRR@10 over the queries of the chosen needs (all when None)."""
    pairs = zip(evaluation.queries, evaluation.measures, strict=True)
    return statistics.fmean((m.ndcg + m.mrr) / 2 for query, m in pairs if chosen is None or query.group in chosen)


def swept(start: Setup, score: Score) -> Setup:
    """The setup reached from `start` when each weight in turn takes its best value, until none moves."""
    setup = start
    for _ in range(_PASSES):
        before = setup
        for name in GRID:
            best = max(line(setup, name), key=score)
            if score(best) >= score(setup) + LEAST_GAIN:
                setup = best
        if setup == before:
            break
    return setup


@dataclass(frozen=True, slots=True)
class Validation:
    """The measures of every query under weights that the other folds chose; where the choice started, and what each
    fold chose."""

    evaluation: Evaluation
    start: Setup
    chosen: tuple[Setup, ...]


def folds(groups: Collection[str], seed: int, count: int = FOLDS) -> list[frozenset[str]]:
    """The needs dealt at random into folds of about one size."""
    shuffled = sorted(groups)
    random.Random(seed).shuffle(shuffled)
    return [frozenset(shuffled[first::count]) for first in range(count)]


def validated(trials: Trials, start: Setup, seed: int) -> Validation:
    """Choose weights on all folds but one, measure that one; for each fold."""
    queries = trials.judged.queries
    groups = {query.group for query in queries}
    measures: dict[str, Measures] = {}
    chosen = []
    for held_out in folds(groups, seed):
        training = groups - held_out
        setup = swept(start, lambda one, training=training: objective(trials.measured(one), training))  # type: ignore[misc]
        chosen.append(setup)
        measures |= _measures_of(trials.measured(setup), held_out)
    return Validation(Evaluation(queries, tuple(measures[query.id] for query in queries)), start, tuple(chosen))


def _measures_of(evaluation: Evaluation, groups: Collection[str]) -> dict[str, Measures]:
    pairs: Sequence[tuple[Query, Measures]] = list(zip(evaluation.queries, evaluation.measures, strict=True))
    return {query.id: measures for query, measures in pairs if query.group in groups}
