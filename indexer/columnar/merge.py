"""Several segments into one, holding a few megabytes of postings at a time whatever their size.

A merge gives the segment that writing the same live documents would have given, in the order of the segments; the
packed texts are copied as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import compress
from pathlib import Path

import numpy as np

from indexer.columnar.arrays import Array, ArraysWriter, narrowed, places_within, starts_of
from indexer.columnar.fields import FieldPart, write_field
from indexer.columnar.generation import Part
from indexer.columnar.postings import PostingLists, Postings
from indexer.columnar.schema import FIELDS, MENTION, STEM, SURFACE, field_name
from indexer.columnar.sketch import SKETCH_BYTES
from indexer.columnar.sortkeys import SortedKeys, write_sorted_keys
from indexer.columnar.stored import WORTH_A_DICTIONARY, Layout, Pieces, Stored, write_stored
from indexer.columnar.terms import Share, Strings, union, write_terms

# Postings merged at once; a term with more is merged in stretches. A posting takes some 100 bytes meanwhile, with the
# ten positions that it may have.
_AT_ONCE = 1 << 16
# More dictionaries than this are replaced by one.
_MOST_DICTIONARIES = 16


@dataclass(frozen=True, slots=True)
class _Source:
    """A segment to be merged: which documents live, and the new number of each (-1 for the dead)."""

    part: Part
    live: Array
    numbers: Array


def merge(path: Path, parts: Sequence[Part]) -> None:
    """Write the live documents of these segments as one; temporary files go to the folder of `path`.

    ValueError when an id lives in two of them.
    """
    sources = list(_sources(parts))
    out = ArraysWriter(path)
    try:
        lengths = {
            name: _merge_field(out, name, sources, path.parent, positions=form == SURFACE)
            for form in (SURFACE, STEM)
            for name in (field_name(field, form) for field in FIELDS)
        }
        if all(MENTION in part.segment.field_names for part in parts):
            lengths[MENTION] = _merge_field(out, MENTION, sources, path.parent, positions=False)
        _merge_columns(out, sources)
        _merge_stored(out, sources, path.parent)
        out.close({"documents": sum(int(source.live.sum()) for source in sources), "lengths": lengths})
    except BaseException:
        out.abandon()
        raise


def _sources(parts: Sequence[Part]) -> Iterator[_Source]:
    first = 0
    for part in parts:
        live = np.ones(part.segment.documents, bool) if part.dead is None else ~part.dead
        numbers = np.where(live, np.cumsum(live) - 1 + first, -1)
        first += int(live.sum())
        yield _Source(part, live, numbers)


# --- indexed fields ------------------------------------------------------------------------------------------------


def _merge_field(out: ArraysWriter, name: str, sources: Sequence[_Source], folder: Path, *, positions: bool) -> int:
    lengths = np.concatenate([s.part.segment.field(name).lengths[s.live].astype(np.int64) for s in sources])
    return write_field(out, name, _merged_terms(name, sources), lengths, folder, positions=positions)


def _merged_terms(name: str, sources: Sequence[_Source]) -> Iterator[FieldPart]:
    """The terms that have live documents, in order, with their lists."""
    lists = [source.part.segment.field(name).lists for source in sources]
    for terms, shares in union([source.part.segment.field(name).terms for source in sources]):
        sizes = np.zeros(len(terms), np.int64)
        for one, share in zip(lists, shares, strict=True):
            sizes[share.places] += one.records["df"][share.first : share.end]
        for first, end in _ranges(sizes):
            if sizes[first] <= _AT_ONCE:
                yield _merged_range(terms, first, end, lists, shares, sources)
            else:
                yield from _merged_long(terms[first], first, lists, shares, sources)


def _ranges(sizes: Array) -> Iterator[tuple[int, int]]:
    """Stretches of terms with so many postings in all; a term with more stands alone."""
    total = np.concatenate(([0], np.cumsum(sizes)))
    first = 0
    while first < len(sizes):
        end = max(first + 1, int(np.searchsorted(total, total[first] + _AT_ONCE, "right")) - 1)
        yield first, end
        first = end


def _merged_range(
    terms: Sequence[bytes],
    first: int,
    end: int,
    lists: Sequence[PostingLists],
    shares: Sequence[Share],
    sources: Sequence[_Source],
) -> FieldPart:
    """The lists of the terms from one place in the union to before another, decoded, renumbered and put together."""
    ordinals, found = [], []
    for one, share, source in zip(lists, shares, sources, strict=True):
        low, high = np.searchsorted(share.places, (first, end)).tolist()
        decoded = one.decode(share.first + low, share.first + high)
        of_term = np.repeat(share.places[low:high] - first, decoded.df)
        alive, lived = _renumbered(decoded, source)
        ordinals.append(of_term[alive])
        found.append(lived)
    of_term = np.concatenate(ordinals)
    # Documents ascend from source to source, so a stable order by term is the order of the lists. Radix sort, 16 bits.
    order = np.argsort(of_term.astype(np.uint16) if end - first <= 1 << 16 else of_term, kind="stable")
    df = np.bincount(of_term, minlength=end - first)
    together = _in_order(found, order, df[df > 0])
    return list(compress(terms[first:end], df.tolist())), together


def _renumbered(postings: Postings, source: _Source) -> tuple[Array, Postings]:
    """Which postings are of live documents, and these with their new numbers (`df` is left alone)."""
    docs = source.numbers[postings.docs]
    if source.part.dead is None:
        return np.ones(len(docs), bool), Postings(postings.df, docs, postings.tf, postings.positions)
    alive = docs >= 0
    positions = None if postings.positions is None else postings.positions[np.repeat(alive, postings.tf)]
    return alive, Postings(postings.df, docs[alive], postings.tf[alive], positions)


def _in_order(found: Sequence[Postings], order: Array, df: Array) -> Postings:
    docs = np.concatenate([some.docs for some in found])[order]
    tf = np.concatenate([some.tf for some in found])
    places = [some.positions for some in found if some.positions is not None]
    if not places:
        return Postings(df, docs, tf[order], None)
    starts = starts_of(tf)[order]
    tf = tf[order]
    return Postings(df, docs, tf, np.concatenate(places)[np.repeat(starts, tf) + places_within(tf)])


def _merged_long(
    term: bytes, place: int, lists: Sequence[PostingLists], shares: Sequence[Share], sources: Sequence[_Source]
) -> Iterator[FieldPart]:
    """A term with many postings, to be gone through in stretches; nothing when all its documents are dead."""

    def stretches() -> Iterator[Postings]:
        for one, share, source in zip(lists, shares, sources, strict=True):
            mine = int(np.searchsorted(share.places, place))
            if mine < len(share.places) and share.places[mine] == place:
                for some in one.stretches(share.first + mine, _AT_ONCE):
                    lived = _renumbered(some, source)[1]
                    if len(lived.docs):
                        yield lived

    if next(stretches(), None) is not None:
        yield [term], stretches


# --- columns -------------------------------------------------------------------------------------------------------


def _merge_columns(out: ArraysWriter, sources: Sequence[_Source]) -> None:
    for name in ("id", "type", "format", "language", "file", "first_seen"):
        columns = [source.part.segment.keywords(name) for source in sources]
        ords = _merge_strings(
            partial(write_terms, out, name),
            [column.values for column in columns],
            [column.ords[source.live] for column, source in zip(columns, sources, strict=True)],
        )
        out.add(f"{name}.ords", narrowed(ords))
        if name == "id":
            if len(ords) and int(ords.max()) + 1 != len(ords):
                raise ValueError("an id lives in two segments")
            out.add("id.docs", narrowed(np.argsort(ords)))
    titles = [SortedKeys(source.part.segment.file, "title.keys") for source in sources]
    title_ords = [source.part.segment.title_ords[source.live] for source in sources]
    ords = _merge_strings(partial(write_sorted_keys, out, "title.keys"), titles, title_ords)
    out.add("title.ords", narrowed(ords))
    dates = [source.part.segment.date_keys[source.part.segment.date_ords[source.live]] for source in sources]
    keys, date_ords = np.unique(np.concatenate(dates), return_inverse=True)
    out.add("date.keys", keys.astype("<u4"))
    out.add("date.ords", narrowed(date_ords))
    digests = (source.part.segment.file.array("digest")[source.live] for source in sources)
    out.stream("digest", np.dtype("<u1"), digests, (32,))
    sketches = (source.part.segment.sketches[source.live] for source in sources)
    out.stream("sketch", np.dtype("<u1"), sketches, (SKETCH_BYTES,))


def _merge_strings(write: Callable[[Iterable[bytes]], int], tables: Sequence[Strings], ords: Sequence[Array]) -> Array:
    """Write the strings that these ordinals use as one table; the new ordinals, one source after the other."""
    used = [_mask(some, len(table)) for some, table in zip(ords, tables, strict=True)]
    renumbered = [np.zeros(len(table), np.int64) for table in tables]

    def strings() -> Iterator[bytes]:
        count = 0
        for some, shares in union(tables):
            keep = np.zeros(len(some), bool)
            for mine, share in zip(used, shares, strict=True):
                keep[share.places[mine[share.first : share.end]]] = True
            new = np.cumsum(keep) - 1 + count
            for numbers, share in zip(renumbered, shares, strict=True):
                numbers[share.first : share.end] = new[share.places]
            count += int(keep.sum())
            yield from compress(some, keep.tolist())

    write(strings())
    return np.concatenate([numbers[some] for numbers, some in zip(renumbered, ords, strict=True)])


def _mask(places: Array, length: int) -> Array:
    mask = np.zeros(length, bool)
    mask[places] = True
    return mask


# --- texts ---------------------------------------------------------------------------------------------------------


def _merge_stored(out: ArraysWriter, sources: Sequence[_Source], folder: Path) -> None:
    """Copy the packed pieces and the dictionaries they need; pack them again when these are too many, or missing."""
    texts = [source.part.stored for source in sources]
    layouts = [text.layout for text in texts]
    keep = [np.repeat(source.live, one.piece_counts) for source, one in zip(sources, layouts, strict=True)]
    layout = Layout(
        np.concatenate([one.piece_counts[source.live] for source, one in zip(sources, layouts, strict=True)]),
        np.concatenate([one.positions[mine] for one, mine in zip(layouts, keep, strict=True)]),
    )
    dictionaries = list(dict.fromkeys(dictionary for text in texts for dictionary in text.dictionaries))
    if len(dictionaries) > _MOST_DICTIONARIES or _wants_dictionary(texts, keep):
        with closing(Pieces(folder)) as pieces:
            for text, mine in zip(texts, keep, strict=True):
                for piece in np.flatnonzero(mine).tolist():
                    pieces.append(text.content(piece))
            pieces.write(out, layout)
        return
    place = {dictionary: number for number, dictionary in enumerate(dictionaries)}
    used = [
        np.array([place[dictionary] for dictionary in text.dictionaries])[text.dictionary[mine]]
        for text, mine in zip(texts, keep, strict=True)
    ]
    copied = (frames for text, mine in zip(texts, keep, strict=True) for frames in text.frames(mine))
    limit = max(text.limit for text in texts)
    write_stored(out, copied, layout, dictionaries=dictionaries, dictionary=np.concatenate(used), limit=limit)


def _wants_dictionary(texts: Sequence[Stored], keep: Sequence[Array]) -> bool:
    """True when most of the texts were packed without a dictionary, and are now enough to have one."""
    bare = total = 0
    for text, mine in zip(texts, keep, strict=True):
        sizes = text.sizes[mine]
        without = np.array([not dictionary for dictionary in text.dictionaries])[text.dictionary[mine]]
        bare, total = bare + int(sizes[without].sum()), total + int(sizes.sum())
    return bare > max(total // 2, WORTH_A_DICTIONARY)
