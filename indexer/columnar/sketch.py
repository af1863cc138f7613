"""What a text says, in 64 bytes: texts that share most of their wording share most of these bytes.

Each run of a few words (a shingle) is hashed into one of 64 bins, and a bin keeps the least hash that falls into it, of
which a byte is stored (one-permutation MinHash). So the share of the bytes that two sketches have in common estimates
the share of the shingles that their texts have in common (Jaccard), with a standard deviation of .06 at .65. Words are
their first surfaces: accents, case, apostrophes and punctuation make no difference.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np

from indexer.columnar.arrays import Array

SKETCH_BYTES = 64

# Words in a row that are compared. See benchmarks/alike.py: three take reworded dispatches for what they are, and
# stock phrases do not bring texts together; with five, one word changed in ten hides a reprise.
_SHINGLE = 3
# A shorter text is said again by chance (« Voir le document joint »), and has too few shingles for an estimate.
_LEAST_WORDS = 30
_EMPTY = np.uint64(2**64 - 1)
_BIN_SHIFT = np.uint64(58)  # the first 6 of 64 bits choose the bin
# Odd numbers without pattern (of splitmix64): one for each place in a shingle, and to mix the bits of the sum.
_OF_PLACE = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB], np.uint64)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(32)
# How far from an empty bin the one is that lends it its hash, in the order in which they are asked: each distance once,
# in no order that neighbours share (densification; Shrivastava 2017).
_LENDERS = np.random.RandomState(2026).permutation(np.arange(1, SKETCH_BYTES)).tolist()


def word_hash(surface: str) -> int:
    """The number of a word, the same in every process: 32 bits."""
    return crc32(surface.encode(errors="replace"))


def sketches(words: Array, counts: Array) -> Array:
    """The sketch of each text (a row of 64 bytes; all 0 for a short one) from the hashes of its words, in order.

    `counts` says how many words each text has.
    """
    made = np.zeros((len(counts), SKETCH_BYTES), np.uint8)
    long = counts >= _LEAST_WORDS
    least = _least_hashes(words[np.repeat(long, counts)], counts[long])
    _fill(least)
    made[long] = least % np.uint64(255) + np.uint64(1)
    return made


def _least_hashes(words: Array, counts: Array) -> Array:
    """For each text the least hash of a shingle in each bin; _EMPTY where none falls."""
    least = np.full(len(counts) * SKETCH_BYTES, _EMPTY)
    if len(counts):
        text = np.repeat(np.arange(len(counts)), counts)
        end = len(words) - _SHINGLE + 1
        hashes = np.zeros(end, np.uint64)
        for place, odd in enumerate(_OF_PLACE):
            hashes += words[place : end + place] * odd
        hashes ^= hashes >> _HALF
        hashes *= _MIX
        hashes ^= hashes >> _HALF
        inside = text[:end] == text[_SHINGLE - 1 :]
        bins = text[:end] * SKETCH_BYTES + (hashes >> _BIN_SHIFT).astype(np.int64)
        np.minimum.at(least, bins[inside], hashes[inside])
    return least.reshape(-1, SKETCH_BYTES)


def _fill(least: Array) -> None:
    """Lend each empty bin the hash of another, the same one for all texts in which that one is there."""
    rows = np.flatnonzero((least == _EMPTY).any(axis=1))
    found = least[rows]
    missing = found == _EMPTY
    for distance in _LENDERS:
        lent = np.roll(least[rows], distance, axis=1)
        np.copyto(found, lent, where=missing & (lent != _EMPTY))
        missing = found == _EMPTY
        if not missing.any():
            break
    least[rows] = found
