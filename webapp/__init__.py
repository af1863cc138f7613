"""The web front end: server-rendered French pages and their JSON twins, over the indexer's one query path."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

from indexer import SearchService
from webapp import errors, front, headers, theme
from webapp.freshness import Freshness
from webapp.templating import PageEnvironment
from webapp.typography import FILTERS, FrenchSpaces
from webapp.views import Views

__all__ = ["create_app"]


def create_app(service: SearchService, meters_file: Path | None = None) -> Flask:
    """The WSGI application that answers from `service`. It sets no cookie; its state is what it keeps and counts.

    `meters_file` is where the processes of one service count together. Raises ConfigError when the theme of the
    settings cannot be used.
    """
    app = Flask("webapp", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # GET and HEAD, nothing else
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.mimetype = "application/json; charset=utf-8"  # type: ignore[attr-defined]
    app.jinja_environment = PageEnvironment
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
    errors.register(app)
    Views(service, look).register(app)
    theme.check(app, look)
    front.install(app, service.settings, Freshness(service, repr(look)), meters_file)
    headers.register(app)
    return app
