"""ODT: the text that the reader of the document sees, once, in its order; and what the file says of itself."""

from __future__ import annotations

import pytest

from indexer.documents.formats.odt import drafts

from .packing import damaged, fodt, odt, outcome, refusal, zipped
from .reading import BODY, entry_of


def p(text: str, style: str = "Standard") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


CELL = "<table:table-cell>{}</table:table-cell>"
ROW = "<table:table-row>{}</table:table-row>"
BOX = "<draw:frame><draw:text-box>{}</draw:text-box><svg:title>bulle</svg:title></draw:frame>"
BODIES = [
    (p("l&apos;ONU"), ["l'ONU"], "an apostrophe written as an entity"),
    (p("un") + "<text:p/>" + p('<text:s text:c="3"/>') + p("deux"), ["un", "deux"], "empty paragraphs are none"),
    (p("un\n   <text:span>de</text:span>ux"), ["un deux"], "line ends of the file are spaces"),
    (p("un<text:line-break/>deux<text:tab/>trois<text:s/>quatre"), ["un\ndeux trois quatre"], "signs"),
    (p("<text:a>lien</text:a> page <text:page-number>3</text:page-number>"), ["lien page 3"], "fields"),
    (
        "<text:tracked-changes><text:changed-region><text:deletion>" + p("ancien") + "</text:deletion>"
        "</text:changed-region></text:tracked-changes>" + p("nouveau<text:change/>"),
        ["nouveau"],
        "what was deleted is no text",
    ),
    (
        p("un<office:annotation><dc:creator>Awa</dc:creator><text:p>à revoir</text:p></office:annotation>"),
        ["un"],
        "comments",
    ),
    (p(f"avant {BOX.format(p('encadré'))}après") + p("fin"), ["avant après", "encadré", "fin"], "a box comes after"),
    (p(f"avant <draw:rect>{p('forme')}</draw:rect>après"), ["avant après", "forme"], "a shape with text"),
    (
        f"<table:table>{ROW.format(CELL.format(p('An')) + CELL.format(p('Total')))}"
        f"{ROW.format(CELL.format(p('2023')) + CELL.format(p('12')))}</table:table>",
        ["An · Total", "2023 · 12"],
        "a row of short cells is a line",
    ),
    (
        ROW.format(CELL.format(p("De") + p("Bamako")) + "<table:covered-table-cell/>" + CELL.format(p("À"))),
        ["De", "Bamako", "À"],
        "cells with paragraphs are read one by one",
    ),
    (
        f"<text:list><text:list-item>{p('un')}</text:list-item><text:list-item>{p('deux')}</text:list-item></text:list>",
        ["un", "deux"],
        "lists",
    ),
    (
        f"<text:table-of-content><text:index-body>{p('Un 3')}</text:index-body></text:table-of-content>{p(BODY)}",
        [BODY],
        "a table of contents says the headings over again",
    ),
    ('<text:section text:display="none">' + p("caché") + "</text:section>" + p("visible"), ["visible"], "hidden"),
    (
        p(
            "un<text:note><text:note-citation>1</text:note-citation>"
            "<text:note-body><text:p>Source.</text:p></text:note-body></text:note>."
        )
        + p("deux"),
        ["un.", "deux", "Source."],
        "notes come at the end",
    ),
]


@pytest.mark.parametrize(("body", "expected", "why"), BODIES, ids=[row[2] for row in BODIES])
def test_the_text_is_what_the_reader_sees(tmp_path, body, expected, why):
    body = p("Fin de la mission", "Title") + body
    assert entry_of(tmp_path, "a.odt", odt(body)).text.split("\n\n") == expected, why
    assert entry_of(tmp_path, "a.fodt", fodt(body)).text.split("\n\n") == expected, why


META = (
    "<dc:title>{}</dc:title><meta:initial-creator>Awa Keïta</meta:initial-creator><dc:creator>Autre</dc:creator>"
    "<meta:creation-date>2020-01-21T08:31:00</meta:creation-date><dc:date>2021-02-03T00:00:00</dc:date>"
)


def test_the_properties_give_title_author_and_a_date_of_last_resort(tmp_path):
    found = entry_of(tmp_path, "a.odt", odt(p("Vu la charte") + p(BODY), meta=META.format("Rapport sur le Mali")))
    assert (found.title, found.title_rule) == ("Rapport sur le Mali", "propriétés du document")
    assert found.authors == ("Awa Keïta",)
    assert (str(found.date), found.date_rule) == ("2020-01-21", "propriétés du fichier, à défaut d’autre date")


AUTOMATIC = '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="{}"/>'


@pytest.mark.parametrize("style", ["Title", "Heading_20_1", "Maison"])
def test_a_style_made_from_that_of_titles_marks_the_title(tmp_path, style):
    styles = '<style:style style:name="Maison" style:family="paragraph" style:parent-style-name="Title"/>'
    content = odt(p("Le Journal") + p("Fin.", "P1") + p(BODY), automatic=AUTOMATIC.format(style), styles=styles)
    assert entry_of(tmp_path, "a.odt", content).title == "Fin."


def test_a_heading_of_the_first_level_at_the_top_is_the_title(tmp_path):
    heading = '<text:h text:outline-level="1">Fin.</text:h>'
    assert entry_of(tmp_path, "a.odt", odt(p("Le Journal") + heading + p(BODY))).title == "Fin."


REFUSED = [
    (odt("<text:p>"), "XML mal formé"),
    (odt(p(BODY), manifest="<encryption-data/>"), "protégé par un mot de passe"),
    (zipped(("a.txt", "x")), "il y manque « content.xml »"),
    (odt(p(BODY))[:200], "archive ZIP endommagée"),
    (fodt(p(BODY)).replace(b"office:text", b"office:spreadsheet"), "n’est pas un texte"),
    (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "XML refusé"),
    (b"\0\1\2", "XML mal formé"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED, ids=[row[1] for row in REFUSED])
def test_what_cannot_be_read_says_why(content, reason):
    assert reason in refusal(drafts, content)


def test_shapes_and_tables_of_any_depth_are_read():
    depth = 20_000
    body = f"<table:table-row><table:table-cell>{p('a')}" * depth + p("fond")
    body += "</table:table-cell></table:table-row>" * depth
    assert "fond" in outcome(drafts, odt(body))
    shapes = "<text:p>" + "<draw:rect><text:p>" * depth + "fond" + "</text:p></draw:rect>" * depth + "</text:p>"
    assert "fond" in outcome(drafts, odt(shapes))


def test_damaged_files_are_read_or_refused_and_nothing_else():
    good = odt(p("Fin", "Title") + p(BODY) * 20, meta=META.format("Fin"), automatic=AUTOMATIC.format("Title"))
    for content in damaged(good, 2):
        outcome(drafts, content)
    for content in damaged(fodt(p(BODY) * 20), 3):
        outcome(drafts, content)
