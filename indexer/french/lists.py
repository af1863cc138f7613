"""The word lists of `config/french/`: what they hold, how they are read, and their digest.

A list is UTF-8 text. `#` starts a comment, blank lines do not count. A `.txt` holds words separated by white space; a
`.tsv` holds rows of tab-separated columns, where a column may hold several words. Words may be written with their
capitals and accents (`Haïti`): they are folded when read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from indexer.errors import ConfigError
from indexer.french.fold import fold

# Each file and its field of WordLists.
_TXT = {
    "names.txt": "names",
    "invariable-s.txt": "invariable_s",
    "plurals-ais-ois.txt": "plurals_ais_ois",
    "plurals-eux-oux.txt": "plurals_eux_oux",
    "nouns-ent.txt": "nouns_ent",
    "verbs-ment.txt": "verbs_ment",
    "words-it.txt": "words_it",
    "words-is.txt": "words_is",
    "words-erent.txt": "words_erent",
    "stop-words.txt": "stop_words",
    "after-hyphen.txt": "after_hyphen",
    "domains.txt": "domains",
}
_TSV = ("families.tsv", "verbs.tsv", "verb-families.tsv", "elisions.tsv", "abbreviations.tsv", "inclusive.tsv")
FILE_NAMES = tuple(sorted((*_TXT, *_TSV)))

_NOTHING = "-"  # stands for an empty prefix or ending

# What the signs after an ending of verb-families.tsv stand for: the present participle (also as an adjective), the
# plural of the present and the imperfect; the future and the conditional.
_TAILS = {
    "*": ("ant", "ante", "antes", "ons", "ez", "ions", "iez", "ais", "ait", "aient"),
    "~": ("ai", "as", "a", "ons", "ez", "ont", "ais", "ait", "ions", "iez", "aient"),
}


@dataclass(frozen=True, slots=True)
class Feminine:
    """One way to write a feminine after a dot: `rice` after a word in `masculine` makes it end in `feminine`.

    ambassad-eur·rice: masculine `eur`, feminine `rice`. An empty `masculine` fits any word.
    """

    suffix: str
    masculine: str
    feminine: str


@dataclass(frozen=True, slots=True)
class WordLists:
    """The parsed lists. `files` keeps the bytes they came from, `digest` is the SHA-256 over names and bytes."""

    files: Mapping[str, bytes]
    digest: str
    names: frozenset[str]
    heads: Mapping[str, str]
    invariable_s: frozenset[str]
    plurals_ais_ois: frozenset[str]
    plurals_eux_oux: frozenset[str]
    nouns_ent: frozenset[str]
    verbs_ment: frozenset[str]
    words_it: frozenset[str]
    words_is: frozenset[str]
    words_erent: frozenset[str]
    stop_words: frozenset[str]
    after_hyphen: frozenset[str]
    domains: frozenset[str]
    elided_before_vowel: frozenset[str]
    elided_before_any: frozenset[str]
    abbreviations: Mapping[str, str]
    feminines: tuple[Feminine, ...]

    @classmethod
    def load(cls, folder: Traversable | Path) -> WordLists:
        """Read the lists of a folder; files of other names are left alone. ConfigError when one is missing or wrong."""
        files: dict[str, bytes] = {}
        for name in FILE_NAMES:
            try:
                files[name] = (folder / name).read_bytes()
            except OSError as error:
                raise ConfigError(f"La liste {name} ne peut pas être lue dans {folder} : {error}.") from error
        return cls.from_files(files)

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> WordLists:
        """Parse lists held in memory, by file name, as an index keeps them."""
        if missing := [name for name in FILE_NAMES if name not in files]:
            raise ConfigError(f"Il manque des listes de mots : {', '.join(missing)}.")
        return _parsed(tuple(bytes(files[name]) for name in FILE_NAMES))


@lru_cache(maxsize=2)
def _parsed(contents: tuple[bytes, ...]) -> WordLists:
    """The lists of these files: a run has those of its configuration and those of its index, which are mostly equal."""
    kept = dict(zip(FILE_NAMES, contents, strict=True))
    readers = {name: _ListReader(name, content) for name, content in kept.items()}
    elisions = _two_columns(readers["elisions.tsv"], values=("vowel", "any"))
    families = _heads(readers["families.tsv"])
    verbs = _conjugated(readers["verb-families.tsv"]) | _heads(readers["verbs.tsv"])  # the hand-written form wins
    return WordLists(
        files=MappingProxyType(kept),
        digest=_digest(kept),
        **{field: frozenset(readers[name].words()) for name, field in _TXT.items()},
        # One table is enough: a verb whose infinitive is in a family belongs to it with all its forms.
        heads=MappingProxyType({form: families.get(head, head) for form, head in verbs.items()} | families),
        elided_before_vowel=frozenset(word for word, before in elisions.items() if before == "vowel"),
        elided_before_any=frozenset(word for word, before in elisions.items() if before == "any"),
        abbreviations=MappingProxyType(_two_columns(readers["abbreviations.tsv"])),
        feminines=tuple(_feminines(readers["inclusive.tsv"])),
    )


class _ListReader:
    """Walks the lines of one list, and says the file and line when one is wrong."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self.line = 0
        self._folded: dict[str, str] = {}
        try:
            self._lines = content.decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise ConfigError(f"{name}, ligne {line} : ce n’est pas de l’UTF-8.") from error

    def words(self) -> Iterator[str]:
        """Folded words, separated by white space."""
        for text in self._content():
            yield from self.fold_all(text)

    def rows(self, columns: int) -> Iterator[list[str]]:
        """Rows of exactly so many columns, none empty."""
        for row in self._rows():
            if len(row) != columns:
                self.fail(f"il faut {columns} colonnes séparées par une tabulation, pas {len(row)}")
            yield row

    def families(self) -> Iterator[tuple[str, list[str]]]:
        """Rows of a head and its other forms; a head may stand alone."""
        for row in self._rows():
            if len(row) > 2:
                self.fail("il faut un mot, puis une tabulation et ses autres formes")
            yield self.fold_one(row[0]), self.fold_all(row[1]) if len(row) == 2 else []

    def fold_all(self, cell: str) -> list[str]:
        """The folded words of a cell; `-` stands for the empty one."""
        return ["" if word == _NOTHING else self._fold(word) for word in cell.split()]

    def fold_one(self, cell: str) -> str:
        """The one word of a cell."""
        words = self.fold_all(cell)
        if len(words) != 1:
            self.fail(f"un seul mot est attendu, pas « {cell} »")
        return words[0]

    def fail(self, reason: str) -> NoReturn:
        raise ConfigError(f"{self.name}, ligne {self.line} : {reason}.")

    def _rows(self) -> Iterator[list[str]]:
        for text in self._content():
            row = [cell.strip() for cell in text.split("\t")]
            if not all(row):
                self.fail("une colonne est vide")
            yield row

    def _content(self) -> Iterator[str]:
        for self.line, line in enumerate(self._lines, start=1):  # noqa: B020 - the line in hand, for messages
            text = line.partition("#")[0].rstrip()
            if text.strip():
                yield text

    def _fold(self, word: str) -> str:
        folded = self._folded.get(word)  # tables of verbs repeat their endings
        if folded is None:
            self._folded[word] = folded = self._read(word)
        return folded

    def _read(self, word: str) -> str:
        if not word.replace("'", "").replace("’", "").isalpha():
            self.fail(f"« {word} » n’est pas un mot (lettres et apostrophes)")
        return fold(word)


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return digest.hexdigest()


