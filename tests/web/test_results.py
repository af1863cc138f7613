"""The results page: what it says, where its links lead."""

from __future__ import annotations

import re

import pytest

from tests.web.site import HOSTILE, ordinary


def test_number_of_results_is_said_in_french(page):
    assert page("/recherche?q=patrouille").text("[role=status] strong") == "23 résultats"
    assert page("/recherche?q=hostile&type=%3Cb%3Etype%3C/b%3E").text("[role=status] strong") == "1 résultat"
    assert page("/recherche?q=introuvable").text("[role=status] strong") == "0 résultat"


def test_time_taken_is_said(page):
    assert re.fullmatch(r"\d+(,\d)? (ms|s)", page("/recherche?q=mandat").text(".took"))


def test_no_line_of_the_count_begins_with_a_dot(client):
    said = client.get("/recherche?q=patrouille&reprises=toutes").text
    assert "\u00a0résultats" in said
    assert not re.search(r"[ \n>]·", said[said.index('role="status"') : said.index('class="sort"')])


def test_the_stricter_search_is_one_link_away(page):
    found = page("/recherche?q=patrouille+mandat+minusma+retrait")
    status = found.text("[role=status]")
    assert "avec au moins un des" in status or "avec au moins deux des" in status
    strict = found.attributes("[role=status] a", "href")
    assert all("mots=tous" in href for href in strict)


def test_all_words_is_a_tag_that_comes_off(page):
    found = page("/recherche?q=mandat+minusma&mots=tous")
    assert "avec les deux mots" in found.text("[role=status]")
    assert found.link("tous les mots", ".tags") == "/recherche?q=mandat+minusma"


def test_titles_lead_to_documents_and_keep_the_query(page):
    found = page("/recherche?q=minusma")
    assert found.attributes(".hit h2 a", "href")[0] == "/document/complet?q=minusma&rang=1"


def test_matches_are_marked_in_title_and_text(page):
    found = page("/recherche?q=minusma")
    assert found.texts(".hit h2 mark") == ["Minusma"]
    assert "Minusma" in found.texts(".frag mark")
    assert 1 <= len(found.texts(".hit:first-child .frag")) <= 3


@pytest.mark.parametrize(
    ("title", "html", "why"),
    [
        ("Premier du mois", '<time datetime="2023-07-01">1<sup>er</sup> juillet 2023</time>', "a day"),
        ("Un mois", '<time datetime="2025-07">juillet 2025</time>', "a month is no day"),
        ("Une année", '<time datetime="2023">2023</time>', "a year is no month"),
        ("Sans date", '<span class="undated">date inconnue</span>', "unknown is said"),
    ],
)
def test_dates_are_as_precise_as_known(client, title, html, why):
    text = ordinary(client.get("/recherche?q=mandat").text)
    item = next(item for item in re.findall(r'<li class="hit"[^>]*>.*?</li>', text) if title in item)
    assert html in item, why


def test_a_date_taken_from_a_file_name_says_so(page):
    assert "1er mars 2021 d’après le nom du fichier" in page("/recherche?q=note").texts(".when")


def test_type_and_source_are_shown(page):
    found = page("/recherche?q=minusma")
    assert found.texts(".hit .kind")[0] == "Résolution"
    assert found.texts(".hit .src")[0] == "Conseil de sécurité"


def test_read_back_is_shown_when_it_says_more(page):
    assert "Compris : " in page("/recherche?q=la+fin+du+mandat").texts(".understood p")[0]
    assert page("/recherche?q=mandat").texts(".understood p") == []


# --- facets --------------------------------------------------------------------------------------------------------


def test_types_are_chosen_together(page):
    found = page(page("/recherche?q=mandat").link("Communiqué", ".checks"))
    found = page(found.link("Résolution", ".checks"))
    chosen = {text.split(",")[0] for text in found.texts(".checks [aria-current]")}
    assert chosen == {"Communiqué 2 résultats", "Résolution 2 résultats"}
    assert set(found.texts(".hit .kind")) == {"Communiqué", "Résolution"}


def test_chosen_values_never_hide_their_siblings(page):
    everything = page("/recherche?q=mandat")
    chosen = page("/recherche?q=mandat&type=communiqu%C3%A9")
    assert len(chosen.texts(".checks li")) == len(everything.texts(".checks li"))
    year = page("/recherche?q=mandat&date=2023")
    assert set(everything.texts(".timeline .label")) <= set(year.texts(".timeline .label"))


