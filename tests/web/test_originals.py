"""The file of a document is handed out as it was indexed, or not at all."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
from flask.testing import FlaskClient

from indexer.errors import OriginalChanged
from indexer.originals import Original
from tests.conftest import House
from tests.documents.packing import zipped
from tests.web.site import Page
from webapp import create_app
from webapp.downloads import disposition

NOTE = "Une note\n\nLe mandat y est cité.\n"


class Archive:
    """A house that hands files out, and the ids of its documents by path."""

    def __init__(self, house: House, originals: bool = True) -> None:
        site = replace(house.settings.site, originals=originals)
        house.settings = replace(house.settings, site=site)
        self.client: FlaskClient = create_app(house.service()).test_client()
        self.ids = {document.path: document.id for document in house.service().documents()}

    def get(self, path: str, **options: object):
        return self.client.get(f"/document/{self.ids[path]}/original", **options)


@pytest.fixture
def archive(house: House) -> Archive:
    house.write("notes/une note.txt", NOTE)
    house.write(f"notes/{unicodedata.normalize('NFD', 'été')}.txt", "Un été\n\nIl a fait chaud.\n")
    house.write("lignes.jsonl", '{"id": "l1", "title": "Une ligne", "text": "Le mandat."}\n')
    house.write("boite.zip", zipped(("dedans.txt", "Une piece\n\nElle est dans une boite.\n")))
    assert house.reindex().exit_code == 0
    return Archive(house)


def test_a_file_comes_out_byte_for_byte_to_be_kept(archive: Archive) -> None:
    response = archive.get("notes/une note.txt")
    assert (response.status_code, response.data) == (200, NOTE.encode())
    assert response.content_type == "application/octet-stream"
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=\"une_note.txt\"; filename*=UTF-8''une%20note.txt"
    )
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    again = archive.get("notes/une note.txt", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_file_is_found_whatever_the_unicode_form_of_its_name(archive: Archive) -> None:
    assert archive.get("notes/été.txt").status_code == 200


def test_the_page_has_a_link_where_there_is_a_file_to_have(archive: Archive) -> None:
    page = Page(archive.client.get(f"/document/{archive.ids['notes/une note.txt']}").text)
    assert page.link("Télécharger le fichier") == f"/document/{archive.ids['notes/une note.txt']}/original"
    assert "Télécharger" not in archive.client.get("/document/l1").text


@pytest.mark.parametrize("path", ["lignes.jsonl#l1", "boite.zip!/dedans.txt"])
def test_what_is_a_part_of_a_file_is_refused_with_the_reason(archive: Archive, path: str) -> None:
    response = archive.get(path)
    assert response.status_code == 404
    assert Page(response.text).text("h1") == "Pas de fichier à lui seul"


def test_a_file_that_changed_or_went_is_not_handed_out(archive: Archive, house: House) -> None:
    house.write("notes/une note.txt", NOTE.replace("cité", "cite"))
    assert archive.get("notes/une note.txt").status_code == 409
    (house.corpus / "notes/une note.txt").unlink()
    response = archive.get("notes/une note.txt")
    assert response.status_code == 410
    assert str(house.corpus) not in response.text


@pytest.mark.parametrize("what", ["file", "folder", "pipe"])
def test_no_link_or_device_is_followed_even_to_the_same_bytes(archive: Archive, house: House, what: str) -> None:
    away = house.folder / "ailleurs"
    (house.corpus / "notes").rename(away)
    if what == "folder":
        (house.corpus / "notes").symlink_to(away)
    else:
        (house.corpus / "notes").mkdir()
        place = house.corpus / "notes" / "une note.txt"
        place.symlink_to(away / "une note.txt") if what == "file" else os.mkfifo(place)
    assert archive.get("notes/une note.txt").status_code == 410


def test_the_root_may_be_a_link_or_a_file(house: House) -> None:
    house.write("vrai/a.txt", NOTE)
    house.write("seul.txt", "Seule\n\nUne note seule.\n")
    (house.folder / "lien").symlink_to(house.corpus / "vrai")
    house.reindex(house.folder / "lien", house.corpus / "seul.txt")
    archive = Archive(house)
    assert [archive.get(path).status_code for path in ("a.txt", "seul.txt")] == [200, 200]


def test_nothing_is_handed_out_unless_the_site_says_so(archive: Archive, house: House) -> None:
    closed = Archive(house, originals=False)
    response = closed.get("notes/une note.txt")
    assert response.status_code == 403
    assert "Fichiers d’origine non publics" in response.text
    assert "Télécharger" not in closed.client.get(f"/document/{closed.ids['notes/une note.txt']}").text
    assert closed.client.get("/document/inconnu/original").status_code == 404
    assert archive.client.get("/document/inconnu/original").status_code == 404


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_files_are_closed_behind_every_answer(archive: Archive, house: House) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("no /proc")
    archive.get("lignes.jsonl#l1").close()  # opens the index
    before = open_files()
    for path in ("notes/une note.txt", "lignes.jsonl#l1"):
        archive.get(path).close()
    house.write("notes/une note.txt", "autre")
    archive.get("notes/une note.txt").close()
    assert open_files() == before


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[BinaryIO]:
    (tmp_path / "a").write_bytes(b"a" * 1_000_000)
    with (tmp_path / "a").open("rb") as file:
        yield file


def test_a_file_that_changes_while_it_goes_out_stays_incomplete(opened: BinaryIO) -> None:
    original = Original("a", 1_000_000, "0" * 64, opened)
    sent: list[bytes] = []
    with pytest.raises(OriginalChanged):
        sent.extend(original.chunks())
    assert 0 < sum(map(len, sent)) < original.size


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Élections.txt", "filename=\"Elections.txt\"; filename*=UTF-8''%C3%89lections.txt"),
        ('a"; b\r\nX: y.pdf', "filename=\"a_b__X_y.pdf\"; filename*=UTF-8''a%22%3B%20b__X%3A%20y.pdf"),
        ("a\u202efdp.exe", "filename=\"a_fdp.exe\"; filename*=UTF-8''a_fdp.exe"),
        ("مالي", "filename=\"document\"; filename*=UTF-8''%D9%85%D8%A7%D9%84%D9%8A"),
    ],
)
def test_names_are_kept_and_never_break_the_header(name: str, header: str) -> None:
    assert disposition(name) == f"attachment; {header}"
