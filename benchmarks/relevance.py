"""`python -m benchmarks.relevance [DIR] [--sweep]`: how well the search ranks, beside plain BM25 and piece by piece.

DIR is a judged set as `trouvaille evaluate` reads it (without it: `shared/relevance/cdtn` beside the project, when it
is there); the small set of our own over `corpus/` is measured too. Exit code 1 when a set is below its floors.
`--sweep` also tries every weight around its value and cross-validates the choice (some ten minutes). A table of all
this goes to `benchmarks/results/`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.judged import PUBLIC, JudgedSet, Trials, entries, own_set, public_set, trials_over
from benchmarks.ladder import INGREDIENTS, climbed, without
from benchmarks.measuring import HOUSE, tell
from benchmarks.plain_bm25 import PlainBM25
from benchmarks.relevance_report import Findings, Sweep, markdown
from benchmarks.tuning import GRID, line, naive, validated
from indexer.assembly import word_lists
from indexer.errors import TrouvailleError
from indexer.evaluation import DEPTH, Evaluation, Measures, evaluate
from indexer.settings import Settings, load_settings

# What must be reached, by query. Lowering one is a decision to be seen in a diff.
FLOORS = Measures(ndcg=0.44, mrr=0.66, recall=0.66)
OWN_FLOORS = Measures(ndcg=0.86, mrr=0.92, recall=0.97)
# Of a set that someone else brings: nothing is known of it.
_NO_FLOORS = Measures(ndcg=0.0, mrr=0.0, recall=0.0)
_SEEDS = (1, 2, 3, 4, 5)


def baseline(judged: JudgedSet, settings: Settings) -> Evaluation:
    """Plain BM25 on the same documents and queries."""
    documents = ((id, entry.title, entry.text) for _, id, entry in entries(settings, judged.corpus))
    plain = PlainBM25(documents, word_lists(settings).stop_words)
    return evaluate(judged.queries, lambda text: plain.ranked(text, DEPTH))


def findings(judged: JudgedSet, settings: Settings, *, sweep: bool = False) -> Findings:
    """Measure a set. Raises TrouvailleError when its corpus cannot be read."""
    with trials_over(judged, settings, lambda done, total, written, what: None) as trials:
        return Findings(
            judged=judged,
            setup=trials.whole,
            baseline=baseline(judged, settings),
            first=trials.measured(without(trials.whole, INGREDIENTS), DEPTH),
            whole=trials.measured(trials.whole, DEPTH),
            rungs=tuple(climbed(trials, _teller(judged))),
            sweep=_sweep(trials) if sweep else None,
        )


def _sweep(trials: Trials) -> Sweep:
    tell_of = _teller(trials.judged)
    lines = []
    for name in GRID:
        tell_of(f"{name} moved alone")
        lines += [(name, setup, trials.measured(setup)) for setup in line(trials.whole, name)]
    validations = []
    for seed in _SEEDS:
        tell_of(f"cross-validation, seed {seed}")
        validations.append(validated(trials, trials.whole, seed))
    tell_of("cross-validation from textbook values")
    return Sweep(tuple(lines), tuple(validations), validated(trials, naive(trials.whole), _SEEDS[0]))


def _teller(judged: JudgedSet) -> Callable[[str], None]:
    return lambda what: tell(f"{judged.name}: {what}")


def below(judged: JudgedSet, whole: Evaluation) -> list[str]:
    """What a set does not reach, in sentences."""
    reached, floors = whole.by_query.to_json(), judged.floors.to_json()
    return [
        f"{judged.name}: {name} is {reached[name]:.3f}, below its floor of {floor:.3f}."
        for name, floor in floors.items()
        if reached[name] < floor
    ]


def judged_sets(folder: Path | None, settings: Settings) -> list[JudgedSet]:
    """The sets to measure: a folder's, or the one beside the project, and ours. Says aloud when there is ours alone."""
    own = own_set(settings, OWN_FLOORS)
    if folder:
        return [public_set(folder, FLOORS if folder.resolve() == PUBLIC else _NO_FLOORS), own]
    if PUBLIC.is_dir():
        return [public_set(PUBLIC, FLOORS), own]
    print("No judged set beside the project (shared/relevance/cdtn): only our own is measured.", file=sys.stderr)
    return [own]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write the table, check the floors. The exit code: 0, 1 below a floor, 2 when a set cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relevance", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR")
    parser.add_argument("--sweep", action="store_true", help="try the weights around those in force, cross-validate")
    parser.add_argument("--results", type=Path, default=HOUSE / "benchmarks" / "results", help="where the table goes")
    given = parser.parse_args(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    settings = load_settings(environ={})
    try:
        sets = judged_sets(given.folder, settings)
        # Our own set is too small to choose weights by.
        found = [findings(one, settings, sweep=given.sweep and one.corpus != HOUSE / "corpus") for one in sets]
    except TrouvailleError as error:
        print(error, file=sys.stderr)
        return 2
    date = time.strftime("%Y-%m-%d")
    report = markdown(found, "python -m benchmarks.relevance" + (" --sweep" if given.sweep else ""), date)
    given.results.mkdir(parents=True, exist_ok=True)
    name = f"relevance-{date}{'-sweep' if given.sweep else ''}.md"
    (given.results / name).write_text(report, encoding="utf-8")
    print(report)
    failures = [sentence for one in found for sentence in below(one.judged, one.whole)]
    for sentence in failures:
        print(sentence, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
