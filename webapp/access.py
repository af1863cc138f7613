"""The access log: one line of JSON a request, on standard error.

By default it holds nothing about persons: the route instead of the address, no query text, no client. What someone
searches is nobody else's business, and a log that does not have it cannot lose it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from indexer import ACCESS_LOG_FULL, ACCESS_LOG_OFF

LOGGER = "trouvaille.access"
_log = logging.getLogger(LOGGER)
# What "full" adds, by the names of WSGI: who asked, what, with what, from where. Cut, for clients choose these.
_PERSONAL = (
    ("client", "REMOTE_ADDR"),
    ("path", "PATH_INFO"),
    ("query", "QUERY_STRING"),
    ("agent", "HTTP_USER_AGENT"),
    ("referrer", "HTTP_REFERER"),
)
_MAX_CHARS = 500


def note(
    wanted: str,
    environ: Mapping[str, Any],
    route: str,
    status: int,
    headers: Sequence[tuple[str, str]],
    took_s: float,
    kept: str,
) -> None:
    """Write the line of one request. `wanted` is `[server] access_log`, `kept` what the cache did."""
    if wanted == ACCESS_LOG_OFF or not _log.isEnabledFor(logging.INFO):
        return
    length = next((int(value) for name, value in headers if name == "Content-Length"), None)
    line: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "method": environ["REQUEST_METHOD"][:10],
        "route": route,
        "status": status,
        "ms": round(took_s * 1000, 2),
        "bytes": length,
    }
    if kept:
        line["cache"] = kept
    if wanted == ACCESS_LOG_FULL:
        line |= {name: _read(environ.get(key, "")) for name, key in _PERSONAL}
    _log.info("%s", json.dumps(line, ensure_ascii=True))


def _read(value: str) -> str:
    """A value of WSGI, which are bytes dressed as latin-1, as the text that it is."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace")[:_MAX_CHARS]
