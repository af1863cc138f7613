"""Sketches: what two texts have in common, from 64 bytes of each."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.columnar.batch import WordsPreparer
from indexer.columnar.sketch import SKETCH_BYTES, sketches, word_hash
from indexer.documents import Entry
from indexer.french import WordLists
from tests.columnar.making import made_document

ODDS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
LONG = 2**64
EMPTY = LONG - 1


@pytest.fixture(scope="module")
def preparer(lists: WordLists) -> WordsPreparer:
    return WordsPreparer(dict(lists.files))


def sketch_of(preparer: WordsPreparer, *texts: str) -> np.ndarray:
    """The sketch of each text, prepared together."""
    document = made_document(0, random.Random(0))
    entry = Entry.of(document)
    return preparer.prepare([entry._replace(text=text) for text in texts]).sketches


def numbers(rng: random.Random, count: int) -> list[int]:
    return [rng.randrange(2**32) for _ in range(count)]


def made(*texts: list[int]) -> np.ndarray:
    words = np.array([word for text in texts for word in text], np.uint64)
    return sketches(words, np.array([len(text) for text in texts], np.int64))


def least_by_bin(words: list[int]) -> list[int]:
    """The definition: the least hash of a shingle in each of 64 bins."""
    least = [EMPTY] * SKETCH_BYTES
    for place in range(len(words) - 2):
        value = sum(word * odd for word, odd in zip(words[place : place + 3], ODDS, strict=True)) % LONG
        value ^= value >> 32
        value = value * 0xFF51AFD7ED558CCD % LONG
        value ^= value >> 32
        least[value >> 58] = min(least[value >> 58], value)
    return least


def test_texts_that_differ_in_typography_alone_have_one_sketch(preparer: WordsPreparer) -> None:
    text = "L’envoyé spécial « quitte » Kidal… à l’été, après un an de mission. " * 5
    other = text.replace("’", "'").replace("« ", '"').replace(" »", '"').replace("…", "...").upper()
    one, two = sketch_of(preparer, text, other)
    assert one.any()
    assert (one == two).all()


def test_a_short_text_has_none(preparer: WordsPreparer) -> None:
    short, enough = sketch_of(preparer, "mot " * 29, "mot " * 30)
    assert not short.any()
    assert enough.all()


def test_a_long_text_in_pieces_is_one_text(preparer: WordsPreparer) -> None:
    words = [f"mot{number}" for number in range(5_000)]
    found = sketch_of(preparer, "\n\n".join(" ".join(words[n : n + 100]) for n in range(0, 5_000, 100)))
    assert (found[0] == made([word_hash(word) for word in words])[0]).all()


@given(st.randoms(use_true_random=False), st.lists(st.integers(0, 400), max_size=5))
def test_a_bin_keeps_the_least_hash_that_falls_into_it(rng: random.Random, lengths: list[int]) -> None:
    texts = [numbers(rng, length) for length in lengths]
    for found, text in zip(made(*texts).tolist(), texts, strict=True):
        least = least_by_bin(text)
        if len(text) < 30:
            assert not any(found)
        for byte, value in zip(found, least, strict=True):
            assert len(text) < 30 or value == EMPTY or byte == value % 255 + 1


@given(st.randoms(use_true_random=False), st.integers(30, 60))
def test_an_empty_bin_has_the_byte_of_one_that_is_not(rng: random.Random, length: int) -> None:
    text = numbers(rng, length)
    least = least_by_bin(text)
    assert set(made(text)[0].tolist()) == {value % 255 + 1 for value in least if value != EMPTY}


@pytest.mark.parametrize("length", [40, 200, 3_000])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.66, 0.9])
def test_the_bytes_in_common_estimate_the_shingles_in_common(length: int, share: float) -> None:
    rng = random.Random(5)
    estimates, truths = [], []
    for _ in range(60):
        kept = numbers(rng, round(length * share))
        one, two = ([*kept, *numbers(rng, length - len(kept))] for _ in range(2))
        first, second = ({tuple(text[n : n + 3]) for n in range(len(text) - 2)} for text in (one, two))
        truths.append(len(first & second) / len(first | second))
        a, b = made(one, two)
        estimates.append((a == b).mean())
    assert np.mean(estimates) == pytest.approx(np.mean(truths), abs=0.04)
    assert np.abs(np.array(estimates) - truths).max() < 0.3
