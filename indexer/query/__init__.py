"""Queries: what a person typed (parse) becomes a Query, and that a tree of values (tree) that engines compile."""

from indexer.query.parse import Limits, parse
from indexer.query.query import Query, match_rule
from indexer.query.tree import All, And, Leaf, Near, Node, Not, Or, Phrase, Prefix, Range, Type, Word, positive_leaves

__all__ = [
    "All",
    "And",
    "Leaf",
    "Limits",
    "Near",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Prefix",
    "Query",
    "Range",
    "Type",
    "Word",
    "match_rule",
    "parse",
    "positive_leaves",
]
