"""What the parts of a run share: where things lie, which engines take part, indexes that are built once.

An index is built by a process of its own, and again only when the corpus, the terms, the engine's version or the files
that decide what it makes have changed; what its building cost is kept beside it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import analysis
from benchmarks.corpus import Corpus, corpus
from benchmarks.engines import engine
from benchmarks.engines.base import Engine
from benchmarks.measuring import Used, child, size, tell
from benchmarks.queries import Asked, draw
from indexer.assembly import analyzer
from indexer.settings import load_settings

_COST = "cost.json"
_KEY = "key.txt"


@dataclass(frozen=True, slots=True)
class Cost:
    """What building an index cost; `cpu_s` with all processes, `peak_anon_mb` None where the system does not say."""

    wall_s: float
    cpu_s: float
    peak_anon_mb: float | None
    bytes: int


class Workshop:
    """One run of the benchmarks."""

    def __init__(self, cache: Path, documents: int, engines: Sequence[str], *, fresh: bool = False) -> None:
        self.cache = cache
        self.names = list(engines)
        self.engines: dict[str, Engine] = {name: engine(name) for name in engines}
        self.corpus = self.corpus_of(documents)
        self._fresh = fresh
        self._built: set[Path] = set()
        self._analysis_cpu_s: float | None = None

    def corpus_of(self, documents: int) -> Corpus:
        """The corpus of a size, made if need be."""
        tell(f"corpus of {documents} documents")
        return corpus(self.cache, documents)

    def analysed(self) -> float:
        """Have the analysed documents stand beside the corpus, by the analysis of now; CPU seconds that took."""
        if self._analysis_cpu_s is not None:
            return self._analysis_cpu_s
        key = _digest(engine("ours").sources())
        kept = self.corpus.folder / "analysed.json"
        known = json.loads(kept.read_text()) if kept.exists() else {}
        if known.get("key") != key:
            tell("analysing the corpus")
            known = child("analyse", str(self.corpus.folder)).answer | {"key": key}
            kept.write_text(json.dumps(known))
        self._analysis_cpu_s = float(known["cpu_s"])
        return self._analysis_cpu_s

    def questions(self) -> list[Asked]:
        """The questions about this corpus."""
        self.analysed()
        return draw(analysis.load(self.corpus.folder), analyzer(load_settings(environ={})))

    def index(self, name: str) -> tuple[Path, Cost]:
        """The index of an engine over the corpus, and what it cost. Raises ChildFailed."""
        home = "ours" if name == "service" else name
        folder = self.cache / "indexes" / f"{home}-{self.corpus.documents}"
        self.analysed()
        made = self.engines.get(home) or engine(home)
        terms = "" if home == "ours" else _digest([analysis.path(self.corpus.folder)])
        key = "\n".join((self.corpus.digest, terms, made.version(), _digest(made.sources())))
        current = not self._fresh and (folder / _KEY).exists() and (folder / _KEY).read_text() == key
        if folder not in self._built and not current:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            tell(f"{home}: indexing {self.corpus.documents} documents")
            used = child("build", home, str(self.corpus.folder), str(folder / "made"))
            cost = cost_of(used, folder / "made")
            (folder / _COST).write_text(json.dumps(asdict(cost)))
            (folder / _KEY).write_text(key)
        self._built.add(folder)
        return folder / "made", Cost(**json.loads((folder / _COST).read_text()))


def cost_of(used: Used, folder: Path) -> Cost:
    """What an index cost that stands in this folder."""
    return Cost(used.wall_s, used.cpu_s, used.peak_anon_mb, size(folder))


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


# A part of the benchmarks: what it found, ready for JSON.
Part = Callable[[Workshop], dict[str, Any]]
