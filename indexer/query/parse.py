"""What a person typed → a Query. Nothing is a syntax error; only what passes a limit is refused.

The language, in the order in which it binds:

    mot  l'ONU  2 100      a word, read by the French analysis; stop words are passed over when anything else is asked
    désarm*                a prefix; with fewer than three letters it is the word itself; elsewhere * says nothing
    "…"  « … »  “…”  „…”   exactly these words in sequence, stop words included; an unclosed quote ends with the text
    "a b"~5                these words in any order, the outermost at most five apart (100 at most)
    titre:x  texte:x       x (a word, a prefix, a quote, a group) in the title, in the text
    type:x                 documents of a type, by its name or label
    date:x                 documents of a period: 2023-06, 2023-06..2023-09, 01/07/2023, juin 2023, inconnue
    mention:x              documents that name a day, a month or a year, where the index knows which they name
    avant:x  après:x       strictly before, strictly after it; depuis:x, jusqu'à:x from and until, x included
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

The name of a field, in any case and without its accents too, is glued to its value, but for the no-break spaces of
French typography, with which it reads back (`titre : paix`); with ordinary spaces, without a value or with one that is
not understood (Note : …, date:hier, http://…), it is text. What a field asks is required and never relaxed. A field
before a group holds for all in it, which is required too: `titre:(a b)` is both. A date may be several words without
quotes (date:1er juillet 2023). A document has one type, so several `type:` side by side, with ET or without, mean any
of them, and so do several `date:`; `après:2020 avant:2023` are bounds, and both hold. It names many dates: of several
`mention:` all hold.

Operators are in capitals. A text without a lower-case letter that has three other words or more and a stop word
besides is a headline typed in capitals: its ET, OU and SAUF are words (FIN DU MANDAT ET RETRAIT DES TROUPES). ONU OU UA
OU CEDEAO has no stop word and stays a boolean query.

A chunk of several words means what its writer meant by it (`_chunk`): a compound (cessez-le-feu) is one clause, the
words in sequence or the joined form; one with numbers (10-15, COVID-19, 16/06/2023) is a sequence; the rest (va-t-il,
Gao/Kidal) are words of their own, without their stop words: a question's va-t-il asks for `va`, never for a phrase.

To add a construct, add a kind of lexeme to `_LEXER` and a branch to `_Reader.tokens`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from indexer.errors import QueryTooLarge
from indexer.french import Analyzer, Chunk
from indexer.french import Word as ChunkWord
from indexer.french.spelling import bare
from indexer.french.typography import number, quoted
from indexer.query.fields import (
    DATE,
    DATED,
    MENTION,
    NAME,
    PERIODS,
    VALUES,
    field_named,
    language_asked,
    mention_asked,
    period_asked,
    said,
)
from indexer.query.query import Query
from indexer.query.tree import (
    FORMAT,
    LANGUAGE,
    And,
    Keyword,
    Mention,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Type,
    Word,
)

# Further apart than a paragraph, words have no more to do with each other than anywhere in the text.
MAX_DISTANCE = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may hold: characters (composed), clauses, nested parentheses; and the letters a prefix must have."""

    max_chars: int = 1000
    max_clauses: int = 64
    max_depth: int = 20
    min_prefix: int = 3


def parse(
    text: str,
    analyzer: Analyzer,
    limits: Limits = Limits(),
    type_named: Callable[[str], str] = str,
    *,
    mentions: bool = False,
) -> Query:
    """Read any text. QueryTooLarge when it passes a limit; nothing else is ever raised.

    `type_named` gives the document type that a name or label means; one that means none is given back. Without
    `mentions` the index does not know which dates documents name: to ask for them is text.
    """
    text = _composed(text, limits.max_chars)
    if "*" in text:
        text = _INNER_STAR.sub("", text)
    reader = _Reader(text, analyzer, limits, type_named, mentions)
    tokens = reader.tokens(operators=not reader.is_headline())
    if tokens and not any(token.kind == "part" for token in tokens):
        tokens = reader.tokens(operators=False)  # « OU » alone is the word
    tokens, skipped = _without_stop_words(tokens)
    _check_depth(tokens, limits.max_depth)
    asked = _group(iter(tokens))
    part = asked.without_duplicates()
    clauses = sum([clause.leaves for clause in part.required + part.excluded + part.words])
    if clauses > limits.max_clauses:
        raise QueryTooLarge(
            f"La requête compte {clauses} termes ; la limite est de {limits.max_clauses}. Gardez les plus importants.",
            value=str(clauses),
        )
    return Query(
        required=_nodes(part.required),
        excluded=_nodes(part.excluded),
        words=_nodes(part.words),
        understood=part.understood(),
        skipped=skipped,
        typed=_nodes(asked.words),
    )


