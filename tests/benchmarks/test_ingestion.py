"""What the count of real files says of a folder made for the occasion."""

from __future__ import annotations

import pytest

from benchmarks.ingestion import MANIFEST, Check, alike, checked, manifest, misses, table

BODY = "Le Conseil s’est réuni mardi au siège de l’Organisation.\n\nLes membres ont pris la parole à tour de rôle."
HEAD = ["file", "format", "encoding", "language", "expected_date", "expected_title", "phrase", "origin"]
ROWS = (
    ("md/bon.md", "md", "utf-8", "", "2023-06-30", "Fin du mandat", "les membres ont pris la paro", ""),
    ("txt/autre.txt", "txt", "utf-8", "", "2022", "Un autre titre", "elle n’y est pas", ""),
    ("txt/absent.txt", "txt", "utf-8", "", "", "", "", ""),
)


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> list[Check]:
    folder = tmp_path_factory.mktemp("samples")
    (folder / "md").mkdir()
    (folder / "txt").mkdir()
    (folder / "md" / "bon.md").write_text(f"---\ntitle: Fin du mandat\ndate: 2023-06-30\n---\n{BODY}")
    (folder / "txt" / "autre.txt").write_text(f"La séance\n\n{BODY}")
    (folder / MANIFEST).write_text("\n".join("\t".join(row) for row in (HEAD, *ROWS)) + "\n")
    return checked(folder, manifest(folder))


def test_what_is_known_of_each_file_is_counted_by_format(checks: list[Check]) -> None:
    assert table(checks).split("\n")[2:] == [
        "| md | 1 of 1, 100.0 % | 1 of 1, 100.0 % | 1 of 1, 100.0 % | – |",
        "| txt | 0 of 1, 0.0 % | 0 of 1, 0.0 % | 0 of 1, 0.0 % | – |",
        "| all | 1 of 2, 50.0 % | 1 of 2, 50.0 % | 1 of 2, 50.0 % | – |",
    ]


def test_each_miss_is_told_with_what_was_found(checks: list[Check]) -> None:
    assert list(misses(checks)) == [
        "phrase: txt/autre.txt: expected « elle n’y est pas », found « not found »",
        "date: txt/autre.txt: expected « 2022 », found «  »",
        "title: txt/autre.txt: expected « Un autre titre », found « La séance »",
    ]


def test_titles_are_alike_by_their_words() -> None:
    assert alike("Fin du mandat de la Mission", "FIN DU MANDAT DE LA MISSION (Mali)")
    assert not alike("Fin du mandat de la Mission", "La Mission")
    assert not alike("Fin du mandat", "Fin du mandat " + "et bien d’autres mots encore " * 3)
