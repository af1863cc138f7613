"""Suggestions over HTTP: for the search box, for programs, for the address bar of browsers."""

from __future__ import annotations

import re
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.web.site import HOSTILE, Page

A9 = "{http://a9.com/-/spec/opensearch/1.1/}"


def suggestions(client, text):
    response = client.get(f"/suggestions.json?q={quote(text, errors='surrogatepass')}")
    assert response.status_code == 200, response.text
    assert response.content_type == "application/json; charset=utf-8"
    return response.json["suggestions"]


@pytest.mark.parametrize(
    ("typed", "text", "kind", "count"),
    [
        ("patr", "patrouille", "mot", 23),
        ("PATR", "patrouille", "mot", 23),
        ("un ide", "Un identifiant comme un autre", "titre", 1),
        ("fin du man", "Fin du mandat de la Minusma", "titre", 1),
        ("une anne", "Une année", "titre", 1),
    ],
)
def test_what_may_be_typed_next(client, typed, text, kind, count):
    assert {"text": text, "kind": kind, "count": count} in suggestions(client, typed)


@pytest.mark.parametrize("typed", ["", "p", " ", "%", "zzzz", "\x00", "x" * 1001, "\ud800", "« »", "-", "titre:"])
def test_what_says_nothing_has_an_empty_list(client, typed):
    assert suggestions(client, typed) == []


def test_without_a_text_the_list_is_empty(client):
    assert client.get("/suggestions.json").json == {"suggestions": []}


@pytest.mark.parametrize(
    "typed",
    ['"<script>', "man' OR 1=1", "mandat*", "(((((", "mandat " * 140, "é\u0301" * 400, "a" * 1000, "\u202e mandat"],
)
def test_any_text_is_answered(client, typed):
    assert len(suggestions(client, typed)) <= 8


def test_markup_of_documents_stays_text(client):
    response = client.get("/suggestions.json?q=hostile")
    assert f"{HOSTILE} hostile" not in response.json["suggestions"]
    titles = [one["text"] for one in suggestions(client, "script al")]
    assert f"{HOSTILE} hostile" in titles, "as it is written: the page shows it as text"


def test_choosing_any_suggestion_finds_something(client):
    for typed in ("ma", "pat", "un", "fin", "note", "texte"):
        for one in suggestions(client, typed):
            found = client.get(f"/recherche.json?q={quote(one['text'])}")
            assert found.json["total"] > 0, one


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("q=ma&page=2", "page"), ("q=ma&Q=x", "Q"), ("q=ma&format=xml", "format"), ("q=ma&format=OPENSEARCH", "format")],
)
def test_unknown_parameters_and_formats_are_refused(client, query, parameter):
    response = client.get(f"/suggestions.json?{query}")
    assert response.status_code == 400
    assert response.json["error"]["code"] == "bad_request"
    assert response.json["error"]["parameter"] == parameter


def test_without_an_index_it_is_a_failure_and_not_an_empty_list(no_index):
    response = no_index.get("/suggestions.json?q=mandat")
    assert (response.status_code, response.json["error"]["code"]) == (503, "index_missing")


# --- browsers ------------------------------------------------------------------------------------------------------


def test_opensearch_suggestions_are_the_four_arrays_of_the_standard(client):
    response = client.get("/suggestions.json?q=patr&format=opensearch", headers={"Host": "fonds.exemple.org:8000"})
    assert response.content_type == "application/x-suggestions+json; charset=utf-8"
    text, texts, counts, urls = response.json
    assert text == "patr"
    assert texts[0] == "patrouille"
    assert counts[0] == "23\u00a0documents"
    assert urls[0] == "http://fonds.exemple.org:8000/recherche?q=patrouille"
    assert len(texts) == len(counts) == len(urls)


def described(client, host="fonds.exemple.org"):
    response = client.get("/opensearch.xml", headers={"Host": host})
    assert response.status_code == 200
    assert response.content_type == "application/opensearchdescription+xml; charset=utf-8"
    return ElementTree.fromstring(response.text)


def test_description_leads_to_search_and_suggestions(client, site):
    tree = described(client)
    assert tree.tag == f"{A9}OpenSearchDescription"
    assert tree.findtext(f"{A9}ShortName") == site.settings.site.name
    assert tree.findtext(f"{A9}InputEncoding") == "UTF-8"
    urls = {url.get("type"): url.get("template") for url in tree.findall(f"{A9}Url")}
    assert urls["text/html"] == "http://fonds.exemple.org/recherche?q={searchTerms}"
    found = client.get(urls["application/x-suggestions+json"].replace("{searchTerms}", "patr"))
    assert found.json[1][0] == "patrouille"
    assert client.get(urls["text/html"].replace("{searchTerms}", "patrouille")).status_code == 200
    image = tree.findtext(f"{A9}Image")
    assert image
    assert client.get(image).status_code == 200


def test_short_name_is_as_short_as_the_standard_says(client):
    name = described(client).findtext(f"{A9}ShortName")
    assert name
    assert len(name) <= 16


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "xn--fonds-bva.example"])
def test_hosts_of_every_shape_are_taken(client, host):
    urls = [url.get("template") or "" for url in described(client, host).findall(f"{A9}Url")]
    assert all(url.startswith(f"http://{host}/") for url in urls), urls


@pytest.mark.parametrize(
    "host", ['a"><x y="', "a b", "a/b", "a@b", "a?b", "", "a:b", "a<b", "a&b", "x" * 300, "{searchTerms}"]
)
@pytest.mark.parametrize("url", ["/opensearch.xml", "/suggestions.json?q=patr&format=opensearch"])
def test_a_host_that_is_none_is_refused(client, url, host):
    response = client.get(url, headers={"Host": host})
    assert response.status_code == 400
    assert "{searchTerms}" not in response.text or host == "{searchTerms}"


def test_every_page_says_where_the_description_is(client):
    for url, status in (("/", 200), ("/recherche?q=mandat", 200), ("/document/complet", 200), ("/rien", 404)):
        response = client.get(url)
        assert response.status_code == status
        assert Page(response.text).attributes("link[rel=search]", "href") == ["/opensearch.xml"]


def test_the_script_is_ours_small_and_not_needed(client):
    page = Page(client.get("/").text)
    url = next(url for url in page.attributes("script", "src") if "suggestions" in (url or ""))
    assert url
    assert re.fullmatch(r"/statique/suggestions\.[0-9a-f]{12}\.js", url)
    script = client.get(url)
    assert "javascript" in script.content_type
    assert len(script.data) <= 4096
    assert page.attributes("#q", "role") == [None], "what only a script makes true, the script says"
