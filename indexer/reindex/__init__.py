"""The one write path: compare the disk with the index, read what changed, write the next generation, report.

Nothing of a run is visible before its generation is published; a run that is killed leaves the previous one in service.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from indexer.documents import TypeRules
from indexer.engines.base import Engine
from indexer.errors import IndexProblem
from indexer.french import WordLists
from indexer.model import Problem, RunRecord
from indexer.reindex.crew import usable_cores
from indexer.reindex.remembered import remembered
from indexer.reindex.report import Report
from indexer.reindex.run import Progress, Run, document_id
from indexer.settings import Columns, Settings, packaged_columns

__all__ = ["Problem", "Progress", "Report", "document_id", "reindex"]


def reindex(
    engine: Engine,
    settings: Settings,
    rules: TypeRules,
    lists: WordLists,
    paths: Sequence[Path] = (),
    *,
    forget: Sequence[Path] = (),
    full: bool = False,
    check: bool = False,
    dry_run: bool = False,
    watch: bool = False,
    jobs: int | None = None,
    new_roots: bool = True,
    progress: Progress = lambda done, total, written, what: None,
) -> Report:
    """Bring the index up to date with the disk.

    Without `paths`, all recorded roots, else the configured corpus. `full` rebuilds from nothing (ids and first-seen
    dates stay), `check` hashes every file, `dry_run` only reports. `watch`: nobody asked for this run by itself. `jobs`
    processes read and analyse, as many as the machine has cores if None, none for a little plain text; what comes of it
    is the same. Without `new_roots`, paths that are in no root are passed over. The engine
    remembers the run, but for a `dry_run` (see remembered).

    Raises IndexLocked when another run is writing, CorpusError when there is nothing that could be read, IndexProblem
    when the index could not be written or no process can be kept alive.
    """
    asked = RunRecord(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        took_ms=0,
        paths=tuple(map(str, paths)),
        forget=tuple(map(str, forget)),
        full=full,
        check=check,
        watch=watch,
    )
    digest = _digest_of(rules, settings.columns)
    with remembered(engine, asked, dry_run=dry_run) as ended:
        mentions = settings.corpus.mentions
        with _write_failures_named(), engine.update(lists, digest, mentions=mentions, full=full) as update:
            run = Run(
                update,
                settings,
                rules,
                rebuild=full or bool(update.outdated),
                check=check,
                dry_run=dry_run,
                jobs=jobs or usable_cores(),
            )
            run.report.warnings += engine.warnings()
            if update.outdated:
                run.report.warnings.append(f"Tout l’index est reconstruit : {update.outdated}.")
            run.go(run.choose(paths, forget, new_roots=new_roots), progress)
        ended(run.report)
    return run.report


@contextmanager
def _write_failures_named() -> Iterator[None]:
    """What the disk refuses becomes IndexProblem."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise IndexProblem(
            f"L’index n’a pas pu être écrit : {error.strerror or error}{where}. "
            "L’état précédent reste en service ; libérez de la place ou rétablissez les droits, puis recommencez."
        ) from error


def _digest_of(rules: TypeRules, columns: Columns) -> str:
    """Changes with whatever is decided of a document while it is read: its type, and which of its fields is which."""
    if columns == packaged_columns():
        return rules.digest
    return hashlib.sha256(f"{rules.digest} {columns}".encode()).hexdigest()
