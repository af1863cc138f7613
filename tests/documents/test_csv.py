"""CSV: a row is a document; columns are told by their names, the delimiter by what it makes of them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from indexer.documents import Choices, Entry, Rejected, read
from indexer.errors import UnreadableDocument
from indexer.model import DateSource
from indexer.settings import packaged_columns

from .reading import BODY, RULES, TODAY

HEADER = "Identifiant;Titre;Texte;Date;Type;Éditeur;Lien;Auteurs;Lieu\n"
ROW = f"12;Fin de la mission;{BODY};30/06/2023;Dépêche;Agence;https://exemple.org/1;Awa Diallo | Jean Roux;Bamako\n"


def found_in(folder, content: str | bytes, name: str = "table.csv", **options) -> list[Entry | Rejected]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(path, name, RULES, max_bytes=50_000_000, today=TODAY, **options))


def test_a_row_is_a_document_with_its_own_metadata(tmp_path):
    (found,) = found_in(tmp_path, HEADER + ROW)
    assert (found.key, found.member, found.format) == (None, "#12", "CSV")
    assert (found.title, found.title_rule, found.text) == ("Fin de la mission", "champ «\u00a0Titre\u00a0»", BODY)
    assert (str(found.date), found.date_source, found.type) == ("2023-06-30", DateSource.METADATA, "dépêche")
    assert (found.source, found.url) == ("Agence", "https://exemple.org/1")
    assert found.authors == ("Awa Diallo", "Jean Roux")


@pytest.mark.parametrize("delimiter", ",;\t|")
def test_the_delimiter_is_found_out(tmp_path, delimiter):
    rows = [["titre", "texte"], ["Fin; de la, mission", f"{BODY} a|b"]]
    content = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    (found,) = found_in(tmp_path, content)
    assert found.title == "Fin; de la, mission"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "mac_roman"])
def test_tables_are_read_in_any_encoding(tmp_path, encoding):
    (found,) = found_in(tmp_path, (HEADER + ROW.replace("mission", "présidence")).encode(encoding))
    assert (found.title, found.source) == ("Fin de la présidence", "Agence")


def test_what_excel_writes_above_the_header_is_no_row(tmp_path):
    assert [one.member for one in found_in(tmp_path, "sep=;\r\n" + (HEADER + ROW).replace("\n", "\r\n"))] == ["#12"]


def test_a_row_without_an_id_is_named_by_what_it_says_wherever_it_stands(tmp_path):
    rows = ["Un;Le Conseil.\n", "Deux;Les membres.\n"]
    before = {one.title: one.member for one in found_in(tmp_path, "titre;texte\n" + "".join(rows))}
    after = {one.title: one.member for one in found_in(tmp_path, "titre;texte\nZéro;Rien.\n" + "".join(rows[::-1]))}
    assert before.items() <= after.items()
    assert len(set(after.values())) == 3


def test_two_rows_with_one_id_are_both_kept(tmp_path):
    found = found_in(tmp_path, f"id,texte\n1,{BODY}\n1,Le Conseil.\n")
    assert [one.member for one in found] == ["#1", "#1 (2)"]


def test_a_title_alone_makes_a_document_and_nothing_at_all_is_empty(tmp_path):
    found = found_in(tmp_path, "id,titre,texte\n1,Fin de la mission,\n2,,\n\n,,\n")
    assert [type(one) for one in found] == [Entry, Rejected]
    assert found[0].text == ""
    assert found[1] == Rejected(None, None, "pas de texte", empty=True, member="#2")


def test_the_name_of_the_file_dates_none_of_its_rows(tmp_path):
    (found,) = found_in(tmp_path, f"id,texte\n1,{BODY}\n", "export-2023-06-30.csv")
    assert found.date_source is DateSource.NONE


def test_texts_in_several_columns_are_put_together_and_markup_is_read(tmp_path):
    (found,) = found_in(tmp_path, f'titre,chapô,corps\nFin &amp; suite,Le chapô.,"<p>{BODY}</p><p>Fin.</p>"\n')
    assert (found.title, found.text) == ("Fin & suite", f"Le chapô.\n\n{BODY}\n\nFin.")


def test_columns_are_called_as_settings_say(tmp_path):
    columns = replace(packaged_columns(), text=("Verbatim",))
    (found,) = found_in(tmp_path, f"n°,VERBATIM\n1,{BODY}\n", choices=Choices(columns))
    assert found.text == BODY


def test_a_table_without_text_or_title_is_refused_and_says_how_to_map_it(tmp_path):
    with pytest.raises(UnreadableDocument) as refused:
        found_in(tmp_path, "nom;montant\nA;1\n")
    assert str(refused.value) == (
        "aucune colonne ne s’appelle texte ni titre, parmi\u00a0: nom, montant\u202f; "
        'dites lequel dans la configuration\u00a0: [columns] text = ["…"]'
    )


def test_rows_of_a_table_in_an_archive_have_its_place_before_theirs(tmp_path):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("d/table.csv", HEADER + ROW)
    (found,) = found_in(tmp_path, made.getvalue(), "x.zip")
    assert found.member == "d/table.csv#12"


def test_a_quote_that_is_never_closed_is_one_reason(tmp_path):
    found = found_in(tmp_path, f'id,texte\n1,{BODY}\n2,"ouvert\n' + "x" * 17_000_000 + f"\n3,{BODY}\n")
    assert [one.reason if isinstance(one, Rejected) else one.member for one in found] == [
        "#1",
        "cellule de plus de 16 Mo, ou guillemet qui n’est pas refermé",
        "#3",
    ]


def test_a_hundred_thousand_columns_are_read(tmp_path):
    names = [f"colonne {number}" for number in range(100_000)] + ["texte"]
    (found,) = found_in(tmp_path, ",".join(names) + "\n" + "," * 100_000 + BODY + "\n")
    assert found.text == BODY


def test_a_header_alone_is_an_empty_file(tmp_path):
    assert found_in(tmp_path, HEADER) == [Rejected(None, None, "aucune ligne sous l’en-tête", empty=True)]
