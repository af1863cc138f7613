"""Facets with a script, by pointer and keyboard, and without one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def draw(page: Page, first: str, last: str, *, let_go: bool = True) -> None:
    """Go with the pointer held from one bar to another."""
    timeline = page.locator("section:has(.range) .timeline")
    for name, press in ((first, page.mouse.down), (last, lambda: None)):
        box = timeline.get_by_role("link", name=re.compile(f"^{name} ")).bounding_box()
        assert box
        page.mouse.move(box["x"] + 30, box["y"] + box["height"] / 2, steps=3)
        press()
    if let_go:
        page.mouse.up()


def test_a_period_is_drawn_over_the_bars_upward_too_and_the_way_back_is_clean(open_page):
    page = open_page("/recherche?q=mandat&tri=recent", scripts=True)
    draw(page, "2025", "2023", let_go=False)
    expect(page.get_by_label("du", exact=True)).to_have_value("2023")
    expect(page.get_by_label("au", exact=True)).to_have_value("2025")
    expect(page.locator(".by-drag")).to_have_text("4\u00a0résultats")
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"q=mandat&date=2023\.\.2025&tri=recent$"))
    expect(page.locator(".tally [role=status]")).to_contain_text("4\u00a0résultats")
    page.go_back()
    expect(page).to_have_url(re.compile(r"q=mandat&tri=recent$"))
    expect(page.get_by_label("du", exact=True)).to_have_value("")
    expect(page.locator(".drawn")).to_have_count(0)


def test_months_are_drawn_and_a_click_is_still_a_click(open_page):
    page = open_page("/recherche?q=mandat", scripts=True)
    page.locator(".timeline").get_by_role("link", name="2023").click()
    expect(page).to_have_url(re.compile(r"date=2023$"))
    draw(page, "juin", "juillet")
    expect(page).to_have_url(re.compile(r"date=2023-06\.\.2023-07$"))
    expect(page.locator(".wholly > a > .label")).to_have_text(["juin", "juillet"])


def test_a_period_is_drawn_on_the_home_page_too(open_page):
    page = open_page("/", scripts=True)
    draw(page, "2020", "2021", let_go=False)
    expect(page.locator(".by-drag")).to_have_text("4\u00a0documents")
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"/recherche\?date=2020\.\.2021$"))


def test_escape_leaves_the_period_undrawn(open_page):
    page = open_page("/recherche?q=mandat&date=2021..2022", scripts=True)
    draw(page, "2021", "2025", let_go=False)
    expect(page.locator(".drawn")).to_have_count(3)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".drawn")).to_have_count(0)
    expect(page.get_by_label("au", exact=True)).to_have_value("2022")
    assert page.url.endswith("date=2021..2022")


def test_a_long_list_is_sifted_by_keyboard(open_page):
    page = open_page("/recherche?q=annexe", width=360, scripts=True)
    box, rows = page.get_by_label("Filtrer les types"), page.locator(".checks li:visible")
    expect(rows).to_have_count(10)
    box.press_sequentially("É")
    expect(page.locator(".refine [aria-live]")).to_have_text("8\u00a0types")
    box.press("Escape")
    expect(rows).to_have_count(10)
    box.press_sequentially("zz")
    expect(page.locator(".refine [aria-live]")).to_have_text("aucun type")
    box.fill("voeu")
    expect(page.locator(".checks li:visible .label")).to_have_text(["Vœu"])
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"type=v%C5%93u$"))


def test_without_a_script_all_types_unfold_and_a_finger_chooses(browser, address):
    context = browser.new_context(
        base_url=address, java_script_enabled=False, has_touch=True, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto("/recherche?q=annexe")
    assert not page.get_by_label("Filtrer les types").is_visible()
    page.get_by_text("Tout afficher").tap()
    page.get_by_role("link", name="Vœu").tap()
    expect(page).to_have_url(re.compile(r"type=v%C5%93u$"))
    page.locator(".timeline").get_by_role("link", name="date inconnue").tap()
    page.get_by_role("link", name="toutes les dates").tap()
    expect(page).to_have_url(re.compile(r"annexe&type=v%C5%93u$"))
    context.close()
