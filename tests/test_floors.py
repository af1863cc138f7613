"""The house: imports go down only, and each heavy library is let in by one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT

# From the ground up. A module may import from its own floor's package and from floors below.
FLOORS = (
    ("errors",),
    ("model",),
    ("settings",),
    ("french",),
    ("query", "documents", "links", "evaluation", "contract"),
    ("highlight", "columnar", "as_json", "as_csv", "originals", "status", "why", "understood"),
    ("engines",),
    ("integrity", "reindex"),
    ("searcher",),
    ("assembly",),
    ("cli",),
    ("__main__",),
)
HEIGHT = {name: height for height, floor in enumerate(FLOORS) for name in floor}

# Library → the only places that import it.
DOORS = {
    "whoosh": ("indexer/columnar/",),
    "numpy": (
        "indexer/columnar/",
        "indexer/engines/",
        "indexer/reindex/",
        "indexer/documents/formats/jsonl.py",
        "indexer/documents/language.py",
    ),
    "zstandard": (
        "indexer/columnar/stored.py",
        "indexer/columnar/sortkeys.py",
        "indexer/documents/formats/unpack.py",
        "webapp/encoding.py",
    ),
    "unidecode": ("indexer/french/fold.py",),
    "snowballstemmer": ("indexer/french/",),
    "selectolax": ("indexer/documents/formats/",),
    "kreuzberg": ("indexer/documents/formats/doc.py",),
    "yaml": ("indexer/documents/formats/",),
    "charset_normalizer": ("indexer/documents/",),
    "py3langid": ("indexer/documents/language.py",),
    "click": ("indexer/cli.py",),
    "flask": ("webapp/",),
    "watchfiles": ("indexer/reindex/notices.py",),
    "granian": ("webapp/server.py",),
}

SOURCES = sorted(path for package in ("indexer", "webapp") for path in (ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the floor"
            yield str(node.module)
            if node.module == "indexer":
                yield from (f"indexer.{alias.name}" for alias in node.names)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", [p for p in SOURCES if p.is_relative_to(ROOT / "indexer")], ids=relative)
def test_imports_go_down_only(path: Path) -> None:
    own = path.relative_to(ROOT / "indexer").parts[0].removesuffix(".py")
    if own == "__init__":
        return  # the public names: exports from every floor, imported by none of them
    for name in imports(path):
        assert not name.startswith("webapp"), f"{relative(path)} imports {name}: serve names webapp by string"
        top, _, rest = name.partition(".")
        if top == "indexer" and rest:
            below = rest.split(".")[0]
            assert below == own or HEIGHT[below] < HEIGHT[own], f"{relative(path)} ({own}) imports {name}, above it"


@pytest.mark.parametrize("path", [p for p in SOURCES if p.is_relative_to(ROOT / "webapp")], ids=relative)
def test_the_web_package_knows_only_the_public_names(path: Path) -> None:
    import indexer

    for name in imports(path):
        if name.startswith("indexer."):
            assert name.removeprefix("indexer.") in indexer.__all__, f"{relative(path)} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_each_library_comes_in_by_its_own_door(path: Path) -> None:
    for name in imports(path):
        doors = DOORS.get(name.split(".")[0])
        assert doors is None or relative(path).startswith(doors), (
            f"{relative(path)} imports {name}; its door is {doors}"
        )


def test_every_public_name_can_be_had_and_is_no_module() -> None:
    """A module of the same name would hide the thing, or not, depending on what was imported before."""
    import indexer

    for name in indexer.__all__:
        assert not isinstance(getattr(indexer, name), ModuleType), name
        assert not (ROOT / "indexer" / f"{name}.py").exists(), name
