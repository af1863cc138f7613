"""The query string of the request at hand, as it was given: for forms and links that must keep what a person typed."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from flask import Request

PARAMETERS = ("q", "type", "date", "du", "au", "tri", "mots", "page")


def pairs_of(request: Request) -> tuple[tuple[str, str], ...]:
    """The parameters that we know, empty ones left out, in our order."""
    return tuple((name, value) for name in PARAMETERS for value in request.args.getlist(name) if value)


def url_of(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """`path` with these parameters."""
    query = urlencode(list(pairs), errors="replace")
    return f"{path}?{query}" if query else path
