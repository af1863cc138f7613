"""The status page: what the collection holds, what is not in it and why, what the last runs did.

Everybody sees counts and documents without a date, which searches tell too. What names places on the machine that has
the index (paths, reasons, roots) is shown when `[site] status_page` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from indexer import (
    UNKNOWN_DATE,
    UNKNOWN_LANGUAGE,
    DateFilter,
    Document,
    PageBeyondEnd,
    Problem,
    RequestError,
    RunRecord,
    SearchPage,
    SearchRequest,
    Sort,
    StatusList,
    StatusReport,
    document_url,
    language_label,
    last_page,
    moment_text,
    reasons_text,
    refuse_unknown,
    run_asked,
    run_counts,
    run_places,
    search_url,
)
from webapp.pages import TYPES_IN_SIGHT, Facet, Home, Link, Row, pager
from webapp.typography import number, plural

STATUS_PATH = "/etat"
STATUS_JSON_PATH = "/etat.json"
STATUS_CSV_PATH = "/etat.csv"
CSV_TYPE = "text/csv; charset=utf-8"
LIST = "liste"
# What the first page shows of a list, and a page of the list itself.
FEW = 10
PER_PAGE = 100
_RUNS = 10
# Lists that have a page. All documents are a search.
_LISTS = (StatusList.FAILED, StatusList.EMPTY, StatusList.UNDATED)
_TITLES = {
    StatusList.FAILED: ("fichier en échec", "fichiers en échec"),
    StatusList.EMPTY: ("fichier sans texte", "fichiers sans texte"),
    StatusList.UNDATED: ("document sans date", "documents sans date"),
}


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as shown: when, how long, what it did, what it was asked; whether it failed, and why if that is told."""

    at: str
    when: str
    took_ms: int
    counts: str
    asked: str
    failed: bool
    error: str


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list: a file with the reason, or a document with its place and, in `url`, its page."""

    name: str
    note: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, or the beginning of one: `whole` leads to the rest of it, `csv` to all of it as a file.

    `reasons` sums up a list that is not shown whole; `withheld`: how many there are is all that is told.
    """

    id: str
    heading: str
    items: tuple[Item, ...]
    whole: Link | None = None
    csv: str | None = None
    reasons: str = ""
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """The status page."""

    report: StatusReport
    places: bool
    when: str
    runs: tuple[RunView, ...]
    formats: Facet
    languages: Facet
    types: Facet
    dates: Facet
    lists: tuple[Listing, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of one list."""

    listing: Listing
    title: str
    pager: tuple[Link | None, ...]
    previous: str | None
    next: str | None


def state(report: StatusReport, home: Home, undated: SearchPage, *, places: bool) -> State:
    """The status page: `home` has the facets of types and dates, `undated` the first documents without a date."""
    held = report.holdings
    return State(
        report=report,
        places=places,
        when=moment_text(report.status.published),
        runs=tuple(_run(run, places) for run in report.runs[:_RUNS]),
        formats=_bars(_Bar(value or "format inconnu", count) for value, count in held.formats.items()),
        languages=_bars(map(_language, held.languages, held.languages.values())),
        types=home.types,
        dates=home.dates,
        lists=(
            _problems(StatusList.FAILED, report.failed, places),
            _problems(StatusList.EMPTY, report.empty, places),
            _undated(undated),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    count: int
    url: str | None = None


def _language(code: str, count: int) -> _Bar:
    asked = SearchRequest(languages=(code or UNKNOWN_LANGUAGE,), apart=True)
    return _Bar(language_label(code), count, search_url(asked))


def read_list(args: Mapping[str, Sequence[str]], *, strict: bool = False) -> StatusList | None:
    """Which list a query string asks for; None when it asks for none. RequestError for a name that is none's."""
    if strict:
        refuse_unknown(args, (LIST,))
    name = next(iter(args.get(LIST, ())), "").strip()
    if not name:
        return None
    if name not in _LISTS:
        known = ", ".join(_LISTS)
        raise RequestError(f"La liste est l’une de : {known}.", parameter=LIST, value=name)
    return StatusList(name)


def problem_page(which: StatusList, problems: Sequence[Problem], page: int) -> ListPage:
    """A page of the files that failed or are empty. Raises PageBeyondEnd."""
    last = last_page(len(problems), PER_PAGE)
    if page > last:
        raise PageBeyondEnd(page, last)
    shown = problems[(page - 1) * PER_PAGE : page * PER_PAGE]
    return _list_page(which, len(problems), tuple(map(_file, shown)), page, last)


def undated_page(found: SearchPage) -> ListPage:
    """A page of the documents without a date, from a search for them."""
    items = tuple(_document(hit.document) for hit in found.hits)
    return _list_page(StatusList.UNDATED, found.total, items, found.request.page, found.last_page)


def undated_request(page: int, per_page: int) -> SearchRequest:
    """The search for documents without a date, by title: all of them, be they said again elsewhere."""
    undated = DateFilter.parse(UNKNOWN_DATE)
    return SearchRequest(date=undated, sort=Sort.TITLE, apart=True, page=page, per_page=per_page)


def list_url(which: StatusList, page: int = 1, path: str = STATUS_PATH) -> str:
    """Where a page of a list is."""
    pairs = [(LIST, str(which)), *([("page", str(page))] if page > 1 else [])]
    return f"{path}?{urlencode(pairs)}"


def _list_page(which: StatusList, total: int, items: tuple[Item, ...], page: int, last: int) -> ListPage:
    heading = plural(total, *_TITLES[which])
    return ListPage(
        listing=Listing(str(which), heading, items, csv=_csv(which, total)),
        title=heading if page == 1 else f"{heading} – page {number(page)}",
        pager=pager(page, last, lambda number: list_url(which, number)),
        previous=list_url(which, page - 1) if page > 1 else None,
        next=list_url(which, page + 1) if page < last else None,
    )


def _problems(which: StatusList, problems: Sequence[Problem], places: bool) -> Listing:
    heading = plural(len(problems), *_TITLES[which])
    if not places:
        return Listing(str(which), heading, (), withheld=bool(problems))
    shown, csv = tuple(map(_file, problems[:FEW])), _csv(which, len(problems))
    if len(problems) <= FEW:
        return Listing(str(which), heading, shown, csv=csv)
    whole = Link(f"Les {number(len(problems))}", list_url(which))
    return Listing(str(which), heading, shown, whole, csv, reasons_text(problems))


def _undated(found: SearchPage) -> Listing:
    which = StatusList.UNDATED
    whole = Link(f"Les {number(found.total)}", list_url(which)) if found.total > len(found.hits) else None
    items = tuple(_document(hit.document) for hit in found.hits)
    return Listing(str(which), plural(found.total, *_TITLES[which]), items, whole, _csv(which, found.total))


def _csv(which: StatusList, count: int) -> str | None:
    return list_url(which, path=STATUS_CSV_PATH) if count else None


def _file(problem: Problem) -> Item:
    return Item(f"{problem.root}/{problem.path}", problem.reason)


def _document(document: Document) -> Item:
    return Item(document.title, f"{document.root}/{document.path}", document_url(document.id))


def _run(run: RunRecord, places: bool) -> RunView:
    asked = [*run_asked(run), *(run_places(run) if places else ())]
    return RunView(
        at=run.at,
        when=moment_text(run.at),
        took_ms=run.took_ms,
        counts=run_counts(run),
        asked=", ".join(asked),
        failed=bool(run.error),
        error=run.error if places else "",
    )


def _bars(values: Iterable[_Bar]) -> Facet:
    """Values with their bars, the commonest first."""
    common = sorted(values, key=lambda value: (-value.count, value.label))
    longest = common[0].count if common else 0
    rows = tuple(
        Row(value.label, value.count, value.url, False, max(1, round(100 * value.count / longest))) for value in common
    )
    if len(rows) <= TYPES_IN_SIGHT + 1:
        return Facet(rows)
    more = rows[TYPES_IN_SIGHT:]
    return Facet(rows[:TYPES_IN_SIGHT], more, f"{len(more)} autres")
