"""All results at once, as CSV, JSON or a feed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Self
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from tests.conftest import House
from tests.web.site import HOSTILE, Page, Site, ordinary
from webapp import create_app

ATOM = "{http://www.w3.org/2005/Atom}"


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_csv_has_every_result_in_order_with_its_address(client: FlaskClient) -> None:
    response = client.get("/recherche.csv?q=patrouille&tri=ancien")
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == "attachment; filename=resultats.csv"
    head, *rows = rows_of(response.text)
    assert head[:3] == ["rang", "identifiant", "titre"]
    assert [row[1] for row in rows] == [f"serie-{n}" for n in range(1, 24)]
    assert rows[1][0] == "2"
    assert rows[1][-1] == "http://localhost/document/serie-2"


def test_json_is_one_object_with_every_result(client: FlaskClient) -> None:
    response = client.get("/export.json?q=patrouille&tri=ancien&type=d%C3%A9p%C3%AAche")
    assert response.content_type == "application/json; charset=utf-8"
    found = json.loads(response.text)
    assert found["query"] == {
        "q": "patrouille",
        "type": ["dépêche"],
        "date": None,
        "mention": None,
        "langue": [],
        "tri": "ancien",
        "mots": None,
        "sans": [],
    }
    assert (found["total"], found["count"]) == (23, 23)
    page = client.get("/recherche.json?q=patrouille&tri=ancien").json["hits"]
    assert [hit["id"] for hit in found["hits"][:10]] == [hit["id"] for hit in page]
    assert {"title", "url", "path", "type", "date", "first_seen"} <= found["hits"][0].keys()
    assert json.loads(client.get("/export.json?q=zanzibar").text)["hits"] == []


def test_ranks_by_relevance_are_those_of_the_pages(client: FlaskClient) -> None:
    exported = [hit["id"] for hit in json.loads(client.get("/export.json?q=mandat").text)["hits"]]
    paged = [hit["id"] for hit in client.get("/recherche.json?q=mandat&reprises=toutes").json["hits"]]
    assert exported[: len(paged)] == paged


def test_nothing_hostile_becomes_a_formula_or_breaks_out(house: House) -> None:
    title = '=HYPERLINK("http://exemple.org";"ouvrir")'
    house.write("a.jsonl", json.dumps({"id": "+1", "title": title, "text": "Le mandat.\x0b ]]>"}) + "\n")
    house.reindex()
    client = create_app(house.service()).test_client()
    _, row = rows_of(client.get("/recherche.csv?q=mandat").text)
    assert row[1:3] == ["'+1", f"'{title}"]
    feed = ElementTree.fromstring(client.get("/recherche.atom?q=mandat").data)
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == title


def test_an_export_is_bounded_and_the_page_says_so(site: Site) -> None:
    settings = replace(site.settings, search=replace(site.settings.search, export_most=5))
    service = type(site.service)(site.service._engine, site.service._rules, settings)
    client = create_app(service).test_client()
    found = json.loads(client.get("/export.json?q=patrouille").text)
    assert (found["total"], found["count"], len(found["hits"])) == (23, 5, 5)
    assert "les 5 premiers" in Page(client.get("/recherche?q=patrouille").text).text(".takeaway")
    assert "premiers" not in Page(client.get("/recherche?q=minusma").text).text(".takeaway")
    service.settings = replace(settings, search=replace(settings.search, export_most=0))
    assert client.get("/export.json").status_code == 404
    assert client.get("/recherche.csv").status_code == 404
    assert Page(client.get("/recherche?q=minusma").text).texts(".takeaway [download]") == []


def test_the_page_links_what_keeps_its_filters_and_not_its_page(page) -> None:
    found = page("/recherche?q=patrouille&type=d%C3%A9p%C3%AAche&tri=ancien&page=2&pourquoi=1")
    rest = "?q=patrouille&type=d%C3%A9p%C3%AAche&tri=ancien"
    assert found.link("en CSV", ".takeaway") == f"/recherche.csv{rest}"
    assert found.link("en JSON", ".takeaway") == f"/export.json{rest}"
    assert found.link("Suivre cette recherche") == f"/recherche.atom{rest}"
    assert found.attributes("link[type='application/atom+xml']", "href") == [f"/recherche.atom{rest}"]
    assert page("/recherche?q=zanzibar").texts(".takeaway") == []


@pytest.mark.parametrize("path", ["/recherche.csv", "/export.json", "/recherche.atom"])
@pytest.mark.parametrize("query", ["page=2", "reprises=toutes", "pourquoi=1", "x=1", "date=hier", "q=" + "a" * 2000])
def test_what_they_do_not_know_or_cannot_read_is_refused(client: FlaskClient, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code == 400


def test_reprises_are_exported_each(house: House) -> None:
    text = "Le Conseil a mis fin au mandat de la mission au Mali après dix ans. " * 6
    lines = [{"id": f"r{n}", "title": f"Reprise {n}", "text": f"{text} Avec agence {n}."} for n in range(3)]
    house.write("a.jsonl", "\n".join(map(json.dumps, lines)))
    house.reindex()
    client = create_app(house.service()).test_client()
    assert client.get("/recherche.json?q=mandat").json["reprises"] == 2
    assert json.loads(client.get("/export.json?q=mandat").text)["count"] == 3
    assert len(rows_of(client.get("/recherche.csv?q=mandat").text)) == 4


# --- feed ----------------------------------------------------------------------------------------------------------


def entries_of(client: FlaskClient, url: str) -> list[ElementTree.Element]:
    response = client.get(url)
    assert response.content_type == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.data).findall(f"{ATOM}entry")


def clock_at(day: int) -> type[datetime]:
    """A clock that stands on a day of January 2026."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2026, 1, day, 10, tzinfo=tz)

    return Clock


