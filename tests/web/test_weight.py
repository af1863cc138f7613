"""What a first visit loads: a page, a style sheet, scripts, an icon; light, and nothing from elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import render_template

from indexer import FacetValue, SearchRequest
from tests.web.site import Page
from webapp.assets import load_assets
from webapp.pages import results

# Uncompressed, beside a document's own text: the page with its style sheet and icon; all its scripts.
PAGE_BYTES = 60_000
SCRIPT_BYTES = 15_000

PAGES = (
    "/",
    "/recherche",
    "/recherche?q=mandat+minusma&pourquoi=1",
    "/recherche?q=patrouille&date=2023",
    "/document/complet?q=mandat+minusma",
    "/aide",
    "/accessibilite",
    "/etat",
    "/etat?liste=sans-date",
    "/rien",
)
# What makes a browser ask for something by itself.
_LOADED = (
    "link[rel=stylesheet], link[rel=icon], script[src], img[src], source[src], video[src], iframe[src], object[data]"
)


@pytest.mark.parametrize("url", PAGES)
def test_a_first_visit_loads_little_and_all_of_it_from_here(client, url):
    text = client.get(url).text
    read = Page(text)
    loaded = {
        address for name in ("href", "src", "data") for address in read.attributes(_LOADED, name) if address is not None
    }
    assert all(address.startswith("/statique/") for address in loaded)
    assert not re.search(r"<style|<[^>]*\s(style|on[a-z]+)=", text.lower()), "what the policy would block"
    sizes = {address: len(client.get(address).data) for address in loaded}
    scripts = sum(size for address, size in sizes.items() if address.endswith(".js"))
    own = sum(len(paragraph.encode()) for paragraph in read.texts(".sheet > p"))
    assert len(text.encode()) - own + sum(sizes.values()) - scripts <= PAGE_BYTES
    assert scripts <= SCRIPT_BYTES


def test_a_page_of_a_large_collection_is_light_too(site, client):
    """Forty years, twenty types, ten hits of three passages each: what 100,000 documents give."""
    found = site.service.search(SearchRequest(text="mandat minusma"))
    passages = (found.hits[0].fragments[0],) * 3
    hit = found.hits[0]._replace(fragments=passages, pages=(None,) * 3, paragraphs=(1, 20, 300))
    large = replace(
        found,
        total=12_345,
        hits=(hit,) * 10,
        dates=tuple(FacetValue(str(year), str(year), 1_000 + year) for year in range(1985, 2025)),
        types=tuple(FacetValue(f"type-{n}", f"Arrêté ministériel {n}", 2_000 - n) for n in range(20)),
    )
    with client.application.test_request_context("/recherche?q=mandat+minusma"):
        text = render_template("results.html", view=results(large, site.service.label, 10_000))
    own = sum(len(words.encode()) for words in Page(text).texts(".hit h2, .frag"))
    files = sum(len(asset.content) for name, asset in load_assets().items() if not name.endswith(".js"))
    assert len(text.encode()) - own + files <= PAGE_BYTES


def test_our_files_name_no_other_host(client):
    read = Page(client.get("/").text)
    for address in [*read.attributes("link[rel=stylesheet]", "href"), *read.attributes("script", "src")]:
        assert not re.search(r"//[a-z0-9-]+\.[a-z]|url\(|@import", client.get(address).text)
