"""Answers kept while their generation is in service, least recently used ones left behind, within a bound of bytes.

Nothing is kept that was not answered with 200, and nothing outlives its generation. A kept answer says so itself
(`Cache-Status`, RFC 9211, and `Age` in seconds): what it tells of the time a search took was true of that search.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from flask import Flask, Response, request

from webapp.encoding import asked_encoding
from webapp.freshness import Version, of_generation, version_of

__all__ = ["Kept", "ResultCache", "of_generation", "register"]

# What an entry costs beside its body: key, headers and objects, as sys.getsizeof adds them up on 3.11, rounded up.
_ENTRY_BYTES = 3_000
# No single answer may push out more than this share of the others.
_LARGEST_SHARE = 8


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was sent, and when it was made (seconds of the monotonic clock)."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    at: float

    def dressed(self) -> list[tuple[str, str]]:
        """Its headers, and those that say it was kept."""
        age = int(time.monotonic() - self.at)
        return [*self.headers, ("Age", str(age)), ("Cache-Status", "Trouvaille; hit")]


class ResultCache:
    """Answers of one generation, at most `max_bytes` of them; 0 keeps none. Safe among threads."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._generation: tuple[int, str] | None = None
        self._kept: OrderedDict[tuple[tuple[str, ...], str], Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: Version, encoding: str) -> Kept | None:
        """The answer of this version in this encoding. One of another generation than the last empties the cache."""
        if not self.max_bytes:
            return None
        with self._lock:
            if version.generation != self._generation:
                self._empty(version.generation)
                return None
            found = self._kept.get((version.request, encoding))
            if found:
                self._kept.move_to_end((version.request, encoding))
            return found

    def put(self, version: Version, encoding: str, kept: Kept) -> None:
        """Keep an answer, unless it is too large or its generation has gone."""
        size = _size(kept)
        if size * _LARGEST_SHARE > self.max_bytes:
            return
        with self._lock:
            if version.generation != self._generation:
                return
            before = self._kept.pop((version.request, encoding), None)
            self._kept[version.request, encoding] = kept
            self.bytes += size - (_size(before) if before else 0)
            while self.bytes > self.max_bytes:
                _, oldest = self._kept.popitem(last=False)
                self.bytes -= _size(oldest)

    def __len__(self) -> int:
        return len(self._kept)

    def _empty(self, generation: tuple[int, str]) -> None:
        self._kept.clear()
        self.bytes = 0
        self._generation = generation


def register(app: Flask, cache: ResultCache) -> None:
    """Keep what `app` answers, as it is sent. To be registered before what else dresses answers, for it comes last."""

    def keep(response: Response) -> Response:
        version = version_of(request.environ)
        if version and request.method == "GET" and response.headers.get("ETag") == version.etag:
            encoding = asked_encoding(request.environ)
            kept = Kept(tuple(response.headers.to_wsgi_list()), response.get_data(), time.monotonic())
            cache.put(version, encoding, kept)
        return response

    if cache.max_bytes:
        app.after_request(keep)


def _size(kept: Kept) -> int:
    return len(kept.body) + _ENTRY_BYTES
