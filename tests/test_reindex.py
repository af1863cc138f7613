"""`reindex`: what is read again, what is kept, what is reported, and that nothing is ever lost."""

from __future__ import annotations

import gzip
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.errors import CorpusError, IndexLocked, IndexProblem
from indexer.reindex import Report, document_id
from tests.conftest import House


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def ids(house: House, text: str = "") -> dict[str, str]:
    """Path → id of all hits."""
    return {hit.document.path: hit.document.id for hit in house.search(text, per_page=100).hits}


def line(id: str | int, text: str, **more: str) -> str:
    return json.dumps({"id": id, "title": f"Titre {id}", "text": text, **more}, ensure_ascii=False) + "\n"


def test_a_new_file_is_found_after_one_run(house: House) -> None:
    house.write("a.txt", "Le mandat\n\nLa mission prend fin.")
    assert counts(house.reindex()) == (1, 0, 0, 0)
    house.write("b.txt", "La relève\n\nUn bataillon arrive à Gao.")
    assert counts(house.reindex()) == (1, 0, 0, 1)
    assert house.titles("bataillon") == ["La relève"]


def test_a_changed_file_is_read_again_and_keeps_its_id_and_first_seen_date(house: House) -> None:
    house.write("a.txt", "Le mandat\n\nLa mission prend fin.")
    house.reindex()
    before = house.search("mission").hits[0].document
    house.write("a.txt", "Le mandat\n\nLe retrait commence.", age_s=30)
    assert counts(house.reindex()) == (0, 1, 0, 0)
    after = house.search("retrait").hits[0].document
    assert (after.id, after.first_seen) == (before.id, before.first_seen)
    assert house.search("mission").total == 0


def test_a_removed_file_is_no_longer_found(house: House) -> None:
    house.write("a.txt", "Un\n\nLa mission prend fin.")
    house.write("b.txt", "Deux\n\nLa mission commence.").unlink()
    house.write("b.txt", "Deux\n\nLa mission commence.")
    house.reindex()
    (house.corpus / "b.txt").unlink()
    assert counts(house.reindex()) == (0, 0, 1, 1)
    assert house.titles("mission") == ["Un"]


def test_a_file_unchanged_on_disk_is_not_read(house: House, reading: list[str]) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    house.reindex()
    generation = house.reindex().generation  # the file's change time is now: hashed once more, then known
    time.sleep(2.1)
    house.reindex()
    assert reading == ["a.txt"]
    settled = house.reindex().generation
    assert house.reindex().generation == settled >= generation


def test_a_touched_file_is_not_done_again(house: House, reading: list[str]) -> None:
    path = house.write("a.txt", "Un\n\nTexte.")
    house.reindex()
    os.utime(path)
    assert counts(house.reindex()) == (0, 0, 0, 1)
    assert reading == ["a.txt"]


