"""HTML: the article of the page and what the page says of itself, without what surrounds it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents.formats.html import bounded, draft_of
from indexer.model import DateSource

from .reading import BODY, entry_of

PAGE = f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">
<title>Fin de la mission | Le Journal</title>
<meta property="og:title" content="Fin de la mission">
<meta property="og:site_name" content="Le Journal">
<meta property="article:published_time" content="2023-06-30T18:00:00+02:00">
<link rel="canonical" href="https://journal.exemple/fin">
<style>p {{ color: red }}</style></head>
<body><header class="site"><a href="/">Le Journal</a> abonnez-vous</header>
<nav><ul><li>Accueil</li><li>Monde</li></ul></nav>
<div id="cookie-banner">Nous utilisons des cookies</div>
<main><article><header><h1>Fin de la mission</h1><time datetime="2023-06-29">29 juin</time></header>
<p>{BODY}</p><p>Deuxi&egrave;me <b>paragraphe</b>,<br>coup&eacute;.</p>
<div class="a-lire-aussi"><p>À lire aussi : autre chose</p></div>
<ul><li>un</li><li>deux</li></ul>
<table><tr><th>An</th><th>Total</th></tr><tr><td>2023</td><td>12</td></tr></table>
<p hidden>caché</p><p style="display: none">caché</p><span aria-hidden="true">★</span>
<script>var x = "script";</script><noscript>sans script</noscript>
<form><label>Votre adresse</label><input></form>
</article></main>
<aside>publicité</aside><footer>Mentions légales, 1er janvier 2001</footer></body></html>"""


def test_a_page_gives_its_article_and_its_metadata(tmp_path):
    found = entry_of(tmp_path, "a.html", PAGE)
    assert (found.title, found.title_rule) == ("Fin de la mission", "métadonnées (og:title)")
    assert (str(found.date), found.date_source) == ("2023-06-30", DateSource.METADATA)
    assert (found.url, found.source) == ("https://journal.exemple/fin", "Le Journal")
    assert found.text.split("\n\n") == [
        "29 juin",
        BODY,
        "Deuxième paragraphe,\ncoupé.",
        "un",
        "deux",
        "An · Total",
        "2023 · 12",
    ]


TITLES = [
    ("<title>Fin de la mission | Le Journal</title>", "Fin de la mission", "a bar before the site"),
    (
        "<title>Fin de la mission - Le Journal</title><footer>© Le Journal</footer>",
        "Fin de la mission",
        "named in the footer",
    ),
    (
        "<title>Le Journal - Fin de la mission</title><h1>Fin de la mission</h1>",
        "Fin de la mission",
        "the rest is a heading",
    ),
    ("<title>Fin - et suite - de la mission</title>", "Fin - et suite - de la mission", "dashes of its own"),
    ("<title>Rapport 2023 - Synthèse</title><h1>Rapport</h1>", "Rapport 2023 - Synthèse", "a part is not the site"),
    ("<title>Le Journal</title><meta property=og:site_name content='Le Journal'><h1>Fin</h1>", "Fin", "the site alone"),
    ("<h1>Fin de la <i>mission</i></h1>", "Fin de la mission", "a heading alone"),
    (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Fin"}</script><title>T</title>',
        "Fin",
        "JSON-LD",
    ),
    ("<title>\n Fin &amp;\n suite </title><svg><title>icône</title></svg>", "Fin & suite", "white space, entities"),
]


@pytest.mark.parametrize(("head", "title", "why"), TITLES)
def test_the_title_is_the_pages_own_without_the_name_of_the_site(tmp_path, head, title, why):
    found = entry_of(tmp_path, "a.html", f"<html>{head}<p>{BODY}</p><p>{BODY}</p>")
    assert found.title == title, why


