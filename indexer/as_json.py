"""Answers as the JSON of the contract: what `/recherche.json`, `/document/<id>.json` and `search --json` print."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from typing import Any

from indexer.links import JSON_PATH, choose_date, document_url, search_url, toggle_type
from indexer.model import (
    Contribution,
    Document,
    DocumentPage,
    FacetValue,
    Hit,
    SearchPage,
    SearchRequest,
    Status,
    Suggestion,
)

Json = dict[str, Any]


def search_page_json(page: SearchPage) -> Json:
    """One page of results. Links to other pages and facet values lead to their JSON, links of hits to their page."""
    request = page.request
    return {
        "query": {
            "q": request.text,
            "type": list(request.types),
            "date": str(request.date) if request.date else None,
            "tri": str(request.sort),
            "mots": "tous" if request.all_words else None,
            "sans": list(request.literal),
            "pourquoi": request.explain,
            "page": request.page,
            "per_page": request.per_page,
        },
        "understood": page.understood,
        "interpretations": [
            {"kind": str(one.kind), "from": one.source, "to": one.target, "undo_url": search_url(one.undo, JSON_PATH)}
            for one in page.interpretations
        ],
        "match": asdict(page.match),
        "total": page.total,
        "took_ms": round(page.took_ms, 3),
        "generation": page.generation,
        "hits": [_hit(hit, request) for hit in page.hits],
        "facets": {
            "type": [_facet(value, lambda v: toggle_type(request, v)) for value in page.types],
            "date": [_facet(value, lambda v: choose_date(request, v)) for value in page.dates],
        },
        "suggestion": page.suggestion and {"q": page.suggestion.text, "url": search_url(page.suggestion, JSON_PATH)},
        "pages": {
            "current": request.page,
            "last": page.last_page,
            "next": _page_url(request, request.page + 1) if request.page < page.last_page else None,
            "previous": _page_url(request, request.page - 1) if request.page > 1 else None,
        },
    }


def document_json(page: DocumentPage) -> Json:
    """One document, its paragraphs, and where each item of its metadata came from."""
    document = page.document
    return {
        **_identity(document),
        "title_fragments": [list(piece) for piece in page.title],
        "text": ["".join(text for text, _ in passage.pieces) for passage in page.passages],
        "pages": [passage.page for passage in page.passages] if document.pages else None,
        "metadata": {
            "type_label": page.type_label,
            "type_rule": document.type_rule,
            "title_rule": document.title_rule,
            "first_seen": document.first_seen,
            "sha256": document.digest,
        },
        "generation": page.generation,
    }


def status_json(status: Status) -> Json:
    """What the index holds."""
    return {
        "generation": status.generation,
        "published": status.published,
        "documents": status.documents,
        "roots": [asdict(root) for root in status.roots],
        "bytes": status.bytes,
        "last_run": dict(status.last_run),
    }


def suggestions_json(suggestions: Iterable[Suggestion]) -> Json:
    """What may be typed next, best first."""
    return {"suggestions": [{"text": one.text, "kind": str(one.kind), "count": one.count} for one in suggestions]}


def _identity(document: Document, text: str = "") -> Json:
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
        "date_source": str(document.date_source),
    }


def _hit(hit: Hit, request: SearchRequest) -> Json:
    return {
        **_identity(hit.document, request.text),
        "title_fragments": [list(piece) for piece in hit.title],
        "score": round(hit.score, 6),
        "snippets": [[list(piece) for piece in fragment] for fragment in hit.fragments],
        "snippets_pages": list(hit.pages),
        **({"reasons": [_reason(hit, reason) for reason in hit.reasons]} if request.explain else {}),
    }


def _reason(hit: Hit, reason: Contribution) -> Json:
    return {
        "text": reason.text,
        "field": reason.field or None,
        "form": reason.form,
        "frequency": reason.frequency or None,
        "score": round(reason.score, 6),
        "share": round(hit.share(reason), 6),
    }


def _facet(value: FacetValue, chosen: Callable[[str], SearchRequest]) -> Json:
    return {
        "value": value.value,
        "label": value.label,
        "count": value.count,
        "selected": value.selected,
        "url": search_url(chosen(value.value), JSON_PATH) if value.selectable else None,
        "children": [_facet(child, chosen) for child in value.children],
    }


def _page_url(request: SearchRequest, page: int) -> str:
    return search_url(replace(request, page=page), JSON_PATH)
