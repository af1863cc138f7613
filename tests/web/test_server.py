"""`trouvaille serve`: its address, its processes, its end."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.conftest import ROOT
from tests.web.serving import serving
from tests.web.site import Site
from webapp.server import address


def test_two_processes_answer_from_one_index_and_stop_when_told(site: Site):
    with serving(site.index, workers=2) as (url, process):
        with urlopen(f"{url}sante/pret") as ready:
            assert json.load(ready)["documents"] == site.service.status().documents

        def total(n: int) -> int:
            with urlopen(f"{url}recherche.json?q=patrouille&page={1 + n % 3}") as answer:
                return int(json.load(answer)["total"])

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(total, range(64))) == {23}
    assert process.returncode == 0, "SIGTERM is a normal end"


def test_only_the_address_goes_to_standard_output(site: Site):
    with serving(site.index, workers=1) as (url, process), pytest.raises(HTTPError):
        urlopen(f"{url}rien")
    assert process.stdout
    assert process.stdout.closed, "read to its end by communicate()"


def test_a_start_that_goes_well_says_the_address_and_nothing_else(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TROUVAILLE_SERVER_ACCESS_LOG", "off")
    command = [sys.executable, "-m", "indexer", "serve", "--index", str(site.index), "--port", "0", "--workers", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout
        said = process.stdout.readline()
        assert said.startswith("Trouvaille répond sur http://127.0.0.1:")
        # A process that has answered is all there: told to stop in its first moments, granian's is killed, and said so.
        with urlopen(f"{said.removeprefix('Trouvaille répond sur ').strip()}sante/vivant"):
            pass
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=20) == ("", "")


def test_what_was_begun_is_ended_before_the_service_stops(site: Site):
    """No answer is cut: each is whole, or the connection was refused or closed before its first byte."""
    cut: list[bytes] = []
    answered = []

    def ask(port: int) -> None:
        request = b"GET /recherche?q=patrouille HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
                    connection.sendall(request)
                    received = b"".join(iter(lambda: connection.recv(65_536), b""))
            except OSError:
                return
            if not received:
                return
            head, _, body = received.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0])
            (answered if len(body) == length else cut).append(head)

    with serving(site.index, workers=2, cache_bytes=0) as (url, process), ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask, urlsplit(url).port) for _ in range(8)]
        while len(answered) < 50:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        for one in asking:
            one.result(timeout=30)
        process.wait(20)
    assert not cut, cut[0]
    assert process.returncode == 0


def test_under_too_much_load_what_is_answered_is_answered_soon_and_the_rest_refused(site: Site):
    with serving(site.index, workers=1, cache_bytes=0, at_work=1, waiting=2) as (url, _):

        def ask(_: int) -> tuple[int, str | None]:
            try:
                with urlopen(f"{url}recherche?q=patrouille") as answer:
                    return answer.status, None
            except HTTPError as error:
                return error.code, error.headers["Retry-After"]

        with ThreadPoolExecutor(40) as pool:
            found = set(pool.map(ask, range(400)))
        assert found == {(200, None), (503, "2")}
        assert ask(0) == (200, None)
        with urlopen(f"{url}metriques") as answer:
            counted = answer.read().decode()
        refused = int(re.search(r'requests_total{route="/recherche",status="503"} (\d+)', counted)[1])
        whole = int(re.search(r'requests_total{route="/recherche",status="200"} (\d+)', counted)[1])
        assert refused + whole == 401


def test_head_has_a_length_and_no_body(site: Site):
    with serving(site.index, workers=1) as (url, _):
        with urlopen(Request(f"{url}recherche?q=minusma", method="HEAD")) as head:
            assert head.read() == b""
            length = int(head.headers["Content-Length"])
        with urlopen(f"{url}recherche?q=minusma") as full:
            # the time taken is written with two digits more or less
            assert abs(len(full.read()) - length) < 10


def test_service_without_an_index_starts_and_says_what_to_do(tmp_path: Path):
    with serving(tmp_path / "none", workers=1) as (url, _):
        with pytest.raises(HTTPError) as caught:
            urlopen(f"{url}recherche?q=mandat")
        assert caught.value.code == 503
        assert "trouvaille reindex" in caught.value.read().decode().replace("\u00a0", " ")


def test_taken_port_is_an_error_in_french(site: Site):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = subprocess.run(
            [sys.executable, "-m", "indexer", "serve", "--index", str(site.index), "--port", port],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=30,
            check=False,
        )
    assert run.returncode == 2
    assert run.stdout == ""
    assert f"port {port}" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),
        ("::", "http://[::1]:8000/"),
        ("::1", "http://[::1]:8000/"),
        ("fonds.exemple.org", "http://fonds.exemple.org:8000/"),
    ],
)
def test_address_is_one_that_a_browser_can_open(host, shown):
    assert address(host, 8000) == shown
