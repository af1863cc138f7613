"""The ranking keeps what it reached on our own judged set, and what measures it is right on sets worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from math import log
from pathlib import Path

import pytest

from benchmarks import judged as sets
from benchmarks.judged import JudgedSet, Setup, Trials, entries, own_set, public_set, trials_over
from benchmarks.ladder import INGREDIENTS, climbed, without
from benchmarks.plain_bm25 import K1, B, PlainBM25
from benchmarks.relevance import OWN_FLOORS, below, judged_sets, main
from benchmarks.relevance_report import Findings, Sweep, markdown
from benchmarks.tuning import GRID, LEAST_GAIN, folds, line, moved, naive, objective, swept, validated, weight
from indexer.evaluation import DEPTH, Evaluation, Measures, Query
from indexer.model import SearchRequest
from indexer.settings import load_settings
from tests.conftest import House

SETTINGS = load_settings(environ={})
NOTHING = Measures(0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def trials() -> Iterator[Trials]:
    with trials_over(own_set(SETTINGS, OWN_FLOORS), SETTINGS, lambda *step: None) as made:
        yield made


def test_our_own_set_is_ranked_as_well_as_it_was(trials: Trials) -> None:
    assert below(trials.judged, trials.measured(trials.whole, DEPTH)) == []


def test_our_own_set_holds_queries_of_many_needs_and_judges_documents_that_are_there(trials: Trials) -> None:
    queries = trials.judged.queries
    assert len(queries) >= 25
    assert len({query.group for query in queries}) >= 25
    assert len({query.text for query in queries}) == len(queries)
    known = {id for _, id, _ in entries(SETTINGS, trials.judged.corpus)}
    assert all(query.grades.keys() <= known for query in queries)


def test_a_judgment_of_a_document_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"id": "q1", "text": "mandat"}', encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("query_id\tdoc_id\tgrade\nq1\tpresse/disparu.txt\t2\n", encoding="utf-8")
    monkeypatch.setattr(sets, "OWN", tmp_path)
    with pytest.raises(ValueError, match=r"q1 judges presse/disparu\.txt"):
        own_set(SETTINGS, NOTHING)


# --- the ladder ----------------------------------------------------------------------------------------------------


def test_each_ingredient_can_be_switched_off_and_together_they_leave_two_fields_of_bm25(trials: Trials) -> None:
    whole = trials.whole
    alone = [ingredient.off(whole) for ingredient in INGREDIENTS]
    assert len({whole, *alone}) == len(INGREDIENTS) + 1
    bare = without(whole, INGREDIENTS)
    assert (bare.ranking.k1, bare.ranking.b, bare.ranking.title_b, bare.ranking.surface) == (K1, B, B, 0)
    assert (bare.search.corrections, bare.search.sigles, bare.listed) == (False, False, False)


def test_the_ladder_ends_at_the_whole(trials: Trials) -> None:
    told: list[str] = []
    rungs = climbed(trials, told.append)
    assert len(rungs) == len(INGREDIENTS) + 1
    assert told == [ingredient.name for ingredient in INGREDIENTS]
    assert rungs[-1].reached == trials.measured(trials.whole)
    assert rungs[0].without is None


def test_trials_rank_as_the_search_does(house: House) -> None:
    house.write("a.txt", "Mandat\n\nFin du mandat de la Mission.\n")
    house.write("b.txt", "Retrait\n\nLa mission se retire.\n")
    house.reindex()
    request = SearchRequest("fin de mission")
    page = house.search("fin de mission")
    assert len(page.hits) == 2
    assert house.service().ranked(request) == tuple(hit.document.id for hit in page.hits)


def test_without_learned_sigles_a_sigle_finds_only_itself(house: House) -> None:
    house.write("a.txt", "Création\n\nLe Groupe de recherche sur les oiseaux (GRO) est né. Le GRO grandit.\n")
    house.write("b.txt", "Suite\n\nLe Groupe de recherche sur les oiseaux publie.\n")
    house.reindex()
    assert house.search("GRO").total == 2
    house.settings = replace(house.settings, search=replace(house.settings.search, sigles=False))
    assert house.search("GRO").total == 1


def test_accents_can_count_nothing(house: House) -> None:
    house.write("a.txt", "Une marche\n\nLa marche, la marche.\n")
    house.write("b.txt", "Un marché\n\nLe marché couvert du quartier ouvre tôt.\n")
    house.reindex()
    preferring = house.titles("marché")
    house.settings = replace(house.settings, ranking=replace(house.settings.ranking, accents=0.0))
    assert (preferring[0], house.titles("marché")[0]) == ("Un marché", "Une marche")


# --- plain BM25 ----------------------------------------------------------------------------------------------------


def test_plain_bm25_scores_as_its_formula_says() -> None:
    plain = PlainBM25([("a", "", "le mandat"), ("b", "", "mandat mandat mandat mandat"), ("c", "", "rien")], {"le"})
    assert plain.ranked("les MANDATS", 10) == ["b", "a"]
    lengths, counts = (1, 4), (1, 4)
    rarity = log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = [
        rarity * count * (K1 + 1) / (count + K1 * (1 - B + B * length / 2))
        for length, count in zip(lengths, counts, strict=True)
    ]
    docs, found = plain._postings["mandat"]
    assert plain._scores(docs, found) == pytest.approx(expected)


def test_plain_bm25_folds_accents_counts_titles_three_times_and_cuts() -> None:
    documents = [("a", "", "securite paix paix"), ("b", "Sécurité", "x y"), ("c", "", "paix")]
    plain = PlainBM25(documents)
    assert plain.ranked("sécurité", 10) == ["b", "a"]
    assert plain.ranked("sécurité", 1) == ["b"]
    assert plain.ranked("xylophone", 10) == []
    assert PlainBM25([]).ranked("paix", 10) == []


# --- tuning --------------------------------------------------------------------------------------------------------


@pytest.fixture
def start() -> Setup:
    return Setup(SETTINGS.ranking, SETTINGS.search)


def test_the_values_in_force_are_on_the_grid(start: Setup) -> None:
    assert all(weight(start.ranking, name) in values for name, values in GRID.items())


def test_the_two_forms_share_one_weight(start: Setup) -> None:
    ranking = moved(start, "surface", 0.3).ranking
    assert (ranking.surface, ranking.stem) == (0.3, 0.7)


def test_a_choice_can_start_from_what_no_judgment_chose(start: Setup) -> None:
    ranking = naive(start).ranking
    assert (ranking.k1, ranking.b, ranking.coverage, ranking.pairs, ranking.passage) == (K1, B, 0, 0, 0)


def test_a_line_moves_one_weight_through_its_grid(start: Setup) -> None:
    assert [one.ranking.pairs for one in line(start, "pairs")] == list(GRID["pairs"])
    assert start in line(start, "pairs")


def test_weights_move_to_what_is_best_and_not_for_noise(start: Setup) -> None:
    wished = moved(moved(start, "k1", 0.9), "passage", 0.0)

    def score(setup: Setup, step: float) -> float:
        return step * sum(weight(setup.ranking, name) == weight(wished.ranking, name) for name in GRID)

    assert swept(start, lambda setup: score(setup, 1.5 * LEAST_GAIN)) == wished
    assert swept(start, lambda setup: score(setup, 0.5 * LEAST_GAIN)) == start


def test_folds_hold_every_need_once_and_depend_on_the_seed_alone() -> None:
    groups = {f"g{number}" for number in range(23)}
    dealt = folds(groups, 1)
    assert sorted(group for fold in dealt for group in fold) == sorted(groups)
    assert {len(fold) for fold in dealt} == {4, 5}
    assert folds(sorted(groups, reverse=True), 1) == dealt
    assert folds(groups, 2) != dealt


class MadeUp:
    """Trials without a search: the queries of needs g0 to g4 are well ranked with pairs at 0, those of g5 without."""

    def __init__(self, start: Setup) -> None:
        queries = tuple(Query(f"q{number}", "", f"g{number // 2}", {"a": 1}) for number in range(12))
        self.judged = JudgedSet("made up", Path(), queries, NOTHING)
        self.whole = start

    def measured(self, setup: Setup, depth: int = 10) -> Evaluation:
        good = (0.2, 0.8) if setup.ranking.pairs == 0 else (0.8, 0.2)
        values = [good[query.group != "g5"] for query in self.judged.queries]
        return Evaluation(self.judged.queries, tuple(Measures(value, value, value) for value in values))


def test_a_need_is_measured_under_weights_that_the_others_chose(start: Setup) -> None:
    made = MadeUp(start)
    found = validated(made, start, seed=1)  # type: ignore[arg-type]
    assert [setup.ranking.pairs for setup in found.chosen] == [0.0] * 5
    assert [measures.ndcg for measures in found.evaluation.measures] == [0.8] * 10 + [0.2] * 2
    assert objective(found.evaluation, {"g5"}) == pytest.approx(0.2)
    assert objective(found.evaluation) == pytest.approx(0.7)


# --- the command ---------------------------------------------------------------------------------------------------


def test_the_report_shows_the_ladder_and_the_sweep(start: Setup, trials: Trials) -> None:
    made = MadeUp(start)
    validation = validated(made, start, seed=1)  # type: ignore[arg-type]
    whole = made.measured(start)
    lines = tuple((name, one, made.measured(one)) for name in GRID for one in line(start, name))
    sweep = Sweep(lines, (validation, validation), validation)
    found = Findings(made.judged, start, whole, whole, whole, tuple(climbed(trials)), sweep)
    report = markdown([found], "python -m benchmarks.relevance --sweep", "2023-11-30")
    assert "## made up: 12 queries, 6 needs" in report
    assert "| + coverage |" in report
    assert "**1.3: 0.300 / 0.300**" in report
    assert "pairs to 0 (10)" in report
    assert "nDCG@10 0.7000 (0.7000 to 0.7000)" in report


def test_a_set_below_its_floors_says_by_how_much(trials: Trials) -> None:
    demanding = replace(trials.judged, floors=Measures(1.0, 0.5, 0.5))
    (sentence,) = below(demanding, trials.measured(trials.whole, DEPTH))
    assert sentence.startswith("corpus: ndcg@10 is 0.")
    assert sentence.endswith("below its floor of 1.000.")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    corpus = [{"id": "a", "title": "Mandat", "text": "Fin."}, {"id": "b", "title": "Retrait", "text": "Mandat."}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"id": "q1", "text": "mandat"}', encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("query_id\tdoc_id\tgrade\nq1\ta\t2\n", encoding="utf-8")
    return tmp_path


def test_a_folder_given_is_measured_and_its_table_kept(
    tiny: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.relevance.own_set", lambda settings, floors: public_set(tiny, floors))
    assert main([str(tiny), "--results", str(tiny / "results")]) == 0
    said = capsys.readouterr()
    assert f"## {tiny.name}: 1 queries, 1 needs" in said.out
    assert "| plain BM25, any word | 1.000 |" in said.out
    (written,) = (tiny / "results").iterdir()
    assert written.read_text(encoding="utf-8") == said.out.removesuffix("\n")


def test_without_a_set_beside_the_project_ours_is_measured_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.relevance.PUBLIC", tmp_path / "absent")
    assert [one.name for one in judged_sets(None, SETTINGS)] == ["corpus"]
    assert "only our own is measured" in capsys.readouterr().err


def test_a_set_that_cannot_be_read_is_an_error(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tiny / "qrels.tsv").unlink()
    assert main([str(tiny)]) == 2
    assert "n’existe pas" in capsys.readouterr().err


def test_only_the_set_beside_the_project_has_its_floors(tiny: Path) -> None:
    assert judged_sets(tiny, SETTINGS)[0].floors == NOTHING
    assert public_set(tiny, OWN_FLOORS).corpus == tiny / "corpus.jsonl"
