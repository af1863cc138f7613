"""A segment file made the slow and obvious way, term by term from dicts: what the real writer is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
import zstandard

from indexer.columnar.arrays import ArraysWriter, narrowed
from indexer.columnar.codec import SegmentEntry, write_toc
from indexer.columnar.postings import RECORD, RECORDS, PostingEncoder, Postings
from indexer.columnar.schema import DIGEST_BYTES, FIELDS, STEM, SURFACE, field_name
from indexer.columnar.segment import write_dead
from indexer.columnar.sketch import SKETCH_BYTES
from indexer.columnar.sortkeys import write_sorted_keys
from indexer.columnar.stored import Head
from indexer.columnar.terms import write_terms
from indexer.model import Document
from tests.columnar.naive import Analysed


def write_plain_segment(path: Path, corpus: Sequence[Analysed]) -> None:
    """Write the documents, numbered in this order."""
    out = ArraysWriter(path)
    totals = {}
    for field in FIELDS:
        for form in (SURFACE, STEM):
            name = field_name(field, form)
            totals[name] = _write_field(out, name, [d.terms(field, form) for d in corpus], form == SURFACE)
    documents = [d.document for d in corpus]
    ids = _write_keywords(out, "id", [d.id for d in documents])
    out.add("id.docs", narrowed(np.argsort(ids)))
    for name in ("type", "format", "language"):
        _write_keywords(out, name, [getattr(d, name) for d in documents])
    _write_keywords(out, "file", [f"{d.root}/{d.path.removesuffix('#' + d.id)}" for d in documents])
    _write_keywords(out, "first_seen", [d.first_seen for d in documents])
    dates, ords = np.unique([d.date.key if d.date else 0 for d in documents], return_inverse=True)
    out.add("date.keys", dates.astype("<u4"))
    out.add("date.ords", narrowed(ords))
    digests = np.frombuffer(b"".join(bytes.fromhex(d.digest) for d in documents), "<u1")
    out.add("digest", digests.reshape(len(documents), DIGEST_BYTES))
    out.add("sketch", np.zeros((len(documents), SKETCH_BYTES), "<u1"))
    titles = [" ".join(p.surface[0] for p in d.fields["title"]) + "\0" + d.document.title for d in corpus]
    keys = sorted({title.encode() for title in titles})
    write_sorted_keys(out, "title.keys", keys)
    rank = {key: number for number, key in enumerate(keys)}
    out.add("title.ords", narrowed([rank[title.encode()] for title in titles]))
    _write_texts(out, documents)
    out.close({"documents": len(documents), "lengths": totals})


def _write_field(out: ArraysWriter, name: str, terms_of: Sequence[Sequence[tuple[str, ...]]], positions: bool) -> int:
    places: dict[bytes, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, document in enumerate(terms_of):
        for position, terms in enumerate(document):
            for term in terms:
                places[term.encode()][number].append(position)
    terms = sorted(places)
    lists = [places[term] for term in terms]
    write_terms(out, name, terms)
    write_postings(
        out,
        name,
        Postings(
            df=_numbers(len(found) for found in lists),
            docs=_numbers(number for found in lists for number in found),
            tf=_numbers(len(where) for found in lists for where in found.values()),
            positions=_numbers(p for found in lists for where in found.values() for p in where) if positions else None,
        ),
    )
    lengths = _numbers(sum(map(len, document)) for document in terms_of)
    out.add(f"{name}.lengths", narrowed(lengths))
    return int(lengths.sum())


def _write_texts(out: ArraysWriter, documents: Sequence[Document]) -> None:
    """Each text whole, in one piece, without a dictionary."""
    contents = [_head(d).to_json() + b"\n" + d.text.encode() for d in documents]
    frames = [zstandard.compress(content) for content in contents]
    out.add("stored.blob", np.frombuffer(b"".join(frames), "<u1"))
    out.add("stored.starts", _numbers([0, *accumulate(map(len, frames))]))
    out.add("stored.limit", _numbers([max(map(len, contents))]))
    out.add("stored.dictionaries.blob", np.zeros(0, "<u1"))
    out.add("stored.dictionaries.starts", _numbers([0, 0]))


def _head(d: Document) -> Head:
    pages = (d.pages,) if d.pages else ()
    return Head(d.title, d.title_rule, d.type_rule, d.date_source.value, d.url, d.source, d.is_line, d.authors, pages)


def _numbers(values: object) -> np.ndarray:
    return np.array(list(values), np.int64)


def _write_keywords(out: ArraysWriter, name: str, values: Sequence[str]) -> np.ndarray:
    """Write a column of strings; the ordinals."""
    distinct = sorted({value.encode() for value in values})
    ordinal = {value: number for number, value in enumerate(distinct)}
    write_terms(out, name, distinct)
    ords = _numbers(ordinal[value.encode()] for value in values)
    out.add(f"{name}.ords", narrowed(ords))
    return ords


def write_postings(out: ArraysWriter, name: str, postings: Postings) -> None:
    """Write the lists of a whole field that are in memory."""
    encoder = PostingEncoder(positions=postings.positions is not None)
    encoded = encoder.encode(postings)
    for suffix in encoder.names:
        out.add(f"{name}.{suffix}", encoded.get(suffix, np.zeros(0, suffix[-3:])))
    records = encoded.get(RECORDS, np.zeros(0, RECORD))
    out.add(f"{name}.{RECORDS}", records.astype(encoder.record_type))


def lay(folder: Path, segments: Sequence[Sequence[Analysed]], deleted: Iterable[str] = ()) -> Path:
    """An index of these segments, some of its documents deleted."""
    folder.mkdir(exist_ok=True)
    gone, entries = set(deleted), []
    for number, corpus in enumerate(segments):
        name = f"{number:016x}"
        write_plain_segment(folder / f"{name}.seg", corpus)
        dead = np.array([d.document.id in gone for d in corpus])
        if dead.any():
            write_dead(folder / f"{name}.dead", dead)
        entries.append(SegmentEntry(name, len(corpus), int(dead.sum())))
    write_toc(folder, entries)
    return folder
