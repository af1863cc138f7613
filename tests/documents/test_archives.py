"""Archives: what is inside is read as files of a folder are; bombs, links and absurd names hurt nobody."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import json
import lzma
import tarfile
import zipfile

import pytest
import zstandard

from indexer.documents import Choices, Entry, Rejected, read
from indexer.documents.formats import source
from indexer.documents.formats.names import Names, harmless
from indexer.errors import UnreadableDocument

from .reading import BODY, RULES, TODAY, read_all

TEXT = f"Fin de la mission\n\n{BODY}".encode()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def zip_of(*files: tuple[str, bytes], **options: object) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return made.getvalue()


def tar_of(*files: tuple[str, bytes | None], mode: str = "w", format: int = tarfile.PAX_FORMAT) -> bytes:
    """A TAR archive; None as content makes a link."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode, format=format) as archive:
        for name, content in files:
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            info.size = len(content or b"")
            archive.addfile(info, io.BytesIO(content or b""))
    return made.getvalue()


def found_in(folder, name: str, content: bytes, **options) -> list[Entry | Rejected]:
    path = folder / name
    path.write_bytes(content)
    return list(read(path, name, RULES, max_bytes=50_000_000, today=TODAY, **options))


def members(found: list[Entry | Rejected]) -> list[str]:
    return [one.member for one in found]


