"""Dates that documents name, through the whole stack: a facet, a filter, a field, JSON; and nothing where it is off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import House
from tests.web.site import Page
from webapp import create_app

TEXTS = {
    "a.txt": "Fin du mandat\n\nLe mandat prend fin le 30 juin 2023, dix ans après la résolution 2100 (2013).",
    "b.txt": "Retrait\n\nLe retrait, commencé en juin 2023, dure jusqu’au 31 décembre 2023 ; 2000 soldats partent.",
    "c.txt": "Accord\n\nL’accord du 20 juin 2015 et le mandat.",
    "d.txt": "Note\n\nUn mandat sans date.",
}


@pytest.fixture
def client(house: House) -> FlaskClient:
    for name, text in TEXTS.items():
        house.write(name, text)
    house.settings = replace(house.settings, corpus=replace(house.settings.corpus, mentions=True))
    house.reindex()
    return create_app(house.service()).test_client()


@pytest.fixture
def page(client: FlaskClient) -> Callable[[str], Page]:
    return lambda url: Page(client.get(url).text)


def counts(values: Any) -> list[tuple[str, str, int]]:
    return [(one["value"], one["label"], one["count"]) for one in values]


def test_json_counts_years_and_opens_what_is_chosen(client: FlaskClient) -> None:
    found = client.get("/recherche.json").json
    assert counts(found["facets"]["mention"]) == [("2013", "2013", 1), ("2015", "2015", 1), ("2023", "2023", 2)]
    year = client.get(found["facets"]["mention"][2]["url"]).json
    assert (year["query"]["mention"], year["total"]) == ("2023", 2)
    assert counts(year["facets"]["mention"]) == counts(found["facets"]["mention"])
    chosen = year["facets"]["mention"][2]
    assert chosen["selected"]
    assert counts(chosen["children"]) == [("2023-06", "juin", 2), ("2023-12", "décembre", 1)]
    month = client.get(chosen["children"][0]["url"]).json
    (_, _, opened) = month["facets"]["mention"]
    assert counts(opened["children"][0]["children"]) == [("2023-06-30", "30", 1)]
    day = client.get(opened["children"][0]["children"][0]["url"]).json
    assert [hit["title"] for hit in day["hits"]] == ["Fin du mandat"]
    selected = day["facets"]["mention"][2]["children"][0]["children"][0]
    assert client.get(selected["url"]).json["total"] == 4


def test_a_choice_without_documents_stays_and_other_facets_follow_it(client: FlaskClient) -> None:
    found = client.get("/recherche.json?mention=1999-05").json
    assert found["total"] == 0
    assert counts(found["facets"]["mention"])[0] == ("1999", "1999", 0)
    assert counts(found["facets"]["mention"][0]["children"]) == [("1999-05", "mai", 0)]
    types = client.get("/recherche.json?mention=2023").json["facets"]["type"]
    assert sum(one["count"] for one in types) == 2


@pytest.mark.parametrize("value", ["juin", "2023-13", "2023-06..2023-07", "inconnue", "23"])
def test_a_malformed_one_is_refused(client: FlaskClient, value: str) -> None:
    assert client.get(f"/recherche.json?mention={value}").json["error"]["parameter"] == "mention"
    refused = client.get(f"/recherche?q=mandat&mention={value}")
    assert refused.status_code == 400
    assert "La date citée s’écrit" in refused.text


def test_the_page_has_a_folded_group_under_the_dates(page: Callable[[str], Page]) -> None:
    found = page("/recherche?q=mandat")
    assert found.texts(".refine h3")[:2] == ["Dates", "Dates citées"]
    assert "open" not in found.tree.css_first(".cited").attributes
    rows = [text.split(" résultat")[0] for text in found.texts("[aria-labelledby=par-mention] li")]
    assert rows == ["2013 1", "2015 1", "2023 1"]
    chosen = page(found.link("2023", "[aria-labelledby=par-mention]"))
    assert "open" in chosen.tree.css_first(".cited").attributes
    assert chosen.texts(".hit h2") == ["Fin du mandat"]
    assert chosen.link("date citée : 2023", ".tags") == "/recherche?q=mandat"
    assert ("mention", "2023") in zip(
        chosen.attributes(".search input[type=hidden]", "name"),
        chosen.attributes(".search input[type=hidden]", "value"),
        strict=True,
    )


def test_a_page_shows_the_years_that_most_documents_name_and_says_how_to_ask_for_another(house: House) -> None:
    for number in range(3):
        house.write(f"{number}.txt", f"Un siècle\n\n{', '.join(f'en {year}' for year in range(1901 + number, 1930))}.")
    house.settings = replace(house.settings, corpus=replace(house.settings.corpus, mentions=True))
    house.reindex()
    client = create_app(house.service()).test_client()
    assert len(client.get("/recherche.json").json["facets"]["mention"]) == 29
    found = Page(client.get("/recherche?mention=1901").text)
    rows = [row.split()[0] for row in found.texts("[aria-labelledby=par-mention] li")]
    assert rows == ["1901", *map(str, range(1903, 1923))]
    assert found.text(".cited p").startswith("Les années les plus citées, sur 29.")
    assert "mention:1902" in found.text(".cited p")


def test_pages_and_the_form_for_a_period_keep_it(client: FlaskClient) -> None:
    asked = client.get("/recherche?mention=2023&du=2020&au=")
    assert asked.headers["Location"] == "/recherche?date=2020..&mention=2023"
    assert client.get("/recherche?mention=2023&page=2").status_code == 404


def test_a_field_finds_them_and_reads_back(client: FlaskClient) -> None:
    def found(text: str) -> tuple[str, int]:
        answer = client.get("/recherche.json", query_string={"q": text}).json
        return answer["understood"].replace("\u00a0", " "), answer["total"]

    assert found("mention:2023-06") == found("mention:juin 2023") == ("date citée : juin 2023", 2)
    assert found("date citée\u00a0:\u00a0juin\u00a02023") == ("date citée : juin 2023", 2)
    assert found('mention:"30 juin 2023" mandat') == ("mandat ET date citée : 30 juin 2023", 1)
    assert found("mention:2023 mention:2013") == ("date citée : 2023 ET date citée : 2013", 1)
    assert found("mention:2015 OU mention:2013")[1] == 2
    assert found("-mention:2023")[1] == 2
    assert found("mention:hier")[0] == "mention, hier"


def test_where_the_setting_is_off_there_is_no_trace_of_it(house: House) -> None:
    house.write("a.txt", TEXTS["a.txt"])
    house.reindex()
    client = create_app(house.service()).test_client()
    assert "mention" not in client.get("/recherche.json").json["facets"]
    assert client.get("/recherche.json?mention=2023").json["error"]["parameter"] == "mention"
    refused = client.get("/recherche?mention=2023")
    assert refused.status_code == 400
    assert "ne sont pas relevées" in refused.text
    assert "Dates citées" not in client.get("/recherche").text
    assert client.get("/recherche.json?q=mention:2023").json["understood"] == "mention:2023"


def test_a_change_of_the_setting_rebuilds_at_the_next_run(house: House) -> None:
    house.write("a.txt", TEXTS["a.txt"])
    house.reindex()
    for on, facet in ((True, ["2013", "2023"]), (False, None)):
        house.settings = replace(house.settings, corpus=replace(house.settings.corpus, mentions=on))
        report = house.reindex()
        assert any("dates citées" in warning for warning in report.warnings)
        found = house.search().mentions
        assert (None if found is None else [value.value for value in found]) == facet
        assert not any("dates citées" in warning for warning in house.reindex().warnings)
