"""Two hundred payloads in every field and parameter, in a browser that is allowed to run them: none does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.web.payloads import PAYLOADS
from tests.web.serving import serving
from tests.web.site import make_attacked_site

pytestmark = pytest.mark.browser

# Each page in a frame of its own, twenty at a time, given a moment to run what it holds. Without our style sheet and
# scripts, which take most of the time and run nothing of others'.
_SHOW = """async (urls) => {
  for (let first = 0; first < urls.length; first += 20) {
    const frames = await Promise.all(urls.slice(first, first + 20).map(async (url) => {
      const frame = document.createElement("iframe");
      const html = await (await fetch(url)).text();
      frame.srcdoc = html.replace(/<(link rel="stylesheet"|script src="\\/statique)[^>]*>/g, "");
      const loaded = new Promise((done) => { frame.onload = done; });
      document.body.append(frame);
      await loaded;
      return frame;
    }));
    await new Promise((done) => setTimeout(done, 20));
    frames.forEach((frame) => frame.remove());
  }
}"""


@pytest.fixture(scope="module")
def attacked(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("attacked")
    site = make_attacked_site(folder, PAYLOADS)
    with serving(site.index, workers=1) as (url, _):
        yield url.rstrip("/")


def test_no_payload_runs_anywhere(browser: Browser, attacked: str):
    # Our policy would stop most of them: it must not be what saves us.
    context = browser.new_context(base_url=attacked, bypass_csp=True)
    page = context.new_page()
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    page.goto("/sante/vivant")
    page.evaluate("document.body.innerHTML = '<img src=x onerror=alert(0)>'")
    page.wait_for_timeout(200)
    assert ran == ["0"], "this browser would tell"
    ran.clear()
    urls = [f"/recherche?q={quote(payload)}&type={quote(payload)}&sans={quote(payload)}" for payload in PAYLOADS]
    urls += [f"/document/charge-{number}?q=charge" for number in range(0, len(PAYLOADS), 4)]
    urls += [f"/recherche?q=charge&pourquoi=1&page={number}" for number in range(1, 21)]
    page.evaluate(_SHOW, urls)
    assert ran == []
    # As addresses of their own: pages, and what programs read.
    for url in (urls[0], "/recherche.json?q=charge", "/document/charge-0.json", "/suggestions.json?q=%3Cscript"):
        page.goto(url)
    assert ran == []
    context.close()