def test_year_opens_its_months_and_a_month_its_days(page):
    year = page("/recherche?q=mandat&date=2023")
    assert year.texts(".timeline > li > ol > li > * > .label") == ["juin", "juillet", "sans mois"]
    month = page(year.link("juillet", ".timeline"))
    assert month.texts(".timeline ol ol .label") == ["1er"]
    assert month.texts(".timeline [aria-current] .label") == ["juillet"]
    assert month.texts(".on > a > .label") == ["2023", "juillet"]


def test_months_unknown_are_counted_but_no_link(page):
    year = page("/recherche?q=mandat&date=2023")
    assert year.texts("li:not(.empty) > .still .label") == ["sans mois"]


def test_chosen_value_is_taken_off_by_its_own_link(page):
    year = page("/recherche?q=mandat&date=2023")
    assert year.link("2023", ".timeline") == "/recherche?q=mandat"
    assert year.link("2023", ".tags") == "/recherche?q=mandat"


def test_unknown_dates_are_a_value_like_others(page):
    found = page(page("/recherche?q=mandat").link("date inconnue", ".timeline"))
    assert found.texts(".hit h2") == ["Sans date"]
    assert found.texts(".tags li") == ["date inconnue × : retirer ce filtre"]


def test_bars_are_drawn_without_inline_style(client, page):
    assert "style=" not in client.get("/recherche").text
    widths = [int(width.removesuffix("%")) for width in page("/recherche").attributes(".timeline rect", "width")]
    assert max(widths) == 100
    assert min(widths) > 0


def test_each_facet_is_one_link_away_however_long_those_before_it(page):
    found = page("/recherche?q=mandat&date=2023-07")
    assert found.texts(".to-facets a") == ["dates", "types"]
    for target in found.attributes(".to-facets a", "href"):
        assert found.texts(f".refine section {target}")


def test_without_facets_nothing_is_there_to_refine(page):
    assert page("/recherche?q=zanzibar").texts(".refine") == []


def test_long_lists_of_years_fold_and_the_chosen_one_is_seen(page):
    folded = page("/recherche?q=patrouille")
    assert folded.text(".refine summary").startswith("2001 – 2008 : 8 résultats")
    assert folded.attributes(".refine details", "open") == [None]
    assert "open" in page("/recherche?q=patrouille&date=2001").tree.css_first(".refine details").attributes


def test_years_without_results_are_shown_and_lead_nowhere(page):
    found = page("/recherche?q=mandat")
    assert found.texts(".timeline > li .label") == ["2021", "2022", "2023", "2024", "2025", "date inconnue"]
    assert found.texts(".empty .label") == ["2022", "2024"]
    assert found.texts(".empty .n") == ["0 résultat", "0 résultat"]
    assert found.texts(".empty a") == []


def test_a_period_is_told_in_the_bars(page):
    found = page("/recherche?q=mandat&date=2021-06..2025")
    assert found.texts(".partly > a > .label") == ["2021"]
    assert found.texts(".partly > a > .n") == ["1 résultat, en partie dans la période choisie"]
    assert found.texts(".wholly > a > .label") == ["2023", "2025"]


def test_a_period_within_a_month_shows_its_days(page):
    found = page("/recherche?q=mandat&date=2023-06-15..2023-06-30")
    assert found.texts(".timeline ol ol .label") == ["30"]
    assert found.texts(".wholly > a > .label") == ["30"]
    assert found.text(".scale").startswith("Chaque niveau a son échelle.")


def test_a_period_among_the_folded_years_is_seen(page):
    assert "open" in page("/recherche?q=patrouille&date=2001..2003").tree.css_first(".refine details").attributes


def test_the_way_back_up_from_a_day(page):
    found = page("/recherche?q=mandat&type=r%C3%A9solution&date=2023-06-30&page=1")
    assert found.texts(".up a") == ["↑ revenir à toutes les dates", "↑ revenir à 2023", "↑ revenir à juin 2023"]
    assert found.link("toutes les dates", ".up") == "/recherche?q=mandat&type=r%C3%A9solution"
    assert found.link("juin 2023", ".up") == "/recherche?q=mandat&type=r%C3%A9solution&date=2023-06"
    assert page("/recherche?q=mandat").texts(".up a") == []


def test_a_long_list_of_types_unfolds_and_a_chosen_one_is_in_sight(page):
    found = page("/recherche?q=annexe")
    assert found.texts(".checks + .fold > summary") == ["Tout afficher : 12 types"]
    assert len(found.texts(".fold .checks a")) == 2
    assert found.attributes(".sift", "aria-label") == ["Filtrer les types"]
    assert "hidden" in found.tree.css_first(".sift").attributes, "without a script the box could do nothing"
    chosen = page(found.link("Vœu", ".fold"))
    assert chosen.texts(".checks [aria-current] .label") == ["Vœu"]
    assert page("/recherche?q=mandat").texts(".sift") == []


