"""Whether an answer is still the one that a browser, or our cache, holds: ETags by generation and request.

What most pages say is settled by the generation of the index, the address and the code that makes the page. These
three make the ETag before any work is done, so that « not modified » costs no search. The other pages (the state of the
collection, assets) have their content's sum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from flask import Flask, Response, request

from indexer import IndexProblem, SearchService, Settings
from webapp.headers import MAX_QUERY_STRING_BYTES

# What a page is made from beside the index: both packages, and what the configuration holds beside the settings.
_PACKAGES = ("indexer", "webapp")
_COMPANIONS = ("types.toml", "french")
_UNREAD = ("__pycache__",)
_KEY = "trouvaille.version"

View = TypeVar("View", bound=Callable[..., Any])


def of_generation(view: View) -> View:
    """Declare that what a view answers is settled by the generation and the address alone, so that it may be kept.

    Not for what tells the time, the last runs, the state of the process or a file as it lies on the disk.
    """
    view.of_generation = True  # type: ignore[attr-defined]
    return view


@dataclass(frozen=True, slots=True)
class Version:
    """Which answer is asked for: the generation, as a value that no other has, the request, and the ETag of both."""

    generation: tuple[int, str]
    request: tuple[str, ...]
    etag: str


class Freshness:
    """Says which version of an answer a request asks for. `look` is what else pages are made of, a site's own theme."""

    def __init__(self, service: SearchService, look: str = "") -> None:
        self._service = service
        self._stamp = stamp(service.settings, look)

    def generation(self) -> tuple[int, str] | None:
        """The generation in service; None when the index cannot be read. A number may come again when a folder was
        emptied, its moment does not."""
        try:
            status = self._service.status()
        except IndexProblem:
            return None
        return status.generation, status.published

    def version(self, environ: Mapping[str, Any]) -> Version | None:
        """The version that a request asks for; None for one that has none."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        query = environ.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY_STRING_BYTES:
            return None
        generation = self.generation()
        if generation is None:
            return None
        # Scheme and host too: some answers say where they are.
        where = (environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), environ["PATH_INFO"], canonical(query))
        told = repr((self._stamp, generation, where)).encode(errors="replace")
        digest = hashlib.blake2b(told, digest_size=9)
        return Version(generation, where, f'W/"{generation[0]}-{digest.hexdigest()}"')


def canonical(query: str) -> str:
    """A query string in one spelling: parameters by name, the values of each in their order, all quoted alike.

    As bytes (latin-1), so that no two query strings that mean something else become one.
    """
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1")
    return repr(sorted(pairs, key=lambda pair: pair[0]))


def holds(environ: Mapping[str, Any], etag: str) -> bool:
    """True when the one who asks says to hold this ETag."""
    held: str = environ.get("HTTP_IF_NONE_MATCH", "")
    return bool(held) and etag.removeprefix("W/") in (one.strip().removeprefix("W/") for one in held.split(","))


def register(app: Flask, freshness: Freshness) -> None:
    """Give the answers of `app` their ETags."""

    def mark(response: Response) -> Response:
        if response.status_code != 200 or response.is_streamed or response.direct_passthrough:
            return response
        view = app.view_functions.get(request.endpoint or "")
        version = request.environ.get(_KEY)
        if getattr(view, "of_generation", False):
            # Published while we worked: the answer may be of either.
            if version and version.generation == freshness.generation():
                response.headers["ETag"] = version.etag
        elif "ETag" not in response.headers and response.headers.get("Cache-Control") != "no-store":
            response.add_etag(weak=True)
            response.make_conditional(request)
        return response

    app.after_request(mark)


def remember(environ: dict[str, Any], version: Version | None) -> None:
    """Leave the version with the request, for what makes the answer."""
    environ[_KEY] = version


def version_of(environ: Mapping[str, Any]) -> Version | None:
    """The version that was left with the request."""
    version: Version | None = environ.get(_KEY)
    return version


def marked(environ: Mapping[str, Any], headers: Iterable[tuple[str, str]]) -> bool:
    """True when an answer carries the ETag of the version that was asked: it may be kept."""
    version = version_of(environ)
    return version is not None and ("ETag", version.etag) in headers


def stamp(settings: Settings, look: str) -> str:
    """A sum of all that makes pages beside the index: code, templates, files of ours, settings, word lists, theme."""
    digest = hashlib.blake2b(_stamp_of_code().encode(), digest_size=16)
    for name in _COMPANIONS:
        _feed(digest, _files(settings.resource(name)))
    told = (settings.site, settings.ranking, settings.search, look)
    digest.update(repr(told).encode())
    return digest.hexdigest()


@cache
def _stamp_of_code() -> str:
    digest = hashlib.blake2b(digest_size=16)
    for package in _PACKAGES:
        _feed(digest, _files(resources.files(package)))
    return digest.hexdigest()


def _feed(digest: Any, files: Iterable[tuple[str, bytes]]) -> None:
    for name, content in files:
        digest.update(f"{name}\n{len(content)}\n".encode(errors="replace"))
        digest.update(content)


def _files(place: Traversable) -> Iterable[tuple[str, bytes]]:
    if place.is_file():
        yield place.name, place.read_bytes()
    elif place.is_dir() and place.name not in _UNREAD:
        for one in sorted(place.iterdir(), key=lambda one: one.name):
            yield from _files(one)
