"""What the measurement of pages counts, with extractors whose answers are known."""

from __future__ import annotations

from benchmarks.made_pages import made_pages
from benchmarks.pages import Share, shares, table


def test_an_extractor_that_keeps_all_has_full_recall_and_pays_in_precision():
    found = shares(made_pages(1), lambda content: content.decode().replace("</a>", "").replace('<a href="/sujet">', ""))
    assert len(found) == 6
    for share in found.values():
        assert (share.recall, share.kept_around) == (1, share.around)
        assert share.precision < 1


def test_an_extractor_that_finds_nothing_has_no_recall():
    assert {share.recall for share in shares(made_pages(1), lambda content: "").values()} == {0}


def test_the_table_has_a_line_for_each_layout_and_a_column_for_each_extractor():
    found = {"bare": Share(4, 3, 5, 1)}
    assert table({"ours": found, "theirs": found}).split("\n")[2:] == ["| bare | 0.750, 0.750 | 0.750, 0.750 |"]
