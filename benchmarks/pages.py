"""`python -m benchmarks.pages [SAMPLES]`: the text of web pages told from all around it, by us and by others.

Made pages (see `made_pages`) say which of their sentences are the article's: recall is the share of these that is kept,
precision the share of the article's among all sentences that are kept. They are ours, and so are the rules that read
them: what they show is which layouts are hard. Of the real pages in SAMPLES its MANIFEST.tsv says a phrase and a title.

trafilatura is for the benchmarks alone (`requirements/bench.txt`); it is left out, aloud, where it is missing.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.ingestion import MANIFEST, SAMPLES, Expected, alike, manifest
from benchmarks.made_pages import Page, made_pages
from benchmarks.measuring import HOUSE, tell
from indexer.documents import Entry, TypeRules, read
from indexer.documents.formats.html import draft_of
from indexer.french.spelling import plain

# What gives the text of a page's bytes.
Extractor = Callable[[bytes], str]


def peer() -> Any:
    """The module trafilatura, or None."""
    try:
        return import_module("trafilatura")
    except ModuleNotFoundError:
        return None


@dataclass(frozen=True, slots=True)
class Share:
    """How many sentences of the article, and around it, there are and were kept."""

    article: int
    kept: int
    around: int
    kept_around: int

    @property
    def recall(self) -> float:
        """Of the article's sentences, those that were kept."""
        return self.kept / self.article

    @property
    def precision(self) -> float:
        """Of the sentences that were kept, the article's."""
        return self.kept / max(1, self.kept + self.kept_around)


def extractors() -> dict[str, Extractor]:
    """Ours, and those of the others that are installed."""
    found: dict[str, Extractor] = {"ours": lambda content: "\n".join(draft_of(content).paragraphs)}
    trafilatura = peer()
    if trafilatura is None:
        tell("trafilatura is left out: pip install -r requirements/bench.txt")
        return found
    return found | {
        "trafilatura": lambda content: trafilatura.extract(content) or "",
        "trafilatura, favor_recall": lambda content: trafilatura.extract(content, favor_recall=True) or "",
    }


def shares(pages: Iterable[Page], extract: Extractor) -> dict[str, Share]:
    """What was kept, by layout."""
    counts: dict[str, list[int]] = {}
    for page in pages:
        text = plain(extract(page.html.encode()))
        kept, kept_around = (sum(plain(one) in text for one in every) for every in (page.article, page.around))
        counted = counts.setdefault(page.layout, [0, 0, 0, 0])
        for number, count in enumerate((len(page.article), kept, len(page.around), kept_around)):
            counted[number] += count
    return {layout: Share(*counted) for layout, counted in counts.items()}


def table(found: Mapping[str, Mapping[str, Share]]) -> str:
    """Recall and precision by layout and extractor, as a Markdown table."""
    lines = [f"| made pages: recall, precision | {' | '.join(found)} |", f"| --- |{' ---: |' * len(found)}"]
    for layout in next(iter(found.values())):
        cells = (f"{of[layout].recall:.3f}, {of[layout].precision:.3f}" for of in found.values())
        lines.append(f"| {layout} | {' | '.join(cells)} |")
    return "\n".join(lines)


def real(folder: Path) -> Iterator[str]:
    """What is right of the real pages of a folder, a line for each extractor. Nothing when it has no manifest."""
    if not (folder / MANIFEST).is_file():
        return
    pages = [page for page in manifest(folder) if page.format == "html"]
    for name, extract in extractors().items():
        contents = [(folder / page.file).read_bytes() for page in pages]
        started = time.process_time()
        texts = [extract(content) for content in contents]
        ms = 1000 * (time.process_time() - started) / len(pages)
        phrases = sum(_has(text, page.phrase) for text, page in zip(texts, pages, strict=True))
        yield f"{name}: {phrases} of {len(pages)} phrases, {sum(map(len, texts))} characters, {ms:.2f} CPU ms a page"
    for name, title in _titles().items():
        right = sum(alike(page.title, title(folder, page)) for page in pages)
        yield f"{name}: {right} of {len(pages)} titles"


def _has(text: str, phrase: str) -> bool:
    """True when the words of a phrase stand in a text, but for the first or the last: some were cut within a word."""
    words, there = re.findall(r"\w+", plain(phrase)), " ".join(re.findall(r"\w+", plain(text)))
    return any(" ".join(some) in there for some in (words, words[:-1], words[1:]))


def _titles() -> dict[str, Callable[[Path, Expected], str]]:
    trafilatura = peer()
    rules = TypeRules.from_toml((HOUSE / "config" / "types.toml").read_bytes())

    def ours(folder: Path, page: Expected) -> str:
        found = next(read(folder / page.file, page.file, rules, max_bytes=100_000_000))
        return found.title if isinstance(found, Entry) else ""

    def theirs(folder: Path, page: Expected) -> str:
        found = trafilatura.extract_metadata((folder / page.file).read_bytes())
        return (found and found.title) or ""

    return {"ours": ours} if trafilatura is None else {"ours": ours, "trafilatura": theirs}


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description="The text of web pages.")
    parser.add_argument("samples", type=Path, nargs="?", default=SAMPLES)
    parser.add_argument("--of-each", type=int, default=40, help="made pages of each layout")
    given = parser.parse_args()
    pages = list(made_pages(given.of_each))
    print(table({name: shares(pages, extract) for name, extract in extractors().items()}))
    for line in real(given.samples):
        print(line)


if __name__ == "__main__":
    main()