FILES = (
    ("a.txt", TEXT),
    ("dossier/b.html", b"<html><h1>Retrait</h1><p>" + BODY.encode()),
    ("c.md", b"# Accord\n\nFin."),
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.zip", zip_of(*FILES)),
        ("x.tar", tar_of(*FILES)),
        ("x.tar", tar_of(*FILES, format=tarfile.GNU_FORMAT)),
        ("x.tar", tar_of(*FILES, format=tarfile.USTAR_FORMAT)),
        ("x.tgz", gzip.compress(tar_of(*FILES))),
        ("x.tar.bz2", bz2.compress(tar_of(*FILES))),
        ("x.tar.xz", lzma.compress(tar_of(*FILES))),
        ("x.tar.zst", zstandard.compress(tar_of(*FILES))),
        ("sans-nom", gzip.compress(tar_of(*FILES))),
    ],
)
def test_the_files_of_an_archive_are_documents_with_their_place(tmp_path, name, content):
    found = found_in(tmp_path, name, content)
    assert members(found) == ["a.txt", "dossier/b.html", "c.md"]
    assert [one.title for one in found] == ["Fin de la mission", "Retrait", "Accord"]
    assert [one.format for one in found] == ["texte", "HTML", "Markdown"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_a_single_compressed_file_is_read_under_its_own_name(tmp_path, pack):
    (found,) = found_in(tmp_path, "2023-06-30.txt.gz", pack(TEXT))
    assert (found.member, found.text, str(found.date)) == ("2023-06-30.txt", BODY, "2023-06-30")


def test_lines_inside_of_an_archive_have_their_own_ids(tmp_path):
    lines = b"".join(json.dumps({"id": id, "text": BODY}).encode() + b"\n" for id in ("n-1", "n-2"))
    found = found_in(
        tmp_path, "x.zip", zip_of(("a.jsonl", lines), ("b.jsonl.gz", gzip.compress(b'{"id": 3, "text": "Fin"}')))
    )
    assert [(one.member, one.key) for one in found] == [("a.jsonl", "n-1"), ("a.jsonl", "n-2"), ("b.jsonl.gz", "3")]


def test_archives_stand_in_archives_three_deep(tmp_path):
    inner = zip_of(("a.txt", TEXT))
    for _ in range(2):
        inner = zip_of(("b.zip", inner))
    (found,) = found_in(tmp_path, "x.zip", inner)
    assert found.member == "b.zip!/b.zip!/a.txt"
    (found,) = found_in(tmp_path, "x.zip", zip_of(("b.zip", inner)))
    assert (found.member, found.reason) == (
        "b.zip!/b.zip!/b.zip!/a.txt",
        "plus de 3 archives l’une dans l’autre",
    )


def test_pictures_in_an_archive_are_one_line_and_no_failure(tmp_path):
    files = [(f"photo-{number}.jpg", b"\xff\xd8\xff\xe0" + bytes(40)) for number in range(1500)]
    found = found_in(tmp_path, "x.zip", zip_of(*files, ("a.txt", TEXT), ("b.png", PNG), ("style.css", b"p {}")))
    assert members(found) == ["a.txt", ""]
    kinds = "image JPEG (1\u202f500), image PNG (1), feuille de style (1)"
    reason = f"1\u202f502 fichiers d’autres formats laissés de côté\u00a0: {kinds}"
    assert found[-1] == Rejected(None, None, reason, empty=True)


def test_pictures_are_left_aside_without_being_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MAX_UNPACKED", 1_000_000)
    monkeypatch.setattr(source.Budget, "of", classmethod(lambda cls, size: cls(1_000_000)))
    picture = PNG + bytes(3_000_000)
    for name, content in (
        ("x.zip", zip_of(("a.png", picture), ("b.txt", TEXT))),
        ("x.tar", tar_of(("a.png", picture), ("b.txt", TEXT))),
    ):
        assert members(found_in(tmp_path, name, content)) == ["b.txt", ""]


def test_a_member_that_cannot_be_read_is_one_reason_and_the_others_are_read(tmp_path):
    content = bytearray(zip_of(("a.txt", TEXT), ("b.txt", TEXT)))
    content[45] ^= 0xFF
    found = found_in(tmp_path, "x.zip", bytes(content))
    assert members(found) == ["a.txt", "b.txt"]
    assert found[0].reason.startswith("archive ZIP endommagée")
    assert isinstance(found[1], Entry)


def test_a_member_behind_a_password_says_so(tmp_path):
    content = bytearray(zip_of(("a.txt", TEXT)))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    (found,) = found_in(tmp_path, "x.zip", bytes(content))
    assert (found.member, found.reason, found.empty) == ("a.txt", "protégé par un mot de passe", False)


def test_links_and_devices_are_left_aside_and_nothing_follows_them(tmp_path):
    content = tar_of(("lien", None), ("a.txt", TEXT))
    found = found_in(tmp_path, "x.tar", content)
    assert members(found) == ["a.txt", ""]
    assert found[1].reason.endswith("lien")


def test_names_that_are_the_same_are_told_apart(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        content = zip_of(("a.txt", TEXT), ("a.txt", TEXT), ("../a.txt", TEXT))
    assert members(found_in(tmp_path, "x.zip", content)) == ["a.txt", "a (2).txt", "a (3).txt"]


def test_hidden_and_ignored_names_are_passed_over_as_in_a_folder(tmp_path):
    files = [
        (name, TEXT)
        for name in ("__MACOSX/._a.txt", ".git/a.txt", "d/.DS_Store", "LISEZMOI~", "brouillons/a.txt", "a.txt")
    ]
    for name, content in (("x.zip", zip_of(*files)), ("x.tar", tar_of(*files))):
        found = found_in(tmp_path, name, content, choices=Choices(ignore=("*~", "brouillons")))
        assert members(found) == ["a.txt"]


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("/etc/passwd", "etc/passwd"),
        ("../../a.txt", "a.txt"),
        ("a/./b//c/../d.txt", "a/b/c/d.txt"),
        ("C:\\dossier\\a.txt", "C:/dossier/a.txt"),
        ("a\nb\x00.txt", "a b .txt"),
        ("fac\u202etxt.exe", "fac txt.exe"),
        ("E\u0301te\u0301.txt", "Été.txt"),
        ("\ud800.txt", ".txt"),
        ("..", "sans nom"),
        ("x" * 2000 + ".txt", "x" * 496 + ".txt"),
    ],
)
def test_names_are_made_harmless(name, clean):
    assert harmless(name) == clean


def test_a_variant_of_a_name_is_never_one_that_is_there():
    names = Names()
    assert [names.unique(name) for name in ("a (2).txt", "a.txt", "a.txt", "a.txt", "a", "a")] == [
        "a (2).txt", "a.txt", "a (3).txt", "a (4).txt", "a", "a (2)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "shown"), [("été.txt".encode(), "été.txt"), ("été.txt".encode("cp850"), "été.txt"), (b"\x80.txt", "Ç.txt")]
)
def test_names_of_a_zip_without_a_declared_encoding(tmp_path, raw, shown):
    stand_in = b"?" * len(raw)
    content = zip_of((stand_in.decode(), TEXT)).replace(stand_in, raw)
    assert members(found_in(tmp_path, "x.zip", content)) == [shown]


