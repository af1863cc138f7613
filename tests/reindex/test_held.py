"""What a run finds again of a file: by the bytes of its lines, or by the place of its members."""

from __future__ import annotations

from indexer.engines.base import Known
from indexer.reindex.held import Held


def known(id: str, digest: int, member: str = "") -> Known:
    return Known(id, "corpus/a.zip", f"{digest:064x}", "2026", member)


def test_two_members_with_the_same_bytes_are_each_found_again() -> None:
    one, other = known("un", 1, "un.txt"), known("deux", 1, "deux.txt")
    held = Held([one, other])
    held.settle_known(other)
    assert list(held.unsettled()) == [one]
    held.settle_known(one)
    assert list(held.unsettled()) == []


def test_a_member_is_found_by_its_place_and_the_whole_file_by_none() -> None:
    whole, part = known("tout", 1), known("partie", 2, "un.txt")
    held = Held([whole, part])
    assert held.of_member("") == whole
    assert held.of_member("un.txt") == part
    assert held.of_member("absent.txt") is None


def test_a_document_of_another_file_settles_nothing() -> None:
    mine = known("un", 1)
    held = Held([mine])
    held.settle_known(known("autre", 1))
    assert list(held.unsettled()) == [mine]


def test_lines_of_a_member_are_each_found_again() -> None:
    one, other = known("n-1", 1, "a.jsonl"), known("n-2", 2, "a.jsonl")
    held = Held([one, other])
    held.settle_known(one)
    assert list(held.unsettled()) == [other]
    held.settle_known(other)
    assert list(held.unsettled()) == []
