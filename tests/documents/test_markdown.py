"""Markdown: front matter, and a body without its marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents.formats.markdown import _inline, _plain
from indexer.model import DateSource

from .reading import BODY, entry_of


def test_front_matter_gives_title_date_type_url_and_source(tmp_path):
    found = entry_of(
        tmp_path,
        "a.md",
        "---\ntitle: Fin de la mission\ndate: 2023-06-30\ntype: Communiqué\nurl: https://exemple.org/a\n"
        f"source: Le Journal\n---\n\n# Fin de la mission\n\n{BODY}\n",
    )
    assert (found.title, found.title_rule) == ("Fin de la mission", "métadonnées (en-tête du Markdown)")
    assert (str(found.date), found.date_source) == ("2023-06-30", DateSource.METADATA)
    assert (found.type, found.url, found.source) == ("communiqué", "https://exemple.org/a", "Le Journal")
    assert found.text == BODY


DATES = [
    ("2023-06-30", "2023-06-30", "a YAML date"),
    ("2023-06-30 10:15:00", "2023-06-30", "a YAML date-time"),
    ("2023-06-30T23:15:00-05:00", "2023-06-30", "the day as written"),
    ('"2023-06"', "2023-06", "a month as text"),
    ("2023", "2023", "a number"),
    ("30 juin 2023", "2023-06-30", "in French"),
]


@pytest.mark.parametrize(("written", "expected", "why"), DATES)
def test_a_date_of_front_matter_may_have_any_form(tmp_path, written, expected, why):
    assert str(entry_of(tmp_path, "a.md", f"---\ndate: {written}\n---\n{BODY}").date) == expected, why


def test_an_ill_formed_date_is_a_warning_and_the_next_source_is_tried(tmp_path):
    found = entry_of(tmp_path, "2019-04.md", f"---\ndate: bientôt\n---\n{BODY}")
    assert (str(found.date), found.date_source) == ("2019-04", DateSource.FILENAME)
    assert found.warnings == ("date ignorée : « bientôt », ce n’est pas une date",)


BROKEN = [
    ("title: Bonjour: monde\ndate: 2023-06-30", "one colon too many"),
    ("title: Bonjour: monde\ndate: 2023-06-30\nx: 2023-13-45", "and no such day"),
    ("title: &a Bonjour: monde\nb: *a", "aliases"),
]


@pytest.mark.parametrize(("front", "why"), BROKEN)
def test_front_matter_that_is_no_yaml_is_read_line_by_line(tmp_path, front, why):
    found = entry_of(tmp_path, "a.md", f"---\n{front}\n---\n{BODY}")
    assert found.text == BODY, why
    assert "Bonjour: monde" in found.title, why
    assert "ligne par ligne" in found.warnings[0], why


def test_aliases_that_would_grow_are_not_built(tmp_path):
    grown = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
    )
    assert entry_of(tmp_path, "a.md", f"---\n{grown}---\n{BODY}").text == BODY


@pytest.mark.parametrize(
    "value", ["0x" + "f" * 20_000, "9" * 20_000, "[1, 2]", "{a: 1}", "true", "~", '"\\ud800"', ".inf"]
)
def test_odd_values_of_front_matter_do_no_harm(tmp_path, value):
    found = entry_of(tmp_path, "a.md", f"---\ntitle: {value}\ndate: {value}\n{value}: x\n---\n{BODY}\n\n{BODY}")
    assert found.text == f"{BODY}\n\n{BODY}"
    found.title.encode()
    "".join(found.warnings).encode()


def test_a_rule_at_the_top_is_no_front_matter(tmp_path):
    found = entry_of(tmp_path, "a.md", f"---\n\n{BODY}\n\n---\n\n{BODY}")
    assert found.text == f"{BODY}\n\n{BODY}"


def test_the_first_heading_is_the_title_and_is_not_repeated(tmp_path):
    found = entry_of(tmp_path, "a.md", f"Avant-propos.\n\n# Fin de la *mission*\n\n## Contexte\n\n{BODY}")
    assert (found.title, found.title_rule) == ("Fin de la mission", "titre « # » du Markdown")
    assert found.text == f"Avant-propos.\n\nContexte\n\n{BODY}"


BODIES = [
    ("un\ndeux", ["un deux"], "lines of a paragraph join"),
    ("un  \ndeux\\\ntrois<br>quatre", ["un\ndeux\ntrois\nquatre"], "line ends that are asked for"),
    ("Titre\n=====\ntexte", ["Titre", "texte"], "underlined heading"),
    ("## Titre ##\ntexte", ["Titre", "texte"], "closed heading"),
    ("## C#\n#hashtag", ["C#", "#hashtag"], "signs that are no marks"),
    (
        "- un\n- deux\n  suite\n\n1. trois\n2) quatre\n- [x] fait",
        ["un", "deux suite", "trois", "quatre", "fait"],
        "lists",
    ),
    ("> cité\n> encore\n\nsuite", ["cité encore", "suite"], "quotation"),
    (
        "**gras** *italique* __gras__ _italique_ ***tout*** ~~barré~~",
        ["gras italique gras italique tout barré"],
        "emphasis",
    ),
    ("snake_case 2 * 3 4*5 \\*étoile\\*", ["snake_case 2 * 3 4*5 *étoile*"], "signs that are no marks"),
    (
        "[le site](https://x.org/a_(b)) [note][1] <https://y.org>\n\n[1]: https://z.org",
        ["le site note https://y.org"],
        "links",
    ),
    ("![carte du Mali](/carte.png) [![logo](l.png)](/)", ["carte du Mali logo"], "images keep their alternative"),
    ("mot[^1]\n\n[^1]: La note.", ["mot", "La note."], "footnotes"),
    ("| An | Total |\n|---|:-:|\n| 2023 | **12** |", ["An · Total", "2023 · 12"], "a table"),
    ("```python\nx = *y*\n\nz\n```\nfin", ["x = *y*\nz", "fin"], "code is kept as it is"),
    ("~~~\n```\n~~~", ["```"], "a fence in another"),
    ("`code` &amp; &eacute;t&eacute; <b>gras</b> <!-- non --> a < b", ["code & été gras a < b"], "HTML"),
    ("un\n\n---\n\n***\n\ndeux", ["un", "deux"], "rules"),
    ('::hr\n_TEXTES_\n::card{title="x"}\ncorps\n::', ["TEXTES", "corps"], "components of site generators"),
    ("&#7;&#13;a&#10;&#10;b", ["a\nb"], "entities of control signs"),
]


@pytest.mark.parametrize(("body", "expected", "why"), BODIES)
def test_marks_go_and_words_stay(body, expected, why):
    assert _plain(body)[1] == expected, why


def test_html_called_markdown_is_read_as_html(tmp_path):
    assert entry_of(tmp_path, "a.md", f"<html><body><script>x</script><p>{BODY}").text == BODY


@given(st.text(alphabet="ab *_`[]()!<>#|-=~\\&;:\n\t1.", max_size=200))
def test_no_mixture_of_marks_breaks_the_converter(body):
    _, paragraphs = _plain(body)
    assert all(paragraph.strip() and "\n\n" not in paragraph for paragraph in paragraphs)


@given(st.text(alphabet="abcé ’,.", max_size=200))
def test_text_without_marks_is_left_as_it_is(text):
    assert _inline(text) == text