def _heads(reader: _ListReader) -> dict[str, str]:
    """Form → head; the head is a form of its own family."""
    heads: dict[str, str] = {}
    for head, forms in reader.families():
        for form in [head, *forms]:
            if heads.setdefault(form, head) != head:
                reader.fail(f"« {form} » est déjà dans la famille « {heads[form]} »")
    return heads


def _conjugated(reader: _ListReader) -> dict[str, str]:
    """Form → infinitive, from rows `ending of the infinitive<TAB>prefixes<TAB>endings`."""
    verbs: dict[str, str] = {}
    for infinitive_cell, prefixes, endings in reader.rows(3):
        infinitive = reader.fold_one(infinitive_cell)
        for prefix in reader.fold_all(prefixes):
            for ending in [infinitive, *_all_endings(reader, endings)]:
                verbs.setdefault(prefix + ending, prefix + infinitive)
    return verbs


def _all_endings(reader: _ListReader, cell: str) -> Iterator[str]:
    for ending in cell.split():
        root, tails = (ending[:-1], _TAILS[ending[-1]]) if ending[-1] in _TAILS else (ending, ("",))
        yield from (reader.fold_one(root or _NOTHING) + tail for tail in tails)


def _two_columns(reader: _ListReader, values: tuple[str, ...] = ()) -> dict[str, str]:
    table: dict[str, str] = {}
    for word_cell, value_cell in reader.rows(2):
        word, value = reader.fold_one(word_cell), reader.fold_one(value_cell)
        if values and value not in values:
            reader.fail(f"« {value} » n’est pas permis ici, mais {' ou '.join(values)}")
        if table.setdefault(word, value) != value:
            reader.fail(f"« {word} » est déjà là, avec une autre valeur")
    return table


def _feminines(reader: _ListReader) -> Iterator[Feminine]:
    for cells in reader.rows(3):
        yield Feminine(*map(reader.fold_one, cells))
