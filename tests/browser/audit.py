"""axe-core over a page: every rule it knows, and in a second theme the rules that colours can break."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
OF_COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
_RUN = "async options => (await axe.run(document, options)).violations"


def faults_of(page: Page, *, colours_only: bool = False) -> list[str]:
    """What axe finds wrong with the page as it stands. The script stays in it, so a second look costs less."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{fault['impact']} {fault['id']}: {fault['help']}: {[node['html'][:200] for node in fault['nodes']]}"
        for fault in page.evaluate(_RUN, OF_COLOURS if colours_only else OPTIONS)
    ]


def over_width(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
