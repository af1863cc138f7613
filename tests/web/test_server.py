"""`trouvaille serve`: its address, its processes, its end."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
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
