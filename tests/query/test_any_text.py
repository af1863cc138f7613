"""Thousands of made texts: each is read in a few milliseconds, or too large; no other answer exists."""

from __future__ import annotations

import random
import time

import pytest

from indexer.errors import QueryTooLarge
from indexer.french import Analyzer
from indexer.query import Query, parse
from tests.query.made import made_text

SEED = 20261128
# Where every run looks, on machines as they are, only what grows out of hand is to be seen; the promise of five
# milliseconds is kept by the deep runs.
MOST_MS = 5.0
OUT_OF_HAND_MS = 40.0


def read(text: str, analyzer: Analyzer) -> tuple[Query | None, float]:
    """What is read, and the CPU time in ms."""
    started = time.process_time_ns()
    try:
        query = parse(text, analyzer)
    except QueryTooLarge:
        query = None
    return query, (time.process_time_ns() - started) / 1e6


def least_ms(text: str, analyzer: Analyzer) -> float:
    """The least CPU time of three: whatever else runs on the machine slows this down too."""
    return min(read(text, analyzer)[1] for _ in range(3))


@pytest.mark.parametrize(
    ("first", "count"),
    [(0, 2_000), *(pytest.param(n, 7_000, marks=pytest.mark.deep) for n in range(2_000, 100_000, 7_000))],
)
def test_any_text_is_read_in_five_milliseconds(analyzer: Analyzer, first: int, count: int) -> None:
    slowest, most_ms = 0.0, MOST_MS if first else OUT_OF_HAND_MS
    for number in range(first, first + count):
        text = made_text(random.Random(SEED + number))
        query, took_ms = read(text, analyzer)
        if took_ms > most_ms:
            took_ms = least_ms(text, analyzer)
        assert took_ms <= most_ms, (number, text)
        slowest = max(slowest, took_ms)
        if query is not None:
            assert parse(text, analyzer) == query
            read(query.understood, analyzer)
    print(f"{count} texts from {first} on: at most {slowest:.2f} ms of CPU each")


# The longest of each construct that a text of 1,000 characters can hold.
HEAVY = [
    "titre:(" * 140,
    ("titre:(" * 20 + "mali" + ")" * 20 + " ") * 6,
    "date:2023 " * 100,
    "date:" + "1 " * 490,
    "date:1 1 1 1 1 1 1 " * 50,
    "date:du 1er juin au 2 juin 2 1 2 1 " * 28,
    " ".join(f"date:{n} {1000 + n} {2000 + n}" for n in range(55)),
    " ".join(f"date:du {n} {1000 + n} au {2000 + n}" for n in range(41)),
    " ".join(f"{a}{b}" for a in "bcdfghjklmnpqrstvwxz" for b in "bcdfghjklmnpqrst"),
    'date:"' * 160,
    "type:" * 200,
    "type:a " * 140,
    '"a b"~5 ' * 120,
    '"' + "a " * 490 + '"~5',
    "titre\u00a0:\u00a0" * 120,
    "a:b:c:d:" * 120,
    "..2023" * 160,
    'titre:"" ' * 110,
    "-titre:-" * 120,
]


@pytest.mark.parametrize("most_ms", [OUT_OF_HAND_MS, pytest.param(MOST_MS, marks=pytest.mark.deep)])
@pytest.mark.parametrize("text", HEAVY, ids=range(len(HEAVY)))
def test_the_heaviest_texts_are_read_in_five_milliseconds(analyzer: Analyzer, text: str, most_ms: float) -> None:
    assert len(text) <= 1_000
    assert least_ms(text, analyzer) <= most_ms
