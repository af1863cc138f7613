"""The query string of the request at hand, as it was given: for forms and links that must keep what a person typed."""

from __future__ import annotations

from flask import Request

PARAMETERS = (
    "q", "type", "date", "du", "au", "mention", "langue", "tri", "mots", "sans", "reprises", "pourquoi", "page",
    "rang", "citer",
)  # fmt: skip


def pairs_of(request: Request) -> tuple[tuple[str, str], ...]:
    """The parameters that we know, empty ones left out, in our order."""
    return tuple((name, value) for name in PARAMETERS for value in request.args.getlist(name) if value)