def test_names_of_a_tar_in_utf8_or_cp1252(tmp_path):
    for encoding in ("utf-8", "cp1252"):
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT, encoding=encoding) as archive:
            info = tarfile.TarInfo("été/" * 40 + "a.txt")
            info.size = len(TEXT)
            archive.addfile(info, io.BytesIO(TEXT))
        assert members(found_in(tmp_path, "x.tar", made.getvalue())) == ["été/" * 40 + "a.txt"]


def test_a_bomb_is_refused_and_what_came_before_it_is_kept(tmp_path):
    bomb = gzip.compress(gzip.compress(bytes(30_000_000)) + bytes(30_000_000))
    for name, content in (
        ("x.gz", gzip.compress(bytes(30_000_000))),
        ("x.gz", bomb),
        ("x.txt.gz", bz2.compress(bytes(30_000_000))),
    ):
        with pytest.raises(UnreadableDocument, match="il grossit plus de 100 fois"):
            found_in(tmp_path, name, content)
    found = found_in(tmp_path, "x.zip", zip_of(("a.txt", TEXT), ("b.txt", bytes(30_000_000)), ("c.txt", TEXT)))
    assert members(found) == ["a.txt", "b.txt", "c.txt"]
    assert "il grossit plus de 100 fois" in found[1].reason


def test_what_is_unpacked_of_one_file_is_bounded_with_all_that_is_inside(tmp_path, monkeypatch):
    monkeypatch.setattr(source.Budget, "of", classmethod(lambda cls, size: cls(1000, most=1000)))
    inner = zip_of(("a.txt", TEXT), ("b.txt", b"x" * 2000))
    found, reasons = [], []
    path = tmp_path / "x.zip"
    path.write_bytes(zip_of(("c.zip", inner)))
    try:
        found.extend(read(path, "x.zip", RULES, max_bytes=10_000, today=TODAY))
    except UnreadableDocument as error:
        reasons.append(str(error))
    reasons += [one.reason for one in found if isinstance(one, Rejected)]
    assert any("une fois décompressé" in reason for reason in reasons)


@pytest.mark.parametrize("size", [b"77777777777\0", b"\xff" * 12, b"\x80" + b"\xff" * 11, b"-0000000001\0", b"zzz"])
def test_a_tar_that_lies_about_a_size_ends_with_a_reason(tmp_path, size):
    content = bytearray(tar_of(("a.txt", TEXT), ("b.txt", TEXT), format=tarfile.USTAR_FORMAT))
    content[1024 + 124 : 1024 + 136] = size.ljust(12, b"\0")
    content[1024 + 148 : 1024 + 156] = b" " * 8
    content[1024 + 148 : 1024 + 156] = b"%06o\0 " % sum(content[1024:1536])
    path = tmp_path / "x.tar"
    path.write_bytes(content)
    found = read(path, "x.tar", RULES, max_bytes=10_000, today=TODAY)
    assert next(found).member == "a.txt"
    with pytest.raises(UnreadableDocument, match="TAR") if size[:1] not in b"7\x80" else contextlib.nullcontext():
        assert [one.member for one in found] == ["b.txt"]  # too large by what it says


def test_a_tar_that_is_cut_gives_what_is_whole(tmp_path):
    path = tmp_path / "x.tar"
    path.write_bytes(tar_of(("a.txt", TEXT), ("b.txt", TEXT), format=tarfile.USTAR_FORMAT)[: 1024 + 512 + 50])
    found = read(path, "x.tar", RULES, max_bytes=10_000, today=TODAY)
    assert next(found).member == "a.txt"
    with pytest.raises(UnreadableDocument, match="endommagée ou incomplète"):
        list(found)


@pytest.mark.parametrize(
    ("name", "content"), [("x.tar", b"ce n'est rien de tel" * 50), ("x.zip", b"PK\3\4" + b"x" * 99)]
)
def test_what_is_no_archive_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableDocument, match="archive"):
        read_all(tmp_path / name)


def test_an_empty_member_is_reported_at_its_place(tmp_path):
    assert found_in(tmp_path, "x.zip", zip_of(("a.txt", b""))) == [
        Rejected(None, None, "fichier vide", empty=True, member="a.txt")
    ]
