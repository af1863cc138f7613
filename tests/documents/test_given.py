"""metadata.csv: how its rows are read, what they hold for, and what is said of those that make no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.documents import Entry, Inventory, Said, mark_of, not_met, read
from indexer.documents.entry import NOTHING_GIVEN, Given
from indexer.documents.given import given_of

from .reading import BODY, RULES, TODAY


def inventory(folder: Path, content: str | bytes, relative: str = "metadata.csv") -> Inventory:
    path = folder / "table"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    made = Inventory(TODAY)
    made.add(str(path), relative)
    return made


FULL = Given(
    title="Fin du mandat",
    date="2023-06-30",
    type="dépêche",
    source="Agence",
    url="https://exemple.org/1",
    authors=("Aminata Traoré", "J. Diallo"),
    language="en",
)

TABLES = [
    ("file,title,date,type,source,url,authors,language\n"
     'a.txt,Fin du mandat,2023-06-30,Dépêche,Agence,https://exemple.org/1,"Aminata Traoré; J. Diallo",en\n',
     "commas, English names"),
    ("Fichier;Titre;Date;Type;Source;Lien;Auteurs;Langue\n"
     'a.txt;Fin du mandat;30/06/2023;dépêche;Agence;https://exemple.org/1;"Aminata Traoré; J. Diallo";anglais\n',
     "semicolons, French names, as a spreadsheet in French writes it"),
    ("fichier\ttitre\tdate\ttype\tsource\turl\tauteur\tlangue\n"
     "a.txt\tFin du mandat\tle 30 juin 2023\tDÉPÊCHE\tAgence\thttps://exemple.org/1\tAminata Traoré; J. Diallo\ten-GB",
     "tabs, a written date, no line end"),
    ("sep=;\r\nfichier;titre;date;type;source;url;auteurs;langue;cote\r\n"
     '.\\a.txt;"Fin du mandat";2023-06-30;dépêche;Agence;https://exemple.org/1;"Aminata Traoré;J. Diallo";en;12W3\r\n',
     "a first line for Excel, a backslash, a column of their own"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "why"), TABLES, ids=[why for _, why in TABLES])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_row_says_what_its_cells_hold(tmp_path, content, why, encoding):
    made = inventory(tmp_path, content.encode(encoding))
    assert made.of("a.txt") == {"": FULL}, why
    assert made.warnings == []


def test_a_row_names_a_file_from_the_folder_of_its_table_or_one_inside_of_a_file(tmp_path):
    made = inventory(tmp_path, "file,source\nb/c.txt,Une\nx.zip!/d/e.pdf,Deux\nx.zip,Trois\n", "a/metadata.csv")
    assert made.of("a/b/c.txt") == {"": Given(source="Une")}
    assert made.of("a/x.zip") == {"d/e.pdf": Given(source="Deux"), "": Given(source="Trois")}
    assert made.of("b/c.txt") == {}


def test_the_nearest_table_has_the_last_word(tmp_path):
    made = inventory(tmp_path, "file,source\nb/c.txt,Loin\n", "metadata.csv")
    (tmp_path / "near").write_text("file,source\nc.txt,Près\n")
    made.add(str(tmp_path / "near"), "b/metadata.csv")
    assert made.of("b/c.txt") == {"": Given(source="Près")}


def test_what_is_said_of_an_archive_holds_for_all_in_it_but_title_and_address():
    said: Said = {
        "": Given(title="Fonds 12", url="https://exemple.org/fonds", source="Archives", date="1999"),
        "b.zip": Given(type="lettre"),
        "b.zip!/c.txt": Given(title="Lettre", date="2001-02-03"),
    }
    assert given_of(said, "a.txt", alone=True) == Given(source="Archives", date="1999")
    assert given_of(said, "b.zip!/x.txt", alone=True) == Given(source="Archives", date="1999", type="lettre")
    assert given_of(said, "b.zip!/c.txt", alone=True) == Given("Lettre", "2001-02-03", "lettre", "Archives")
    assert given_of(said, "", alone=True) == said[""]
    assert given_of(said, "", alone=False) == Given(source="Archives", date="1999")
    assert given_of({}, "a.txt", alone=True) is NOTHING_GIVEN


def test_places_in_a_file_that_nothing_was_found_at_are_told():
    said: Said = {"": Given(source="A"), "a.txt": Given(source="B"), "b.zip": Given(source="C"), "c": Given(source="D")}
    assert not_met(said, ["a.txt", "b.zip!/x.txt", "cc"]) == ["c"]


WRONG = [
    ("file,date\na.txt,le 31 juin\n", "metadata.csv, ligne 2 : date ignorée : « le 31 juin »"),
    ("file,date\na.txt,2062-01-01\n", "metadata.csv, ligne 2 : date ignorée : « 2062-01-01 »"),
    ("file,url\na.txt,javascript:alert(1)\n", "metadata.csv, ligne 2 : adresse ignorée : « javascript:alert(1) »"),
    ("file,langue\na.txt,martien\n", "metadata.csv, ligne 2 : langue ignorée : « martien »"),
    ("file,type\na.txt," + "x" * 90 + "\n", "metadata.csv, ligne 2 : type ignoré : « " + "x" * 59 + "… »"),
    ("file,titre\na.txt,a\na.txt,b\n", "metadata.csv, ligne 3 : « a.txt » y figure plusieurs fois"),
    ("file,tirte\na.txt,a\n", "metadata.csv : colonne « tirte » inconnue. Vouliez-vous dire « titre » ?"),
    ("nom,titre\na.txt,a\n", "metadata.csv : pas de colonne « file » (ou « fichier ») : rien n’en est lu"),
    ("file,titre\n,a\n", "metadata.csv, ligne 2 : aucun fichier n’y est nommé"),
    ("file,titre\n../a.txt,a\n", "metadata.csv, ligne 2 : « ../a.txt » n’est pas dans ce dossier"),
    ("file,titre\n/etc/passwd,a\n", "metadata.csv, ligne 2 : « /etc/passwd » n’est pas dans ce dossier"),
    ("file,titre\na.txt,a,b\n", "metadata.csv, ligne 2 : plus de cellules que de colonnes"),
    ('file,titre\na.txt,"a\nb.txt,b\n', "metadata.csv : illisible à partir de la ligne 3"),
    (b"PK\x03\x04", "metadata.csv : le contenu n’est pas du texte : archive ZIP, DOCX ou ODT"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "warning"), WRONG, ids=[warning for _, warning in WRONG])
def test_what_makes_no_sense_is_a_warning_with_its_line(tmp_path, content, warning):
    made = inventory(tmp_path, content)
    assert [told for told in made.warnings if told.startswith(warning)], made.warnings
    assert len(made.warnings) == 1


def test_blank_lines_and_an_empty_table_say_nothing(tmp_path):
    assert inventory(tmp_path, "").warnings == []
    assert inventory(tmp_path, "file;titre\n\n;\n \n").warnings == []


def test_files_that_are_not_there_are_told_of_the_part_that_was_looked_at(tmp_path):
    made = inventory(tmp_path, "file,source\na.txt,A\nb.txt,B\nc/d.txt,D\n")
    made.of("a.txt")
    made.warn_of_absent(lambda path: not path.startswith("c/"))
    assert made.warnings == ["metadata.csv, ligne 3 : « b.txt » n’est pas parmi les fichiers lus"]


def test_the_mark_changes_with_what_is_said_and_only_then():
    one: Said = {"": Given(title="a"), "b": Given(source="c")}
    assert mark_of({}) == 0
    assert mark_of(one) == mark_of(dict(reversed(one.items())))
    assert len({mark_of(one), mark_of({"": Given(title="a")}), mark_of({"": Given(source="a")}), 0}) == 4


def read_with(path: Path, given: Given) -> Entry:
    (found,) = read(path, path.name, RULES, max_bytes=10**6, today=TODAY, said={"": given})
    assert isinstance(found, Entry)
    return found


def test_what_is_given_wins_over_what_the_file_says(tmp_path):
    path = tmp_path / "2019-01-01.md"
    path.write_text(f"---\ntitle: Autre\ndate: 2020-01-01\ntype: rapport\nsource: X\n---\n{BODY}")
    found = read_with(path, FULL)
    assert (str(found.date), found.type, found.source) == (FULL.date, FULL.type, FULL.source)
    assert found.title == FULL.title
    assert (found.url, found.authors, found.language) == (FULL.url, FULL.authors, "en")
    assert (found.title_rule, found.date_rule, found.type_rule) == ("metadata.csv",) * 3


def test_what_is_not_given_is_left_to_the_file(tmp_path):
    path = tmp_path / "a.md"
    path.write_text(f"---\ntitle: Autre\ndate: 2020-01-01\n---\n{BODY}")
    found = read_with(path, Given(source="Agence"))
    assert (found.title, str(found.date), found.source, found.language) == ("Autre", "2020-01-01", "Agence", "fr")
    assert (found.title_rule, found.date_rule) == ("métadonnées (en-tête du Markdown)", "métadonnées")


def test_a_given_title_leaves_the_line_that_was_the_title_in_the_text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(f"Communiqué n° 12\n\n{BODY}")
    found = read_with(path, Given(title="Fin du mandat"))
    assert found.text.startswith("Communiqué n° 12")
    assert found.title == "Fin du mandat"
