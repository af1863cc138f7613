"""`python -m benchmarks.alike`: which reprises of the documents of an index are found to be reprises, by what was
changed in them, and in what time; and the largest groups of the index itself, to be judged by eye.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.assembly import word_lists
from indexer.columnar.alike import find_alike
from indexer.columnar.batch import WordsPreparer
from indexer.columnar.draft import DraftSegment, Placed
from indexer.columnar.generation import OpenGeneration
from indexer.columnar.segment import Segment
from indexer.documents import Entry
from indexer.engines.local import LocalEngine
from indexer.french import WordLists
from indexer.model import DateSource
from indexer.settings import load_settings

_SEED = 20_231_130
_DOCUMENTS = 1_000
_LEAST_WORDS = 60
_AT_ONCE = 500
_GROUPS = 12
_TITLES = 8

_INTRODUCTION = (
    "BAMAKO (Agence) – Nous reproduisons ci-dessous, avec l’accord de notre partenaire, le texte publié ce matin."
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


# --- what becomes of a text ------------------------------------------------------------------------------------------


def _typography(text: str, rng: random.Random) -> str:
    return text.replace("’", "'").replace("«\u00a0", '"').replace("\u00a0»", '"').replace("…", "...").upper()


def _introduced(text: str, rng: random.Random) -> str:
    return f"{_INTRODUCTION}\n\n{text}"


def _cut(share: float) -> Callable[[str, random.Random], str]:
    def cut(text: str, rng: random.Random) -> str:
        words = text.split()
        return " ".join(words[: round(len(words) * share)])

    return cut


def _reworded(share: float) -> Callable[[str, random.Random], str]:
    def reworded(text: str, rng: random.Random) -> str:
        return " ".join("autrement" if rng.random() < share else word for word in text.split())

    return reworded


def _shuffled(text: str, rng: random.Random) -> str:
    sentences = _SENTENCE_END.split(text)
    return " ".join(rng.sample(sentences, len(sentences)))


def _without_a_sentence(text: str, rng: random.Random) -> str:
    sentences = _SENTENCE_END.split(text)
    del sentences[rng.randrange(len(sentences))]
    return " ".join(sentences)


CHANGES: Mapping[str, Callable[[str, random.Random], str]] = {
    "typography": _typography,
    "an introduction": _introduced,
    "a sixth cut off": _cut(0.85),
    "both": lambda text, rng: _introduced(_cut(0.85)(text, rng), rng),
    "a third cut off": _cut(0.7),
    "half cut off": _cut(0.5),
    "a sentence left out": _without_a_sentence,
    "sentences in another order": _shuffled,
    "one word in twenty changed": _reworded(0.05),
    "one word in ten changed": _reworded(0.1),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many texts were changed, how many are in the group of what they were, how many groups hold others too."""

    asked: int
    found: int
    mixed: int


def measured(texts: Sequence[str], lists: WordLists) -> dict[str, Tally]:
    """For each kind of change what becomes of these texts, which are those of distinct documents."""
    preparer = WordsPreparer(dict(lists.files))
    return {name: _tally(texts, change, preparer) for name, change in CHANGES.items()}


def _tally(texts: Sequence[str], change: Callable[[str, random.Random], str], preparer: WordsPreparer) -> Tally:
    rng = random.Random(_SEED)
    every = [*texts, *(change(text, rng) for text in texts)]
    with tempfile.TemporaryDirectory() as folder:
        alike = find_alike([(_segment(Path(folder), every, preparer, rng), None)])
    groups: dict[int, set[int]] = defaultdict(set)
    for number, group in zip(alike.members.tolist(), alike.groups.tolist(), strict=True):
        groups[group].add(number)
    of = {number: group for group in groups.values() for number in group}
    found = sum(number + len(texts) in of.get(number, ()) for number in range(len(texts)))
    mixed = sum(len({number % len(texts) for number in group}) > 1 for group in groups.values())
    return Tally(len(texts), found, mixed)


def _segment(folder: Path, texts: Sequence[str], preparer: WordsPreparer, rng: random.Random) -> Segment:
    draft = DraftSegment(folder)
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        places = [Placed(b"%d" % number, b"%d" % number, b"", False) for number in range(start, start + len(some))]
        draft.add(preparer.prepare([_entry(text, rng.randbytes(32).hex()) for text in some]), places)
    draft.write(folder / "0.seg")
    return Segment(folder / "0.seg")


def _entry(text: str, digest: str) -> Entry:
    return Entry(
        key=None, title="", title_rule="", text=text, date=None, date_source=DateSource.NONE, type="", type_rule="",
        url=None, source=None, digest=digest,
    )  # fmt: skip


def table(tallies: Mapping[str, Tally]) -> str:
    """The tallies as a table."""
    rows = ["| changed | texts | found | groups with others |", "| --- | --- | --- | --- |"]
    for name, tally in tallies.items():
        rows.append(f"| {name} | {tally.asked} | {tally.found / tally.asked:.3f} | {tally.mixed} |")
    return "\n".join(rows)


# --- an index --------------------------------------------------------------------------------------------------------


def long_texts(generation: OpenGeneration, count: int) -> list[str]:
    """Texts of some documents of which each is alone in its group."""
    alike = generation.alike
    taken = set(alike.members.tolist()) | set(alike.copies.tolist())
    found = []
    for part in generation.parts:
        lengths = part.segment.field("body_surface").lengths
        for own in np.flatnonzero(lengths >= _LEAST_WORDS).tolist():
            if part.first + own not in taken and (part.dead is None or not part.dead[own]):
                found.append((part, own))
    chosen = random.Random(_SEED).sample(found, min(count, len(found)))
    return [part.document(own).text for part, own in chosen]


def _timed(generation: OpenGeneration) -> str:
    segments = [(part.segment, part.dead) for part in generation.parts]
    find_alike(segments)
    started = time.process_time()
    alike = find_alike(segments)
    took = time.process_time() - started
    groups = len(np.unique(alike.groups))
    return (
        f"{generation.live:,} documents, {len(alike.copies):,} copies, {len(alike.members):,} in {groups:,} groups: "
        f"{took:.3f} CPU-s"
    )


def _largest(generation: OpenGeneration) -> Iterable[str]:
    alike = generation.alike
    sizes = np.bincount(alike.groups.astype(np.int64))
    for group in np.argsort(-sizes, kind="stable")[:_GROUPS].tolist():
        members = alike.members[alike.groups == group].tolist()
        yield f"{len(members)}:"
        for number in members[:_TITLES]:
            part = next(part for part in reversed(generation.parts) if part.first <= number)
            document = part.document(number - part.first)
            yield f"    {document.title[:80]} | {' '.join(document.text.split())[:80]}"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path, help="a folder that `reindex` made")
    parser.add_argument("--documents", type=int, default=_DOCUMENTS, help="that are changed (default %(default)s)")
    asked = parser.parse_args()
    settings = load_settings(index=asked.index)
    generation = LocalEngine(asked.index, settings.ranking).snapshot().generation
    print(_timed(generation), *_largest(generation), sep="\n")
    print(table(measured(long_texts(generation, asked.documents), word_lists(settings))))


if __name__ == "__main__":
    main()
