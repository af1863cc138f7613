"""DOCX: the text that the reader of the document sees, once, in its order; and what the file says of itself."""

from __future__ import annotations

import pytest

from indexer.documents.formats.docx import drafts
from indexer.model import DateSource

from .packing import damaged, docx, outcome, refusal, zipped
from .reading import BODY, entry_of


def p(text: str, properties: str = "") -> str:
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def style(name: str) -> str:
    return f'<w:pStyle w:val="{name}"/>'


def paragraphs(folder, body: str, **parts: str) -> list[str]:
    """The paragraphs below a title."""
    return entry_of(folder, "a.docx", docx(p("Fin de la mission", style("Title")) + body, **parts)).text.split("\n\n")


TABLE = "<w:tbl><w:tr>{}</w:tr></w:tbl>"
CELL = "<w:tc><w:tcPr/>{}</w:tc>"
BOX = "<w:pict><w:txbxContent>{}</w:txbxContent></w:pict>"
BODIES = [
    (p("l&apos;ONU et l&#8217;État"), ["l'ONU et l’État"], "an apostrophe written as an entity"),
    (p("un") + "<w:p/>" + p("  ") + p("deux"), ["un", "deux"], "empty paragraphs are none"),
    ("<w:p><w:r><w:t>Con</w:t></w:r><w:r><w:t>seil</w:t></w:r></w:p>", ["Conseil"], "a word in two runs"),
    ("<w:p><w:r><w:t>un\n  deux</w:t></w:r></w:p>", ["un deux"], "line ends of the file are spaces"),
    ("<w:p><w:r><w:t>un</w:t><w:br/><w:t>deux</w:t><w:tab/><w:t>trois</w:t></w:r></w:p>", ["un\ndeux trois"], "signs"),
    (p("un", '<w:tabs><w:tab w:val="left"/></w:tabs>'), ["un"], "a tab stop is no tab"),
    ("<w:p><w:r><w:t>porte</w:t><w:noBreakHyphen/><w:t>parole</w:t></w:r></w:p>", ["porte-parole"], "a hyphen"),
    ("<w:p><w:r><w:t>pro</w:t><w:softHyphen/><w:t>rogé</w:t></w:r></w:p>", ["prorogé"], "a hyphen that may show"),
    (
        "<w:p><w:hyperlink><w:r><w:t>lien</w:t></w:r></w:hyperlink><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>",
        ["lien"],
        "the text of a link, not what makes a field",
    ),
    (
        "<w:p><w:ins><w:r><w:t>nouveau</w:t></w:r></w:ins><w:del><w:r><w:delText>ancien</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>parti</w:t></w:r></w:moveFrom></w:p>",
        ["nouveau"],
        "what was deleted or moved away is no text",
    ),
    (p("un ", "<w:rPr><w:del/></w:rPr>") + p("deux"), ["un deux"], "a paragraph whose end was deleted"),
    (
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>caché</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>visible</w:t></w:r></w:p>',
        ["visible"],
        "hidden text",
    ),
    (
        f"<w:p><w:r><w:t>avant </w:t>{BOX.format(p('encadré') + p('suite'))}<w:t>après</w:t></w:r></w:p>" + p("fin"),
        ["avant après", "encadré", "suite", "fin"],
        "a text box comes after the paragraph it stands in",
    ),
    (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice>{BOX.format(p('encadré'))}</mc:Choice>"
        f"<mc:Fallback>{BOX.format(p('encadré'))}</mc:Fallback></mc:AlternateContent></w:r></w:p>",
        ["encadré"],
        "what stands there a second time for older programs",
    ),
    (
        TABLE.format(CELL.format(p("An")) + CELL.format(p("Total")))
        + TABLE.format(CELL.format(p("2023")) + CELL.format(p("")) + CELL.format(p("12"))),
        ["An · Total", "2023 · 12"],
        "a row of short cells is a line",
    ),
    (
        TABLE.format(CELL.format(p("De") + p("Bamako")) + CELL.format(p("À"))),
        ["De", "Bamako", "À"],
        "cells with paragraphs are read one by one",
    ),
    (
        TABLE.format(CELL.format(TABLE.format(CELL.format(p("a")) + CELL.format(p("b")))) + CELL.format(p("c"))),
        ["a · b · c"],
        "a table in a table",
    ),
    (p("Introduction 3", style("TOC1")) + p(BODY), [BODY], "a table of contents says the headings over again"),
    ("<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>" + p("champ") + "</w:sdtContent></w:sdt>", ["champ"], "forms"),
]


@pytest.mark.parametrize(("body", "expected", "why"), BODIES, ids=[row[2] for row in BODIES])
def test_the_text_is_what_the_reader_sees(tmp_path, body, expected, why):
    assert paragraphs(tmp_path, body, styles=STYLES) == expected, why


STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="fr-FR"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:styleId="Titre"><w:name w:val="Title"/></w:style>'
    '<w:style w:styleId="Titre1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Maison"><w:name w:val="Grand titre"/><w:basedOn w:val="Titre"/></w:style>'
    '<w:style w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
)


