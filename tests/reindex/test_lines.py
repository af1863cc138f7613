"""JSONL by line hashes: what is read again, and that it always comes to what a full run would give."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.documents.formats import jsonl
from indexer.french import WordLists
from indexer.reindex import Report
from tests.reindex.memory import Folder, MemoryEngine, engine_in

AGE_S = 60


def line(id: object, text: str = "Un texte.") -> str:
    return json.dumps({"id": id, "title": f"Titre {id}", "text": text}, ensure_ascii=False)


class Corpus(Folder):
    """A folder of files of lines, and an index of it."""

    def write_lines(self, *lines: str | bytes, name: str = "a.jsonl") -> None:
        content = b"\n".join(one if isinstance(one, bytes) else one.encode() for one in lines) + b"\n"
        self.write(name, gzip.compress(content) if name.endswith(".gz") else content)

    def texts(self) -> dict[str, str]:
        return {id: document.text for id, document in self.engine.state.documents.items()}


@pytest.fixture
def corpus(tmp_path: Path, lists: WordLists) -> Corpus:
    return Corpus(tmp_path, lists)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the lines that are made documents of."""
    seen: list[int] = []
    real = jsonl.draft_of

    def watched(line: jsonl.Line) -> object:
        seen.append(line.number)
        return real(line)

    monkeypatch.setattr("indexer.documents.draft_of", watched)
    return seen


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def test_only_lines_that_changed_are_read(corpus: Corpus, parsed: list[int]) -> None:
    corpus.write_lines(*(line(n) for n in range(100)))
    corpus.reindex()
    assert len(parsed) == 100
    parsed.clear()
    corpus.write_lines(*(line(n, "Autre chose." if n == 41 else "Un texte.") for n in range(100)))
    assert counts(corpus.reindex()) == (0, 1, 0, 99)
    assert parsed == [42]


def test_the_order_of_lines_does_not_matter(corpus: Corpus, parsed: list[int]) -> None:
    corpus.write_lines(*(line(n) for n in range(20)))
    corpus.reindex()
    parsed.clear()
    corpus.write_lines(*(line(n) for n in reversed(range(20))))
    assert counts(corpus.reindex()) == (0, 0, 0, 20)
    assert parsed == []


def test_a_file_compressed_again_is_the_same_lines(corpus: Corpus, parsed: list[int]) -> None:
    corpus.write_lines(line(1), line(2), name="a.jsonl.gz")
    corpus.reindex()
    parsed.clear()
    (corpus.folder / "a.jsonl.gz").write_bytes(gzip.compress(f"{line(1)}\n{line(2)}\n".encode(), 1, mtime=1))
    assert counts(corpus.reindex()) == (0, 0, 0, 2)
    assert parsed == []


