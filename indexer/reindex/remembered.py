"""What is remembered of a run, however it ends: see RunRecord."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from indexer.engines.base import Engine
from indexer.errors import IndexProblem, TrouvailleError
from indexer.model import RunRecord
from indexer.reindex.report import Report


@contextlib.contextmanager
def remembered(engine: Engine, asked: RunRecord, *, dry_run: bool) -> Iterator[Callable[[Report], None]]:
    """Time a run and have the engine remember it; what is given is to be called with its report when it ended.

    Runs of a watch are remembered when they published something or could not, the same failure once: there may be one
    a second. A `dry_run` did nothing that could be remembered.
    """
    started = time.monotonic()

    def took_ms() -> int:
        return round((time.monotonic() - started) * 1000)

    def ended(report: Report) -> None:
        report.took_ms = took_ms()
        if not dry_run and (report.published or report.missing or not asked.watch):
            _remember(engine, _with_counts(asked, report))

    try:
        yield ended
    except BaseException as error:
        if not dry_run:
            reason = _reason_of(error)
            _remember(engine, replace(asked, took_ms=took_ms(), generation=_generation_of(engine), error=reason))
        raise


def _remember(engine: Engine, run: RunRecord) -> None:
    if run.watch and run.error and any(last.error == run.error for last in engine.runs()[:1]):
        return
    engine.remember(run)


def _with_counts(asked: RunRecord, report: Report) -> RunRecord:
    return replace(
        asked,
        took_ms=report.took_ms,
        generation=report.generation,
        added=report.added,
        changed=report.changed,
        removed=report.removed,
        unchanged=report.unchanged,
        failed=sum(not problem.empty for problem in report.problems),
        empty=sum(problem.empty for problem in report.problems),
        error=" ".join(f"{problem.path} : {problem.reason}" for problem in report.missing),
    )


def _generation_of(engine: Engine) -> int:
    try:
        return engine.current()
    except IndexProblem:
        return 0


def _reason_of(error: BaseException) -> str:
    """Why a run ended, for who reads it later: an unforeseen error is told in full by its own traceback."""
    if isinstance(error, TrouvailleError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "Interrompue par la personne qui l’avait lancée."
    return f"Arrêtée par une erreur inattendue ({type(error).__name__})."
