"""One engine, one module. `NAMES` are the engines in the order of the tables; `engine(name)` makes one."""

from __future__ import annotations

from importlib import import_module

from benchmarks.engines.base import Engine, Unavailable

# Tantivy is the measure of all ratios.
REFERENCE = "tantivy"
_HOMES = {
    "ours": "ours:Ours",
    "service": "ours:Service",
    "tantivy": "tantivy:Tantivy",
    "sqlite": "sqlite:Sqlite",
    "xapian": "xapian:Xapian",
    "whoosh": "whoosh:StockWhoosh",
}
NAMES = tuple(_HOMES)


def engine(name: str) -> Engine:
    """The engine of a name. Raises Unavailable when it is not installed, KeyError when there is no such name."""
    module, _, kind = _HOMES[name].partition(":")
    try:
        made: Engine = getattr(import_module(f"benchmarks.engines.{module}"), kind)()
    except ImportError as error:
        raise Unavailable(f"{name} is not installed ({error})") from error
    return made