def test_notes_come_once_at_the_end(tmp_path):
    body = '<w:p><w:r><w:t>un</w:t></w:r><w:r><w:footnoteReference w:id="2"/><w:t>.</w:t></w:r></w:p>' + p("deux")
    notes = '<w:footnote w:type="separator"><w:p/></w:footnote><w:footnote w:id="2">' + p("Source.") + "</w:footnote>"
    assert paragraphs(tmp_path, body, footnotes=notes) == ["un.", "deux", "Source."]


def test_prefixes_are_the_files_own_affair():
    body = (
        '<n:document xmlns:n="http://purl.oclc.org/ooxml/wordprocessingml/main"><n:body><n:p><n:r><n:t>un</n:t></n:r>'
    )
    content = zipped(("word/document.xml", f"{body}</n:p></n:body></n:document>"))
    assert outcome(drafts, content) == "un"


CORE = (
    "<dc:title>{}</dc:title><dc:creator>Awa Keïta; Jean Dupont</dc:creator>"
    "<dcterms:created>2020-01-21T08:31:00Z</dcterms:created><dcterms:modified>2021-02-03T00:00:00Z</dcterms:modified>"
)


def test_core_properties_give_title_authors_and_a_date_of_last_resort(tmp_path):
    content = docx(p("Vu la charte") + p(BODY), core=CORE.format("Rapport sur le Mali"))
    found = entry_of(tmp_path, "a.docx", content)
    assert (found.title, found.title_rule) == ("Rapport sur le Mali", "propriétés du document")
    assert found.authors == ("Awa Keïta", "Jean Dupont")
    assert (str(found.date), found.date_rule) == ("2020-01-21", "propriétés du fichier, à défaut d’autre date")
    dated = entry_of(tmp_path, "b.docx", docx(p("Bamako, le 30 juin 2023") + p(BODY), core=CORE.format("")))
    assert (str(dated.date), dated.date_source) == ("2023-06-30", DateSource.TEXT)


TITLES = [
    ("Rapport", p("Fin de la mission", style("Titre")), "Fin de la mission", "a property left from another document"),
    (
        "Mission : la fin",
        p("Fin de la mission", style("Titre")),
        "Mission : la fin",
        "a property that the text confirms",
    ),
    ("", p("Fin de la", style("Titre")) + p("mission", style("Titre")), "Fin de la mission", "a title on two lines"),
    ("", p("Le Journal") + p("Fin de la mission", style("Titre1")), "Fin de la mission", "a heading at the top"),
    ("", p("Fin de la mission", style("Maison")), "Fin de la mission", "a style made from that of titles"),
    ("Document1", p("Fin de la mission"), "Fin de la mission", "a program's title"),
    ("Microsoft Word - note.doc", p("Fin de la mission"), "Fin de la mission", "a file name"),
    ("a", p("Fin de la mission"), "Fin de la mission", "the file's name"),
]


@pytest.mark.parametrize(("stated", "body", "title", "why"), TITLES, ids=[row[3] for row in TITLES])
def test_the_title_is_a_real_one(tmp_path, stated, body, title, why):
    core = f"<dc:title>{stated}</dc:title>"
    found = entry_of(tmp_path, "a.docx", docx(body + p(BODY), core=core, styles=STYLES))
    assert found.title == title, why


def test_headings_of_chapters_are_no_title(tmp_path):
    body = "".join(p(f"Ligne {number}") for number in range(3)) + p("Introduction", style("Titre1")) + p(BODY)
    body += p("Conclusion", style("Titre1")) + p(BODY)
    assert entry_of(tmp_path, "a.docx", docx(body, styles=STYLES)).title == "Ligne 0"


def test_damage_aside_of_the_text_is_a_warning(tmp_path):
    found = entry_of(tmp_path, "a.docx", docx(p(BODY), core="<dc:title>", footnotes="&x;"))
    assert found.text == BODY
    assert [warning.split(" :")[0] for warning in found.warnings] == [
        "notes du document illisibles",
        "propriétés du document illisibles",
    ]


REFUSED = [
    (docx("<w:p>"), "XML mal formé"),
    (zipped(("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')), "XML refusé : il déclare des entités"),
    (zipped(("word/document.xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "/etc/passwd">]><a>&b;</a>')), "XML refusé"),
    (zipped(("word/document.xml", '<?xml version="1.0" encoding="rot13"?><a/>')), "XML mal formé"),
    (b"PK\x03\x04" + bytes(600), "archive ZIP endommagée"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED, ids=[row[1] for row in REFUSED])
def test_what_cannot_be_read_says_why(content, reason):
    assert reason in refusal(drafts, content)


def test_tables_and_boxes_of_any_depth_are_read_in_linear_time(tmp_path):
    depth = 20_000
    body = f"<w:tbl><w:tr><w:tc>{p('a')}" * depth + p(BODY) + "</w:tc></w:tr></w:tbl>" * depth
    assert entry_of(tmp_path, "a.docx", docx(body)).text.endswith(BODY)
    boxes = f"<w:p>{'<w:txbxContent><w:p>' * depth}<w:r><w:t>fond</w:t></w:r>{'</w:p></w:txbxContent>' * depth}</w:p>"
    assert "fond" in outcome(drafts, docx(boxes))


def test_damaged_files_are_read_or_refused_and_nothing_else():
    good = docx(p("Fin", style("Titre")) + p(BODY) * 20, core=CORE.format("Fin"), styles=STYLES, footnotes=p("note"))
    for content in damaged(good, 1):
        outcome(drafts, content)
