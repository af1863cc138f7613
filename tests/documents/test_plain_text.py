"""Plain text: paragraphs, title, header, and what is not plain text at all."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import Rejected, read
from indexer.documents.paragraphs import paragraphs_of
from indexer.documents.titles import first_sentence, shorten, title_of, without_title
from indexer.errors import UnreadableDocument
from indexer.model import DateSource

from .reading import BODY, RULES, TODAY, entry_of, read_all

WRAPPED = """\
Le Conseil de sécurité de l’Organisation des Nations unies a adopté
vendredi à l’unanimité une résolution qui met fin au mandat de la
mission déployée dans le pays depuis dix ans.

Les Casques bleus cesseront leurs activités dès samedi, et devront
quitter le pays avant la fin de l’année, selon un calendrier qui
reste à négocier avec les autorités."""


def test_a_hard_wrapped_text_gets_its_paragraphs_back():
    found = paragraphs_of(WRAPPED)
    assert len(found) == 2
    assert found[0].endswith("met fin au mandat de la mission déployée dans le pays depuis dix ans.")


def test_a_title_and_a_date_line_above_wrapped_text_are_not_merged_with_it():
    found = paragraphs_of("FIN DU MANDAT\nBamako, le 30 juin 2023\n" + WRAPPED)
    assert found[:2] == ["FIN DU MANDAT", "Bamako, le 30 juin 2023"]
    assert len(found) == 4


def test_items_of_a_list_in_wrapped_text_stay_apart():
    found = paragraphs_of(
        WRAPPED + "\n\n- la fin immédiate de toutes les activités opérationnelles ;\n- le retrait ;\n1. oui"
    )
    assert found[2:] == ["- la fin immédiate de toutes les activités opérationnelles ;", "- le retrait ;", "1. oui"]


LINES = [
    ("Première ligne.\nDeuxième ligne.", 2, "two short lines are not wrapped text"),
    ("un\n\ndeux\n \n\t\ntrois", 3, "lines of white space are blank"),
    ("Le vent se lève\nIl faut tenter de vivre\nL’air immense ouvre\net referme mon livre", 4, "verses stay verses"),
    ("a" * 500 + "\n" + "b" * 500, 2, "one paragraph a line"),
    ("", 0, "nothing"),
    ("\n \n", 0, "only white space"),
]


@pytest.mark.parametrize(("text", "count", "why"), LINES)
def test_line_ends_of_the_author_make_paragraphs(text, count, why):
    assert len(paragraphs_of(text)) == count, why


def test_a_compound_cut_at_a_line_end_keeps_its_hyphen_only():
    text = WRAPPED.replace("a adopté\n", "a réuni à Saint-\nLouis, ").replace(
        "dès samedi, et devront\n", "dès same\u00ad\ndi et "
    )
    assert "Saint-Louis" in paragraphs_of(text)[0]
    assert "dès samedi et" in paragraphs_of(text)[1]


@given(st.text())
def test_no_word_is_lost_and_no_paragraph_holds_a_blank_line(text):
    found = paragraphs_of(text)
    assert all(paragraph.strip() and "\n" not in paragraph for paragraph in found)
    assert "".join("".join(found).split()).replace("\xad", "") == "".join(text.split()).replace("\xad", "")


TITLES = [
    # paragraphs, title, rule, why
    (["Fin de la mission", BODY], "Fin de la mission", "ligne de titre", "a line above a paragraph"),
    (["Fin de la mission ?", BODY], "Fin de la mission ?", "ligne de titre", "a question"),
    ([BODY, BODY], "Le Conseil s’est réuni mardi au siège de l’Organisation.", "première phrase", "no title line"),
    (["Fin de la mission"], "Fin de la mission", "première phrase", "a text of one line keeps it"),
    (["30 juin 2023", "Fin de la mission", BODY], "Fin de la mission", "ligne de titre", "a date line is no title"),
    (["Bamako, le 30 juin 2023", "Fin de la mission", BODY], "Fin de la mission", "ligne de titre", "nor a dateline"),
    (["- un", "- deux", BODY], "- un", "première phrase", "an item of a list is no title"),
    (
        [
            "SIGLE",
            "Mission du Sigle au Sahel",
            "Avis",
            BODY,
            "Discours du Président au Conseil",
            "Un Nom, Président",
            BODY,
            BODY,
        ],
        "Discours du Président au Conseil",
        "ligne de titre",
        "a site's banner above the text",
    ),
    (
        ["SIGLE", "Avis", BODY, "Discours du Président au Conseil", BODY],
        "Discours du Président au Conseil",
        "ligne de titre",
        "the same above a text of one paragraph",
    ),
    (["MALI", "Introduction", BODY, BODY], "MALI", "ligne de titre", "a one-word title above its own text"),
    (["MALI", BODY], "MALI", "ligne de titre", "a one-word title and one paragraph"),
    (
        ["Awa Keïta", "12, rue du Marché", "Objet : fin de la mission", "Madame, Monsieur,", BODY],
        "fin de la mission",
        "objet de la lettre",
        "a letter begins with names and addresses",
    ),
    (["Awa Keïta", "OBJET : bilan", "Cher Monsieur le Maire,", BODY], "bilan", "objet de la lettre", "in capitals"),
    (["Statuts", "Objet : aider", BODY, BODY], "Statuts", "ligne de titre", "who greets nobody writes no letter"),
    (["Awa Keïta", "Madame,", "Objet : rien", BODY], "Awa Keïta", "ligne de titre", "a subject is above the greeting"),
]


@pytest.mark.parametrize(("paragraphs", "title", "rule", "why"), TITLES)
def test_the_title_is_the_title_line_else_the_first_sentence(paragraphs, title, rule, why):
    found, chosen, rest = title_of(paragraphs, TODAY)
    assert (found, chosen) == (title, rule), why
    assert (title in rest) == (rule == "première phrase" and title in paragraphs), why


SENTENCES = [
    ("M. Guterres est arrivé. Il repart demain.", "M. Guterres est arrivé.", "an abbreviation ends no sentence"),
    ("L’art. 3 s’applique. Point.", "L’art. 3 s’applique.", "another"),
    ("Est-ce fini ? Non.", "Est-ce fini ?", "a question"),
    ("« C’est fini. » Il l’a dit.", "« C’est fini. »", "quotes stay closed"),
    ("Il a dit 3.5 puis rien", "Il a dit 3.5 puis rien", "a number is no end"),
]


@pytest.mark.parametrize(("text", "sentence", "why"), SENTENCES)
def test_a_first_sentence_ends_where_a_reader_would_end_it(text, sentence, why):
    assert first_sentence(text) == sentence, why


def test_a_long_first_sentence_is_cut_after_a_word():
    found = first_sentence("mot " * 100)
    assert found == "mot " * 29 + "mot…"
    assert len(first_sentence("a" * 500)) == 120


@given(st.text(), st.integers(2, 200))
def test_a_shortened_text_is_never_longer_than_asked(text, most):
    assert len(shorten(text, most)) <= most


def test_the_title_line_is_not_repeated_and_a_first_sentence_stays(tmp_path):
    assert entry_of(tmp_path, "a.txt", f"Fin de la mission\n\n{BODY}").text == BODY
    assert entry_of(tmp_path, "b.txt", f"{BODY}\n\n{BODY}").text == f"{BODY}\n\n{BODY}"


def test_a_press_article_with_a_date_header_is_read_as_one(tmp_path):
    found = entry_of(tmp_path, "000_ab.txt", f" date 2025-07 {BODY}\n\n{BODY}")
    assert (str(found.date), found.date_source) == ("2025-07", DateSource.HEADER)
    assert (found.type, found.type_rule) == ("article de presse", "règle « en-tête de date » (en-tête de date)")
    assert found.text == f"{BODY}\n\n{BODY}"
    assert found.title == "Le Conseil s’est réuni mardi au siège de l’Organisation."


def test_a_header_on_its_own_line_leaves_the_title_line_below(tmp_path):
    found = entry_of(tmp_path, "a.txt", f"date 2025-07\nFin de la mission\n\n{BODY}")
    assert (found.title, found.text, str(found.date)) == ("Fin de la mission", BODY, "2025-07")


def test_the_header_goes_before_the_file_name_and_the_file_name_before_the_text(tmp_path):
    text = f"Fin de la mission\n\nBamako, le 3 mai 2021\n\n{BODY}"
    assert str(entry_of(tmp_path, "2019-04.txt", "date 2025-07 " + text).date) == "2025-07"
    assert str(entry_of(tmp_path, "2019-04.txt", text).date) == "2019-04"
    assert str(entry_of(tmp_path, "a.txt", text).date) == "2021-05-03"


def test_a_header_in_the_future_is_a_warning_and_the_next_source_is_tried(tmp_path):
    found = entry_of(tmp_path, "2019-04.txt", f"date 2031-07 {BODY}")
    assert (str(found.date), found.date_source) == ("2019-04", DateSource.FILENAME)
    assert found.warnings == ("date ignorée : « 2031-07 » en tête du texte, elle est dans l’avenir",)


def test_an_unknown_date_is_none(tmp_path):
    found = entry_of(tmp_path, "a.txt", BODY)
    assert (found.date, found.date_source) == (None, DateSource.NONE)


def test_html_in_a_text_file_is_read_as_html(tmp_path):
    found = entry_of(tmp_path, "a.txt", f"<!DOCTYPE html><title>Fin de la mission</title><p>{BODY}")
    assert (found.title, found.text) == ("Fin de la mission", BODY)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "fichier vide"), (b" \n\xc2\xa0\r\n", "pas de texte"), (b"--- *", "pas de texte")]
)
def test_a_file_without_text_is_reported_as_empty(tmp_path, content, reason):
    (tmp_path / "a.txt").write_bytes(content)
    assert read_all(tmp_path / "a.txt") == [Rejected(None, None, reason, empty=True)]


def test_a_file_that_is_too_big_is_refused_before_it_is_read(tmp_path):
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(UnreadableDocument, match="fichier trop gros : 1000000,0 Mo, au plus 50,0 Mo"):
        read_all(tmp_path / "a.txt")


def test_a_file_that_became_a_pipe_or_went_away_is_a_reason_and_no_wait(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(UnreadableDocument, match="ce n’est pas un fichier ordinaire"):
        read_all(tmp_path / "a.txt")
    with pytest.raises(UnreadableDocument, match="lecture impossible : introuvable"):
        read_all(tmp_path / "b.txt")


def test_the_digest_is_that_of_the_bytes(tmp_path):
    one, two = (entry_of(tmp_path, "a.txt", unicodedata.normalize(form, f"Été\n\n{BODY}")) for form in ("NFC", "NFD"))
    assert one.digest != two.digest
    assert len(one.digest) == 64


def test_the_ending_of_a_name_is_read_in_any_case(tmp_path):
    assert entry_of(tmp_path, "A.TXT", BODY).text == BODY


@given(content=st.binary(max_size=400), name=st.sampled_from(["a.txt", "a.md", "a.html", "a.jsonl", "a.jsonl.gz"]))
def test_any_bytes_in_any_format_give_entries_or_reasons(tmp_path_factory, content, name):
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content)
    try:
        found = list(read(path, name, RULES, max_bytes=10_000, today=TODAY))
    except UnreadableDocument:
        return
    assert all(one.reason if isinstance(one, Rejected) else one.title and one.text for one in found)


@given(content=st.text(), name=st.sampled_from(["a.txt", "a.md", "a.html"]))
def test_any_text_in_any_format_is_kept_in_well_formed_paragraphs(tmp_path_factory, content, name):
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content.encode())
    try:
        found = read_all(path)
    except UnreadableDocument:
        return
    for entry in found:
        if not isinstance(entry, Rejected):
            assert all(paragraph.strip() for paragraph in entry.text.split("\n\n"))
            assert "\n\n\n" not in entry.text


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["COMMUNIQUÉ DE PRESSE", "Communiqué n° 31", "12 octobre 2023", "Le retrait avance", ""], "Le retrait avance"),
        (["Communiqué n° 12", "Mopti, 1ᵉʳ mars 2021", "Protéger les civils", ""], "Protéger les civils"),
        (["ELEMENTS A LA PRESSE", "ATTENTAT CONTRE UN HOTEL", ""], "ATTENTAT CONTRE UN HOTEL"),
        (["CONSEIL DE SÉCURITÉ", "Éléments à la presse sur le Mali", ""], "Éléments à la presse sur le Mali"),
        (["COMMUNIQUÉ DE PRESSE", "Un texte suit, sans autre titre."], "COMMUNIQUÉ DE PRESSE"),
        (["Accueil | La Mission | Contact", "Le bilan de dix ans", ""], "Le bilan de dix ans"),
    ],
)  # fmt: skip
def test_a_line_that_only_names_the_genre_is_no_title_when_a_better_one_follows(tmp_path, lines, title):
    assert entry_of(tmp_path, "a.txt", "\n\n".join([*lines[:-1], BODY])).title == title


@pytest.mark.parametrize(
    ("paragraphs", "rest", "why"),
    [
        (("Fin du mandat", "Corps."), ("Corps.",), "it repeats the title"),
        (("« FIN DU MANDAT. »", "Corps."), ("Corps.",), "signs and capitals around it"),
        (("Bamako", "Chapeau.", "Fin du mandat", "Corps."), ("Bamako", "Chapeau.", "Corps."), "near the top"),
        (("a", "b", "c", "d", "Fin du mandat"), ("a", "b", "c", "d", "Fin du mandat"), "further down it is text"),
        (("Fin du mandat de la mission", "Corps."), ("Fin du mandat de la mission", "Corps."), "it says more"),
        (("Fin", "Corps."), ("Fin", "Corps."), "it says less"),
    ],
)
def test_a_paragraph_that_only_repeats_the_title_is_left_out(paragraphs, rest, why):
    assert without_title(paragraphs, "Fin du mandat") == rest, why
