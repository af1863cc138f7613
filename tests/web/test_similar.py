"""Documents about the same things stand beside a document; what says the same does not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from tests.conftest import House
from tests.web.site import Page
from webapp import create_app

RIVER = "La crue du fleuve a emporté les digues de Diré, les pirogues et les greniers de mil."
DISPATCH = (
    "Les pirogues remontent le fleuve vers Diré depuis que la crue a passé les digues, disent les piroguiers. " * 5
)
DOCUMENTS = {
    "crue": (f"{RIVER} Les pirogues manquent aux pêcheurs.", "rapport"),
    "digues": ("Des digues de banco protégeront Diré de la crue ; les greniers seront refaits.", "communiqué"),
    "reprise-1": (f"{DISPATCH} Avec agence.", "dépêche"),
    "reprise-2": (f"{DISPATCH} De notre correspondant.", "dépêche"),
    "vote": ("Le scrutin de dimanche mobilise les électeurs de Ségou et leurs urnes.", "rapport"),
}


@pytest.fixture
def client(house: House) -> FlaskClient:
    lines = [{"id": id, "title": id, "text": text, "type": type} for id, (text, type) in DOCUMENTS.items()]
    house.write("a.jsonl", "\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    house.write("copie/un.txt", f"{RIVER}\n\nUne copie.\n")
    house.write("copie/deux.txt", f"{RIVER}\n\nUne copie.\n")
    assert house.reindex().exit_code == 0
    return create_app(house.service()).test_client()


def similar(client: FlaskClient, id: str) -> list[str]:
    return [one["id"] for one in client.get(f"/document/{id}.json").json["similar"]]


def test_what_shares_rare_words_is_similar_and_of_a_group_one_is_shown(client: FlaskClient) -> None:
    found = similar(client, "crue")
    assert "digues" in found
    assert len({"reprise-1", "reprise-2"} & set(found)) == 1
    assert not {"crue", "vote"} & set(found)
    shares = [one["share"] for one in client.get("/document/crue.json").json["similar"]]
    assert shares == sorted(shares, reverse=True)


def test_reprises_and_copies_are_not_shown_again(client: FlaskClient, house: House) -> None:
    assert client.get("/document/reprise-1.json").json["reprises"]["count"] == 1
    assert "reprise-2" not in similar(client, "reprise-1")
    copies = {one.id for one in house.service().documents() if one.path.startswith("copie/")}
    assert len(copies) == 2
    for id in copies:
        found = similar(client, id)
        assert "crue" in found
        assert not copies & set(found)


def test_the_page_lists_them_and_a_document_alone_has_none(client: FlaskClient) -> None:
    page = Page(client.get("/document/crue").text)
    assert "/document/digues" in page.attributes("[aria-labelledby=semblables] a", "href")
    assert Page(client.get("/document/vote").text).texts("[aria-labelledby=semblables]") == []


def test_a_site_may_do_without(client: FlaskClient, house: House) -> None:
    house.settings = replace(house.settings, search=replace(house.settings.search, similar=0))
    assert similar(create_app(house.service()).test_client(), "crue") == []
