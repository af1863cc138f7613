"""Posting lists over all segments: what is kept of them."""

from __future__ import annotations

import random

import numpy as np
import pytest

from indexer.engines import collection, lists
from indexer.engines.collection import Collection
from indexer.engines.lists import TermList
from indexer.french import Analyzer
from tests.columnar.making import made_document
from tests.engines.shelf import Shelf

FIELD = "body_surface"


@pytest.fixture(scope="module")
def shelf(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    rng = random.Random(20261128)
    documents = [made_document(number, rng) for number in range(60)]
    return Shelf(tmp_path_factory.mktemp("lists") / "index", documents, (40, 20), analyzer)


def all_lists(shelf: Shelf) -> dict[str, TermList]:
    """The lists of all surfaces of bodies, in a collection that has decoded none yet."""
    field = Collection(shelf.collection.parts).fields[FIELD]
    terms = {term.decode() for part in field.parts for term in part.terms.iterate(0, len(part.terms))}
    return {term: found for term in terms if (found := field.find(term))}


def test_long_lists_say_the_same_as_short_ones_in_less_room(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    short = all_lists(shelf)
    monkeypatch.setattr(lists, "_SHORT", 0)
    for term, long in all_lists(shelf).items():
        one = short[term]
        assert long.docs.dtype == one.docs.dtype == np.int64
        assert long.docs.tolist() == one.docs.tolist(), term
        assert np.array_equal(long.table, one.table), term
        some = one.docs[::2]
        assert [*map(np.ndarray.tolist, long.reach(long.places(some)))] == [
            *map(np.ndarray.tolist, one.reach(one.places(some)))
        ], term
        every = np.arange(one.df if one.tf is None else int(one.tf.sum()))
        assert long.positions(every).tolist() == one.positions(every).tolist(), term


def test_short_lists_stay_when_long_ones_push_each_other_out(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    middle = sorted(one.df for one in all_lists(shelf).values())[20]
    monkeypatch.setattr(lists, "_SHORT", middle)
    monkeypatch.setattr(collection, "_LONG_BYTES", 1)
    found = all_lists(shelf).values()
    short = [one for one in found if one.df < middle]
    assert 0 < len(short) < len(found)
    kept = [one.docs for one in short]
    for one in found:
        assert len(one.docs) == one.df
    assert all(one.docs is docs for one, docs in zip(short, kept, strict=True))
