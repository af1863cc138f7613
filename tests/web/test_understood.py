"""How a query was read: what the page says of it, where its links lead, what words taken literally do."""

from __future__ import annotations

import re

import pytest

from tests.web.site import COMMON, HOSTILE, RARE

LINES = ".understood p"


# --- what is said --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "lines", "why"),
    [
        ("mandat", [], "read as typed, nothing is said"),
        ("mandat minusma", [], "how many words were required is said with the count"),
        (
            "mandt minusma",
            ["« mandt » lu « mandat » — chercher « mandt » tel quel", "Compris : mandat, minusma"],
            "a correction comes first",
        ),
        (
            "HCR",
            [
                "Compris : HCR",
                "« HCR » cherché aussi sous : « UNHCR », « Haut-Commissariat des Nations unies pour les réfugiés », "
                "« Haut-Commissariat aux réfugiés » et un autre — chercher seulement « HCR »",
            ],
            "three names, then how many more, also when the read-back repeats what was typed",
        ),
        (
            "UNHCR mandt mandta",
            [
                "« mandt » lu « mandat » — chercher « mandt » tel quel",
                "« mandta » lu « mandat » — chercher « mandta » tel quel",
            ],
            "each correction has its line",
        ),
        (
            "la fin du mandat",
            ["Compris : fin, mandat", "Mots passés : la, du — les exiger : la, du"],
            "stop words",
        ),
        ("la patrouille", ["Compris : patrouille", "Mot passé : la — l’exiger : la"], "one stop word"),
        (
            RARE,
            [f"Vouliez-vous dire : {COMMON} ?"],
            "a suggestion is no reading",
        ),
        (
            f"la patrouile de {RARE}",
            [
                "« patrouile » lu « patrouille » — chercher « patrouile » tel quel",
                f"Vouliez-vous dire : la patrouille de {COMMON} ?",
                f"Compris : patrouille, {RARE}",
                "Mots passés : la, de — les exiger : la, de",
            ],
            "all at once",
        ),
    ],
)
def test_page_says_how_the_query_was_read(page, query, lines, why):
    assert page(f"/recherche?q={query}").texts(LINES)[: len(lines) or None] == lines, why


def test_a_long_list_of_skipped_words_is_cut_short(page):
    told = page("/recherche?q=mandat+le+la+les+un+une+des+du+de+au+aux").text(".skipped")
    assert told.startswith("Mots passés : le, la, les, un, une, des, du, de et 2 autres — ")


def test_what_was_searched_stands_out(page):
    found = page("/recherche?q=mandt+HCR")
    assert found.texts(".corrected b") == ["« mandat »"]
    assert found.texts(".synonym b")[0] == "« UNHCR »"


def test_the_title_and_the_box_keep_what_was_typed(page):
    found = page("/recherche?q=mandt")
    assert found.text("title").startswith("mandt – ")
    assert found.attributes("#q", "value") == ["mandt"]


# --- links ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "text", "url"),
    [
        ("q=mandt&type=rapport&tri=titre", "tel quel", "/recherche?q=mandt&type=rapport&tri=titre&sans=mandt"),
        ("q=mandt+HCR&sans=mandt", "seulement", "/recherche?q=mandt+HCR&sans=mandt&sans=HCR"),
        ("q=patrouille+HCR&page=2", "seulement", "/recherche?q=patrouille+HCR&sans=HCR"),
        ("q=la+fin+du+mandat", "les exiger", "/recherche?q=%22la%22+fin+%22du%22+mandat"),
        (f"q={RARE}&type=rapport&page=1", COMMON, f"/recherche?q={COMMON}&type=rapport"),
    ],
)
def test_each_reading_is_undone_by_its_link_and_filters_stay(page, query, text, url):
    found = page(f"/recherche?{query}")
    assert found.link(text) == url
    assert page(url).texts(f"{LINES} a") == []


def test_a_suggestion_stands_on_a_page_without_results_once(page):
    found = page(f"/recherche?q={RARE}&date=1999")
    assert found.texts(".meant") == [f"Vouliez-vous dire : {COMMON} ?"]
    assert found.link(COMMON, ".nothing") == f"/recherche?q={COMMON}&date=1999"


def test_links_say_what_they_do_to_who_hears_them_alone(page):
    found = page("/recherche?q=la+patrouile+HCR")
    assert found.texts(f"{LINES} a") == [
        "chercher « patrouile » tel quel",
        "chercher seulement « HCR »",
        "l’exiger : la",
    ]


# --- words taken literally -----------------------------------------------------------------------------------------


def test_words_taken_literally_are_tags_that_come_off(page):
    found = page("/recherche?q=mandt+HCR&tri=recent&sans=mandt&sans=HCR")
    assert found.texts(".tags li")[:2] == [
        "“mandt” tel quel × : retirer ce filtre",
        "“HCR” tel quel × : retirer ce filtre",
    ]
    assert found.link("“mandt”", ".tags") == "/recherche?q=mandt+HCR&tri=recent&sans=HCR"
    assert found.link("Tout effacer", ".tags") == "/recherche?q=mandt+HCR&tri=recent"


