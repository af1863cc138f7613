"""`/etat`: what is there, what is not and why; and who may know what."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import load_settings
from indexer.assembly import create_service, engine, type_rules, word_lists
from indexer.errors import CorpusError
from indexer.reindex import reindex
from tests.web.site import Page
from webapp import create_app
from webapp.status import FEW, PER_PAGE

PHOTOS = 250
UNDATED = 30
# What all undated documents say, at such length that a search shows one and the others beneath it.
SAID_AGAIN = "Un tambour bat dans la cour de la caserne, et les enfants du quartier courent le voir. " * 3
HOSTILE = "=1+1<b>&.jpg"

Client = Callable[[str], FlaskClient]


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration with an index of some documents, many files that failed, and runs that went well and did not."""
    folder = tmp_path_factory.mktemp("etat")
    corpus = folder / "fonds secret"
    corpus.mkdir()
    for number in range(PHOTOS - 1):
        (corpus / f"photo-{number:03}.jpg").write_bytes(b"\xff\xd8\xff")
    (corpus / HOSTILE).write_bytes(b"\xff\xd8\xff")
    (corpus / "vide.txt").write_bytes(b"")
    (corpus / "note-2023-06-01.txt").write_text("Une note datée\n\nUn tambour.", encoding="utf-8")
    for number in range(UNDATED):
        (corpus / f"sans {number:02}.txt").write_text(f"Titre <i>{number:02}</i>\n\n{SAID_AGAIN}", encoding="utf-8")
    then = time.time() - 60
    for path in corpus.iterdir():
        os.utime(path, (then, then))
    settings = load_settings(index=folder / "index", environ={})
    parts = engine(settings), settings, type_rules(settings), word_lists(settings)
    reindex(*parts, (corpus,))
    with pytest.raises(CorpusError):
        reindex(*parts, (folder / "absent",))
    return folder


@pytest.fixture
def client_of(troubled: Path) -> Client:
    def make(status_page: str) -> FlaskClient:
        settings = load_settings(index=troubled / "index", environ={"TROUVAILLE_SITE_STATUS_PAGE": status_page})
        return create_app(create_service(settings)).test_client()

    return make


def read(client: FlaskClient, url: str, status: int = 200) -> Page:
    response = client.get(url)
    assert response.status_code == status, response.text[:2000]
    return Page(response.text)


def test_the_page_tells_what_there_is_and_what_is_not(client_of: Client) -> None:
    page = read(client_of("full"), "/etat")
    assert page.text("h1") == "État du fonds"
    assert page.text(".lead").startswith(f"{UNDATED + 1} documents, état du ")
    assert page.texts(".results h2")[1:] == ["250 fichiers en échec", "1 fichier sans texte", "30 documents sans date"]
    assert page.texts("section[aria-labelledby=formats] .label") == ["texte"]
    assert page.texts("section[aria-labelledby=echecs] li b")[0] == f"fonds secret/{HOSTILE}"
    assert len(page.texts("section[aria-labelledby=echecs] li")) == FEW
    assert page.text(".reasons").startswith("250 fois « format non pris en charge")


def test_runs_are_told_the_last_one_first_with_the_reason_of_a_failure(client_of: Client) -> None:
    failed, done = read(client_of("full"), "/etat").texts(".runs li")
    assert "Échec : " in failed
    assert "absent n’existe pas" in failed
    assert "31 ajoutés, 250 échecs, 1 vide" in done


def test_counts_lead_to_the_searches_that_give_them(client_of: Client) -> None:
    client = client_of("full")
    page = read(client, "/etat")
    for label in ("date inconnue", "2023", "Autre", "français"):
        url = page.link(label, ".refine")
        (row,) = [text for text in page.texts(".refine li") if text.startswith(label)]
        total = read(client, url).text(".tally strong").split()[0]
        assert row.split()[len(label.split())] == total, label


def test_a_document_without_a_date_leads_to_its_page(client_of: Client) -> None:
    client = client_of("summary")
    urls = read(client, "/etat").attributes("section[aria-labelledby=sans-date] li a", "href")
    assert len(urls) == FEW
    assert read(client, urls[0] or "").text("h1") == "Titre <i>00</i>"


@pytest.mark.parametrize(("which", "total"), [("echecs", PHOTOS), ("vides", 1), ("sans-date", UNDATED)])
def test_a_long_list_has_pages_which_hold_every_line_once(which: str, total: int, client_of: Client) -> None:
    client, url, seen = client_of("full"), f"/etat?liste={which}", []
    while url:
        page = read(client, url)
        lines = page.texts(".files li")
        assert len(lines) <= PER_PAGE
        seen += lines
        url = next(iter(page.attributes("a[rel=next]", "href")), "") or ""
    assert len(seen) == len(set(seen)) == total