def test_filters_come_off_one_by_one_or_together(page):
    found = page("/recherche?q=mandat&type=communiqu%C3%A9&date=2023&tri=recent")
    assert found.link("Communiqué", ".tags") == "/recherche?q=mandat&date=2023&tri=recent"
    assert found.link("Tout effacer", ".tags") == "/recherche?q=mandat&tri=recent"
    assert page("/recherche?q=mandat&date=2023").texts(".clear") == []


def test_a_new_search_keeps_the_filters_and_drops_the_page(page):
    found = page("/recherche?q=patrouille&type=d%C3%A9p%C3%AAche&tri=recent&page=2")
    names = found.attributes(".search input[type=hidden]", "name")
    assert names == ["type", "tri"]


# --- the period form -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ("q=mandat&du=01/06/2023&au=juin+2024", "/recherche?q=mandat&date=2023-06-01..2024-06"),
        ("q=mandat&type=rapport&tri=recent&du=2023&au=", "/recherche?q=mandat&type=rapport&date=2023..&tri=recent"),
        ("du=&au=&q=mandat", "/recherche?q=mandat"),
        ("q=a&date=2020&du=2023&au=2023", "/recherche?q=a&date=2023"),
        ("q=a&page=7&du=2023&au=", "/recherche?q=a&date=2023.."),
        ("q=a&mots=tous&au=2023", "/recherche?q=a&date=..2023&mots=tous"),
    ],
)
def test_period_form_redirects_to_the_canonical_address(client, query, location):
    response = client.get(f"/recherche?{query}")
    assert (response.status_code, response.location) == (303, location)


def test_period_in_force_is_a_tag_and_fills_the_form(page):
    found = page("/recherche?q=mandat&date=2023-06..2023-07-15")
    assert found.texts(".tags li") == ["de juin 2023 au 15 juillet 2023 × : retirer ce filtre"]
    assert found.attributes(".range input:not([type=hidden])", "value") == ["juin 2023", "15/07/2023"]


@pytest.mark.parametrize(
    "query", ["du=hier&au=2023", "du=2024&au=2023", "date=hier", "date=2023..2020", "date=31/12/2023"]
)
def test_malformed_date_keeps_everything_and_says_how_to_write_one(page, query):
    found = page(f"/recherche?q=mandat+minusma&type=rapport&tri=recent&{query}", 400)
    assert found.attributes("#q", "value") == ["mandat minusma"]
    assert found.attributes(".range input[name=type]", "value") == ["rapport"]
    assert found.attributes("[aria-invalid]", "name") in (["du"], ["au"])
    assert "date" in found.text("#ecrire-date")
    assert found.link("Continuer sans lui") == "/recherche?q=mandat+minusma&type=rapport&tri=recent"


# --- order and pages -----------------------------------------------------------------------------------------------


def test_orders_are_links_and_the_one_in_force_is_said(page):
    found = page("/recherche?q=mandat&tri=ancien")
    assert found.texts(".sort [aria-current]") == ["anciens"]
    assert found.link("titre", ".sort") == "/recherche?q=mandat&tri=titre"
    assert found.link("pertinence", ".sort") == "/recherche?q=mandat"


def test_without_words_the_newest_come_first_and_relevance_is_not_offered(page):
    found = page("/recherche")
    assert found.texts(".sort [aria-current]") == ["récents"]
    assert "pertinence" not in found.texts(".sort a")
    assert found.text("h1") == "Tous les documents"
    assert found.texts(".hit h2")[0] == "Un mois"


def test_pages_are_linked_and_their_titles_tell_them_apart(page):
    found = page("/recherche?q=patrouille&page=2")
    assert found.texts(".pager li") == ["← Précédente", "Page 1", "Page 2", "Page 3", "Suivante →"]
    assert found.texts(".pager [aria-current=page]") == ["Page 2"]
    assert found.text("title") == "patrouille – 23 résultats – page 2 – Trouvaille"
    assert found.attributes("link[rel=prev], link[rel=next]", "href") == [
        "/recherche?q=patrouille",
        "/recherche?q=patrouille&page=3",
    ]
    assert page("/recherche?q=minusma").texts(".pager") == []


def test_pages_never_overlap(page):
    titles = [title for n in (1, 2, 3) for title in page(f"/recherche?q=patrouille&page={n}").texts(".hit h2")]
    assert len(titles) == len(set(titles)) == 23


