"""The query as a tree of frozen values: what the parser makes, engines compile and the highlighter reads.

All terms are already folded and stemmed by the French analysis; no value here holds anything that an engine would have
to parse again. A leaf is looked for in every field, or in its `field` alone (TITLE, BODY).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.model import DateFilter, PartialDate

TITLE = "title"
BODY = "body"


@dataclass(frozen=True, slots=True)
class Word:
    """A word: any of its `surfaces` or any of its `stems`. `text` is what the person typed."""

    surfaces: tuple[str, ...]
    stems: tuple[str, ...]
    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """These surfaces at successive positions, stop words included. `text` is what the person typed, without quotes."""

    words: tuple[str, ...]
    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any surface that begins with `prefix` (three letters or more)."""

    prefix: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """All of these surfaces within `distance` positions, in any order. `text` is what the person typed."""

    words: tuple[str, ...]
    distance: int
    text: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """Documents whose date lies inside `dates`; adds nothing to the score."""

    dates: DateFilter


@dataclass(frozen=True, slots=True)
class Type:
    """Documents of a type; adds nothing to the score. `name` is as `spelling.bare` writes it.

    It takes the types that are written so and, when there is none, those that differ by an inflection (communiqués).
    """

    name: str


LANGUAGE = "language"
FORMAT = "format"


@dataclass(frozen=True, slots=True)
class Keyword:
    """Documents whose LANGUAGE (a code, "" for unknown) or FORMAT is written so; adds nothing to the score.

    `value` is as `spelling.bare` writes it.
    """

    column: str
    value: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Documents that name a date, or one inside it (June 2023 in 2023); adds nothing to the score."""

    date: PartialDate


@dataclass(frozen=True, slots=True)
class All:
    """Every document, with score 0."""


@dataclass(frozen=True, slots=True)
class Not:
    """Documents that `child` does not match; adds nothing to the score."""

    child: Node


@dataclass(frozen=True, slots=True)
class And:
    """Documents that every child matches; the score is the sum over the children."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Documents that at least `at_least` of the children match; the score is the sum over those that do.

    `at_least=0` requires nothing: inside an And it only adds to the score.
    """

    children: tuple[Node, ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Either:
    """One word meant in several ways (a synonym, a correction): documents that any child matches.

    The score is the greatest of the children's, so that a text gains nothing from saying the same thing in two ways.
    """

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Weighted:
    """What `child` matches, its score multiplied by `weight` (positive)."""

    child: Node
    weight: float


Node = Word | Phrase | Prefix | Near | Range | Type | Keyword | Mention | All | Not | And | Or | Either | Weighted
Leaf = Word | Phrase | Prefix | Near


def positive_leaves(node: Node) -> Iterator[Leaf]:
    """The leaves that a hit may contain, left to right: what is to be marked. Nothing below a Not."""
    if isinstance(node, And | Or | Either):
        for child in node.children:
            yield from positive_leaves(child)
    elif isinstance(node, Weighted):
        yield from positive_leaves(node.child)
    elif isinstance(node, Word | Phrase | Prefix | Near):
        yield node


def typed_leaves(node: Node) -> Iterator[Leaf]:
    """The same without what was added to the query: of an Either only the first, which is what was typed."""
    match node:
        case And(children) | Or(children):
            for child in children:
                yield from typed_leaves(child)
        case Either():
            yield from typed_leaves(node.children[0])
        case _:
            yield from positive_leaves(node)


def text_of(node: Node) -> str:
    """What the person typed for a node, by its first leaf; empty when it has none."""
    leaf = next(positive_leaves(node), None)
    match leaf:
        case Word() | Phrase() | Near():
            return leaf.text
        case Prefix():
            return f"{leaf.prefix}*"
        case None:
            return ""
