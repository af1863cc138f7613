"""What a first visit sees, and when: `python -m benchmarks.paint INDEX [QUERY]`.

Chromium opens a page of results with an empty cache, slowed as Lighthouse slows a phone (150 ms a round trip,
1.6 Mbit/s, a processor four times slower), and tells its first paint, how much moved afterwards, and what stood in its
console. Each visit has a browser window of its own.
"""

from __future__ import annotations

import json
import shutil
import sys
from typing import Any
from urllib.parse import quote_plus

from playwright.sync_api import Browser, sync_playwright

from benchmarks.measuring import median
from benchmarks.serving import served

VISITS = 5
PHONE = {"width": 412, "height": 823}
_KBIT = 1000 / 8
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1638.4 * _KBIT,
    "uploadThroughput": 675 * _KBIT,
}
SLOWER = 4
_SETTLE_MS = 1500
# Layout shifts come buffered; the first paint is the one of text.
_TELL = """() => new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) moved += one.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done({
    first_paint_ms: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
    moved,
    bytes: performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
      .reduce((sum, one) => sum + one.transferSize, 0),
  }), 100);
})"""


def main() -> None:
    """See the module."""
    if len(sys.argv) not in (2, 3):
        sys.exit("python -m benchmarks.paint INDEX [QUERY]")
    index, query = sys.argv[1], (sys.argv[2:] or ["mandat de la mission"])[0]
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("There is no Chromium here.")
    command = [sys.executable, "-m", "indexer", "serve", "--index", index, "--workers", "1", "--port", "{port}"]
    with served(command) as (_, port), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        visits = [_visit(browser, f"http://127.0.0.1:{port}/recherche?q={quote_plus(query)}") for _ in range(VISITS)]
    print(
        json.dumps(
            {
                "first_paint_ms": round(median([one["first_paint_ms"] for one in visits])),
                "slowest_ms": round(max(one["first_paint_ms"] for one in visits)),
                "moved": max(one["moved"] for one in visits),
                "kb": round(median([one["bytes"] for one in visits]) / 1000, 1),
                "console": [message for one in visits for message in one["console"]],
            },
            indent=1,
        )
    )


def _visit(browser: Browser, url: str) -> dict[str, Any]:
    context = browser.new_context(viewport=PHONE, device_scale_factor=2.6, is_mobile=True, has_touch=True)  # type: ignore[arg-type]
    page = context.new_page()
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url, wait_until="load")
    page.wait_for_timeout(_SETTLE_MS)
    told: dict[str, Any] = page.evaluate(_TELL)
    context.close()
    return told | {"console": console}


if __name__ == "__main__":
    main()
