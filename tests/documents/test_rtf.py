"""RTF: the text that the reader of the document sees, whatever the encoding; and what the file says of itself."""

from __future__ import annotations

import pytest

from indexer.documents.formats.rtf import drafts

from .packing import damaged, outcome, refusal
from .reading import BODY, entry_of

FONTS = r"{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset204 Cyr{\*\falt Arial};}{\f2\fcharset2 Symbol;}}"
STYLES = r"{\stylesheet{\s0 Normal;}{\s1\sbasedon0 heading 1;}{\s15\snext0 Title;}{\*\cs16 Lien;}{\s17 toc 1;}}"


def rtf(body: str, head: str = "") -> bytes:
    return (r"{\rtf1\ansi\ansicpg1252\uc1\deff0\deflang1036" + FONTS + STYLES + head + body + "}").encode("cp1252")


BODIES = [
    (r"l'\'e9t\'e9 \emdash fin\par", ["l'été —fin"], "codes of the file's encoding"),
    ("été œuvre", ["été œuvre"], "bytes of it, written as they are"),
    (r"\u339\'9cuvre l\u8217?ONU", ["œuvre l’ONU"], "Unicode, and what stands behind it for old programs"),
    (r"\uc0\u233 t\u233  {\uc2\u8364\'80\'81}un\u8364 ", ["été €un€"], "two or none of them"),
    (r"oh \u-10179?\u-8704?", ["oh 😀"], "a pair"),
    (r"{\f1\'cc\'e0\'eb\'e8} \'e9", ["Мали é"], "the encoding of a font"),
    (r"{\f2\'b7\tab}point{\f2 \u-3913?}", ["point"], "the signs of symbol fonts"),
    ("por\r\nte\\~parole\\_fran\\-\\'e7aise \\{a\\}", ["porte\u00a0parole-française {a}"], "line ends are none; signs"),
    (r"un\line deux\tab trois\par\par quatre", ["un\ndeux trois", "quatre"], "lines and paragraphs"),
    (r"un{\*\inconnu caché{\b encore}}{\pict\wmetafile8 0a0b0c}{\header en-tête}\par deux", ["un", "deux"], "no text"),
    (r"un{\pict\bin9 }}}}}}}}}\par}deux", ["undeux"], "raw bytes"),
    (r"{\v caché}un{\v0 deux}\v trois\plain quatre{\deleted ancien}", ["undeuxquatre"], "hidden and deleted text"),
    (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt lien}} {\xe index}", ["lien"], "fields and marks of an index"),
    (r"{\listtext 1.\tab}un\par {\pntext\f2\'b7\tab}deux", ["un", "deux"], "the marks of lists"),
    (r"un{\super\chftn}{\footnote\pard {\super\chftn} Source.\par}.\par deux", ["un.", "deux", "Source."], "notes"),
    (
        r"avant {\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt encadr\'e9\par}}{\shprslt encore}}apr\'e8s\par fin",
        ["avant après", "encadré", "fin"],
        "a text box comes after the paragraph it stands in",
    ),
    (
        r"\trowd\cellx9\pard\intbl An\cell Total\cell\row\pard\intbl 2023\cell 12\cell\row\pard fin",
        ["An · Total", "2023 · 12", "fin"],
        "a row of short cells is a line",
    ),
    (r"\pard\intbl De\par Bamako\cell{\b \'c0}\cell\row", ["De", "Bamako", "À"], "cells of paragraphs"),
    (r"a\cell b\cell\par c", ["a", "b", "c"], "cells outside of any table"),
    (r"{\upr{ancien}{\*\ud{nouveau}}}", ["nouveau"], "what stands twice, the second time in Unicode"),
    (r"\pard\s17 Introduction 3\par\pard " + BODY, [BODY], "a table of contents"),
]


@pytest.mark.parametrize(("body", "expected", "why"), BODIES, ids=[row[2] for row in BODIES])
def test_the_text_is_what_the_reader_sees(tmp_path, body, expected, why):
    content = rtf(r"\pard\s15 Fin de la mission\par\pard " + body)
    assert entry_of(tmp_path, "a.rtf", content).text.split("\n\n") == expected, why


def test_a_file_of_macintosh_is_in_its_encoding(tmp_path):
    assert entry_of(tmp_path, "a.rtf", rb"{\rtf1\mac \'8e" + "é".encode("mac_roman") + b"}").text == "éé"


INFO = (
    r"{\info{\title Rapport sur l'\'e9t\'e9}{\author Awa Ke\u239?ta}{\operator Autre}"
    r"{\creatim\yr2020\mo1\dy21\hr8}{\author Autre}{\revtim\yr2021\mo2\dy3}}"
)


def test_the_properties_give_title_author_and_a_date_of_last_resort(tmp_path):
    found = entry_of(tmp_path, "a.rtf", rtf(rf"Vu la charte\par {BODY}", INFO))
    assert (found.title, found.title_rule) == ("Rapport sur l'été", "propriétés du document")
    assert found.authors == ("Awa Keïta",)
    assert (str(found.date), found.date_rule) == ("2020-01-21", "propriétés du fichier, à défaut d’autre date")
    assert found.text == f"Vu la charte\n\n{BODY}"


@pytest.mark.parametrize("style", ["1", "15"])
def test_the_style_of_titles_marks_the_title(tmp_path, style):
    content = rtf(rf"\pard\plain Le Journal\par\pard\s{style} Fin.\par\pard {BODY}\par")
    assert entry_of(tmp_path, "a.rtf", content).title == "Fin."


def test_a_file_that_ends_too_early_is_read_as_far_as_it_goes(tmp_path):
    found = entry_of(tmp_path, "a.rtf", rtf(rf"Titre\par {BODY}\par {{\b suite")[:-1])
    assert found.text.endswith("suite")
    assert found.warnings == ("fichier RTF incomplet : la fin y manque",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"{\\rtf1" + b"{" * 100_000, "trop de groupes"), (b"PK\3\4", "n’est pas du RTF")],
)
def test_what_cannot_be_read_says_why(content, reason):
    assert reason in refusal(drafts, content)


def test_damaged_files_are_read_or_refused_and_nothing_else():
    rows = "".join(row[0] + r"\par\pard " for row in BODIES)
    for seed in range(3):
        for content in damaged(rtf(rows, INFO), seed):
            outcome(drafts, content)
