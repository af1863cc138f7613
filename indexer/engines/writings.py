"""How texts write a word that is known by its folded form: securite is « sécurité », algerie « Algérie ».

The index holds folded forms alone, so a few texts are read: short ones, of which little has to be unpacked, and only
the pieces in which the word stands. What it looks like inside sentences counts; at the beginning of one every word has
a capital, and in a title in capitals every letter is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np

from indexer.columnar.generation import Part
from indexer.columnar.postings import Entry
from indexer.columnar.schema import SURFACE, field_name
from indexer.engines.collection import Collection
from indexer.french import Analyzer
from indexer.highlight import Marker
from indexer.query.tree import Phrase

_BODY, _TITLE = field_name("body", SURFACE), field_name("title", SURFACE)
# Texts that are read, and before a word is taken for a name; among how many of a segment the shortest are looked for.
_TEXTS = 5
_TEXTS_FOR_A_NAME = 32
_AMONG = 64
# What stands before the first word of a sentence, of a line or of a text.
_BEGINNING = re.compile(r"(?:^|[.!?…:;•|\n*#–—-])[\s«“„\"'’(\[]*$")
_LOOKED_BACK = 16
# Letters, with hyphens and apostrophes between them: surveillant(e) is no way to write surveillante.
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑'’][^\W\d_]+)*")


class Writings:
    """Reads how a collection writes its words."""

    def __init__(self, collection: Collection, analyzer: Analyzer) -> None:
        self._parts = collection.parts
        self._analyzer = analyzer

    def commonest(self, surface: str) -> str:
        """The commonest way to write a word inside sentences, in small letters when it ever is there or when it only
        begins sentences; the folded form when no text has it."""
        marker = Marker((Phrase((surface,), surface),), self._analyzer)
        inside: Counter[str] = Counter()
        elsewhere: Counter[str] = Counter()
        for number, text in enumerate(islice(self._texts(surface), _TEXTS_FOR_A_NAME), start=1):
            for before, written in self._found(marker, text, surface):
                (inside if _is_inside(before) else elsewhere)[written] += 1
            # A name is one that is always written as one: « le Conseil » may be « un conseil » elsewhere.
            if number >= _TEXTS and (not inside or any(map(str.islower, inside)) or _most(inside).isupper()):
                break
        small = Counter({written: count for written, count in inside.items() if written.islower()})
        if inside:
            return _most(small or inside)
        written = _most(elsewhere) if elsewhere else surface
        return written if written.isupper() else written.lower()

    def _found(self, marker: Marker, text: str, surface: str) -> Iterator[tuple[str, str]]:
        """What stands before each occurrence in a text, and how it is written."""
        before = ""
        for piece, marked in marker.mark(text):
            if marked and self._analyzer.fold(piece) == surface:  # Mme is marked for madame
                written = unicodedata.normalize("NFC", piece).replace("'", "’")
                if _WORD.fullmatch(written):
                    yield before[-_LOOKED_BACK:], written
            before = piece

    def _texts(self, surface: str) -> Iterator[str]:
        """Pieces of texts and titles that have a word: of bodies first, of segments with many of them first."""
        for name in (_BODY, _TITLE):
            found = []
            for part in self._parts:
                field = part.segment.field(name)
                ordinal = field.terms.find(surface.encode(errors="replace"))
                if ordinal >= 0:
                    found.append((field.lists.entry(ordinal), part))
            for entry, part in sorted(found, key=lambda one: -one[0].df):
                yield from _texts_of(part, name, entry)


def _is_inside(before: str) -> bool:
    """Whether a word that stands behind this is inside a sentence, where a capital means something."""
    words = before.split()
    in_capitals = bool(words) and len(words[-1]) > 1 and words[-1].isupper()
    return not in_capitals and not _BEGINNING.search(before)


def _texts_of(part: Part, name: str, entry: Entry) -> Iterator[str]:
    """The shortest of the first texts or titles of a segment that have a word, whose list is `entry`."""
    field = part.segment.field(name)
    documents = field.lists.docs(entry._replace(df=min(entry.df, _AMONG)))
    order = np.argsort(field.lengths[documents], kind="stable")
    tf = field.lists.tf(entry)
    for place in order.tolist():
        number = int(documents[place])
        if part.dead is not None and part.dead[number]:
            continue
        if name == _TITLE:
            yield part.stored.document(part.segment, number, ()).title
            continue
        pieces = part.stored.pieces(number)
        position = field.lists.positions(entry, place if tf is None else int(tf[:place].sum()), 1)
        firsts = part.stored.first_positions(number)
        yield part.stored.text(pieces[int(firsts.searchsorted(position, "right")[0]) - 1])


def _most(writings: Counter[str]) -> str:
    """The commonest, of equally common ones the one with fewer capitals, then with more accents."""
    return max(writings, key=lambda one: (writings[one], -sum(map(str.isupper, one)), not one.isascii(), one))
