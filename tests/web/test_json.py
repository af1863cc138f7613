"""The JSON twins: keys and types of the contract, and errors that programs can read."""

from __future__ import annotations

import pytest

STR_OR_NONE = (str, type(None))
RESULTS = {
    "query": dict,
    "understood": str,
    "interpretations": list,
    "match": dict,
    "total": int,
    "took_ms": (int, float),
    "generation": int,
    "hits": list,
    "facets": dict,
    "suggestion": STR_OR_NONE,
    "pages": dict,
}
HIT = {
    "id": str,
    "title": str,
    "title_fragments": list,
    "url": str,
    "path": str,
    "original_url": STR_OR_NONE,
    "source": STR_OR_NONE,
    "type": str,
    "date": STR_OR_NONE,
    "date_precision": STR_OR_NONE,
    "date_source": str,
}
FACET = {"value": str, "label": str, "count": int, "selected": bool, "url": STR_OR_NONE}


def has_shape(value, shape):
    for key, kind in shape.items():
        assert key in value, f"{key} is missing from {sorted(value)}"
        assert isinstance(value[key], kind), f"{key} is {value[key]!r}"


def test_results_have_the_shape_of_the_contract(client):
    found = client.get("/recherche.json?q=mandat&date=2023").json
    has_shape(found, RESULTS)
    has_shape(found["match"], {"words": int, "required": int, "all": int})
    has_shape(found["pages"], {"current": int, "last": int, "next": STR_OR_NONE, "previous": STR_OR_NONE})
    assert found["query"] | {"per_page": 10} == found["query"]
    assert found["query"]["q"] == "mandat"
    assert found["query"]["date"] == "2023"
    for hit in found["hits"]:
        has_shape(hit, HIT | {"score": (int, float), "snippets": list})
    for value in found["facets"]["type"]:
        has_shape(value, FACET)
    year = next(value for value in found["facets"]["date"] if value["selected"])
    has_shape(year, FACET | {"children": list})
    assert [month["label"] for month in year["children"]] == ["juin", "juillet", "sans mois"]


def test_pieces_are_text_and_whether_it_is_marked(client):
    hit = client.get("/recherche.json?q=minusma").json["hits"][0]
    assert ["Minusma", True] in hit["title_fragments"]
    assert all(isinstance(text, str) and isinstance(marked, bool) for text, marked in hit["snippets"][0])


def test_document_has_the_shape_of_the_contract(client):
    found = client.get("/document/complet.json?q=minusma").json
    has_shape(found, HIT | {"text": list, "metadata": dict})
    assert found["date"] == "2023-06-30"
    assert found["date_precision"] == "day"


def test_unknown_date_is_null_and_precision_too(client):
    found = client.get("/document/sans-date.json").json
    assert (found["date"], found["date_precision"], found["date_source"]) == (None, None, "none")


def test_json_is_utf8_and_says_so(client):
    response = client.get("/recherche.json?q=r%C3%A9solution")
    assert response.content_type == "application/json; charset=utf-8"
    assert "résolution" in response.text


def test_links_lead_to_the_same_kind_of_answer(client):
    found = client.get("/recherche.json?q=patrouille").json
    assert client.get(found["pages"]["next"]).json["query"]["page"] == 2
    assert client.get(found["facets"]["type"][0]["url"]).is_json


@pytest.mark.parametrize(
    ("url", "status", "code", "parameter"),
    [
        ("/recherche.json?q=a&foo=1", 400, "bad_request", "foo"),
        ("/recherche.json?du=2023", 400, "bad_request", "du"),
        ("/recherche.json?date=hier", 400, "bad_request", "date"),
        ("/recherche.json?tri=hasard", 400, "bad_request", "tri"),
        ("/recherche.json?page=zero", 400, "bad_request", "page"),
        ("/recherche.json?q=patrouille&page=9", 404, "page_beyond_end", "page"),
        ("/recherche.json?q=" + "a" * 2000, 400, "query_too_large", "q"),
        ("/recherche.json?q=" + "a" * 40_000, 414, "uri_too_long", None),
        ("/document/inconnu.json", 404, "document_unknown", None),
        ("/rien.json", 404, "not_found", None),
    ],
)
def test_errors_are_objects_with_code_message_and_parameter(client, url, status, code, parameter):
    response = client.get(url)
    assert response.status_code == status
    error = response.json["error"]
    assert set(error) == {"code", "message", "parameter"}
    assert (error["code"], error["parameter"]) == (code, parameter)
    assert error["message"]


def test_post_is_refused_in_the_same_form(client):
    response = client.post("/recherche.json")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert response.json["error"]["code"] == "method_not_allowed"