LD = '<script type="application/ld+json">{}</script>'
DATES = [
    (LD.format('{"@type":"NewsArticle","datePublished":"2023-06-30"}'), "2023-06-30", "JSON-LD"),
    (
        LD.format('{"@graph":[{"@type":"WebSite"},{"@type":["Article"],"datePublished":"2023-06-30"}]}'),
        "2023-06-30",
        "a graph",
    ),
    (
        LD.format('[{"@type":"Organization","datePublished":"2001"},{"@type":"Report","datePublished":"2023"}]'),
        "2023",
        "a list",
    ),
    (LD.format("{") + '<meta name="DC.date" content="2023-06-30">', "2023-06-30", "broken JSON-LD, Dublin Core"),
    ('<meta name="dcterms.issued" content="30/06/2023">', "2023-06-30", "Dublin Core terms, French digits"),
    (f'<article><header><time datetime="2023-06-30T10:00">x</time></header>{BODY}</article>', "2023-06-30", "<time>"),
    (
        f'<article>Depuis <time datetime="2023-06-30">juin</time>, {BODY}</article>',
        "None",
        "a time in the running text",
    ),
    (
        f'<article><i class="post-meta"><time datetime="2023-06-30">x</time></i>{BODY}</article>',
        "2023-06-30",
        "its head",
    ),
    ('<article><header><time datetime="2023-06-30">x</time></header></article>' * 4, "None", "teasers of others"),
    ('<time itemprop="datePublished">30 juin 2023</time>', "2023-06-30", "<time> in words"),
    ('<meta name="date" content="n/a"><p>Bamako, le 30 juin 2023</p>', "2023-06-30", "ill-formed, then the text"),
    ('<aside><time datetime="2023-06-30">x</time></aside>', "None", "another article's"),
    ("<footer>30 juin 2023</footer>", "None", "the page's foot"),
]


@pytest.mark.parametrize(("markup", "expected", "why"), DATES)
def test_the_date_is_the_one_the_page_says(tmp_path, markup, expected, why):
    assert str(entry_of(tmp_path, "a.html", f"<html>{markup}<p>{BODY}").date) == expected, why


CONTENTS = [
    ("<p>un<p>deux", ["un", "deux"], "unclosed paragraphs"),
    ("<div>un<div>deux</div>trois</div>", ["un", "deux", "trois"], "text around blocks"),
    ("un<br>deux<br><br>trois", ["un\ndeux", "trois"], "two line ends make a paragraph"),
    ("<p>1<sup>er</sup> juillet, x<sup><a href=#n>3</a></sup>", ["1er juillet, x"], "ordinals stay, note calls go"),
    ("<pre>a\n  b\n\nc</pre>", ["a\nb", "c"], "preformatted lines"),
    ("<p>a&nbsp;: « b »</p>", ["a\u00a0: « b »"], "no-break spaces stay"),
    ("<p>un\n   deux\t trois</p>", ["un deux trois"], "white space of the source"),
    ("<dl><dt>a<dd>b</dl>", ["a", "b"], "definitions"),
    ("<p>a<template><p>non</template><select><option>non</select><svg><text>non</text></svg></p>", ["a"], "no text"),
    ("<form><p>" + "tout le texte " * 30 + "</form>", [("tout le texte " * 30).strip()], "a form around the page"),
    (
        '<div class="menu-wrap"><p>' + "tout le texte " * 30 + "</div>",
        [("tout le texte " * 30).strip()],
        "a misleading class",
    ),
    (
        "<p>texte</p>" + "".join(f"<div><a href=/{n}>Rubrique {n}</a></div>" for n in range(9)),
        ["texte"],
        "a menu of bare links",
    ),
    ("<p>sources</p>" + "<p><a href=/1>Le rapport</a></p>" * 2, ["sources", "Le rapport", "Le rapport"], "a few links"),
    ("<ul>" + "<li><a href=/1>Le rapport</a></li>" * 6 + "</ul>", ["Le rapport"] * 6, "a page of links"),
    ("<main><p>" + "texte " * 60 + "</p></main><p>ailleurs</p>", [("texte " * 60).strip()], "main"),
    ("<article><p>un</p></article>" * 3 + "<p>deux</p>", ["un", "un", "un", "deux"], "teasers are no article"),
]


@pytest.mark.parametrize(("markup", "expected", "why"), CONTENTS)
def test_blocks_make_paragraphs_and_what_surrounds_the_text_goes(markup, expected, why):
    assert list(draft_of(f"<html><body>{markup}".encode()).paragraphs) == expected, why


def test_declared_latin_1_is_read_as_cp1252(tmp_path):
    page = f'<html><meta http-equiv=Content-Type content="text/html; charset=iso-8859-1"><p>L’œuvre à 25 €. {BODY}'
    assert entry_of(tmp_path, "a.htm", page.encode("cp1252")).text.startswith("L’œuvre à 25 €.")


def test_xhtml_says_its_encoding_in_its_first_line(tmp_path):
    page = (
        f'<?xml version="1.0" encoding="ISO-8859-1"?><html><body><p>été. {BODY.replace("’", chr(39))}</p></body></html>'
    )
    assert entry_of(tmp_path, "a.xhtml", page.encode("latin-1")).text.startswith("été.")


def test_a_script_that_closes_itself_in_xhtml_does_not_swallow_the_page(tmp_path):
    page = f'<?xml version="1.0"?><html><head><script src="a.js"/></head><body><div id="x"/><p>{BODY}</p></body></html>'
    assert entry_of(tmp_path, "a.xhtml", page).text == BODY


