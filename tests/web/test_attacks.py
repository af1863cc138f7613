"""What others send: texts that would be markup, wherever a text can stand; requests that are none."""

from __future__ import annotations

import csv
import io
import random
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import urlopen
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from indexer import create_service
from tests.web.payloads import PAYLOADS
from tests.web.serving import serving
from tests.web.site import Site, make_attacked_site
from webapp import create_app

ATOM = (
    "feed",
    "entry",
    "id",
    "title",
    "updated",
    "published",
    "author",
    "name",
    "link",
    "summary",
    "content",
    "category",
)
# What no page of ours holds, or holds from us alone. An attribute of any element may not handle an event.
_FOREIGN = "iframe, object, embed, base, math, video, audio, template, img, style, body > script, meta[http-equiv]"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_attacked_site(tmp_path_factory.mktemp("attacked"), PAYLOADS)


@pytest.fixture(scope="module")
def client(attacked: Site) -> FlaskClient:
    return create_app(create_service(attacked.settings)).test_client()


def refuse_markup(html: str, where: str) -> None:
    tree = LexborHTMLParser(html)
    assert not [node.html for node in tree.css(_FOREIGN)], where
    assert all(re.fullmatch(r"/statique/\S+\.js", node.attributes.get("src") or "") for node in tree.css("script")), (
        where
    )
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            assert not name.startswith("on"), f"{where}: {name}"
            if name in ("href", "src", "action", "formaction"):
                assert re.match(r"https?://|[/#?]|$", value or ""), f"{where}: {name}={value}"


def test_there_are_two_hundred(attacked):
    assert len(set(PAYLOADS)) == 200
    assert attacked.service.status().documents >= 200


def test_markup_in_documents_is_text_on_every_page(client):
    for page in (1, 2, 3):
        refuse_markup(client.get(f"/recherche?q=charge&pourquoi=1&page={page}").text, f"page {page}")
    for number in range(0, len(PAYLOADS), 4):
        response = client.get(f"/document/charge-{number}?q=charge")
        assert response.status_code == 200
        refuse_markup(response.text, PAYLOADS[number])
    for url in ("/", "/etat", "/etat?liste=sans-date"):
        refuse_markup(client.get(url).text, url)


def test_markup_in_any_parameter_is_text(client):
    for number, payload in enumerate(PAYLOADS):
        text = quote(payload)
        name = ("type", "sans", "date", "langue", "tri", "page", "du", "mention")[number % 8]
        for url in (f"/recherche?q={text}", f"/recherche?q=charge&{name}={text}", f"/{text}"):
            response = client.get(url)
            assert response.status_code < 500, url
            if response.mimetype == "text/html":
                refuse_markup(response.text, url)


def test_programs_get_what_documents_say_as_data(client):
    """As JSON and CSV, whose types forbid browsers to look for markup, every text is whole."""
    for number in range(0, len(PAYLOADS), 4):
        response = client.get(f"/document/charge-{number}.json")
        assert response.mimetype == "application/json"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "alert(1)" in response.json["title"] + " ".join(response.json["text"]) or "cmd" in response.json["title"]
    for url in ("/etat.csv?liste=sans-date", "/recherche.csv?q=charge"):
        response = client.get(url)
        assert response.mimetype == "text/csv"
        assert response.headers["Content-Disposition"].startswith("attachment")
        rows = list(csv.reader(io.StringIO(response.text.lstrip("\ufeff"))))
        assert len(rows) > 200
        assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "@", "\t"))], url
    exported = client.get("/export.json?q=charge")
    assert exported.headers["Content-Disposition"].startswith("attachment")
    assert exported.json["count"] >= 200


def test_a_feed_holds_elements_of_feeds_alone(client):
    feed = client.get("/recherche.atom?q=charge")
    assert feed.mimetype == "application/atom+xml"
    found = {element.tag for element in ElementTree.fromstring(feed.data).iter()}
    assert found <= {f"{{http://www.w3.org/2005/Atom}}{name}" for name in ATOM}, found


