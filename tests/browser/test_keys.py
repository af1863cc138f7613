"""What the keys do where there is JavaScript, and how citations are copied or shown."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_keys_go_to_the_box_and_from_hit_to_hit_and_not_while_one_types(open_page):
    page = open_page("/recherche?q=patrouille&tri=ancien", scripts=True)
    titles = page.locator(".hit h2 a")
    page.keyboard.press("j")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("Control+j")
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("j/k")
    expect(page.locator("#q")).to_have_value("j/k")
    titles.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/document/serie-2"))
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile("/document/serie-3.*rang=3"))


def test_keys_go_from_match_to_match_and_can_be_switched_off(open_page):
    page = open_page("/document/complet?q=mandat+minusma", scripts=True)
    for key, match in (("n", "m1"), ("n", "m2"), ("p", "m1"), ("p", "m4")):
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"#{match}$"))
    page.get_by_role("button", name="Désactiver les raccourcis").click()
    page.reload()
    page.keyboard.press("n")
    expect(page.get_by_role("button", name="Activer les raccourcis")).to_be_visible()
    expect(page).to_have_url(re.compile("#m4$"))


def test_a_citation_is_copied_from_the_list_and_from_the_page_the_same(open_page):
    page = open_page("/recherche?q=minusma", scripts=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hit = page.locator(".hit").first
    hit.hover()
    hit.get_by_role("button", name="Citer § 3").click()
    expect(page.get_by_role("status").filter(has_text="Citation copiée")).to_have_count(1)
    copied = page.evaluate("navigator.clipboard.readText()")
    hit.get_by_role("link", name="§ 3").click()
    paragraph = page.locator("#p3")
    paragraph.get_by_role("button", name="Citer").click()
    expect(paragraph.get_by_role("button", name="copiée")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == copied
    page.goto(f"{page.url.partition('#')[0]}&citer=3")
    expect(page.locator(".citation")).to_have_text(copied)


def test_a_citation_is_shown_below_its_paragraph_without_javascript(open_page):
    page = open_page("/document/complet?q=minusma&rang=1#p3")
    page.locator("#p3").get_by_role("button", name="Citer").click()
    expect(page).to_have_url(re.compile(r"\?q=minusma&rang=1&citer=3#citation$"))
    expect(page.locator("#p3 + .citation")).to_be_in_viewport()
    page.get_by_role("link", name="Résultats").click()
    expect(page).to_have_url(re.compile("q=minusma#r1$"))
