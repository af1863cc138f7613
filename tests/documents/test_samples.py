"""Real French files, when they lie beside the project: phrases found, dates and titles right, with floors."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import pytest

from benchmarks.ingestion import alike
from indexer.documents import Entry
from indexer.model import DateSource

from .reading import SHARED, read_all

SAMPLES = SHARED / "samples"
OWNERS = SHARED / "owner-documents"

# Measured on 51 txt, 72 md, 70 html, 20 docx and 14 pdf. The missing phrase stands in a page's menu; the titles that
# differ were made from file names by the set, ours is the first line.
FLOORS = {
    # phrases, dates, titles
    "txt": (1.0, 1.0, 0.94),
    "md": (1.0, 1.0, 1.0),
    "html": (69 / 70, None, 1.0),
    "pdf": (1.0, 1.0, 1.0),
    "docx": (1.0, None, 1.0),
}


@dataclass
class Row:
    file: str
    date: str
    title: str
    phrase: str


def rows(kind: str) -> list[Row]:
    if not (SAMPLES / "MANIFEST.tsv").exists():
        pytest.skip(f"no sample files: {SAMPLES} is not there")
    lines = (SAMPLES / "MANIFEST.tsv").read_text().split("\n")[1:]
    cells = [line.split("\t") for line in lines if line]
    return [Row(cell[0], cell[4], cell[5], cell[6]) for cell in cells if cell[1] == kind]


def same(text: str) -> str:
    """As README.md of the samples compares: NFKC, straight apostrophes, oe, single spaces, no case."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("œ", "oe").replace("Œ", "oe")
    return re.sub(r"\s+", " ", text).casefold()


def entry(row: Row) -> Entry:
    (found,) = read_all(SAMPLES / row.file, row.file)
    assert isinstance(found, Entry), (row.file, found)
    return found


@pytest.mark.parametrize("kind", FLOORS)
def test_real_files_give_their_phrases_dates_and_titles(kind):
    phrases, dates, titles = FLOORS[kind]
    read = [(row, entry(row)) for row in rows(kind)]
    lost = [row.file for row, found in read if same(row.phrase) not in same(f"{found.title}\n\n{found.text}")]
    assert len(read) - len(lost) >= phrases * len(read) - 1e-9, f"phrases lost in {lost}"
    dated = [(row, found) for row, found in read if row.date]
    wrong = [(row.file, str(found.date)) for row, found in dated if str(found.date) != row.date]
    assert dates is None or len(wrong) <= (1 - dates) * len(dated), f"dates wrong: {wrong}"
    odd = [(row.title, found.title) for row, found in read if row.title and not alike(row.title, found.title)]
    assert len(read) - len(odd) >= titles * len(read), f"titles wrong: {odd}"


@pytest.mark.parametrize("kind", FLOORS)
def test_real_files_give_paragraphs_and_no_repeated_title(kind):
    for row in rows(kind):
        found = entry(row)
        paragraphs = found.text.split("\n\n")
        assert all(paragraph.strip() for paragraph in paragraphs), row.file
        assert paragraphs[0] != found.title or found.title_rule == "première phrase", row.file


def owners(name: str) -> Entry:
    if not OWNERS.exists():
        pytest.skip(f"no owner's documents: {OWNERS} is not there")
    (path,) = OWNERS.glob(f"{name}_*.txt")
    (found,) = read_all(path)
    assert isinstance(found, Entry)
    return found


def test_the_owners_press_article_is_dated_by_its_header():
    found = owners("000")
    assert (str(found.date), found.date_source, found.type) == ("2025-07", DateSource.HEADER, "article de presse")
    assert found.title.startswith("Le Conseil de sécurité de l’ONU a adopté vendredi à l'unanimité")
    assert found.title.endswith("…")
    assert len(found.title) <= 120
    assert found.text.startswith("Le Conseil de sécurité de l’ONU")


def test_the_owners_statement_takes_neither_date_nor_title_from_the_sites_banner():
    found = owners("003")
    assert (found.date, found.date_source) == (None, DateSource.NONE)
    assert found.title == "Eléments à la presse du Président du Conseil de sécurité"
    assert found.type == "éléments à la presse"
