"""What a person typed → a Query. Nothing is a syntax error; only what passes a limit is refused.

The language, in the order in which it binds:

    mot  l'ONU  2 100      a word, read by the French analysis; stop words are passed over when anything else is asked
    désarm*                a prefix; with fewer than three letters it is the word itself; elsewhere * says nothing
    "…"  « … »  “…”  „…”   exactly these words in sequence, stop words included; an unclosed quote ends with the text
    ( … )                  a group; glued to a word (salarié(e)s) or unbalanced, a parenthesis is only a sign
    -x                     without x, wherever it stands: it holds for its whole group
    SAUF x, NOT x          without x; `ET SAUF` is the same. a OU b SAUF c is a OU (b SAUF c); a OU b -c is (a OU b) -c
    a ET b, a AND b        both
    a OU b, a OR b         one of them
    a b                    side by side: free words, of which the matching rule asks some

OU and ET bind the two things next to them, as on the web: `a OU b c` asks for a or b, and c is a free word. What they
bind is required and never relaxed, as quotes are. Words side by side in a group beside an operator are all required:
`(a b) OU c` is a and b, or c; `-(a b)` is not both. A group that stands alone is only punctuation: pasting « résolution
2690 (2023) » gives three free words. Operators pass over stop words (`l'ONU OU la CEDEAO`), the first of several in a
row counts, and one without a neighbour is ignored, or read as a word when nothing else was typed.

Operators are in capitals. A text without a lower-case letter that has three other words or more and a stop word
besides is a headline typed in capitals: its ET, OU and SAUF are words (FIN DU MANDAT ET RETRAIT DES TROUPES). ONU OU UA
OU CEDEAO has no stop word and stays a boolean query.

A chunk of several words means what its writer meant by it (`_chunk`): a compound (cessez-le-feu) is one clause, the
words in sequence or the joined form; one with numbers (10-15, COVID-19, 16/06/2023) is a sequence; the rest (va-t-il,
Gao/Kidal) are words of their own, without their stop words: a question's va-t-il asks for `va`, never for a phrase.

To add a construct, add a kind of token to `_LEXER` and a branch to `_Reader._read`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from indexer.errors import QueryTooLarge
from indexer.french import Analyzer, Chunk
from indexer.model import Position
from indexer.query.query import Query
from indexer.query.tree import And, Node, Not, Or, Phrase, Prefix, Word


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may hold: characters (composed), clauses, nested parentheses; and the letters a prefix must have."""

    max_chars: int = 1000
    max_clauses: int = 64
    max_depth: int = 20
    min_prefix: int = 3


def parse(text: str, analyzer: Analyzer, limits: Limits = Limits()) -> Query:
    """Read any text. QueryTooLarge when it passes a limit; nothing else is ever raised."""
    text = _INNER_STAR.sub("", _composed(text, limits.max_chars))
    reader = _Reader(text, analyzer, limits)
    tokens = reader.tokens(operators=not reader.is_headline())
    if tokens and not any(token.kind == "part" for token in tokens):
        tokens = reader.tokens(operators=False)  # « OU » alone is the word
    tokens, skipped = _without_stop_words(tokens)
    _check_depth(tokens, limits.max_depth)
    asked = _group(iter(tokens))
    part = asked.without_duplicates()
    clauses = sum(clause.leaves for clause in (*part.required, *part.excluded, *part.words))
    if clauses > limits.max_clauses:
        raise QueryTooLarge(
            f"La requête compte {clauses} termes ; la limite est de {limits.max_clauses}. Gardez les plus importants.",
            value=str(clauses),
        )
    return Query(
        required=tuple(clause.node for clause in part.required),
        excluded=tuple(clause.node for clause in part.excluded),
        words=tuple(clause.node for clause in part.words),
        understood=part.understood(),
        skipped=skipped,
        typed=tuple(clause.node for clause in asked.words),
    )


def _composed(text: str, max_chars: int) -> str:
    """The text in NFC, so that both Unicode forms give one tree; its length is counted there."""
    # Decomposed text is at most twice as long in any language we know. Python composes long runs of accents in
    # quadratic time (13 ms for 4,000), so what is longer is refused as it is.
    if len(text) <= 2 * max_chars:
        text = unicodedata.normalize("NFC", text)
    if len(text) > max_chars:
        raise QueryTooLarge(
            f"La requête compte {_number(len(text))} caractères ; la limite est de {_number(max_chars)}. "
            "Raccourcissez-la.",
            value=str(len(text)),
        )
    return text