def _composed(text: str, max_chars: int) -> str:
    """The text in NFC, so that both Unicode forms give one tree; its length is counted there."""
    # Decomposed text is at most twice as long in any language we know. Python composes long runs of accents in
    # quadratic time (13 ms for 4,000), so what is longer is refused as it is.
    if len(text) <= 2 * max_chars:
        text = unicodedata.normalize("NFC", text)
    if len(text) > max_chars:
        raise QueryTooLarge(
            f"La requête compte {number(len(text))} caractères ; la limite est de {number(max_chars)}. "
            "Raccourcissez-la.",
            value=str(len(text)),
        )
    return text


# --- parts: what a piece of the text asks ----------------------------------------------------------------------------


class _Clause(NamedTuple):
    """A node and its read-back, which needs parentheses beside others when `loose`. `leaves` counts for the limit.

    Clauses of one `choice` (TYPE, DATE, LANGUAGE, FORMAT) that are required together mean any of them.
    """

    node: Node
    text: str
    leaves: int = 1
    loose: bool = False
    choice: str = ""

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
        """Each clause once, alternatives as one; a word that is required is no free word any more."""
        if len(self.required) + len(self.excluded) + len(self.words) < 2:
            return self
        required = {_key(clause.node): clause for clause in reversed(_chosen(self.required))}
        excluded = {_key(clause.node): clause for clause in reversed(self.excluded)}
        words = {key: clause for clause in reversed(self.words) if (key := _key(clause.node)) not in required}
        return _Part(*[tuple(reversed(kept.values())) for kept in (required, excluded, words)])

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


def _nodes(clauses: Iterable[_Clause]) -> tuple[Node, ...]:
    return tuple([clause.node for clause in clauses])


def _chosen(clauses: Sequence[_Clause]) -> list[_Clause]:
    """The clauses, those of one choice as one, where the first stood."""
    together: dict[object, list[_Clause]] = {}
    for place, clause in enumerate(clauses):
        together.setdefault(clause.choice or place, []).append(clause)
    return [_any_of(some) for some in together.values()]


def _any_of(clauses: Iterable[_Clause]) -> _Clause:
    """One of the clauses, of which there is at least one; of one choice, they stay a choice."""
    sides = tuple({_key(clause.node): clause for clause in clauses}.values())
    if len(sides) == 1:
        return sides[0]
    choices = {side.choice for side in sides}
    choice = choices.pop() if len(choices) == 1 else ""
    nodes: list[Node] = []
    for side in sides:
        nodes += side.node.children if choice and isinstance(side.node, Or) else (side.node,)
    text = " OU ".join(side.text if choice else side.enclosed for side in sides)
    return _Clause(Or(tuple(nodes)), text, sum(side.leaves for side in sides), loose=True, choice=choice)


