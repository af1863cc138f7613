"""ZIP files within bounds: sizes that lie, entries that share bytes, what is encrypted or damaged."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import zipfile

import pytest

from indexer.documents.formats import unzip
from indexer.documents.formats.source import Budget
from indexer.documents.formats.unzip import Unzipped
from indexer.errors import UnreadableDocument

MOST = 100_000_000


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def opened(content: bytes, budget: Budget | None = None) -> Unzipped:
    return Unzipped(io.BytesIO(content), budget or Budget())


def refusal(content: bytes, name: str = "a.txt", most: int = MOST, budget: Budget | None = None) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        opened(content, budget).read(name, most)
    return str(refused.value)


def test_files_are_read_by_name_and_folders_are_none():
    found = opened(zipped(("b/", b""), ("b/é.txt", "été".encode()), ("a.txt", b"un")))
    assert found.names() == ("b/é.txt", "a.txt")
    assert found.read("b/é.txt", MOST).decode() == "été"
    assert "a.txt" in found
    assert "c.txt" not in found


def test_of_two_entries_of_a_name_each_can_be_read():
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped(("a.txt", b"un"), ("a.txt", b"deux"))
    found = opened(content)
    assert [found.read(entry, MOST) for entry in found.entries] == [b"un", b"deux"]
    assert found.read("a.txt", MOST) == b"deux"


def test_what_is_unpacked_is_taken_from_the_budget():
    budget = Budget(unpacked=1_000)
    found = opened(zipped(("a.txt", b"x" * 600)), budget)
    found.read("a.txt", MOST)
    assert budget.unpacked == 400
    with pytest.raises(UnreadableDocument, match="une fois décompressé"):
        found.read("a.txt", MOST)


def test_a_file_that_grows_more_than_a_hundred_times_is_refused_before_it_is_all_unpacked():
    budget = Budget()
    bomb = zipped(("a.txt", bytes(50_000_000)))
    assert "il grossit plus de 100 fois" in refusal(bomb, budget=budget)
    assert Budget().unpacked - budget.unpacked < unzip.FREE_BYTES + 1_000_000


def test_a_small_file_of_blanks_may_grow_as_it_likes():
    assert opened(zipped(("a.txt", bytes(9_000_000)))).read("a.txt", MOST) == bytes(9_000_000)


def test_a_declared_size_past_the_bound_is_refused_unread():
    budget = Budget()
    assert "plus de 1 Mo" in refusal(zipped(("a.txt", bytes(2_000_000))), most=1_000_000, budget=budget)
    assert budget.unpacked == Budget().unpacked


def test_a_size_that_is_declared_too_small_gives_no_more_than_it():
    content = bytearray(zipped(("a.txt", b"x" * 5_000)))
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 10)
    assert "endommagée" in refusal(bytes(content))


def test_entries_that_share_their_bytes_are_refused():
    content = bytearray(zipped(("a.txt", b"x" * 5_000), ("b.txt", b"y")))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    assert refusal(bytes(content)) == "archive ZIP refusée : des fichiers s’y chevauchent"


def test_a_directory_that_claims_gigabytes_is_refused_unread():
    content = bytearray(zipped(("a.txt", b"x")))
    content += bytes(8_000_000)  # room, so that the claim could be true
    end = zipped(("a.txt", b"x"))[-22:]
    end = end[:12] + struct.pack("<II", 6_000_000, 0) + b"\0\0"
    assert refusal(bytes(content) + end) == "archive ZIP refusée : sa table des matières est démesurée"


def test_more_entries_than_a_file_may_hold_are_refused(monkeypatch):
    monkeypatch.setattr(unzip, "MAX_MEMBERS", 3)
    assert refusal(zipped(*((f"{n}.txt", b"") for n in range(4)))) == "plus de 3 fichiers à l’intérieur"


def test_an_encrypted_file_says_so():
    content = bytearray(zipped(("a.txt", b"x")))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + place] |= 1
    assert refusal(bytes(content)) == "protégé par un mot de passe"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_whose_growth_cannot_be_bounded_are_refused(method):
    assert "non prise en charge" in refusal(zipped(("a.txt", b"x"), method=method))


def test_a_missing_file_is_named():
    assert refusal(zipped(("b.txt", b"x"))) == "archive ZIP incomplète : il y manque « a.txt »"


def test_cut_and_flipped_files_are_read_or_refused_and_nothing_else():
    chance = random.Random(5)
    good = zipped(("a.txt", b"un deux trois " * 50), ("b/c.txt", bytes(range(256))))
    damaged = [good[:cut] for cut in range(0, len(good), 7)]
    for _ in range(300):
        flipped = bytearray(good)
        flipped[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
        damaged.append(bytes(flipped))
    for content in damaged:
        with contextlib.suppress(UnreadableDocument):
            found = opened(content)
            for entry in found.entries:
                found.read(entry, MOST)
