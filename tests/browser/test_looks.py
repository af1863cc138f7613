"""What every page must hold in every window: nothing cut off, nothing unreadable, nothing blocked."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "results": "/recherche?q=mandat",
    "filtered": "/recherche?q=mandat&type=communiqu%C3%A9&type=r%C3%A9solution&date=2023",
    "month": "/recherche?q=mandat&date=2023-07",
    "period": "/recherche?q=mandat&date=2023-06..2023-12-31",
    "explained": "/recherche?q=mandat+minusma+%22prend+fin%22+retrai*&pourquoi=1",
    "understood": "/recherche?q=la+patrouile+HCR+ravitallement&sans=mandat&sans=Haut-Commissariat+aux+r%C3%A9f",
    "suggestion": "/recherche?q=ravitallement&date=1999",
    "folded": "/recherche?q=patrouille&page=2",
    "everything": "/recherche",
    "nothing": "/recherche?q=zanzibar+girafe&type=rapport&date=2023",
    "long-words": f"/recherche?q={'anticonstitutionnel' * 40}+{'girafe' * 30}&type={'poème' * 40}&date=2023",
    "document": "/document/complet?q=mandat+minusma&rang=1&citer=1",
    "at-a-match": "/document/complet?q=mandat+minusma#m2",
    "hostile": "/document/a%2Fb%2F%2Fc%20d%3F%C3%A9%23%25.json?q=hostile",
    "status": "/etat",
    "status-list": "/etat?liste=sans-date",
    "withheld": "/etat?liste=echecs",
    "bad-date": "/recherche?q=mandat&du=hier&au=2023",
    "too-long": "/recherche?q=" + "anticonstitutionnellement" * 60,
    "past-the-end": "/recherche?q=mandat&page=99",
    "not-found": "/rien",
    "no-document": "/document/inconnu",
}
every_page = pytest.mark.parametrize("url", PAGES.values(), ids=PAGES)


@every_page
@pytest.mark.parametrize("width", [320, 360, 768, 1180, 1600])
def test_nothing_scrolls_sideways(open_page, url, width):
    page = open_page(url, width=width, scripts=True)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{over} pixels too wide at {width}"


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1180])
def test_axe_finds_no_fault(open_page, url, scheme, width):
    page = open_page(url, width=width, scheme=scheme, scripts=True)
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    found = Axe().run(page, options=options).response["violations"]
    faults = [
        f"{fault['impact']} {fault['id']}: {fault['help']}: {[node['html'][:200] for node in fault['nodes']]}"
        for fault in found
    ]
    assert not faults, "\n".join(faults)


@every_page
def test_the_policy_blocks_nothing_of_ours(open_page, address, url):
    page = open_page("/", scripts=True)
    complaints, elsewhere = [], []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.on("request", lambda request: elsewhere.append(request.url) if not request.url.startswith(address) else None)
    page.goto(url)
    assert not complaints
    assert not elsewhere
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px", "the style sheet is not in force"
    assert page.evaluate("document.cookie") == ""


def test_dark_and_light_follow_the_system(open_page):
    def ground(scheme):
        return open_page("/", scheme=scheme, scripts=True).evaluate("getComputedStyle(document.body).backgroundColor")

    assert ground("dark") != ground("light")


def test_page_has_one_h1_landmarks_and_a_language(open_page):
    for url in PAGES.values():
        page = open_page(url)
        assert page.locator("h1").count() == 1, url
        assert page.locator("main").count() == 1, url
        assert page.locator("html").get_attribute("lang") == "fr"
        assert page.get_by_role("search").count() == 1, url


def test_results_come_before_facets_on_a_phone(open_page):
    page = open_page("/recherche?q=mandat", width=360)
    hits, facets = page.locator(".hits").bounding_box(), page.locator(".refine").bounding_box()
    assert hits
    assert facets
    assert hits["y"] < facets["y"]


def test_print_shows_the_document_and_not_the_machinery(open_page):
    page = open_page("/document/complet?q=mandat+minusma#m2")
    page.emulate_media(media="print")
    for selector in (".search", ".walk", ".refine", ".foot", ".hop"):
        for element in page.locator(selector).all():
            assert not element.is_visible(), selector
    assert page.locator("h1").is_visible()
    assert page.locator(".sheet > p").first.is_visible()


def test_nothing_moves_for_those_who_ask(browser, address):
    context = browser.new_context(base_url=address, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/document/complet")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    context.close()
