"""Merges: which segments, and that the merged one is what writing its documents would have given."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from indexer.columnar import merge as merge_module
from indexer.columnar.arrays import DamagedArrays
from indexer.columnar.batch import WordsPreparer
from indexer.columnar.generation import Part
from indexer.columnar.merge import merge
from indexer.columnar.segment import Segment
from indexer.columnar.stored import Stored
from indexer.columnar.tiers import MOST_BYTES, Weight, to_merge
from indexer.french import WordLists
from indexer.model import Document
from tests.columnar.contents import columns, documents_of, held, postings, title_keys, write_generation, write_segment
from tests.columnar.making import made_document


@pytest.fixture(scope="module")
def preparer(lists: WordLists) -> WordsPreparer:
    return WordsPreparer(dict(lists.files))


# --- which ---------------------------------------------------------------------------------------------------------


def settled(sizes: list[int]) -> tuple[list[int], int]:
    """The sizes after all merges that are due, and the bytes these wrote."""
    written = 0
    while chosen := to_merge([Weight(size) for size in sizes]):
        merged = sum(sizes[place] for place in chosen)
        sizes = [size for place, size in enumerate(sizes) if place not in chosen] + [merged]
        written += merged
    return sizes, written


@pytest.mark.parametrize("added", [3_000, 100_000, 5_000_000])
def test_ten_thousand_runs_leave_few_segments_and_write_each_byte_a_few_times(added: int) -> None:
    sizes: list[int] = []
    written, most = 0, 0
    rng = random.Random(added)
    for _ in range(10_000):
        sizes, merged = settled([*sizes, rng.randint(added // 2, added)])
        written += merged
        most = max(most, len(sizes))
    total = sum(sizes)
    assert most <= 5 * (1 + np.emath.logn(6, max(6, min(total, MOST_BYTES) / 1_000_000))) + 6 + total // MOST_BYTES * 2
    # Below the lowest tier a run of a few kilobytes may write up to a megabyte again: a few milliseconds.
    assert written <= 10_000 * 1_000_000 / 2 + total * np.emath.logn(6, total / 1_000_000 + 6) * 1.5


def test_a_first_index_of_few_segments_is_left_as_it_is() -> None:
    assert to_merge([Weight(60_000_000), Weight(60_000_000), Weight(30_000_000)]) == []
    assert to_merge([]) == []


def test_small_segments_are_merged_before_great_ones_and_great_ones_stay_apart() -> None:
    sizes = [3 * 10**8, 10, 3 * 10**8, 20, 30, 3 * 10**8, 40, 50, 60]
    assert to_merge(list(map(Weight, sizes))) == [1, 3, 4, 6, 7, 8]
    assert len(to_merge([Weight(3 * 10**8)] * 6)) == 6


def test_no_merge_makes_a_segment_beyond_the_greatest_size() -> None:
    great = MOST_BYTES // 3 * 2
    assert to_merge([Weight(great)] * 9) == []
    assert len(to_merge([Weight(MOST_BYTES // 5)] * 9)) == 5


def test_a_segment_with_many_deletions_is_written_again() -> None:
    assert to_merge([Weight(10**8), Weight(10**8, dead=0.4)]) == [1]
    assert to_merge([Weight(10**8), Weight(10**8, dead=0.3)]) == []


# --- how -----------------------------------------------------------------------------------------------------------


def assert_merged_as_written(tmp_path: Path, preparer: WordsPreparer, groups: list[list[Document]], dead: list) -> None:
    """Each array but those of texts is, byte for byte, the one that writing the live documents gives."""
    parts, live = [], []
    for number, (group, gone) in enumerate(zip(groups, dead, strict=True)):
        parts.append(Part(str(number), write_segment(tmp_path / f"{number}.seg", group, preparer), 0, gone))
        live += [document for place, document in enumerate(group) if gone is None or not gone[place]]
    merge(tmp_path / "merged.seg", parts)
    merged, written = Segment(tmp_path / "merged.seg"), write_segment(tmp_path / "written.seg", live, preparer)
    assert documents_of(merged) == live
    assert merged.file.facts == written.file.facts
    assert postings(merged) == postings(written)
    assert columns(merged) == columns(written)
    assert title_keys(merged) == title_keys(written)
    for name in written.file._directory:
        if not name.startswith("stored."):
            mine, expected = merged.file.array(name), written.file.array(name)
            assert mine.dtype == expected.dtype, name
            assert np.array_equal(mine, expected), name
    mine, expected = Stored(merged.file), Stored(written.file)
    for number in range(len(live)):
        assert mine.first_positions(number).tolist() == expected.first_positions(number).tolist()


@pytest.mark.parametrize("at_once", [1 << 16, 20, 3], ids=["whole", "ranges", "stretches"])
@pytest.mark.parametrize("seed", range(4))
def test_a_merged_segment_is_the_one_that_writing_its_documents_gives(
    tmp_path: Path, preparer: WordsPreparer, monkeypatch: pytest.MonkeyPatch, seed: int, at_once: int
) -> None:
    monkeypatch.setattr(merge_module, "_AT_ONCE", at_once)
    rng = random.Random(seed)
    documents = [made_document(n, rng, longest=rng.choice((5, 60, 2_000))) for n in range(60)]
    rng.shuffle(documents)  # ids interleave
    cuts = [0, *sorted(rng.sample(range(1, 60), 3)), 60]
    groups = [documents[a:b] for a, b in pairwise(cuts)]
    dead = [None if rng.random() < 0.3 else np.array([rng.random() < 0.4 for _ in group]) for group in groups]
    assert_merged_as_written(tmp_path, preparer, groups, dead)


def test_a_word_whose_documents_are_all_dead_is_gone(tmp_path: Path, preparer: WordsPreparer) -> None:
    rng = random.Random(1)
    documents = [replace(made_document(n, rng), text=f"commun rare{n}") for n in range(6)]
    dead = np.array([False, True, True])
    assert_merged_as_written(tmp_path, preparer, [documents[:3], documents[3:]], [dead, None])
    terms = set(Segment(tmp_path / "merged.seg").field("body_surface").terms)
    assert b"rare0" in terms
    assert b"rare1" not in terms


def test_a_common_word_whose_documents_are_all_dead_is_gone_too(
    tmp_path: Path, preparer: WordsPreparer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge_module, "_AT_ONCE", 3)
    rng = random.Random(1)
    documents = [replace(made_document(n, rng), text="disparu" if n < 10 else "resté") for n in range(20)]
    assert_merged_as_written(tmp_path, preparer, [documents], [np.arange(20) < 10])


def test_an_id_that_lives_in_two_segments_stops_the_merge(tmp_path: Path, preparer: WordsPreparer) -> None:
    document = made_document(1, random.Random(1))
    parts = [Part(n, write_segment(tmp_path / n, [document], preparer), 0, None) for n in "ab"]
    with pytest.raises(ValueError, match="two segments"):
        merge(tmp_path / "c", parts)
    parts[0].dead = np.array([True])
    merge(tmp_path / "d", parts)
    assert documents_of(Segment(tmp_path / "d")) == [document]


def test_texts_without_a_dictionary_get_one_once_there_are_enough(tmp_path: Path, preparer: WordsPreparer) -> None:
    rng = random.Random(1)
    groups = [[made_document(100 * g + n, rng, longest=500) for n in range(90)] for g in range(12)]
    parts = [Part(str(g), write_segment(tmp_path / f"{g}", group, preparer), 0, None) for g, group in enumerate(groups)]
    assert all(Stored(part.segment.file).dictionaries == [b""] for part in parts)
    merge(tmp_path / "merged", parts)
    merged = Segment(tmp_path / "merged")
    assert len(Stored(merged.file).dictionaries[0]) > 1_000
    assert documents_of(merged) == [document for group in groups for document in group]


def test_dictionaries_are_kept_side_by_side_until_they_are_too_many(
    tmp_path: Path, preparer: WordsPreparer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(1)
    groups = [[made_document(1000 * g + n, rng, longest=250) for n in range(400)] for g in range(3)]
    parts = [
        Part(str(g), write_segment(tmp_path / f"{g}", group, preparer, batch=100), 0, None)
        for g, group in enumerate(groups)
    ]
    expected = [document for group in groups for document in group]
    merge(tmp_path / "three", parts)
    assert len(Stored(Segment(tmp_path / "three").file).dictionaries) == 3
    assert documents_of(Segment(tmp_path / "three")) == expected
    monkeypatch.setattr(merge_module, "_MOST_DICTIONARIES", 2)
    merge(tmp_path / "one", parts)
    assert len(Stored(Segment(tmp_path / "one").file).dictionaries) == 1
    assert documents_of(Segment(tmp_path / "one")) == expected


def test_a_merge_that_fails_leaves_a_file_that_does_not_open(
    tmp_path: Path, preparer: WordsPreparer, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = Part("a", write_segment(tmp_path / "a", [made_document(1, random.Random(1))], preparer), 0, None)
    monkeypatch.setattr(merge_module, "_merge_stored", lambda *_: (_ for _ in ()).throw(OSError("disque plein")))
    with pytest.raises(OSError, match="disque plein"):
        merge(tmp_path / "b", [part])
    with pytest.raises(DamagedArrays):
        Segment(tmp_path / "b")


# --- over many runs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("runs", [60, pytest.param(600, marks=pytest.mark.deep)])
def test_many_small_runs_leave_few_segments_and_every_document(
    tmp_path: Path, preparer: WordsPreparer, runs: int
) -> None:
    rng = random.Random(4)
    expected: dict[str, Document] = {}
    generation = None
    for run in range(runs):
        gone = rng.sample(sorted(expected), min(len(expected), rng.randint(0, 3)))
        changed = [made_document(int(id[1:]), rng) for id in gone[:1]]
        new = [*changed, *(made_document(10 * run + n, rng, longest=300) for n in range(1, rng.randint(2, 5)))]
        generation = write_generation(tmp_path / str(run), preparer, new, base=generation, remove=gone)
        expected = {id: d for id, d in expected.items() if id not in gone} | {d.id: d for d in new}
        assert len(generation.parts) <= 6
    assert generation is not None
    assert held(generation) == expected
