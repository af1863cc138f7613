"""Why a result is one: `pourquoi=1` on the page and in JSON."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from indexer import Sort

ASKED = "/recherche?q=mandat+minusma&pourquoi=1"


def test_a_hit_tells_where_its_words_stand_and_their_part_of_the_score(page):
    found = page(ASKED)
    assert found.texts(".hit:first-child .why summary")[0].startswith("Pourquoi ce résultat ? score ")
    told = dict(line.split(" % ")[::-1] for line in found.texts(".hit:first-child .why li"))
    assert set(told) == {
        "minusma dans le titre, tel quel",
        "minusma dans le texte, 2 fois tel quel",
        "mandat dans le titre, tel quel",
        "mandat dans le texte, 2 fois tel quel",
        "mandat minusma dans le texte, des mots proches les uns des autres",
    }
    assert sum(map(int, told.values())) == pytest.approx(100, abs=2)
    assert list(map(int, told.values())) == sorted(map(int, told.values()), reverse=True)


def test_nothing_is_told_that_was_not_asked_for(page, client):
    assert page("/recherche?q=mandat+minusma").texts(".why") == []
    assert "reasons" not in client.get("/recherche.json?q=mandat").json["hits"][0]


def test_what_is_told_is_typeset_in_french(client):
    html = client.get(ASKED).text
    assert "Pourquoi ce résultat\u202f?" in html
    assert re.search("\\d\u00a0%", html)
    assert "2\u00a0fois tel quel" in html
    assert "pourquoi ces résultats\u202f?" in client.get("/recherche?q=mandat").text


# --- JSON ----------------------------------------------------------------------------------------------------------


def test_json_holds_each_contribution_and_their_shares_make_the_whole(client):
    found = client.get(ASKED.replace("?", ".json?")).json
    assert found["query"]["pourquoi"] is True
    for hit in found["hits"]:
        assert sum(reason["score"] for reason in hit["reasons"]) == pytest.approx(hit["score"], abs=1e-5)
        assert sum(reason["share"] for reason in hit["reasons"]) == pytest.approx(1, abs=1e-5)
    first = found["hits"][0]["reasons"]
    assert all(set(one) == {"text", "field", "form", "frequency", "score", "share"} for one in first)
    forms = defaultdict(set)
    for one in first:
        forms[one["text"], one["field"]].add((one["form"], one["frequency"]))
    assert forms["mandat", "body"] == {("surface", 2), ("stem", 2)}
    assert forms["minusma", "title"] == {("surface", 1), ("stem", 1)}


def test_json_says_null_where_there_is_no_field_and_no_count(client):
    (reason,) = client.get("/recherche.json?q=patrouil*&pourquoi=1").json["hits"][0]["reasons"]
    assert (reason["text"], reason["field"], reason["form"]) == ("patrouil*", None, "prefix")
    assert (reason["frequency"], reason["share"]) == (None, 1)


@pytest.mark.parametrize("sort", list(Sort))
def test_every_order_is_explained(client, sort):
    found = client.get(f"/recherche.json?q=mandat&tri={sort}&pourquoi=1").json
    assert all(hit["reasons"] for hit in found["hits"])


def test_a_malformed_value_is_refused_by_name(client):
    response = client.get("/recherche.json?q=mandat&pourquoi=oui")
    assert (response.status_code, response.json["error"]["parameter"]) == (400, "pourquoi")


# --- links ---------------------------------------------------------------------------------------------------------


def test_explanations_are_a_link_away_and_so_is_doing_without(page):
    assert page("/recherche?q=mandat+minusma").link("pourquoi ces résultats ?") == ASKED
    assert page(ASKED).link("sans les explications") == "/recherche?q=mandat+minusma"
    assert page("/recherche?q=patrouille&page=2").link("pourquoi ces") == "/recherche?q=patrouille&pourquoi=1&page=2"


def test_no_explanation_is_offered_where_no_word_counts(page):
    for query in ("", "q=-mandat", "q=introuvable"):
        assert page(f"/recherche?{query}").texts(".to-explain") == [], query
    empty = page("/recherche?pourquoi=1")
    assert empty.texts(".why") == []
    assert empty.link("sans les explications") == "/recherche"


def test_links_and_forms_keep_the_explanations(page, client):
    found = page("/recherche?q=mandat&type=rapport&date=2023-06..2023-12&pourquoi=1")
    kept = [
        *found.attributes(".sort a:not(.to-refine)", "href"),
        *found.attributes(".timeline a", "href"),
        *found.attributes(".checks a", "href"),
        *found.attributes(".tags a", "href"),
        *found.attributes("link[type='application/json']", "href"),
        *page("/recherche?q=patrouille&pourquoi=1").attributes(".pager a", "href"),
        *client.get("/recherche.json?q=patrouille&pourquoi=1").json["pages"]["next"].split(),
    ]
    assert len(kept) > 10
    assert [href for href in kept if "pourquoi=1" not in href] == []
    for form in (".search", ".range"):
        assert "pourquoi" in found.attributes(f"{form} input[type=hidden]", "name")
    assert client.get("/recherche?q=a&pourquoi=1&du=2023").location == "/recherche?q=a&date=2023..&pourquoi=1"
    assert (
        page("/recherche?q=patrouille&pourquoi=1&page=9", 404)
        .link("Aller à la page 3")
        .endswith("q=patrouille&pourquoi=1&page=3")
    )
