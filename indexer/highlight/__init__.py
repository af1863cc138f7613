"""What a query asked, marked in a text: whole titles and paragraphs, or the few fragments that show most of it.

A Marker is made once for a request and used for all its hits. No HTML here: a fragment is pieces of the text as the
author wrote it, each marked or not.
"""

from __future__ import annotations

from collections.abc import Iterable

from indexer.french import Analyzer
from indexer.highlight.marker import Marker
from indexer.model import Fragment
from indexer.query.tree import BODY, TITLE, Leaf, Node

__all__ = ["Marker", "fragments", "mark", "markers"]


def markers(asked: Iterable[Leaf], analyzer: Analyzer) -> tuple[Marker, Marker]:
    """A Marker for titles and one for texts: what was asked of one field is marked there alone."""
    leaves = tuple(asked)
    in_titles = Marker((leaf for leaf in leaves if leaf.field != BODY), analyzer)
    if not any(leaf.field for leaf in leaves):
        return in_titles, in_titles
    return in_titles, Marker((leaf for leaf in leaves if leaf.field != TITLE), analyzer)


def mark(text: str, asked: Node | Iterable[Leaf], analyzer: Analyzer) -> Fragment:
    """The whole text in pieces, what a tree or leaves ask marked; the pieces in a row are the text."""
    return Marker(asked, analyzer).mark(text)


def fragments(
    text: str, asked: Node | Iterable[Leaf], analyzer: Analyzer, *, count: int = 3, max_chars: int = 240
) -> tuple[Fragment, ...]:
    """Up to `count` fragments of the text; see Marker.passages."""
    return Marker(asked, analyzer).fragments(text, count=count, max_chars=max_chars)
