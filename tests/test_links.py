"""SearchRequest ↔ query string."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import RequestError
from indexer.links import (
    choose_date,
    date_urls,
    document_url,
    parse_request,
    search_url,
    toggle_type,
    type_urls,
    varied_urls,
)
from indexer.model import DateFilter, SearchRequest, Sort

DATES = [
    None,
    *map(DateFilter.parse, ("2023", "2023-06", "2023-06-30", "2023-06..2023-09", "2023-06..", "..2023", "inconnue")),
]

requests = st.builds(
    SearchRequest,
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    types=st.lists(st.sampled_from(["communiqué", "article de presse", "a&b=c", "é?#"]), unique=True).map(tuple),
    date=st.sampled_from(DATES),
    sort=st.sampled_from(list(Sort)),
    page=st.integers(1, 9999),
    all_words=st.booleans(),
    explain=st.booleans(),
    languages=st.lists(st.sampled_from(["fr", "en", "inconnue"]), unique=True).map(tuple),
    literal=st.lists(st.sampled_from(["CDD", "Union européenne", "a&b=c", "“é”"]), unique=True).map(tuple),
)


@given(requests)
def test_a_request_survives_its_url(request: SearchRequest) -> None:
    url = search_url(request)
    assert parse_request(parse_qs(urlsplit(url).query, keep_blank_values=True), per_page=10, strict=True) == request


def test_defaults_are_left_out_of_the_url() -> None:
    assert search_url(SearchRequest()) == "/recherche"
    assert search_url(SearchRequest("mandat minusma", page=2)) == "/recherche?q=mandat+minusma&page=2"


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("date", "hier"), ("date", "2023-13"), ("date", "2023-06-31"), ("date", ".."), ("date", "2024..2023"),
        ("date", "2023-6"), ("date", "٢٠٢٣"), ("tri", "date"), ("page", "0"), ("page", "-1"), ("page", "deux"),
        ("page", "1.5"), ("page", "9" * 30), ("page", "²"), ("mots", "un"), ("pourquoi", "oui"), ("pourquoi", "0"),
        ("langue", "martien"),
    ],
)  # fmt: skip
def test_a_malformed_value_is_refused_by_name(parameter: str, value: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_request({parameter: [value]}, per_page=10)
    assert caught.value.parameter == parameter


def test_unknown_parameters_are_ignored_on_pages_and_refused_to_programs() -> None:
    args = {"q": ["mali"], "utm_source": ["lettre"]}
    assert parse_request(args, per_page=10).text == "mali"
    with pytest.raises(RequestError) as caught:
        parse_request(args, per_page=10, strict=True)
    assert caught.value.parameter == "utm_source"


def test_choosing_a_type_again_takes_it_back_and_returns_to_page_one() -> None:
    request = SearchRequest("mali", page=3)
    chosen = toggle_type(request, "communiqué")
    assert (chosen.types, chosen.page) == (("communiqué",), 1)
    assert toggle_type(chosen, "communiqué").types == ()


def test_choosing_a_date_replaces_the_one_before_and_choosing_it_again_takes_it_back() -> None:
    request = choose_date(choose_date(SearchRequest("mali"), "2023"), "2023-06")
    assert str(request.date) == "2023-06"
    assert choose_date(request, "2023-06").date is None


@given(requests)
def test_the_urls_of_dates_are_those_of_choosing_them(request: SearchRequest) -> None:
    url = date_urls(request)
    for value in ("2023", "2023-06", "2023-06-30", "inconnue"):
        assert url(value) == search_url(choose_date(request, value))


@given(requests)
def test_the_urls_of_types_are_those_of_toggling_them(request: SearchRequest) -> None:
    url = type_urls(request)
    for value in ("communiqué", "a&b=c", *request.types):
        assert url(value) == search_url(toggle_type(request, value))


@given(requests)
def test_the_urls_of_orders_and_pages_are_those_of_such_requests(request: SearchRequest) -> None:
    for sort in Sort:
        value = "" if sort is Sort.RELEVANCE else sort
        assert varied_urls(request, "tri")(value) == search_url(replace(request, sort=sort, page=1))
    for page in (1, 2, 17):
        value = str(page) if page > 1 else ""
        assert varied_urls(request, "page")(value) == search_url(replace(request, page=page))


def test_ids_are_escaped_in_document_urls() -> None:
    assert document_url("a/b?c", "l’ONU") == "/document/a%2Fb%3Fc?q=l%E2%80%99ONU"
