"""The words of one segment as arrays that can be gone through at once: which are a few edits from a word, which sound
like it.

A word here is a surface of two letters or more, a to z, of the title or the body. For each there is

- its *signature*: a bit for each letter that it has, one for each that it has twice, one for each of the commonest that
  it has three times. An edit changes at most two bits, one on either side, so a word that is k edits away differs by at
  most 2 k bits, k of them its own: one `xor` and one `popcount` leave one word in a hundred;
- its *sound*: a sum over how it is said (query/spelling.py), the same for words that sound alike;
- how many documents have it in the body, or in the title when no body has it, and where it stands in the segment's
  file.

Words are in order of length, so that only lengths which can be are looked at. All this is 20 bytes a word, made when a
word is first looked for that no document has (60 ms for 35,000 words among 130,000 terms), and it goes with its
segment. What is read is the table of terms as it stands: the format of the index knows nothing of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from string import ascii_lowercase
from typing import NamedTuple
from weakref import WeakKeyDictionary
from zlib import crc32

import numpy as np

from indexer.columnar.arrays import Array, DamagedArrays, narrowed, starts_of
from indexer.columnar.schema import SURFACE, field_name
from indexer.columnar.segment import Segment
from indexer.query.spelling import MOST_LETTERS, SEPARATOR, sounds

_BODY, _TITLE = field_name("body", SURFACE), field_name("title", SURFACE)
# Words that are kept of a field of a segment, the commonest of them: 2 MB. What was meant is common.
MOST_WORDS = 100_000
_LEAST_LETTERS = 2
# Bytes of a table that are worked on at once: each takes 30 bytes meanwhile.
_AT_ONCE = 1 << 17

# --- signatures ------------------------------------------------------------------------------------------------------

# Letters are counted in fields of four bits, sixteen to a number: a to p, q to z.
_PER_LANE = 16
_COUNT_BITS = 4
_LOW_BITS = np.uint64(0x1111_1111_1111_1111)
# The commonest letters. Of the fields of the second number ten hold letters, q to z; bits 2 and 3 of the six others say
# which of these a word has three times.
_THIRD = "acdeilnorstu"


def _lanes() -> tuple[Array, Array]:
    """For each byte what it adds to the counts of either lane."""
    lanes = np.zeros((2, 256), np.uint64)
    for number in range(26):
        lane, place = divmod(number, _PER_LANE)
        lanes[lane, ord("a") + number] = 1 << _COUNT_BITS * place
    return lanes[0], lanes[1]


_FIRST_LANE, _SECOND_LANE = _lanes()


def _at_least(counts: Array, times: int) -> Array:
    """The lowest bit of each field of four: whether its count is one, two or three at least. A count of sixteen would
    run over into the next field; no word has so many of a letter."""
    one, two, four = counts, counts >> np.uint64(1), counts >> np.uint64(2)
    found = {1: one | two | four, 2: two | four, 3: (one & two) | four}[times]
    fields: Array = (found | counts >> np.uint64(3)) & _LOW_BITS
    return fields


def _signatures(letters: Array, starts: Array) -> Array:
    """The signatures of words that begin at `starts` among letters with separators between them."""
    first: Array = np.add.reduceat(_FIRST_LANE.take(letters), starts)
    second: Array = np.add.reduceat(_SECOND_LANE.take(letters), starts)
    signature: Array = _at_least(first, 1) | _at_least(first, 2) << np.uint64(1)
    signature |= _at_least(second, 1) << np.uint64(2) | _at_least(second, 2) << np.uint64(3)
    place = _COUNT_BITS * (26 - _PER_LANE)
    for number, letter in enumerate(_THIRD):
        lane, at = divmod(ord(letter) - ord("a"), _PER_LANE)
        thrice = _at_least((first, second)[lane], 3) >> np.uint64(_COUNT_BITS * at) & np.uint64(1)
        signature |= thrice << np.uint64(place + _COUNT_BITS * (number // 2) + 2 + number % 2)
    return signature


def signature_of(word: str) -> int:
    """The signature of one word of letters: what _signatures gives, without the cost of arrays."""
    signature = 0
    for letter in set(word):
        signature |= _BITS[letter][min(word.count(letter), 3)]
    return signature


def _bits_of(letter: str) -> tuple[int, int, int, int]:
    """What a letter that a word has never, once, twice or more often sets in its signature."""
    words = np.frombuffer(f"{letter}.{letter * 2}.{letter * 3}.".encode(), np.uint8)
    once, twice, often = _signatures(words, np.array([0, 2, 5])).tolist()
    return 0, once, twice, often


_BITS = {letter: _bits_of(letter) for letter in ascii_lowercase}


# --- the words of a table --------------------------------------------------------------------------------------------


class _Words(NamedTuple):
    """Words in the order of their table; each array has one value for each. `hashes` tell equal words."""

    starts: Array
    lengths: Array
    documents: Array
    signatures: Array
    sounds: Array
    hashes: Array


# For each byte whether it is neither a letter nor a separator.
_IS_OTHER = np.array([chr(byte) not in ascii_lowercase and byte != SEPARATOR[0] for byte in range(256)], np.uint8)


def _words_of(segment: Segment, name: str, known: Array) -> _Words:
    """The words of a field but those whose hashes are known already; their starts are places in the file."""
    field = segment.field(name)
    df = field.lists.records["df"]
    if len(df) != len(field.terms) or (len(df) and int(df.max()) > segment.documents):
        raise DamagedArrays(f"liste de {name} plus longue que permis")
    least = 1 if len(df) <= MOST_WORDS else int(np.partition(df, -MOST_WORDS)[-MOST_WORDS]) + 1
    blob, place, term = segment.file.array(f"{name}.blob"), segment.file.start(f"{name}.blob"), 0
    found = [_NO_WORDS]
    for block in _blocks(blob):
        separators = (block == SEPARATOR[0]).nonzero()[0]
        mine = df[term : term + len(separators) - 1]
        if len(mine) != len(separators) - 1:
            raise DamagedArrays(f"nombre de termes inattendu dans {name}")
        found.append(_words_in(block, separators, mine, place, least, known))
        place, term = place + len(block) - 1, term + len(mine)
    if term != len(df):
        raise DamagedArrays(f"nombre de termes inattendu dans {name}")
    return _joined(found)


def _blocks(blob: Array) -> Iterator[Array]:
    """A table in parts that begin and end with a separator; those inside belong to two parts."""
    start = 0
    while start < len(blob) - 1:
        end = min(start + _AT_ONCE, len(blob))
        separators = (blob[start:end] == SEPARATOR[0]).nonzero()[0]
        if len(separators) < 2:
            raise DamagedArrays("terme plus long que permis")
        stop = start + int(separators[-1])
        yield blob[start : stop + 1]
        start = stop


def _words_in(block: Array, separators: Array, df: Array, place: int, least: int, known: Array) -> _Words:
    """The unknown words of a part of a table, which stands at `place` in the file, that so many documents have at
    least."""
    sizes = np.diff(separators)
    kept = np.maximum.reduceat(_IS_OTHER.take(block), separators[:-1]) == 0
    kept &= (sizes > _LEAST_LETTERS) & (sizes <= MOST_LETTERS + 1) & (df >= least)
    hashes = _of_each(hash, block[:-1][np.repeat(kept, sizes)].tobytes(), np.int64)
    if len(known):
        new = ~np.isin(hashes, known)
        kept[kept] = new
        hashes = hashes[new]
    if not len(hashes):
        return _NO_WORDS
    letters = block[:-1][np.repeat(kept, sizes)]
    sizes = sizes[kept]
    return _Words(
        starts=separators[:-1][kept] + (place + 1),
        lengths=(sizes - 1).astype(np.uint8),
        documents=df[kept],
        signatures=_signatures(letters, starts_of(sizes)),
        sounds=_of_each(crc32, sounds(letters.tobytes() + SEPARATOR)[:-1], np.uint32),
        hashes=hashes,
    )


def _of_each(function: Callable[[bytes], int], words: bytes, kind: type[np.generic]) -> Array:
    """A number for each of some words that stand behind a separator each."""
    values = np.fromiter(map(function, words.split(SEPARATOR)), kind)
    return values[1:]


_NO_WORDS = _Words(*(np.zeros(0, kind) for kind in (np.int64, np.uint8, np.uint32, np.uint64, np.uint32, np.int64)))


def _joined(words: Sequence[_Words]) -> _Words:
    return _Words(*map(np.concatenate, zip(*words, strict=True)))


# --- looking ---------------------------------------------------------------------------------------------------------

# So many words that the first test leaves pay for a second one.
_WORTH_ANOTHER_TEST = 64


class Vocabulary:
    """The words of a segment. Immutable; threads share it."""

    def __init__(self, segment: Segment) -> None:
        bodies = _words_of(segment, _BODY, _NO_WORDS.hashes)
        # Most words of titles stand in a body too, in more documents.
        words = _joined([bodies, _words_of(segment, _TITLE, bodies.hashes)])
        order = np.argsort(words.lengths, kind="stable")
        self._file = np.ndarray((segment.file.size,), np.uint8, segment.file.map)
        self._starts = narrowed(words.starts[order])
        self._documents = narrowed(words.documents[order])
        self._signatures = words.signatures[order]
        self._sounds = words.sounds[order]
        # Where the words of each length begin.
        self._begins = words.lengths[order].searchsorted(np.arange(MOST_LETTERS + 2)).tolist()

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return sum(array.nbytes for array in (self._starts, self._documents, self._signatures, self._sounds))

    def near(self, signature: int, letters: int, edits: int) -> Array:
        """The places of words that may be within so many edits of a word with this signature and so many letters: all
        that are, and others."""
        first, end = self._places(letters - edits, letters + edits)
        signatures, mine = self._signatures[first:end], np.uint64(signature)
        found: Array = (np.bitwise_count(signatures ^ mine) <= 2 * edits).nonzero()[0]
        if len(found) > _WORTH_ANOTHER_TEST:
            there = signatures.take(found)
            # An edit puts at most one letter in the place of another: neither word has more of its own.
            own = np.maximum(np.bitwise_count(there & ~mine), np.bitwise_count(mine & ~there)) <= edits
            found = found[own]
        return found + first

    def alike(self, sound: int) -> Array:
        """The places of words with this sound."""
        places: Array = (self._sounds == np.uint32(sound)).nonzero()[0]
        return places

    def texts(self, places: Array, before: int, size: int) -> Array:
        """A row of bytes for each word: `before` of those that stand in front of it, then `size` from its beginning on,
        its separator among them when it is shorter."""
        starts = self._starts.take(places).astype(np.int64)  # numpy adds 64 bits without a sign and with one to a float
        return self._file.take(starts[:, None] + np.arange(-before, size))

    def documents(self, places: Array) -> Array:
        """How many documents have each of some words."""
        return self._documents.take(places)

    def _places(self, shortest: int, longest: int) -> tuple[int, int]:
        return self._begins[max(shortest, 0)], self._begins[min(longest, MOST_LETTERS) + 1]


_KNOWN: WeakKeyDictionary[Segment, Vocabulary] = WeakKeyDictionary()
_MAKING = threading.Lock()


def vocabulary_of(segment: Segment) -> Vocabulary:
    """The words of a segment, made once for all generations that share it. Raises DamagedArrays."""
    with _MAKING:
        known = _KNOWN.get(segment)
        if known is None:
            known = _KNOWN[segment] = Vocabulary(segment)
        return known