def test_a_file_replaced_by_another_with_an_old_date_and_the_same_size_is_noticed(house: House) -> None:
    path = house.write("a.txt", "Un\n\nLe mandat.", age_s=100)
    house.reindex()
    facts = path.stat()
    other = house.write("autre.tmp", "Un\n\nLe retour.", age_s=100)
    os.utime(other, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    other.rename(path)
    assert counts(house.reindex()) == (0, 1, 0, 0)
    assert house.search("retour").total == 1


def test_check_hashes_every_file(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    house.reindex()
    assert counts(house.reindex(check=True)) == (0, 0, 0, 1)


def test_a_file_moved_inside_its_root_keeps_its_id_and_first_seen_date(house: House) -> None:
    path = house.write("a.txt", "Un\n\nLa mission.")
    house.write("docs.jsonl", line("x", "Premier texte.") + line("y", "Second texte."))
    house.reindex()
    before = {hit.document.id: hit.document.first_seen for hit in house.search(per_page=50).hits}
    (house.corpus / "archives").mkdir()
    path.rename(house.corpus / "archives" / "b.txt")
    (house.corpus / "docs.jsonl").rename(house.corpus / "archives" / "lignes.jsonl")
    report = house.reindex()
    assert counts(report) == (0, 3, 0, 0)
    after = {hit.document.id: hit.document for hit in house.search(per_page=50).hits}
    assert {id: document.first_seen for id, document in after.items()} == before
    assert sorted(document.path for document in after.values()) == [
        "archives/b.txt", "archives/lignes.jsonl#x", "archives/lignes.jsonl#y",
    ]  # fmt: skip


def test_ids_of_files_are_made_from_root_name_and_path(house: House) -> None:
    house.write("dossier/a.txt", "Un\n\nTexte.")
    house.reindex()
    assert ids(house) == {"dossier/a.txt": document_id("corpus", "dossier/a.txt")}
    assert len(document_id("corpus", "dossier/a.txt")) == 16


def test_only_the_changed_lines_of_a_jsonl_are_done_again(house: House) -> None:
    lines = [line(n, f"Texte numéro {n} sur la mission.") for n in range(50)]
    house.write("docs.jsonl", "".join(lines))
    assert counts(house.reindex()) == (50, 0, 0, 0)
    lines[7] = line(7, "Texte changé sur le retrait.")
    house.write("docs.jsonl", "".join(lines[:-1]) + line("neuf", "Une ligne de plus."), age_s=30)
    assert counts(house.reindex()) == (1, 1, 1, 48)
    assert house.search("retrait").total == 1


def test_an_id_taken_by_another_file_is_a_failure_that_names_both(house: House) -> None:
    house.write("a.jsonl", line("même", "Premier."))
    house.write("b.jsonl", line("même", "Second.") + line("autre", "Troisième."))
    report = house.reindex()
    assert counts(report) == (2, 0, 0, 0)
    (problem,) = report.problems
    assert problem.path == "b.jsonl#même"
    assert "a.jsonl" in problem.reason
    assert report.exit_code == 1
    time.sleep(2.1)
    again = house.reindex()
    assert (again.exit_code, [p.path for p in again.problems]) == (1, ["b.jsonl#même"])
    settled = house.reindex()
    assert (settled.exit_code, settled.generation) == (1, again.generation)  # told again, nothing written again
    (house.corpus / "a.jsonl").unlink()
    assert house.reindex().exit_code == 0  # the id is free: the file that wanted it has it now
    assert ids(house)["b.jsonl#même"] == "même"


def test_an_id_that_moves_from_one_file_to_another_is_not_a_conflict(house: House) -> None:
    house.write("a.jsonl", line("x", "Premier."))
    house.write("b.jsonl", line("y", "Second."))
    house.reindex()
    house.write("a.jsonl", line("y", "Second."), age_s=30)
    house.write("b.jsonl", line("x", "Premier."), age_s=30)
    assert house.reindex().exit_code == 0
    assert ids(house) == {"a.jsonl#y": "y", "b.jsonl#x": "x"}


def test_a_bad_file_is_reported_with_its_reason_and_stops_nothing(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    house.write("b.pdf", b"%PDF-1.4 ...")
    house.write("c.txt", b"\x00\x01\x02binaire\x00")
    house.write("vide.txt", "")
    house.write("lignes.jsonl", line("x", "Bonne ligne.") + "{mauvaise\n")
    report = house.reindex()
    assert report.added == 2
    failed = {entry["path"]: entry["reason"] for entry in report.to_json()["failed"]}
    assert {path.partition("#")[0] for path in failed} == {"b.pdf", "c.txt", "lignes.jsonl"}
    assert all(failed.values())
    assert [entry["path"] for entry in report.to_json()["empty"]] == ["vide.txt"]
    assert report.exit_code == 1
    again = house.reindex()
    assert again.to_json()["failed"] == report.to_json()["failed"]  # still true, though nothing was read again
    assert again.exit_code == 1


def test_an_empty_file_alone_is_no_failure(house: House) -> None:
    house.write("vide.txt", "  \n ")
    report = house.reindex()
    assert (report.exit_code, len(report.to_json()["empty"])) == (0, 1)


def test_a_root_that_vanished_removes_nothing_and_exits_2(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    house.reindex()
    house.corpus.rename(house.folder / "ailleurs")
    report = house.reindex(house.corpus)
    assert report.exit_code == 2
    assert report.to_json()["failed"][0]["path"] == str(house.corpus)
    assert house.search().total == 1


def test_a_root_that_became_empty_removes_nothing_and_exits_2(house: House) -> None:
    path = house.write("a.txt", "Un\n\nTexte.")
    house.reindex()
    path.unlink()
    assert house.reindex().exit_code == 2
    assert house.search().total == 1


def test_a_missing_root_does_not_keep_the_others_from_being_done(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    other = house.folder / "autres"
    other.mkdir()
    (other / "b.txt").write_text("Deux\n\nTexte.")
    house.reindex(house.corpus, other)
    (other / "b.txt").unlink()
    other.rmdir()
    house.write("c.txt", "Trois\n\nTexte.")
    report = house.reindex(house.corpus, other)
    assert (report.added, report.removed, report.exit_code) == (1, 0, 2)
    assert sorted(house.titles()) == ["Deux", "Trois", "Un"]


def test_without_paths_all_recorded_roots_are_brought_up_to_date(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    other = house.folder / "autres"
    other.mkdir()
    (other / "b.txt").write_text("Deux\n\nTexte.")
    house.reindex(house.corpus, other)
    house.write("c.txt", "Trois\n\nTexte.")
    (other / "d.txt").write_text("Quatre\n\nTexte.")
    from indexer.reindex import reindex

    report = reindex(house.engine(), house.settings, house.rules, house.lists)
    assert counts(report) == (2, 0, 0, 2)
    assert [root.name for root in house.service().status().roots] == ["corpus", "autres"]


def test_a_part_of_a_root_can_be_done_alone(house: House) -> None:
    house.write("a/un.txt", "Un\n\nTexte.")
    house.write("b/deux.txt", "Deux\n\nTexte.")
    house.reindex()
    house.write("a/trois.txt", "Trois\n\nTexte.")
    house.write("b/quatre.txt", "Quatre\n\nTexte.")
    (house.corpus / "b/deux.txt").unlink()
    assert house.reindex(house.corpus / "a").added == 1
    assert sorted(house.titles()) == ["Deux", "Trois", "Un"]
    assert counts(house.reindex(house.corpus / "b/deux.txt")) == (0, 0, 1, 2)
    assert len(house.service().status().roots) == 1


def test_a_root_can_be_a_single_file(house: House) -> None:
    path = house.write("docs.jsonl", line("x", "Texte."))
    house.reindex(path)
    assert ids(house) == {"docs.jsonl#x": "x"}
    assert counts(house.reindex(path)) == (0, 0, 0, 1)


def test_two_roots_of_the_same_name_keep_their_documents_apart(house: House) -> None:
    for place in ("nord/textes", "sud/textes"):
        (house.folder / place).mkdir(parents=True)
        (house.folder / place / "a.txt").write_text(f"{place}\n\nTexte.")
    house.reindex(house.folder / "nord/textes", house.folder / "sud/textes")
    assert sorted(house.titles()) == ["nord/textes", "sud/textes"]
    assert [root.name for root in house.service().status().roots] == ["textes", "textes-2"]


def test_a_folder_around_a_known_root_is_refused_with_the_way_out(house: House) -> None:
    house.write("a/un.txt", "Un\n\nTexte.")
    house.reindex(house.corpus / "a")
    with pytest.raises(CorpusError, match="--forget"):
        house.reindex()


def test_a_forgotten_root_takes_its_documents_along(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    other = house.folder / "autres"
    other.mkdir()
    (other / "b.txt").write_text("Deux\n\nTexte.")
    house.reindex(house.corpus, other)
    from indexer.reindex import reindex

    report = reindex(house.engine(), house.settings, house.rules, house.lists, forget=[other])
    assert counts(report) == (0, 0, 1, 1)
    assert house.titles() == ["Un"]
    with pytest.raises(CorpusError, match="n’est pas une racine"):
        reindex(house.engine(), house.settings, house.rules, house.lists, forget=[other])


def test_a_path_that_does_not_exist_changes_nothing(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    house.reindex()
    with pytest.raises(CorpusError, match="n’existe pas"):
        house.reindex(house.folder / "absent")
    assert house.search().total == 1


def test_dry_run_counts_and_writes_nothing(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    generation = house.reindex().generation
    house.write("b.txt", "Deux\n\nTexte.")
    (house.corpus / "a.txt").unlink()
    report = house.reindex(dry_run=True)
    assert (report.added, report.removed, report.generation) == (1, 1, generation)
    assert house.titles() == ["Un"]


def test_full_rebuilds_and_keeps_ids_and_first_seen_dates(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    house.write("docs.jsonl", line("x", "Texte."))
    house.reindex()
    before = {hit.document.id: hit.document.first_seen for hit in house.search().hits}
    report = house.reindex(full=True)
    assert counts(report) == (0, 0, 0, 2)
    assert {hit.document.id: hit.document.first_seen for hit in house.search().hits} == before


def test_a_changed_word_list_rebuilds_everything_by_itself(house: House) -> None:
    from dataclasses import replace

    from indexer.french import WordLists

    house.write("a.txt", "Un\n\nLa ville de Zorgho.")
    house.reindex()
    files = dict(house.lists.files)
    files["names.txt"] = files["names.txt"] + b"\nZorghos\n"
    changed = replace(house, lists=WordLists.from_files(files))
    report = changed.reindex()
    assert report.warnings
    assert "listes de mots" in report.warnings[0]
    assert counts(report) == (0, 0, 0, 1)
    assert house.search("Zorgho").total == 1


def test_a_rebuild_keeps_the_documents_of_a_root_that_is_away(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte sur la mission.")
    other = house.folder / "disque"
    other.mkdir()
    (other / "b.txt").write_text("Deux\n\nTexte sur la mission.")
    house.reindex(house.corpus, other)
    other.rename(house.folder / "parti")
    report = house.reindex(full=True)
    assert report.exit_code == 2
    assert sorted(house.titles("mission")) == ["Deux", "Un"]


def test_a_second_writer_is_told_so_at_once(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    with house.engine().update(house.lists, house.rules.digest), pytest.raises(IndexLocked, match="en cours"):
        house.reindex()


def test_a_file_that_cannot_be_opened_is_reported_and_what_was_read_of_it_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.write("a.txt", "Un\n\nTexte sur la mission.")
    house.write("b.txt", "Deux\n\nTexte sur la mission.")
    house.reindex()
    house.write("a.txt", "Un\n\nTexte changé sur la mission.", age_s=30)
    real = Path.open

    def refusing(self: Path, *args: object, **options: object) -> object:
        if self.name == "a.txt":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refusing)
    report = house.reindex()
    assert [problem.path for problem in report.problems] == ["a.txt"]
    assert report.removed == 0
    monkeypatch.undo()
    assert sorted(house.titles("mission")) == ["Deux", "Un"]
    assert house.reindex().changed == 1


def test_progress_tells_files_and_documents(house: House) -> None:
    house.write("docs.jsonl", "".join(line(n, "Texte.") for n in range(5)))
    told: list[tuple[int, int, int, str]] = []
    house.reindex(progress=lambda *step: told.append(step))
    assert told[-1][:3] == (1, 1, 5)


def test_a_file_that_became_unreadable_is_reported_and_keeps_what_was_read_of_it(house: House) -> None:
    lines = "".join(line(n, f"Texte numéro {n}. " + " ".join(f"mot{n}x{k}" for k in range(400))) for n in range(60))
    whole = gzip.compress(lines.encode())
    house.write("docs.jsonl.gz", whole)
    house.write("a.txt", "Un\n\nTexte sur la mission.")
    assert house.reindex().added == 61
    house.write("a.txt", b"\x00\x01\x02\x03\x04\x05", age_s=30)
    house.write("docs.jsonl.gz", whole[: len(whole) * 2 // 3], age_s=30)
    report = house.reindex()
    assert (report.removed, report.unchanged, report.exit_code) == (0, 61, 1)
    assert {problem.path for problem in report.problems} == {"a.txt", "docs.jsonl.gz"}
    assert house.reindex(full=True).exit_code == 1
    assert (house.search().total, house.titles("mission")) == (61, ["Un"])
    house.write("docs.jsonl.gz", whole, age_s=20)
    house.write("a.txt", "", age_s=20)
    report = house.reindex()
    assert (report.removed, report.exit_code) == (1, 0)


def test_a_line_with_a_title_and_no_text_is_a_document(house: House) -> None:
    house.write("docs.jsonl", json.dumps({"id": "x", "title": "Une notice du fonds", "text": ""}) + "\n")
    assert house.reindex().added == 1
    assert house.titles("notices") == ["Une notice du fonds"]


def test_the_index_is_not_part_of_the_corpus_it_lies_in(house: House) -> None:
    house.write("a.txt", "Un\n\nTexte.")
    house.reindex(house.folder)
    assert (house.settings.index.directory / "generations").is_relative_to(house.folder)
    report = house.reindex(house.folder, full=True)
    assert (report.unchanged, report.added, report.problems) == (1, 0, [])


def test_parts_of_a_root_that_overlap_are_done_once(house: House) -> None:
    house.write("a/b/un.txt", "Un\n\nTexte.")
    house.reindex()
    house.write("a/b/deux.txt", "Deux\n\nTexte.")
    report = house.reindex(house.corpus / "a", house.corpus / "a" / "b", house.corpus)
    assert counts(report) == (1, 0, 0, 1)


def test_a_full_disk_is_said_and_leaves_the_previous_index(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.write("a.txt", "Un\n\nTexte sur la mission.")
    house.reindex()
    house.write("b.txt", "Deux\n\nTexte sur la mission.")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "/index/segment")

    for place in ("writer.Writer.add", "writer.Writer.commit", "durable.write"):
        with monkeypatch.context() as patch:
            patch.setattr(f"indexer.columnar.{place}", full)
            with pytest.raises(IndexProblem, match="No space left on device"):
                house.reindex()
        assert house.titles("mission") == ["Un"]
    assert house.reindex().added == 1


def test_columns_that_are_called_otherwise_are_read_again_without_being_asked(house: House) -> None:
    house.write("a.csv", "titre,verbatim\nLe mandat,La mission prend fin.\n")
    house.reindex()
    assert house.titles("mission") == []
    columns = replace(house.settings.columns, text=("verbatim",))
    house.settings = replace(house.settings, columns=columns)
    assert "noms de colonnes" in house.reindex().warnings[0]
    assert house.titles("mission") == ["Le mandat"]
    assert house.reindex().warnings == []
