"""What holds for every response: headers, methods, health, failures of the index, files of ours."""

from __future__ import annotations

import logging
import re
from importlib import resources

import pytest
from flask.testing import FlaskClient

from indexer import errors
from tests.web.site import Page, ordinary
from webapp import create_app
from webapp.assets import load_assets, slim
from webapp.errors import FAULTS
from webapp.headers import HEADERS

EVERY_ROUTE = [
    ("/", 200),
    ("/recherche?q=mandat", 200),
    ("/recherche.json?q=mandat", 200),
    ("/recherche?du=2023", 303),
    ("/recherche?date=x", 400),
    ("/recherche.json?date=x", 400),
    ("/recherche?page=999", 404),
    ("/document/complet", 200),
    ("/document/complet.json", 200),
    ("/document/inconnu", 404),
    ("/suggestions.json?q=man", 200),
    ("/suggestions.json?q=man&format=opensearch", 200),
    ("/suggestions.json?q=man&x=1", 400),
    ("/opensearch.xml", 200),
    ("/etat", 200),
    ("/etat?liste=sans-date", 200),
    ("/etat?liste=echecs", 403),
    ("/etat.json", 200),
    ("/etat.csv?liste=sans-date", 200),
    ("/etat.csv?liste=vides", 403),
    ("/api", 200),
    ("/api/openapi.json", 200),
    ("/metriques", 200),
    ("/sante/vivant", 200),
    ("/sante/pret", 200),
    ("/sante/inconnu", 404),
    ("/rien", 404),
    ("/statique/rien.css", 404),
]


@pytest.mark.parametrize(("url", "status"), EVERY_ROUTE)
def test_every_response_carries_the_security_headers(client, url, status):
    response = client.get(url)
    assert response.status_code == status
    for name, value in HEADERS.items():
        assert response.headers.getlist(name) == [value]
    assert "Set-Cookie" not in response.headers
    assert "Cache-Control" in response.headers


