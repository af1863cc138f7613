"""PDF: paragraphs from lines, pages, what repeats at their edges, what the file says of itself, what is refused."""

from __future__ import annotations

import pytest

from indexer.documents import Entry, Rejected
from indexer.errors import UnreadableDocument
from indexer.model import DateSource

from .pdfs import LEFT, Put, column, pdf_of
from .reading import entry_of, read_all

TEXT = """
Le Conseil de sécurité a adopté vendredi une résolution qui met fin au
mandat de la mission. Les forces devront quitter le pays avant la fin de
l’année, et les autorités prendront le relais.
"""
WHOLE = (
    "Le Conseil de sécurité a adopté vendredi une résolution qui met fin au mandat de la mission. Les forces devront "
    "quitter le pays avant la fin de l’année, et les autorités prendront le relais."
)
MORE = """
Les membres ont pris la parole à tour de rôle, et le représentant du
pays concerné a remercié les contingents pour leur engagement.
"""


def read_pdf(folder, *pages, name="note.pdf", **said) -> Entry:
    return entry_of(folder, name, pdf_of(pages, **said))


def paragraphs(entry: Entry) -> list[str]:
    return entry.text.split("\n\n")


# --- paragraphs ------------------------------------------------------------------------------------------------------


def test_the_lines_of_a_paragraph_are_one_and_a_gap_parts_two(tmp_path):
    entry = read_pdf(tmp_path, column(TEXT) + column(MORE, top=690), Title="Fin de la mission")
    assert paragraphs(entry) == [WHOLE, " ".join(MORE.split("\n")).strip()]


def test_an_indented_first_line_begins_a_paragraph(tmp_path):
    lines = [*column(TEXT), Put("Les membres ont pris la parole.", LEFT + 25, 760 - 3 * 14)]
    entry = read_pdf(tmp_path, lines, Title="Fin de la mission")
    assert paragraphs(entry) == [WHOLE, "Les membres ont pris la parole."]


def test_items_of_a_list_are_paragraphs_of_their_own(tmp_path):
    text = TEXT + "- un extrait de l’acte de naissance de chacun des enfants concernés ;\n- un certificat de vie."
    entry = read_pdf(tmp_path, column(text), Title="Fin de la mission")
    assert paragraphs(entry)[1:] == [
        "- un extrait de l’acte de naissance de chacun des enfants concernés ;", "- un certificat de vie.",
    ]  # fmt: skip


def test_a_numbered_heading_begins_a_paragraph(tmp_path):
    entry = read_pdf(tmp_path, column(TEXT + "Article L.2.\n" + MORE.strip("\n")), Title="Fin de la mission")
    assert paragraphs(entry)[:2] == [WHOLE, "Article L.2."]


def test_columns_are_read_one_after_the_other(tmp_path):
    left = "Le Conseil de sécurité a\nadopté une résolution qui\nmet fin au mandat de la"
    right = "mission, et les autorités\nprendront le relais dès la\nfin de l’année."
    entry = read_pdf(tmp_path, column(left) + column(right, left=320), Title="Fin de la mission")
    assert paragraphs(entry) == [" ".join((left + "\n" + right).split("\n"))]


def test_a_word_cut_at_a_line_end_is_whole_and_a_compound_keeps_its_hyphen(tmp_path):
    text = """
Les membres ont entendu à Saint-
Louis une communication du secré-
taire général adjoint, puis le porte-
parole de la mission a répondu aux questions de la presse.
"""
    (found,) = paragraphs(read_pdf(tmp_path, column(text), Title="Fin de la mission"))
    assert "à Saint-Louis une communication du secrétaire général adjoint, puis le porte-parole" in found


def test_ligatures_and_accents_apart_become_letters(tmp_path):
    content = pdf_of(
        [column(TEXT.replace("résolution", "r\u00b4esolution de\u00b4finitive"))], Title="Fin de la mission"
    )
    entry = entry_of(tmp_path, "note.pdf", content)
    assert "résolution" in entry.text


def test_leaders_of_a_table_of_contents_are_shortened_and_its_lines_stay_apart(tmp_path):
    text = "\n".join(f"Chapitre {n} Des allocations {'.' * 70} {n}" for n in range(1, 6))
    entry = read_pdf(tmp_path, column(text), Title="Code de la sécurité")
    assert paragraphs(entry)[0] == "Chapitre 1 Des allocations … 1"
    assert len(paragraphs(entry)) == 5


# --- pages -----------------------------------------------------------------------------------------------------------


def test_each_page_is_known_by_where_it_begins_in_the_text(tmp_path):
    entry = read_pdf(
        tmp_path, column(TEXT), column(MORE), column("Fait à Bamako par le représentant."), Title="Fin de mission"
    )
    assert [entry.text[place:][:12] for place in entry.pages] == ["Les membres ", "Fait à Bamak"]


def test_a_paragraph_goes_on_over_the_end_of_a_page(tmp_path):
    cut = TEXT.strip("\n").split("\n")
    entry = read_pdf(tmp_path, column("\n".join(cut[:2])), column(cut[2]), Title="Fin de la mission")
    assert entry.text == WHOLE
    assert entry.text[entry.pages[0] :] == cut[2]


def test_a_page_without_text_begins_where_the_next_one_does(tmp_path):
    entry = read_pdf(tmp_path, column(TEXT), [], column(MORE), Title="Fin de la mission")
    assert entry.pages == (entry.text.index("Les membres"),) * 2


