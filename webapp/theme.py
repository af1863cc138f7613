"""A site's own look: a folder whose templates stand before ours and whose style sheets come after ours.

The folder is read once, when the application is made, within bounds; what is wrong with it is said then. Afterwards no
address leads to a file. A theme has no script: pages work without any, and the policy of the headers runs ours alone.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, DictLoader, PrefixLoader, TemplateError, TemplateSyntaxError, meta

from indexer import ConfigError
from webapp import errors
from webapp.assets import IMAGES, STYLE, Asset, asset_of
from webapp.typography import spaced

MAX_FILES = 100
MAX_BYTES = 5_000_000  # of all files: they stay in memory
OURS = "trouvaille"  # a template may extend the one that it replaces: `trouvaille/base.html`
_TEMPLATES = (".html", ".xml")

_ASKED = re.compile(r"""@import|url\(\s*(["']?)([^"')]*)\1\s*\)""", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Theme:
    """What a folder holds: templates by name, style sheets in the order of their names, images by name."""

    folder: Path | None = None
    templates: Mapping[str, str] = field(default_factory=dict)
    styles: tuple[Asset, ...] = ()
    images: Mapping[str, Asset] = field(default_factory=dict)


def load_theme(folder: Path | None) -> Theme:
    """The theme of a folder, none for None. Raises ConfigError for what cannot be read or served."""
    if folder is None:
        return Theme()
    files = dict(_files(folder))
    images = {name: asset_of(name, content) for name, content in files.items() if _kind(name) in IMAGES}
    styles = (
        asset_of(name, _linked(name, _text(folder, name, content), images).encode())
        for name, content in files.items()
        if _kind(name) == STYLE
    )
    templates = {name: _text(folder, name, content) for name, content in files.items() if _kind(name) in _TEMPLATES}
    return Theme(folder, templates, tuple(styles), images)


def use(app: Flask, theme: Theme) -> None:
    """Put the theme's templates before ours."""
    ours = app.jinja_loader
    assert ours
    theirs = DictLoader(theme.templates)
    app.jinja_loader = ChoiceLoader([theirs, PrefixLoader({OURS: ours}), ours])


def check(app: Flask, theme: Theme) -> None:
    """Raises ConfigError with the file and line when a template of the theme in use is broken or replaces nothing.

    All are compiled, and the page of an error, which needs no index, is made: its frame is the frame of every page.
    """
    if not theme.templates:
        return
    known = set(app.jinja_env.list_templates())
    named: set[str | None] = set()
    for name in theme.templates:
        named |= _compiled(app, theme, name, known)
    for name in theme.templates.keys() - named:
        if f"{OURS}/{name}" not in known and None not in named:
            raise _fault(theme, name, f"aucune page ne s’en sert{_nearest(name, known - theme.templates.keys())}")
    try:
        with app.test_request_context("/"):
            errors.answer("not_found")
    except RecursionError as error:
        raise _fault(theme, "", f"un gabarit se contient lui-même ; celui de {OURS} se nomme « {OURS}/… »") from error
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise _fault(theme, "", f"la page ne s’affiche pas : {error}") from error


def _compiled(app: Flask, theme: Theme, name: str, known: set[str]) -> set[str | None]:
    """The names of templates that a template asks for; None among them when one is only known as the page is made."""
    try:
        app.jinja_env.get_template(name)
        named = set(meta.find_referenced_templates(app.jinja_env.parse(theme.templates[name])))
    except TemplateSyntaxError as error:
        raise _fault(theme, f"{name}, ligne {error.lineno}", str(error.message)) from error
    for other in sorted(wanted for wanted in named if wanted and wanted not in known):
        raise _fault(theme, name, f"le gabarit « {other} » n’existe pas{_nearest(other, known)}")
    return named


def _nearest(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return spaced(f" ; vouliez-vous dire « {near[0]} » ?") if near else ""


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a folder that we know what to do with, by name. Folders in it and hidden files are left alone."""
    try:
        inside, left = folder.resolve(strict=True), MAX_BYTES
        served = sorted(path for path in folder.iterdir() if _kind(path.name) in (STYLE, *IMAGES, *_TEMPLATES))
        paths = [path for path in served if path.is_file() and not path.name.startswith(".")]
        if len(paths) > MAX_FILES:
            raise ConfigError(f"Thème {folder} : plus de {MAX_FILES} fichiers.")
        for path in paths:
            if path.resolve().parent != inside:
                raise ConfigError(f"Thème {folder} : « {path.name} » mène hors du dossier.")
            with path.open("rb") as file:
                content = file.read(left + 1)
            left -= len(content)
            if left < 0:
                raise ConfigError(f"Thème {folder} : plus de {MAX_BYTES // 1_000_000} Mo.")
            yield path.name, content
    except OSError as error:
        raise ConfigError(f"Thème {folder} : lecture impossible ({error.strerror}).") from error


def _kind(name: str) -> str:
    return Path(name).suffix.lower()


def _text(folder: Path, name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"Thème {folder} : « {name} » n’est pas en UTF-8.") from error


def _linked(name: str, css: str, images: Mapping[str, Asset]) -> str:
    """A style sheet whose `url(logo.svg)` lead to the images of the theme. Pages load nothing else."""

    def served(asked: re.Match[str]) -> str:
        wanted = asked[2]
        if wanted in images:
            return f'url("{images[wanted].url}")'
        if wanted and wanted.startswith("#"):
            return asked[0]
        raise ConfigError(
            f"Thème, « {name} » : « {asked[0][:80]} » demande un fichier qui n’est pas une image de ce dossier ; "
            "une page ne charge rien d’autre, et les feuilles *.css du dossier le sont toutes."
        )

    return _ASKED.sub(served, _COMMENT.sub("", css))


def _fault(theme: Theme, where: str, what: str) -> ConfigError:
    return ConfigError(spaced(f"Thème {theme.folder}{f', {where}' if where else ''} : {what}"))