# --- requests that are none ----------------------------------------------------------------------------------------

_SEED = 20261128
_LINES = (
    b"GET /recherche?q=a HTTP/1.1",
    b"GET /recherche?q=%00%ff%zz HTTP/1.1",
    b"GET //recherche/../../etc/passwd HTTP/1.1",
    b"GET /document/%2e%2e%2f%00.json HTTP/1.1",
    b"GET http://[::1/recherche HTTP/1.1",
    b"GET * HTTP/1.1",
    b"CONNECT evil.example:443 HTTP/1.1",
    b"TRACE / HTTP/1.1",
    b"POST /recherche HTTP/1.1",
    b"\xff\xfe / HTTP/1.1",
    b"GET / HTTP/9.9",
    b"GET /",
    b"PRI * HTTP/2.0",
    b"",
)
_HEADERS = (
    b"Host: x",
    b"Host: ",
    b"Host: <script>",
    b"Host: a\x00b",
    b"Host: x\r\nHost: y",
    b"Content-Length: -1",
    b"Content-Length: 99999999999999999999",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: xchunked",
    b"Range: bytes=9-1,,-",
    b"If-None-Match: " + b'W/"' * 500,
    b"If-Modified-Since: jamais",
    b"Accept-Encoding: " + b"gzip;q=\xff," * 50,
    b"X-Forwarded-For: \xff",
    b"Cookie: \x80\x81",
    b": nothing",
    b"No colon",
    b" folded",
    b"A" * 70_000 + b": b",
    b"Expect: 100-continue",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x",
)
_LAST = b"GET /sante/vivant HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def made_request(rng: random.Random) -> bytes:
    """A request with faults: chosen ones put together, then some bytes of it changed, lost or said twice."""
    lines = [rng.choice(_LINES), *rng.choices(_HEADERS, k=rng.randrange(4))]
    raw = bytearray(
        rng.choice((b"\r\n", b"\r\n", b"\n", b"\r")).join(lines) + b"\r\n\r\n" + rng.choice((b"", b"5\r\nabc"))
    )
    for _ in range(rng.choice((0, 0, 1, 3, 20))):
        place = rng.randrange(len(raw))
        raw[place : place + rng.randrange(3)] = rng.randbytes(rng.randrange(3))
        raw = raw or bytearray(b"\n")
    return bytes(raw)


def statuses(port: int, raw: bytes) -> list[int]:
    """What is answered to these bytes and, on the same connection, to a good request."""
    received = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        try:
            connection.sendall(raw + _LAST)
            while part := connection.recv(65_536):
                received += part
        except OSError:
            pass  # closed on us, or it waits for the rest of a body: neither is a failure of the service
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3})", received)]


@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.deep)])
def test_requests_that_are_none_get_no_failure_and_end_no_process(site: Site, count: int):
    with serving(site.index, workers=1) as (url, process), ThreadPoolExecutor(24) as pool:
        port = urlsplit(url).port or 0
        before = children(process.pid)
        made = [made_request(random.Random(_SEED + number)) for number in range(count)]
        answers = list(pool.map(lambda raw: statuses(port, raw), made))
        for raw, found in zip(made, answers, strict=True):
            assert all(status < 500 for status in found), raw[:2_000]
        assert sum(map(bool, answers)) > count / 2, "most of them are answered"
        with urlopen(f"{url}sante/vivant", timeout=5) as alive:
            assert alive.status == 200
        assert children(process.pid) == before, "a process was lost"


def test_a_client_that_sends_nothing_more_keeps_nobody_waiting(site: Site):
    with serving(site.index, workers=1) as (url, _):
        port = urlsplit(url).port or 0
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
        for connection in idle:
            connection.sendall(b"GET /recherche HTTP/1.1\r\nHost:")
        started = time.monotonic()
        with urlopen(f"{url}recherche?q=patrouille", timeout=10) as answer:
            assert answer.status == 200
        assert time.monotonic() - started < 5
        for connection in idle:
            connection.close()


def children(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text()
