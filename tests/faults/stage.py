"""Workloads, what an index holds, and the invariant that is checked after each fault.

A workload is a history of runs over a corpus of its own; the last run is the one that faults befall. The folder that is
watched holds the index two levels deep, so that the names of the folders above it are part of what must survive.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from indexer.assembly import create_service
from indexer.errors import IndexMissing
from indexer.model import SearchRequest
from indexer.settings import load_settings
from tests.conftest import ROOT
from tests.faults.lane import Lanes, Ran
from tests.faults.shim import Fault, Operation, read_record

_INDEX = Path("données") / "index"
_QUERIES = ("mission", "mandat OU relève", '"prend fin"', "bataillon*", "mission -Gao", "sécurité Kidal accord")
_PLACES = ("Gao", "Kidal", "Ménaka", "Tombouctou", "Mopti", "Ansongo", "Sévaré")
_AGE_S = 3600
# Lists of this length load at once; what they hold does not matter here.
_LIST_LINES = 3

Step = Callable[["Corpus"], None]


@dataclass(frozen=True)
class Held:
    """What an index holds, as far as anybody can see: its documents, and how many hits some queries have."""

    documents: frozenset[tuple[str, str, str]]
    totals: tuple[int, ...]


def index_of(watched: Path) -> Path:
    """Where the index lies below a watched folder."""
    return watched / _INDEX


def held(watched: Path, config: Path) -> Held | None:
    """What the index of a watched folder holds, None before the first run. Raises IndexProblem."""
    service = create_service(load_settings(config, index_of(watched), {}))
    try:
        everything = service.search(SearchRequest(per_page=100))
    except IndexMissing:
        return None
    documents = frozenset((hit.document.id, hit.document.title, hit.document.text) for hit in everything.hits)
    assert len(documents) == everything.total, "two documents are the same"
    return Held(documents, tuple(service.search(SearchRequest(query)).total for query in _QUERIES))


class Corpus:
    """A folder of small French texts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)

    def write(self, name: str, content: str) -> None:
        """A file last changed long ago, so that a run need not read it twice."""
        file = self.folder / name
        file.write_text(content, encoding="utf-8")
        then = time.time() - _AGE_S
        os.utime(file, (then, then))

    def article(self, number: int, more: str = "") -> None:
        """A text of its own, that shares words with others."""
        place = _PLACES[number % len(_PLACES)]
        self.write(
            f"{number:03}.txt",
            f"La relève numéro {number}\n\nLe bataillon de {place} assure la sécurité ; la mission {number % 3} prend "
            f"fin. {more} L’accord signé à {_PLACES[number * 3 % len(_PLACES)]} fixe le mandat.\n",
        )

    def remove(self, number: int) -> None:
        """Take a text away."""
        (self.folder / f"{number:03}.txt").unlink()


