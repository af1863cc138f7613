"""The help, whose examples are true of the collection, and the accessibility statement."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from indexer import ConfigError, create_service, load_settings
from tests.web.site import Page
from webapp import create_app
from webapp.guide import Specimen

PATHS = ("/aide", "/accessibilite")


def test_every_page_leads_to_the_help_and_to_the_accessibility_statement(page):
    sound = dict.fromkeys(("/", "/recherche?q=mandat", "/document/complet", "/etat", *PATHS), 200)
    for url, status in {**sound, "/rien": 404, "/recherche?date=x": 400}.items():
        read = page(url, status)
        assert read.link("Aide", ".foot") == "/aide"
        assert read.link("Accessibilité", ".foot") == "/accessibilite"


def test_every_example_of_the_help_runs_and_most_find_something(page):
    examples = page("/aide").attributes(".try-it", "href")
    assert len(examples) > 30
    without = []
    for url in examples:
        found = page(url)
        if found.text("[role=status] strong") == "0 résultat":
            without.append(url)
    assert len(without) < 8, without  # a collection as small as this one lacks a month of its commonest year


def test_the_examples_cover_the_query_language(page):
    text = " ".join(page("/aide").texts(".try-it"))
    for wanted in ("« ", '"~5', "*", " OU ", " ET ", " SAUF ", " -", "(", "titre:", "texte:", "type:", "langue:",
                   "format:", "date:", "..", "avant:", "après:", "depuis:", "jusqu’à:", "mention:"):  # fmt: skip
        assert wanted in text, wanted


def test_each_entry_of_the_contents_leads_to_its_chapter(page):
    help_page = page("/aide")
    asked = [url.removeprefix("#") for url in help_page.attributes(".toc a", "href")]
    assert asked == help_page.attributes(".results h2", "id")


def test_the_help_and_the_statement_do_without_an_index(no_index):
    for path in PATHS:
        assert no_index.get(path).status_code == 200
    assert "mandat de la Minusma" in no_index.get("/aide").text


@pytest.mark.parametrize("word", ["mandat", "terreur", "accueil", "aaaaa"])
def test_a_misspelt_example_has_the_letters_of_its_word(word):
    assert sorted(Specimen(first=word).misspelt) == sorted(word)
    assert Specimen(first=word).misspelt != word or len(set(word)) == 1


def test_the_statement_names_the_contact_of_the_settings(site):
    def statement(contact: str) -> Page:
        settings = replace(site.settings, site=replace(site.settings.site, contact=contact))
        return Page(create_app(create_service(settings)).test_client().get("/accessibilite").text)

    assert statement("fonds@exemple.org").link("fonds@exemple.org") == "mailto:fonds@exemple.org"
    assert statement("https://exemple.org/contact").link("exemple.org") == "https://exemple.org/contact"
    assert "n’a pas encore indiqué" in statement("").text("main")


def test_a_contact_that_is_no_address_is_refused(tmp_path):
    for contact in ("javascript:alert(1)", "appelez-nous", "a@b c"):
        with pytest.raises(ConfigError, match=re.escape(contact)):
            load_settings(environ={"TROUVAILLE_SITE_CONTACT": contact})


def test_the_statement_has_the_parts_that_the_reference_asks_for(page):
    headings = page("/accessibilite").texts("main h1, main h2, main h3")
    assert headings == [
        "Déclaration d’accessibilité", "État de conformité", "Ce qui a été vérifié", "Contenus non accessibles",
        "Non-conformités connues", "Dérogations pour charge disproportionnée",
        "Contenus non soumis à l’obligation d’accessibilité", "Établissement de cette déclaration",
        "Retour d’information et contact", "Voies de recours",
    ]  # fmt: skip
