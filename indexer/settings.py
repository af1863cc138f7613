"""Settings: read once, checked, frozen and passed along.

`config/trouvaille.toml` holds every key with its default and is the only place where a default stands; it is installed
with the package as `indexer/config/`. A user's file and the environment override it key by key.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from indexer.errors import ConfigError

# Nothing; counts, which the facets tell too; paths of files and reasons as well.
STATUS_PAGES = (STATUS_OFF, STATUS_SUMMARY, STATUS_FULL) = ("off", "summary", "full")
# No line; lines without anything about persons; with who asked what, too.
ACCESS_LOGS = (ACCESS_LOG_OFF, ACCESS_LOG_ANONYMOUS, ACCESS_LOG_FULL) = ("off", "anonymous", "full")
FILE_NAME = "trouvaille.toml"
INDEX_NAME = "index-trouvaille"


@dataclass(frozen=True, slots=True)
class Site:
    """What the site says of itself. `status_page` is one of STATUS_PAGES, `theme` a folder of templates and styles;
    `trusted_proxies` is how many stand before us."""

    name: str
    tagline: str
    examples: tuple[str, ...]
    status_page: str
    trusted_proxies: int
    originals: bool
    contact: str
    theme: Path | None


@dataclass(frozen=True, slots=True)
class Index:
    """Where the index lies."""

    directory: Path


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is read."""

    paths: tuple[Path, ...]
    ignore: tuple[str, ...]
    max_file_bytes: int
    mentions: bool
    watch_notices: bool
    watch_every_s: int


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a CSV file and the fields of a JSON file are called, whatever their case and accents."""

    id: tuple[str, ...]
    title: tuple[str, ...]
    text: tuple[str, ...]
    date: tuple[str, ...]
    type: tuple[str, ...]
    source: tuple[str, ...]
    url: tuple[str, ...]
    authors: tuple[str, ...]
    language: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """BM25, the weights of fields and forms, and what having more of the words, closer together, counts."""

    k1: float
    b: float
    title_b: float
    surface: float
    stem: float
    title: float
    body: float
    coverage: float
    pairs: float
    passage: float
    synonym: float
    repeated: float
    accents: float


@dataclass(frozen=True, slots=True)
class Search:
    """Limits and sizes of a search."""

    per_page: int
    max_per_page: int
    max_chars: int
    max_clauses: int
    max_depth: int
    min_prefix: int
    relax_below: int
    corrections: bool
    sigles: bool
    group: bool
    fragments: int
    fragment_chars: int
    export_most: int
    similar: int


@dataclass(frozen=True, slots=True)
class Server:
    """Where `serve` listens, with how many processes, and what each takes upon itself. `access_log` is one of
    ACCESS_LOGS."""

    host: str
    port: int
    workers: int
    at_work: int
    waiting: int
    patience_s: float
    cache_bytes: int
    access_log: str
    metrics: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `file` is the user's file in use, if any; `origins` says where each key came from."""

    site: Site
    index: Index
    corpus: Corpus
    columns: Columns
    ranking: Ranking
    search: Search
    server: Server
    file: Path | None
    origins: Mapping[str, str]

    def resource(self, name: str) -> Traversable:
        """A companion file or folder of the configuration (`types.toml`, `french`): the user's if there, else ours."""
        if self.file and (self.file.parent / name).exists():
            return self.file.parent / name
        return packaged() / name


SECTIONS = tuple(f for f in fields(Settings) if f.name not in ("file", "origins"))


def packaged() -> Traversable:
    """The folder of defaults: inside the installed package, or `config/` of a source checkout."""
    installed = resources.files("indexer") / "config"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "config"


@cache
def packaged_columns() -> Columns:
    """The names of columns that we ship, for what reads a file without settings."""
    return Columns(**{name: tuple(names) for name, names in _read(packaged() / FILE_NAME)["columns"].items()})


