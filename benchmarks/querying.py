"""Queries: every engine is asked each question in turn, several rounds, in one process. Part `queries`.

What is measured is CPU time from a parsed question to ten best hits with titles and the counts over all hits, without
and with ten snippets. Totals and counts are compared wherever two engines were asked the same.
"""

from __future__ import annotations

import gc
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.engines import REFERENCE
from benchmarks.engines.base import Answer, Index, Op, Question
from benchmarks.measuring import child, median, quantile, tell
from benchmarks.queries import WORD_KINDS, Asked
from benchmarks.workshop import Workshop

# An engine's turn is a few calls of the same question: the first finds the processor's caches full of the others' data.
ROUNDS, CALLS = 2, 3
# CPU seconds that an engine may spend; then it is asked no further question, and the table says how many it had.
BUDGET_S = 150.0


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: which questions, how required, with snippets or not. `peer_op` is what peers are asked."""

    name: str
    kinds: tuple[str, ...]
    op: Op
    snippets: bool = False
    peer_op: Op | None = None


ROWS = (
    Row("ten best + counts, all words", WORD_KINDS, Op.ALL),
    Row("ten best + counts, our rule (peers: any word)", WORD_KINDS, Op.RULE, peer_op=Op.ANY),
    Row("ten best + counts, our rule (peers: too, where they can)", WORD_KINDS, Op.RULE),
    Row("ten best + counts, any word", WORD_KINDS, Op.ANY),
    Row("the same + ten snippets, all words", WORD_KINDS, Op.ALL, True),
    Row("the same + ten snippets, our rule (peers: any word)", WORD_KINDS, Op.RULE, True, peer_op=Op.ANY),
    Row("ten best + counts, phrases", ("phrase",), Op.ALL),
    Row("the same + ten snippets, phrases", ("phrase",), Op.ALL, True),
    Row("ten best + counts, prefixes", ("prefix",), Op.ALL),
    Row("the same + ten snippets, prefixes", ("prefix",), Op.ALL, True),
)
OURS = ("ours", "service")
Case = tuple[str, Op, bool]  # engine, op, snippets
Taken = Mapping[Case, Mapping[int, float]]  # milliseconds by the number of the question


@dataclass
class Times:
    """CPU milliseconds of each case, by the number of the question: the best call, and the very first.

    The first tells what a memory for answers would hide, and what cold caches cost.
    """

    best: dict[Case, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    first: dict[Case, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def note(self, case: Case, number: int, turn: list[float]) -> None:
        """The calls of one turn."""
        self.best[case][number] = min([*turn, self.best[case].get(number, turn[0])])
        self.first[case].setdefault(number, turn[0])
        self.spent[case[0]] += sum(turn) / 1000


def measure(workshop: Workshop) -> dict[str, Any]:
    """The rows for each engine, where answers differed, and what serving processes hold."""
    asked = workshop.questions()
    indexes = {name: workshop.engines[name].open(workshop.index(name)[0]) for name in workshop.names}
    ops = {name: workshop.engines[name].ops for name in workshop.names}
    gc.collect()
    gc.freeze()
    times = Times()
    differences = ask(asked, indexes, ops, times)
    gc.unfreeze()
    return {
        "questions": {kind: sum(one.kind == kind for one in asked) for kind in {one.kind for one in asked}},
        "rows": [row_of(row, asked, workshop.names, times.best) for row in ROWS],
        "first_calls": [row_of(row, asked, workshop.names, times.first) for row in ROWS],
        "kinds": list(_kinds(asked, workshop.names, times.best)),
        "differences": differences,
        "processes": {name: _process(workshop, name, asked) for name in workshop.names},
    }


def ask(
    asked: Sequence[Asked], indexes: Mapping[str, Index], ops: Mapping[str, frozenset[Op]], times: Times
) -> list[str]:
    """Ask everything, each engine in turn, the first one changing; the differences found, as sentences."""
    differences: list[str] = []
    names = list(indexes)
    for number, one in enumerate(asked):
        for op, snippets in ((op, snippets) for op in Op for snippets in (False, True)):
            if op is not Op.ALL and one.kind not in WORD_KINDS:
                continue
            turn = [name for name in names[number % len(names) :] + names[: number % len(names)] if op in ops[name]]
            question = one.question(op, snippets=snippets)
            answers = _rounds(question, number, {name: indexes[name] for name in turn}, times)
            if not snippets:
                differences += compare(question, answers)
        if number % 20 == 19:
            tell(f"{number + 1} of {len(asked)} questions, {len(differences)} differences")
    return differences


def _rounds(question: Question, number: int, indexes: Mapping[str, Index], times: Times) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for _ in range(ROUNDS):
        for name, index in indexes.items():
            if times.spent[name] > BUDGET_S:
                continue
            turn = []
            for _ in range(CALLS):
                started = time.process_time_ns()
                answers[name] = index.search(question)
                turn.append((time.process_time_ns() - started) / 1e6)
            times.note((name, question.op, question.snippets), number, turn)
    return answers


def compare(question: Question, answers: Mapping[str, Answer]) -> list[str]:
    """Where engines that were asked the same found another total or other counts than the first of them."""
    comparable = {name: answer for name, answer in answers.items() if answer.exact}
    if not comparable:
        return []
    first, expected = next(iter(comparable.items()))
    told = []
    for name, answer in comparable.items():
        for what, one, other in (
            ("total", expected.total, answer.total),
            ("types", _positive(expected.types), _positive(answer.types)),
            ("years", expected.years(), answer.years()),
        ):
            if one != other:
                told.append(f"{question.text} ({question.op}): {what}: {first} {_brief(one)}, {name} {_brief(other)}")
    return told


def _positive(counts: Mapping[str, int]) -> dict[str, int]:
    return {value: int(count) for value, count in counts.items() if count}


def _brief(found: object) -> str:
    return f"{len(found)} values, {sum(found.values())} in all" if isinstance(found, dict) else str(found)


def row_of(row: Row, asked: Sequence[Asked], names: Sequence[str], taken: Taken) -> dict[str, Any]:
    """Quantiles of the CPU milliseconds of each engine, and of the ratios to the reference, question by question."""
    wanted = {number for number, one in enumerate(asked) if one.kind in row.kinds}
    reference = _of(row, REFERENCE, wanted, taken)
    engines = {}
    for name in names:
        found = _of(row, name, wanted, taken)
        if found:
            both = [number for number in found if number in reference]
            ratios = [found[number] / reference[number] for number in both]
            medians = [median([times[number] for number in both]) for times in (found, reference)] if both else []
            engines[name] = {
                "n": len(found),
                "ms": [quantile(list(found.values()), share) for share in (0.5, 0.95, 0.99)],
                "ratio": [quantile(ratios, share) for share in (0.25, 0.5, 0.75)] if both else None,
                "p50_ratio": medians[0] / medians[1] if both else None,
            }
    return {"name": row.name, "engines": engines}


def _of(row: Row, name: str, wanted: set[int], times: Taken) -> dict[int, float]:
    op = row.peer_op if row.peer_op and name not in OURS else row.op
    # The service always makes snippets: without them there is nothing to compare.
    case = (name, op, row.snippets)
    if name == "service" and not row.snippets:
        return {}
    return {number: ms for number, ms in times.get(case, {}).items() if number in wanted}


def _kinds(asked: Sequence[Asked], names: Sequence[str], times: Taken) -> Iterator[dict[str, Any]]:
    """For each kind of question the median of each engine, all words required, without snippets."""
    for kind in dict.fromkeys(one.kind for one in asked):
        yield row_of(Row(kind, (kind,), Op.ALL), asked, names, times)


def _process(workshop: Workshop, name: str, asked: Sequence[Asked]) -> dict[str, Any]:
    """A process that opens the index and answers every question."""
    tell(f"{name}: memory of a serving process")
    texts = workshop.cache / "questions.json"
    texts.write_text(json.dumps([one.text for one in asked][: _few(name)], ensure_ascii=False))
    found: dict[str, Any] = child("answer", name, str(workshop.index(name)[0]), str(texts)).answer
    return found


def _few(name: str) -> int | None:
    """Whoosh takes a tenth of a second for a question: enough of them to fill its caches."""
    return 40 if name == "whoosh" else None
