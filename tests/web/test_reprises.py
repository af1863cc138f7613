"""Copies and reprises, on the pages and in the JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from tests.conftest import House
from tests.web.site import Page
from webapp import create_app

TEXT = (
    "Le Conseil de sécurité a mis fin vendredi au mandat de la mission au Mali, après dix ans de présence. Les casques "
    "bleus ont six mois pour quitter le pays, ont indiqué des diplomates à New York, où le vote a été unanime."
)
LINES = [
    *(
        {"id": f"r{n}", "title": f"Reprise {n}", "text": f"{TEXT} Avec agence.", "date": f"2023-06-{n + 1:02}",
         "source": f"Journal {n}", "type": "dépêche"}
        for n in range(1, 25)
    ),
    {"id": "autre", "title": "Autre texte", "text": "Le mandat de la mission, vu de Gao.", "type": "rapport"},
]  # fmt: skip


@pytest.fixture
def press(house: House) -> FlaskClient:
    """Twenty-four reprises of a dispatch, another document, and a note in eight places."""
    house.write("depeches.jsonl", "\n".join(json.dumps(line, ensure_ascii=False) for line in LINES))
    for number in range(8):
        house.write(f"notes/copie-{number}.txt", "Une note\n\nLe mandat y est cité.\n")
    assert house.reindex().exit_code == 0
    return create_app(house.service()).test_client()


def read(client: FlaskClient, url: str) -> Page:
    response = client.get(url)
    assert response.status_code == 200, response.text[:500]
    return Page(response.text)


def test_reprises_are_counted_apart_and_open_beneath_their_hit(press: FlaskClient) -> None:
    page = read(press, "/recherche?q=mandat")
    assert page.text("[role=status] strong") == "26 résultats"
    assert "dont 23 reprises" in page.text("[role=status]")
    assert len(page.texts(".hit")) == 3
    assert page.text(".hit details.reprises summary") == "23 reprises"
    links = page.texts(".hit details.reprises li a")
    assert len(links) == 20
    assert page.texts(".hit details.reprises li")[-1] == "et 3 autres"
    assert "Journal 2, 3 juin 2023" in page.texts(".hit details.reprises li .aside")


def test_a_link_shows_reprises_apart_and_another_takes_that_back(press: FlaskClient) -> None:
    page = read(press, "/recherche?q=mandat")
    url = page.link("23 reprises", "[role=status]")
    assert url == "/recherche?q=mandat&reprises=toutes"
    apart = read(press, url)
    assert len(apart.texts(".hit")) == 10
    assert not apart.texts("details.reprises")
    assert "dont" not in apart.text("[role=status]")
    assert apart.link("reprises séparées", ".tags") == "/recherche?q=mandat"
    assert "/recherche?q=mandat&reprises=toutes&page=3" in apart.attributes(".pager a", "href")


def test_pages_are_of_what_is_shown(press: FlaskClient) -> None:
    assert press.get("/recherche.json?q=mandat").json["pages"]["last"] == 1
    assert press.get("/recherche.json?q=mandat&reprises=toutes").json["pages"]["last"] == 3
    assert press.get("/recherche?q=mandat&page=2").status_code == 404


def test_copies_are_places_of_one_hit(press: FlaskClient) -> None:
    page = read(press, "/recherche?q=note")
    assert page.texts(".hit h2") == ["Une note"]
    assert page.text(".also") == (
        "Aussi dans : notes/copie-1.txt, notes/copie-2.txt, notes/copie-3.txt, notes/copie-4.txt, notes/copie-5.txt "
        "et 2 autres"
    )


def test_the_page_of_a_document_lists_its_places_and_reprises(press: FlaskClient) -> None:
    hits = press.get("/recherche.json?q=note").json["hits"]
    page = read(press, hits[0]["url"])
    assert "Aussi dans : notes/copie-1.txt" in " ".join(page.texts(".path"))
    page = read(press, "/document/r3?q=mandat")
    assert page.texts("section.reprises h2") == ["Reprises"]
    assert page.link("Reprise 4", "section.reprises") == "/document/r4?q=mandat"
    assert "Reprise 3" not in page.texts("section.reprises a")
    assert not read(press, "/document/autre").texts("section.reprises")


def test_json_has_places_and_reprises(press: FlaskClient) -> None:
    found = press.get("/recherche.json?q=mandat&tri=ancien").json
    assert (found["total"], found["reprises"]) == (26, 23)
    first, *others = found["hits"]
    assert first["id"] == "r1"
    assert first["reprises"]["count"] == 23
    assert first["reprises"]["hits"][0] == {
        "id": "r2",
        "title": "Reprise 2",
        "url": "/document/r2?q=mandat",
        "path": "depeches.jsonl#r2",
        "original_url": None,
        "source": "Journal 2",
        "date": "2023-06-03",
    }
    note = next(hit for hit in others if hit["places"])
    assert note["places"] == [f"notes/copie-{number}.txt" for number in range(1, 8)]
    assert note["reprises"] == {"count": 0, "hits": []}
    twin = press.get("/document/r24.json").json
    assert (twin["reprises"]["count"], twin["places"]) == (23, [])


@pytest.mark.parametrize("url", ["/recherche.json?q=mandat&reprises=oui", "/recherche?q=mandat&reprises=1"])
def test_another_value_of_reprises_is_refused(press: FlaskClient, url: str) -> None:
    assert press.get(url).status_code == 400


def test_a_site_may_do_without_groups(house: House) -> None:
    house.write("depeches.jsonl", "\n".join(json.dumps(line, ensure_ascii=False) for line in LINES))
    house.reindex()
    assert house.search("mandat").reprises == 23
    house.settings = replace(house.settings, search=replace(house.settings.search, group=False))
    assert house.search("mandat").reprises == 0
    assert house.search("mandat").last_page == 3
