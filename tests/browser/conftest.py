"""One server and one Chromium for all browser tests; without a Chromium they are skipped, and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("browser"))


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
    with serving(site.index) as (url, _):
        yield url.rstrip("/")


@pytest.fixture(scope="session")
def empty_address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that has no index."""
    with serving(tmp_path_factory.mktemp("empty") / "none", workers=1) as (url, _):
        yield url.rstrip("/")


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens an address in a fresh window. No script runs unless it is asked for: the pages must not need any."""
    contexts = []

    def open_(url: str, *, width: int = 1180, height: int = 900, scheme: str = "light", scripts: bool = False) -> Page:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=scripts,
            locale="fr-FR",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5_000)
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()
