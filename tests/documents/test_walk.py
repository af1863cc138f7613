"""Walking a root: every regular file once, in a stable order, and nothing else."""

from __future__ import annotations

import os
import socket
import unicodedata
from pathlib import Path

import pytest

from indexer.documents import FileFacts, FolderMetadata, Unwalkable, passed_over, walk
from indexer.errors import CorpusError


def names(root: Path, *ignore: str) -> list[str]:
    return [found.relative for found in walk(root, ignore)]


def put(root: Path, *relatives: str) -> None:
    for relative in relatives:
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("texte")


def test_files_come_in_the_order_of_the_bytes_of_their_paths(tmp_path):
    put(tmp_path, "b.txt", "a/z.txt", "a.txt", "a-b.txt", "à.txt", "a/b/c.txt", "B.txt")
    found = names(tmp_path)
    assert found == sorted(found, key=str.encode)
    assert len(found) == 7


def test_a_file_brings_its_facts(tmp_path):
    put(tmp_path, "a/b.txt")
    (found,) = walk(tmp_path, ())
    facts = (tmp_path / "a/b.txt").stat()
    assert found == FileFacts(
        "a/b.txt", str(tmp_path / "a/b.txt"), 5, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino
    )


def test_a_root_may_be_a_file(tmp_path):
    put(tmp_path, "a.txt")
    assert names(tmp_path / "a.txt") == ["a.txt"]


def test_hidden_and_ignored_names_are_skipped(tmp_path):
    put(tmp_path, ".git/x.txt", ".a.txt", "a.txt", "brouillons/b.txt", "c.bak", "d/e/f.txt", "d/g.txt", "été/h.txt")
    assert names(tmp_path, "brouillons", "*.bak", "d/e/*", unicodedata.normalize("NFD", "été")) == ["a.txt", "d/g.txt"]


def test_symbolic_links_are_not_followed_but_the_root_may_be_one(tmp_path):
    put(tmp_path, "vrai/a.txt", "ailleurs/b.txt")
    (tmp_path / "vrai/boucle").symlink_to(tmp_path / "vrai")
    (tmp_path / "vrai/b.txt").symlink_to(tmp_path / "ailleurs/b.txt")
    (tmp_path / "racine").symlink_to(tmp_path / "vrai")
    assert names(tmp_path / "racine") == ["a.txt"]


def test_pipes_and_sockets_are_skipped_without_waiting(tmp_path, monkeypatch):
    put(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "tuyau.txt")
    monkeypatch.chdir(tmp_path)  # a socket's path has to be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("prise.txt")
        assert names(tmp_path) == ["a.txt"]


def test_names_are_nfc_and_a_twin_in_another_form_is_told(tmp_path):
    put(tmp_path, unicodedata.normalize("NFD", "été/août.txt"))
    assert names(tmp_path) == ["été/août.txt"]
    put(tmp_path, "été/août.txt")
    found = list(walk(tmp_path, ()))
    assert [type(one) for one in found] == [FileFacts, Unwalkable]
    assert "forme Unicode" in found[1].reason


def test_a_name_from_an_old_archive_is_read_as_windows_wrote_it(tmp_path):
    (tmp_path / os.fsdecode("résumé.txt".encode("cp1252"))).write_text("texte")
    (found,) = walk(tmp_path, ())
    assert found.relative == "résumé.txt"
    assert Path(found.path).read_text() == "texte"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_that_cannot_be_read_is_told_and_the_rest_is_walked(tmp_path):
    put(tmp_path, "a/b.txt", "c.txt")
    (tmp_path / "a").chmod(0)
    try:
        assert next(iter(walk(tmp_path, ()))) == Unwalkable("a", "lecture impossible : permission refusée")
        assert names(tmp_path)[1:] == ["c.txt"]
    finally:
        (tmp_path / "a").chmod(0o700)


def test_a_folder_that_the_system_refuses_is_told_and_the_rest_is_walked(tmp_path, monkeypatch):
    put(tmp_path, "a/b.txt", "c.txt")
    scandir = os.scandir

    def refusing(path):
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert [found.relative for found in walk(tmp_path, ()) if isinstance(found, FileFacts)] == ["c.txt"]
    assert Unwalkable("a", "lecture impossible : permission refusée") in list(walk(tmp_path, ()))


def test_a_file_that_vanishes_meanwhile_is_skipped(tmp_path):
    put(tmp_path, "a.txt", "b.txt", "c.txt")
    found = walk(tmp_path, ())
    assert next(found).relative == "a.txt"
    (tmp_path / "b.txt").unlink()
    assert [one.relative for one in found] == ["c.txt"]


