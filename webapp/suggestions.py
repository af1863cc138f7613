"""Suggestions as programs and browsers ask for them, and the description by which a browser adds this site's search.

The formats of browsers are OpenSearch 1.1 (description) and its suggestions extension (an array of four).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Request

from indexer import RequestError, SearchRequest, Suggestion, refuse_unknown, search_url
from webapp.typography import plural

SUGGESTIONS_PATH = "/suggestions.json"
DESCRIPTION_PATH = "/opensearch.xml"
SUGGESTIONS_TYPE = "application/x-suggestions+json; charset=utf-8"
DESCRIPTION_TYPE = "application/opensearchdescription+xml; charset=utf-8"
OPENSEARCH = "opensearch"
MAX_SHORT_NAME = 16  # as the standard says

# What a Host header may be for us to write it into a document that a browser keeps: a name or an address, and a port.
_HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the query string of /suggestions.json asks: the text typed, and whether in the format of browsers."""

    text: str
    opensearch: bool


def read_asked(args: Mapping[str, Sequence[str]]) -> Asked:
    """Read a query string, each parameter with its values. RequestError for an unknown parameter or format."""
    refuse_unknown(args, ("q", "format"))
    format = next(iter(args.get("format", ())), "")
    if format not in ("", OPENSEARCH):
        raise RequestError(f"« format » n’a qu’une valeur : {OPENSEARCH}.", parameter="format", value=format)
    return Asked(next(iter(args.get("q", ())), ""), format == OPENSEARCH)


def opensearch_json(text: str, suggestions: Sequence[Suggestion], root: str) -> list[Any]:
    """What was typed, the texts, what each is (« 12 documents »), and where each leads."""
    return [
        text,
        [one.text for one in suggestions],
        [plural(one.count, "document") for one in suggestions],
        [root + search_url(SearchRequest(one.text)) for one in suggestions],
    ]


def root_of(request: Request) -> str:
    """Where this site is, as the browser calls it: `https://fonds.exemple.org`, without a slash at the end.

    RequestError for a Host header that is no host.
    """
    host = request.headers.get("Host", "")
    if not _HOST.fullmatch(host):
        raise RequestError("L’en-tête Host n’est pas le nom d’un site.", parameter="Host", value=host[:100])
    return f"{request.scheme}://{host}"
