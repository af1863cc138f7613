"""The terms that our own analysis makes of a document, as text that any engine's white space tokenizer can read.

A position can hold several terms (`salarié(e)s`, `100.000`). The first of each stand in a row, so that phrases are
where they are; the others follow behind, each after a separator that is no term, so that none makes a phrase.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.corpus import Corpus
from indexer.assembly import analyzer, type_rules
from indexer.french import Analyzer
from indexer.settings import Settings, load_settings

SEPARATOR = "|"
FIELDS = ("title_surface", "title_stem", "body_surface", "body_stem")
_FILE = "analysed.jsonl"


@dataclass(frozen=True, slots=True)
class Analysed:
    """One document for an engine: what it shows, what it counts (`year` is 0 when unknown), what it indexes."""

    id: str
    title: str
    text: str
    type: str
    year: int
    title_surface: str
    title_stem: str
    body_surface: str
    body_stem: str


def terms(text: str, french: Analyzer) -> tuple[str, str]:
    """The surfaces and the stems of a text, separated by spaces."""
    surfaces: list[str] = []
    stems: list[str] = []
    others: list[str] = []
    for _, words in french.words(text):
        for word in words.words:
            surfaces.append(word.surface[0])
            stems += word.stem
            others += word.surface[1:]
    tail = "".join(f" {SEPARATOR} {other}" for other in others)
    return " ".join(surfaces) + tail, " ".join(stems)


def analyse(corpus: Corpus, settings: Settings | None = None) -> Iterator[Analysed]:
    """Every document of a corpus, read and analysed as our own index does it."""
    settings = settings or load_settings(environ={})
    french = analyzer(settings)
    for entry in corpus.entries(type_rules(settings)):
        yield Analysed(
            id=entry.key or "",
            title=entry.title,
            text=entry.text,
            type=entry.type,
            year=entry.date.year if entry.date else 0,
            **dict(zip(FIELDS, terms(entry.title, french) + terms(entry.text, french), strict=True)),
        )


def save(analysed: Iterable[Analysed], folder: Path) -> None:
    """Keep analysed documents in a corpus's folder, for the engines that take them from there."""
    partial = path(folder).with_suffix(".part")
    with partial.open("w", encoding="utf-8") as file:
        for document in analysed:
            file.write(json.dumps(asdict(document), ensure_ascii=False) + "\n")
    partial.rename(path(folder))


def path(folder: Path) -> Path:
    """Where `save` keeps them."""
    return folder / _FILE


def load(folder: Path) -> Iterator[Analysed]:
    """What `save` kept."""
    with path(folder).open(encoding="utf-8") as file:
        for line in file:
            yield Analysed(**json.loads(line))
