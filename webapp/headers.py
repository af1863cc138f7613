"""The headers that every response carries, errors and files included, and the bounds of a request."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import RequestURITooLarge

# No frame, no font, nothing from elsewhere: a page holds its text, our style sheet, our icon and our scripts, one of
# which asks this site for suggestions.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # what someone searches is nobody else's business
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What no page of ours needs, so that none can be made to use it. Chromium complains of names that it does not know.
    "Permissions-Policy": ", ".join(
        f"{name}=()"
        for name in (
            "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone",
            "midi", "payment", "usb",
        )
    ),
}  # fmt: skip
# Behind TLS only: browsers ignore it elsewhere. Not for subdomains, which may be somebody else's.
TLS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
_ALWAYS = tuple(HEADERS.items())
_SECURE = (*_ALWAYS, *TLS_HEADERS.items())
# A page shows one generation of the index: browsers may hold it, and ask whether it still stands.
ASK_AGAIN = "no-cache"
# 1,000 characters of query at twelve bytes each (%F0%9F%94%8D), and as much again for types.
MAX_QUERY_STRING_BYTES = 32_000


def register(app: Flask) -> None:
    """Bound the requests of `app`, and say how long its responses may be kept."""
    app.before_request(_bound)
    app.after_request(_say_how_long)


def dressed(headers: list[tuple[str, str]], *, secure: bool) -> list[tuple[str, str]]:
    """The headers of a response with those that every one carries, where it has none of its own (a download has a
    stricter policy); `secure`: the request came by TLS."""
    own = {name for name, _ in headers}
    return headers + [pair for pair in (_SECURE if secure else _ALWAYS) if pair[0] not in own]


def _bound() -> None:
    if len(request.query_string) > MAX_QUERY_STRING_BYTES:
        raise RequestURITooLarge


def _say_how_long(response: Response) -> Response:
    if "Cache-Control" not in response.headers:
        # Health checks are never stored.
        response.headers["Cache-Control"] = "no-store" if request.path.startswith("/sante/") else ASK_AGAIN
    return response