def load_settings(
    config: Path | None = None, index: Path | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Read the settings in force.

    `config` and `index` are what the command line gave; without them TROUVAILLE_CONFIG, then ./config/trouvaille.toml,
    and TROUVAILLE_INDEX. Raises ConfigError for a file that is missing or malformed, an unknown key (naming the nearest
    one) or a value of the wrong type.
    """
    here = Path.cwd()
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    # The packaged defaults behave as if they stood in ./config: their ../corpus is the current folder's corpus.
    _merge(values, origins, _read(packaged() / FILE_NAME), here / "config", "défaut", known=None)
    known = frozenset(values)

    file = config or (Path(environ["TROUVAILLE_CONFIG"]) if environ.get("TROUVAILLE_CONFIG") else None)
    if file is None and (here / "config" / FILE_NAME).is_file():
        file = here / "config" / FILE_NAME
    if file is not None:
        file = file.absolute()
        if not file.is_file():
            raise ConfigError(f"Le fichier de configuration {file} n’existe pas.")
        _merge(values, origins, _read(file), file.parent, str(file), known=known)

    _merge_environment(values, origins, environ, here, known)
    if index is not None:
        values["index.directory"], origins["index.directory"] = index.absolute(), "--index"
    elif environ.get("TROUVAILLE_INDEX"):
        values["index.directory"] = Path(os.path.abspath(here / environ["TROUVAILLE_INDEX"]))
        origins["index.directory"] = "TROUVAILLE_INDEX"
    elif values["index.directory"] is None:
        values["index.directory"] = (file.parent if file else here) / INDEX_NAME

    made = {
        section.name: _type_of(section)(
            **{f.name: values[f"{section.name}.{f.name}"] for f in fields(_type_of(section))}
        )
        for section in SECTIONS
    }
    _check(values)
    return Settings(**made, file=file, origins=types.MappingProxyType(origins))


def _read(file: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} : {error}") from error
    except OSError as error:
        raise ConfigError(f"{file} : lecture impossible ({error.strerror}).") from error


def _type_of(section: Any) -> Any:
    return typing.get_type_hints(Settings)[section.name]


def _kinds() -> dict[str, Any]:
    """Dotted key → declared type, from the dataclasses above."""
    kinds: dict[str, Any] = {}
    for section in SECTIONS:
        cls = _type_of(section)
        assert is_dataclass(cls)
        kinds |= {f"{section.name}.{name}": kind for name, kind in typing.get_type_hints(cls).items()}
    return kinds


def _merge(
    values: dict[str, Any],
    origins: dict[str, str],
    table: Mapping[str, Any],
    base: Path,
    origin: str,
    known: frozenset[str] | None,
) -> None:
    kinds = _kinds()
    for section, entries in table.items():
        if not isinstance(entries, Mapping):
            raise ConfigError(f"{origin} : « {section} » doit être dans une section, par exemple [search].")
        for name, value in entries.items():
            key = f"{section}.{name}"
            if key not in (known or kinds):
                raise ConfigError(f"{origin} : réglage inconnu « {key} »{_nearest(key, kinds)}.")
            values[key] = _convert(key, value, kinds[key], base, origin)
            origins[key] = origin


def _nearest(key: str, kinds: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(key, kinds, n=1, cutoff=0.5)
    return f" ; vouliez-vous dire « {near[0]} » ?" if near else ""


def _merge_environment(
    values: dict[str, Any], origins: dict[str, str], environ: Mapping[str, str], base: Path, known: frozenset[str]
) -> None:
    kinds = _kinds()
    for key in known:
        variable = "TROUVAILLE_" + key.replace(".", "_").upper()
        text = environ.get(variable)
        if text is None:
            continue
        kind = kinds[key]
        value: Any = text
        try:
            if kind in (int, float):
                value = kind(text)
            elif kind is bool:
                value = _BOOLEANS.get(text.lower(), text)
            elif typing.get_origin(kind) is tuple:
                value = text.split(os.pathsep)
        except ValueError as error:
            raise ConfigError(f"{variable} : un nombre est attendu, pas « {text} ».") from error
        values[key] = _convert(key, value, kind, base, variable)
        origins[key] = variable


def _convert(key: str, value: Any, kind: Any, base: Path, origin: str) -> Any:
    """The value in its declared type, paths made absolute against `base`."""
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if kind in (Path, Path | None) and isinstance(value, str):
        return Path(os.path.abspath(base / value)) if value else None
    if typing.get_origin(kind) is tuple and isinstance(value, list):
        item = typing.get_args(kind)[0]
        return tuple(_convert(key, entry, item, base, origin) for entry in value)
    if type(value) is not kind:
        expected = {
            bool: "true ou false",
            int: "un entier",
            float: "un nombre",
            str: "un texte",
            Path: "un chemin",
            Path | None: "un chemin",
        }.get(kind, "une liste")
        raise ConfigError(f"{origin} : « {key} » attend {expected}, pas {value!r}.")
    return value


_BOOLEANS = {"true": True, "1": True, "oui": True, "false": False, "0": False, "non": False}

_AT_LEAST_ONE = (
    "corpus.max_file_bytes", "corpus.watch_every_s", "search.per_page", "search.max_per_page", "search.max_chars",
    "search.max_clauses",
    "search.max_depth", "search.min_prefix", "search.fragments", "search.fragment_chars", "server.workers",
    "server.at_work",
)  # fmt: skip
_NOT_NEGATIVE = ("ranking.k1", "ranking.surface", "ranking.stem", "ranking.title", "ranking.body",
    "ranking.coverage", "ranking.pairs", "ranking.passage", "ranking.accents", "search.relax_below",
    "search.export_most", "search.similar", "site.trusted_proxies", "server.waiting", "server.patience_s",
    "server.cache_bytes",
)  # fmt: skip

# What may stand in a link of a page: nothing else must become one.
_CONTACT = re.compile(r"[^@\s:/?#]+@[^@\s:/?#]+|https?://\S+")

_SHARES = ("ranking.b", "ranking.title_b", "ranking.synonym", "ranking.repeated")


def _check(values: Mapping[str, Any]) -> None:
    for keys, floor in ((_AT_LEAST_ONE, 1), (_NOT_NEGATIVE, 0)):
        for key in keys:
            if values[key] < floor:
                raise ConfigError(f"« {key} » doit valoir au moins {floor}, pas {values[key]}.")
    for key in _SHARES:
        if not 0 <= values[key] <= 1:
            raise ConfigError(f"« {key} » doit être entre 0 et 1, pas {values[key]}.")
    for key, known in (("site.status_page", STATUS_PAGES), ("server.access_log", ACCESS_LOGS)):
        if values[key] not in known:
            told = ", ".join(f"« {value} »" for value in known)
            raise ConfigError(f"« {key} » est l’un de {told}, pas « {values[key]} ».")
    contact = values["site.contact"]
    if contact and not _CONTACT.fullmatch(contact):
        raise ConfigError(f"« site.contact » est une adresse électronique ou une adresse https://, pas « {contact} ».")
    if not 0 <= values["server.port"] <= 65_535:
        raise ConfigError(f"« server.port » doit être entre 0 et 65535, pas {values['server.port']}.")
