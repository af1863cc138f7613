"""What an index holds and what its runs did, told in French: for the command line, and in part for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

from indexer.french.dates import date_text
from indexer.french.typography import NO_BREAK, number, quoted
from indexer.model import PartialDate, Problem, RunRecord, StatusList, StatusReport

# Problems told one by one; a folder of ten thousand photographs is told by its reason.
IN_FULL = 20
_REASONS = 5
_VALUES = 8
_RUNS = 5
_UNKNOWN = "sans"


def status_lines(report: StatusReport, label: Callable[[str], str]) -> Iterator[str]:
    """The lines of `trouvaille status`, but for where the index lies; `label`: a type as people read it."""
    status, held = report.status, report.holdings
    yield f"Génération    {status.generation}, du {moment_text(status.published)}"
    undated = f", {number(held.undated)} sans date" if held.undated else ""
    yield f"Documents     {number(status.documents)}{undated}"
    yield f"Taille        {megabytes(status.bytes)}"
    for root in status.roots:
        yield f"Racine        {root.path}"
    for name, counts in (
        ("Formats", held.formats),
        ("Types", {label(type): count for type, count in held.types.items()}),
        ("Langues", held.languages),
    ):
        if any(counts):
            yield f"{name:13} {_values(counts)}"
    if held.years:
        first, last = min(held.years), max(held.years)
        yield f"Années        {first}" if first == last else f"Années        de {first} à {last}"
    yield from _problems("Échecs", report.failed, StatusList.FAILED)
    yield from _problems("Vides", report.empty, StatusList.EMPTY)
    if report.runs:
        yield "Mises à jour"
        for run in report.runs[:_RUNS]:
            yield f"   {moment_text(run.at)} · {seconds(run.took_ms)} · {_told(run)}"


def _told(run: RunRecord) -> str:
    """What a run was asked beyond the usual, what it did, and why it failed."""
    return " · ".join([*run_asked(run), *run_places(run), run.error or run_counts(run)])


def run_asked(run: RunRecord) -> tuple[str, ...]:
    """What a run was asked beyond the usual: « reconstruction », « relecture », « surveillance »."""
    asked = (("reconstruction", run.full), ("relecture", run.check), ("surveillance", run.watch))
    return tuple(name for name, wanted in asked if wanted)


def run_places(run: RunRecord) -> tuple[str, ...]:
    """What a run was to look at and to forget, when that was not everything."""
    return (*run.paths, *(f"sans {path}" for path in run.forget))


def run_counts(run: RunRecord) -> str:
    """« 2 ajoutés, 1 modifié, 3 échecs »: what is not nothing; « rien de changé » when all is."""
    changes = (("ajouté", run.added), ("modifié", run.changed), ("retiré", run.removed))
    problems = (("échec", run.failed), ("vide", run.empty))
    shown = [_counted(word, count) for word, count in changes if count] or ["rien de changé"]
    return ", ".join([*shown, *(_counted(word, count) for word, count in problems if count)])


def problem_lines(problems: Sequence[Problem], where: str, word: str = "") -> Iterator[str]:
    """The first problems in full, each behind `word`, and how many others there are of each reason; `where`: what gives
    them all."""
    before = f"{word} : " if word else ""
    for problem in problems[:IN_FULL]:
        yield f"{before}{problem.path} : {problem.reason}"
    rest = problems[IN_FULL:]
    if rest:
        yield f"… et {_counted('autre', len(rest))} : {reasons_text(rest)}. La liste entière : {where}"


def reasons_text(problems: Sequence[Problem]) -> str:
    """« 300 fois « format non pris en charge », 12 fois … »: the commonest reasons, then how many have others."""
    counts: dict[str, int] = {}
    for problem in problems:
        counts[problem.reason] = counts.get(problem.reason, 0) + 1
    common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{number(count)} fois {quoted(reason)}" for reason, count in common[:_REASONS]]
    others = sum(count for _, count in common[_REASONS:])
    return ", ".join(shown + ([f"{number(others)} pour d’autres raisons"] if others else []))


def _problems(name: str, problems: Sequence[Problem], which: StatusList) -> Iterator[str]:
    if problems:
        yield f"{name:13} {number(len(problems))}"
        yield from (f"   {line}" for line in problem_lines(problems, f"trouvaille status --csv {which}"))


def _values(counts: Mapping[str, int]) -> str:
    common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{value or _UNKNOWN} {number(count)}" for value, count in islice(common, _VALUES)]
    others = len(common) - len(shown)
    return ", ".join(shown) + (f" et {_counted('autre', others)}" if others else "")


def _counted(word: str, count: int) -> str:
    return f"{number(count)} {word}{'s' if count > 1 else ''}"


def moment_text(iso: str) -> str:
    """« 28 novembre 2026 à 5 h 13 UTC », which does not break from the hour on; what is no moment, as it is."""
    try:
        made = datetime.fromisoformat(iso).astimezone(UTC)
    except ValueError:
        return iso
    hour = NO_BREAK.join((str(made.hour), "h", f"{made.minute:02}", "UTC"))
    return f"{date_text(PartialDate(made.year, made.month, made.day))} à {hour}"


def seconds(ms: int) -> str:
    """« 1,2 s »."""
    return f"{ms / 1000:.1f} s".replace(".", ",")


def megabytes(size: int) -> str:
    """« 12,3 Mo »."""
    return f"{size / 1_000_000:.1f} Mo".replace(".", ",")
