"""How a query is understood beyond its letters: misspelt words corrected, other names of what was asked found too.

Every step is told as an Interpretation, and can be undone by naming the words as typed (`literal`): no guess is hidden,
none is final. What stands in quotes, behind an exclusion or in a compound is never touched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.errors import QueryTooLarge
from indexer.french import Analyzer
from indexer.model import InterpretationKind
from indexer.query.query import Query
from indexer.query.spelling import Correction, Lexicon, correction
from indexer.query.synonyms import Expansion, Synonyms, Target
from indexer.query.tree import And, Either, Node, Or, Phrase, Weighted, Word, text_of

# Words of a query that are looked at for mistakes: a person types few, and each unknown one costs half a millisecond.
_MOST_WORDS = 16


@dataclass(frozen=True, slots=True)
class Change:
    """What was typed (`source`) and what it was taken for, or is found as well."""

    kind: InterpretationKind
    source: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """A query as it is searched, what was changed for that, and a text that may have been meant instead (« vouliez-vous
    dire »), empty when there is none."""

    query: Query
    changes: tuple[Change, ...] = ()
    offer: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of one collection: its words, other names, and how many documents a node matches.

    `synonym` is what a word found under another name counts against one as typed; 0 finds none.
    """

    analyzer: Analyzer
    lexicon: Lexicon
    synonyms: Synonyms
    documents: Callable[[Node], int]
    synonym: float
    corrections: bool


def understand(text: str, parse: Callable[[str], Query], known: Knowledge, literal: Iterable[str] = ()) -> Understood:
    """Read a text as `parse` does, then correct and widen it; `literal` are words to be taken as they were typed.

    Raises what `parse` raises. A correction never makes a text too long: it is then left out.
    """
    query = parse(text)
    text = unicodedata.normalize("NFC", text)  # as it was parsed; what is too long for that was refused
    kept = frozenset(_key(word, known.analyzer) for word in literal)
    changes: list[Change] = []
    offer = ""
    if known.corrections:
        query, changes, offer = _corrected(text, query, parse, known, kept)
    if known.synonym and query.typed:
        query, found = _widened(query, known, kept)
        changes += found
    return Understood(query, tuple(changes), offer)


def _key(text: str, analyzer: Analyzer) -> str:
    """What a text asks whatever its accents, case and signs."""
    return " ".join(position.surface[0] for position in analyzer.analyze(text))


# --- corrections -----------------------------------------------------------------------------------------------------


def _corrected(
    text: str, query: Query, parse: Callable[[str], Query], known: Knowledge, kept: frozenset[str]
) -> tuple[Query, list[Change], str]:
    """The query with sure corrections made, what was done, and the text with the others made too."""
    changes: list[Change] = []
    corrected = offer = text
    shouted = text.isupper()
    for word in _correctable(query):
        taken = kept and _key(word.text, known.analyzer) in kept
        meant = None if taken else _meant(word, known, shouted=shouted)
        if meant is None:
            continue
        display = meant.display.upper() if shouted else meant.display
        offer = replaced(offer, word.text, display)
        if meant.certain:
            before, corrected = corrected, replaced(corrected, word.text, display)
            if corrected != before:
                changes.append(Change(InterpretationKind.CORRECTION, word.text, (display,)))
    if not changes:
        return query, [], "" if offer == text else offer
    try:
        return parse(corrected), changes, "" if offer == corrected else offer
    except QueryTooLarge:  # the right words are longer
        return query, [], ""


def _meant(word: Word, known: Knowledge, *, shouted: bool) -> Correction | None:
    """What a word was meant to be; in a text that is all in capitals, these are no sign of a sigle."""
    typed = word.text.lower() if shouted else word.text
    stems = max(map(known.lexicon.stem_frequency, word.stems), default=0)
    return correction(typed, word.surfaces[0], stems, known.lexicon)


def _correctable(query: Query) -> list[Word]:
    """The plain words that were asked for, each once."""
    found = dict.fromkeys(word for node in (*query.words, *query.required) for word in _plain_words(node))
    return list(found)[:_MOST_WORDS]


def _plain_words(node: Node) -> Iterator[Word]:
    match node:
        case Word(surfaces=(_,)) if node.text.isalpha():
            yield node
        case And(children) | Or(children):
            for child in children:
                yield from _plain_words(child)


def replaced(text: str, word: str, meant: str) -> str:
    """The text with a word replaced wherever it stands outside quotes."""
    pattern = rf'("[^"]*"?|«[^»]*»?|“[^”]*”?|„[^“”]*[“”]?)|(?<![^\W_]){re.escape(word)}(?![^\W_])'
    return re.sub(pattern, lambda match: match[1] or meant, text)


# --- other names -----------------------------------------------------------------------------------------------------


def _widened(query: Query, known: Knowledge, kept: frozenset[str]) -> tuple[Query, list[Change]]:
    """The query with the other names of its expressions beside them, and what was added.

    Each clause of an expression may be found under any of its names: `Union européenne` finds UE for both its words, so
    that the matching rule counts words as they were typed.
    """
    changes: list[Change] = []
    others: dict[Node, list[Node]] = {}
    expansions = known.synonyms.find(query.typed, known.lexicon.frequency)
    for expansion in expansions:
        run = query.typed[expansion.start : expansion.end]
        source = " ".join(dict.fromkeys(map(text_of, run)))
        if kept and _key(source, known.analyzer) in kept:
            continue
        targets = _found(expansion, known)
        if targets:
            names = tuple(target.text for target in targets)
            changes.append(Change(InterpretationKind.SYNONYM, source, names))
            for clause in run:
                others.setdefault(clause, []).extend(_weighted(target, known) for target in targets)
    if not others:
        return query, changes
    words = tuple(Either((word, *others[word])) if word in others else word for word in query.words)
    return replace(query, words=words), changes


def _found(expansion: Expansion, known: Knowledge) -> Sequence[Target]:
    """The names that some document has: another says nothing of this collection."""
    return [target for target in expansion.targets if known.documents(target.node)]


def _weighted(target: Target, known: Knowledge) -> Weighted:
    """A name as one more way to say a word: a phrase counts as the mean of its words, whatever its length."""
    words = target.node.words if isinstance(target.node, Phrase) else target.node.surfaces[:1]
    telling = sum(word not in known.analyzer.lists.stop_words for word in words)
    return Weighted(target.node, known.synonym / max(1, telling))
