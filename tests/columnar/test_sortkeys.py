"""The keys that titles are ordered by, and the ranks of those that begin in some way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.columnar.arrays import ArraysFile, ArraysWriter
from indexer.columnar.sortkeys import SortedKeys, write_sorted_keys


def written(folder: Path, keys: list[bytes]) -> SortedKeys:
    out = ArraysWriter(folder / "keys")
    write_sorted_keys(out, "title.keys", keys)
    out.close({})
    return SortedKeys(ArraysFile(folder / "keys"), "title.keys")


@pytest.mark.parametrize("count", [0, 1, 127, 128, 129, 1000])
def test_ranks_of_a_beginning_are_those_that_a_walk_finds(count: int, tmp_path: Path) -> None:
    keys = sorted(f"{number:b}\0{number}".encode() for number in range(count))
    found = written(tmp_path, keys)
    for prefix in (b"", b"0", b"1", b"10", b"101\0", b"111111", b"2", *keys[:: max(1, count // 7)]):
        assert [keys[rank] for rank in found.starting_with(prefix)] == [key for key in keys if key.startswith(prefix)]


@given(st.sets(st.text("ab é", max_size=5), max_size=300), st.text("ab é", max_size=3))
def test_any_beginning_of_any_keys(tmp_path_factory: pytest.TempPathFactory, texts: set[str], prefix: str) -> None:
    keys = sorted(text.encode() for text in texts)
    ranks = written(tmp_path_factory.mktemp("keys"), keys).starting_with(prefix.encode())
    assert [keys[rank] for rank in ranks] == [key for key in keys if key.startswith(prefix.encode())]
