"""What was found of the ranking, as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.judged import JudgedSet, Setup
from benchmarks.ladder import Rung
from benchmarks.tuning import GRID, LEAST_GAIN, Validation, weight
from indexer.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class Sweep:
    """What the weights around those in force give, one at a time, and weights that part of the queries chose: from
    those in force, once a seed, and from textbook values, once."""

    lines: tuple[tuple[str, Setup, Evaluation], ...]
    validations: tuple[Validation, ...]
    naive: Validation


@dataclass(frozen=True, slots=True)
class Findings:
    """What one set gave: plain BM25, the ranking in force, the ladder between them, the sweep if it was asked for."""

    judged: JudgedSet
    setup: Setup
    baseline: Evaluation
    first: Evaluation
    whole: Evaluation
    rungs: tuple[Rung, ...]
    sweep: Sweep | None = None


def markdown(all_found: Sequence[Findings], command: str, date: str) -> str:
    """The whole report."""
    lines = [f"# The ranking measured, {date}", "", f"`{command}`"]
    for found in all_found:
        lines += ["", *_of_set(found)]
    return "\n".join(lines) + "\n"


def _of_set(found: Findings) -> Iterator[str]:
    queries = found.judged.queries
    needs = len({query.group for query in queries})
    yield f"## {found.judged.name}: {len(queries)} queries, {needs} needs"
    yield from _table(
        ("", "nDCG@10", "MRR@10", "recall@100", "by need: nDCG@10", "MRR@10", "recall@100"),
        [
            (name, *_figures(evaluation, with_recall=True))
            for name, evaluation in (
                ("plain BM25, any word", found.baseline),
                ("two fields, families of words, any word", found.first),
                ("**the ranking in force**", found.whole),
            )
        ],
    )
    yield from _ladder(found)
    yield ""
    yield "In force: " + ", ".join(f"{name} {weight(found.setup.ranking, name):g}" for name in GRID) + "."
    if found.sweep:
        yield from _lines(found.sweep, found.whole)
        yield from _validations(found.sweep)


def _ladder(found: Findings) -> Iterator[str]:
    yield ""
    yield "Each ingredient added to those above it, and what the whole loses without it alone (thousandths)."
    before = [None, *(rung.reached for rung in found.rungs)]
    yield from _table(
        ("", "nDCG@10", "MRR@10", "by need: nDCG@10", "MRR@10", "gain", "lost without it"),
        [
            (
                rung.name,
                *_figures(rung.reached),
                _difference(rung.reached, earlier),
                _difference(found.whole, rung.without),
            )
            for rung, earlier in zip(found.rungs, before, strict=False)
        ],
    )


def _lines(sweep: Sweep, whole: Evaluation) -> Iterator[str]:
    yield ""
    yield "One weight moved, the others as they are: nDCG@10 / MRR@10 by query (in bold: in force)."
    rows = []
    for name in GRID:
        cells = [
            _cell(weight(setup.ranking, name), evaluation, in_force=evaluation is whole or evaluation == whole)
            for moved, setup, evaluation in sweep.lines
            if moved == name
        ]
        rows.append((name, " · ".join(cells)))
    yield from _table(("weight", "value: nDCG@10 / MRR@10"), rows)


def _cell(value: float, evaluation: Evaluation, *, in_force: bool) -> str:
    mean = evaluation.by_query
    text = f"{value:g}: {mean.ndcg:.3f} / {mean.mrr:.3f}"
    return f"**{text}**" if in_force else text


def _validations(sweep: Sweep) -> Iterator[str]:
    yield ""
    yield (
        "Cross-validated in five folds, no need in two of them: weights chosen on four (each moves for a gain of "
        f"{LEAST_GAIN} on the mean of both measures, or stays), measured on the fifth."
    )
    rows = [
        (f"from those in force, seed {seed}", *_figures(one.evaluation))
        for seed, one in enumerate(sweep.validations, 1)
    ]
    rows += [("from textbook BM25, seed 1", *_figures(sweep.naive.evaluation))]
    yield from _table(("chosen", "nDCG@10", "MRR@10", "by need: nDCG@10", "MRR@10"), rows)
    yield ""
    yield _spread([one.evaluation for one in sweep.validations])
    yield "Weights that moved in a fold: " + (_moves(sweep.validations) or "none") + "."
    yield "From textbook BM25, folds chose: " + _choices(sweep.naive) + "."


def _spread(evaluations: Sequence[Evaluation]) -> str:
    ndcg, mrr = ([getattr(one.by_query, name) for one in evaluations] for name in ("ndcg", "mrr"))
    means = f"nDCG@10 {statistics.fmean(ndcg):.4f} ({min(ndcg):.4f} to {max(ndcg):.4f})"
    return (
        f"Mean by query over the seeds: {means}, MRR@10 {statistics.fmean(mrr):.4f} ({min(mrr):.4f} to {max(mrr):.4f})."
    )


def _moves(validations: Sequence[Validation]) -> str:
    """Which weights left their value, and in how many folds."""
    counts: dict[str, int] = {}
    for validation in validations:
        for setup in validation.chosen:
            for name in GRID:
                if weight(setup.ranking, name) != weight(validation.start.ranking, name):
                    move = f"{name} to {weight(setup.ranking, name):g}"
                    counts[move] = counts.get(move, 0) + 1
    return ", ".join(f"{move} ({count})" for move, count in sorted(counts.items(), key=lambda one: -one[1]))


def _choices(validation: Validation) -> str:
    """The values of each weight over the folds."""
    return ", ".join(
        f"{name} {'/'.join(f'{value:g}' for value in sorted({weight(one.ranking, name) for one in validation.chosen}))}"
        for name in GRID
    )


def _figures(evaluation: Evaluation, *, with_recall: bool = False) -> tuple[str, ...]:
    return tuple(
        f"{value:.3f}"
        for mean in (evaluation.by_query, evaluation.by_group)
        for value in ((mean.ndcg, mean.mrr, mean.recall) if with_recall else (mean.ndcg, mean.mrr))
    )


def _difference(one: Evaluation, other: Evaluation | None) -> str:
    """What one has over the other, in thousandths: nDCG@10 / MRR@10 by query."""
    if other is None:
        return ""
    ndcg, mrr = one.by_query.ndcg - other.by_query.ndcg, one.by_query.mrr - other.by_query.mrr
    return f"{1000 * ndcg:+.1f} / {1000 * mrr:+.1f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"| --- |{' ---: |' * (len(head) - 1)}"
    for cells in rows:
        yield f"| {' | '.join(cells)} |"