# What the file was, what it becomes, the counts (added, changed, removed, unchanged), the lines read, why.
CASES = [
    ([line("a"), line("b")], [line("a"), line("b"), line("a")], (0, 0, 0, 2), [], "the same line once more"),
    ([line("a"), line("a")], [line("a")], (0, 0, 0, 1), [], "one of two same lines removed"),
    ([line("a"), line("b")], [line("b"), line("a", "2")], (0, 1, 0, 1), [2], "changed and moved to the end"),
    ([line("a", "1"), line("a", "2")], [line("a", "1")], (0, 1, 0, 0), [1], "the last of two removed"),
    ([line("a", "1"), line("a", "2")], [line("a", "2")], (0, 0, 0, 1), [], "the first of two removed"),
    ([line("a", "1"), line("a", "2")], [line("a", "2"), line("a", "1")], (0, 1, 0, 0), [2], "two of one id swapped"),
    ([line("a", "1")], [line("a", "1"), line("a", "2")], (0, 1, 0, 0), [2], "a later line takes the id over"),
    ([line("a", "1")], [line("a", "2"), line("a", "1")], (0, 0, 0, 1), [], "an earlier line with the same id is lost"),
    ([line("a"), line("b")], [line("b", "autre"), line("a", "autre")], (0, 2, 0, 0), [1, 2], "all changed"),
    ([line("a"), line("b")], [line("b", "Un texte de b."), line("b")], (0, 0, 1, 1), [], "an id passes to a kept line"),
    ([line("a"), line("b")], [line("c"), line("b")], (1, 0, 1, 1), [1], "one id becomes another"),
    ([line(7)], [line("7")], (0, 1, 0, 0), [1], "an id written as a number, then as text"),
    ([line("a")], ['{"id": "a"', line("a")], (0, 0, 0, 1), [1], "a broken line with the same id comes before"),
    ([line("a")], [line("a"), '{"id": "a", "text"'], (0, 0, 0, 1), [2], "a broken line with the same id comes after"),
    ([line("a")], [line("a"), '{"id": "a", "text": 3}'], (0, 0, 1, 0), [2], "the last of an id is no document"),
    ([line("a")], [line("a"), '{"x": {"id": "a"}}'], (0, 0, 0, 1), [2], "an id that is deeper down is none"),
    ([line("a")], [line("a"), '{"\\u0069d": "a", "text": "t"}'], (0, 1, 0, 0), [2], "the name of the id escaped"),
    ([line("a")], [line("a"), '{"id": "\\u0061", "text": "t"}'], (0, 1, 0, 0), [2], "the id escaped"),
    ([line("a")], [line("a"), '{"id": "b", "text": "t", "id": "a"}'], (0, 1, 0, 0), [2], "an id given twice in a line"),
    ([line("a")], [line("a"), '{"t": {"id": "b"}, "id": "a", "text": "t"}'], (0, 1, 0, 0), [2], "two ids, one deeper"),
    ([line("a")], [line("a"), '{"text": "id", "id":\t"a" }'], (0, 1, 0, 0), [2], "odd spaces, and `id` as a text"),
    ([line("a")], [""], (0, 0, 1, 0), [], "all lines gone"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected", "read", "why"), CASES, ids=[case[-1] for case in CASES])
def test_an_edit_of_a_file_reads_what_it_must_and_no_more(
    corpus: Corpus, parsed: list[int], before: list[str], after: list[str], expected: object, read: object, why: str
) -> None:
    corpus.write_lines(*before)
    corpus.reindex()
    parsed.clear()
    corpus.write_lines(*after)
    assert (counts(corpus.reindex()), parsed) == (expected, read), why


def test_a_repeated_id_is_told_whether_its_line_is_read_or_kept(corpus: Corpus) -> None:
    corpus.write_lines(line("a", "1"), line("b"), line("a", "2"))
    told = ["a.jsonl : id présent 2 fois dans le fichier : la dernière ligne (3) est gardée"]
    assert corpus.reindex().warnings == told
    corpus.write_lines(line("a", "1"), line("b", "autre"), line("a", "2"))
    assert corpus.reindex().warnings == told
    assert corpus.texts() == {"a": "2", "b": "autre"}


def test_a_line_that_takes_the_id_of_another_file_waits_until_that_file_was_read(corpus: Corpus) -> None:
    corpus.write_lines(line("x"), name="z.jsonl")
    corpus.write_lines(line("y"), name="b.jsonl")
    corpus.reindex()
    corpus.write_lines(line("y"), line("x", "repris"), name="b.jsonl")
    corpus.write_lines(line("z"), name="z.jsonl")
    report = corpus.reindex()
    assert (counts(report), report.problems) == ((2, 0, 1, 1), [])
    assert corpus.texts()["x"] == "repris"
    assert corpus.engine.state.documents["x"].path == "b.jsonl#x"


def test_a_conflict_names_both_places_and_ends_when_one_gives_way(corpus: Corpus) -> None:
    corpus.write_lines(line("x", "premier"))
    corpus.write_lines(line("x", "second"), line("y"), name="b.jsonl")
    first = corpus.reindex()
    assert [(one.path, "a.jsonl" in one.reason) for one in first.problems] == [("b.jsonl#x", True)]
    assert corpus.reindex().problems == first.problems
    corpus.write_lines(line("z"))
    report = corpus.reindex()
    assert (counts(report), report.problems) == ((2, 0, 1, 1), [])
    assert corpus.texts() == {"x": "second", "y": "Un texte.", "z": "Un texte."}


def test_a_file_of_lines_that_is_empty_is_reported_as_such(corpus: Corpus) -> None:
    (corpus.folder / "a.jsonl").touch()
    report = corpus.reindex()
    assert [(one.path, one.reason, one.empty) for one in report.problems] == [("a.jsonl", "fichier vide", True)]


def test_a_file_with_too_many_lines_is_refused_and_not_held_in_memory(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINES", 1000)
    corpus.write_lines(*(line(n) for n in range(1001)))
    report = corpus.reindex()
    assert (report.added, len(report.problems)) == (0, 1)
    assert "découpez" in report.problems[0].reason


# --- any edit ------------------------------------------------------------------------------------------------------

IDS = st.sampled_from(["a", "b", "c", "é", 7, "7"])
GOOD = st.builds(line, IDS, st.sampled_from(["un", "deux", "trois"]))
ODD = st.sampled_from(
    [
        "", "{", "[]", '{"id": "a"', '{"id": "a"}', '{"id": "b", "text": " ", "title": "!"}', '{"text": "sans id"}',
        '{"id": 1.5, "x": {"id": "a"}, "text": "t"}', '{"id": "\\u0061", "text": "échappé"}',
        '{"\\u0069\\u0064": "b", "text": "t"}', '{"text": "loin", "id": "c"}', '{"id": "c", "id": "a", "text": "2"}',
    ]
)  # fmt: skip
CONTENT = st.lists(st.one_of(GOOD, GOOD, ODD), max_size=8)


@pytest.fixture(scope="module")
def folders() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def outcome(corpus: Corpus, engine: MemoryEngine, **options: object) -> object:
    """All that a run leaves: documents, problems, and that the table of files counts them right."""
    report = engine.reindex(corpus.folder, **options)
    documents = {
        id: (document.title, document.text, document.digest, document.path, document.first_seen)
        for id, document in engine.state.documents.items()
    }
    again = engine.reindex(corpus.folder)
    assert counts(again) == (0, 0, 0, len(documents))
    assert again.problems == report.problems
    return documents, report.problems


@settings(max_examples=60)
@given(st.lists(CONTENT, min_size=2, max_size=4))
def test_after_any_edit_of_a_file_the_index_is_that_of_a_run_from_nothing(
    folders: Path, lists: WordLists, versions: list[list[str]]
) -> None:
    corpus = Corpus(Path(tempfile.mkdtemp(dir=folders)), lists)
    for version in versions:
        corpus.write_lines(*version)
        fresh = outcome(corpus, engine_in(folders, lists))
        edited = outcome(corpus, corpus.engine)
        assert without_times(edited) == without_times(fresh)


@settings(max_examples=60)
@given(st.lists(st.tuples(CONTENT, CONTENT), min_size=2, max_size=4))
def test_after_any_edit_of_two_files_the_index_is_that_of_a_full_run(
    folders: Path, lists: WordLists, versions: list[tuple[list[str], list[str]]]
) -> None:
    corpus = Corpus(Path(tempfile.mkdtemp(dir=folders)), lists)
    for first, second in versions:
        corpus.write_lines(*first)
        corpus.write_lines(*second, name="b.jsonl")
        rebuilt = outcome(corpus, corpus.engine.copied(), full=True)
        edited = outcome(corpus, corpus.engine)
        assert without_times(edited) == without_times(rebuilt)


def without_times(left: object) -> object:
    documents, problems = left  # type: ignore[misc]
    return {id: values[:-1] for id, values in documents.items()}, problems
