"""Pages of a PDF, from the file to the page of results and back to the place in the document."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from indexer import create_service, load_settings
from indexer.assembly import engine, type_rules, word_lists
from indexer.reindex import reindex
from tests.documents.pdfs import column, pdf_of
from tests.web.site import Page
from webapp import create_app

# Forty pages of prose, far more than a hit is read of, with a word of their own on two of them.
PAGES = 40
RARE = {12: "Le ravitaillement du camp a repris.", 31: "Le ravitaillement est assuré."}


def prose(number: int) -> str:
    """The lines of a page; it ends within a sentence that the next one goes on with."""
    lines = [f"Le rapport de la section {number * 100 + line} rappelle le mandat de la mission." for line in range(30)]
    return "\n".join(
        [
            f"fin du point {7 * number - 7} que voici.",
            *lines,
            RARE.get(number, "Rien de plus."),
            f"Le point {7 * number} de la phrase va jusqu’à la",
        ]
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("leaves")
    corpus = folder / "fonds"
    corpus.mkdir()
    (corpus / "rapport.pdf").write_bytes(
        pdf_of([column(prose(n)) for n in range(1, PAGES + 1)], Title="Rapport de mission")
    )
    (corpus / "note.txt").write_text("Une note\n\nLe ravitaillement y est cité.\n", encoding="utf-8")
    settings = load_settings(index=folder / "index", environ={})
    report = reindex(engine(settings), settings, type_rules(settings), word_lists(settings), (corpus,))
    assert report.exit_code == 0, report.to_json()
    return create_app(create_service(settings)).test_client()


@pytest.fixture
def page(client: FlaskClient) -> Callable[[str], Page]:
    return lambda url: Page(client.get(url).text)


def hit_of(client: FlaskClient, query: str) -> dict:
    hits = client.get("/recherche.json", query_string={"q": query}).json["hits"]
    return next(hit for hit in hits if hit["path"] == "rapport.pdf")


def test_a_snippet_of_a_long_file_knows_its_page(client):
    hit = hit_of(client, "ravitaillement")
    assert hit["snippets_pages"] == [12, 31]
    assert len(hit["snippets"]) == 2


def test_a_snippet_that_runs_over_to_the_next_page_is_on_that_of_its_match(client):
    assert hit_of(client, '"phrase va jusqu’à la fin du point 49"')["snippets_pages"] == [7]
    assert hit_of(client, '"fin du point 49"')["snippets_pages"] == [8]


def test_what_has_no_pages_has_no_page(client):
    hits = client.get("/recherche.json", query_string={"q": "ravitaillement"}).json["hits"]
    note = next(hit for hit in hits if hit["path"] == "note.txt")
    assert note["snippets_pages"] == [None]
    assert client.get(f"{note['url'].split('?')[0]}.json").json["pages"] is None


def test_the_page_of_a_snippet_leads_to_the_place_where_it_begins(client, page):
    results = page("/recherche?q=ravitaillement")
    places = dict(zip(results.texts(".frag .leaf"), results.attributes(".frag .leaf", "href"), strict=True))
    assert list(places) == ["§ 1", "p. 12, § 24", "p. 31, § 62"]
    url, _, anchor = places["p. 12, § 24"].partition("#")
    document = page(url)
    assert "du camp a repris." in document.text(f"#{anchor}")
    assert document.text(f"#{anchor} .cite") == "Citer p. 12, § 24"
    assert document.attributes(".sheet .leaf", "id") == [f"page-{n}" for n in range(1, PAGES + 1)]


def test_a_page_begins_where_it_does_within_a_paragraph(client, page):
    document = page(hit_of(client, "mandat")["url"].partition("?")[0])
    (paragraph,) = (text for text in document.texts(".sheet > p") if "jusqu’à la p. 8 fin du point 49 que" in text)
    assert "p. 9" not in paragraph


def test_the_json_of_a_document_has_the_page_of_each_paragraph(client):
    twin = client.get(f"{hit_of(client, 'mandat')['url'].partition('?')[0]}.json").json
    assert len(twin["pages"]) == len(twin["text"])
    assert twin["pages"][0] == 1
    assert twin["pages"] == sorted(twin["pages"])
    assert [number for number, text in zip(twin["pages"], twin["text"], strict=True) if "ravitaillement" in text] == [
        12,
        31,
    ]


def test_a_snippet_of_a_part_of_a_long_text_knows_its_paragraph(client):
    hit = hit_of(client, "ravitaillement")
    text = client.get(f"{hit['url'].partition('?')[0]}.json").json["text"]
    found = [number for number, paragraph in enumerate(text, start=1) if "ravitaillement" in paragraph]
    assert hit["snippets_paragraphs"] == found


def test_a_document_without_pages_shows_none(page, client):
    hits = client.get("/recherche.json", query_string={"q": "ravitaillement"}).json["hits"]
    note = next(hit for hit in hits if hit["path"] == "note.txt")
    assert page(note["url"]).texts(".leaf") == []