def test_links_and_the_form_of_dates_keep_literal_words(page, client):
    found = page("/recherche?q=patrouille&type=d%C3%A9p%C3%AAche&date=2001..2020&sans=patrouille&sans=a+b")
    kept = [
        *found.attributes(".sort a:not(.to-refine)", "href"),
        *found.attributes(".to-explain", "href"),
        *found.attributes(".timeline a", "href"),
        *found.attributes(".checks a", "href"),
        *found.attributes(".pager a", "href"),
        *found.attributes("link[type='application/json']", "href"),
    ]
    assert len(kept) > 10
    assert [href for href in kept if "&sans=patrouille&sans=a+b" not in href] == []
    assert found.attributes(".range input[name=sans]", "value") == ["patrouille", "a b"]
    assert client.get("/recherche?q=a&sans=b&sans=c&du=2023").location == "/recherche?q=a&date=2023..&sans=b&sans=c"


def test_a_new_question_takes_no_word_literally(page):
    for url, status in (("q=mandt", 200), ("q=mandt&date=hier", 400), ("q=mandt&page=99", 404)):
        found = page(f"/recherche?{url}&type=rapport&sans=mandt", status)
        assert found.attributes(".search input[type=hidden]", "name") == ["type"], url


def test_remedies_of_a_fault_keep_literal_words(page):
    wrong = page("/recherche?q=patrouille&sans=patrouille&date=hier", 400)
    assert wrong.link("Continuer sans lui") == "/recherche?q=patrouille&sans=patrouille"
    assert wrong.attributes(".range input[name=sans]", "value") == ["patrouille"]
    beyond = page("/recherche?q=patrouille&sans=patrouille&page=9", 404)
    assert beyond.link("Aller à la page 3") == "/recherche?q=patrouille&sans=patrouille&page=3"


def test_too_many_literal_words_are_refused_and_the_way_on_is_without_them(page, client):
    many = "&".join(f"sans=mot{n}" for n in range(65))
    assert page(f"/recherche?q=mandat&{many}", 400).link("Continuer sans lui") == "/recherche?q=mandat"
    assert client.get(f"/recherche.json?q=mandat&{many}").json["error"]["parameter"] == "sans"


def test_a_word_that_nothing_holds_literally_can_be_corrected_again(page):
    found = page("/recherche?q=mandt&sans=mandt")
    assert found.text(".nothing h2") == "Aucun résultat pour « mandt » avec ce filtre"
    assert found.link("sans « “mandt” tel quel »") == "/recherche?q=mandt"


# --- documents -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "id", "marked"),
    [("mandt", "complet", "mandat"), ("Haut-Commissariat aux réfugiés", "noms", "HCR"), ("UNHCR", "noms", "HCR")],
)
def test_a_document_opened_from_a_hit_marks_the_words_as_they_were_read(page, query, id, marked):
    hits = page(f"/recherche?q={query}").attributes(".hit h2 a", "href")
    (url,) = [url for url in hits if url.startswith(f"/document/{id}?")]
    assert any(text.startswith(marked) for text in page(url).texts(".sheet p mark"))


# --- JSON ----------------------------------------------------------------------------------------------------------


def test_programs_get_each_interpretation_and_the_way_to_undo_it(client):
    found = client.get("/recherche.json?q=la+patrouile").json
    assert found["interpretations"] == [
        {
            "kind": "correction",
            "from": "patrouile",
            "to": "patrouille",
            "undo_url": "/recherche.json?q=la+patrouile&sans=patrouile",
        },
        {"kind": "skipped", "from": "la", "to": "", "undo_url": "/recherche.json?q=%22la%22+patrouile"},
    ]
    undone = client.get(found["interpretations"][0]["undo_url"]).json
    assert (undone["query"]["sans"], undone["total"], undone["suggestion"]) == (["patrouile"], 0, None)
    offered = client.get(f"/recherche.json?q={RARE}").json["suggestion"]
    assert offered == {"q": COMMON, "url": f"/recherche.json?q={COMMON}"}


def test_programs_are_told_nothing_of_what_was_read_as_typed(client):
    found = client.get("/recherche.json?q=patrouille").json
    assert (found["understood"], found["interpretations"], found["suggestion"]) == ("patrouille", [], None)


# --- typography, and safe ------------------------------------------------------------------------------------------


def test_what_is_said_is_typeset_in_french(client):
    shown = re.sub(r"<[^>]*>", "", client.get(f"/recherche?q=la+patrouile+HCR+{RARE}&sans=a").text)
    assert "«\u00a0patrouile\u00a0» lu «\u00a0patrouille\u00a0»" in shown
    assert "cherché aussi sous\u00a0: «\u00a0UNHCR\u00a0»" in shown
    assert "Mot passé\u00a0: la" in shown
    assert re.search("Vouliez-vous dire\u00a0: .*\u202f\\?", shown)
    assert not re.search(r" [:;!?»]|« ", shown), re.findall(r".{20} [:;!?»]|« .{20}", shown)


@pytest.mark.parametrize("hostile", [HOSTILE, "<img src=x onerror=alert(1)>", "mandt</b>"])
def test_what_is_typed_and_taken_literally_is_shown_as_text(client, hostile):
    query = {"q": f"{hostile} mandt la {RARE}", "sans": [hostile, "x"]}
    response = client.get("/recherche", query_string=query)
    assert response.status_code == 200
    for tag in ("<script>", "<img", "mandt</b>"):
        assert tag not in response.text, tag
    assert "Vouliez-vous dire" in response.text