def ids(client: FlaskClient, url: str) -> list[str | None]:
    return [entry.findtext(f"{ATOM}id") for entry in entries_of(client, url)]


def test_a_feed_says_what_came_last_first_and_the_same_after_a_rebuild(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, names in ((1, ("b", "a")), (2, ("c",))):
        monkeypatch.setattr("indexer.reindex.run.datetime", clock_at(day))
        for name in names:
            house.write(f"{name}.jsonl", json.dumps({"id": name, "title": name, "text": "mandat", "date": "1999"}))
        house.reindex()
    client = create_app(house.service()).test_client()
    before = client.get("/recherche.atom?q=mandat&tri=ancien").data
    assert ids(client, "/recherche.atom?q=mandat") == [f"tag:localhost,2026:document/{name}" for name in "cab"]
    feed = ElementTree.fromstring(before)
    assert feed.findtext(f"{ATOM}updated") == "2026-01-02T10:00:00Z"
    monkeypatch.setattr("indexer.reindex.run.datetime", clock_at(9))
    house.reindex(full=True)
    assert client.get("/recherche.atom?q=mandat&tri=ancien").data == before


def test_a_feed_has_what_readers_need(client: FlaskClient) -> None:
    url = "/recherche.atom?q=minusma&type=r%C3%A9solution"
    feed = ElementTree.fromstring(client.get(url, headers={"Host": "fonds.exemple.org:8080"}).data)
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    root = "http://fonds.exemple.org:8080"
    assert links == {"self": root + url, "alternate": root + url.replace(".atom", "")}
    assert feed.findtext(f"{ATOM}id") == "tag:fonds.exemple.org,2026:recherche?q=minusma&type=r%C3%A9solution"
    assert feed.findtext(f"{ATOM}title") == "minusma – Trouvaille"
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Fin du mandat de la Minusma"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Conseil de sécurité"
    assert "30 juin 2023" in ordinary(entry.findtext(f"{ATOM}summary") or "")
    assert entry.find(f"{ATOM}link").get("href") == f"{root}/document/complet?q=minusma"  # type: ignore[union-attr]


def test_a_feed_of_nothing_or_of_markup_is_still_a_feed(client: FlaskClient) -> None:
    assert entries_of(client, "/recherche.atom?q=zanzibar") == []
    (entry,) = entries_of(client, "/recherche.atom?q=hostile+hostile+sans+fin")[:1]
    assert HOSTILE in (entry.findtext(f"{ATOM}title") or "")
    assert (entry.findtext(f"{ATOM}id") or "").startswith("tag:localhost,2026:document/a%2Fb")


def test_a_feed_is_bounded(client: FlaskClient) -> None:
    assert len(entries_of(client, "/recherche.atom")) == 50