def test_a_page_past_the_end_of_a_list_leads_to_the_last_one(client_of: Client) -> None:
    client = client_of("full")
    page = read(client, "/etat?liste=echecs&page=9", 404)
    assert read(client, page.link("Aller à la page 3")).texts(".files li")


@pytest.mark.parametrize("url", ["/etat?liste=autres", "/etat?liste=echecs&page=x", "/etat.csv?liste=documents"])
def test_a_malformed_parameter_is_refused(url: str, client_of: Client) -> None:
    assert client_of("full").get(url).status_code == 400


@pytest.mark.parametrize("url", ["/etat.json?x=1", "/etat.csv?x=1"])
def test_programs_have_unknown_parameters_refused(url: str, client_of: Client) -> None:
    assert client_of("full").get(url).status_code == 400


def test_a_list_comes_as_a_file_for_a_spreadsheet(client_of: Client) -> None:
    response = client_of("full").get("/etat.csv?liste=echecs")
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == "attachment; filename=echecs.csv"
    head, *rows = csv.reader(response.data.decode("utf-8-sig").splitlines(), delimiter=";")
    assert head == ["racine", "chemin", "raison"]
    assert len(rows) == PHOTOS
    assert rows[0][1] == f"'{HOSTILE}"
    undated = client_of("summary").get("/etat.csv?liste=sans-date").data.decode("utf-8-sig")
    assert len(undated.splitlines()) == UNDATED + 1


# --- who may know --------------------------------------------------------------------------------------------------


def test_by_default_no_path_no_reason_and_no_root_is_told(client_of: Client, troubled: Path) -> None:
    assert load_settings(environ={}).site.status_page == "summary"
    client = client_of("summary")
    for url in ("/etat", "/etat.json"):
        text = client.get(url).text
        for secret in ("photo-0", "vide.txt", str(troubled), "absent", "format non pris"):
            assert secret not in text, (url, secret)
    assert "250 fichiers en échec" in read(client, "/etat").texts("h2")
    assert client.get("/etat.json").json["failed_count"] == PHOTOS


@pytest.mark.parametrize("url", ["/etat?liste=echecs", "/etat?liste=vides", "/etat.csv?liste=echecs", "/etat.csv"])
def test_a_list_that_is_not_public_says_who_has_it(url: str, client_of: Client) -> None:
    page = read(client_of("summary"), url, 403)
    assert "trouvaille status" in page.text("main")


def test_where_a_request_comes_from_decides_nothing(client_of: Client) -> None:
    response = client_of("summary").get("/etat?liste=echecs", environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert response.status_code == 403


def test_a_site_without_a_status_page_has_none_and_no_link_to_it(client_of: Client) -> None:
    client = client_of("off")
    for url in ("/etat", "/etat.json", "/etat.csv?liste=sans-date", "/etat?liste=sans-date"):
        assert client.get(url).status_code == 404
    assert "/etat" not in client.get("/").text
    assert read(client_of("summary"), "/").link("État du fonds", ".foot") == "/etat"


def test_the_json_has_every_file_when_it_may(client_of: Client) -> None:
    status = client_of("full").get("/etat.json").json
    assert len(status["failed"]) == PHOTOS
    assert status["undated"] == UNDATED
    assert [run["ok"] for run in status["runs"]] == [False, True]


# --- states --------------------------------------------------------------------------------------------------------


def test_without_an_index_it_says_so(no_index: FlaskClient) -> None:
    assert no_index.get("/etat").status_code == 503
    assert no_index.get("/etat.json").json["error"]["code"] == "index_missing"
    assert no_index.get("/etat.csv?liste=sans-date").status_code == 503


def test_where_all_went_well_the_page_has_empty_lists(page: Callable[..., Page]) -> None:
    shown = page("/etat")
    assert shown.texts(".results h2")[1:3] == ["0 fichier en échec", "0 fichier sans texte"]
    assert not shown.texts(".failed")


def test_a_history_that_is_gone_is_no_failure(client_of: Client, troubled: Path) -> None:
    history = troubled / "index" / "runs.jsonl"
    kept = history.read_bytes()
    try:
        history.write_bytes(b"\xff\x00{")
        assert read(client_of("summary"), "/etat").texts(".runs") == []
    finally:
        history.write_bytes(kept)
