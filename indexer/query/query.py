"""A query as understood: what has to be there, what must not, and the free words under the matching rule."""

from __future__ import annotations

from dataclasses import dataclass, field

from indexer.query.tree import All, And, Node, Not, Or, positive_leaves


def match_rule(n_words: int) -> int:
    """How many of `n_words` free words a document must have: one of one, both of two, two of three or more.

    Measured on four French query sets, this ranks as well as any word, with a sixth of its results.
    """
    return min(n_words, 2)


@dataclass(frozen=True, slots=True)
class Query:
    """What a person asked, made by `parse`.

    `required`: phrases, fields and boolean groups, all of which a document has; `excluded`: what it has not; `words`:
    the free words, prefixes and compounds, of which it has some. `understood` is the French read-back (mandat, minusma
    ET « fin de la mission » SAUF gao), empty when nothing was asked. `skipped` holds the stop words that were passed
    over.

    `typed` are the free words with those typed again: where « Union africaine et Union européenne » has two names.
    """

    required: tuple[Node, ...] = ()
    excluded: tuple[Node, ...] = ()
    words: tuple[Node, ...] = ()
    understood: str = ""
    skipped: tuple[str, ...] = ()
    typed: tuple[Node, ...] = field(default=(), compare=False)

    @property
    def required_words(self) -> int:
        """How many of the free words a document must have."""
        return match_rule(len(self.words))

    @property
    def asked(self) -> tuple[Node, ...]:
        """The words and required clauses that ask for some text; types and dates do not."""
        return self.words + self._required_texts

    @property
    def _required_texts(self) -> tuple[Node, ...]:
        return tuple(node for node in self.required if next(positive_leaves(node), None))

    @property
    def relaxed_words(self) -> int | None:
        """The same with the last requirement dropped; None when that would ask for no text or there is none to drop."""
        fewer = self.required_words - 1
        return fewer if fewer > 0 or (fewer == 0 and self._required_texts) else None

    def tree(self, at_least: int) -> Node:
        """The tree for an engine, with `at_least` of the free words (0: they only add to the score; more: all)."""
        children = list(self.required)
        if self.words:
            needed = max(0, min(at_least, len(self.words)))
            children.append(self.words[0] if needed == len(self.words) == 1 else Or(self.words, needed))
        if not self.required and (not self.words or at_least <= 0):
            children.insert(0, All())  # an exclusion, or an Or that requires nothing, chooses from something
        children += (Not(node) for node in self.excluded)
        return children[0] if len(children) == 1 else And(tuple(children))
