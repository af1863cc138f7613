"""A passage is cited, and one goes from result to result and back to the list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from indexer import DateSource, Document, PartialDate
from webapp.citation import head_of, place_text

DOCUMENT = Document(
    id="a", title="Fin du mandat", text="", type="autre", date=PartialDate(2023, 7, 1), date_source=DateSource.METADATA,
    root="fonds", path="a.txt", digest="", first_seen=datetime(2026, 1, 1, tzinfo=UTC).isoformat(), source="L’Essor",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "head", "why"),
    [
        ({}, "« Fin du mandat », L’Essor, 1er juillet 2023", "what, where, when"),
        ({"date": None, "source": None}, "« Fin du mandat », s. d.", "sans date, as bibliographies write it"),
        ({"authors": ("A. Ba", "C. Dia")}, "A. Ba, C. Dia, « Fin du mandat », L’Essor, 1er juillet 2023", "who, first"),
        ({"authors": tuple("ABCD")}, "A et al., « Fin du mandat », L’Essor, 1er juillet 2023", "of many the first"),
        ({"title": "Le « oui » de Gao"}, "« Le “oui” de Gao », L’Essor, 1er juillet 2023", "guillemets in guillemets"),
        ({"title": "Sur\ndeux\t lignes", "date": PartialDate(2023)}, "« Sur deux lignes », L’Essor, 2023", "one line"),
    ],
)
def test_a_citation_begins_with_what_is_known_of_a_document(changed, head, why):
    assert head_of(replace(DOCUMENT, **changed)).replace("\u00a0", " ") == head, why


def test_places_are_said_as_far_as_they_are_known():
    assert [place_text(*place) for place in ((12, 1045), (12, None), (None, 3), (None, None))] == [
        "p.\u00a012, §\u00a01\u202f045",
        "p.\u00a012",
        "§\u00a03",
        "",
    ]


def test_each_fragment_leads_to_its_paragraph(page):
    found = page("/recherche?q=minusma")
    assert found.texts(".frag .leaf") == ["§ 1", "§ 3"]
    assert found.attributes(".frag .leaf", "href") == [f"/document/complet?q=minusma&rang=1#p{n}" for n in (1, 3)]
    assert page(found.attributes(".frag .leaf", "href")[1].partition("#")[0]).texts("#p3")


def test_the_page_shows_a_citation_without_any_script(page):
    found = page("/document/complet?q=minusma&rang=1")
    assert found.attributes("#citer", "action") == ["/document/complet#citation"]
    assert dict(zip(*(found.attributes("#citer input", name) for name in ("name", "value")), strict=True)) == {
        "q": "minusma",
        "rang": "1",
    }
    assert found.texts(".citation") == []
    head = "« Fin du mandat de la Minusma », Conseil de sécurité, 30 juin 2023"
    assert found.attributes(".sheet", "data-cite")[0].replace("\u00a0", " ") == head
    cited = page("/document/complet?q=minusma&rang=1&citer=3")
    assert cited.text(".citation") == f"{head}, § 3, http://localhost/document/complet#p3"
    assert cited.texts("#p3 + .citation"), "right below its paragraph"
    assert page("/document/complet?citer=0").text("header .citation") == f"{head}, http://localhost/document/complet"


def test_a_citation_of_what_is_not_there_is_none_and_of_nonsense_refused(page):
    assert page("/document/complet?citer=4").texts(".citation") == []
    assert page("/document/complet?citer=x", 400).link("Continuer sans lui") == "/document/complet"


def test_from_result_to_result_and_back_to_the_place_in_the_list(page):
    url = "/recherche?q=patrouille&type=d%C3%A9p%C3%AAche&tri=ancien&page=2"
    twelfth = page(url).attributes(".hit h2 a", "href")[1]
    assert twelfth == "/document/serie-12?q=patrouille&type=d%C3%A9p%C3%AAche&tri=ancien&rang=12"
    found = page(twelfth)
    assert found.text(".among") == "← Résultats 12 sur 23 précédent suivant"
    assert found.link("Résultats", ".among") == f"{url}#r12"
    assert page(url).texts("#r12")
    following = found.link("suivant", ".among")
    assert following == twelfth.replace("serie-12", "serie-13").replace("rang=12", "rang=13")
    assert page(following).link("précédent", ".among") == twelfth
    first = page(page(url.replace("&page=2", "")).attributes(".hit h2 a", "href")[0])
    assert first.attributes(".among a[rel]", "rel") == ["next"]


def test_a_document_that_no_longer_stands_there_has_no_neighbours_but_a_way_back(page):
    for rank in (2, 999):
        found = page(f"/document/complet?q=minusma&rang={rank}")
        assert found.attributes(".among a[rel]", "rel") == []
        assert found.link("Résultats", ".among").startswith("/recherche?q=minusma")
    assert page("/document/complet?rang=0", 400).text("h1") == "Demande mal formée"


def test_words_taken_as_typed_are_marked_as_typed(page):
    """« ravitallement » is a rare word of its own: what the results did not correct the page must not either."""
    found = page("/document/rare?q=ravitallement&sans=ravitallement&rang=1")
    assert found.texts(".sheet p mark")[0].startswith("ravitallement")