def _number(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


# --- parts: what a piece of the text asks ----------------------------------------------------------------------------


class _Clause(NamedTuple):
    """A node and its read-back, which needs parentheses beside others when `loose`. `leaves` counts for the limit."""

    node: Node
    text: str
    leaves: int = 1
    loose: bool = False

    @property
    def enclosed(self) -> str:
        return f"({self.text})" if self.loose else self.text


class _Part(NamedTuple):
    """What a word, a quote or a group asks: a Query in the making."""

    required: tuple[_Clause, ...] = ()
    excluded: tuple[_Clause, ...] = ()
    words: tuple[_Clause, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.required or self.excluded or self.words)

    def demanded(self) -> _Part:
        """The same with every word required."""
        return _Part(self.words + self.required, self.excluded)

    def as_clause(self) -> _Clause:
        """All of it as one clause, for the side of an operator; the part must not be empty."""
        part = self.without_duplicates()
        wanted = part.words + part.required
        if len(wanted) == 1 and not part.excluded:
            return wanted[0]
        children = (*(clause.node for clause in wanted), *(Not(clause.node) for clause in part.excluded))
        node = children[0] if len(children) == 1 else And(children)
        leaves = sum(clause.leaves for clause in wanted + part.excluded)
        return _Clause(node, part.demanded().understood(), leaves, loose=True)

    def without_duplicates(self) -> _Part:
        """Each clause once; a word that is required is no free word any more."""
        required = {_key(clause.node): clause for clause in reversed(self.required)}
        excluded = {_key(clause.node): clause for clause in reversed(self.excluded)}
        words = {key: clause for clause in reversed(self.words) if (key := _key(clause.node)) not in required}
        return _Part(*(tuple(reversed(kept.values())) for kept in (required, excluded, words)))

    def understood(self) -> str:
        """The read-back: mandat, minusma ET « fin de la mission » SAUF gao."""
        alone = len(self.required) == 1 and not self.words and not self.excluded
        sides = [clause.text if alone else clause.enclosed for clause in self.required]
        if self.words:
            sides.insert(0, ", ".join(clause.text for clause in self.words))
        said = " ET ".join(sides)
        for clause in self.excluded:
            said = f"{said or 'tout'} SAUF {clause.enclosed}"
        return said


def _key(node: Node) -> object:
    """What a node asks, whatever was typed for it: mali, Mali and MALI have one key."""
    match node:
        case Word(surfaces, stems):
            return (surfaces, stems)
        case Phrase(words):
            return (words,)
        case And(children):
            return (And, *map(_key, children))
        case Or(children, at_least):
            return (Or, at_least, *map(_key, children))
        case Not(child):
            return (Not, _key(child))
        case _:
            return node


# --- from the text to tokens -----------------------------------------------------------------------------------------

_OPERATORS = {"ET": "and", "AND": "and", "OU": "or", "OR": "or", "SAUF": "not", "NOT": "not"}

# Quotes: straight ones pair with the next straight or closing one, the others with their own kind. What finds no
# partner (mixed or unbalanced) runs to the next quote or to the end.
_QUOTE = r"""(?P<quote>
    "[^"“”„«»]*["”»] | "[^"]*"
  | «[^«»]*»
  | “[^“”„]*” | „[^“”„]*[“”]
  | (?<!\S)”(?=[^\s“”"])[^“”„"]*["”]
  | [«“„"][^«»“”„"]*(?:»|(?<=\S)["”])?
)"""
_EDGE = r'\s()"«»“”„'
_LEXER = re.compile(
    rf"""
    {_QUOTE}
  | (?P<operator>(?<![^{_EDGE}])(?:{"|".join(_OPERATORS)})(?![^{_EDGE}]))
  | (?P<minus>(?<![^\s(])[-‐‑–−](?=[^\W_]|["«“„(#]))
  | (?P<open>\() | (?P<close>\))
  | (?P<chunk>[^{_EDGE}]+(?:\([^{_EDGE}]*\)[^{_EDGE}]*)*)   # salarié(e)s: a parenthesis inside a word
  | (?P<other>.)                                            # white space, a closing quote that closes nothing
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTE_SIGNS = '"«»“”„'
# Controls, surrogates, bidirectional marks and soft hyphens have no place in a read-back.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
_NO_BREAK_SPACE = "\u00a0"
_INNER_STAR = re.compile(r"(?<=\w)\*(?=\w)")  # only at the end of a word is it a sign


class _Token(NamedTuple):
    """A part of the query, an operator or a parenthesis: `kind` is part, and, or, not, open, close.

    `minus`: a hyphen stood before it. `stop`: the part has only stop words. `skipped`: those left out of it already.
    """

    kind: str
    part: _Part = _Part()
    minus: bool = False
    stop: bool = False
    skipped: tuple[str, ...] = ()


class _Reader:
    """Reads one text into tokens."""

    def __init__(self, text: str, analyzer: Analyzer, limits: Limits) -> None:
        self._text = text
        self._analyzer = analyzer
        self._limits = limits

    def is_headline(self) -> bool:
        """True for a text typed in capitals throughout whose ET and OU are words, as the module says."""
        words = [word for word in self._text.split() if word not in _OPERATORS and not any(map(str.isdigit, word))]
        if len(words) <= 3 or any(char.islower() for word in words for char in word):
            return False
        stop = [self._analyzer.is_stop_word(position) for position in self._analyzer.analyze(" ".join(words))]
        return any(stop) and stop.count(False) >= 3

    def tokens(self, *, operators: bool) -> list[_Token]:
        """The text as tokens; without `operators`, ET, OU and SAUF are words."""
        tokens: list[_Token] = []
        opened: list[int] = []
        for kind, start, end, minus in self._lexemes(operators):
            match kind:
                case "quote":
                    tokens += self._quote(start, end, minus)
                case "operator":
                    tokens.append(_Token(_OPERATORS[self._text[start:end]]))
                case "open":
                    opened.append(len(tokens))
                    tokens.append(_Token("open", minus=minus))
                case "close" if opened:
                    opened.pop()
                    tokens.append(_Token("close"))
                case "text":
                    tokens += self._run(start, end, minus)
        for place in reversed(opened):  # without a partner, `-(x` is `-x`
            if tokens.pop(place).minus and place < len(tokens) and tokens[place].kind in ("part", "open"):
                tokens[place] = tokens[place]._replace(minus=True)
        return tokens

    def _lexemes(self, operators: bool) -> Iterator[tuple[str, int, int, bool]]:
        """(kind, start, end, minus before it); chunks in a row are one text, so that 2 100 can be one number."""
        run: tuple[int, int] | None = None
        minus = run_minus = False
        for match in _LEXER.finditer(self._text):
            kind = match.lastgroup or "other"
            if kind == "chunk" or (kind == "operator" and not operators):
                if run is None:
                    run_minus, minus = minus, False
                run = (run[0] if run else match.start(), match.end())
                continue
            if kind == "other" and match[0].isspace():
                continue
            if run:
                yield "text", *run, run_minus
                run = None
            if kind == "minus":
                minus = True
            else:
                yield kind, *match.span(), minus
                minus = False
        if run:
            yield "text", *run, run_minus

    def _quote(self, start: int, end: int, minus: bool) -> Iterator[_Token]:
        """Exactly these words: the forms as written, in sequence."""
        text = self._text[start:end].strip(_QUOTE_SIGNS)
        words = tuple(position.surface[0] for position in self._analyzer.analyze(text))
        if words:
            seen = _readable(text)
            quoted = f"«{_NO_BREAK_SPACE}{seen}{_NO_BREAK_SPACE}»"
            yield _Token("part", _Part(required=(_Clause(Phrase(words, seen), quoted),)), minus)

    def _run(self, start: int, end: int, minus: bool) -> Iterator[_Token]:
        """The chunks of a text without quotes, parentheses and operators; a hyphen before it is of its first chunk."""
        text = self._text[start:end]
        for chunk in self._analyzer.chunks(text):
            if chunk.positions:
                yield self._chunk(text, chunk, minus)
            minus = False

    def _chunk(self, text: str, chunk: Chunk, minus: bool) -> _Token:
        """What the module says of chunks."""
        positions = chunk.positions
        first, last = positions[0], positions[-1]
        primary = tuple(position.surface[0] for position in positions)
        seen = _readable(text[first.start : last.end])
        if seen.count("(") > seen.count(")"):
            seen += ")"  # the last word of salarié(e) ends before it
        clause = None
        if len(positions) == 1:
            if text.startswith("*", last.end):
                prefix = self._analyzer.fold(text[first.start : first.end])
                if len(prefix) >= self._limits.min_prefix:
                    clause = _Clause(Prefix(prefix), seen + "*")
        elif chunk.joined:
            joined = first.surface[-1]
            whole = Word((joined,), (self._analyzer.stem(joined),), seen)
            clause = _Clause(Or((Phrase(primary, seen), whole)), seen)
        elif any(map(str.isdigit, "".join(primary))):
            clause = _Clause(Phrase(primary, seen), seen)
        if clause:
            return _Token("part", _Part(words=(clause,)), minus)
        words = [(self._word(text, position), self._analyzer.is_stop_word(position)) for position in positions]
        if all(stop for _, stop in words):
            return _Token("part", _Part(words=tuple(word for word, _ in words)), minus, stop=True)
        kept = tuple(word for word, stop in words if not stop)
        return _Token("part", _Part(words=kept), minus, skipped=tuple(word.text for word, stop in words if stop))

    def _word(self, text: str, position: Position) -> _Clause:
        typed = _readable(text[position.start : position.end])
        return _Clause(Word(position.surface, position.stem, typed), typed)


def _readable(text: str) -> str:
    return text if text.isalnum() else " ".join(_UNSEEN.sub("", text).split())


def _without_stop_words(tokens: list[_Token]) -> tuple[list[_Token], tuple[str, ...]]:
    """The tokens without stop words, and the texts of these; all of them stay when there is nothing else."""
    if all(token.stop for token in tokens if token.kind == "part"):
        return tokens, ()
    skipped: dict[str, None] = {}
    for token in tokens:
        skipped |= dict.fromkeys(clause.text for clause in token.part.words) if token.stop else {}
        skipped |= dict.fromkeys(token.skipped)
    return [token for token in tokens if not token.stop], tuple(skipped)


def _check_depth(tokens: Iterable[_Token], max_depth: int) -> None:
    depth = 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth > max_depth:
            raise QueryTooLarge(
                f"Les parenthèses sont imbriquées sur plus de {max_depth} niveaux, la limite. Simplifiez la requête.",
                value=str(depth),
            )


# --- from tokens to a part -------------------------------------------------------------------------------------------


# The sides of ET, each perhaps behind SAUF; several of these rows are the sides of OU.
_Row = list[tuple[bool, _Part]]


def _group(tokens: Iterator[_Token]) -> _Part:
    """What the tokens ask up to the parenthesis that closes them. It goes as deep as they do, which was checked."""
    asked: list[_Part] = []
    rows: list[_Row] = []  # the operands that operators bind so far
    operator = ""
    negated = False
    for token in tokens:
        if token.kind == "close":
            break
        if token.kind in ("and", "or"):
            if rows and not operator and not negated:
                operator = token.kind
            continue
        if token.kind == "not":
            negated = True
            continue
        part = _group(tokens) if token.kind == "open" else token.part
        if not part:
            continue
        if token.minus:
            asked.append(_Part(excluded=(part.as_clause(),)))
            continue
        if rows and operator == "or":
            rows.append([])
        elif not (rows and (operator or negated)):
            if rows:
                asked.append(_bound(rows))
            rows = [[]]
        rows[-1].append((negated, part))
        operator, negated = "", False
    return _sum((*asked, _bound(rows)))


def _bound(rows: list[_Row]) -> _Part:
    """What operands bound by ET, SAUF and OU ask; one that is bound by nothing stays as it is."""
    if len(rows) < 2:
        row = rows[0] if rows else []
        wanted = [part for negated, part in row if not negated]
        if len(wanted) > 1:
            wanted = [part.demanded() for part in wanted]
        return _sum((*wanted, _Part(excluded=tuple(part.as_clause() for negated, part in row if negated))))
    sides = {_key(side.node): side for side in map(_side, rows)}
    if len(sides) == 1:
        return _Part(required=tuple(sides.values()))
    node = Or(tuple(side.node for side in sides.values()))
    text = " OU ".join(side.enclosed for side in sides.values())
    return _Part(required=(_Clause(node, text, sum(side.leaves for side in sides.values()), loose=True),))


def _side(row: _Row) -> _Clause:
    parts = (_Part(excluded=(part.as_clause(),)) if negated else part.demanded() for negated, part in row)
    return _sum(parts).as_clause()


def _sum(parts: Iterable[_Part]) -> _Part:
    parts = tuple(parts)
    return _Part(
        required=tuple(clause for part in parts for clause in part.required),
        excluded=tuple(clause for part in parts for clause in part.excluded),
        words=tuple(clause for part in parts for clause in part.words),
    )
