"""The word lists: how they are read, what is refused, and what they must and must not hold."""

from __future__ import annotations

import re

import pytest

from indexer.errors import ConfigError
from indexer.french import FILE_NAMES, Analyzer, WordLists


def changed(lists: WordLists, name: str, content: bytes) -> dict[str, bytes]:
    return {**lists.files, name: content}


def test_lists_kept_in_memory_are_the_lists_of_the_folder(lists: WordLists) -> None:
    again = WordLists.from_files(lists.files)
    assert again == lists
    assert set(lists.files) == set(FILE_NAMES)


def test_digest_changes_with_any_byte_of_any_list(lists: WordLists) -> None:
    digests = {WordLists.from_files(changed(lists, n, lists.files[n] + b"\n# x")).digest for n in FILE_NAMES}
    assert len(digests | {lists.digest}) == len(FILE_NAMES) + 1
    assert re.fullmatch("[0-9a-f]{64}", lists.digest)


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("names.txt", "Mali\n\nC3PO", 3),
        ("names.txt", "# ok\nBurkina;Faso", 2),
        ("families.tsv", "oeil\tyeux\ttrop", 1),
        ("families.tsv", "oeil\tyeux\nyeux\toeil", 2),
        ("verb-families.tsv", "enir\tt v", 1),
        ("elisions.tsv", "d\tany\nl\tsometimes", 2),
        ("abbreviations.tsv", "dr\tdocteur\ndr\tdirecteur", 2),
        ("inclusive.tsv", "e\t\te", 1),
        ("stop-words.txt", "le\nla\n\N{REPLACEMENT CHARACTER}", 3),
    ],
)
def test_syntax_error_names_the_file_and_the_line(lists: WordLists, name: str, content: str, line: int) -> None:
    with pytest.raises(ConfigError, match=rf"{re.escape(name)}, ligne {line} "):
        WordLists.from_files(changed(lists, name, content.encode()))


def test_list_that_is_no_utf8_names_the_file_and_the_line(lists: WordLists) -> None:
    with pytest.raises(ConfigError, match=r"names\.txt, ligne 2 "):
        WordLists.from_files(changed(lists, "names.txt", b"Mali\nHa\xefti"))


def test_missing_list_is_named(lists: WordLists, tmp_path) -> None:
    without = {name: content for name, content in lists.files.items() if name != "names.txt"}
    with pytest.raises(ConfigError, match=r"names\.txt"):
        WordLists.from_files(without)
    with pytest.raises(ConfigError, match=re.escape(FILE_NAMES[0])):
        WordLists.load(tmp_path)


def test_words_may_be_written_with_capitals_and_accents(lists: WordLists) -> None:
    assert "haiti" in WordLists.from_files(changed(lists, "names.txt", "Haïti".encode())).names


def test_every_list_says_what_it_is(lists: WordLists) -> None:
    for name, content in lists.files.items():
        assert content.decode().startswith("# "), name


def test_no_list_holds_a_word_twice_on_purpose(lists: WordLists) -> None:
    assert len(lists.names) > 600
    assert len(lists.invariable_s) > 350
    assert len(set(lists.heads.values())) > 160
    assert not lists.names & lists.stop_words - {"ce", "ai", "es", "ue", "us"}


def test_stop_words_leave_out_words_that_people_look_for(lists: WordLists) -> None:
    kept = "ete son est or car entre plus sous contre fin mal point tout avoir etre mars sommes avions as"
    assert not lists.stop_words & set(kept.split())


def test_head_of_a_family_is_its_own_stem(analyzer: Analyzer, lists: WordLists) -> None:
    wrong = {head for head in set(lists.heads.values()) if head not in lists.names and analyzer.stem(head) != head}
    assert not wrong


def test_names_win_over_verbs_and_rules(analyzer: Analyzer, lists: WordLists) -> None:
    assert all(analyzer.stem(name) == name for name in lists.names)
