"""A site's own templates, style sheets and images: they come in by name, within bounds; faults are said at start."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import ConfigError, Settings, create_service, load_settings
from tests.web.site import Page, Site
from webapp import create_app, theme
from webapp.server import serve

LOGO = b"\x89PNG logo"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "charte"
    folder.mkdir()
    return folder


def themed(settings: Settings, folder: Path) -> Settings:
    return replace(settings, site=replace(settings.site, theme=folder))


@pytest.fixture
def dressed(site: Site, folder: Path) -> Callable[..., FlaskClient]:
    """The application with these files in its theme."""

    def dress(**files: str | bytes) -> FlaskClient:
        for name, content in files.items():
            path = folder / name.replace("__", ".")
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return create_app(create_service(themed(site.settings, folder))).test_client()

    return dress


def test_the_example_of_the_readme_puts_a_logo_on_every_page(dressed):
    client = dressed(
        base__html='{% extends "trouvaille/base.html" %}\n'
        '{% block brand %}<img src="{{ asset["logo.png"] }}" alt="Fonds Untel">{% endblock %}\n',
        couleurs__css=":root { --accent: #00594f; }\n.brand { background: url(logo.png); }\n",
        logo__png=LOGO,
    )
    for url in ("/recherche?q=mandat", "/document/complet", "/aide", "/rien"):
        page = Page(client.get(url).text)
        (logo,) = page.attributes(".brand img", "src")
        ours, theirs = page.attributes("link[rel=stylesheet]", "href")
        assert re.fullmatch(r"/statique/logo\.[0-9a-f]{12}\.png", logo)
        assert "trouvaille." in ours
        assert "couleurs." in theirs, "their style sheet comes after ours"
        assert page.attributes("h1", "class") is not None
    style = client.get(theirs)
    assert f'url("{logo}")' in style.text
    assert style.content_type == "text/css; charset=utf-8"
    assert "immutable" in style.headers["Cache-Control"]
    assert client.get(logo).data == LOGO
    assert "n’ont pas porté sur ce thème" in client.get("/accessibilite").text


def test_a_template_of_the_same_name_takes_the_place_of_ours_and_french_spaces_hold(dressed):
    client = dressed(_search__html="<p class=mien>Cherchez : {{ query }} !</p>", favicon__svg="<svg/>")
    page = client.get("/recherche?q=mandat").text
    assert "<p class=mien>Cherchez\u00a0: mandat\u202f!</p>" in page
    (icon,) = Page(page).attributes("link[rel=icon]", "href")
    assert client.get(icon).data == b"<svg/>"


def test_no_address_leads_to_a_file_of_the_theme(dressed):
    client = dressed(logo__png=LOGO, notes__txt="secret", base__html='{% extends "trouvaille/base.html" %}')
    for url in ("logo.png", "notes.txt", "base.html", "../charte/logo.png", "%2e%2e/charte/logo.png"):
        assert client.get(f"/statique/{url}").status_code == 404


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"base__html": "<p>\n{% if %}"}, "base.html, ligne 2"),
        ({"home__html": "{{ 3|inconnu }}"}, "home.html, ligne 1"),
        (
            {"resluts__html": "<p>"},
            "ne s’en sert\u202f; vouliez-vous dire «\u00a0results.html\u00a0»\u202f?",
        ),
        ({"base__html": '{% include "pied.html" %}'}, "le gabarit «\u00a0pied.html\u00a0» n’existe pas"),
        ({"base__html": "{{ siet.name }}"}, "la page ne s’affiche pas\u00a0: 'siet' is undefined"),
        ({"base__html": '{% extends "base.html" %}'}, "un gabarit se contient lui-même"),
        ({"base__html": b"\xe9"}, "n’est pas en UTF-8"),
        ({"a__css": "b { background: url(https://ailleurs.example/x.png) }"}, "n’est pas une image de ce dossier"),
        ({"a__css": '@import "b.css";'}, "« @import »"),
        ({"grand__png": bytes(theme.MAX_BYTES + 1)}, "plus de 5 Mo"),
        ({f"f{n}__css": "" for n in range(theme.MAX_FILES + 1)}, "plus de 100 fichiers"),
    ],
)
def test_a_fault_of_the_theme_is_said_when_the_application_is_made(dressed, files, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        dressed(**files)


def test_a_link_that_leads_out_of_the_folder_is_refused(dressed, folder, tmp_path):
    (tmp_path / "ailleurs.svg").write_text("<svg/>")
    (folder / "logo.svg").symlink_to("../ailleurs.svg")
    with pytest.raises(ConfigError, match="mène hors du dossier"):
        dressed()


def test_a_partial_of_their_own_that_a_template_includes_is_welcome(dressed):
    client = dressed(
        base__html='{% extends "trouvaille/base.html" %}{% block foot %}{% include "pied.html" %}{% endblock %}',
        pied__html="<b>pied</b>",
    )
    assert "<b>pied</b>" in client.get("/aide").text


def test_serve_refuses_a_broken_theme_before_any_process_starts(site, folder, tmp_path):
    (folder / "base.html").write_text("{% endblock %}")
    with pytest.raises(ConfigError, match=r"base\.html, ligne 1"):
        serve(themed(site.settings, folder), "127.0.0.1", 0, 1)
    with pytest.raises(ConfigError, match="lecture impossible"):
        serve(themed(site.settings, tmp_path / "rien"), "127.0.0.1", 0, 1)


def test_the_folder_is_named_relative_to_the_configuration_file(tmp_path):
    file = tmp_path / "trouvaille.toml"
    file.write_text('[site]\ntheme = "charte"\n', encoding="utf-8")
    assert load_settings(file, environ={}).site.theme == tmp_path / "charte"
    assert load_settings(environ={}).site.theme is None
