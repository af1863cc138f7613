"""Lists for spreadsheets: French ones read them, and nothing in them is run."""

from __future__ import annotations

import csv
from collections.abc import Iterable

import pytest

from indexer.as_csv import DOCUMENT_COLUMNS, documents_csv, problems_csv
from indexer.model import DateSource, Document, PartialDate, Problem

DOCUMENT = Document(
    id="a", title="Un « titre »", text="", type="rapport", date=PartialDate(2023, 6), date_source=DateSource.HEADER,
    root="fonds", path="a.txt", digest="", first_seen="2026-11-28T05:00:00+00:00", authors=("Une", "Deux"),
)  # fmt: skip


def rows(pieces: Iterable[str]) -> list[list[str]]:
    text = "".join(pieces)
    assert text.startswith("\ufeff")
    return list(csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True), delimiter=";"))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("=1+1", "a formula"),
        ("+33 1", "a number that is computed"),
        ("-2+3", "the same"),
        ("@SUM(A1)", "a function"),
        ("  =1+1", "spaces in front may be passed over"),
        ("\t=1+1", "so may a tab"),
        ("\r\n=1+1", "and a line end"),
        ("＝1+1", "the letters of East Asian keyboards"),
        ('=HYPERLINK("http://exemple.org";"x")', "quotes and separators inside"),
    ],
)
def test_what_may_be_a_formula_is_a_text(name: str, why: str) -> None:
    _, (root, path, reason) = rows(problems_csv([Problem(name, name, root=name)]))
    assert root[0] == path[0] == reason[0] == "'", why


@pytest.mark.parametrize("name", ["a;b", 'a"b', "a\nb", "a;=1+1", 'a";"=1+1', "a – b", "naïve « … »", ""])
def test_any_other_text_comes_back_as_it_was(name: str) -> None:
    assert rows(problems_csv([Problem(name, "raison", root="r")]))[1:] == [["r", name, "raison"]]


@pytest.mark.parametrize("name", ["a\x00b", "a\udce9b", "a\x1bb"])
def test_what_no_cell_can_hold_is_replaced(name: str) -> None:
    _, (_, path, _) = rows(problems_csv([Problem(name, "raison")]))
    assert path == "a\ufffdb"
    "".join(problems_csv([Problem(name, "raison")])).encode()


def test_a_document_has_a_cell_for_each_column() -> None:
    head, row = rows(documents_csv([DOCUMENT]))
    assert tuple(head) == DOCUMENT_COLUMNS
    read = dict(zip(head, row, strict=True))
    assert (read["titre"], read["date"], read["auteurs"], read["source"]) == (
        "Un « titre »",
        "2023-06",
        "Une, Deux",
        "",
    )


def test_a_long_list_comes_in_pieces() -> None:
    pieces = problems_csv(Problem(str(number), "raison") for number in range(1000))
    assert max(map(len, pieces)) < 10_000