def test_a_deep_tree_costs_no_recursion(tmp_path):
    deep = tmp_path
    for _ in range(300):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text("texte")
    assert len(names(tmp_path)) == 1


def test_a_missing_root_is_an_error_and_not_an_empty_one(tmp_path):
    with pytest.raises(CorpusError, match="introuvable"):
        names(tmp_path / "absent")
    os.mkfifo(tmp_path / "tuyau")
    with pytest.raises(CorpusError, match="ni un dossier ni un fichier"):
        names(tmp_path / "tuyau")


def test_a_walk_below_a_path_finds_what_the_whole_walk_finds_there(tmp_path):
    put(
        tmp_path,
        "a.txt",
        "a/b/c.txt",
        "a/b.txt",
        "a-b/c.txt",
        ".a/b.txt",
        "brouillons/d.txt",
        "été/août.txt",
        "e/f/g/h",
    )
    put(tmp_path, unicodedata.normalize("NFD", "été/août.txt"), unicodedata.normalize("NFD", "nœud/épée.txt"))
    (tmp_path / os.fsdecode("résumé.txt".encode("cp1252"))).write_text("texte")
    (tmp_path / "lien").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "lien.txt").symlink_to(tmp_path / "a.txt")
    ignore = ("brouillons", "e/f/*")
    whole = list(walk(tmp_path, ignore))
    parts = {found.relative for found in whole} | {
        "a", "a/b", "été", "nœud", ".a", ".a/b.txt", "brouillons", "brouillons/d.txt", "lien", "lien/b.txt",
        "a/lien.txt", "e", "e/f/g", "e/f/g/h", "absent", "a.txt/b", "a/b/absent",
    }  # fmt: skip
    for part in parts:
        expected = [one for one in whole if one.relative == part or one.relative.startswith(f"{part}/")]
        assert list(walk(tmp_path, ignore, part)) == expected, part


def test_a_folder_above_that_cannot_be_listed_is_told(tmp_path, monkeypatch):
    put(tmp_path, "a/b/c.txt")
    scandir = os.scandir

    def refusing(path):
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert list(walk(tmp_path, (), "a/b/c.txt")) == [Unwalkable("a", "lecture impossible : permission refusée")]


def test_below_a_root_that_is_a_file_there_is_nothing(tmp_path):
    put(tmp_path, "a.txt")
    assert list(walk(tmp_path / "a.txt", (), "b.txt")) == []


def test_what_a_walk_passes_over_is_known_beforehand(tmp_path):
    passed = passed_over(["brouillons", "*.bak", "e/f/*"])
    assert [path for path in ("a/.git/x", ".x", "brouillons/a/b.txt", "a/c.bak", "e/f/g.txt") if not passed(path)] == []
    assert [path for path in ("a.txt", "a/b.txt", "e/g.txt", "brouillon/a.txt") if passed(path)] == []


def test_no_table_of_metadata_is_passed_over_but_in_a_folder_that_is(tmp_path):
    passed = passed_over(["brouillons", "metadata.csv"])
    assert [passed(path) for path in ("metadata.csv", "a/Metadata.csv", "brouillons/metadata.csv")] == [
        False,
        False,
        True,
    ]


def test_the_tables_above_a_part_come_with_it(tmp_path):
    put(tmp_path, "metadata.csv", "a/metadata.csv", "a/b/c.txt", "a/b/d.txt", "a/c/metadata.csv", "e/metadata.csv")
    assert [one.relative for one in walk(tmp_path, (), "a/b/c.txt")] == ["metadata.csv", "a/metadata.csv", "a/b/c.txt"]


def test_the_metadata_of_a_folder_come_before_all_else_in_it_ignored_or_not(tmp_path):
    put(tmp_path, "a.txt", "b/a.txt", "b/metadata.csv", "b/c/a.txt", "d/metadata.csv/a.txt", "z-metadata.csv")
    put(tmp_path, "Metadata.CSV")
    found = list(walk(tmp_path, ["b/metadata.csv"]))
    assert [one.relative for one in found if isinstance(one, FolderMetadata)] == ["Metadata.CSV", "b/metadata.csv"]
    assert [one.relative for one in found] == [
        "Metadata.CSV", "a.txt", "b/metadata.csv", "b/a.txt", "b/c/a.txt", "d/metadata.csv/a.txt", "z-metadata.csv",
    ]  # fmt: skip
