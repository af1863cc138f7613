"""Which documents of a generation are the same or nearly so, beside the definition in plain Python."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.columnar.alike import NONE_ALIKE, Alike, find_alike, read_alike, write_alike
from indexer.columnar.batch import WordsPreparer
from indexer.columnar.merge import merge
from indexer.columnar.segment import Segment
from indexer.french import WordLists
from indexer.model import Document
from tests.columnar.contents import write_generation, write_segment
from tests.columnar.making import made_document

JOINED, HELD = 42, 38


@pytest.fixture(scope="module")
def preparer(lists: WordLists) -> WordsPreparer:
    return WordsPreparer(dict(lists.files))


def texts(rng: random.Random, count: int) -> list[str]:
    """Texts of which many are others with some words changed, an end cut off, or nothing changed at all."""
    made = [[f"mot{rng.randrange(10_000)}" for _ in range(rng.choice((10, 40, 90)))]]
    while len(made) < count:
        words = list(rng.choice(made))
        for _ in range(rng.choice((0, 1, 2, 4, 9))):
            words[rng.randrange(len(words))] = f"mot{rng.randrange(10_000)}"
        if rng.random() < 0.2:
            words = words[: max(10, len(words) * 4 // 5)]
        if rng.random() < 0.3:
            words = [f"mot{rng.randrange(10_000)}" for _ in range(60)]
        made.append(words)
    return [" ".join(words) for words in made]


def documents(rng: random.Random, count: int) -> list[Document]:
    """Documents of such texts; one in five is read from the bytes of another."""
    made: list[Document] = []
    for number, text in enumerate(texts(rng, count)):
        seen = f"2026-01-0{rng.randint(1, 3)}T00:00:00+00:00"
        one = replace(made_document(number, rng), text=text, first_seen=seen, digest=rng.randbytes(32).hex())
        if made and rng.random() < 0.2:
            other = rng.choice(made)
            one = replace(one, text=other.text, digest=other.digest)
        made.append(one)
    return made


# --- the definition --------------------------------------------------------------------------------------------------


def naive(held: Sequence[Document], sketches: dict[str, bytes]) -> tuple[dict[str, str], list[set[str]]]:
    """Each copy with the document that is shown, and the groups, by ids."""
    same = defaultdict(list)
    for document in held:
        same[document.digest].append(document)
    first = {digest: min(some, key=lambda d: (d.first_seen, d.path)) for digest, some in same.items()}
    copies = {d.id: first[d.digest].id for d in held if first[d.digest] is not d}
    order = [first[digest].id for digest in sorted(first, key=lambda digest: bytes.fromhex(digest)[7::-1])]
    order = [id for id in order if any(sketches[id])]
    place = {id: number for number, id in enumerate(order)}

    def common(one: str, other: str) -> int:
        return sum(a == b for a, b in zip(sketches[one], sketches[other], strict=True))

    label = {id: id for id in order}
    for band in range(0, 64, 4):
        by_band = sorted(order, key=lambda id: (sketches[id][band : band + 4], place[id]))
        for one, other in pairwise(by_band):
            alike = sketches[one][band : band + 4] == sketches[other][band : band + 4]
            if alike and label[one] != label[other] and common(one, other) >= JOINED:
                new, old = label[one], label[other]
                label = {id: new if mine == old else mine for id, mine in label.items()}
    hanging = defaultdict(list)
    for id in order:
        hanging[label[id]].append(id)
    groups = []
    for rest in hanging.values():
        while rest:
            near = {id for id in rest if id == rest[0] or common(id, rest[0]) >= HELD}
            if len(near) > 1:
                groups.append(near)
            rest = [id for id in rest if id not in near]
    return copies, groups


def told(alike: Alike, segments: Sequence[Segment]) -> tuple[dict[str, str], list[set[str]]]:
    """The same from the arrays."""
    ids = [segment.ids.of(number) for segment in segments for number in range(segment.documents)]
    groups: dict[int, set[str]] = defaultdict(set)
    for number, group in zip(alike.members.tolist(), alike.groups.tolist(), strict=True):
        groups[group].add(ids[number])
    assert sorted(groups) == list(range(len(groups)))
    for ascending in (alike.copies, alike.members):
        assert (np.diff(ascending.astype(np.int64)) > 0).all()
    copies = zip(alike.copies.tolist(), alike.firsts.tolist(), strict=True)
    return {ids[copy]: ids[first] for copy, first in copies}, list(groups.values())


def by_members(groups: Sequence[set[str]]) -> list[list[str]]:
    return sorted(map(sorted, groups))


@settings(max_examples=25)
@given(st.randoms(use_true_random=False), st.integers(1, 60), st.integers(1, 4))
def test_copies_and_groups_are_those_of_the_definition(
    preparer: WordsPreparer, tmp_path_factory: pytest.TempPathFactory, rng: random.Random, count: int, parts: int
) -> None:
    folder = tmp_path_factory.mktemp("alike")
    made = documents(rng, count)
    rng.shuffle(made)
    shares = [share for part in range(parts) if (share := made[part::parts])]
    segments = [write_segment(folder / f"{n}.seg", share, preparer) for n, share in enumerate(shares)]
    dead = [np.array([rng.random() < 0.2 for _ in share]) for share in shares]
    held = [d for share, gone in zip(shares, dead, strict=True) for d, g in zip(share, gone, strict=True) if not g]
    sketches = {s.ids.of(n): s.sketches[n].tobytes() for s in segments for n in range(s.documents)}
    copies, groups = told(find_alike(list(zip(segments, dead, strict=True))), segments)
    expected_copies, expected_groups = naive(held, sketches)
    assert copies == expected_copies
    assert by_members(groups) == by_members(expected_groups)


def test_they_do_not_depend_on_the_segments(preparer: WordsPreparer, tmp_path: Path) -> None:
    rng = random.Random(7)
    made = documents(rng, 120)
    one = write_generation(tmp_path / "1", preparer, made)
    rng.shuffle(made)
    base = None
    for run in range(3):
        base = write_generation(tmp_path / f"2-{run}", preparer, made[run::3], base=base)
    assert base is not None
    segments = [[part.segment for part in generation.parts] for generation in (one, base)]
    assert len(segments[1]) == 3
    first, second = (told(generation.alike, found) for generation, found in zip((one, base), segments, strict=True))
    assert first[0] == second[0] != {}
    assert by_members(first[1]) == by_members(second[1]) != []


def test_a_merge_keeps_sketches(preparer: WordsPreparer, tmp_path: Path) -> None:
    made = documents(random.Random(3), 30)
    generation = write_generation(tmp_path / "1", preparer, made[:15])
    generation = write_generation(tmp_path / "2", preparer, made[15:], base=generation)
    merge(tmp_path / "merged.seg", generation.parts)
    expected = np.concatenate([part.segment.sketches for part in generation.parts])
    assert (Segment(tmp_path / "merged.seg").sketches == expected).all()


def test_a_chain_of_small_differences_does_not_lead_to_another_text(preparer: WordsPreparer, tmp_path: Path) -> None:
    words = [f"mot{number}" for number in range(400)]
    rng = random.Random(1)
    chain = []
    for step in range(60):  # each of the sixty has some words of the one before changed; the last has none of the first
        words[step * 6 : step * 6 + 6] = [f"autre{step}x{n}" for n in range(6)]
        text = " ".join(words)
        chain.append(replace(made_document(step, rng), text=text, digest=rng.randbytes(32).hex()))
    generation = write_generation(tmp_path / "1", preparer, chain)
    _, groups = told(generation.alike, [part.segment for part in generation.parts])
    assert len(groups) > 1
    for group in groups:
        assert max(int(id[1:]) for id in group) - min(int(id[1:]) for id in group) < 40


def test_a_file_without_anything_alike_is_written_and_read(tmp_path: Path) -> None:
    write_alike(tmp_path, NONE_ALIKE)
    alike = read_alike(tmp_path)
    assert [len(column) for column in (alike.copies, alike.firsts, alike.members, alike.groups)] == [0] * 4


def test_of_an_older_generation_nothing_is_alike(tmp_path: Path) -> None:
    assert read_alike(tmp_path) is NONE_ALIKE
