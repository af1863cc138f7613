"""Document types: what metadata says, else the first rule of `types.toml` that matches, else `autre`.

The rules are phrases for a webmaster to read and edit, not regular expressions: a phrase matches whole words, whatever
their case, accents or apostrophes; `*` stands for anything on the same line, `#` for a number, `^` ties the phrase to
the beginning of a line. No phrase can be slow to look for.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from indexer.errors import ConfigError
from indexer.french.spelling import bare, plain, squeeze

OTHER = "autre"
START_CHARS = 500
_MAX_GIVEN = 80
_MAX_PHRASE = 200

# Where a rule may look, and how `explain` names it.
_PLACES = {
    "title": "titre",
    "start": "début du texte",
    "folder": "dossier",
    "symbol": "cote",
    "source": "source",
    "schema": "type déclaré par la page",
    "format": "format",
    "shape": "forme du texte",
}
_SHAPES = {"dispatch": "dépêche d’agence", "dated-header": "en-tête de date"}


# The symbol of a document of the United Nations, alone on its line or behind their name: « Nations Unies S/PV.9365 ».
_SYMBOL = re.compile(
    r"(?:Nations Unies|NATIONS UNIES|United Nations)?[ \u00a0]*"
    r"([A-Z]{1,5}(?:/[A-Z0-9][A-Za-z0-9.-]*){1,5}(?:[ \u00a0]?\([^()\n]{1,30}\))?)[ *]*"
)
_SYMBOL_LINES = 12


def symbol_in(title: str, start: str) -> str | None:
    """The symbol that stands on a line of its own in the head of a text, or is its title."""
    if "/" not in title and "/" not in start:
        return None
    for line in (title, *start.split("\n", _SYMBOL_LINES)[:_SYMBOL_LINES]):
        match = _SYMBOL.fullmatch(line.strip()) if "/" in line and len(line) < 100 else None
        if match and any(map(str.isdigit, match[1])):
            return match[1]
    return None


class TypeFacts(NamedTuple):
    """What the rules see of a document. `given` is the type its metadata names; `start` the beginning of its text."""

    title: str
    start: str
    relative: str = ""
    given: str | None = None
    symbol: str | None = None
    source: str | None = None
    schema: str | None = None
    shapes: frozenset[str] = frozenset()
    format: str = ""


class _Phrase:
    """One phrase of a rule, ready to be looked for in a line spelled plainly."""

    def __init__(self, text: str) -> None:
        anchored = text.lstrip().startswith("^")
        pieces = [plain(piece) for piece in re.sub("#+", "#", text.lstrip().removeprefix("^")).split("*")]
        if not any(pieces):
            raise ValueError(f"« {text} » ne contient aucun mot")
        self.anchored = anchored and bool(pieces[0])
        # A text without this cannot hold the phrase: a plain search is ten times faster than a pattern.
        self.needle = max((part for piece in pieces for part in piece.split("#")), key=len)
        self._pieces = []
        last = len(pieces) - 1
        for number, piece in enumerate(pieces):
            if not piece:
                continue
            pattern = re.escape(piece).replace(r"\#", r"\d++")  # possessive: no backtracking
            if number == 0 and (piece[0].isalnum() or piece[0] == "#"):
                pattern = r"(?<![^\W_])" + pattern
            if number == last and (piece[-1].isalnum() or piece[-1] == "#"):
                pattern += r"(?![^\W_])"
            self._pieces.append(re.compile(pattern))

    def is_in(self, line: str) -> bool:
        """Pieces are found one after the other, each at its first place: no phrase can make this slow."""
        position = 0
        for number, piece in enumerate(self._pieces):
            match = piece.match(line) if self.anchored and number == 0 else piece.search(line, position)
            if not match:
                return False
            position = match.end()
        return True


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    type: str
    phrases: Mapping[str, tuple[_Phrase, ...]]
    shapes: frozenset[str]


class TypeRules:
    """The types a corpus knows, with their labels and rules. `digest` changes with any of them."""

    def __init__(self, labels: Mapping[str, str], rules: Iterable[_Rule], digest: str) -> None:
        self._labels = dict(labels)
        self._rules = tuple(rules)
        self._known = {plain(value): value for value in self._labels}
        # A name means itself before it means what has it for a label.
        self._named = {bare(label): value for value, label in self._labels.items()}
        self._named |= {bare(value): value for value in self._labels}
        self._wanted = {
            place: [
                (phrase.needle, number, phrase)
                for number, rule in enumerate(self._rules)
                for phrase in rule.phrases.get(place, ())
            ]
            for place in _PLACES
        }
        self.digest = digest

    @property
    def order(self) -> tuple[str, ...]:
        """The values in the order of the file, which is the order of display."""
        return tuple(self._labels)

    @classmethod
    def load(cls, data: Mapping[str, Any], name: str = "types.toml") -> TypeRules:
        """The rules of a parsed file; raises ConfigError that names the type or rule at fault."""
        _only(data, ("type", "rule"), name)
        labels: dict[str, str] = {}
        for number, entry in enumerate(_tables(data, "type", name), 1):
            where = f"{name}, type n° {number}"
            _only(entry, ("value", "label"), where)
            value = _text(entry, "value", where)
            if value != normal(value):
                raise ConfigError(f"{where} : « {value} » s’écrit « {normal(value)} », en minuscules.")
            if plain(value) in {plain(known) for known in labels}:
                raise ConfigError(f"{where} : « {value} » figure deux fois.")
            labels[value] = _text(entry, "label", where)
        labels.setdefault(OTHER, "Autre")
        rules = [_rule(entry, number, labels, name) for number, entry in enumerate(_tables(data, "rule", name), 1)]
        digest = hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
        return cls(labels, rules, digest)

    @classmethod
    def from_toml(cls, content: bytes, name: str = "types.toml") -> TypeRules:
        """The rules of a file's bytes."""
        try:
            data = tomllib.loads(content.decode("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{name} ne peut pas être lu : {error}.") from error
        return cls.load(data, name)

    def label(self, value: str) -> str:
        """What is shown for `value`; an unknown one is shown as it is, with a capital."""
        return self._labels.get(value) or value[:1].upper() + value[1:]

    def named(self, name: str) -> str:
        """The type that a person means by its name or label, however it is written; an unknown name is given back."""
        return self._named.get(bare(name), name)

    def choose(self, facts: TypeFacts) -> tuple[str, str]:
        """(type, French description of what chose it)."""
        given = normal(facts.given or "")
        if given:
            return self._known.get(plain(given), given), "métadonnées"
        folders = [re.sub(r"[-_.]+", " ", folder) for folder in facts.relative.split("/")[:-1]]
        first, where = len(self._rules), ""
        for place, written in (
            ("title", [facts.title]),
            ("start", facts.start[:START_CHARS].split("\n")),
            ("folder", folders),
            ("symbol", [facts.symbol or ""]),
            ("source", [facts.source or ""]),
            ("schema", [facts.schema or ""]),
            ("format", [facts.format]),
        ):
            lines = [plain(line) for line in written if line]
            whole = "\n".join(lines)
            for needle, number, phrase in self._wanted[place] if lines else ():
                if needle in whole and number < first and any(phrase.is_in(line) for line in lines):
                    first, where = number, _PLACES[place]
        for number, rule in enumerate(self._rules[:first] if facts.shapes else ()):
            if found := rule.shapes & facts.shapes:
                first, where = number, _SHAPES[min(found)]
                break
        if first == len(self._rules):
            return OTHER, "aucune règle"
        return self._rules[first].type, f"règle « {self._rules[first].name} » ({where})"


def normal(given: str) -> str:
    """A type as stored: lower case, NFC, single spaces; "" when it is none (empty, or too long to be one)."""
    value = squeeze(unicodedata.normalize("NFC", given.replace("\u00a0", " "))).lower()
    return value if len(value) <= _MAX_GIVEN else ""


def _rule(entry: Mapping[str, Any], number: int, labels: Mapping[str, str], name: str) -> _Rule:
    where = f"{name}, règle n° {number}"
    title = _text(entry, "name", where)
    where = f"{name}, règle « {title} »"
    _only(entry, ("name", "type", *_PLACES), where)
    value = _text(entry, "type", where)
    if value not in labels:
        raise ConfigError(f"{where} : le type « {value} » n’est pas dans la liste des types.{_nearest(value, labels)}")
    phrases: dict[str, tuple[_Phrase, ...]] = {}
    shapes: frozenset[str] = frozenset()
    for place in _PLACES:
        if place not in entry:
            continue
        wanted = entry[place]
        if not isinstance(wanted, list) or not wanted or not all(isinstance(item, str) for item in wanted):
            raise ConfigError(f"{where} : « {place} » doit être une liste de textes.")
        if place == "shape":
            for shape in wanted:
                if shape not in _SHAPES:
                    raise ConfigError(f"{where} : forme « {shape} » inconnue.{_nearest(shape, _SHAPES)}")
            shapes = frozenset(wanted)
            continue
        try:
            if any(len(phrase) > _MAX_PHRASE for phrase in wanted):
                raise ValueError(f"une phrase a plus de {_MAX_PHRASE} caractères")
            phrases[place] = tuple(_Phrase(phrase) for phrase in wanted)
        except ValueError as error:
            raise ConfigError(f"{where}, « {place} » : {error}.") from error
    if not phrases and not shapes:
        raise ConfigError(f"{where} : elle ne regarde nulle part ({', '.join(_PLACES)}).")
    return _Rule(title, value, phrases, shapes)


def _tables(data: Mapping[str, Any], key: str, name: str) -> list[Mapping[str, Any]]:
    tables = data.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise ConfigError(f"{name} : « {key} » doit être une suite de blocs [[{key}]].")
    return tables


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{where} : « {key} » manque ou n’est pas un texte.")
    return value


def _only(entry: Mapping[str, Any], keys: Sequence[str], where: str) -> None:
    for key in entry:
        if key not in keys:
            raise ConfigError(f"{where} : clé « {key} » inconnue.{_nearest(key, keys)}")


def _nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f" Vouliez-vous dire « {near[0]} » ?" if near else ""
