"""What is known of each request: where it came from behind a proxy, the line in the log, the counts."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from indexer import create_service
from tests.web.site import Site
from webapp import create_app, meters
from webapp.access import LOGGER
from webapp.meters import BOUNDS_S, Meters

FORWARDED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "fonds.exemple.org",
    "X-Forwarded-Prefix": "/ailleurs",
}


def app_with(site: Site, *, proxies: int = 0, **server: object):
    settings = replace(
        site.settings,
        site=replace(site.settings.site, trusted_proxies=proxies),
        server=replace(site.settings.server, **server),
    )
    return create_app(create_service(settings))


# --- proxies -------------------------------------------------------------------------------------------------------


def test_forwarded_headers_are_ignored_unless_a_proxy_is_trusted(site):
    response = app_with(site).test_client().get("/opensearch.xml", headers=FORWARDED)
    assert "http://localhost/recherche" in response.text
    assert "fonds.exemple.org" not in response.text
    assert "Strict-Transport-Security" not in response.headers


def test_behind_a_trusted_proxy_addresses_are_those_of_the_public(site):
    response = app_with(site, proxies=1).test_client().get("/opensearch.xml", headers=FORWARDED)
    assert "https://fonds.exemple.org/recherche" in response.text
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "includeSubDomains" not in response.headers["Strict-Transport-Security"]


def test_only_the_last_proxy_is_believed_of_what_a_client_made_up(site):
    made_up = {name: f"evil.example, {value}" for name, value in FORWARDED.items()}
    text = app_with(site, proxies=1).test_client().get("/opensearch.xml", headers=made_up).text
    assert "https://fonds.exemple.org/" in text
    assert "evil" not in text


def test_a_kept_answer_of_one_scheme_is_not_that_of_the_other(site):
    client = app_with(site, proxies=1, cache_bytes=1_000_000).test_client()
    for _ in range(2):
        assert "Strict-Transport-Security" not in client.get("/").headers
        assert "Strict-Transport-Security" in client.get("/", headers=FORWARDED).headers


# --- the access log ------------------------------------------------------------------------------------------------


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, LOGGER)
    return lambda: [json.loads(record.message) for record in caplog.records if record.name == LOGGER]


def test_the_log_says_what_was_answered_and_nothing_about_persons(site, lines):
    client = app_with(site, cache_bytes=1_000_000).test_client()
    headers = {"User-Agent": "secret agent", "Referer": "https://secret.example/"}
    for url in ("/recherche?q=secret", "/recherche?q=secret", "/document/secret.json", "/secret", "/recherche?date=x"):
        client.get(url, headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    told = lines()
    assert [(line["route"], line["status"]) for line in told] == [
        ("/recherche", 200),
        ("/recherche", 200),
        ("/document/<id:id>", 404),
        ("autre", 404),
        ("/recherche", 400),
    ]
    assert [line.get("cache") for line in told] == ["miss", "hit", None, None, None]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", line["at"]) for line in told)
    assert all(line["bytes"] > 0 and line["ms"] >= 0 and line["method"] == "GET" for line in told)
    text = json.dumps(told)
    assert "secret" not in text
    assert "203.0.113.9" not in text


def test_the_full_log_holds_who_asked_what_on_one_line_each(site, lines):
    client = app_with(site, proxies=1, access_log="full").test_client()
    client.get("/recherche?q=a%0Ab", headers=FORWARDED | {"User-Agent": 'x"\\\u2028y' * 1_000})
    client.get("/document/%C3%A9t%C3%A9%0A")
    first, second = lines()
    assert (first["client"], first["query"]) == ("203.0.113.9", "q=a%0Ab")
    assert len(first["agent"]) == 500
    assert second["path"] == "/document/été\n"


def test_the_log_may_be_off(site, lines):
    app_with(site, access_log="off").test_client().get("/")
    assert lines() == []


# --- /metriques ----------------------------------------------------------------------------------------------------


def test_metrics_count_requests_by_route_and_status_and_are_well_formed(site):
    client = app_with(site, cache_bytes=1_000_000).test_client()
    for url in ("/recherche?q=a", "/recherche?q=a", "/recherche?date=x", "/document/complet", "/rien"):
        client.get(url)
    response = client.get("/metriques")
    assert response.content_type.startswith("text/plain; version=0.0.4")
    assert response.headers["Cache-Control"] == "no-store"
    text = response.text
    for line in (
        'trouvaille_requests_total{route="/recherche",status="200"} 2',
        'trouvaille_requests_total{route="/recherche",status="400"} 1',
        'trouvaille_requests_total{route="autre",status="404"} 1',
        'trouvaille_request_seconds_count{route="/recherche"} 3',
        'trouvaille_request_seconds_bucket{route="/recherche",le="+Inf"} 3',
        'trouvaille_cache_total{outcome="hit"} 1',
        f"trouvaille_generation {site.service.status().generation}",
    ):
        assert f"{line}\n" in text
    metric = re.compile(r'(# (HELP|TYPE) trouvaille_\w+ .+|trouvaille_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [0-9.e+-]+)')
    assert all(metric.fullmatch(line) for line in text.splitlines())


def test_metrics_may_be_off(site):
    assert app_with(site, metrics=False).test_client().get("/metriques").status_code == 404


def test_processes_count_together_and_a_new_one_goes_on(tmp_path):
    file = tmp_path / "meters"
    file.touch()
    ours = Meters(["/a"], file, 2)
    ours.answered("/a", 200, 0.002)
    ours.answered("/a", 418, max(BOUNDS_S) * 2)
    # Run from its file: what it counts for need not be loaded.
    script = (
        "import runpy, sys; from pathlib import Path\n"
        "Meters = runpy.run_path(sys.argv[1])['Meters']\n"
        "Meters(['/a'], Path(sys.argv[2]), 2).answered('/a', 200, 0.002)"
    )
    for _ in range(2):  # one after the other, each in the row of the one before
        subprocess.run([sys.executable, "-c", script, meters.__file__, str(file)], check=True)
    text = ours.text()
    assert 'trouvaille_requests_total{route="/a",status="200"} 3\n' in text
    assert 'trouvaille_requests_total{route="/a",status="416"} 1\n' in text
    assert 'trouvaille_request_seconds_bucket{route="/a",le="2.5"} 3\n' in text
    assert 'trouvaille_request_seconds_count{route="/a"} 4\n' in text
