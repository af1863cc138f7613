"""Types: metadata, then the phrases of types.toml, then « autre »."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import TypeRules
from indexer.documents.types import TypeFacts
from indexer.errors import ConfigError

from .reading import BODY, PROJECT, RULES, entry_of

CHOSEN = [
    # title, start, folder, type, why
    (
        "Eléments à la presse du Président du Conseil de sécurité",
        BODY,
        "",
        "éléments à la presse",
        "without its accent",
    ),
    ("Mali", "MINUSMA\nÉLÉMENTS À LA PRESSE\n" + BODY, "", "éléments à la presse", "capitals, on a line of the start"),
    ("Communiqué du Gouvernement sur le prix du pain", BODY, "", "communiqué", "first word of the title"),
    ("Fin du mandat", "COMMUNIQUÉ DE PRESSE\n" + BODY, "", "communiqué", "a line above the text"),
    ("Fin du mandat", "Le ministre a lu un communiqué de presse.", "", "autre", "in the running text"),
    ("Résolution 2100 (2013)", BODY, "", "résolution", "number and year"),
    ("Résolution 2690 : le Mali tourne la page", BODY, "", "autre", "an article about one"),
    ("S/RES/2690 (2023)", BODY, "", "résolution", "its symbol"),
    ("Conseil de sécurité", "Nations Unies S/RES/2690 (2023)\n" + BODY, "", "résolution", "its symbol in the head"),
    (
        "Fin du mandat",
        "Le Conseil a adopté la résolution S/RES/2690 (2023).",
        "",
        "autre",
        "a symbol in the running text",
    ),
    ("La situation au Mali", "S/PV.9365\n" + BODY, "", "compte rendu", "minutes"),
    ("Compte rendu de la séance du 30 juin", BODY, "", "compte rendu", "minutes by name"),
    ("Rapport du Secrétaire général sur la situation au Mali", BODY, "", "rapport", "a report"),
    ("Rapporteurs et experts", BODY, "", "autre", "whole words only"),
    ("Déclaration de la Présidente du Conseil de sécurité", BODY, "", "déclaration", "a statement"),
    ("Déclaration de patrimoine", BODY, "", "autre", "another kind of declaration"),
    ("Déclaration à la presse du Conseil de sécurité", BODY, "", "déclaration", "to the press"),
    ("Discours du président à la 79e session", BODY, "", "déclaration", "a speech"),
    ("Lettre datée du 16 juin 2023, adressée au Président", BODY, "", "lettre", "a letter"),
    ("Entretien avec le Représentant spécial", BODY, "", "entretien", "an interview"),
    ("Interview : « nous partirons en ordre »", BODY, "", "entretien", "an interview"),
    ("Entretien des routes", BODY, "", "autre", "upkeep"),
    ("Note d'analyse n° 3", BODY, "", "note d’analyse", "straight apostrophe"),
    ("Fin du mandat", BODY, "Presse", "article de presse", "folder"),
    ("Fin du mandat", BODY, "mali/Résolutions", "résolution", "folder with accents, below another"),
    ("Fin du mandat", BODY, "2023_communiques-officiels", "communiqué", "folder of several words"),
    ("Fin du mandat", BODY, "impressions", "autre", "whole words of folders only"),
    ("Communiqué final", BODY, "presse", "communiqué", "the text goes before the folder"),
    ("Fin du mandat", BODY, "", "autre", "no rule"),
]


# First pages as they come out of files: symbol alone, behind the name of the Organization, with a session or a star.
SYMBOLS = [
    ("Nations Unies S/RES/2690 (2023)", "résolution", "a resolution of the Council"),
    ("United Nations A/RES/80/1", "résolution", "of the Assembly, on its English page"),
    ("A/RES/ES-11/1*", "résolution", "of an emergency session"),
    ("A/HRC/RES/52/42", "résolution", "of the Human Rights Council"),
    ("S/PV.9365", "compte rendu", "minutes"),
    ("S/PV.9365 (Resumption 1)", "compte rendu", "minutes, resumed"),
    ("NATIONS UNIES A/77/PV.101", "compte rendu", "minutes of the Assembly"),
    ("A/C.3/78/SR.12", "compte rendu", "summary records"),
    ("S/PRST/2023/1", "déclaration", "a statement of the President"),
    ("CS/15341", "communiqué", "a press release"),
    ("SG/SM/21858-AFR/4512", "communiqué", "a press release of the Secretary-General"),
    ("PSC/PR/COMM.1142 (2023)", "communiqué", "of the African Union"),
    ("S/2023/402", "autre", "letters and reports have the same symbols"),
    ("30/06/2023", "autre", "a date"),
    ("ET/OU", "autre", "two words"),
]


@pytest.mark.parametrize(("line", "expected", "why"), SYMBOLS)
def test_a_symbol_alone_on_a_line_of_the_head_tells_the_type(tmp_path, line, expected, why):
    text = f"La situation au Mali\n\n{line}\n\nConseil de sécurité\n\nSoixante-dix-huitième année\n\n{BODY}"
    found = entry_of(tmp_path, "a.txt", text)
    assert found.type == expected, f"{why} (rule: {found.type_rule})"


HEADS = [
    (["Nations Unies S/2023/402", "Conseil de sécurité Distr. générale 1er juin 2023 Français Original : anglais",
      "Situation au Mali", "Rapport du Secrétaire général"], "rapport", "2023-06-01", "a report"),
    (["Nations Unies S/2023/451", "Conseil de sécurité Distr. générale 16 juin 2023 Français Original : français",
      "Lettre datée du 16 juin 2023, adressée au Président du Conseil de sécurité par le Représentant permanent"],
     "lettre", "2023-06-16", "a letter"),
    (["Nations Unies S/RES/2690 (2023)", "Conseil de sécurité Distr. générale", "30 juin 2023",
      "Résolution 2690 (2023)", "Adoptée par le Conseil de sécurité à sa 9365e séance, le 30 juin 2023"],
     "résolution", "2023-06-30", "a resolution, its date on a line of its own"),
    (["Fin du mandat", "On trouvera ci-après le texte de la déclaration à la presse faite ce matin :"], "déclaration",
     "None", "a text that the Secretariat announces"),
    (["Mali", "La déclaration suivante a été communiquée, aujourd’hui, par le Porte-parole du Secrétaire général :"],
     "déclaration", "None", "of the spokesman"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "kind", "date", "why"), HEADS, ids=[why for *_, why in HEADS])
def test_the_head_of_a_document_of_the_united_nations_tells_its_type_and_its_date(tmp_path, lines, kind, date, why):
    found = entry_of(tmp_path, "a.txt", "\n\n".join([*lines, BODY, BODY]))
    assert (found.type, str(found.date)) == (kind, date), (why, found.type_rule, found.date_rule, found.title)


@pytest.mark.parametrize(("title", "start", "folder", "expected", "why"), CHOSEN)
def test_the_rules_of_the_project_choose_the_type(title, start, folder, expected, why):
    chosen, rule = RULES.choose(TypeFacts(title, start, f"{folder}/communique.txt"))
    assert chosen == expected, f"{why} (rule: {rule})"


def test_a_file_name_is_no_folder():
    assert RULES.choose(TypeFacts("Fin", BODY, "rapports.txt"))[0] == "autre"


def test_a_dispatch_is_known_by_its_first_line(tmp_path):
    found = entry_of(tmp_path, "a.txt", f"BAMAKO, 12 mars 2024 (Agence) — {BODY}\n\n{BODY}")
    assert (found.type, found.type_rule) == ("dépêche", "règle « Dépêche » (dépêche d’agence)")
    assert str(found.date) == "2024-03-12"


GIVEN = [
    ("Communiqué", "communiqué", "capital"),
    ("COMMUNIQUE", "communiqué", "without its accent"),
    ("  Note d'analyse ", "note d’analyse", "apostrophe and spaces"),
    ("Prestation", "prestation", "an unknown type is kept as given"),
    ("Fiche\u00a0Technique", "fiche technique", "no-break space"),
]


@pytest.mark.parametrize(("given_type", "expected", "why"), GIVEN)
def test_the_type_of_metadata_is_taken_as_given_or_as_the_known_value(given_type, expected, why):
    found = RULES.choose(TypeFacts("Rapport", BODY, "presse/a.txt", given=given_type))
    assert found == (expected, "métadonnées"), why


def test_a_type_that_is_a_text_is_ignored_with_a_warning(tmp_path):
    found = entry_of(tmp_path, "a.md", f"---\ntype: {'mot ' * 50}\n---\n{BODY}")
    assert (found.type, found.warnings) == ("autre", ("type ignoré : trop long pour en être un",))


def test_symbol_source_and_declared_kind_can_choose():
    assert RULES.choose(TypeFacts("Mali", BODY, symbol="S/RES/2690 (2023)"))[0] == "résolution"
    assert RULES.choose(TypeFacts("Mali", BODY, schema="NewsArticle"))[0] == "article de presse"
    rules = TypeRules.load(
        {"type": [{"value": "a", "label": "A"}], "rule": [{"name": "r", "type": "a", "source": ["Le Journal"]}]}
    )
    assert rules.choose(TypeFacts("t", "", source="LE JOURNAL du soir")) == ("a", "règle « r » (source)")


def test_labels_and_order_are_those_of_the_file():
    assert RULES.order == (
        "article de presse",
        "dépêche",
        "communiqué",
        "déclaration",
        "éléments à la presse",
        "résolution",
        "rapport",
        "entretien",
        "compte rendu",
        "lettre",
        "note d’analyse",
        "courriel",
        "autre",
    )
    assert RULES.label("éléments à la presse") == "Éléments à la presse"
    assert RULES.label("fiche technique") == "Fiche technique"
    assert RULES.label("") == ""


def one_rule(**rule: object) -> TypeRules:
    return TypeRules.load({"type": [{"value": "a", "label": "A"}], "rule": [{"name": "r", "type": "a", **rule}]})


PHRASES = [
    ("rapport", "Le Rapport final", True, "a word anywhere"),
    ("rapport", "Les rapports", False, "a whole word"),
    ("^rapport", "Le rapport", False, "at the beginning"),
    ("^rapport", "RAPPORT final", True, "at the beginning, capitals"),
    ("rapport*", "Les rapports", True, "open at its end"),
    ("résolution # (#)", "La resolution 2100 (2013)", True, "numbers"),
    ("résolution # (#)", "La résolution deux (2013)", False, "a word is no number"),
    ("du * au *", "séance du lundi 3 au mardi 4", True, "anything between"),
    ("S/RES/#", "s/res/2690", True, "signs"),
    ("l’accord", "L'ACCORD d’Alger", True, "apostrophes"),
    ("a.b", "aXb", False, "a dot is a dot"),
]


@pytest.mark.parametrize(("phrase", "title", "expected", "why"), PHRASES)
def test_a_phrase_is_words_with_stars_and_numbers_and_no_pattern_language(phrase, title, expected, why):
    assert (one_rule(title=[phrase]).choose(TypeFacts(title, ""))[0] == "a") is expected, why


def test_the_digest_changes_with_any_rule_and_only_then():
    assert one_rule(title=["x"]).digest == one_rule(title=["x"]).digest
    assert one_rule(title=["x"]).digest != one_rule(title=["y"]).digest


BAD = [
    ({"title": []}, "règle « r » : « title » doit être une liste"),
    ({"title": "x"}, "règle « r » : « title » doit être une liste"),
    ({"title": ["*"]}, "règle « r », « title » : « \\* » ne contient aucun mot"),
    ({"title": ["x" * 500]}, "plus de 200 caractères"),
    ({"titel": ["x"]}, "clé « titel » inconnue. Vouliez-vous dire « title »"),
    ({}, "ne regarde nulle part"),
    ({"title": ["x"], "type": "b"}, "le type « b » n’est pas dans la liste"),
    ({"shape": ["dispach"]}, "forme « dispach » inconnue. Vouliez-vous dire « dispatch »"),
    ({"title": ["x"], "name": ""}, "règle n° 1 : « name » manque"),
]


@pytest.mark.parametrize(("rule", "message"), BAD)
def test_a_bad_rule_is_named_in_the_error(rule, message):
    with pytest.raises(ConfigError, match=message):
        one_rule(**rule)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[[type]", "ne peut pas"),
        (b"\xff", "ne peut pas"),
        (b"[[types]]", "clé « types » inconnue. Vouliez-vous dire « type »"),
        (b"type = 3", "doit être une suite de blocs"),
        ('[[type]]\nvalue = "Communiqué"\nlabel = "C"'.encode(), "s’écrit « communiqué »"),
        (b'[[type]]\nvalue = "a"\nlabel = "A"\n[[type]]\nvalue = "\xc3\xa0"\nlabel = "B"', "figure deux fois"),
    ],
)
def test_a_bad_file_is_an_error_with_its_place(content, message):
    with pytest.raises(ConfigError, match=message):
        TypeRules.from_toml(content)


def test_no_phrase_is_slow_to_look_for():
    rules = one_rule(title=["*a" * 60 + "b"], start=["^" + "#" * 150])
    started = time.process_time()
    rules.choose(TypeFacts("a" * 300, "1" * 500))
    assert time.process_time() - started < 0.5


@given(st.text(max_size=80))
def test_any_phrase_is_taken_or_refused_by_name(phrase):
    try:
        rules = one_rule(title=[phrase])
    except ConfigError:
        return
    rules.choose(TypeFacts(phrase, phrase))


def test_each_rule_of_the_project_is_explained_by_a_comment():
    lines = (PROJECT / "config" / "types.toml").read_text().split("\n")
    for number, line in enumerate(lines):
        if line == "[[rule]]" and 'name = "Dossier' not in lines[number + 1]:
            assert lines[number - 1].startswith("#"), lines[number + 1]


def test_a_type_is_named_by_its_value_or_its_label_however_they_are_written() -> None:
    entries = [{"value": "declaration", "label": "Déclaration du président"}, {"value": "lettre", "label": "Lettre"}]
    rules = TypeRules.load({"type": entries})
    for name in ("declaration", "Déclaration", "déclaration-du-Président", "DECLARATION DU PRESIDENT"):
        assert rules.named(name) == "declaration"
    assert rules.named("tribune") == "tribune"


def test_a_value_is_named_before_a_label_that_reads_the_same() -> None:
    rules = TypeRules.load({"type": [{"value": "note", "label": "Lettre"}, {"value": "lettre", "label": "Courrier"}]})
    assert (rules.named("lettre"), rules.named("courrier")) == ("lettre", "lettre")
