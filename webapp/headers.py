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
# A page shows one generation of the index: browsers may hold it, and ask whether it still stands.
ASK_AGAIN = "no-cache"
# 1,000 characters of query at twelve bytes each (%F0%9F%94%8D), and as much again for types.
MAX_QUERY_STRING_BYTES = 32_000


def register(app: Flask) -> None:
    """Bound the requests of `app` and dress its responses."""
    app.before_request(_bound)
    app.after_request(_dress)


def of_every_response(*, secure: bool) -> dict[str, str]:
    """The headers that every response carries; `secure`: the request came by TLS."""
    return HEADERS | TLS_HEADERS if secure else HEADERS


def _bound() -> None:
    if len(request.query_string) > MAX_QUERY_STRING_BYTES:
        raise RequestURITooLarge


def _dress(response: Response) -> Response:
    for name, value in of_every_response(secure=request.is_secure).items():
        response.headers.setdefault(name, value)  # a download has a stricter policy of its own
    if "Cache-Control" not in response.headers:
        # Health checks are never stored.
        response.headers["Cache-Control"] = "no-store" if request.path.startswith("/sante/") else ASK_AGAIN
    return response
