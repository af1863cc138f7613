"""Did you mean: the word of the corpus that somebody meant by one that it does not have. Pure rules; no index here.

What may be corrected

- A word of four letters or more. One edit from four letters, two from eight: a letter missing, added or another, or two
  neighbours exchanged. Fewer letters would make any word of any other.
- Also a word that sounds the same, whatever its edits: resolusion, farmacie. With fewer than eight letters it has to
  end in the same one, mute or not: marre is not mars.
- With four letters the first one is right, unless it only sounds the same: burn is not turn.
- Never what has a digit, and never what was typed in capitals: MINUSMA is not a fault for another sigle.
- Never a word that shares its stem with words of the corpus: somebody who asks for « élisions » where every text has
  « élision » made no mistake. Accents need nothing: the words here are folded.

How sure we are. A word that no document has under its own form or its stem is replaced (`certain`). One that a few
documents have may still be a fault that these share: it stays, and a neighbour at one edit that fifty times as many
documents have is offered.

Which word is meant. The noisy channel of Kernighan, Church and Gale (« A spelling correction program based on a noisy
channel model », 1990): the logarithm of how many documents have a word, less what the mistake costs. Costs say how
often hands and ears go wrong there; they were swept with `python -m benchmarks.spelling`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

# Letters from which one edit is allowed, and two. Two edits in seven letters make every other word a neighbour.
LEAST_LETTERS = 4
LETTERS_FOR_TWO = 8
# Letters from which the first may be wrong.
LETTERS_FOR_FIRST = 5
# No longer word is corrected: what is longer is data.
MOST_LETTERS = 30
# A word in no more documents than this is rare; what is offered for it has so many times as many.
RARE = 3
MUCH_COMMONER = 50


class Lexicon(Protocol):
    """The words of a corpus: surfaces, as the French analysis folds them. Safe to share between threads."""

    def frequency(self, surface: str) -> int:
        """How many documents have a word: the most of any field, deleted documents included until they are merged."""

    def stem_frequency(self, stem: str) -> int:
        """How many documents have a word with this stem, counted likewise."""

    def near(self, surface: str, edits: int) -> Iterable[tuple[str, int]]:
        """The words within so many edits (0 to 2) of a word of letters, itself too, and about how many documents have
        each."""

    def alike(self, surface: str) -> Iterable[tuple[str, int]]:
        """The words that sound like a word of letters, itself too, and about how many documents have each."""

    def stem(self, surface: str) -> str:
        """The stem of a word, as the corpus was analysed."""

    def spelled(self, surface: str) -> str:
        """A word as most texts write it inside sentences, with accents and the capital of a name: sécurité, Bamako."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The word that was meant: its folded form and how to show it. It is applied by itself when it is `certain`, and
    only offered when it is not."""

    surface: str
    display: str
    certain: bool


def correction(typed: str, surface: str, stem_frequency: int, lexicon: Lexicon) -> Correction | None:
    """What was meant by a word outside quotes; None when nothing better is known.

    `typed` is the word as it was typed (in lower case when the whole query is in capitals, which then mean nothing),
    `surface` its folded form, `stem_frequency` how many documents have its stem.
    """
    if stem_frequency > RARE or not is_correctable(typed, surface):
        return None
    known = max(stem_frequency, lexicon.frequency(surface))
    if known > RARE:
        return None
    meant = _much_commoner(surface, known, lexicon) if known else candidates(surface, lexicon)
    best = next(iter(ranked(surface, meant)), None)
    return Correction(best, lexicon.spelled(best), certain=not known) if best else None


def candidates(surface: str, lexicon: Lexicon) -> list[tuple[str, int]]:
    """The words that one may have been meant to be, and how many documents have each; some twice.

    Two edits are thought of when one is not enough: with more to choose from the right word comes first no more often
    (78 % of words with two mistakes, both ways), and it takes twice as long.
    """
    size = len(surface)
    near = [one for one in lexicon.near(surface, 1) if size >= LETTERS_FOR_FIRST or one[0][0] == surface[0]]
    alike = [one for one in lexicon.alike(surface) if size >= LETTERS_FOR_TWO or one[0][-1] == surface[-1]]
    if near or alike or size < LETTERS_FOR_TWO:
        return near + alike
    return list(lexicon.near(surface, 2))


def _much_commoner(surface: str, known: int, lexicon: Lexicon) -> list[tuple[str, int]]:
    """The words of another stem one edit away from one that few documents have, `known` of them."""
    stem = lexicon.stem(surface)
    return [
        (word, documents)
        for word, documents in lexicon.near(surface, 1)
        if documents >= known * MUCH_COMMONER
        and (len(surface) >= LETTERS_FOR_FIRST or word[0] == surface[0])
        and lexicon.stem(word) != stem
    ]


def is_correctable(typed: str, surface: str) -> bool:
    """Whether a word is one that hands and ears get wrong: of letters, no sigle."""
    return (
        LEAST_LETTERS <= len(surface) <= MOST_LETTERS
        and surface.isascii()
        and surface.isalpha()
        and surface.islower()
        and not typed.isupper()
        and not any(map(str.isdigit, typed))
    )


# --- which word is meant ---------------------------------------------------------------------------------------------

# What one mistake costs. A doubling is the commonest fault of French; exchanged letters and the key next to the right
# one are slips; the first letter is hardly ever wrong (Pollock and Zamora 1984: 8 % of the misspellings they gathered).
# Swept over 13,000 mistakes in three indexes; the optimum is flat, a fifth more or less changes a quarter of a percent.
_EDIT = 1.0
_DOUBLING = 0.5
_EXCHANGE = 0.6
_NEXT_KEY = 0.8
_FIRST_LETTER = 0.5
# A word that sounds the same costs no more than this and half its edits, whatever its first letter (ph for f). With
# less for an edit, plurals, which sound the same, come before the word itself.
_SAME_SOUND = 0.2
_SAME_SOUND_EDIT = 0.5
# A cost of 1 outweighs so many times as many documents, as a natural logarithm.
_EDIT_WEIGHT = 7.0


def ranked(surface: str, candidates: Iterable[tuple[str, int]]) -> list[str]:
    """Candidates (word, documents that have it), the likeliest first, each once; of equal ones the earlier in the
    alphabet. A word that is `surface` itself is left out."""
    sound = sound_of(surface)
    scored = {
        word: _EDIT_WEIGHT * cost(surface, word, sounds_alike=sound_of(word) == sound) - math.log(documents)
        for word, documents in candidates
        if documents and word != surface
    }
    return sorted(scored, key=lambda word: (scored[word], word))


def cost(typed: str, meant: str, *, sounds_alike: bool = False) -> float:
    """What the mistakes between two words cost together, 0 for none."""
    mistakes = _weighted_edits(typed, meant)
    if sounds_alike:
        return min(mistakes, _SAME_SOUND + _SAME_SOUND_EDIT * mistakes)
    return mistakes + (_FIRST_LETTER if typed[:1] != meant[:1] else 0.0)


def _weighted_edits(typed: str, meant: str) -> float:
    """The least sum of costs that makes one word of the other; as `within` counts edits."""
    typed, meant = _differing(typed, meant)
    before: list[float] = []
    row = [0.0]
    for j in range(len(meant)):
        row.append(row[-1] + _letter(meant, j))
    for i, char in enumerate(typed):
        added = _letter(typed, i)
        following = [row[0] + added]
        for j, other in enumerate(meant):
            least = row[j]
            if char != other:
                least += _NEXT_KEY if (char, other) in _NEIGHBOURS else _EDIT
            least = min(least, row[j + 1] + added, following[j] + _letter(meant, j))
            if i and j and char == meant[j - 1] and typed[i - 1] == other and char != other:
                least = min(least, before[j - 1] + _EXCHANGE)
            following.append(least)
        before, row = row, following
    return row[-1]


def _letter(word: str, at: int) -> float:
    """What a letter too few or too many costs."""
    return _DOUBLING if at and word[at] == word[at - 1] else _EDIT


def _differing(one: str, other: str) -> tuple[str, str]:
    """Two words without what they begin and end with alike, but for a letter before the difference: it may be doubled
    there."""
    shorter = min(len(one), len(other))
    start = 0
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    start = max(0, start - 1)
    return one[start : len(one) - end], other[start : len(other) - end]


# The letters of an AZERTY keyboard, row by row, and how far each row is moved to the right, in keys.
_KEYBOARD = (("azertyuiop", 0.0), ("qsdfghjklm", 0.25), ("wxcvbn", 0.75))
_PLACES = {key: (place + moved, row) for row, (keys, moved) in enumerate(_KEYBOARD) for place, key in enumerate(keys)}
_NEIGHBOURS = frozenset(
    pair
    for one, other in combinations(_PLACES, 2)
    for pair in ((one, other), (other, one))
    if abs(_PLACES[one][0] - _PLACES[other][0]) <= 1 and abs(_PLACES[one][1] - _PLACES[other][1]) <= 1
)


def within(one: str, other: str, edits: int) -> bool:
    """Whether so many edits make one word of the other: a letter added, taken away or replaced, two neighbours
    exchanged, no place edited twice (the restricted distance of Damerau and Levenshtein).

    Every way to spend an edit at the first difference is tried: with two edits at most sixteen ends, which are compared
    at once. A table of letters times letters takes ten times as long.
    """
    if not edits:
        return one == other
    shorter = min(len(one), len(other))
    at = 0
    while at < shorter and one[at] == other[at]:
        at += 1
    one, other = one[at:], other[at:]
    if not one or not other:
        return len(one) + len(other) <= edits
    left, gap = edits - 1, len(one) - len(other)
    return (
        (abs(gap) <= left and within(one[1:], other[1:], left))
        or (abs(gap - 1) <= left and within(one[1:], other, left))
        or (abs(gap + 1) <= left and within(one, other[1:], left))
        or (one[:2] == other[1::-1] and within(one[2:], other[2:], left))
    )


# --- how a word sounds -----------------------------------------------------------------------------------------------

SEPARATOR = b"\xff"
_SAME_LETTER = bytes.maketrans(b"yzq", b"isk")
# In this order. Capitals are sounds that several letters write: C of ch, A of an, I of in, O of on, G of a hard g.
_BEFORE_H: tuple[tuple[bytes, bytes], ...] = (
    # Doubles that French has. Some are heard (accent): a key may be coarse, it brings together what a cost tells apart.
    *((letter * 2, letter) for letter in (b"c", b"d", b"e", b"f", b"g", b"l", b"m", b"n", b"p", b"r", b"s", b"t")),
    (b"ku", b"k"),
    (b"ph", b"f"),
    (b"ch", b"C"),
    (b"sh", b"C"),
    (b"tion", b"sion"),
    # ç is c once folded: façade is left to its edits.
    (b"ce", b"se"),
    (b"ci", b"si"),
    (b"gue", b"Ge"),
    (b"gui", b"Gi"),
    (b"ge", b"je"),
    (b"gi", b"ji"),
)
# Bytes from which a text is long (see _said).
_MANY = 1_000
_HARD_C = bytes.maketrans(b"c", b"k")
_AFTER_H: tuple[tuple[bytes, bytes], ...] = (
    (b"eau", b"o"),
    (b"au", b"o"),
    *((nasal, b"I") for nasal in (b"ain", b"aim", b"ein", b"in", b"im")),
    *((nasal, b"A") for nasal in (b"en", b"em", b"an", b"am")),
    *((nasal, b"O") for nasal in (b"on", b"om")),
    *((vowel, b"e") for vowel in (b"ai", b"ei", b"oe", b"ae")),
    (b"kk", b"k"),
    (b"ss", b"s"),
    # Endings that nobody hears.
    *((ending + SEPARATOR, SEPARATOR) for ending in (b"s", b"x", b"t", b"d", b"e")),
)


def sounds(words: bytes) -> bytes:
    """How folded words of letters sound in French, as keys: equal for words that are said the same. The words stand
    between separators, before the first and after the last as well, and so do their keys.

    The rules are those of research on French misspellings, ph/f, th/t, eau/au/o, ai/ei/e, en/em/am/an, qu/k, soft c/s,
    y/i, no h, no doubles, no mute ending. Of mistakes of the ear made in three indexes 98 to 100 % have the right word
    among the first five. All words of a segment are done at once, at a millisecond for each rule and 100,000 words.
    """
    words = _said(words.translate(_SAME_LETTER), _BEFORE_H)
    return _said(words.translate(_HARD_C, b"h"), _AFTER_H)


def _said(words: bytes, rules: Iterable[tuple[bytes, bytes]]) -> bytes:
    many = len(words) > _MANY
    for written, heard in rules:
        # `replace` counts first, which takes as long as replacing when the text is long.
        words = heard.join(words.split(written)) if many else words.replace(written, heard)
    return words


def sound_of(word: str) -> bytes:
    """How one word sounds."""
    return sounds(SEPARATOR + word.encode() + SEPARATOR)[1:-1]
