"""One server and one Chromium for all browser tests; without a Chromium they are skipped, and say so.

Windows share two contexts, one with scripts and one without, because making a context takes longer than most tests. Our
pages set no cookie; what a script stores is cleared when its window closes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.documents.pdfs import column, pdf_of
from tests.web.serving import serving
from tests.web.site import Site, make_site

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE = {"width": 1180, "height": 900}

# What only shows when documents say the same, have pages, or are not in French.
SAME = (
    "Le fleuve a monté vendredi de onze centimètres à Diré, après deux semaines de pluie sur le delta. Les pirogues à "
    "moteur reprennent leurs rotations vers Goundam, comme en août 2019, ont dit des bateliers ; le marché rouvrira."
)
REPRISES = [
    {"id": f"crue-{n}", "title": f"La crue du fleuve, journal {n}", "text": f"{SAME} Avec agence.", "source": f"J{n}"}
    for n in range(5)
]
ENGLISH = "Press statement\n\nThe river has risen again this week, and the boats are back on their way to the town.\n"
MORE = {
    "crue.jsonl": "\n".join(json.dumps(line, ensure_ascii=False) for line in REPRISES).encode(),
    "copies/un.txt": (copy := "Un relevé\n\nLe limnimètre est cassé.\n".encode()),
    "copies/deux.txt": copy,
    "copies/statement.txt": ENGLISH.encode(),
    "limnimetrie.pdf": pdf_of([column(f"Page {n} du relevé.\nLe limnimètre marque {n}.") for n in range(1, 4)]),
}  # fmt: skip


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("browser"), MORE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.skip(f"no Chromium ({', '.join(NAMES)}, or $CHROMIUM): the pages are not tested in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(browser: Browser, site: Site) -> Iterator[str]:
    with serving(site.index, workers=1) as (url, _):
        yield url.rstrip("/")


@pytest.fixture(scope="session")
def empty_address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that has no index."""
    with serving(tmp_path_factory.mktemp("empty") / "none", workers=1) as (url, _):
        yield url.rstrip("/")


@pytest.fixture(scope="session")
def windows(browser: Browser, address: str) -> dict[bool, BrowserContext]:
    """Where windows are opened: with scripts (True) and without. Nothing scrolls smoothly, so nothing is waited for."""
    return {
        scripts: browser.new_context(
            base_url=address, viewport=SIZE, java_script_enabled=scripts, locale="fr-FR", reduced_motion="reduce"
        )
        for scripts in (False, True)
    }


@pytest.fixture
def open_page(windows: dict[bool, BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Opens an address in a window. No script runs unless it is asked for: the pages must not need any."""
    opened = []

    def open_(url: str, *, width: int = 1180, height: int = 900, scheme: str = "light", scripts: bool = False) -> Page:
        page = windows[scripts].new_page()
        opened.append(page)
        page.set_default_timeout(5_000)
        if (width, height) != (SIZE["width"], SIZE["height"]):
            page.set_viewport_size({"width": width, "height": height})
        if scheme != "light":
            page.emulate_media(color_scheme=scheme)
        page.goto(url)
        return page

    yield open_
    for page in opened:
        if page.context is windows[True] and page.url.startswith("http"):
            page.evaluate("localStorage.clear()")
        page.close()
