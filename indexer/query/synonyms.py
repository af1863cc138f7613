"""Other names of what was asked: ONU for Nations unies, from the list of synonyms and from the sigles of the documents.

An expression is any number of words. It is found in a query by the stems of its words, stop words aside, so that case,
accents and number do not matter (« nation unie », « organisation mondiale santé »); a sigle is found as it is written,
because its stem would be that of another word. What is found for it is a phrase in sequence, stop words included, or
one word; never a bag of words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, NoReturn

from indexer.errors import ConfigError
from indexer.french import Analyzer, Learned, fold_words
from indexer.query.tree import Node, Or, Phrase, Word

_SAME, _ALSO = "=", "->"
# Characters of an expression.
_MAX_CHARS = 250
# What the meanings of a learned sigle are expanded to, the most frequent first.
_MOST_LEARNED = 4
# Who asks a meaning also finds its sigle, unless that means something else nine times in ten.
_RAREST_MEANING = 10
# A learned sigle that is a word too (VIE, CAP) is in far more documents than explain it.
_DOCUMENTS_A_PAIR = 50

# How many documents have a surface.
DocumentsWith = Callable[[str], int]


# --- the list --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SynonymRule:
    """A line of the list: who asks one of `asked` also finds all of `found`, the same ones when it holds both ways."""

    asked: tuple[str, ...]
    found: tuple[str, ...]


def read_synonyms(content: bytes, name: str) -> tuple[SynonymRule, ...]:
    """The rules of a list, whose header says how it is written. ConfigError with `name` and the line of a wrong one."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        _fail(name, content[: error.start].count(b"\n") + 1, "ce n’est pas de l’UTF-8")
    texts = ((number, line.partition("#")[0].strip()) for number, line in enumerate(lines, start=1))
    return tuple(_rule(name, number, text) for number, text in texts if text)


def _rule(name: str, number: int, text: str) -> SynonymRule:
    sides = [tuple(part.strip() for part in side.split(_SAME)) for side in text.split(_ALSO)]
    if len(sides) > 2:
        _fail(name, number, "une seule flèche « -> » est permise")
    if len(sides) == 1 and len(sides[0]) == 1:
        _fail(name, number, "il faut deux expressions, séparées par « = » ou par « -> »")
    for part in (part for side in sides for part in side):
        if not any(map(str.isalnum, part)):
            _fail(name, number, "une expression est vide")
        if len(part) > _MAX_CHARS:
            _fail(name, number, f"une expression dépasse {_MAX_CHARS} caractères")
    return SynonymRule(sides[0], sides[-1])


def _fail(name: str, number: int, reason: str) -> NoReturn:
    raise ConfigError(f"{name}, ligne {number} : {reason}.")


