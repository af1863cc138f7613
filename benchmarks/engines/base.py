"""What the benchmarks ask of an engine: build an index of a corpus, open it, answer questions.

Questions are trees of our own query language made of words, prefixes, phrases, And and Or; `fold` walks one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar

from benchmarks.corpus import Corpus
from indexer.query import And, Node, Or, Phrase, Prefix, Word

Built = TypeVar("Built")
HITS = 10
SNIPPET_CHARS = 240


class Unavailable(Exception):
    """The engine is not installed here; the message says what is missing."""


class Op(StrEnum):
    """How the words of a question are required: all of them, by our matching rule, or any."""

    ALL = "all"
    RULE = "rule"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Question:
    """A question to an engine: the text as typed, its tree with the words required as `op` says, snippets or not."""

    text: str
    tree: Node
    op: Op
    snippets: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Ten best ids and titles, and over all hits the total and the counts by type and date.

    `dates` are by year or, as our engine counts them, by date key (yyyy0000, or finer); 0 unknown. `exact` is False
    when the engine was free to loosen the question.
    """

    total: int
    hits: Sequence[tuple[str, str]]
    types: Mapping[str, int]
    dates: Mapping[int, int]
    snippets: Sequence[Any] = ()
    exact: bool = True

    def years(self) -> dict[int, int]:
        """The counts by year, without zeros."""
        counts: dict[int, int] = {}
        for key, count in self.dates.items():
            year = key // 10_000 or key
            if count:
                counts[year] = counts.get(year, 0) + int(count)
        return counts


class Index(Protocol):
    """An open index."""

    def search(self, question: Question) -> Answer:
        """Answer one question."""


class Engine(Protocol):
    """A search engine: `name` in the tables, `note` what is particular to it there.

    `ops` are the ways of requiring words that it has; a question of another way is asked with ANY.
    """

    name: str
    note: str
    ops: frozenset[Op]

    def version(self) -> str:
        """The version in use. Raises Unavailable."""

    def build(self, corpus: Corpus, folder: Path) -> None:
        """Index a corpus into a new folder: from its JSONL, or from the analysed documents beside them."""

    def open(self, folder: Path) -> Index:
        """Open what `build` made."""

    def sources(self) -> Sequence[Path]:
        """The files that decide what `build` makes: an index is built anew when one of them changes."""


def fold(
    node: Node,
    word: Callable[[Word], Built],
    prefix: Callable[[Prefix], Built],
    phrase: Callable[[Phrase], Built],
    at_least: Callable[[list[Built], int], Built],
) -> Built:
    """A tree in an engine's own queries; `at_least(parts, n)` requires n of the parts, all of them for an And."""

    def made(node: Node) -> Built:
        match node:
            case Word():
                return word(node)
            case Prefix():
                return prefix(node)
            case Phrase():
                return phrase(node)
            case And():
                return at_least([made(child) for child in node.children], len(node.children))
            case Or():
                return at_least([made(child) for child in node.children], node.at_least)
            case _:
                raise ValueError(f"the benchmarks ask no {type(node).__name__}")

    return made(node)