def test_pages_are_right_when_the_title_was_taken_out_of_the_text(tmp_path):
    first = [Put("Fin de la mission au Mali", size=18, base=800), *column(TEXT)]
    entry = read_pdf(tmp_path, first, column(MORE))
    assert entry.title == "Fin de la mission au Mali"
    assert entry.text[entry.pages[0] :].startswith("Les membres")


def test_a_file_of_one_page_has_no_pages(tmp_path):
    assert read_pdf(tmp_path, column(TEXT), Title="Fin de la mission").pages == ()


def test_headers_stay_once_and_page_numbers_go(tmp_path):
    pages = [
        [
            Put("RAPPORT ANNUEL", base=810),
            *column(f"Le {n} juin, le Conseil de sécurité s’est réuni."),
            Put(f"Page {n} sur 4", base=30),
            Put("Bureau de Bamako", base=45),
        ]
        for n in range(1, 5)
    ]
    entry = read_pdf(tmp_path, *pages, Title="Fin de la mission")
    assert entry.text.count("RAPPORT ANNUEL") == 1
    assert "Page" not in entry.text
    assert paragraphs(entry)[-1] == "Bureau de Bamako"
    assert entry.text.count("le Conseil de sécurité") == 4


def test_numbered_titles_at_the_top_of_pages_are_text(tmp_path):
    pages = [[Put(f"Bilan {year}", base=810), *column(TEXT)] for year in (2001, 2011, 2005, 2019)]
    entry = read_pdf(tmp_path, *pages, Title="Fin de la mission")
    assert all(f"Bilan {year}" in entry.text for year in (2001, 2011, 2005, 2019))


def test_a_lone_page_number_goes_from_a_short_file(tmp_path):
    entry = read_pdf(
        tmp_path, [*column(TEXT), Put("- 1 -", 290, 30)], [*column(MORE), Put("2", 295, 30)], Title="Fin de la mission"
    )
    assert "- 1 -" not in entry.text
    assert entry.text.endswith("engagement.")


# --- what the file says of itself ------------------------------------------------------------------------------------


def test_title_author_and_language_are_the_files_own(tmp_path):
    entry = read_pdf(
        tmp_path,
        column(TEXT),
        Title="Fin de la mission au Mali",
        Author="Awa Diallo; jdupont; HP",
        catalog="/Lang (fr-FR)",
    )
    assert (entry.title, entry.title_rule) == ("Fin de la mission au Mali", "propriétés du document")
    assert entry.authors == ("Awa Diallo",)


@pytest.mark.parametrize(
    "title",
    ["", "Microsoft Word - lettre finale", "PowerPoint Presentation", "rapport_v3_final.docx", "Sans titre 1",
     "Document1", "Rapport final (2).doc", "note"],
)  # fmt: skip
def test_what_a_program_calls_a_file_is_no_title(tmp_path, title):
    entry = read_pdf(tmp_path, [Put("Une mission prend fin", size=20, base=800), *column(TEXT)], Title=title)
    assert (entry.title, entry.title_rule) == ("Une mission prend fin", "plus grande ligne de la première page")


def test_the_day_it_was_made_is_its_date_for_want_of_a_better_one(tmp_path):
    entry = read_pdf(tmp_path, column(TEXT), Title="Fin de la mission", CreationDate="D:20230630120000+02'00'")
    assert (str(entry.date), entry.date_source) == ("2023-06-30", DateSource.METADATA)
    named = read_pdf(tmp_path, column(TEXT), name="2021-02-03.pdf", CreationDate="D:20230630120000+02'00'")
    assert (str(named.date), named.date_source) == ("2021-02-03", DateSource.FILENAME)


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_scan_is_empty_and_says_how_many_pages(tmp_path):
    (tmp_path / "scan.pdf").write_bytes(pdf_of([[Put("Reçu")], [], []]))
    (found,) = read_all(tmp_path / "scan.pdf")
    assert found == Rejected(None, None, "aucune couche de texte (document numérisé ?) : 3 pages", empty=True)


def refused(path) -> str:
    with pytest.raises(UnreadableDocument) as refusal:
        read_all(path)
    return str(refusal.value)


def test_a_file_that_is_no_pdf_or_cut_short_is_refused(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\nrien")
    assert refused(path) == "PDF endommagé"


def test_a_file_that_wants_a_password_is_refused(tmp_path):
    content = pdf_of([column(TEXT)])
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >> /ID [<00> <00>]" % (
        b"41" * 32,
        b"42" * 32,
    )
    (tmp_path / "a.pdf").write_bytes(content.replace(b"/Info 4 0 R", lock))
    assert refused(tmp_path / "a.pdf") == "protégé par un mot de passe"


def test_a_table_of_places_that_is_wrong_is_made_anew(tmp_path):
    content = pdf_of([column(TEXT)], Title="Fin de la mission")
    broken = content.replace(b"startxref\n", b"startxref\n9")
    assert entry_of(tmp_path, "a.pdf", broken).text == WHOLE


def test_a_million_declared_pages_cost_no_more_than_those_there_are(tmp_path):
    content = pdf_of([column(TEXT), column(MORE)]).replace(b"/Count 2", b"/Count 1000000")
    (tmp_path / "a.pdf").write_bytes(content)
    try:
        found = read_all(tmp_path / "a.pdf")
    except UnreadableDocument:
        return
    assert all(len(entry.pages) < 10_000 for entry in found if isinstance(entry, Entry))


def test_pages_that_are_their_own_parents_end(tmp_path):
    content = pdf_of([column(TEXT)]).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")
    (tmp_path / "a.pdf").write_bytes(content)
    assert refused(tmp_path / "a.pdf").startswith("PDF")