def test_page_past_the_end_is_404_with_the_way_back(page):
    found = page("/recherche?q=patrouille&page=9", 404)
    assert found.attributes("#q", "value") == ["patrouille"]
    assert found.link("Aller à la page 3") == "/recherche?q=patrouille&page=3"


# --- nothing found -------------------------------------------------------------------------------------------------


def test_nothing_found_helps(page):
    found = page("/recherche?q=zanzibar+girafe&type=rapport&date=2023")
    assert found.text(".nothing h2") == "Aucun résultat pour « zanzibar girafe » avec ces filtres"
    assert found.link("sans « Rapport »") == "/recherche?q=zanzibar+girafe&date=2023"
    assert found.link("sans « 2023 »") == "/recherche?q=zanzibar+girafe&type=rapport"
    assert found.link("sans aucun filtre") == "/recherche?q=zanzibar+girafe"
    assert found.link("girafe") == "/recherche?q=girafe&type=rapport&date=2023"
    assert found.link("tous les documents", ".nothing") == "/recherche"
    assert "orthographe" in found.text(".nothing ul")


def test_a_type_without_documents_is_zero_hits_and_a_removable_tag(page):
    found = page("/recherche?q=mandat&type=po%C3%A8me")
    assert found.text("[role=status] strong") == "0 résultat"
    assert found.link("retirer ce filtre", ".tags") == "/recherche?q=mandat"
    assert found.texts(".checks [aria-current] .n") == ["0 résultat, choisi ; retirer ce filtre"]


def test_operators_are_not_offered_as_words(page):
    assert "Chercher un seul" not in page('/recherche?q="zanzibar+girafe"').text(".nothing")


# --- forgiving, and safe -------------------------------------------------------------------------------------------


def test_unknown_parameters_are_ignored(page):
    assert page("/recherche?q=minusma&utm_source=x&fbclid=y").text("[role=status] strong") == "1 résultat"


@pytest.mark.parametrize(
    "query",
    [
        "tri=hasard",
        "page=0",
        "page=-1",
        "page=deux",
        "page=1e3",
        "page=99999999999999999999",
        "mots=un",
        "pourquoi=oui",
    ],
)
def test_malformed_values_are_400_and_keep_the_query(page, query):
    found = page(f"/recherche?q=mandat&{query}", 400)
    assert found.attributes("#q", "value") == ["mandat"]
    assert found.link("Continuer sans lui") == "/recherche?q=mandat"


def test_query_over_the_limit_is_400_and_stays_in_the_box(page):
    long = "mot " * 300
    found = page(f"/recherche?q={long}", 400)
    assert found.text("h1") == "Recherche trop longue"
    assert found.attributes("#q", "value") == [long]


def test_address_over_the_limit_is_414(client):
    response = client.get("/recherche?q=" + "a" * 40_000)
    assert response.status_code == 414
    assert "Adresse trop longue" in response.text


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        '" onfocus="alert(1)',
        "{{ 7*7 }}",
        "</title><script>",
        "\r\nSet-Cookie: a=b",
        "\x00\x01\x1b[31m",
        "\ud800",
        "%ff%fe",
        "((((((((",
        '"""',
        "-" * 500,
        "*" * 50,
        "ET OU SAUF",
        "titre:",
        "😀" * 100,
    ],
)
def test_nothing_that_is_typed_breaks_a_page(client, text):
    response = client.get("/recherche", query_string={"q": text.encode("utf-8", "surrogatepass")})
    assert response.status_code == 200
    assert "<script>" not in response.text
    assert "onfocus=&" not in response.text.replace("&#34;", '"') or 'onfocus="alert' not in response.text
    assert "Set-Cookie" not in response.headers
    assert "49" not in response.text.split("</title>")[0]


def test_hostile_documents_are_shown_as_text(client, page):
    found = page("/recherche?q=hostile")
    assert HOSTILE in " ".join(found.texts(".hit h2"))
    text = client.get("/recherche?q=hostile").text
    for tag in ("<script>", "<img", "<b>", "<i>"):
        assert tag not in text, tag


def test_hostile_file_names_are_shown_as_text(client, page):
    assert any("<img src=x" in place for place in page("/recherche?q=nom").texts(".src"))
    assert "<img" not in client.get("/recherche?q=nom").text


def test_no_ordinary_space_stands_before_high_punctuation(client):
    for url in ("/", "/recherche?q=mandat", "/recherche?q=zzz&type=rapport", "/document/complet?q=mandat", "/rien"):
        shown = re.sub(r"<[^>]*>", "", client.get(url).text)
        assert not re.search(r" [:;!?»]|« ", shown), f"{url}: {re.findall(r'.{20} [:;!?»]|« .{20}', shown)}"
