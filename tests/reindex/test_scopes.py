"""Runs over a part of a root: what they look at, what they leave alone, and that they say what whole runs say."""

from __future__ import annotations

import os
import shutil

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.documents import FileFacts
from indexer.reindex import comparison
from tests.conftest import House
from tests.reindex.memory import engine_in


def ids(house: House) -> dict[str, tuple[str, str]]:
    documents = (hit.document for hit in house.search(per_page=100).hits)
    return {document.path: (document.id, document.first_seen) for document in documents}


def test_a_file_that_moved_from_one_part_to_another_keeps_its_id(house: House):
    house.write("a/b.txt", "Le pont")
    house.write("c/d.txt", "La route")
    house.reindex()
    (before,) = [known for path, known in ids(house).items() if path == "a/b.txt"]
    (house.corpus / "a/b.txt").rename(house.corpus / "c/e.txt")
    report = house.reindex(house.corpus / "a", house.corpus / "c/e.txt")
    assert (report.added, report.changed, report.removed) == (0, 1, 0)
    assert ids(house)["c/e.txt"] == before


def test_a_part_that_is_gone_loses_its_documents_and_nothing_else_does(house: House):
    for name in ("a/b.txt", "a/c.txt", "a-b.txt", "d.txt"):
        house.write(name, f"Texte de {name}")
    house.reindex()
    shutil.rmtree(house.corpus / "a")
    (house.corpus / "d.txt").unlink()
    assert house.reindex(house.corpus / "a").removed == 2
    assert sorted(ids(house)) == ["a-b.txt", "d.txt"]


def test_a_part_of_an_empty_root_removes_nothing(house: House):
    """A share that is not mounted is an empty folder."""
    house.write("a/b.txt", "Le pont")
    house.reindex()
    shutil.rmtree(house.corpus / "a")
    report = house.reindex(house.corpus / "a/b.txt")
    assert report.exit_code == 2
    assert "est vide" in report.missing[0].reason
    assert sorted(ids(house)) == ["a/b.txt"]


def test_below_a_folder_that_cannot_be_listed_nothing_is_removed(house: House, monkeypatch):
    house.write("a/b.txt", "Le pont")
    house.write("c.txt", "La route")
    house.reindex()
    scandir = os.scandir

    def refusing(path):
        if str(path).endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    report = house.reindex(house.corpus / "a/b.txt")
    assert [problem.path for problem in report.problems] == ["a"]
    assert sorted(ids(house)) == ["a/b.txt", "c.txt"]


def test_a_run_that_makes_no_roots_passes_over_what_is_in_none(house: House, tmp_path):
    house.write("a.txt", "Le pont")
    house.reindex()
    (tmp_path / "ailleurs.txt").write_text("La route")
    report = house.reindex(tmp_path / "ailleurs.txt", house.corpus / "a.txt", new_roots=False)
    assert (report.added, report.exit_code) == (0, 0)
    assert len(house.service().status().roots) == 1


def test_a_run_over_one_file_looks_at_the_folders_around_it_alone(house: House, monkeypatch):
    for number in range(20):
        house.write(f"{number}/a.txt", f"Article {number}")
    house.reindex()
    looked = []
    walk = comparison.documents.walk

    def walking(*args):
        for found in walk(*args):
            looked.append(found)
            yield found

    monkeypatch.setattr(comparison.documents, "walk", walking)
    house.write("7/a.txt", "Autre texte")
    assert house.reindex(house.corpus / "7/a.txt").changed == 1
    assert [found.relative for found in looked if isinstance(found, FileFacts)] == ["7/a.txt"]


NAMES = st.sampled_from(["a", "b", "a.txt", "a-b.txt", "é.txt"])
FILES = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
TREES = st.dictionaries(FILES, st.sampled_from(["un", "deux", "trois"]), max_size=8)


@settings(max_examples=50)
@given(TREES, TREES, st.lists(FILES, max_size=3))
def test_runs_over_parts_then_the_rest_leave_what_one_whole_run_leaves(tmp_path_factory, lists, before, after, parts):
    folder = tmp_path_factory.mktemp("parts")
    corpus = folder / "corpus"
    grow(corpus, before)
    engine = engine_in(folder, lists)
    engine.reindex(corpus)
    whole = engine.copied()
    grow(corpus, after)
    whole.reindex(corpus)
    if parts:
        engine.reindex(*(corpus / part for part in parts))
    engine.reindex(corpus)
    assert {one.path: one.text for one in engine.state.documents.values()} == {
        one.path: one.text for one in whole.state.documents.values()
    }


def grow(corpus, tree):
    """Files of a tree, where names that stand in each other's way are left out; one is always there."""
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir()
    (corpus / "toujours.txt").write_text("Toujours là")
    for path, text in tree.items():
        try:
            (corpus / path).parent.mkdir(parents=True, exist_ok=True)
            (corpus / path).with_suffix(".txt").write_text(f"Texte {text}")
        except OSError:
            continue
