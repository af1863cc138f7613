"""How well the search ranks: measures over queries whose relevant documents are known.

A set is a folder of `corpus.jsonl` (or `.jsonl.gz`), `queries.jsonl` (`{"id", "text", "group"?}`, one a line) and
`qrels.tsv` (a header, then query, document and grade, separated by tabs; grades are whole numbers, 0 not relevant).
Queries of one group are wordings of one need.

Measures, each the mean over the queries that have a relevant document (Manning, Raghavan and Schütze, *Introduction to
Information Retrieval*, chapter 8):

- nDCG@10: gains of 2^grade - 1, discounted by log2(rank + 1), over the greatest sum that the judgments allow;
- MRR@10: 1 / rank of the first relevant document, 0 when it is not among the first ten;
- recall@100: the share of the relevant documents that is among the first hundred.

A document without a judgment counts as not relevant.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.errors import TrouvailleError

DEPTH = 100
_SHOWN = 10
# Gains double with each grade: beyond this, one document would be all that counts, and soon no number would hold it.
_MAX_GRADE = 30
_CORPUS_NAMES = ("corpus.jsonl.gz", "corpus.jsonl")

# A search: the text of a query → the ids of the documents found, best first, DEPTH of them.
Ranking = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Query:
    """A query and its judgments: document id → grade, of those above 0."""

    id: str
    text: str
    group: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Measures:
    """Of one query, or means over many; each from 0 to 1."""

    ndcg: float
    mrr: float
    recall: float

    def to_json(self) -> dict[str, float]:
        """The measures under the names of the contract."""
        return {"ndcg@10": round(self.ndcg, 4), "mrr@10": round(self.mrr, 4), "recall@100": round(self.recall, 4)}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The measures of each query, in order."""

    queries: tuple[Query, ...]
    measures: tuple[Measures, ...]

    @property
    def groups(self) -> int:
        """How many groups the queries are of."""
        return len({query.group for query in self.queries})

    @property
    def by_query(self) -> Measures:
        """The mean over all queries."""
        return mean(self.measures)

    @property
    def by_group(self) -> Measures:
        """The mean over the groups of the means inside each, so that no need weighs more than another."""
        groups: dict[str, list[Measures]] = defaultdict(list)
        for query, measures in zip(self.queries, self.measures, strict=True):
            groups[query.group].append(measures)
        return mean(list(map(mean, groups.values())))

    def to_json(self) -> dict[str, Any]:
        """As `evaluate --json` prints it."""
        return {
            "queries": len(self.queries),
            **self.by_query.to_json(),
            "groups": {"count": self.groups, **self.by_group.to_json()},
        }


def corpus_of(folder: Path) -> Path:
    """The corpus of a set. TrouvailleError when it has none."""
    for name in _CORPUS_NAMES:
        if (folder / name).is_file():
            return folder / name
    raise TrouvailleError(f"{folder} ne contient ni {_CORPUS_NAMES[0]} ni {_CORPUS_NAMES[1]}.")


def queries_of(folder: Path) -> tuple[Query, ...]:
    """The queries of a set that have a relevant document. TrouvailleError for a file that is missing or malformed."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in _lines(folder / "qrels.tsv", first=2):
        query, document, grade = _fields(folder / "qrels.tsv", number, line)
        if grade > 0:
            grades[query][document] = grade
    found = []
    for number, line in _lines(folder / "queries.jsonl"):
        try:
            read = json.loads(line)
            id, text = str(read["id"]), str(read["text"])
            group = str(read.get("group", id))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _malformed(folder / "queries.jsonl", number, '{"id": …, "text": …}') from error
        if id in grades:
            found.append(Query(id, text, group, grades[id]))
    if not found:
        raise TrouvailleError(f"Dans {folder}, aucune requête n’a de document pertinent : rien à mesurer.")
    return tuple(found)


def _lines(path: Path, first: int = 1) -> Iterable[tuple[int, str]]:
    """The lines that are not empty, from the `first` on, with their numbers."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise TrouvailleError(f"{path} n’existe pas.") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "ce n’est pas de l’UTF-8"
        raise TrouvailleError(f"{path} : lecture impossible ({reason}).") from error
    # Not splitlines: a query may hold the other characters that end a line.
    lines = enumerate(text.split("\n"), start=1)
    return [(number, line) for number, line in lines if number >= first and line.strip()]


def _fields(path: Path, number: int, line: str) -> tuple[str, str, int]:
    try:
        query, document, grade = line.split("\t")
        if int(grade) > _MAX_GRADE:
            raise ValueError(grade)
        return query, document, int(grade)
    except ValueError as error:
        expected = f"requête, document et note ({_MAX_GRADE} au plus), séparés par des tabulations"
        raise _malformed(path, number, expected) from error


def _malformed(path: Path, number: int, expected: str) -> TrouvailleError:
    return TrouvailleError(f"{path}, ligne {number} : attendu {expected}.")


def evaluate(
    queries: Iterable[Query], ranking: Ranking, progress: Callable[[int], None] = lambda done: None
) -> Evaluation:
    """Run each query and measure what comes back. `progress` is told how many are done."""
    queries = tuple(queries)
    measures = []
    for done, query in enumerate(queries, start=1):
        measures.append(measured(ranking(query.text), query.grades))
        progress(done)
    return Evaluation(queries, tuple(measures))


def measured(ranked: Sequence[str], grades: Mapping[str, int]) -> Measures:
    """The measures of one ranking, best first, against the grades of its relevant documents (at least one)."""
    found = [grades.get(id, 0) for id in ranked[:DEPTH]]
    first = next((rank for rank, grade in enumerate(found[:_SHOWN], start=1) if grade), None)
    return Measures(
        ndcg=_gain(found[:_SHOWN]) / _gain(sorted(grades.values(), reverse=True)[:_SHOWN]),
        mrr=1 / first if first else 0.0,
        recall=sum(grade > 0 for grade in found) / len(grades),
    )


def _gain(grades: Iterable[int]) -> float:
    return sum(float(2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def mean(measures: Sequence[Measures]) -> Measures:
    """The mean of each measure; there is at least one."""
    count = len(measures)
    return Measures(
        sum(one.ndcg for one in measures) / count,
        sum(one.mrr for one in measures) / count,
        sum(one.recall for one in measures) / count,
    )
