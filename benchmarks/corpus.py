"""A corpus on disk: 100 JSONL files of documents of some 1.3 KB, the same at every run and on every machine.

Smaller corpora are the first documents of the large one. Larger ones than the packages fill are made of its sentences.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.sources import Article, articles
from indexer.documents import Entry, TypeRules, read

FILES = 100
_SEED = 20_231_130
# Shorter articles of one work are put together, longer ones cut: with its title a document has 1.3 KB.
_CHARS = 1_200
_MAX_CHARS = 2_000
_SENTENCE_END = re.compile(r"(?<=[.;!?])\s+")
_MAX_BYTES = 512 * 1024**2
_DONE = "corpus.json"
_DOCUMENTS = "documents"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One document as it stands in a JSONL file; `date` is None when unknown."""

    id: str
    title: str
    text: str
    date: str | None
    type: str


@dataclass(frozen=True)
class Corpus:
    """A folder and what its JSONL files hold; sizes are bytes of UTF-8."""

    folder: Path
    documents: int
    text_bytes: int
    file_bytes: int
    digest: str

    @property
    def root(self) -> Path:
        """The folder that holds the JSONL files and nothing else."""
        return self.folder / _DOCUMENTS

    @cached_property
    def files(self) -> list[Path]:
        """The JSONL files, in order."""
        return sorted(self.root.iterdir())

    def lines(self) -> Iterator[Line]:
        """Every document as written."""
        for path in self.files:
            with path.open(encoding="utf-8") as file:
                for line in file:
                    yield Line(**json.loads(line))

    def entries(self, rules: TypeRules) -> Iterator[Entry]:
        """Every document as our own reader sees it: what all engines are given."""
        for path in self.files:
            for item in read(path, path.name, rules, max_bytes=_MAX_BYTES):
                if not isinstance(item, Entry):
                    raise ValueError(f"{path.name}: {item.reason}")
                yield item


def corpus(cache: Path, documents: int) -> Corpus:
    """The corpus of so many documents below `cache`, made if it is not there. Raises PackageProblem."""
    folder = cache / f"corpus-{documents}"
    found = _found(folder)
    if found is None:
        lines = _cut(articles(cache / "packages"))
        random.Random(_SEED).shuffle(lines)
        if documents > len(lines):
            lines = synthesised(lines, documents)
        found = write(folder, lines[:documents])
    return found


def write(folder: Path, lines: Sequence[Line]) -> Corpus:
    """Write documents into a new folder, in files of equal size, whole or not at all."""
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / _DOCUMENTS).mkdir(parents=True)
    digest = hashlib.sha256()
    text_bytes = file_bytes = 0
    a_file = -(-len(lines) // FILES)
    for number, start in enumerate(range(0, len(lines), a_file)):
        with (partial / _DOCUMENTS / f"{number:03}.jsonl").open("wb") as file:
            for line in lines[start : start + a_file]:
                written = json.dumps(asdict(line), ensure_ascii=False).encode() + b"\n"
                file.write(written)
                digest.update(written)
                file_bytes += len(written)
                text_bytes += len(line.title.encode()) + len(line.text.encode())
    facts = {"documents": len(lines), "text_bytes": text_bytes, "file_bytes": file_bytes, "digest": digest.hexdigest()}
    (partial / _DONE).write_text(json.dumps(facts | {"version": _VERSION}))
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return load_corpus(folder)


def load_corpus(folder: Path) -> Corpus:
    """The corpus that `write` left in a folder. Raises FileNotFoundError."""
    found = _found(folder)
    if found is None:
        raise FileNotFoundError(f"there is no corpus in {folder}")
    return found


def _found(folder: Path) -> Corpus | None:
    try:
        facts = json.loads((folder / _DONE).read_text())
    except FileNotFoundError:
        return None
    return Corpus(folder, **facts) if facts.pop("version") == _VERSION else None


def _cut(found: Iterable[Article]) -> list[Line]:
    """Articles → documents of about `_CHARS` characters, each of one work and one type."""
    lines: list[Line] = []
    held: list[Article] = []
    size = 0
    for article in found:
        if held and (size >= _CHARS or (article.work, article.type) != (held[0].work, held[0].type)):
            lines += _documents(held, len(lines))
            held, size = [], 0
        if article.paragraphs:
            held.append(article)
            size += sum(map(len, article.paragraphs))
    return lines + (_documents(held, len(lines)) if held else [])


def _documents(held: Sequence[Article], number: int) -> list[Line]:
    first = held[0]
    pieces = [piece for article in held for paragraph in article.paragraphs for piece in _pieces(paragraph)]
    texts: list[list[str]] = [[]]
    for piece in pieces:
        if sum(map(len, texts[-1])) >= _CHARS:
            texts.append([])
        texts[-1].append(piece)
    return [
        Line(f"d{number + place}", first.title, "\n\n".join(text), first.date or None, first.type)
        for place, text in enumerate(texts)
    ]


def _pieces(paragraph: str) -> Iterator[str]:
    """The paragraph, or sentences of it in a row when it is long."""
    if len(paragraph) <= _MAX_CHARS:
        yield paragraph
        return
    piece = ""
    for sentence in _SENTENCE_END.split(paragraph):
        if piece and len(piece) + len(sentence) > _CHARS:
            yield piece
            piece = ""
        piece = f"{piece} {sentence}".strip()
    if piece:
        yield piece


def synthesised(lines: Sequence[Line], documents: int) -> list[Line]:
    """So many documents: the real ones, then mixtures of their sentences, each with a new word now and then.

    A vocabulary grows with its corpus (some 10 new words in 1,000 documents here), so copies would be too easy.
    """
    made = list(lines)
    chance = random.Random(_SEED + 1)
    while len(made) < documents:
        one, other = lines[chance.randrange(len(lines))], lines[chance.randrange(len(lines))]
        sentences = _SENTENCE_END.split(one.text) + _SENTENCE_END.split(other.text)
        chosen = sorted(chance.sample(range(len(sentences)), max(1, len(sentences) // 2)))
        text = " ".join(sentences[place] for place in chosen)
        if chance.random() < 0.01:
            text += f" {''.join(chance.choice('bcdfglmnprst') + chance.choice('aeiou') for _ in range(5))}."
        made.append(Line(f"d{len(made)}", one.title, text, other.date, one.type))
    return made
