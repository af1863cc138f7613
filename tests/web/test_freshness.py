"""What a browser holds is not sent again, and what was answered is kept, while generation and code are the same."""

from __future__ import annotations

import gzip
import time
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from flask.testing import FlaskClient

from indexer import create_service
from indexer.assembly import engine, type_rules, word_lists
from indexer.reindex import reindex
from tests.web.site import Site
from webapp import create_app, freshness
from webapp.cache import Kept, ResultCache
from webapp.encoding import LEAST_BYTES, asked_encoding
from webapp.freshness import Version, canonical

SETTLED = ["/", "/recherche?q=mandat", "/recherche.json?q=mandat", "/document/complet", "/suggestions.json?q=man"]
BY_CONTENT = ["/etat", "/etat.json", "/opensearch.xml"]
KEPT = "Trouvaille; hit"


def keeping(site: Site, **server: object) -> FlaskClient:
    """The application with a cache, on the same index."""
    settings = replace(site.settings, server=replace(site.settings.server, cache_bytes=1_000_000, **server))
    return create_app(create_service(settings)).test_client()


@pytest.fixture
def kept(site: Site) -> FlaskClient:
    return keeping(site)


# --- ETags ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", SETTLED + BY_CONTENT)
def test_what_a_browser_holds_is_not_sent_again(client, url):
    first = client.get(url)
    etag = first.headers["ETag"]
    assert etag.startswith('W/"')
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(url, headers={"If-None-Match": f'"other", {etag}'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == etag
    assert again.headers["Content-Security-Policy"]
    assert client.get(url, headers={"If-None-Match": 'W/"41-0"'}).status_code == 200


def test_not_modified_costs_no_search(site, client, monkeypatch):
    etag = client.get("/recherche?q=mandat").headers["ETag"]
    monkeypatch.setattr(site.service, "search", None)
    assert client.get("/recherche?q=mandat", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    "url", ["/recherche?date=x", "/rien", "/document/inconnu", "/recherche?page=999", "/recherche?du=2023"]
)
def test_faults_and_redirections_have_no_etag_and_are_not_kept(kept, url):
    for _ in range(2):
        response = kept.get(url)
        assert "ETag" not in response.headers
        assert "Cache-Status" not in response.headers


def test_health_is_never_stored(client):
    assert "ETag" not in client.get("/sante/pret").headers


def test_other_code_makes_other_etags(site, client, monkeypatch):
    before = client.get("/").headers["ETag"]
    monkeypatch.setattr(freshness, "_stamp_of_code", lambda: "other code")
    assert create_app(site.service).test_client().get("/").headers["ETag"] != before


def test_other_settings_make_other_etags(site, client):
    other = replace(site.settings, site=replace(site.settings.site, name="Autre"))
    assert create_app(create_service(other)).test_client().get("/").headers["ETag"] != client.get("/").headers["ETag"]


def test_a_host_is_part_of_an_answer(kept):
    url = "/suggestions.json?q=man&format=opensearch"
    kept.get(url)
    assert "autre.exemple.org" in kept.get(url, headers={"Host": "autre.exemple.org"}).text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("q=a+b&type=x", "type=x&q=a%20b"),
        ("q=%C3%A9", "q=é".encode().decode("latin-1")),
        ("type=a&type=b", "type=%61&type=b"),
    ],
)
def test_one_request_has_one_spelling(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("type=a&type=b", "type=b&type=a"), ("q=a%26b=", "q=a&b="), ("q=%ff", "q=%fe"), ("q=", ""), ("1,q=a", "q=%61")],
)
def test_two_requests_have_two_spellings(one, other):
    assert canonical(one) != canonical(other)


# --- the cache -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", SETTLED)
def test_an_answer_is_kept_says_so_and_is_the_same(kept, url):
    first, again = kept.get(url), kept.get(url)
    assert again.data == first.data
    assert "Cache-Status" not in first.headers
    assert (again.headers["Cache-Status"], again.headers["Age"]) == (KEPT, "0")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.content_length == len(first.data)
    head = kept.head(url)
    assert (head.headers["Cache-Status"], head.data, head.content_length) == (KEPT, b"", len(first.data))


@pytest.mark.parametrize("url", [*BY_CONTENT, "/sante/pret", "/metriques"])
def test_what_the_generation_does_not_settle_is_not_kept(kept, url):
    kept.get(url)
    assert "Cache-Status" not in kept.get(url).headers


