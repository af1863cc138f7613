"""Answers as the JSON of the contract: what `/recherche.json`, `/document/<id>.json` and `search --json` print."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Literal, cast

from indexer.contract import (
    DocumentJson,
    FacetsJson,
    FacetValueJson,
    HitJson,
    IdentityJson,
    ProblemJson,
    QueryJson,
    ReasonJson,
    RepeatsJson,
    RepriseJson,
    RunJson,
    SearchPageJson,
    SimilarJson,
    StatusJson,
    SuggestionOfSearchJson,
    SuggestionsJson,
)
from indexer.links import (
    JSON_PATH,
    choose_date,
    choose_mention,
    document_url,
    search_url,
    toggle_language,
    toggle_type,
)
from indexer.model import (
    Contribution,
    Document,
    DocumentPage,
    Export,
    FacetValue,
    Hit,
    Problem,
    Repeats,
    Reprise,
    RunRecord,
    SearchPage,
    SearchRequest,
    Similar,
    StatusReport,
    Suggestion,
)


def search_page_json(page: SearchPage) -> SearchPageJson:
    """One page of results. Links to other pages and facet values lead to their JSON, links of hits to their page."""
    request = page.request
    return {
        "query": _query(request),
        "understood": page.understood,
        "interpretations": [
            {"kind": one.kind, "from": one.source, "to": one.target, "undo_url": search_url(one.undo, JSON_PATH)}
            for one in page.interpretations
        ],
        "match": {"words": page.match.words, "required": page.match.required, "all": page.match.all},
        "total": page.total,
        "reprises": page.reprises,
        "took_ms": round(page.took_ms, 3),
        "generation": page.generation,
        "hits": [_hit(hit, request) for hit in page.hits],
        "facets": _facets(page),
        "suggestion": _suggestion(page.suggestion) if page.suggestion else None,
        "pages": {
            "current": request.page,
            "last": page.last_page,
            "next": _page_url(request, request.page + 1) if request.page < page.last_page else None,
            "previous": _page_url(request, request.page - 1) if request.page > 1 else None,
        },
    }


def _facets(page: SearchPage) -> FacetsJson:
    request = page.request
    told: FacetsJson = {
        "type": [_facet(value, lambda v: toggle_type(request, v)) for value in page.types],
        "date": [_facet(value, lambda v: choose_date(request, v)) for value in page.dates],
        "langue": [_facet(value, lambda v: toggle_language(request, v)) for value in page.languages],
    }
    if page.mentions is not None:
        told["mention"] = [_facet(value, lambda v: choose_mention(request, v)) for value in page.mentions]
    return told


def export_json(export: Export) -> Iterator[str]:
    """All that a search found, as one object in pieces: what search_page_json says of the request and of each hit, but
    for scores and snippets."""
    query = {name: value for name, value in _query(export.request).items() if name not in _OF_A_PAGE}
    head = {
        "query": query,
        "understood": export.understood,
        "total": export.total,
        "count": export.count,
        "generation": export.generation,
    }
    yield _encoded(head).removesuffix("}") + ', "hits": ['
    before = "\n"
    for document in export.documents:
        yield before + _encoded({**_identity(document), "first_seen": document.first_seen})
        before = ",\n"
    yield "\n]}\n"


# What an export does not ask.
_OF_A_PAGE = ("reprises", "pourquoi", "page", "per_page")
_encoded = json.JSONEncoder(ensure_ascii=False).encode


def document_json(page: DocumentPage) -> DocumentJson:
    """One document, its paragraphs, and where each item of its metadata came from."""
    document = page.document
    return {
        **_identity(document),
        "title_fragments": list(page.title),
        "text": ["".join(text for text, _ in passage.pieces) for passage in page.passages],
        "pages": [passage.page for passage in page.passages] if document.pages else None,
        "metadata": {
            "type_label": page.type_label,
            "type_rule": document.type_rule,
            "title_rule": document.title_rule,
            "first_seen": document.first_seen,
            "sha256": document.digest,
        },
        **_repeats(page.repeats),
        "similar": [_similar(one) for one in page.similar],
        "generation": page.generation,
    }


# What says where things lie on the machine that has the index, and what failed there.
_PLACES: tuple[Literal["roots", "failed", "empty"], ...] = ("roots", "failed", "empty")
_PLACES_OF_RUN: tuple[Literal["paths", "forget", "error"], ...] = ("paths", "forget", "error")


def status_json(report: StatusReport, *, places: bool = True) -> StatusJson:
    """What the index holds, what is not in it and why, and the last runs.

    Without `places` paths and reasons are left out: what remains says nothing of the machine that has the index.
    """
    status, held = report.status, report.holdings
    told: StatusJson = {
        "generation": status.generation,
        "published": status.published,
        "documents": status.documents,
        "copies": status.copies,
        "roots": [{"name": root.name, "path": root.path} for root in status.roots],
        "bytes": status.bytes,
        "last_run": dict(status.last_run),
        "runs": [_run(run, places) for run in report.runs],
        "formats": _commonest_first(held.formats),
        "types": _commonest_first(held.types),
        "years": {str(year): count for year, count in sorted(held.years.items())},
        "languages": _commonest_first(held.languages),
        "undated": held.undated,
        "failed_count": len(report.failed),
        "empty_count": len(report.empty),
        "failed": list(map(_problem, report.failed)),
        "empty": list(map(_problem, report.empty)),
    }
    if not places:
        for name in _PLACES:
            told.pop(name, None)
    return told


def suggestions_json(suggestions: Iterable[Suggestion]) -> SuggestionsJson:
    """What may be typed next, best first."""
    return {"suggestions": [{"text": one.text, "kind": one.kind, "count": one.count} for one in suggestions]}


def _run(run: RunRecord, places: bool) -> RunJson:
    told = cast(RunJson, {**asdict(run), "error": run.error or None, "ok": not run.error})
    if not places:
        for name in _PLACES_OF_RUN:
            told.pop(name, None)
    return told


def _problem(problem: Problem) -> ProblemJson:
    return {"root": problem.root, "path": problem.path, "reason": problem.reason}


def _commonest_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _similar(similar: Similar) -> SimilarJson:
    return {
        "id": similar.id,
        "title": similar.title,
        "url": document_url(similar.id),
        "path": similar.path,
        "source": similar.source,
        "type": similar.type,
        "date": str(similar.date) if similar.date else None,
        "share": round(similar.share, 3),
    }


def _query(request: SearchRequest) -> QueryJson:
    return {
        "q": request.text,
        "type": list(request.types),
        "date": str(request.date) if request.date else None,
        "mention": str(request.mention) if request.mention else None,
        "langue": list(request.languages),
        "tri": request.sort,
        "mots": "tous" if request.all_words else None,
        "sans": list(request.literal),
        "reprises": "toutes" if request.apart else None,
        "pourquoi": request.explain,
        "page": request.page,
        "per_page": request.per_page,
    }


def _identity(document: Document, text: str = "") -> IdentityJson:
    date = document.date
    return {
        "id": document.id,
        "title": document.title,
        "url": document_url(document.id, text),
        "path": document.path,
        "original_url": document.url,
        "source": document.source,
        "type": document.type,
        "date": str(date) if date else None,
        "date_precision": date.precision if date else None,
        "date_source": document.date_source,
        "language": document.language or None,
        "format": document.format or None,
        "authors": list(document.authors),
    }


def _hit(hit: Hit, request: SearchRequest) -> HitJson:
    # mypy 1.x takes a ** item to hold keys that it does not declare, « reasons » among them.
    told: HitJson = {
        **_identity(hit.document, request.text),
        "title_fragments": list(hit.title),
        "score": round(hit.score, 6),
        "snippets": [list(fragment) for fragment in hit.fragments],
        "snippets_pages": list(hit.pages),
        "snippets_paragraphs": list(hit.paragraphs),
        **_repeats(hit.repeats, request.text),  # type: ignore[typeddict-item]
    }
    if request.explain:
        told["reasons"] = [_reason(hit, reason) for reason in hit.reasons]
    return told


def _repeats(repeats: Repeats, text: str = "") -> RepeatsJson:
    """Where else a text is: paths of its copies, and documents that say nearly the same."""
    return {
        "places": list(repeats.places),
        "places_count": repeats.places_count,
        "reprises": {"count": repeats.reprises_count, "hits": [_reprise(one, text) for one in repeats.reprises]},
    }


def _reprise(reprise: Reprise, text: str) -> RepriseJson:
    return {
        "id": reprise.id,
        "title": reprise.title,
        "url": document_url(reprise.id, text),
        "path": reprise.path,
        "original_url": reprise.url,
        "source": reprise.source,
        "date": str(reprise.date) if reprise.date else None,
    }


def _reason(hit: Hit, reason: Contribution) -> ReasonJson:
    return {
        "text": reason.text,
        "field": reason.field or None,
        "form": reason.form,
        "frequency": reason.frequency or None,
        "score": round(reason.score, 6),
        "share": round(hit.share(reason), 6),
    }


def _facet(value: FacetValue, chosen: Callable[[str], SearchRequest]) -> FacetValueJson:
    return {
        "value": value.value,
        "label": value.label,
        "count": value.count,
        "selected": value.selected,
        "url": search_url(chosen(value.value), JSON_PATH) if value.selectable else None,
        "children": [_facet(child, chosen) for child in value.children],
    }


def _suggestion(request: SearchRequest) -> SuggestionOfSearchJson:
    return {"q": request.text, "url": search_url(request, JSON_PATH)}


def _page_url(request: SearchRequest, page: int) -> str:
    return search_url(replace(request, page=page), JSON_PATH)
