"""Parts of scoring whose choice of way must not show in what comes out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.scoring import _FAR_APART, _SCATTERED, _met

numbers = st.sets(st.integers(0, 3_000), min_size=1, max_size=200).map(lambda found: np.array(sorted(found), np.int64))


@given(docs=numbers, wanted=numbers, times=st.integers(1, 4), apart=st.sampled_from([1, _FAR_APART * 10]))
def test_places_are_the_same_searched_or_looked_up(
    docs: np.ndarray, wanted: np.ndarray, times: int, apart: int
) -> None:
    """`times` and `apart` make for both ways: few wanted or many, documents close together or far apart."""
    wanted = np.concatenate([wanted * apart] * times)
    docs = docs * apart
    there = np.isin(wanted, docs)
    places, met = _met(docs, wanted, 3_001 * apart)
    assert met.tolist() == there.tolist()
    assert docs[places[there]].tolist() == wanted[there].tolist()
    # Of others nothing is promised but that a look there finds something else.
    assert (docs.take(places[~there], mode="clip") != wanted[~there]).all()


def test_a_few_places_among_many_documents_are_searched_and_many_looked_up() -> None:
    docs = np.arange(0, 40_000, 2)
    for count in (3, len(docs) // _SCATTERED + 1):
        wanted = docs[:: len(docs) // count]
        assert docs[_met(docs, wanted, 40_000)[0]].tolist() == wanted.tolist()
