"""Files of arrays, tables of strings and posting lists: what was written is read, and damage is named."""

from __future__ import annotations

import json
import random
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.columnar import terms as terms_module
from indexer.columnar.arrays import ArraysFile, ArraysWriter, DamagedArrays, narrowed, narrowest
from indexer.columnar.fields import write_field
from indexer.columnar.postings import PostingLists, Postings
from indexer.columnar.segment import read_dead, write_dead
from indexer.columnar.sortkeys import SortedKeys, write_sorted_keys
from indexer.columnar.terms import TermTable, union, write_terms
from tests.columnar.plain_segment import write_postings

_names = count()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples of a property: each writes a file of its own."""
    return tmp_path_factory.mktemp("arrays")


def new_file(folder: Path) -> Path:
    return folder / f"{next(_names)}.seg"


numbers = st.lists(st.integers(0, 2**64 - 1), max_size=50)
# No surrogates: terms come encoded.
strings = st.sets(st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(str.encode), max_size=300)


# --- arrays --------------------------------------------------------------------------------------------------------


@given(columns=st.dictionaries(st.text(max_size=8), numbers, max_size=6), facts=st.dictionaries(st.text(), st.text()))
def test_arrays_come_back_as_they_were_written(
    folder: Path, columns: dict[str, list[int]], facts: dict[str, str]
) -> None:
    out = ArraysWriter(path := new_file(folder))
    for name, values in columns.items():
        out.add(name, narrowed(np.array(values, np.uint64)))
    out.close(facts)
    file = ArraysFile(path)
    assert file.facts == facts
    for name, values in columns.items():
        assert file.array(name).tolist() == values
        assert file.array(name).dtype == narrowest(max(values, default=0))
        assert not file.array(name).flags.writeable


def test_an_array_in_parts_with_rows_is_one_array(tmp_path: Path) -> None:
    out = ArraysWriter(tmp_path / "a")
    rows = np.arange(96, dtype="<u1").reshape(3, 32)
    out.stream("digest", rows.dtype, (rows[:1], rows[1:1], rows[1:]), (32,))
    out.close()
    assert (ArraysFile(tmp_path / "a").array("digest") == rows).all()


def test_parts_of_another_type_or_a_second_array_of_a_name_are_refused(tmp_path: Path) -> None:
    out = ArraysWriter(tmp_path / "a")
    with pytest.raises(ValueError, match="part of"):
        out.stream("x", np.dtype("<u1"), (np.zeros(1, "<u2"),))
    out.add("y", np.zeros(1))
    with pytest.raises(ValueError, match="already"):
        out.add("y", np.zeros(1))


def test_numbers_are_never_wrapped() -> None:
    assert narrowed([255]).dtype == "<u1"
    assert narrowed([256]).dtype == "<u2"
    assert narrowed([2**32]).dtype == "<u8"
    with pytest.raises(ValueError, match="negative"):
        narrowed([-1])
    with pytest.raises(OverflowError):
        narrowest(2**64)


def test_an_array_that_is_not_there_is_damage(tmp_path: Path) -> None:
    ArraysWriter(tmp_path / "a").close()
    with pytest.raises(DamagedArrays, match="absente"):
        ArraysFile(tmp_path / "a").array("x")


# --- damage --------------------------------------------------------------------------------------------------------


def sample_file(path: Path) -> bytes:
    """A small file with everything in it: plain arrays, rows, records, strings, lists."""
    out = ArraysWriter(path)
    write_terms(out, "t", [b"a", b"b", "é".encode()])
    write_postings(out, "t", Postings(*map(np.array, ([1, 2], [3, 0, 70_000], [1, 300, 1], range(302)))))
    out.add("rows", np.zeros((2, 3), "<u2"))
    out.close({"documents": 1, "lengths": {"t": 3}})
    return path.read_bytes()


def read_everything(path: Path) -> None:
    """Open a file and look at all arrays that its directory names."""
    file = ArraysFile(path)
    for name in file._directory:
        file.array(name).tobytes()


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.deep)])
def test_a_file_cut_anywhere_does_not_open(tmp_path: Path, step: int) -> None:
    path = tmp_path / "a"
    content = sample_file(path)
    for length in {*range(0, len(content), step), *range(len(content) - 40, len(content))}:
        path.write_bytes(content[:length])
        with pytest.raises(DamagedArrays):
            ArraysFile(path)


@pytest.mark.parametrize("bits", [1, pytest.param(8, marks=pytest.mark.deep)])
def test_any_flipped_bit_of_the_directory_is_named_or_does_no_harm(tmp_path: Path, bits: int) -> None:
    rng = random.Random(3)
    path = tmp_path / "a"
    content = sample_file(path)
    start = content.index(b'{"arrays"')
    named = 0
    for place in range(start, len(content)):
        for bit in rng.sample(range(8), bits):
            damaged = bytearray(content)
            damaged[place] ^= 1 << bit
            path.write_bytes(damaged)
            try:
                read_everything(path)
            except DamagedArrays:
                named += 1
    assert (
        named > (len(content) - start) * bits // 2
    )  # flips in a name, or in a fact, are for the manifest's sum to find


@pytest.mark.parametrize(
    "directory",
    [
        [],
        {"arrays": {}},
        {"arrays": {"x": ["<u1", -1, [1]]}, "facts": {}},
        {"arrays": {"x": ["<u1", 8, [-1]]}, "facts": {}},
        {"arrays": {"x": ["<u1", 8, [2**70]]}, "facts": {}},
        {"arrays": {"x": ["<u8", 8, [2**61, 2**61]]}, "facts": {}},
        {"arrays": {"x": ["|O", 8, [1]]}, "facts": {}},
        {"arrays": {"x": [[["a", "O"]], 8, [1]]}, "facts": {}},
        {"arrays": {"x": ["nonsense", 8, [1]]}, "facts": {}},
        {"arrays": {"x": [None, 8, [1]]}, "facts": {}},
        {"arrays": {"x": ["<u1", 8, [1], 4]}, "facts": {}},
        {"arrays": {"x": ["<u1", 8.5, [1.5]]}, "facts": 3},
    ],
)
def test_a_forged_directory_is_refused(tmp_path: Path, directory: object) -> None:
    written = json.dumps(directory).encode()
    magic = b"TROUVARR"
    content = magic + bytes(64) + written + len(written).to_bytes(8, "little") + magic
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DamagedArrays):
        ArraysFile(tmp_path / "a")


@given(dead=st.lists(st.booleans(), min_size=1, max_size=70))
def test_deletions_come_back_and_fit_their_segment(folder: Path, dead: list[bool]) -> None:
    write_dead(path := new_file(folder), np.array(dead))
    assert read_dead(path, len(dead)).tolist() == dead
    with pytest.raises(DamagedArrays):
        read_dead(path, len(dead) + 8)


# --- tables of strings ---------------------------------------------------------------------------------------------


def table_of(path: Path, terms: list[bytes]) -> TermTable:
    out = ArraysWriter(path)
    write_terms(out, "t", terms)
    out.close()
    return TermTable(ArraysFile(path), "t")


@given(known=strings, asked=strings)
def test_a_table_answers_as_a_sorted_list_does(folder: Path, known: set[bytes], asked: set[bytes]) -> None:
    terms = sorted(known)
    table = table_of(new_file(folder), terms)
    assert list(table) == terms
    assert [table[n] for n in range(len(table))] == terms
    some = [*range(0, len(terms), 3), *range(len(terms))][::-1]
    assert table.get_all(np.array(some, np.int64)) == [terms[n] for n in some]
    wanted = sorted(asked | set(terms[::3]))
    expected = [terms.index(term) if term in known else -1 for term in wanted]
    assert [table.find(term) for term in wanted] == expected
    assert list(table.find_all(wanted)) == expected
    assert [table.insertion(term) for term in wanted] == [sum(t < term for t in terms) for term in wanted]
    for prefix in (term[: len(term.decode()[:1].encode())] for term in wanted):
        assert [table[n] for n in table.starting_with(prefix)] == [t for t in terms if t.startswith(prefix)]


@given(known=strings, first=st.integers(0, 300), length=st.integers(0, 300))
def test_a_stretch_of_a_table_can_be_gone_through(folder: Path, known: set[bytes], first: int, length: int) -> None:
    terms = sorted(known)
    table = table_of(new_file(folder), terms)
    first = min(first, len(terms))
    end = min(first + length, len(terms))
    assert list(table.iterate(first, end)) == terms[first:end]
    assert list(table.iterate(first)) == terms[first:]


def test_strings_with_line_ends_and_zero_bytes_are_strings_like_others(tmp_path: Path) -> None:
    terms = sorted([b"", b"\n", b"a\nb", b"a\0b", b"a", "\U0010ffff".encode()])
    table = table_of(tmp_path / "a", terms)
    assert list(table) == terms
    assert [table.find(term) for term in terms] == list(range(len(terms)))


@pytest.mark.parametrize("terms", [[b"b", b"a"], [b"a", b"a"], [b"a\xff"]])
def test_strings_out_of_order_twice_or_not_utf8_are_refused(tmp_path: Path, terms: list[bytes]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of the two messages
        table_of(tmp_path / "a", terms)


def test_an_ordinal_outside_of_a_table_is_an_index_error(tmp_path: Path) -> None:
    table = table_of(tmp_path / "a", [b"a"])
    for ordinal in (-1, 1):
        with pytest.raises(IndexError):
            table[ordinal]


def test_a_table_of_a_million_terms_is_searched_without_being_read(tmp_path: Path) -> None:
    table = table_of(tmp_path / "a", [b"%09d" % (2 * n) for n in range(1_000_000)])
    rng = random.Random(1)
    for n in rng.sample(range(1_000_000), 300):
        assert table.find(b"%09d" % (2 * n)) == n
        assert table.find(b"%09d" % (2 * n + 1)) == -1
        assert table.insertion(b"%09d" % (2 * n + 1)) == n + 1
        assert table[n] == b"%09d" % (2 * n)
    assert table.starting_with(b"0012") == range(600_000, 650_000)


@settings(max_examples=50)
@given(tables=st.lists(strings, max_size=5), at_once=st.integers(1, 40))
def test_the_union_of_tables_names_each_string_once_and_where_each_table_has_it(
    folder: Path, tables: list[set[bytes]], at_once: int
) -> None:
    made = [table_of(new_file(folder), sorted(table)) for table in tables]
    together: list[bytes] = []
    shares: list[list[bytes]] = [[] for _ in tables]
    for some, of_each in union(made, at_once):
        together += some
        for mine, share in zip(shares, of_each, strict=True):
            assert share.first == len(mine)
            mine += [some[place] for place in share.places.tolist()]
            assert share.end == len(mine)
    assert together == sorted(set().union(*tables))
    assert shares == [sorted(table) for table in tables]


@given(keys=strings)
def test_sort_keys_come_back_by_rank(folder: Path, keys: set[bytes]) -> None:
    out = ArraysWriter(path := new_file(folder))
    assert write_sorted_keys(out, "k", sorted(keys)) == len(keys)
    out.close()
    read = SortedKeys(ArraysFile(path), "k")
    assert [read[rank] for rank in range(len(read))] == list(read.iterate(0)) == sorted(keys)
    assert list(read.iterate(len(keys) // 3, len(keys) // 2)) == sorted(keys)[len(keys) // 3 : len(keys) // 2]


def test_damaged_sort_keys_are_named(tmp_path: Path) -> None:
    out = ArraysWriter(tmp_path / "a")
    write_sorted_keys(out, "k", [b"%05d" % n for n in range(500)])
    out.close()
    content = (tmp_path / "a").read_bytes()
    start = ArraysFile(tmp_path / "a").start("k.blob")
    named = 0
    for place in range(start, start + 200):
        (tmp_path / "b").write_bytes(content[:place] + bytes([content[place] ^ 0x11]) + content[place + 1 :])
        try:
            list(SortedKeys(ArraysFile(tmp_path / "b"), "k").iterate(0))
        except DamagedArrays:
            named += 1
    assert named > 20  # what decompresses all the same is for the manifest's sum to find


# --- posting lists -------------------------------------------------------------------------------------------------

Lists = list[dict[int, list[int]]]  # for each term, document → positions

documents = st.integers(0, 300) | st.integers(0, 70_000) | st.integers(0, 2**32 - 1)
positions = st.lists(documents, min_size=1, max_size=4, unique=True).map(sorted)
lists_of_terms = st.lists(st.dictionaries(documents, positions, min_size=1, max_size=6), max_size=8)


def as_postings(lists: Lists, *, with_positions: bool) -> Postings:
    ordered = [sorted(found.items()) for found in lists]
    flat = [(document, places) for found in ordered for document, places in found]
    return Postings(
        df=np.array([len(found) for found in ordered], np.int64),
        docs=np.array([document for document, _ in flat], np.int64),
        tf=np.array([len(places) for _, places in flat], np.int64),
        positions=np.array([p for _, places in flat for p in places], np.int64) if with_positions else None,
    )


def same(left: Postings, right: Postings) -> bool:
    pairs = zip(
        (left.df, left.docs, left.tf, left.positions), (right.df, right.docs, right.tf, right.positions), strict=True
    )
    return all((a is None and b is None) or np.array_equal(a, b) for a, b in pairs)


@settings(max_examples=40)
@given(lists=lists_of_terms, with_positions=st.booleans(), data=st.data())
def test_lists_come_back_whole_by_range_by_term_and_in_stretches(
    folder: Path, lists: Lists, with_positions: bool, data: st.DataObject
) -> None:
    out = ArraysWriter(path := new_file(folder))
    write_postings(out, "t", as_postings(lists, with_positions=with_positions))
    out.close()
    read = PostingLists(ArraysFile(path), "t")
    assert len(read) == len(lists)
    first = data.draw(st.integers(0, len(lists)))
    end = data.draw(st.integers(first, len(lists)))
    assert same(read.decode(first, end), as_postings(lists[first:end], with_positions=with_positions))
    for term, found in enumerate(lists):
        entry = read.entry(term)
        assert entry.df == len(found)
        assert read.docs(entry).tolist() == sorted(found)
        tf = [len(found[document]) for document in sorted(found)]
        assert (read.tf(entry) is None) == (max(tf) == 1)
        assert read.tf(entry) is None or read.tf(entry).tolist() == tf
        if with_positions:
            assert read.positions(entry, 0, sum(tf)).tolist() == [p for d in sorted(found) for p in found[d]]
        stretches = list(read.stretches(term, data.draw(st.integers(1, 5))))
        whole = as_postings([found], with_positions=with_positions)
        for column in ("docs", "tf") + ("positions",) * with_positions:
            assert (
                np.concatenate([getattr(part, column) for part in stretches]).tolist()
                == getattr(whole, column).tolist()
            )


@settings(max_examples=40)
@given(lists=lists_of_terms, with_positions=st.booleans(), data=st.data())
def test_a_field_written_in_parts_and_stretches_is_the_field_written_at_once(
    folder: Path, lists: Lists, with_positions: bool, data: st.DataObject
) -> None:
    out = ArraysWriter(plain := new_file(folder))
    write_postings(out, "t", as_postings(lists, with_positions=with_positions))
    out.close()
    terms = [b"%03d" % n for n in range(len(lists))]
    parts = []
    place = 0
    while place < len(lists):
        if data.draw(st.booleans()):
            items = sorted(lists[place].items())
            step = data.draw(st.integers(1, 4))
            some = [
                as_postings([dict(items[n : n + step])], with_positions=with_positions)
                for n in range(0, len(items), step)
            ]
            parts.append((terms[place : place + 1], lambda some=some: some))
            place += 1
        else:
            end = data.draw(st.integers(place + 1, len(lists)))
            parts.append((terms[place:end], as_postings(lists[place:end], with_positions=with_positions)))
            place = end
    out = ArraysWriter(path := new_file(folder))
    assert write_field(out, "t", parts, np.array([1, 2]), folder, positions=with_positions) == 3
    out.close()
    expected, file = ArraysFile(plain), ArraysFile(path)
    for name in expected._directory:
        assert np.array_equal(file.array(name), expected.array(name)), name
        assert file.array(name).dtype == expected.array(name).dtype
    assert list(TermTable(file, "t")) == terms


def test_a_value_past_32_bits_is_refused_not_wrapped(tmp_path: Path) -> None:
    out = ArraysWriter(tmp_path / "a")
    with pytest.raises(ValueError, match="32 bits"):
        write_postings(out, "t", Postings(*(np.array([value]) for value in (1, 2**32, 1)), None))


def test_blocks_of_a_table_are_small_enough_to_search() -> None:
    assert terms_module._BLOCK <= 256  # a look-up splits one block
