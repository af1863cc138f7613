"""Pages whose tags and names tell nothing: what is their text, and what only stands around it."""

from __future__ import annotations

import pytest

from benchmarks.made_pages import made_pages
from indexer.documents.formats.html import draft_of
from indexer.french.spelling import plain

ONE = "La rapporteure a présenté mardi un projet qui prévoit la rénovation des digues du fleuve, selon le rapport."
TWO = "Le conseil municipal redoute, lui, que les crues se répètent avant que les travaux ne soient commencés."
TEXT = f"<div><p>{ONE}</p><p>{TWO}</p></div>"
TEASER = '<div><a href="/x">Un musée des sciences ouvrira au port de pêche</a><p>Suivez notre dossier.</p></div>'
BANNER = "<div><p>Nous utilisons des cookies pour mesurer l’audience de ce site.</p><button>Accepter</button></div>"
INTRODUCTION = "Les digues, vieilles d’un siècle, seront refaites : c’est ce que prévoit un projet présenté mardi."
LINKS = "".join(f"<td><a href=/{n}>Rubrique</a></td>" for n in range(3))

PAGES = [
    (f"{TEXT}<div>{TEASER * 3}</div>", [ONE, TWO], "teasers behind the text"),
    (f"<div>{TEASER * 3}</div>{TEXT}", [ONE, TWO], "teasers before it"),
    (f"{TEXT}{BANNER}", [ONE, TWO], "a banner with a button"),
    (f"{TEXT}<div><p>Recevez notre lettre.</p><form><input></form></div>", [ONE, TWO], "an address is asked for"),
    (f"{TEXT}<div>© Le Fleuve, 2025</div>", [ONE, TWO], "rights"),
    (f"<div><h1>Digues</h1><p>{INTRODUCTION}</p></div>{TEXT}", ["Digues", INTRODUCTION, ONE, TWO], "an introduction"),
    (f"{TEXT}<div><p>Note : voir l’avis.</p></div>", [ONE, TWO, "Note : voir l’avis."], "notes outside of the text"),
    (f"{TEXT}<div><button>Plus</button><p>Où ?</p></div>", [ONE, TWO, "Où ?"], "an answer to unfold asks for nothing"),
    (f"<div><p>{ONE}</p><p>À lire aussi : <a href=/x>Le musée</a></p><p>{TWO}</p></div>", [ONE, TWO], "a pointer"),
    (f"<p>{ONE}</p><h3>Lire aussi</h3><p><a href=/x>Un musée</a></p><p>{TWO}</p>", [ONE, TWO], "its links follow"),
    (f"<p>Il faut lire aussi ce rapport.</p><p>{ONE}", ["Il faut lire aussi ce rapport.", ONE], "no pointer"),
    (TEASER * 2, ["Un musée des sciences ouvrira au port de pêche", "Suivez notre dossier."] * 2, "a list of pages"),
    (f"<p>{ONE}<br>\n<br>{TWO}", [ONE, TWO], "white space between line ends"),
    (
        f"<table><tr>{LINKS}<td>{ONE * 5}<br><br>{TWO}</td><td>Météo</td></tr></table>",
        ["Rubrique", "Rubrique", "Rubrique", ONE * 5, TWO, "Météo"],
        "columns of a page are no cells",
    ),
    (
        f"<p>{ONE}</p><p>" + " | ".join(f"<a href=/{n}>Rubrique {n}</a>" for n in range(6)) + f"</p><p>{TWO}</p>",
        [ONE, TWO],
        "a menu on one line",
    ),
    (
        f"{TEXT}<table>{'<tr><td>Un<td>Deux' * 300}</table><div class=sidebar><p>Météo</p></div>",
        [ONE, TWO, *["Un · Deux"] * 300],
        "a long table is no reason to keep the rest",
    ),
    (f'{TEXT}<div role="contentinfo"><p>Siège social : Lyon</p></div>', [ONE, TWO], "a role"),
]


@pytest.mark.parametrize(("markup", "expected", "why"), PAGES)
def test_the_text_stays_and_what_stands_around_it_goes(markup, expected, why):
    assert list(draft_of(f"<html><body>{markup}".encode()).paragraphs) == expected, why


def test_no_sentence_of_a_made_page_is_lost_and_few_around_it_are_kept():
    around = kept = 0
    for page in made_pages(4):
        text = plain("\n".join(draft_of(page.html.encode()).paragraphs))
        assert [sentence for sentence in page.article if plain(sentence) not in text] == [], page.layout
        around += len(page.around)
        kept += sum(plain(sentence) in text for sentence in page.around)
    assert kept < 0.1 * around
