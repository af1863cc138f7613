"""The list under the search box: by keyboard, by pointer, on a phone, read aloud, and not there at all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.audit import faults_of, over_width

pytestmark = pytest.mark.browser


@pytest.fixture
def typed(open_page):
    """A page in whose search box something was typed, letter by letter; what the browser complains of is kept."""

    def type_(text, url="/", **window):
        page = open_page(url, scripts=True, **window)
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        box = page.get_by_role("combobox", name="Rechercher dans le fonds")
        box.fill("")
        box.press_sequentially(text)
        return page

    return type_


def listed(page):
    """The options, once they are there."""
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    return options


def box_of(page):
    return page.get_by_role("combobox")


def test_a_suggestion_chosen_by_keyboard_alone_leads_to_its_results(open_page):
    page = open_page("/", scripts=True)
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type("fin du man")
    expect(listed(page).filter(has_text="Fin du mandat de la Minusma")).to_have_count(1)
    for _ in range(listed(page).count()):
        page.keyboard.press("ArrowDown")
        if "Fin du mandat de la Minusma" in page.locator("[aria-selected=true]").inner_text():
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/recherche\?q=Fin\+du\+mandat\+de\+la\+Minusma$"))
    expect(page.locator(".hit h2").first).to_have_text("Fin du mandat de la Minusma")
    expect(box_of(page)).to_have_value("Fin du mandat de la Minusma")


def test_arrows_go_round_through_the_box(typed):
    page = typed("patr")
    options, box = listed(page), box_of(page)
    count = options.count()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-0")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowUp")
    expect(box).to_have_attribute("aria-activedescendant", f"suggestion-{count - 1}")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") is None
    expect(box).to_have_value("patr")


def test_enter_without_a_choice_searches_what_was_typed(typed):
    page = typed("patrou")
    listed(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=patrou$"))


def test_escape_closes_and_keeps_what_was_typed(typed):
    page = typed("patr")
    listed(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(box_of(page)).to_have_attribute("aria-expanded", "false")
    expect(box_of(page)).to_have_value("patr")
    page.keyboard.press("ArrowDown")
    expect(listed(page).first).to_be_visible()


def test_tab_takes_the_choice_into_the_box_and_goes_on(typed):
    page = typed("patr")
    first = listed(page).first.locator("span").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(box_of(page)).to_have_value(first)
    expect(page.get_by_role("button", name="Rechercher")).to_be_focused()
    expect(page.get_by_role("option")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 1180])
def test_a_click_chooses(typed, width):
    page = typed("un ide", width=width)
    listed(page).filter(has_text="Un identifiant comme un autre").click()
    expect(page).to_have_url(re.compile(r"q=Un\+identifiant\+comme\+un\+autre$"))


def test_filters_go_along_with_a_choice(typed):
    page = typed("patr", url="/recherche?q=mandat&type=d%C3%A9p%C3%AAche")
    listed(page).first.click()
    expect(page).to_have_url(re.compile(r"q=patrouille&type=d%C3%A9p%C3%AAche$"))


def test_how_many_there_are_is_said_once(typed):
    page = typed("patr")
    count = listed(page).count()
    expect(page.locator(".search [aria-live=polite]")).to_have_text(re.compile(rf"^{count}\u00a0suggestions?$"))
    page.keyboard.press("Escape")
    expect(page.locator(".search [aria-live=polite]")).to_have_text("")


def test_only_the_last_letters_are_asked_about(open_page):
    page = open_page("/", scripts=True)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "suggestions.json" in request.url else None)
    box_of(page).press_sequentially("patrouille", delay=10)
    page.wait_for_timeout(400)
    assert len(asked) < 5, asked
    assert asked[-1].endswith("q=patrouille")


def test_a_late_answer_does_not_open_the_list_again(open_page):
    page = open_page("/", scripts=True)

    def late(route):
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/suggestions.json*", late)
    box_of(page).press_sequentially("patr")
    page.wait_for_timeout(200)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Rechercher").focus()
    page.wait_for_timeout(500)
    expect(page.get_by_role("option")).to_have_count(0)


def test_typing_and_searching_go_on_when_suggestions_fail(open_page):
    page = open_page("/", scripts=True)
    page.route("**/suggestions.json*", lambda route: route.abort())
    box_of(page).press_sequentially("patrouille")
    page.wait_for_timeout(300)
    expect(box_of(page)).to_have_value("patrouille")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=patrouille$"))


def test_markup_in_a_title_is_shown_as_text(typed):
    page = typed("script al")
    expect(listed(page).filter(has_text='<script>alert("1")</script> hostile')).to_have_count(1)
    assert not page.complaints


@pytest.mark.parametrize(("width", "url"), [(320, "/"), (360, "/recherche?q=mandat"), (1180, "/recherche?q=mandat")])
def test_the_open_list_has_no_fault_and_fits(typed, width, url):
    page = typed("un", url=url, width=width)
    listed(page)
    page.keyboard.press("ArrowDown")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert not faults_of(page, colours_only=scheme == "dark"), scheme
    assert over_width(page) <= 0
    box = page.get_by_role("listbox").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert not page.complaints


def test_without_a_script_the_box_is_a_search_box_and_works(open_page):
    page = open_page("/")
    expect(page.get_by_role("combobox")).to_have_count(0)
    expect(page.locator("[role=listbox]")).to_have_count(0)
    page.get_by_role("searchbox", name="Rechercher dans le fonds").fill("patrouille")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=patrouille$"))