def test_a_page_that_a_script_would_show_is_read(tmp_path):
    assert entry_of(tmp_path, "a.html", f'<html><div style="visibility:hidden"><p>{BODY}</div>').text == BODY


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "/relatif", "ftp://x.org/a", "https://x.org/<b>", "http://[", ""]
)
def test_only_web_addresses_are_kept(tmp_path, url):
    assert entry_of(tmp_path, "a.html", f'<html><link rel=canonical href="{url}"><p>{BODY}').url is None


HOSTILE = [
    ("<div>" * 100_000, "deep blocks"),
    ("<b>" * 100_000, "deep emphasis"),
    ("<div class=related>" * 20_000, "deep boilerplate"),
    ("<table><tr><td>" * 50_000, "deep tables"),
    ("<header><article>" * 20_000, "deep articles"),
    ("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">", "many attributes"),
    ("<select><selectedcontent></selectedcontent>" + "<option><b>x" * 20_000, "copied content"),
    ('<script type="application/ld+json">' + "[" * 100_000 + "</script>", "deep JSON"),
    ("<" * 200_000, "nothing but openings"),
    ("<!--" * 50_000 + "-->", "comments"),
    ('<a href="' + "x" * 2_000_000 + '">', "a long attribute"),
]


@pytest.mark.parametrize(("markup", "why"), HOSTILE)
def test_a_hostile_page_neither_crashes_nor_takes_long(tmp_path, markup, why):
    started = time.process_time()
    entry_of(tmp_path, "a.html", f"<html><body><p>{BODY}</p>{markup}<p>fin")
    assert time.process_time() - started < 8, why


def test_a_deep_page_keeps_its_text(tmp_path):
    found = entry_of(
        tmp_path, "a.html", f"<html><body>{'<div>' * 50_000}<p>{BODY}</p><h2>Suite</h2>{'</div>' * 50_000}"
    )
    assert found.text == f"{BODY}\n\nSuite"


def test_an_ordinary_page_is_parsed_as_it_is():
    page = "<div><p>un</p></div>" * 5000
    assert bounded(page) == page


@given(st.text(alphabet="<>/ab p=\"'!-&;\n", max_size=300))
def test_no_mixture_of_signs_breaks_the_reader(markup):
    assert all(paragraph.strip() for paragraph in draft_of(f"<html>{markup}".encode()).paragraphs)


AUTHORS = [
    ('<script type="application/ld+json">{"@type": "Report", "author": {"name": "A. Traoré"}}</script>',
     "", ("A. Traoré",), "JSON-LD"),
    ('<script type="application/ld+json">{"@type": "Article", "author": [{"name": "A. Traoré"}, "J. Diallo"]}</script>',
     "", ("A. Traoré", "J. Diallo"), "several in JSON-LD"),
    ('<meta name="author" content="A. Traoré; J. Diallo">', "", ("A. Traoré", "J. Diallo"), "a meta tag"),
    ('<meta name="DC.creator" content="A. Traoré"><meta name="dc:creator" content="J. Diallo">',
     "", ("A. Traoré", "J. Diallo"), "Dublin Core, with a dot and with a colon"),
    ('<meta property="article:author" content="https://exemple.org/auteurs/3">',
     '<p class="byline">Par Aminata Traoré et J. Diallo</p>', ("Aminata Traoré", "J. Diallo"), "an address, a byline"),
    ('<meta name="author" content="admin">', "", (), "an account is nobody"),
    ("", '<a rel="author" href="/a">Publié le 3 mai 2023</a>', (), "a date is nobody"),
    ('<meta property="og:site_name" content="Le Fleuve">', '<p class="byline">Le Fleuve</p>', (), "nor is the site"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "byline", "expected", "why"), AUTHORS, ids=[why for *_, why in AUTHORS])
def test_authors_are_those_of_metadata_or_of_the_byline(tmp_path, head, byline, expected, why):
    page = f"<html><head>{head}</head><body><article><h1>Fin</h1>{byline}<p>{BODY}</p></article></body></html>"
    assert entry_of(tmp_path, "a.html", page).authors == expected, why


@pytest.mark.parametrize(
    "head", ['<html lang="en-GB"><head>', '<html><head><meta name="DC.language" content="en">',
             '<html><head><meta property="og:locale" content="en_US">'],
)  # fmt: skip
def test_the_language_that_a_page_declares_counts_where_its_text_is_too_short(tmp_path, head):
    assert entry_of(tmp_path, "a.html", f"{head}</head><body><p>Hello world</p></body></html>").language == "en"
    assert entry_of(tmp_path, "b.html", f"{head}</head><body><p>{BODY}</p></body></html>").language == "fr"
