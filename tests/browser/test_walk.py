"""What a person does with the pages, in a browser without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_search_from_the_home_page(open_page):
    page = open_page("/")
    page.get_by_label("Rechercher dans le fonds").fill("minusma")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("status")).to_contain_text("1\u00a0résultat")
    expect(page.get_by_label("Rechercher dans le fonds")).to_have_value("minusma")
    assert page.locator(".hit mark").first.inner_text() == "Minusma"


def test_choose_a_type_then_a_second_then_take_one_off(open_page):
    page = open_page("/recherche?q=mandat")
    page.get_by_role("link", name="Communiqué").click()
    expect(page.get_by_role("status")).to_contain_text("2\u00a0résultats")
    page.locator(".checks").get_by_role("link", name="Résolution").click()
    expect(page.get_by_role("status")).to_contain_text("4\u00a0résultats")
    page.get_by_role("list", name="Filtres actifs").get_by_role("link", name="Communiqué").click()
    expect(page.get_by_role("status")).to_contain_text("2\u00a0résultats")
    expect(page.locator(".checks [aria-current=true]")).to_have_count(1)


def test_open_a_year_then_a_month_then_go_back(open_page):
    page = open_page("/recherche?q=mandat")
    timeline = page.locator(".timeline")
    timeline.get_by_role("link", name="2023").click()
    expect(page).to_have_url(re.compile(r"date=2023$"))
    timeline.get_by_role("link", name="juin").click()
    expect(page).to_have_url(re.compile(r"date=2023-06$"))
    expect(page.locator(".hit")).to_have_count(1)
    page.go_back()
    expect(page).to_have_url(re.compile(r"date=2023$"))
    expect(page.locator(".hit")).to_have_count(3)


def test_type_a_period_and_be_told_when_it_is_no_date(open_page):
    page = open_page("/recherche?q=mandat")
    page.get_by_label("du", exact=True).fill("hier")
    page.get_by_role("button", name="Appliquer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demande mal formée")
    expect(page.get_by_label("du", exact=True)).to_have_value("hier")
    page.get_by_label("du", exact=True).fill("juin 2023")
    page.get_by_label("au", exact=True).fill("31/12/2023")
    page.get_by_role("button", name="Appliquer").click()
    expect(page).to_have_url(re.compile(r"q=mandat&date=2023-06\.\.2023-12-31$"))
    expect(page.locator(".hit")).to_have_count(2)


def test_go_to_the_second_page_and_on(open_page):
    page = open_page("/recherche?q=patrouille")
    page.get_by_role("link", name="Page 2").click()
    expect(page).to_have_title(re.compile("page 2"))
    page.get_by_role("link", name="Suivante").click()
    expect(page.locator(".hit")).to_have_count(3)
    expect(page.get_by_role("link", name="Suivante")).to_have_count(0)


def test_read_a_document_from_hit_to_hit_and_come_back(open_page):
    page = open_page("/recherche?q=mandat+minusma")
    page.get_by_role("link", name="Fin du mandat de la Minusma").click()
    expect(page.locator(".hop:visible")).to_have_count(0)
    page.get_by_role("link", name="première").click()
    expect(page).to_have_url(re.compile("#m1$"))
    for n in (2, 3, 4, 1):
        page.locator(".hop:visible").get_by_role("link", name="suivante").click()
        expect(page).to_have_url(re.compile(f"#m{n}$"))
        expect(page.locator(f"#m{n}")).to_be_in_viewport()
        expect(page.locator(".hop:visible")).to_have_count(1)
    page.locator(".hop:visible").get_by_role("link", name="précédente").click()
    expect(page).to_have_url(re.compile("#m4$"))
    page.get_by_role("link", name="Résultats").click()
    expect(page.get_by_label("Rechercher dans le fonds")).to_have_value("mandat minusma")


def test_results_are_explained_folded_away_and_no_longer_explained(open_page):
    page = open_page("/recherche?q=mandat+minusma")
    expect(page.locator(".why")).to_have_count(0)
    page.get_by_role("link", name="pourquoi ces résultats").click()
    first = page.locator(".hit").first
    expect(first.get_by_text("dans le titre, tel quel").first).to_be_visible()
    first.locator("summary").click()
    expect(first.get_by_text("dans le titre, tel quel").first).to_be_hidden()
    page.get_by_role("link", name="sans les explications").click()
    expect(page).to_have_url(re.compile(r"q=mandat\+minusma$"))
    expect(page.locator(".why")).to_have_count(0)


def test_a_correction_is_seen_and_undone_by_its_link(open_page):
    page = open_page("/")
    page.get_by_label("Rechercher dans le fonds").fill("patrouile")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_text("« patrouile » lu « patrouille »")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("23\u00a0résultats")
    page.get_by_role("link", name="chercher « patrouile » tel quel").click()
    expect(page).to_have_url(re.compile(r"q=patrouile&sans=patrouile$"))
    expect(page.get_by_role("status")).to_contain_text("0\u00a0résultat")
    expect(page.get_by_label("Rechercher dans le fonds")).to_have_value("patrouile")
    page.get_by_role("list", name="Filtres actifs").get_by_role("link", name="tel quel").click()
    expect(page.get_by_role("status")).to_contain_text("23\u00a0résultats")


def test_a_suggestion_in_the_place_of_a_rare_word_is_followed(open_page):
    page = open_page("/recherche?q=ravitallement")
    expect(page.locator(".hit")).to_have_count(1)
    page.locator(".meant").get_by_role("link", name="ravitaillement").click()
    expect(page.get_by_role("status")).to_contain_text("60\u00a0résultats")


def test_a_way_out_of_nothing_found(open_page):
    page = open_page("/recherche?q=mandat+zanzibar&mots=tous&type=rapport")
    page.get_by_role("link", name="sans aucun filtre").click()
    expect(page.locator(".hit").first).to_be_visible()


def test_without_an_index_the_page_says_what_to_do(browser, empty_address):
    page = browser.new_page()
    page.goto(f"{empty_address}/recherche?q=mandat")
    expect(page.get_by_role("heading", level=1)).to_contain_text("pas encore indexé")
    expect(page.get_by_label("Rechercher dans le fonds")).to_have_value("mandat")
    page.close()


# --- keyboard ------------------------------------------------------------------------------------------------------


def focused(page):
    """The element in focus: its name as a person would say it."""
    element = page.locator(":focus")
    return element.get_attribute("aria-label") or element.inner_text() or element.get_attribute("name") or ""


def walk(page, steps):
    names = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        if not page.locator(":focus").count():
            break  # past the last one, in the browser's own bars
        names.append(" ".join(focused(page).split()))
    return names


def test_keyboard_reaches_the_box_the_hits_and_the_facets_in_reading_order(open_page):
    page = open_page("/recherche?q=mandat")
    names = walk(page, 60)
    order = [
        "Aller au contenu",
        "Trouvaille",
        "q",
        "Rechercher",
        "pertinence",
        "Fin du mandat",
        "2023",
        "du",
        "Rapport",
    ]
    places = [next((i for i, name in enumerate(names) if name.startswith(wanted)), None) for wanted in order]
    assert None not in places, f"not reached: {[w for w, p in zip(order, places, strict=True) if p is None]} in {names}"
    assert places == sorted(places), names


def test_a_correction_is_undone_from_the_keyboard_before_any_result(open_page):
    page = open_page("/recherche?q=patrouile")
    names = walk(page, 12)
    assert names.index("chercher « patrouile » tel quel") < names.index("pertinence")
    page.goto("/recherche?q=patrouile")
    tab_until(page, "tel quel", most=12)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=patrouile&sans=patrouile$"))


def test_skip_link_shows_and_leads_past_the_head(open_page):
    page = open_page("/recherche?q=mandat")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    box = skip.bounding_box()
    assert box
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert walk(page, 1)[0] == "pourquoi ces résultats ?"


def tab_until(page, wanted, most=4):
    """Press Tab until the focus is on `wanted`.

    A few times at most: Chromium may still be going to the `#` of the address when the first key comes.
    """
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted in focused(page):
            return
    raise AssertionError(f"{wanted!r} is not within {most} tabs; the focus is on {focused(page)!r}")


def test_hit_to_hit_works_from_the_keyboard(open_page):
    page = open_page("/document/complet?q=mandat+minusma#m1")
    expect(page.locator("#m1 .hop")).to_be_visible()
    tab_until(page, "Occurrence 1 sur 4, aller à la suivante")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#m2$"))
    expect(page.locator("#m2 .hop")).to_be_visible()
    tab_until(page, "Occurrence 2 sur 4")
