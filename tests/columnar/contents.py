"""Segments written by the real writer, and what they hold as plain values that can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.columnar.batch import WordBatch, WordsPreparer
from indexer.columnar.draft import DraftSegment, Placed
from indexer.columnar.generation import OpenGeneration, Part
from indexer.columnar.schema import FIELDS, STEM, SURFACE, field_name
from indexer.columnar.segment import Segment
from indexer.columnar.sortkeys import SortedKeys
from indexer.columnar.writer import Writer
from indexer.documents import Entry
from indexer.model import Document

Lists = dict[bytes, list[tuple[int, int, tuple[int, ...]]]]


def placed(document: Document) -> Placed:
    """Where a document goes."""
    return Placed(
        id=document.id.encode(),
        file=f"{document.root}/{document.file}".encode(),
        first_seen=document.first_seen.encode(),
        line=document.is_line,
    )


def prepared(preparer: WordsPreparer, documents: Sequence[Document]) -> tuple[WordBatch, list[Placed | None]]:
    """A batch of documents and their places: what a writer takes."""
    return preparer.prepare([Entry.of(document) for document in documents]), [placed(d) for d in documents]


def write_segment(path: Path, documents: Sequence[Document], preparer: WordsPreparer, *, batch: int = 7) -> Segment:
    """A segment of these documents, in batches of so many."""
    draft = DraftSegment(path.parent)
    for start in range(0, len(documents), batch):
        draft.add(*prepared(preparer, documents[start : start + batch]))
    draft.write(path)
    return Segment(path)


def write_generation(
    folder: Path,
    preparer: WordsPreparer,
    add: Sequence[Document] = (),
    *,
    base: OpenGeneration | None = None,
    remove: Sequence[str] = (),
    batch: int = 100,
) -> OpenGeneration:
    """A generation in a folder of its own, on top of another."""
    folder.mkdir()
    for part in base.parts if base else ():
        for file in base.folder.glob(f"{part.name}.*") if base else ():
            (folder / file.name).hardlink_to(file)
    writer = Writer(folder, base)
    writer.remove(remove)
    for start in range(0, len(add), batch):
        writer.add(*prepared(preparer, add[start : start + batch]))
    live = writer.commit()
    generation = OpenGeneration(folder, base)
    assert generation.live == live
    return generation


def postings(segment: Segment) -> dict[str, Lists]:
    """Field → term → (document, frequency, positions) of each posting."""
    return {name: _lists(segment, name) for name in (field_name(f, form) for f in FIELDS for form in (SURFACE, STEM))}


def _lists(segment: Segment, name: str) -> Lists:
    field = segment.field(name)
    lists = field.lists.decode(0, len(field.lists))
    docs, tf = iter(lists.docs.tolist()), iter(lists.tf.tolist())
    places = None if lists.positions is None else iter(lists.positions.tolist())
    return {
        term: [
            (next(docs), count := next(tf), () if places is None else tuple(next(places) for _ in range(count)))
            for _ in range(df)
        ]
        for term, df in zip(field.terms, lists.df.tolist(), strict=True)
    }


def columns(segment: Segment) -> dict[str, Any]:
    """Lengths and columns, as a plain segment has them too."""
    keywords = {
        name: [getattr(segment, name).of(number) for number in range(segment.documents)]
        for name in ("ids", "types", "files", "first_seen")
    }
    return keywords | {
        "lengths": {name: segment.field(name).lengths.tolist() for name in segment.field_names},
        "totals": {name: segment.field(name).total_length for name in segment.field_names},
        "numbers": [segment.number(id) for id in keywords["ids"]],
        "dates": segment.date_keys[segment.date_ords].tolist(),
        "titles": segment.title_ords.tolist(),
    }


def documents_of(segment: Segment, dead: np.ndarray | None = None) -> list[Document]:
    """The stored documents that live."""
    part = Part("", segment, 0, dead)
    return [part.document(number) for number in range(segment.documents) if dead is None or not dead[number]]


def title_keys(segment: Segment) -> list[bytes]:
    """The keys of titles by rank."""
    return list(SortedKeys(segment.file, "title.keys").iterate(0))


def held(generation: OpenGeneration) -> dict[str, Document]:
    """All live documents by id; each is there once."""
    found = [document for part in generation.parts for document in documents_of(part.segment, part.dead)]
    by_id = {document.id: document for document in found}
    assert len(by_id) == len(found) == generation.live
    return by_id