def _key(node: Node) -> object:
    """What a node asks, whatever was typed for it: mali, Mali and MALI have one key."""
    match node:
        case Word(surfaces, stems, _, field):
            return (surfaces, stems, field)
        case Phrase(words, _, field):
            return (words, field)
        case Near(words, distance, _, field):
            return (words, distance, field)
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
_QUOTE = r"""(?P<quote>(?:
    "[^"“”„«»]*["”»] | "[^"]*"
  | «[^«»]*»
  | “[^“”„]*” | „[^“”„]*[“”]
  | (?<!\S)”(?=[^\s“"”])[^“”„"]*["”]
  | [«“„"][^«»“”„"]*(?:»|(?<=\S)["”])?
)(?:(?<=["»“”])~[0-9]+(?!\w))?)"""
_EDGE = r'\s()"«»“”„'
_VALUE = r'[^\W_]|["«“„(\#]'  # what may follow a hyphen or the name of a field
_LEXER = re.compile(
    rf"""
    {_QUOTE}
  | (?P<operator>(?<![^{_EDGE}])(?:{"|".join(_OPERATORS)})(?![^{_EDGE}]))
  | (?P<minus>(?<![^\s(])[-‐‑–−](?={_VALUE}))
  | (?P<field>(?P<name>{NAME})[\u00a0\u202f]?:[\u00a0\u202f]?(?={_VALUE}|\.\.[0-9]))
  | (?P<open>\() | (?P<close>\))
  | (?P<chunk>[^{_EDGE}]+(?:\([^{_EDGE}]*\)[^{_EDGE}]*)*)\s*   # salarié(e)s: a parenthesis inside a word
  | (?P<space>\s+)
  | (?P<other>.)                                               # a closing quote that closes nothing
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTE_SIGNS = '"«»“”„'
_DISTANCE = re.compile(r'(?<=["»“”])~([0-9]+)$')
# Controls, surrogates, bidirectional marks and soft hyphens have no place in a read-back.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
_PUNCTUATION = ",;:!?."
_YEAR = re.compile("[0-9]{4}")
_MAX_CHUNKS = 10  # du lundi 1er mai 2023 au mardi 2 mai 2023
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


class _Lexeme(NamedTuple):
    """A piece of the text: `kind` is text, quote, operator, open, close.

    `minus`: a hyphen stands before it. `field`: the one that is named before it, from `named` on; for a text it holds
    for its first chunk. `within`: the field of the groups around it.
    """

    kind: str
    start: int
    end: int
    minus: bool = False
    field: str = ""
    within: str = ""
    named: int = 0


_NO_SIGN = _Lexeme("", 0, 0)


class _Reader:
    """Reads one text into tokens."""

    def __init__(
        self, text: str, analyzer: Analyzer, limits: Limits, type_named: Callable[[str], str], mentions: bool
    ) -> None:
        self._text = text
        self._matches = [match for match in _LEXER.finditer(text) if match.lastgroup != "space"]
        self._analyzer = analyzer
        self._limits = limits
        self._type_named = type_named
        self._mentions = mentions
        self._known: dict[tuple[str, bool, str], _Token] = {}

    def is_headline(self) -> bool:
        """True for a text typed in capitals throughout whose ET and OU are words, as the module says."""
        if not any(match.lastgroup == "operator" for match in self._matches):
            return False  # it has none
        words = [word for word in self._text.split() if word not in _OPERATORS and not any(map(str.isdigit, word))]
        if len(words) <= 3 or any(char.islower() for word in words for char in word):
            return False
        stop = [self._analyzer.is_stop_word(position) for position in self._analyzer.analyze(" ".join(words))]
        return any(stop) and stop.count(False) >= 3

    def tokens(self, *, operators: bool) -> list[_Token]:
        """The text as tokens; without `operators`, ET, OU and SAUF are words."""
        tokens: list[_Token] = []
        opened: list[int] = []
        for lexeme in self._lexemes(operators):
            match lexeme.kind:
                case "text":
                    tokens += self._run(lexeme)
                case "quote":
                    tokens += self._quote(lexeme)
                case "operator":
                    tokens.append(_Token(_OPERATORS[self._text[lexeme.start : lexeme.end]]))
                case "open":
                    opened.append(len(tokens))
                    tokens.append(_Token("open", minus=lexeme.minus))
                case "close" if opened:
                    opened.pop()
                    tokens.append(_Token("close"))
        for place in reversed(opened):  # without a partner, `-(x` is `-x`
            if tokens.pop(place).minus and place < len(tokens) and tokens[place].kind in ("part", "open"):
                tokens[place] = tokens[place]._replace(minus=True)
        return tokens

    def _lexemes(self, operators: bool) -> Iterator[_Lexeme]:
        """The text in pieces; chunks in a row are one text, so that 2 100 can be one number."""
        paired = _paired(self._matches)
        sign = _NO_SIGN  # what stands before the next piece
        within = [""]  # the fields of the groups that are open
        first = last = -1  # where a row of chunks begins and ends
        for match in self._matches:
            kind = match.lastgroup or "other"
            if kind == "chunk" or (kind == "operator" and not operators):
                first, last = match.start() if first < 0 else first, match.end(kind)
                continue
            start, end = match.span()
            if first >= 0:
                yield sign._replace(kind="text", start=first, end=last, within=within[-1])
                sign, first = _NO_SIGN, -1
            if sign.field and kind not in ("quote", "open", "minus"):  # a name without a value
                yield _Lexeme("text", sign.named, sign.end)
                sign = _NO_SIGN
            match kind:
                case "minus":
                    sign = sign._replace(minus=True)
                case "field":
                    sign = sign._replace(field=field_named(match["name"]), named=start, end=end)
                case "open":
                    yield _Lexeme("open", start, end, sign.minus)
                    sign = sign._replace(minus=False)
                    if start in paired:
                        within.append(sign.field or within[-1])
                        sign = _NO_SIGN
                case _:
                    if kind == "close" and len(within) > 1:
                        within.pop()
                    yield sign._replace(kind=kind, start=start, end=end, within=within[-1])
                    sign = _NO_SIGN
        if first >= 0:
            yield sign._replace(kind="text", start=first, end=last, within=within[-1])
        elif sign.field:
            yield _Lexeme("text", sign.named, sign.end)

    def _quote(self, quote: _Lexeme) -> Iterator[_Token]:
        """Exactly these words: the forms as written, in sequence; or near each other; or a type or a period."""
        text = self._text[quote.start : quote.end]
        distance = _DISTANCE.search(text)
        text = (text[: distance.start()] if distance else text).strip(_QUOTE_SIGNS)
        field = quote.field or quote.within
        if field in VALUES:
            yield from self._quoted_value(text, field, quote)
            return
        words = tuple(position.surface[0] for position in self._analyzer.analyze(text))
        if not words:
            if quote.field:
                yield from self._run(_Lexeme("text", quote.named, quote.start))
            return
        seen = _readable(text)
        read_back = said(field, quoted(seen))
        node: Node = Phrase(words, seen, field)
        if distance and len(words) > 1:
            # The words themselves take some room: fewer positions than that would never hold them.
            apart = max(min(int(distance[1]), MAX_DISTANCE), len(words) - 1)
            node, read_back = Near(words, apart, seen, field), f"{read_back}~{apart}"
        yield _Token("part", _Part(required=(_Clause(node, read_back),)), quote.minus)

    def _quoted_value(self, text: str, field: str, quote: _Lexeme) -> Iterator[_Token]:
        """A quote as a type or a period; when it is neither, the name and the quote are text."""
        if clause := self._value(text, field):
            yield _Token("part", _Part(required=(clause,)), quote.minus)
            return
        if quote.field:
            yield from self._run(_Lexeme("text", quote.named, quote.start))
        yield from self._quote(quote._replace(field="", within=""))

    def _value(self, text: str, field: str) -> _Clause | None:
        """What a text asks as a type, a language, a format, a period or a date that is named; None when it is none."""
        if field in PERIODS:
            asked = period_asked(field, text)
            return asked and _Clause(Range(asked[0]), asked[1], choice=DATE if field == DATE else "")
        if field == MENTION:
            named = mention_asked(text) if self._mentions else None
            return named and _Clause(Mention(named[0]), named[1])
        seen = _readable(text).strip(_PUNCTUATION)
        if field == LANGUAGE:
            language = language_asked(seen)
            return language and _Clause(Keyword(LANGUAGE, language[0]), _value_said(field, language[1]), choice=field)
        if field == FORMAT:
            name = bare(text)
            return _Clause(Keyword(FORMAT, name), _value_said(field, seen), choice=field) if name else None
        name = bare(self._type_named(text))
        return _Clause(Type(name), _value_said(field, seen), choice=field) if name else None

    def _run(self, run: _Lexeme) -> Iterator[_Token]:
        """The chunks of a text without quotes, parentheses and operators; what stands before it is of its first."""
        text = self._text[run.start : run.end]
        chunks = [chunk for chunk in self._analyzer.chunks(text) if chunk.words]
        minus, field, at = run.minus, run.field or run.within, 0
        while at < len(chunks):
            if field in VALUES:
                taken, clause = self._value_at(text, chunks[at : at + _MAX_CHUNKS], field)
                if clause:
                    yield _Token("part", _Part(required=(clause,)), minus)
                elif at == 0 and run.field:
                    yield from self._run(_Lexeme("text", run.named, run.start + chunks[0].end, minus))
                else:
                    yield self._token(text, chunks[at], minus)
            else:
                taken, token = 1, self._token(text, chunks[at], minus, field)
                # A stop word that a field asks for by itself is meant.
                yield token._replace(stop=False) if at == 0 and run.field else token
            minus, field, at = False, run.within, at + taken

    def _value_at(self, text: str, chunks: Sequence[Chunk], field: str) -> tuple[int, _Clause | None]:
        """How many of the chunks are a type or a period together, the most that are, and what they ask."""
        for taken in (1,) if field not in DATED else _lengths_of_periods(text, chunks):
            if clause := self._value(text[chunks[0].start : chunks[taken - 1].end], field):
                return taken, clause
        return 1, None

    def _token(self, text: str, chunk: Chunk, minus: bool, field: str = "") -> _Token:
        """As _chunk; equal chunks are worked out once, or a page of « 1 1 1 » would take milliseconds."""
        written = text[chunk.start : chunk.end]
        key = written, minus, field
        token = self._known.get(key)
        if token is None:
            token = self._known[key] = self._chunk(written, chunk, minus, field)
        return token

    def _chunk(self, written: str, chunk: Chunk, minus: bool, field: str) -> _Token:
        """What the module says of chunks. `written` is the chunk in the text."""
        words = chunk.words
        if len(words) == 1:
            return self._single(written, words[0], minus, field)
        primary = tuple(word.surface[0] for word in words)
        seen = _readable(written[words[0].start : words[-1].end])
        if seen.count("(") > seen.count(")"):
            seen += ")"  # the last word of salarié(e) ends before it
        node: Node | None = None
        if chunk.joined:
            joined = words[0].surface[-1]
            whole = Word((joined,), (self._analyzer.stem(joined),), seen, field)
            node = Or((Phrase(primary, seen, field), whole))
        elif any(map(str.isdigit, "".join(primary))):
            node = Phrase(primary, seen, field)
        if node:
            return _Token("part", _asked((_Clause(node, said(field, seen)),), field), minus)
        clauses = [(_word(written, word, field), self._analyzer.is_stop_word(word)) for word in words]
        if all(stop for _, stop in clauses):
            return _Token("part", _asked(tuple(clause for clause, _ in clauses), field), minus, stop=True)
        kept = tuple(clause for clause, stop in clauses if not stop)
        skipped = tuple(clause.text for clause, stop in clauses if stop)
        return _Token("part", _asked(kept, field), minus, skipped=skipped)

    def _single(self, written: str, word: ChunkWord, minus: bool, field: str) -> _Token:
        """A chunk of one word: a prefix, or the word."""
        if written.startswith("*", word.end):
            prefix = self._analyzer.fold(written[word.start : word.end])
            if len(prefix) >= self._limits.min_prefix:
                seen = _readable(written[word.start : word.end])
                clause = _Clause(Prefix(prefix, field), said(field, seen + "*"))
                return _Token("part", _asked((clause,), field), minus)
        part = _asked((_word(written, word, field),), field)
        return _Token("part", part, minus, self._analyzer.is_stop_word(word))


def _word(written: str, word: ChunkWord, field: str) -> _Clause:
    """A word of a chunk that stands alone."""
    typed = _readable(written[word.start : word.end])
    return _Clause(Word(word.surface, word.stem, typed, field), said(field, typed))


def _value_said(field: str, value: str) -> str:
    """The read-back of a value, in quotes when it is not one word."""
    return said(field, value if value.isalnum() else quoted(value))


def _lengths_of_periods(text: str, chunks: Sequence[Chunk]) -> Iterator[int]:
    """How many chunks from the first on may be a period, greatest first: one, or all up to one of its two years."""
    years = [number for number, chunk in enumerate(chunks, 1) if _YEAR.search(text, chunk.start, chunk.end)]
    yield from (number for number in reversed(years[:2]) if number > 1)
    yield 1


def _paired(matches: Iterable[re.Match[str]]) -> set[int]:
    """Where the parentheses open that are closed too."""
    opened: list[int] = []
    paired = set()
    for match in matches:
        if match.lastgroup == "open":
            opened.append(match.start())
        elif match.lastgroup == "close" and opened:
            paired.add(opened.pop())
    return paired


def _asked(clauses: tuple[_Clause, ...], field: str) -> _Part:
    """Free words, or words that a field requires."""
    return _Part(clauses) if field else _Part((), (), clauses)


def _readable(text: str) -> str:
    return text if text.isalnum() else " ".join(_UNSEEN.sub("", text).split())


def _without_stop_words(tokens: list[_Token]) -> tuple[list[_Token], tuple[str, ...]]:
    """The tokens without stop words, and the texts of these; all of them stay when there is nothing else."""
    kept = [token for token in tokens if not token.stop]
    if not any(token.kind == "part" for token in kept):
        return tokens, ()
    skipped: list[str] = []
    for token in tokens:
        if token.stop:
            skipped += [clause.text for clause in token.part.words + token.part.required]
        skipped += token.skipped
    return kept, tuple(dict.fromkeys(skipped))


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
        if len(row) == 1 and not row[0][0]:
            return row[0][1]
        wanted = [part for negated, part in row if not negated]
        if len(wanted) > 1:
            wanted = [part.demanded() for part in wanted]
        return _sum((*wanted, _Part(excluded=tuple(part.as_clause() for negated, part in row if negated))))
    return _Part(required=(_any_of(map(_side, rows)),))


def _side(row: _Row) -> _Clause:
    parts = (_Part(excluded=(part.as_clause(),)) if negated else part.demanded() for negated, part in row)
    return _sum(parts).as_clause()


def _sum(parts: Iterable[_Part]) -> _Part:
    parts = tuple(parts)
    return _Part(
        required=tuple([clause for part in parts for clause in part.required]),
        excluded=tuple([clause for part in parts for clause in part.excluded]),
        words=tuple([clause for part in parts for clause in part.words]),
    )