@pytest.mark.parametrize(("url", "status"), EVERY_ROUTE)
def test_head_answers_like_get_without_a_body(client, url, status):
    response = client.head(url)
    assert (response.status_code, response.data) == (status, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("url", ["/", "/recherche", "/document/complet", "/sante/vivant"])
def test_only_get_and_head_are_allowed(client, method, url):
    response = client.open(url, method=method)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert response.headers["Content-Security-Policy"]


def test_pages_hold_no_script_but_ours_no_style_and_nothing_from_elsewhere(client):
    for url, _ in EVERY_ROUTE:
        text = client.get(url).text
        scripts = re.findall("<script.*", text)
        assert all(re.fullmatch(r'<script src="/statique/\S+\.js" defer></script>', script) for script in scripts), url
        assert " style=" not in text
        assert not re.search(r'(?:src|<link[^>]*href)="(?:https?:)?//', text), url


# --- files of ours -------------------------------------------------------------------------------------------------


def test_style_sheet_is_kept_for_ever_under_a_name_with_its_hash(client):
    page = Page(client.get("/").text)
    (url,) = page.attributes("link[rel=stylesheet]", "href")
    assert url
    assert re.fullmatch(r"/statique/trouvaille\.[0-9a-f]{12}\.css", url)
    response = client.get(url)
    assert response.content_type == "text/css; charset=utf-8"
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_icon_is_an_image(client):
    (url,) = Page(client.get("/").text).attributes("link[rel=icon]", "href")
    assert client.get(url).content_type.startswith("image/svg+xml")


def test_the_style_sheet_is_sent_without_what_only_people_need():
    written = resources.files("webapp").joinpath("static", "trouvaille.css").read_text(encoding="utf-8")
    sent = load_assets()["trouvaille.css"].content.decode()
    tokens = re.compile(r"""/\*.*?\*/|"[^"]*"|[\w.#%-]+|[^\s\w]""", re.DOTALL)
    assert tokens.findall(sent) == [token for token in tokens.findall(written) if not token.startswith("/*")]
    assert len(sent) < 0.9 * len(written)


@pytest.mark.parametrize(
    ("sheet", "sent"),
    [
        ('a  b > c , d {\n  content: "a , { /x ";\n}\n', 'a b > c,d{content: "a , { /x ";}'),
        ("/* one */ a{}\n/* two\n lines */\nb {}", "a{}b{}"),
    ],
)
def test_spaces_that_tell_something_stay(sheet, sent):
    assert slim(sheet) == sent


@pytest.mark.parametrize("name", ["trouvaille.css", "..%2fviews.py", "trouvaille.000000000000.css"])
def test_only_hashed_names_are_served(client, name):
    assert client.get(f"/statique/{name}").status_code == 404


def test_all_scripts_together_stay_small():
    sizes = {name: len(asset.content) for name, asset in load_assets().items() if name.endswith(".js")}
    assert sum(sizes.values()) <= 15_000, sizes


# --- home ----------------------------------------------------------------------------------------------------------


def test_home_says_what_there_is_and_offers_ways_in(client, site):
    page = Page(client.get("/").text)
    assert page.text("h1") == "Trouvaille"
    documents = site.service.status().documents
    assert re.fullmatch(rf"{documents} documents mis à jour le \d+(er)? \w+ \d{{4}}", page.text(".holdings"))
    assert len(page.texts(".try a")) == len(site.settings.site.examples)
    assert page.link("Résolution", ".by-type") == "/recherche?type=r%C3%A9solution"
    assert page.link("2023", ".by-date") == "/recherche?date=2023"
    assert len(page.texts("#ecrire dl div")) == 3


# --- health and failures -------------------------------------------------------------------------------------------


def test_health_of_the_process_does_not_ask_the_index(no_index):
    assert no_index.get("/sante/vivant").status_code == 200
    assert no_index.get("/sante/pret").status_code == 503
    assert no_index.get("/sante/pret").json["error"]["code"] == "index_missing"


def test_readiness_says_generation_and_documents(client, site):
    ready = client.get("/sante/pret")
    assert ready.json["generation"] == site.service.status().generation
    assert ready.json["documents"] == site.service.status().documents
    assert ready.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("url", ["/", "/recherche?q=mandat", "/document/complet"])
def test_missing_index_is_503_and_names_the_command(no_index, url):
    response = no_index.get(url)
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    text = ordinary(response.text)
    assert "« trouvaille reindex »" in text
    assert "résultat" not in Page(response.text).text("main")
    if "q=" in url:
        assert 'value="mandat"' in text


def test_missing_index_does_not_tell_the_public_where_it_should_be(no_index, tmp_path):
    assert str(tmp_path) not in no_index.get("/").text
    assert str(tmp_path) not in no_index.get("/recherche.json").text


def test_every_code_of_the_indexer_has_its_row():
    kinds = [errors.RequestError, errors.IndexProblem]
    for kind in kinds:
        kinds += kind.__subclasses__()
        assert kind.code in FAULTS, f"webapp/errors.py has no row for {kind.__name__}"


class _Broken:
    """A service that fails in a way nobody thought of."""

    def __init__(self, service):
        self.settings = service.settings
        self.status = service.status
        self.label = service.label

    def search(self, request):
        raise ZeroDivisionError("secret")


@pytest.fixture
def broken(site) -> FlaskClient:
    return create_app(_Broken(site.service)).test_client()


def test_unforeseen_failure_is_500_and_logged_and_tells_nothing(broken, caplog):
    with caplog.at_level(logging.ERROR):
        response = broken.get("/recherche?q=mandat")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert 'value="mandat"' in response.text
    assert response.headers["Content-Security-Policy"]
    assert "ZeroDivisionError" in caplog.text
    assert broken.get("/recherche.json").json["error"]["code"] == "internal"


def test_failure_to_read_the_index_never_looks_like_an_empty_result(site):
    class Damaged(_Broken):
        def search(self, request):
            raise errors.IndexDamaged("/secret/segment est abîmé")

        def status(self):
            raise errors.IndexDamaged("/secret/segment est abîmé")

    service = Damaged(site.service)
    del service.status
    response = create_app(service).test_client().get("/recherche?q=mandat")
    assert response.status_code == 503
    assert "trouvaille reindex --full" in response.text
    assert "/secret" not in response.text
