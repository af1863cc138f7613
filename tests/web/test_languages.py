"""Languages through the whole stack: told of a hit that is not in French, a facet, a filter, a field, JSON."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.conftest import House
from tests.web.site import Page
from webapp import create_app

TEXTS = {
    "a.txt": "Le mandat\n\nLe mandat de la mission prend fin dans une semaine, et les soldats quittent la ville.",
    "b.txt": "The mandate\n\nThe mandat of the mission ends within a week, and the soldiers are leaving the town.",
    "c.md": "---\ntitle: Mandato\nauteur: [Aminata Traoré, J. Diallo]\n---\nEl mandat de la misión termina dentro de"
    " una semana y los soldados abandonan la ciudad.",
    "d.txt": "Note\n\nMandat.",
}


@pytest.fixture
def client(house: House) -> FlaskClient:
    for name, text in TEXTS.items():
        house.write(name, text)
    house.reindex()
    return create_app(house.service()).test_client()


@pytest.fixture
def page(client: FlaskClient) -> Callable[[str], Page]:
    return lambda url: Page(client.get(url).text)


def test_a_hit_that_is_not_in_french_says_so(page: Callable[[str], Page]) -> None:
    assert sorted(page("/recherche?q=mandat").texts(".hit .tongue")) == ["en anglais", "en espagnol"]


def test_the_words_of_another_language_say_so_to_those_who_read_them_aloud(page: Callable[[str], Page]) -> None:
    found = page("/recherche?q=mandat&langue=en")
    assert found.attributes(".hit h2, .hit .frag", "lang") == ["en", "en"]
    assert set(page(found.attributes(".hit h2 a", "href")[0] or "").attributes("h1, .sheet > p", "lang")) == {"en"}
    french = page("/recherche?q=mandat&langue=fr")
    assert set(french.attributes(".hit h2, .hit .frag", "lang")) == {None}


def test_languages_are_a_facet_whose_choice_can_be_undone(page: Callable[[str], Page]) -> None:
    found = page("/recherche?q=mandat")
    shown = [text.split(" résultat")[0] for text in found.texts("[aria-labelledby=par-langue] li")]
    assert shown == ["anglais 1", "espagnol 1", "français 1", "langue inconnue 1"]
    chosen = page("/recherche?q=mandat&langue=en&langue=inconnue")
    assert len(chosen.texts(".hit")) == 2
    assert len(chosen.texts("[aria-labelledby=par-langue] li")) == 4
    assert [tag for tag in chosen.texts(".tags a") if "anglais" in tag or "inconnue" in tag]


def test_there_is_no_facet_where_all_is_in_one_language(house: House) -> None:
    house.write("a.txt", TEXTS["a.txt"])
    house.write("d.txt", TEXTS["d.txt"])
    house.reindex()
    found = Page(create_app(house.service()).test_client().get("/recherche?q=mandat").text)
    assert found.texts(".hit")
    assert found.texts("[aria-labelledby=par-langue]") == []


def test_a_document_tells_its_authors_its_language_and_its_format(client: FlaskClient) -> None:
    (hit,) = client.get("/recherche.json?q=langue:es").json["hits"]
    assert (hit["language"], hit["format"], hit["authors"]) == ("es", "Markdown", ["Aminata Traoré", "J. Diallo"])
    text = client.get(hit["url"]).text
    assert "en espagnol" in text
    assert "Aminata Traoré, J. Diallo" in text


def test_json_counts_and_filters_languages(client: FlaskClient) -> None:
    found = client.get("/recherche.json?q=mandat&langue=anglais").json
    assert (found["query"]["langue"], found["total"]) == (["en"], 1)
    assert [(one["value"], one["count"], one["selected"]) for one in found["facets"]["langue"]] == [
        ("en", 1, True), ("es", 1, False), ("fr", 1, False), ("inconnue", 1, False),
    ]  # fmt: skip
    assert client.get(found["facets"]["langue"][0]["url"]).json["total"] == 4
    assert client.get("/recherche.json?langue=martien").json["error"]["parameter"] == "langue"
    assert client.get("/recherche?langue=martien").status_code == 400


def test_fields_find_by_language_and_format(client: FlaskClient) -> None:
    def total(text: str) -> int:
        return int(client.get("/recherche.json", query_string={"q": text}).json["total"])

    assert [total(text) for text in ("langue:en", "langue:inconnue", "format:markdown", "mandat -langue:fr")] == [
        1, 1, 1, 3,
    ]  # fmt: skip
    assert total("langue:en OU format:markdown") == 2
