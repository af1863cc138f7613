"""The document page: its text, its marks, what is known of it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.web.site import HOSTILE, HOSTILE_ID


def test_every_match_is_marked_and_numbered(page):
    found = page("/document/complet?q=mandat+minusma")
    assert found.attributes(".sheet p mark", "id") == ["m1", "m2", "m3", "m4"]
    assert found.texts("h1 mark") == ["mandat", "Minusma"]
    assert "4 occurrences" in found.text(".where")


def test_each_match_leads_to_the_next_and_the_last_to_the_first(page):
    found = page("/document/complet?q=mandat+minusma")
    assert found.attributes(".hop a:last-child", "href") == ["#m2", "#m3", "#m4", "#m1"]
    assert found.attributes(".hop a:first-child", "href") == ["#m4", "#m1", "#m2", "#m3"]
    assert found.attributes(".hop a:last-child", "aria-label")[2] == "Occurrence 3 sur 4, aller à la suivante"
    assert found.link("première", ".walk") == "#m1"
    assert found.link("dernière", ".walk") == "#m4"


def test_occurrences_are_counted_by_paragraph(page):
    found = page("/document/complet?q=mandat+minusma")
    assert found.attributes(".timeline a", "href") == ["#p1", "#p3"]
    assert found.texts(".timeline .n") == ["2 occurrences", "2 occurrences"]


def test_paragraphs_can_be_cited(page):
    found = page("/document/complet")
    assert found.attributes(".sheet > p", "id") == ["p1", "p2", "p3"]
    assert found.attributes(".para", "href") == ["#p1", "#p2", "#p3"]


def test_marks_change_no_letter_of_the_text(page, client):
    found = page("/document/complet?q=mandat+minusma")
    for node in found.tree.css(".para, .hop, .cite"):
        node.decompose()
    shown = [node.text().removesuffix(" ") for node in found.tree.css(".sheet > p")]
    assert shown == client.get("/document/complet.json").json["text"]


def test_the_way_back_keeps_the_query(page):
    assert page("/document/complet?q=mandat").link("Résultats", ".walk") == "/recherche?q=mandat"
    assert page("/document/complet").link("Tous les documents", ".walk") == "/recherche"
    assert page("/document/complet?q=mandat").attributes("#q", "value") == ["mandat"]


def test_original_is_linked_without_telling_it_where_we_come_from(page):
    found = page("/document/complet")
    assert found.link("Voir l’original") == "https://exemple.org/resolution?a=1&b=2"
    assert found.attributes("a.original", "rel") == ["noopener noreferrer nofollow"]


def test_place_and_provenance_are_said(page):
    found = page("/document/complet")
    assert found.text(".path") == "fonds/notices.jsonl#complet"
    assert "métadonnées" in found.text(".facts")


def test_document_without_a_match_says_so(page):
    assert "aucune occurrence" in page("/document/complet?q=zanzibar").text(".where")


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_any_id_has_an_address(client, suffix):
    response = client.get(f"/document/{quote(HOSTILE_ID, safe='')}{suffix}")
    assert response.status_code == 200
    assert "hostile" in response.text


def test_hostile_document_is_shown_as_text(client, page):
    url = f"/document/{quote(HOSTILE_ID, safe='')}?q=hostile"
    found = page(url)
    assert HOSTILE in found.text("h1")
    assert found.texts(".original") == [], "a javascript: address is no link"
    text = client.get(url).text
    for tag in ("<script>", "<img", "<b>", "<i>"):
        assert tag not in text, tag
    assert 'href="javascript' not in text


def test_id_that_ends_in_json_is_found_and_the_twin_of_a_shorter_one_comes_first(client):
    twin = client.get("/document/json.json")
    assert twin.is_json
    assert twin.json["id"] == "json"
    assert client.get("/document/json.json.json").json["id"] == "json.json"


@pytest.mark.parametrize("id", ["inconnu", "..%2F..%2Fetc%2Fpasswd", "%00", "%ff", "a%0d%0ab", "x" * 5000])
def test_unknown_document_is_404(page, id):
    assert page(f"/document/{id}", 404).text("h1") == "Document introuvable"


def test_query_over_the_limit_is_400(page):
    assert page("/document/complet?q=" + "a" * 2000, 400).text("h1") == "Recherche trop longue"


def test_beyond_a_bound_marks_are_marked_and_no_longer_walked(page, monkeypatch):
    """A page of twenty thousand marks would weigh fifteen megabytes."""
    monkeypatch.setattr("webapp.pages.WALKED_MARKS", 2)
    found = page("/document/complet?q=mandat+minusma")
    assert len(found.texts(".sheet p mark")) == 4
    assert found.attributes(".hop a:last-child", "href") == ["#m2", "#m1"]
    assert found.link("dernière", ".walk") == "#m2"
    assert "4 occurrences" in found.text(".where")
