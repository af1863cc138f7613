"""Admission: who comes in, who waits, who is refused, and what is never refused."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from indexer import create_service
from tests.web.site import Page, Site
from webapp import create_app
from webapp.gate import Gate, Turn


def until(true, patience_s: float = 10) -> None:
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.001)


def entered(gate: Gate) -> Turn:
    turn = gate.enter()
    assert turn
    return turn


def test_places_are_taken_then_one_waits_then_one_is_refused():
    gate = Gate(2, 1, 10, long_s=0)
    first, second = entered(gate), entered(gate)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(gate.enter)
        until(lambda: gate.queued == 1)
        assert gate.enter() is None, "the queue is full"
        gate.leave(second)
        third = waiting.result()
        assert third, "the place goes to the one who waits"
    assert (gate.at_work, gate.queued) == (2, 0)
    gate.leave(first)
    gate.leave(third)
    assert gate.at_work == 0


def test_a_second_place_opens_beside_a_request_that_takes_long_and_not_before():
    gate = Gate(2, 10, 10, long_s=0.2)
    long = entered(gate)
    before = time.monotonic()
    short = entered(gate)
    assert time.monotonic() - before > 0.15
    with ThreadPoolExecutor(1) as pool:
        third = pool.submit(gate.enter)
        until(lambda: gate.queued == 1)
        gate.leave(short)
        gate.leave(third.result(0.1))  # the long one is as long as it was
    gate.leave(long)
    assert (gate.at_work, gate.queued) == (0, 0)


def test_there_are_never_more_at_work_than_places_however_long_they_take():
    gate = Gate(2, 1, 0.1, long_s=0.01)
    first, second = entered(gate), entered(gate)
    assert gate.enter() is None
    gate.leave(first)
    gate.leave(second)


def test_nobody_waits_longer_than_the_patience():
    gate = Gate(1, 5, 0.02)
    entered(gate)
    assert gate.enter() is None
    assert (gate.at_work, gate.queued) == (1, 0)


def test_first_come_first_served():
    gate, came = Gate(1, 10, 10), []
    first = entered(gate)

    def wait(number: int) -> None:
        turn = entered(gate)
        came.append(number)
        gate.leave(turn)

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        until(lambda waiting=number + 1: gate.queued == waiting)
    gate.leave(first)
    for thread in threads:
        thread.join()
    assert came == [0, 1, 2, 3, 4]


def test_many_threads_never_exceed_the_places_and_lose_none():
    gate, at_once, most = Gate(3, 100, 10, long_s=0.0001), [0], [0]
    lock = threading.Lock()

    def work(_: int) -> None:
        turn = entered(gate)
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.0002)
        with lock:
            at_once[0] -= 1
        gate.leave(turn)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(500)))
    assert 1 < most[0] <= 3
    assert (gate.at_work, gate.queued) == (0, 0)


class Held:
    """A service whose searches wait until they are let go."""

    def __init__(self, site: Site, **server: object) -> None:
        self.settings = replace(site.settings, server=replace(site.settings.server, **server))
        self.service = create_service(self.settings)
        self.go, self.begun = threading.Event(), threading.Semaphore(0)

    def search(self, request):
        self.begun.release()
        assert self.go.wait(10)
        return self.service.search(request)

    def __getattr__(self, name):
        return getattr(self.service, name)


def test_more_than_can_be_done_is_refused_at_once_and_nothing_else_is(site: Site):
    held = Held(site, at_work=2, waiting=1, patience_s=10.0)
    app = create_app(held)

    def get(url):
        return app.test_client().get(url)

    with ThreadPoolExecutor(3) as pool:
        inside = []
        for _ in range(2):
            inside.append(pool.submit(get, "/recherche?q=mandat"))
            held.begun.acquire()
        inside.append(pool.submit(get, "/recherche?q=mandat"))
        until(lambda: "trouvaille_waiting 1\n" in get("/metriques").text)
        page, data = get("/recherche?q=mandat"), get("/recherche.json?q=mandat")
        assert page.status_code == data.status_code == 503
        assert page.headers["Retry-After"] == "2"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Content-Security-Policy"]
        assert Page(page.text).text("h1") == "Trop de demandes à la fois"
        assert data.json["error"]["code"] == "overloaded"
        assert app.test_client().head("/recherche").data == b""
        assert get("/sante/vivant").status_code == get("/sante/pret").status_code == 200
        (style,) = Page(page.text).attributes("link[rel=stylesheet]", "href")
        assert get(style).status_code == 200
        held.go.set()
        assert [one.result().status_code for one in inside] == [200, 200, 200]
    assert get("/recherche?q=mandat").status_code == 200
    assert 'trouvaille_refused_total{reason="queue"} 3\n' in get("/metriques").text


@pytest.mark.parametrize("url", ["/recherche?q=mandat", "/etat.csv?liste=sans-date", "/rien"])
def test_a_place_is_given_back_whatever_becomes_of_the_request(site: Site, url):
    app = create_app(replace_server(site, at_work=1, waiting=0))
    for _ in range(3):
        assert app.test_client().get(url).status_code in (200, 404)


def test_a_failure_gives_its_place_back(site: Site):
    class Failing(Held):
        def search(self, request):
            raise ZeroDivisionError

    app = create_app(Failing(site, at_work=1, waiting=0))
    assert [app.test_client().get("/recherche").status_code for _ in range(3)] == [500] * 3


def test_answers_made_while_they_are_sent_are_few_at_once_and_keep_nobody_from_searching(site: Site):
    app = create_app(replace_server(site, at_work=1, waiting=0))
    streams = [app.test_client().get("/etat.csv?liste=sans-date", buffered=False) for _ in range(8)]
    assert {one.status_code for one in streams} == {200}
    assert app.test_client().get("/etat.csv?liste=sans-date").status_code == 503
    assert app.test_client().get("/recherche").status_code == 200
    streams[0].close()
    b"".join(streams[1].response)
    for one in (streams[0], streams[1]):
        one.close()  # twice: a place is given back once
    assert [app.test_client().get("/etat.csv?liste=sans-date", buffered=False).status_code for _ in range(3)] == [
        200,
        200,
        503,
    ]


def replace_server(site: Site, **server: object):
    return create_service(replace(site.settings, server=replace(site.settings.server, **server)))
