"""Measures of ranking against values worked out by hand, and what a judged set may hold."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import TrouvailleError
from indexer.evaluation import Measures, Query, corpus_of, evaluate, measured, queries_of

HEADER = "query_id\tdoc_id\tgrade\n"
QUERIES = '{"id": "q1", "text": "mandat", "group": "g1"}\n{"id": "q2", "text": "retrait"}\n'

RANKINGS = [
    # found, grades, nDCG@10, MRR@10, recall@100, why
    ("ab", {"a": 2, "b": 1}, 1, 1, 1, "the best order"),
    ("ba", {"a": 2, "b": 1}, (1 + 3 / log2(3)) / (3 + 1 / log2(3)), 1, 1, "the better one second"),
    ("xa", {"a": 2}, 1 / log2(3), 1 / 2, 1, "something else first"),
    ("xya", {"a": 1}, 1 / log2(4), 1 / 3, 1, "a discount of log2(rank + 1)"),
    ("a", {"a": 1, "b": 1}, 1 / (1 + 1 / log2(3)), 1, 1 / 2, "the ideal has all judged documents"),
    ("", {"a": 2}, 0, 0, 0, "nothing found"),
    ("xy", {"a": 2}, 0, 0, 0, "nothing relevant found"),
    ("0123456789a", {"a": 2}, 0, 0, 1, "the eleventh counts for recall alone"),
    (
        "a",
        dict.fromkeys("abcdefghijklm", 2),
        3 / sum(3 / log2(rank + 1) for rank in range(1, 11)),
        1,
        1 / 13,
        "ideal of ten",
    ),
]


@pytest.mark.parametrize(("found", "grades", "ndcg", "mrr", "recall", "why"), RANKINGS)
def test_measures_are_those_worked_out_by_hand(
    found: str, grades: dict[str, int], ndcg: float, mrr: float, recall: float, why: str
) -> None:
    got = measured(list(found), grades)
    assert (got.ndcg, got.mrr, got.recall) == pytest.approx((ndcg, mrr, recall)), why


def test_recall_looks_at_the_first_hundred() -> None:
    others = [f"x{number}" for number in range(99)]
    assert measured([*others, "a", "b"], {"a": 1, "b": 1}).recall == 0.5


@given(
    found=st.permutations(range(12)), grades=st.dictionaries(st.integers(0, 14).map(str), st.integers(1, 3), min_size=1)
)
def test_measures_lie_between_0_and_1_and_the_best_order_is_1(found: list[int], grades: dict[str, int]) -> None:
    got = measured([str(id) for id in found], grades)
    assert all(0 <= value <= 1 for value in (got.ndcg, got.mrr, got.recall))
    best = sorted(grades, key=lambda id: -grades[id])
    assert measured(best, grades) == Measures(1.0, 1.0, 1.0)


def test_a_need_weighs_the_same_however_many_wordings_it_has() -> None:
    queries = [Query(f"q{number}", text, group, {"a": 1}) for number, (text, group) in enumerate(("xg", "yg", "zh"))]
    found = evaluate(queries, lambda text: ["a"] if text in "xy" else [])
    assert found.by_query.mrr == pytest.approx(2 / 3)
    assert found.by_group.mrr == pytest.approx(1 / 2)
    assert found.to_json() == {
        "queries": 3,
        **{"ndcg@10": 0.6667, "mrr@10": 0.6667, "recall@100": 0.6667},
        "groups": {"count": 2, "ndcg@10": 0.5, "mrr@10": 0.5, "recall@100": 0.5},
    }


def test_progress_counts_the_queries_that_are_done() -> None:
    done: list[int] = []
    evaluate([Query(id, id, id, {"a": 1}) for id in "abc"], lambda text: [], done.append)
    assert done == [1, 2, 3]


# --- sets ----------------------------------------------------------------------------------------------------------


def a_set(folder: Path, qrels: str = "q1\ta\t2\nq2\tb\t1\n", queries: str = QUERIES) -> Path:
    (folder / "qrels.tsv").write_text(HEADER + qrels, encoding="utf-8")
    (folder / "queries.jsonl").write_text(queries, encoding="utf-8")
    return folder


def test_queries_come_with_their_grades_and_a_group_of_their_own_when_they_name_none(tmp_path: Path) -> None:
    first, second = queries_of(a_set(tmp_path, "q1\ta\t2\nq1\tb\t0\nq2\tb\t1\n"))
    assert first == Query("q1", "mandat", "g1", {"a": 2})
    assert second == Query("q2", "retrait", "q2", {"b": 1})


def test_queries_without_a_relevant_document_are_left_out(tmp_path: Path) -> None:
    assert [query.id for query in queries_of(a_set(tmp_path, "q1\ta\t0\nq2\tb\t1\nq3\tb\t1\n"))] == ["q2"]
    with pytest.raises(TrouvailleError, match="aucune requête n’a de document pertinent"):
        queries_of(a_set(tmp_path, "q1\ta\t0\n"))


def test_empty_lines_dos_ends_and_whole_numbers_as_ids_do_no_harm(tmp_path: Path) -> None:
    (query,) = queries_of(a_set(tmp_path, "\r\n7\ta\t1\r\n\n", '\n{"id": 7, "text": "mandat"}\r\n'))
    assert query == Query("7", "mandat", "7", {"a": 1})


def test_a_query_may_hold_any_character_that_is_no_newline(tmp_path: Path) -> None:
    text = "fin\u2028du\x85mandat"
    line = json.dumps({"id": "q1", "text": text}, ensure_ascii=False)
    assert [query.text for query in queries_of(a_set(tmp_path, queries=line))] == [text]


@pytest.mark.parametrize(
    ("qrels", "queries", "said"),
    [
        ("q1\ta\n", QUERIES, r"qrels\.tsv, ligne 2 : attendu requête, document et note"),
        ("q1\ta\t2\nq2 b 1\n", QUERIES, r"qrels\.tsv, ligne 3 : "),
        ("q1\ta\tbien\n", QUERIES, r"qrels\.tsv, ligne 2 : "),
        ("q1\ta\t4096\n", QUERIES, r"qrels\.tsv, ligne 2 : "),
        ("q1\ta\t2\n", QUERIES + "mandat\n", r"queries\.jsonl, ligne 3 : attendu {"),
        ("q1\ta\t2\n", QUERIES + '["q3"]\n', r"queries\.jsonl, ligne 3 : "),
        ("q1\ta\t2\n", QUERIES + '{"id": "q3"}\n', r"queries\.jsonl, ligne 3 : "),
    ],
)
def test_a_malformed_line_is_named(qrels: str, queries: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(TrouvailleError, match=said):
        queries_of(a_set(tmp_path, qrels, queries))


@pytest.mark.parametrize("name", ["qrels.tsv", "queries.jsonl"])
def test_a_file_that_is_missing_or_no_text_is_named(name: str, tmp_path: Path) -> None:
    path = a_set(tmp_path) / name
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(TrouvailleError, match=f"{name} : lecture impossible \\(ce n’est pas de l’UTF-8\\)"):
        queries_of(tmp_path)
    path.unlink()
    with pytest.raises(TrouvailleError, match=f"{name} n’existe pas"):
        queries_of(tmp_path)


def test_a_corpus_may_be_compressed(tmp_path: Path) -> None:
    with pytest.raises(TrouvailleError, match=r"ne contient ni corpus\.jsonl\.gz ni corpus\.jsonl"):
        corpus_of(tmp_path)
    for name in ("corpus.jsonl", "corpus.jsonl.gz"):
        (tmp_path / name).touch()
        assert corpus_of(tmp_path) == tmp_path / name
