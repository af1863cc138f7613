"""A run that writes the next generation of the embedded engine. See engines.base.Update."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast, overload

from indexer.columnar.arrays import Array
from indexer.columnar.batch import WordBatch, WordsPreparer
from indexer.columnar.draft import Placed
from indexer.columnar.generation import OpenGeneration, Part
from indexer.columnar.generations import IndexDirectory, Manifest
from indexer.columnar.schema import INSIDE
from indexer.columnar.writer import Writer
from indexer.documents.hyphens import Joins, unknown
from indexer.engines.base import Batch, Known, Place, Preparer
from indexer.engines.joints import Joints
from indexer.engines.problems import PROBLEMS, problems_from, problems_to_bytes
from indexer.engines.sigles import SIGLES, SigleCounts, learned_from
from indexer.errors import IndexDamaged
from indexer.french import CHAIN_VERSION, WordLists
from indexer.french.mentions import MENTIONS_VERSION
from indexer.model import Document, Problem, Root

FILES = "files.json"
WORDS = "words-"
MENTIONS = "mentions"

# Documents of a file looked up at once.
_AT_ONCE = 4096

_REASONS = {
    "chain": "l’analyse du français a changé de version",
    "words": "les listes de mots ont changé",
    "types": "les règles de types ou les noms de colonnes ont changé",
    MENTIONS: "la recherche des dates citées a changé",
}


class LocalUpdate:
    """A run under the write lock. See engines.base.Update.

    `manifest` and `base` are the generation in service, None when there is none, or none that can be opened; `roots`
    are its roots, which a repair may know without it. `mentions`: dates that documents name are looked for.
    """

    def __init__(
        self,
        directory: IndexDirectory,
        manifest: Manifest | None,
        base: OpenGeneration | None,
        roots: tuple[Root, ...],
        lists: WordLists,
        rules_digest: str,
        mentions: bool,
    ) -> None:
        self._directory = directory
        self._manifest = manifest
        self._base = base
        self._lists = lists
        self._built_with = {"chain": CHAIN_VERSION, "words": lists.digest, "types": rules_digest}
        self._mentions = mentions
        if mentions:
            self._built_with[MENTIONS] = MENTIONS_VERSION
        self._continued: Manifest | None = None  # the generation that this run writes on top of
        self._writer: Writer | None = None
        self._sigles = SigleCounts()
        self.roots = roots
        self.outdated = _outdated(manifest, self._built_with) if manifest else ""

    # --- what is there -----------------------------------------------------------------------------------------------

    @property
    def generation(self) -> int:
        """See engines.base.Update."""
        return self._manifest.generation if self._manifest else 0

    def known(self, id: str) -> Known | None:
        """See engines.base.Update."""
        if self._base is None:
            return None
        found = self._base.find(id)
        with self._base.damage_named():
            return None if found is None else _known(*found)

    def of_file(self, file: str) -> Sequence[Known]:
        """See engines.base.Update. Each is looked up when it is asked for."""
        if self._base is None:
            return ()
        with self._base.damage_named():
            found = [(part, part.of_file(file)) for part in self._base.parts]
            return _Documents(self._base, [(part, numbers) for part, numbers in found if len(numbers)])

    def files(self) -> bytes:
        """See engines.base.Update."""
        return self._content(self._manifest, FILES)

    def problems(self) -> tuple[Problem, ...]:
        """See engines.base.Update."""
        return problems_from(self._content(self._manifest, PROBLEMS))

    def _content(self, manifest: Manifest | None, name: str) -> bytes:
        """A file of a generation, checked; empty when it has none of this name. Raises IndexDamaged."""
        if manifest is None or name not in manifest.files:
            return b""
        try:
            content = (self._directory.folder(manifest.generation) / name).read_bytes()
        except OSError as error:
            raise _damaged(name, error.strerror or str(error)) from error
        if hashlib.sha256(content).hexdigest() != manifest.files[name].sha256:
            raise _damaged(name, "contenu altéré")
        return content

    def stored(self, id: str) -> Document:
        """See engines.base.Update. KeyError when there is none."""
        document = self._base.document(id) if self._base else None
        if document is None:
            raise KeyError(id)
        return document

    # --- what is written ---------------------------------------------------------------------------------------------

    def preparer(self) -> Callable[[], Preparer]:
        """See engines.base.Update."""
        return partial(WordsPreparer, dict(self._lists.files), mentions=self._mentions)

    def joints(self) -> Joins:
        """See engines.base.Update."""
        return Joints(self._base.folder) if self._base else unknown

    def start(self, *, rebuild: bool) -> None:
        """See engines.base.Update."""
        self._continued = None if rebuild else self._manifest
        draft = self._directory.begin(self._continued)
        self._writer = Writer(draft, None if self._continued is None else self._base)

    def add(self, batch: Batch, places: Sequence[Place | None]) -> None:
        """See engines.base.Update. ValueError for an id that was added before, or that the generation still has."""
        assert self._writer is not None
        words = cast(WordBatch, batch)
        self._writer.add(words, [None if place is None else _placed(place) for place in places])
        self._sigles.add(pair for number, pair in words.sigles if places[number] is not None)

    def remove(self, ids: Iterable[str]) -> None:
        """See engines.base.Update. A rebuild has nothing to remove. KeyError for an id that is not there."""
        assert self._writer is not None
        if self._continued is not None:
            self._writer.remove(ids)

    def publish(
        self, *, files: bytes, roots: tuple[Root, ...], last_run: Mapping[str, Any], problems: Sequence[Problem] = ()
    ) -> int:
        """See engines.base.Update."""
        assert self._writer is not None
        documents = self._writer.commit()
        draft = self._directory.draft
        _write_anew(draft / FILES, files)
        (draft / PROBLEMS).unlink(missing_ok=True)
        if problems:
            _write_anew(draft / PROBLEMS, problems_to_bytes(problems))
        if self._sigles:
            self._sigles.continue_from(learned_from(self._content(self._continued, SIGLES)))
            _write_anew(draft / SIGLES, self._sigles.to_bytes())
        if self._continued is None:
            for name, content in self._lists.files.items():
                _write_anew(draft / f"{WORDS}{name}", content)
        manifest = self._directory.publish(
            base=self._continued,
            published=datetime.now(UTC).isoformat(timespec="seconds"),
            documents=documents,
            built_with=self._built_with,
            roots=roots,
            last_run=last_run,
        )
        return manifest.generation


class _Documents(Sequence[Known]):
    """Documents of the index, looked up when they are asked for: ten million lines are not ten million objects.

    `found` has numbers of documents by part.
    """

    def __init__(self, base: OpenGeneration, found: Sequence[tuple[Part, Array]]) -> None:
        self._base = base
        self._found = found

    def __len__(self) -> int:
        return sum(len(numbers) for _, numbers in self._found)

    def __iter__(self) -> Iterator[Known]:
        for part, numbers in self._found:
            for first in range(0, len(numbers), _AT_ONCE):
                with self._base.damage_named():
                    known = _all_known(part, numbers[first : first + _AT_ONCE])
                yield from known

    @overload
    def __getitem__(self, place: int) -> Known: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Known]: ...
    def __getitem__(self, place: int | slice) -> Known | Sequence[Known]:
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(len(self)))]
        rest = place + len(self) if place < 0 else place
        for part, numbers in self._found:
            if 0 <= rest < len(numbers):
                with self._base.damage_named():
                    return _known(part, int(numbers[rest]))
            rest -= len(numbers)
        raise IndexError(place)


_CALLED = {
    FILES: "La table des fichiers",
    PROBLEMS: "La liste des fichiers en échec",
    SIGLES: "La liste des sigles",
}


def _damaged(name: str, how: str) -> IndexDamaged:
    return IndexDamaged(f"{_CALLED[name]} est illisible ({how}). Reconstruisez : trouvaille reindex --full")


def _known(part: Part, number: int) -> Known:
    segment = part.segment
    file, _, member = segment.files.of(number).partition(INSIDE)
    return Known(segment.ids.of(number), file, segment.digest(number), segment.first_seen.of(number), member)


def _all_known(part: Part, numbers: Array) -> list[Known]:
    """The same for many at once, ten times as fast."""
    segment = part.segment
    files, _, members = zip(*(file.partition(INSIDE) for file in segment.files.of_all(numbers)), strict=True)
    columns = segment.ids.of_all(numbers), files, segment.digests(numbers), segment.first_seen.of_all(numbers)
    return list(map(Known, *columns, members))


def _write_anew(path: Path, content: bytes) -> None:
    """Write a file of the draft; one linked from the generation before belongs to that too, and goes first."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def _placed(place: Place) -> Placed:
    inside = f"{INSIDE}{place.member}" if place.member else ""
    return Placed(
        id=place.id.encode(errors="replace"),
        file=f"{place.root}/{place.path}{inside}".encode(errors="replace"),
        first_seen=place.first_seen.encode(errors="replace"),
        line=place.line,
    )


def _outdated(manifest: Manifest, now: Mapping[str, str]) -> str:
    """Why a generation has to be rebuilt, in French; empty when it need not be."""
    built = manifest.built_with
    return " ; ".join(reason for key, reason in _REASONS.items() if built.get(key) != now.get(key))
