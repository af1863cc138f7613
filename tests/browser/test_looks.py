"""What every page must hold in every window: nothing cut off, nothing unreadable, nothing blocked.

Each page is opened once and looked at in all its windows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from tests.browser.audit import faults_of, over_width
from tests.browser.conftest import SIZE

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "results": "/recherche?q=mandat",
    "filtered": "/recherche?q=mandat&type=communiqu%C3%A9&type=r%C3%A9solution&date=2023",
    "month": "/recherche?q=mandat&date=2023-07",
    "period": "/recherche?q=mandat&date=2021-06..2025",
    "explained": "/recherche?q=mandat+minusma+%22prend+fin%22+retrai*&pourquoi=1",
    "understood": "/recherche?q=la+patrouile+HCR+ravitallement&sans=mandat&sans=Haut-Commissariat+aux+r%C3%A9f",
    "suggestion": "/recherche?q=ravitallement&date=1999",
    "folded": "/recherche?q=patrouille&page=2",
    "everything": "/recherche",
    "reprises": "/recherche?q=crue+fleuve",
    "copies-and-pages": "/recherche?q=relev%C3%A9",
    "not-in-french": "/recherche?langue=en",
    "cited-date": "/recherche?q=crue+fleuve&mention=2019",
    "nothing": "/recherche?q=zanzibar+girafe&type=rapport&date=2023",
    "long-words": f"/recherche?q={'anticonstitutionnel' * 40}+{'girafe' * 30}&type={'poème' * 40}&date=2023",
    "document": "/document/complet?q=mandat+minusma&rang=1&citer=1",
    "document-of-a-group": "/document/crue-1?q=fleuve",
    "at-a-match": "/document/complet?q=mandat+minusma#m2",
    "hostile": "/document/a%2Fb%2F%2Fc%20d%3F%C3%A9%23%25.json?q=hostile",
    "help": "/aide",
    "accessibility": "/accessibilite",
    "api": "/api",
    "status": "/etat",
    "status-list": "/etat?liste=sans-date",
    "withheld": "/etat?liste=echecs",
    "bad-date": "/recherche?q=mandat&du=hier&au=2023",
    "too-long": "/recherche?q=" + "anticonstitutionnellement" * 60,
    "past-the-end": "/recherche?q=mandat&page=99",
    "not-found": "/rien",
    "no-document": "/document/inconnu",
    "no-index": "EMPTY/recherche?q=mandat",
}
WIDTHS = (1600, 1100, 768, 360, 320)  # 1100: the narrowest three columns; 320: what a zoom of 400 % leaves of 1280


@dataclass
class Shown:
    """A page in its window, and what the browser said while it came."""

    page: Page
    url: str
    console: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def window(windows):
    page = windows[True].new_page()
    page.set_default_timeout(5_000)
    yield page
    page.close()


@pytest.fixture(scope="module", params=PAGES.values(), ids=PAGES)
def shown(request, window, address, empty_address) -> Shown:
    """Each page in turn, opened once for all tests of it."""
    root = empty_address if request.param.startswith("EMPTY") else address
    shown = Shown(window, root + request.param.removeprefix("EMPTY"))
    heard = {
        "console": lambda message: shown.console.append(message.text),
        "request": lambda asked: shown.asked.append(asked.url),
    }
    window.set_viewport_size(SIZE)
    window.emulate_media(color_scheme="light")
    window.goto("about:blank")  # a page with another # is another page too
    for event, listener in heard.items():
        window.on(event, listener)
    window.goto(shown.url)
    for event, listener in heard.items():
        window.remove_listener(event, listener)
    return shown


def test_page_has_one_h1_landmarks_and_a_language(shown):
    page = shown.page
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.get_by_role("search").count() == 1


def test_the_policy_blocks_nothing_of_ours_and_nothing_comes_from_elsewhere(shown):
    root = shown.url.split("/", 3)[:3]
    assert not [text for text in shown.console if "Content Security" in text]
    assert not [url for url in shown.asked if url.split("/", 3)[:3] != root]
    assert shown.page.evaluate("getComputedStyle(document.body).margin") == "0px", "the style sheet is not in force"
    assert shown.page.evaluate("document.cookie") == ""


def test_nothing_scrolls_sideways(shown):
    for width in WIDTHS:
        shown.page.set_viewport_size({"width": width, "height": 900})
        assert over_width(shown.page) <= 0, f"{over_width(shown.page)} pixels too wide at {width}"


def test_axe_finds_no_fault(shown):
    """On a phone with all that folds unfolded, and on a wide window as it comes; in both themes."""
    page, faults = shown.page, []
    for width, unfolded in ((1180, False), (360, True)):
        page.set_viewport_size({"width": width, "height": 900})
        if unfolded:
            page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            faults += [f"{width} {scheme}: {text}" for text in faults_of(page, colours_only=scheme == "dark")]
    assert not faults, "\n".join(faults)


def test_unfolded_on_the_narrowest_phone_nothing_scrolls_sideways(shown):
    shown.page.set_viewport_size({"width": 320, "height": 256})
    shown.page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    assert over_width(shown.page) <= 0


def test_dark_and_light_follow_the_system(open_page):
    page = open_page("/", scripts=True)

    def ground(scheme):
        page.emulate_media(color_scheme=scheme)
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert ground("dark") != ground("light")


def test_results_come_before_facets_on_a_phone(open_page):
    page = open_page("/recherche?q=mandat", width=360)
    hits, facets = page.locator(".hits").bounding_box(), page.locator(".refine").bounding_box()
    assert hits
    assert facets
    assert hits["y"] < facets["y"]


def test_print_shows_the_document_and_not_the_machinery(open_page):
    page = open_page("/document/complet?q=mandat+minusma#m2")
    page.emulate_media(media="print", color_scheme="dark")
    for selector in (".search", ".walk", ".refine", ".foot", ".hop"):
        for element in page.locator(selector).all():
            assert not element.is_visible(), selector
    assert page.locator("h1").is_visible()
    assert page.locator(".sheet > p").first.is_visible()
    look = "getComputedStyle(document.body)"
    assert page.evaluate(f"{look}.backgroundColor") == "rgb(255, 255, 255)", "dark ground is not printed"
    assert page.evaluate(f"{look}.color") == "rgb(0, 0, 0)"
    printed = "getComputedStyle(document.querySelector('.original a, a.original'), '::after').content"
    assert page.evaluate(printed) == '" (https://exemple.org/resolution?a=1&b=2)"'
    page.goto(page.url.split("/document")[0] + "/api")
    assert page.locator("table").first.is_visible()


def test_nothing_moves_for_those_who_ask(open_page):
    page = open_page("/document/complet")
    scroll = "getComputedStyle(document.documentElement).scrollBehavior"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(scroll) == "auto"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(scroll) == "smooth"


def test_marks_bars_and_choices_show_in_the_colours_of_the_system(open_page):
    page = open_page("/recherche?q=mandat&date=2023", scripts=True)
    page.emulate_media(forced_colors="active")
    style = "selector => { const s = getComputedStyle(document.querySelector(selector)); return [s.color, s.fill, "
    style += "s.backgroundColor]; }"
    text, _, ground = page.evaluate(style, "body")
    assert page.evaluate(style, ".hit mark")[2] != ground
    assert page.evaluate(style, ".timeline rect")[1] == text
    assert page.locator("[aria-current=true]").count() >= 1


# --- focus ---------------------------------------------------------------------------------------------------------

# What the keyboard can reach, and after each step what has the focus: is it ringed, in sight, and not behind something?
REACHABLE = """[...document.querySelectorAll("a[href], button, input:not([type=hidden]), summary, select, textarea")]
  .filter(one => one.checkVisibility({visibilityProperty: true})).length"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const ring = getComputedStyle(one).outlineStyle !== "none" || one.closest("form:focus-within") !== null;
  const over = document.elementFromPoint(box.x + Math.min(box.width, 8) / 2, box.y + box.height / 2);
  const hides = over && over !== one && !one.contains(over) && !over.contains(one);
  return {name: one.outerHTML.slice(0, 120), ring, inside: box.bottom > 0 && box.top < innerHeight, hidden: hides};
}"""


@pytest.mark.parametrize(
    ("url", "width", "height"),
    [
        ("/recherche?q=mandat&type=rapport", 1180, 900),
        ("/recherche?q=mandat&type=rapport", 320, 256),
        ("/document/complet?q=mandat+minusma", 320, 256),
        ("/aide", 320, 900),
    ],
)
def test_the_keyboard_reaches_everything_once_sees_where_it_is_and_gets_out(open_page, url, width, height):
    page = open_page(url, width=width, height=height, scripts=True)
    reachable, seen = page.evaluate(REACHABLE), []
    for _ in range(reachable + 5):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        seen.append(focused)
    assert focused is None, "the focus does not leave the page"
    assert len(seen) == reachable
    assert not [one for one in seen if not one["ring"] or not one["inside"] or one["hidden"]]
