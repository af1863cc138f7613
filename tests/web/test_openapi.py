"""`/api/openapi.json` says what is answered: real answers keep to it, and made calls find no answer that does not."""

from __future__ import annotations

import re
from typing import Annotated, Literal, NotRequired, TypedDict
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.site import HOSTILE_ID, Page
from webapp.errors import FAULTS
from webapp.openapi import operations
from webapp.schema import Schemas

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DEEP = pytest.param(20_000, marks=pytest.mark.deep)


@pytest.fixture(scope="module")
def described(client) -> dict:
    response = client.get("/api/openapi.json")
    assert response.content_type == "application/json; charset=utf-8"
    return response.json


def keeps_to(described: dict, path: str, status: int, answer: object, mimetype: str = "application/json") -> None:
    told = described["paths"][path]["get"]["responses"][str(status)]["content"][mimetype]["schema"]
    errors = Draft202012Validator({**told, "components": described["components"]}).iter_errors(answer)
    assert not [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in errors]


@pytest.mark.parametrize(
    ("path", "url", "status"),
    [
        ("/recherche.json", "/recherche.json", 200),
        ("/recherche.json", "/recherche.json?q=mandat+minusma&date=2023&type=x&langue=fr&tri=recent&pourquoi=1", 200),
        ("/recherche.json", "/recherche.json?q=ravitallement+HCR+le", 200),
        ("/recherche.json", "/recherche.json?q=patrouille&page=2&mots=tous&sans=a&reprises=toutes", 200),
        ("/recherche.json", "/recherche.json?date=x", 400),
        ("/recherche.json", "/recherche.json?page=999", 404),
        ("/recherche.json", "/recherche.json?q=" + "a" * 33_000, 414),
        ("/document/{id}.json", "/document/complet.json?q=minusma", 200),
        ("/document/{id}.json", f"/document/{quote(HOSTILE_ID)}.json", 200),
        ("/document/{id}.json", "/document/rien.json", 404),
        ("/suggestions.json", "/suggestions.json?q=man", 200),
        ("/suggestions.json", "/suggestions.json?x=1", 400),
        ("/export.json", "/export.json?q=mandat&type=communiqu%C3%A9", 200),
        ("/export.json", "/export.json?page=2", 400),
        ("/etat.json", "/etat.json", 200),
        ("/etat.json", "/etat.json?x=1", 400),
        ("/sante/vivant", "/sante/vivant", 200),
        ("/sante/pret", "/sante/pret", 200),
    ],
)
def test_real_answers_keep_to_the_description(client, described, path, url, status):
    response = client.get(url)
    assert response.status_code == status
    keeps_to(described, path, status, response.json)


def test_suggestions_of_browsers_keep_to_it_too(client, described):
    answer = client.get("/suggestions.json?q=man&format=opensearch")
    keeps_to(described, "/suggestions.json", 200, answer.json, answer.mimetype)


def test_failures_of_the_index_keep_to_the_description(no_index, described):
    for path in ("/recherche.json", "/suggestions.json", "/etat.json", "/sante/pret"):
        response = no_index.get(path)
        assert response.status_code == 503
        keeps_to(described, path, 503, response.json)


def test_the_description_is_a_description(described):
    assert described["openapi"].startswith("3.1")
    Draft202012Validator.check_schema({"$defs": described["components"]["schemas"]})
    assert len({each["get"]["operationId"] for each in described["paths"].values()}) == len(described["paths"])


def test_every_json_of_the_site_is_described(client, described):
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}
    ours = {rule for rule in rules if rule.endswith(".json") or rule.startswith("/sante/")} - {"/api/openapi.json"}
    assert ours == set(described["paths"]) - {"/document/{id}.json"}


def test_every_parameter_of_a_search_is_described(described):
    from indexer.links import PARAMETERS

    told = described["paths"]["/recherche.json"]["get"]["parameters"]
    assert {one["name"] for one in told} == set(PARAMETERS)


def test_the_page_shows_every_operation_object_and_fault(client, site, described):
    page = Page(client.get("/api").text)
    shown = " ".join(page.texts("code"))
    for one in operations(site.settings):
        assert one.path in shown
        assert all(code in FAULTS and code in shown for code in one.faults)
    targets = {link for link in page.attributes(".results a", "href") if link and link.startswith("#")}
    assert targets <= {f"#{id}" for id in page.attributes("[id]", "id")}
    assert len(page.texts("h3")) == len(described["components"]["schemas"])
    for link in page.attributes(".results a", "href"):
        if link and link.startswith("/"):
            assert client.get(link).status_code == 200
    assert not re.search(r"[a-zé»] [:;?!]", client.get("/api").text.partition("<main")[2]), "French spaces"


def test_types_are_said_as_schemas():
    class Inner(TypedDict):
        """Dedans."""

        a: Annotated[int | None, "Un nombre."]

    class OuterJson(TypedDict):
        one: Inner | None
        many: list[tuple[str, bool]]
        kind: NotRequired[Literal["x", "y"]]
        counts: dict[str, int]

    schemas = Schemas()
    globals().update(Inner=Inner)  # where get_type_hints looks for it
    assert schemas.of(OuterJson) == {"$ref": "#/components/schemas/Outer"}
    outer, inner = schemas.named["Outer"], schemas.named["Inner"]
    assert outer["required"] == ["one", "many", "counts"]
    assert outer["properties"]["one"] == {"anyOf": [{"$ref": "#/components/schemas/Inner"}, {"type": "null"}]}
    assert outer["properties"]["kind"] == {"enum": ["x", "y"]}
    assert inner["properties"]["a"] == {"type": ["integer", "null"], "description": "Un nombre."}
    assert inner["description"] == "Dedans."
    with pytest.raises(TypeError):
        schemas.of(set[str])


# --- made calls ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("calls", [1_000, DEEP])
def test_no_made_call_finds_a_failure_or_an_answer_that_is_not_described(client, calls):
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", client.application)
    paths = {path: each for path, each in schema.items() if each["GET"].definition.raw["parameters"]}
    called = 0

    for path in paths:
        strategy = paths[path]["GET"].as_strategy(generation_mode=GenerationMode.POSITIVE)
        wild = paths[path]["GET"].as_strategy(generation_mode=GenerationMode.NEGATIVE)

        @settings(
            max_examples=calls // len(paths) + 1,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy | wild)
        def check(case):
            nonlocal called
            called += 1
            case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})

        check()
    assert called >= calls * 0.9
