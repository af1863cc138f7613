"""The door of the service: every request comes in here, before Flask and its routes.

    proxy  ─►  note  ─►  held? kept?  ─►  gate  ─►  pages
    who asks   log,      304, cache:      503       Flask
               meters    no work

What costs no work is answered whatever the load: what a browser holds already, what the cache has, health, our files.
All else takes a place at the gate. An answer that is made while it is sent (an export) gives its place at work back and
takes one among the streams: a slow reader must not keep others from searching.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from indexer import Settings
from webapp import access, cache, encoding, errors, freshness, headers
from webapp.assets import PREFIX
from webapp.cache import ResultCache
from webapp.encoding import asked_encoding
from webapp.freshness import Freshness
from webapp.gate import Gate
from webapp.meters import METRICS_TYPE, OTHER_ROUTE, Meters

log = logging.getLogger("trouvaille.web")

METRICS_PATH = "/metriques"
NEVER_REFUSED = ("/sante/", PREFIX, METRICS_PATH)
# Answers that a process sends while it makes them, at once: each holds a thread for as long as its reader is slow.
STREAMS = 8
_STREAMED = "trouvaille.streamed"

Start = Callable[..., Any]
Headers = list[tuple[str, str]]


@dataclass
class _Answer:
    """What is about to be sent. `kept`: what the cache did, if it was asked."""

    status: int
    headers: Headers
    body: Iterable[bytes]
    kept: str = ""


class Front:
    """The WSGI application around Flask's own."""

    def __init__(self, app: Flask, settings: Settings, freshness: Freshness, meters: Meters) -> None:
        server = settings.server
        self.cache = ResultCache(server.cache_bytes)
        self.gate = Gate(server.at_work, server.waiting, server.patience_s)
        self.streams = Gate(STREAMS, 0, 0, long_s=0)
        self.meters = meters
        self._app = app
        self._flask: Callable[[dict[str, Any], Start], Iterable[bytes]] = app.wsgi_app
        self._freshness = freshness
        self._logged = server.access_log
        self._routes = app.url_map.bind("")

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer a request (WSGI)."""
        started = time.perf_counter()
        answer = self._answer(environ)
        took_s = time.perf_counter() - started
        route = self._route(environ)
        self.meters.answered(route, answer.status, took_s)
        if answer.kept:
            self.meters.cached(answer.kept)
        access.note(self._logged, environ, route, answer.status, answer.headers, took_s, answer.kept)
        secure = environ["wsgi.url_scheme"] == "https"
        start_response(errors.status_line(answer.status), headers.dressed(answer.headers, secure=secure))
        return answer.body

    def _answer(self, environ: dict[str, Any]) -> _Answer:
        version = self._freshness.version(environ)
        freshness.remember(environ, version)
        if version:
            if freshness.holds(environ, version.etag):
                held = [("ETag", version.etag), ("Cache-Control", headers.ASK_AGAIN), ("Vary", "Accept-Encoding")]
                return _Answer(304, held, [], "not-modified")
            kept = self.cache.get(version, asked_encoding(environ))
            if kept:
                body = [kept.body] if environ["REQUEST_METHOD"] == "GET" else []
                return _Answer(200, [*kept.dressed(), ("Content-Length", str(len(kept.body)))], body, "hit")
        if environ["PATH_INFO"].startswith(NEVER_REFUSED):
            return self._made(environ)
        turn = self.gate.enter()
        if turn is None:
            self.meters.refused("queue")
            return self._refusal(environ)
        try:
            answer = self._made(environ)
        finally:
            self.gate.leave(turn)
        return self._streamed(answer, environ) if environ.get(_STREAMED) else answer

    def metrics(self) -> Response:
        """`/metriques`: what all processes counted, and how this one stands."""
        gauges = (
            ("at_work", "Requests that this process answers now.", lambda: self.gate.at_work),
            ("waiting", "Requests that wait in this process.", lambda: self.gate.queued),
            ("cache_bytes", "Bytes of answers that this process keeps.", lambda: self.cache.bytes),
            ("generation", "The generation in service; 0 when there is none.", self.generation),
        )
        response = Response(self.meters.text(gauges), content_type=METRICS_TYPE)
        response.headers.update({"Cache-Control": "no-store"})
        return response

    def generation(self) -> int:
        """The number of the generation in service; 0 without one."""
        return (self._freshness.generation() or (0,))[0]

    def _made(self, environ: dict[str, Any]) -> _Answer:
        """What Flask answers. A whole answer is taken as one list, which the server sends without coming back."""
        told: list[tuple[int, Headers]] = []

        def start(status: str, headers: Headers, exc_info: object = None) -> None:
            told[:] = [(int(status[:3]), headers)]

        body = self._flask(environ, start)
        if not environ.get(_STREAMED):
            try:
                parts = list(body)
            finally:
                getattr(body, "close", _nothing)()
            body = parts
        status, headers = told[0]
        missed = "miss" if self.cache.max_bytes and status == 200 and freshness.marked(environ, headers) else ""
        return _Answer(status, headers, body, missed)

    def _streamed(self, answer: _Answer, environ: dict[str, Any]) -> _Answer:
        turn = self.streams.enter()
        if turn:
            return _Answer(answer.status, answer.headers, _Stream(answer.body, partial(self.streams.leave, turn)))
        getattr(answer.body, "close", _nothing)()
        self.meters.refused("streams")
        return self._refusal(environ)

    def _route(self, environ: dict[str, Any]) -> str:
        """The rule that a path comes under: « /document/<id> »."""
        with suppress(HTTPException):
            rule, _ = self._routes.match(environ["PATH_INFO"], method="GET", return_rule=True)
            return str(rule.rule)
        return OTHER_ROUTE

    def _refusal(self, environ: dict[str, Any]) -> _Answer:
        found = self._refusals[environ["PATH_INFO"].endswith(".json")]
        return _Answer(found.status, found.headers, found.body if environ["REQUEST_METHOD"] != "HEAD" else [])

    @cached_property
    def _refusals(self) -> dict[bool, _Answer]:
        """The page and, for programs, the JSON of a refusal, made once: refusing must cost next to nothing."""
        return {as_json: self._refused(path) for as_json, path in ((False, "/recherche"), (True, "/recherche.json"))}

    def _refused(self, path: str) -> _Answer:
        with self._app.test_request_context(path):
            response = errors.answer("overloaded")
            content = response.get_data()
            told = [(name, response.headers[name]) for name in ("Content-Type", "Retry-After")]
        return _Answer(response.status_code, [*told, ("Content-Length", str(len(content))), _NO_STORE], [content])


class _Stream:
    """The body of an answer that is made while it is sent; gives its place back at the end, once."""

    def __init__(self, body: Iterable[bytes], leave: Callable[[], None]) -> None:
        self._body = body
        self._parts = iter(body)
        self._leave: Callable[[], None] | None = leave

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except BaseException:  # the end, or a failure: either way nothing more will come
            self._release()
            raise

    def close(self) -> None:
        """End the body, read to its end or not."""
        try:
            getattr(self._body, "close", _nothing)()
        finally:
            self._release()

    def _release(self) -> None:
        leave, self._leave = self._leave, None
        if leave:
            leave()


def install(app: Flask, settings: Settings, fresh: Freshness, meters_file: Path | None = None) -> Front:
    """Put the door before `app`, whose routes are all known by now. What is registered first is done last.

    `meters_file` is shared by the processes of one service.
    """
    routes = [METRICS_PATH, *sorted(rule.rule for rule in app.url_map.iter_rules())]
    # Rows to spare: a process that takes the place of another may come before that has gone.
    meters = Meters(routes, meters_file, 2 * settings.server.workers)
    front = Front(app, settings, fresh, meters)
    if settings.server.metrics:
        app.add_url_rule(METRICS_PATH, "metrics", front.metrics)
    cache.register(app, front.cache)
    encoding.register(app)
    freshness.register(app, fresh)
    app.after_request(_note_stream)
    inside: Any = front
    trusted = settings.site.trusted_proxies
    if trusted:
        # Not the prefix: our links start at the root of a host. Not the port: X-Forwarded-Host carries it.
        inside = ProxyFix(front, x_for=trusted, x_proto=trusted, x_host=trusted, x_port=0, x_prefix=0)
    app.wsgi_app = inside  # type: ignore[method-assign]
    return front


def _note_stream(response: Response) -> Response:
    if request.method == "GET" and (response.is_streamed or response.direct_passthrough):
        request.environ[_STREAMED] = True
    return response


def _nothing() -> None:
    """For bodies that need no closing."""


_NO_STORE = ("Cache-Control", "no-store")
