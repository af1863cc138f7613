"""The web front end: server-rendered French pages and their JSON twins, over the indexer's one query path."""

from __future__ import annotations

from flask import Flask
from jinja2 import StrictUndefined

from indexer import SearchService
from webapp import errors, headers, theme
from webapp.typography import FILTERS, FrenchSpaces
from webapp.views import Views

__all__ = ["create_app"]


def create_app(service: SearchService) -> Flask:
    """The WSGI application that answers from `service`. It has no state of its own and sets no cookie.

    Raises ConfigError when the theme of the settings cannot be used.
    """
    app = Flask("webapp", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # GET and HEAD, nothing else
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.mimetype = "application/json; charset=utf-8"  # type: ignore[attr-defined]
    app.jinja_options = {
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": [FrenchSpaces],
    }
    look = theme.load_theme(service.settings.site.theme)
    theme.use(app, look)
    app.jinja_env.filters.update(FILTERS)
    headers.register(app)
    errors.register(app)
    Views(service, look).register(app)
    theme.check(app, look)
    return app