def test_unknown_parameters_that_programs_have_refused_are_refused_after_a_hit_too(kept):
    kept.get("/recherche.json?q=mandat")
    assert kept.get("/recherche.json?q=mandat&x=").status_code == 400


def test_each_encoding_is_kept_by_itself(kept):
    plain = kept.get("/recherche?q=mandat").data
    for encoding, unpack in (("gzip", gzip.decompress), ("zstd", unzstd)):
        for status in (None, KEPT):
            response = kept.get("/recherche?q=mandat", headers={"Accept-Encoding": encoding})
            assert response.headers.get("Cache-Status") == status
            assert response.headers["Content-Encoding"] == encoding
            assert without_time(unpack(response.data)) == without_time(plain)


def test_zero_bytes_keep_nothing(client):
    client.get("/recherche?q=mandat")
    assert "Cache-Status" not in client.get("/recherche?q=mandat").headers


def test_a_new_generation_is_seen_at_once(tmp_path: Path):
    from tests.web.site import make_site

    site = make_site(tmp_path)
    kept = keeping(site)
    for _ in range(2):
        before = kept.get("/recherche.json?q=nouveaut%C3%A9")
    assert before.headers["Cache-Status"] == KEPT
    (tmp_path / "fonds" / "neuf.txt").write_text("Une nouveauté\n\nTout est neuf.\n")
    reindex(engine(site.settings), site.settings, type_rules(site.settings), word_lists(site.settings), ())
    after = kept.get("/recherche.json?q=nouveaut%C3%A9", headers={"If-None-Match": before.headers["ETag"]})
    assert (before.json["total"], after.json["total"]) == (0, 1)


def test_a_generation_published_while_we_work_is_not_taken_for_the_one_before(site):
    class Publishing:
        """A service whose index is another one each time somebody looks."""

        def __init__(self):
            self.settings = replace(site.settings, server=replace(site.settings.server, cache_bytes=1_000_000))
            self.search, self.label, self.seen = site.service.search, site.service.label, 0

        def status(self):
            self.seen += 1
            return replace(site.service.status(), generation=self.seen)

    answer = create_app(Publishing()).test_client().get("/recherche?q=mandat")
    assert answer.status_code == 200
    assert "ETag" not in answer.headers


def version(generation: int, request: str) -> Version:
    return Version((generation, "then"), (request,), "etag")


def entry(size: int) -> Kept:
    return Kept((), b"x" * size, time.monotonic())


def test_cache_stays_within_its_bytes_and_forgets_what_was_not_used():
    cache = ResultCache(100_000)
    cache.get(version(1, "a"), "")
    for name in "abcdefgh":
        cache.put(version(1, name), "", entry(9_000))
        cache.get(version(1, "a"), "")
    assert cache.bytes <= cache.max_bytes
    cache.put(version(1, "i"), "", entry(9_000))
    assert cache.get(version(1, "a"), "")
    assert cache.get(version(1, "b"), "") is None
    assert cache.get(version(1, "i"), "")


def test_cache_takes_nothing_too_large_and_nothing_of_another_generation():
    cache = ResultCache(100_000)
    cache.get(version(2, "a"), "")
    cache.put(version(2, "a"), "", entry(20_000))
    cache.put(version(1, "a"), "", entry(10))
    assert len(cache) == cache.bytes == 0
    cache.put(version(2, "a"), "", entry(10))
    assert cache.get(version(3, "a"), "") is None
    assert len(cache) == cache.bytes == 0


# --- compression ---------------------------------------------------------------------------------------------------


def unzstd(content: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(content)


def without_time(page: bytes) -> bytes:
    """A page without what tells how long the search took."""
    before, _, rest = page.partition(b'<span class="took">')
    return before + rest.partition(b"</span>")[2]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate", "gzip"),
        ("zstd;q=0, gzip;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("br", ""),
        ("", ""),
        ("GZIP", "gzip"),
    ],
)
def test_the_encoding_is_one_that_was_asked_for(accepted, encoding):
    assert asked_encoding({"HTTP_ACCEPT_ENCODING": accepted}) == encoding


@pytest.mark.parametrize("url", [*SETTLED[:4], "/etat", "/rien", "/recherche.json?date=x"])
def test_text_says_that_it_varies_and_large_text_is_compressed(client, url):
    plain = client.get(url)
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    if len(plain.data) >= LEAST_BYTES:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert len(packed.data) < len(plain.data)
        assert packed.content_length == len(packed.data)
    else:
        assert "Content-Encoding" not in packed.headers