# --- what a query is expanded to -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """Another name: as it is written, and what finds it.

    `documents` explain the sigle that it is, or say that it is what a sigle means; 0 when it comes from the list.
    """

    text: str
    node: Word | Phrase
    documents: int = 0


@dataclass(frozen=True, slots=True)
class Expansion:
    """The clauses from `start` to `end` of a query are the expression `text`, which has these other names."""

    start: int
    end: int
    text: str
    targets: tuple[Target, ...]


class Synonyms:
    """The expressions of a list and of an index, analysed: made once for both, then asked in some microseconds."""

    def __init__(self, rules: Iterable[SynonymRule], analyzer: Analyzer, learned: Iterable[Learned] = ()) -> None:
        self._stem = analyzer.stem
        self._sources: dict[tuple[str, ...], _Source] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}  # of the keys that begin so, the longest first
        building = _Building(analyzer)
        for rule in rules:
            building.add_rule(rule)
        building.add_learned(learned)
        for source in building.sources():
            key = source.expression.key
            self._sources[key] = source
            lengths = {len(key), *self._lengths.get(key[0], ())}
            self._lengths[key[0]] = tuple(sorted(lengths, reverse=True))

    def find(self, clauses: Sequence[Node], documents_with: DocumentsWith) -> tuple[Expansion, ...]:
        """The expressions among the free words of a query as typed, in order, without overlap; the longest at a place.

        `documents_with` is asked about learned sigles only, which may be ordinary words too.
        """
        atoms = self._atoms(clauses)
        shouted = len(atoms) > 2 and all(atom.text.isupper() for atom in atoms)  # capitals then say nothing
        found: list[Expansion] = []
        place = 0
        while place < len(atoms):
            source = self._longest(atoms, place)
            place += len(source.expression.key) if source else 1
            if source is None:
                continue
            first, last = atoms[place - len(source.expression.key)], atoms[place - 1]
            as_sigle = not shouted and sum(map(str.isupper, first.text)) > 1
            if as_sigle or source.is_no_word(documents_with):
                targets = tuple(target for target in source.others() if _is_no_word(target, documents_with))
                if targets:
                    found.append(Expansion(first.clause, last.clause + 1, source.expression.text, targets))
        return tuple(found)

    def _longest(self, atoms: Sequence[_Atom], place: int) -> _Source | None:
        """The longest expression that is made of whole clauses from a place on."""
        atom = atoms[place]
        if atom.begins:
            for length in self._lengths.get(atom.stem, ()):
                several = atoms[place : place + length]
                source = self._sources.get(tuple([each.stem for each in several]))
                if source and several[-1].ends:
                    return source
            if atom.ends:
                return self._sources.get((_SAME + atom.surface,))
        return None

    def _atoms(self, clauses: Sequence[Node]) -> list[_Atom]:
        """The words of clauses; one that no expression goes across for what is neither word, compound nor number."""
        atoms = []
        for place, clause in enumerate(clauses):
            match clause:
                case Word(surfaces, stems, text):
                    atoms.append(_Atom(surfaces[0], stems[0], text, place))
                case Phrase(words, text) | Or((Phrase(words, text), *_)):
                    edges = [(number == 0, number == len(words) - 1) for number in range(len(words))]
                    several = zip(words, edges, strict=True)
                    atoms += [_Atom(word, self._stem(word), text, place, *edge) for word, edge in several]
                case _:
                    atoms.append(_Atom("", "", "", place, begins=False, ends=False))
        return atoms


class _Atom(NamedTuple):
    """A word of a query, as typed too, and the place of the clause that it is, or in which it `begins` or `ends`."""

    surface: str
    stem: str
    text: str
    clause: int
    begins: bool = True
    ends: bool = True


# --- building --------------------------------------------------------------------------------------------------------


class _Expression(NamedTuple):
    """An analysed expression. `key` is what it is found by, empty when it cannot be: stems, or a sigle behind `=`."""

    text: str
    surfaces: tuple[str, ...]
    key: tuple[str, ...]
    node: Word | Phrase


class _Source(NamedTuple):
    """An expression that may be asked, and all its names. `documents` explain it when it is a learned sigle."""

    expression: _Expression
    targets: tuple[Target, ...]
    documents: int

    def others(self) -> Iterator[Target]:
        """The names that find more: who has Organisation des Nations unies has Nations unies, so ONU needs one."""
        phrases = [_spaced(target.node) for target in self.targets]
        asked = f" {' '.join(self.expression.surfaces)} "
        for target, phrase in zip(self.targets, phrases, strict=True):
            if asked not in phrase and not any(other in phrase for other in phrases if other != phrase):
                yield target

    def is_no_word(self, documents_with: DocumentsWith) -> bool:
        """True unless it is a learned sigle that looks like an ordinary word."""
        return not self.documents or documents_with(self.expression.surfaces[0]) <= _DOCUMENTS_A_PAIR * self.documents


def _is_no_word(target: Target, documents_with: DocumentsWith) -> bool:
    """The same for a sigle that is to be found."""
    match target.node:
        case Phrase((sigle,)) if target.documents:
            return documents_with(sigle) <= _DOCUMENTS_A_PAIR * target.documents
    return True


def _by_sigle(learned: Iterable[Learned]) -> Iterator[list[Learned]]:
    """The pairs of each sigle, which follow one another, the most frequent first."""
    for _, pairs in groupby(learned, key=lambda pair: fold_words(pair.sigle)):
        yield list(pairs)


class _Building:
    """Gathers what each expression is expanded to. What the list says of an expression is not added to."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._expressions: dict[tuple[str, ...], _Expression] = {}
        self._targets: dict[tuple[str, ...], dict[tuple[str, ...], Target]] = {}
        self._documents: dict[tuple[str, ...], int] = {}

    def add_rule(self, rule: SynonymRule) -> None:
        """Add a line of the list."""
        found = [self._analysed(text, learned_sigle=False) for text in rule.found]
        for asked in (self._analysed(text, learned_sigle=False) for text in rule.asked):
            for expression in found:
                self._add(asked, expression, 0)

    def add_learned(self, learned: Iterable[Learned]) -> None:
        """Add what documents say, the most frequent meanings of a sigle first; after all rules."""
        listed = frozenset(self._targets)
        for several in _by_sigle(learned):
            documents = sum(pair.documents for pair in several)
            sigle = self._analysed(several[0].sigle, learned_sigle=True)
            if self._analyzer.lists.stop_words.issuperset(sigle.surfaces):
                continue
            if sigle.key not in listed:
                self._documents[sigle.key] = documents
            for number, pair in enumerate(several):
                meaning = self._analysed(pair.meaning, learned_sigle=False)
                if sigle.key not in listed and number < _MOST_LEARNED:
                    self._add(sigle, meaning, pair.documents)
                if meaning.key not in listed and pair.documents * _RAREST_MEANING >= documents:
                    self._add(meaning, sigle, documents)

    def sources(self) -> Iterator[_Source]:
        """All expressions that have another name."""
        for key, targets in self._targets.items():
            documents = self._documents.get(key, 0) if len(key) == 1 else 0
            yield _Source(self._expressions[key], tuple(targets.values()), documents)

    def _add(self, asked: _Expression, found: _Expression, documents: int) -> None:
        if asked.key and found.surfaces and asked.key != found.key:
            self._expressions.setdefault(asked.key, asked)
            targets = self._targets.setdefault(asked.key, {})
            targets.setdefault(found.surfaces, Target(found.text, found.node, documents))

    def _analysed(self, text: str, *, learned_sigle: bool) -> _Expression:
        positions = self._analyzer.analyze(text)
        surfaces = tuple(position.surface[0] for position in positions)
        if len(positions) == 1:
            if learned_sigle or sum(map(str.isupper, text)) > 1:
                return _Expression(text, surfaces, (_SAME + surfaces[0],), Phrase(surfaces, text))
            (only,) = positions
            return _Expression(text, surfaces, only.stem[:1], Word(only.surface, only.stem, text))
        stop_words = self._analyzer.lists.stop_words
        stems = tuple([position.stem[0] for position in positions if position.surface[0] not in stop_words])
        return _Expression(text, surfaces, stems if len(stems) > 1 else (), Phrase(surfaces, text))


def _spaced(node: Word | Phrase) -> str:
    return f" {' '.join(node.words if isinstance(node, Phrase) else node.surfaces[:1])} "