def beginning(corpus: Corpus) -> None:
    """Four files and a table of four documents."""
    for number in range(4):
        corpus.article(number)
    lines = ({"id": f"t{n}", "title": f"Table {n}", "text": f"Mission à {_PLACES[n]}."} for n in range(4))
    corpus.write("table.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def changes(corpus: Corpus) -> None:
    """One file more, one changed, one gone."""
    corpus.article(10)
    corpus.article(1, "Une phrase de plus.")
    corpus.remove(2)


def one_more(number: int) -> Step:
    """A step that adds one text."""
    return lambda corpus: corpus.article(number)


def nothing(corpus: Corpus) -> None:
    """No change."""


@dataclass(frozen=True)
class Plan:
    """The history of a workload: steps with a run after each. `options` are those of the last run."""

    steps: tuple[Step, ...]
    options: tuple[str, ...] = ()


# Small runs are merged six at a time: the last of sixteen merges for the third time. Three old generations leave one to
# collect.
PLANS = {
    "first": Plan((beginning,)),
    "update": Plan((beginning, one_more(5), one_more(6), changes)),
    "merge": Plan((beginning, *(one_more(number) for number in range(20, 34)), one_more(34))),
    "rebuild": Plan((beginning, changes, one_more(7), nothing), ("--full",)),
}


@dataclass(frozen=True)
class Workload:
    """A made history, ready for its last run again and again."""

    name: str
    lanes: Lanes
    corpus: Path
    config: Path
    template: Path
    options: tuple[str, ...]
    before: Held | None
    after: Held
    operations: tuple[Operation, ...]

    def run(self, watched: Path, fault: Fault | None = None, record: Path | None = None) -> Ran:
        """The run that faults befall, on a copy of the template."""
        return self.reindex(watched, *self.options, fault=fault, record=record)

    def reindex(self, watched: Path, *options: str, fault: Fault | None = None, record: Path | None = None) -> Ran:
        """`trouvaille reindex` of the corpus."""
        return self.lanes.run(reindex_args(self.corpus, watched, self.config, options), watched, fault, record)

    def verify(self, watched: Path) -> Ran:
        """`trouvaille verify`"""
        return self.lanes.run(["verify", "--index", index_of(watched), "--config", self.config], watched)

    @contextmanager
    def copy(self) -> Iterator[Path]:
        """A folder to watch, in the state before the last run; gone afterwards."""
        watched = self.template.parent / f"trial-{time.monotonic_ns()}"
        copy_tree(self.template, watched)
        try:
            yield watched
        finally:
            shutil.rmtree(watched)

    def broken(self, watched: Path, allowed: Iterable[Held | None]) -> str:
        """How the invariant is broken after a fault; empty when it holds.

        The index opens and holds one of the allowed states; the next plain run needs no help, reaches the state of the
        corpus, and leaves a sound and tidy index.
        """
        try:
            now = held(watched, self.config)
        except Exception as error:
            return f"the index cannot be read: {type(error).__name__}: {error}"
        if now not in allowed:
            return f"the index holds a state that it must not: {_difference(now, self.after)}"
        recovery = self.reindex(watched)
        if recovery.code:
            return f"the next run ends with {recovery.code}: {recovery.err}"
        then = held(watched, self.config)
        if then != self.after:
            return f"the next run leaves another state: {_difference(then, self.after)}"
        if strange := _strange(index_of(watched)):
            return f"left behind: {strange}"
        verified = self.verify(watched)
        return f"not sound: {verified.out}{verified.err}" if verified.code else ""


def reindex_args(corpus: Path, watched: Path, config: Path, options: Sequence[str] = ()) -> list[str | Path]:
    """`trouvaille reindex` of a corpus into the index of a watched folder."""
    return ["reindex", corpus, "--index", index_of(watched), "--config", config, *options]


def _difference(now: Held | None, expected: Held) -> str:
    if now is None:
        return "none"
    return f"{len(now.documents - expected.documents)} strange, {len(expected.documents - now.documents)} missing"


def _strange(index: Path) -> list[str]:
    """Names that no finished run leaves."""
    known = {"lock", "CURRENT", "generations", "runs.jsonl"}
    inside = [entry.name for entry in (index / "generations").iterdir()]
    return [
        *(entry.name for entry in index.iterdir() if entry.name not in known),
        *(name for name in inside if not name.isdecimal()),
    ]


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder; names that are one file stay one file."""
    copies: dict[int, Path] = {}

    def copy(file: str, copied: str) -> None:
        inode = os.stat(file).st_ino  # noqa: PTH116 - copytree gives strings
        if inode in copies:
            os.link(copies[inode], copied)
        else:
            shutil.copy2(file, copied)
            copies[inode] = Path(copied)

    shutil.copytree(source, target, copy_function=copy)


def small_config(folder: Path) -> Path:
    """Our settings with word lists and types cut short, so that a run costs what it writes."""
    (folder / "french").mkdir(parents=True)
    for file in (ROOT / "config" / "french").iterdir():
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
        (folder / "french" / file.name).write_text("\n".join(lines[:_LIST_LINES]) + "\n", encoding="utf-8")
    (folder / "types.toml").write_text('[[type]]\nvalue = "communiqué"\nlabel = "Communiqué"\n', encoding="utf-8")
    config = folder / "trouvaille.toml"
    config.write_text("", encoding="utf-8")
    return config


def make_old(watched: Path) -> None:
    """Let a minute pass for every generation there is, so that the next run collects."""
    then = time.time() - _AGE_S
    for manifest in (index_of(watched) / "generations").glob("*/manifest.json"):
        os.utime(manifest, (then, then))


@dataclass(frozen=True)
class Recorded:
    """One acknowledged run of a history: what it did to the disk and what the index held then."""

    operations: tuple[Operation, ...]
    after: Held


def recorded_runs(plan: Plan, corpus: Corpus, watched: Path, config: Path, lanes: Lanes) -> Iterator[Recorded]:
    """Play a history, each run recorded."""
    for number, step in enumerate(plan.steps, 1):
        step(corpus)
        make_old(watched)
        record = watched.with_name(f"{watched.name}-record")
        options = plan.options if number == len(plan.steps) else ()
        done = lanes.run(reindex_args(corpus.folder, watched, config, options), watched, record=record)
        assert done.code == 0, done.err
        state = held(watched, config)
        assert state is not None
        yield Recorded(tuple(read_record(record, watched)), state)
        record.unlink()


def make_workload(name: str, folder: Path, config: Path, lanes: Lanes) -> Workload:
    """Play the history of a plan, and keep the state before its last run."""
    plan = PLANS[name]
    corpus = Corpus(folder / "corpus")
    template, playing = folder / "template", folder / "playing"
    playing.mkdir()
    before: Held | None = None
    runs = recorded_runs(plan, corpus, playing, config, lanes)
    for _ in plan.steps[:-1]:
        before = next(runs).after
    make_old(playing)
    copy_tree(playing, template)
    last = next(runs)
    return Workload(name, lanes, corpus.folder, config, template, plan.options, before, last.after, last.operations)
