"""The command line: the contract of options, JSON, exit codes and streams, by real processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

ARTICLE = (
    " date 2025-07 Le Conseil de sécurité met fin au mandat de la Minusma à compter du 1er juillet.\n\n"
    "Les Casques bleus quittent le pays.\n"
)
STATEMENT = "Éléments à la presse\n\nNous saluons l’accord de paix paraphé le 1er mars à Alger.\n"


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Shell:
    """Runs `trouvaille …` in a folder of its own."""

    folder: Path

    def __call__(self, *args: str, **environ: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "indexer", *args],
            cwd=self.folder,
            env={**clean_environment(), **environ},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


def clean_environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TROUVAILLE_")}
    return {**kept, "PYTHONPATH": str(ROOT), **settings}


@pytest.fixture
def trouvaille(tmp_path: Path) -> Shell:
    (tmp_path / "textes").mkdir()
    (tmp_path / "textes" / "article.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "textes" / "déclaration.txt").write_text(STATEMENT, encoding="utf-8")
    return Shell(tmp_path)


def test_reindex_then_search_finds_the_article_with_the_date_of_its_header(trouvaille: Shell) -> None:
    run = trouvaille("reindex", "textes", "--json")
    assert run.code == 0
    assert set(run.json) == {"generation", "added", "changed", "removed", "unchanged", "empty", "failed", "took_ms"}
    assert (run.json["generation"], run.json["added"]) == (1, 2)
    page = trouvaille("search", "fin du mandat de la Minusma", "--json").json
    hit = page["hits"][0]
    assert hit["path"] == "article.txt"
    assert (hit["date"], hit["date_precision"], hit["date_source"]) == ("2025-07", "month", "header")
    marked = {text for fragment in hit["snippets"] for text, marked in fragment if marked}
    assert {"mandat", "Minusma"} <= marked
    assert not any("date 2025-07" in text for fragment in hit["snippets"] for text, _ in fragment)


def test_the_json_of_a_search_has_the_keys_of_the_contract(trouvaille: Shell) -> None:
    trouvaille("reindex", "textes")
    page = trouvaille("search", "accord de paix d'Alger", "--json").json
    assert set(page) == {
        "query", "understood", "interpretations", "match", "total", "took_ms", "generation", "hits", "facets",
        "reprises", "suggestion", "pages",
    }  # fmt: skip
    assert page["hits"][0]["path"] == "déclaration.txt"
    assert page["hits"][0]["date"] is None
    assert page["hits"][0]["date_precision"] is None
    assert {value["value"]: value["label"] for value in page["facets"]["date"]}["inconnue"] == "date inconnue"
    assert {"value", "label", "count", "selected", "url", "children"} == set(page["facets"]["type"][0])
    assert page["pages"] == {"current": 1, "last": 1, "next": None, "previous": None}


def test_spellings_with_and_without_accents_give_identical_hits(trouvaille: Shell) -> None:
    trouvaille("reindex", "textes")
    hits = [
        [hit["id"] for hit in trouvaille("search", word, "--json").json["hits"]]
        for word in ("securite", "SÉCURITÉ", "sécurité")
    ]
    assert hits[0]
    assert hits[0] == hits[1] == hits[2]
    assert trouvaille("search", "mal", "--json").json["total"] == 0


def test_filters_order_and_pages_of_a_search(trouvaille: Shell) -> None:
    trouvaille("reindex", "textes")
    assert trouvaille("search", "", "--date", "inconnue", "--json").json["total"] == 1
    assert trouvaille("search", "", "--date", "2025", "--json").json["total"] == 1
    assert trouvaille("search", "", "--type", "éléments à la presse", "--json").json["total"] == 1
    assert (
        trouvaille("search", "", "--sort", "ancien", "--limit", "1", "--page", "2", "--json").json["hits"][0]["date"]
        is None
    )


def test_a_search_says_why_when_asked(trouvaille: Shell) -> None:
    trouvaille("reindex", "textes")
    plain, told = trouvaille("search", "mandat"), trouvaille("search", "mandat", "--why")
    assert "tel quel" not in plain.out
    assert re.search(r"^ +\d+\xa0%  mandat : dans le t\w+, .*tel quel$", told.out, re.MULTILINE)
    hit = trouvaille("search", "mandat", "--why", "--json").json["hits"][0]
    assert sum(reason["share"] for reason in hit["reasons"]) == pytest.approx(1, abs=1e-5)
    assert "reasons" not in trouvaille("search", "mandat", "--json").json["hits"][0]


def test_a_search_says_how_it_read_the_query(trouvaille: Shell) -> None:
    trouvaille("reindex", "textes")
    told = trouvaille("search", "le mandt").out.splitlines()
    assert told[1:4] == [
        "Compris : mandat",
        "   «\xa0mandt\xa0» lu «\xa0mandat\xa0» (--literal mandt)",
        "   Mot passé\xa0: le",
    ]
    assert "Compris" not in trouvaille("search", "mandat").out
    literal = trouvaille("search", "mandt Minusma", "--literal", "mandt", "--literal", "Minusma", "--json").json
    assert (literal["query"]["sans"], literal["interpretations"][:-1]) == (["mandt", "Minusma"], [])
    assert trouvaille("search", "mandt", "--literal", "mandt").out.startswith("0 résultat")


def test_a_search_offers_the_word_that_was_meant(trouvaille: Shell) -> None:
    many = "".join(json.dumps({"id": n, "title": "Avis", "text": "Un ravitaillement."}) + "\n" for n in range(60))
    (trouvaille.folder / "textes" / "avis.jsonl").write_text(many, encoding="utf-8")
    (trouvaille.folder / "textes" / "faute.txt").write_text("Avis\n\nUn ravitallement.", encoding="utf-8")
    trouvaille("reindex", "textes")
    run = trouvaille("search", "ravitallement")
    assert run.out.splitlines()[1] == "Vouliez-vous dire : «\xa0ravitaillement\xa0» ?"


def test_a_search_without_hits_is_no_error(trouvaille: Shell) -> None:
    trouvaille("reindex", "textes")
    run = trouvaille("search", "xylophone")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("0 résultat")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--date", "hier"], "2023-06"),
        (["--mention", "hier"], "2023-06"),
        (["--sort", "beauté"], "pertinence"),
        (["--page", "9"], "dernière"),
        (["--index", "ailleurs"], "trouvaille reindex"),
    ],
)
def test_a_faulty_search_exits_2_with_a_french_line_on_stderr(args: list[str], said: str, trouvaille: Shell) -> None:
    trouvaille("reindex", "textes")
    run = trouvaille("search", "mandat", *args)
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert "Traceback" not in run.err


def test_exit_codes_of_reindex(trouvaille: Shell) -> None:
    assert trouvaille("reindex", "absent").code == 2
    assert trouvaille("reindex", "textes").code == 0
    (trouvaille.folder / "textes" / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    run = trouvaille("reindex")
    assert run.code == 1
    assert "photo.jpg" in run.out


def test_the_number_of_processes_can_be_given_and_is_one_or_more(trouvaille: Shell) -> None:
    assert trouvaille("reindex", "textes", "--jobs", "2", "--json").json["added"] == 2
    assert trouvaille("reindex", "textes", "--jobs", "0").code == 2


def test_the_configured_corpus_is_read_when_there_is_no_root_yet(trouvaille: Shell) -> None:
    (trouvaille.folder / "textes").rename(trouvaille.folder / "corpus")
    assert trouvaille("reindex", "--json").json["added"] == 2


def test_the_index_stands_where_the_option_or_the_variable_says(trouvaille: Shell) -> None:
    trouvaille("reindex", "textes", "--index", "a")
    trouvaille("reindex", "textes", TROUVAILLE_INDEX="b")
    trouvaille("reindex", "textes")
    assert all((trouvaille.folder / name / "CURRENT").exists() for name in ("a", "b", "index-trouvaille"))


def test_progress_of_a_run_that_is_no_terminal_leaves_stdout_to_the_result(trouvaille: Shell) -> None:
    run = trouvaille("reindex", "textes")
    assert run.out.splitlines()[0] == "2 ajoutés, 0 modifié, 0 retiré, 0 sans changement"


def test_the_report_names_the_index_as_it_is(trouvaille: Shell) -> None:
    run = trouvaille("reindex", "textes", "--index", "fonds.v2")
    assert str(trouvaille.folder / "fonds.v2") in run.out
    assert run.out.rstrip().endswith(" s)")


def drawn_on_a_terminal(trouvaille: Shell, *args: str) -> subprocess.CompletedProcess[str]:
    """A run whose stderr is a terminal."""
    primary, terminal = os.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "indexer", *args],
        cwd=trouvaille.folder,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=terminal,
        timeout=60,
        check=True,
    )
    os.close(terminal)
    with os.fdopen(primary, "rb") as shown:
        drawn = shown.read1(65_536).decode()
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), drawn)


def test_progress_on_a_terminal_is_a_bar_on_stderr(trouvaille: Shell) -> None:
    run = drawn_on_a_terminal(trouvaille, "reindex", "textes")
    assert "2/2 fichiers, 2 documents" in run.stderr
    assert run.stdout.startswith("2 ajoutés")


def test_status_says_what_the_index_holds(trouvaille: Shell) -> None:
    assert trouvaille("status").code == 2
    trouvaille("reindex", "textes")
    status = trouvaille("status", "--json").json
    assert set(status) == {
        "generation", "published", "documents", "roots", "bytes", "last_run", "runs", "formats", "types", "years",
        "languages", "undated", "copies", "failed_count", "empty_count", "failed", "empty",
    }  # fmt: skip
    assert status["documents"] == 2
    assert status["roots"] == [{"name": "textes", "path": str(trouvaille.folder / "textes")}]
    assert trouvaille("status").out


def test_status_tells_every_file_that_is_not_in_the_index_and_every_run(trouvaille: Shell) -> None:
    (trouvaille.folder / "textes" / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (trouvaille.folder / "textes" / "vide.txt").write_bytes(b"")
    trouvaille("reindex", "textes")
    trouvaille("reindex", "absent")
    trouvaille("reindex", "textes", "--dry-run")
    status = trouvaille("status", "--json").json
    assert [(one["root"], one["path"]) for one in status["failed"]] == [("textes", "photo.jpg")]
    assert [(one["path"], one["reason"]) for one in status["empty"]] == [("vide.txt", "fichier vide")]
    assert [(run["ok"], run["paths"], run["added"]) for run in status["runs"]] == [
        (False, ["absent"], 0),
        (True, ["textes"], 2),
    ]
    assert "absent" in status["runs"][0]["error"]
    told = trouvaille("status").out
    assert "photo.jpg" in told
    assert "2 ajoutés, 1 échec, 1 vide" in told


def test_lists_of_a_status_come_as_csv(trouvaille: Shell) -> None:
    (trouvaille.folder / "textes" / "=1+1.jpg").write_bytes(b"\xff\xd8\xff")
    trouvaille("reindex", "textes")
    head, row = trouvaille("status", "--csv", "echecs").out.splitlines()
    assert (head, row.split(";")[:2]) == ("\ufeffracine;chemin;raison", ["textes", "'=1+1.jpg"])
    assert len(trouvaille("status", "--csv", "documents").out.splitlines()) == 3
    assert "déclaration.txt" in trouvaille("status", "--csv", "sans-date").out
    assert len(trouvaille("status", "--csv", "vides").out.splitlines()) == 1
    assert trouvaille("status", "--csv", "autres").code == 2


def test_many_problems_are_told_by_their_reason_and_all_of_them_in_json(trouvaille: Shell) -> None:
    for number in range(50):
        (trouvaille.folder / "textes" / f"photo-{number:02}.jpg").write_bytes(b"\xff\xd8\xff")
    run = trouvaille("reindex", "textes")
    assert run.out.count("\nÉchec : ") == 20
    assert "… et 30 autres : 30 fois «" in run.out
    assert "trouvaille status --csv echecs" in run.out
    assert "--csv" not in trouvaille("reindex", "textes", "--dry-run").out
    assert len(trouvaille("reindex", "--json").json["failed"]) == 50


def test_verify_and_rollback(trouvaille: Shell) -> None:
    assert trouvaille("verify").code == 2
    trouvaille("reindex", "textes")
    assert trouvaille("verify", "--json").json == {"ok": True, "files": []}
    (trouvaille.folder / "textes" / "trois.txt").write_text("Trois\n\nUn tambour.", encoding="utf-8")
    trouvaille("reindex")
    assert trouvaille("rollback", "--json").json == {"generation": 1}
    assert trouvaille("search", "tambour", "--json").json["total"] == 0
    assert trouvaille("reindex", "--json").json["added"] == 1
    files = trouvaille.folder / "index-trouvaille" / "generations" / "000003" / "files.json"
    files.write_bytes(files.read_bytes().replace(b"textes", b"textis"))
    run = trouvaille("verify", "--json")
    assert (run.code, run.json["ok"], run.json["files"][0]["name"]) == (1, False, "files.json")
    assert "reindex --full" in run.err


def test_analyze_gives_positions_with_true_offsets(trouvaille: Shell) -> None:
    text = "À N’Djamena, l’ONU"
    positions = trouvaille("analyze", text, "--json").json["positions"]
    assert [text[p["start"] : p["end"]] for p in positions] == ["À", "N’Djamena", "ONU"]
    assert positions[1]["surface"] == ["ndjamena"]
    assert set(positions[0]) == {"surface", "stem", "start", "end"}


def test_explain_names_the_rules_that_chose(trouvaille: Shell) -> None:
    run = trouvaille("explain", "textes/article.txt", "--json")
    (document,) = run.json["documents"]
    assert (document["date"], document["date_source"]) == ("2025-07", "header")
    assert document["title_rule"]
    assert document["type_rule"]
    assert trouvaille("explain", "textes/absent.txt").code == 2


def test_dates_that_documents_name_are_told_and_asked_where_they_are_looked_for(trouvaille: Shell) -> None:
    on = {"TROUVAILLE_CORPUS_MENTIONS": "1"}
    (trouvaille.folder / "textes" / "dates.txt").write_text("Un rappel\n\nLe 30 juin 2023, puis en 2019.\n")
    (told,) = trouvaille("explain", "textes/dates.txt", "--json", **on).json["documents"]
    assert told["mentions"] == ["2023-06-30", "2019"]
    assert "mentions" not in trouvaille("explain", "textes/dates.txt", "--json").json["documents"][0]
    trouvaille("reindex", "textes", **on)
    found = trouvaille("search", "", "--mention", "2023-06", "--json", **on).json
    assert [hit["title"] for hit in found["hits"]] == ["Un rappel"]
    assert [value["value"] for value in found["facets"]["mention"] if value["selected"] or value["children"]] == [
        "2023"
    ]


def test_explain_tells_what_a_table_of_metadata_gives_and_each_member_of_an_archive(trouvaille: Shell) -> None:
    folder = trouvaille.folder / "fonds"
    folder.mkdir()
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        archive.writestr("a.txt", "Note\n\nLe mandat de la mission prend fin, et les soldats quittent la ville.")
        archive.writestr("b.txt", "Note\n\nThe mandate of the mission ends and the soldiers are leaving the town.")
        archive.writestr("c.txt", "")
    table = "fichier;titre;langue\nx.zip!/a.txt;Le retrait;\nx.zip;;de\nabsent.txt;;martien\n"
    (folder / "metadata.csv").write_text(table, encoding="utf-8")
    run = trouvaille("explain", "fonds/x.zip", "--json")
    assert "langue ignorée : « martien »" in run.err
    first, second = run.json["documents"]
    assert (first["place"], first["title"], first["title_rule"]) == ("x.zip!/a.txt", "Le retrait", "metadata.csv")
    assert (second["title"], second["language"], second["language_rule"]) == ("Note", "de", "metadata.csv")
    assert (first["format"], first["format_rule"]) == ("texte", "nom du fichier")
    assert [one["member"] for one in run.json["rejected"]] == ["c.txt"]
    told = trouvaille("explain", "fonds/x.zip").out
    assert "x.zip!/a.txt" in told
    assert "Vide : c.txt : fichier vide" in told


def test_search_takes_languages(trouvaille: Shell) -> None:
    trouvaille("reindex", "textes")
    every = trouvaille("search", "", "--json").json["total"]
    french = trouvaille("search", "", "--language", "français", "--json").json["total"]
    assert 0 < french <= every
    assert trouvaille("search", "", "--language", "martien").code == 2


@pytest.fixture
def judged(trouvaille: Shell) -> Path:
    """A set of two queries, one of them answered second, beside an index in service."""
    folder = trouvaille.folder / "jeu"
    folder.mkdir()
    corpus = [
        {"id": "a", "title": "Mandat", "text": "Fin du mandat."},
        {"id": "b", "title": "Retrait", "text": "Un mandat."},
    ]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), encoding="utf-8")
    queries = [{"id": "q1", "text": "retrait", "group": "g"}, {"id": "q2", "text": "mandat", "group": "g"}]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    (folder / "qrels.tsv").write_text("query_id\tdoc_id\tgrade\nq1\tb\t2\nq2\tb\t1\n", encoding="utf-8")
    trouvaille("reindex", "textes")
    return folder


def test_evaluate_measures_a_judged_set_and_leaves_the_index_alone(trouvaille: Shell, judged: Path) -> None:
    before = trouvaille("status", "--json").json
    run = trouvaille("evaluate", "jeu", "--json")
    assert (run.code, run.err) == (0, "")
    assert run.json == {
        "queries": 2,
        **{"ndcg@10": 0.8155, "mrr@10": 0.75, "recall@100": 1.0},
        "groups": {"count": 1, "ndcg@10": 0.8155, "mrr@10": 0.75, "recall@100": 1.0},
    }
    assert trouvaille("status", "--json").json == before
    assert trouvaille("evaluate", "jeu").out.splitlines() == [
        "2 requêtes, 1 besoin",
        "par requête  ndcg@10 0,8155, mrr@10 0,7500, recall@100 1,0000",
        "par besoin   ndcg@10 0,8155, mrr@10 0,7500, recall@100 1,0000",
    ]


def test_evaluate_runs_with_the_settings_in_force(trouvaille: Shell, judged: Path) -> None:
    assert trouvaille("evaluate", "jeu", "--json", TROUVAILLE_RANKING_TITLE="0").json["mrr@10"] != 0.75


def test_progress_of_evaluate_counts_queries(trouvaille: Shell, judged: Path) -> None:
    drawn = drawn_on_a_terminal(trouvaille, "evaluate", "jeu").stderr
    assert "1/1 fichiers, 2 documents" in drawn
    assert "2/2 requêtes" in drawn


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("qrels.tsv", "qrels.tsv n’existe pas"),
        ("queries.jsonl", "queries.jsonl n’existe pas"),
        ("corpus.jsonl", "ne contient ni corpus.jsonl.gz ni corpus.jsonl"),
    ],
)
def test_evaluate_names_the_file_that_is_missing(missing: str, said: str, trouvaille: Shell, judged: Path) -> None:
    (judged / missing).unlink()
    run = trouvaille("evaluate", "jeu")
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert "Traceback" not in run.err


def test_config_shows_every_setting_and_its_origin(trouvaille: Shell) -> None:
    shown = trouvaille("config", "--json", TROUVAILLE_SERVER_PORT="9001").json
    assert shown["server.port"] == {"value": 9001, "origin": "TROUVAILLE_SERVER_PORT"}
    assert shown["search.per_page"]["origin"] == "défaut"


def test_hostile_file_names_are_shown_not_obeyed(trouvaille: Shell) -> None:
    name = "a\nb\u202e<script>.txt"
    (trouvaille.folder / "textes" / name).write_text("Titre\n\nUn tambour.", encoding="utf-8")
    os.rename(  # noqa: PTH104 - a name that is not UTF-8
        trouvaille.folder / "textes" / "article.txt", os.fsencode(trouvaille.folder / "textes") + b"/caf\xe9.txt"
    )
    run = trouvaille("reindex", "textes", "--json")
    assert (run.code, run.json["added"]) == (0, 3)
    assert trouvaille("search", "tambour", "--json").json["hits"][0]["path"] == name
    assert trouvaille("search", "mandat").code == 0


def ask_until(stop: threading.Event, ask: Callable[[], int]) -> list[int]:
    answers = []
    while not stop.is_set():
        answers.append(ask())
    return answers


def test_serve_prints_its_address_answers_and_sees_the_next_run(trouvaille: Shell) -> None:
    trouvaille("reindex", "textes")
    process = subprocess.Popen(
        [sys.executable, "-m", "indexer", "serve", "--port", "0", "--workers", "2"],
        cwd=trouvaille.folder,
        env=clean_environment(TROUVAILLE_SERVER_ACCESS_LOG="off"),  # nobody reads it while we ask
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1].rstrip("/")
        assert address.startswith("http://127.0.0.1:")

        def total(word: str) -> int:
            with urllib.request.urlopen(f"{address}/recherche.json?q={word}", timeout=5) as answer:
                return int(json.load(answer)["total"])

        until = time.monotonic() + 20
        while True:
            try:
                assert total("mandat") == 1
                break
            except OSError:
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.1)
        (trouvaille.folder / "textes" / "nouveau.txt").write_text("Nouveau\n\nUn tambour.", encoding="utf-8")
        assert total("tambour") == 0
        stop = threading.Event()
        with ThreadPoolExecutor(2) as pool:
            asking = [pool.submit(ask_until, stop, lambda: total("mandat")) for _ in range(2)]
            runs = [trouvaille("reindex", *options).code for options in ((), ("--full",), ("--full",))]
            stop.set()
            answers = [answer for asked in asking for answer in asked.result()]
        assert runs == [0, 0, 0]
        assert len(answers) > 10
        assert set(answers) == {1}  # never an error, never an empty page, while the index was rebuilt
        assert [total("tambour") for _ in range(6)] == [1] * 6  # whichever process answers
    finally:
        process.terminate()
        assert process.wait(timeout=15) == 0
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
