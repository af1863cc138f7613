"""A file of named arrays, each plain and aligned, read through one memory map: what every segment file is.

    magic · array · array · … · directory (JSON) · its length (8 bytes) · magic

The directory stands last, so that a file is written in one pass; a file cut short has no directory and does not open.
Whether the bytes are those that were written is for the manifest's SHA-256 to say (generations.py).
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_MAGIC = b"TROUVARR"
_ALIGNMENT = 64
_LENGTH_BYTES = 8
# The types of values that a file may hold: plain numbers.
_KIND = re.compile("[<|][uif][1248]|[|]b1")
# What a damaged directory raises while it is read.
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError)


class DamagedArrays(Exception):
    """The file is not a whole file of arrays. The message is a French half sentence: what is wrong."""


def narrowest(greatest: int) -> np.dtype[Any]:
    """The smallest unsigned integer type that holds `greatest`. Raises OverflowError past 64 bits."""
    for code in ("<u1", "<u2", "<u4", "<u8"):
        if greatest <= np.iinfo(code).max:
            return np.dtype(code)
    raise OverflowError(greatest)


def narrowed(values: npt.ArrayLike) -> Array:
    """Non-negative integers in the smallest type that holds them all; never wrapped. ValueError for a negative one."""
    array = np.asarray(values)
    if not array.size:
        return array.astype("<u1")
    if array.min() < 0:
        raise ValueError("negative value in a column of unsigned numbers")
    return array.astype(narrowest(int(array.max())))


def starts_of(counts: Array) -> Array:
    """Where each of consecutive runs of these lengths begins."""
    starts: Array = np.cumsum(counts) - counts
    return starts


def sums_of(values: Array, counts: Array) -> Array:
    """The sums of consecutive runs of these lengths."""
    so_far = np.concatenate(([0], np.cumsum(values)))
    ends = np.cumsum(counts)
    sums: Array = so_far[ends] - so_far[ends - counts]
    return sums


def places_within(counts: Array) -> Array:
    """For each value of consecutive runs of these lengths its place in its run, from 0."""
    places: Array = np.arange(int(counts.sum())) - np.repeat(starts_of(counts), counts)
    return places


class ArraysWriter:
    """Writes a file of arrays, one after the other; `close` completes it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._file.write(_MAGIC)
        self._directory: dict[str, tuple[Any, int, tuple[int, ...]]] = {}

    def add(self, name: str, array: Array) -> None:
        """Write a whole array."""
        self.stream(name, array.dtype, (np.ascontiguousarray(array),), array.shape[1:])

    def stream(self, name: str, dtype: np.dtype[Any], parts: Iterable[Array], row: tuple[int, ...] = ()) -> None:
        """Write an array whose parts come one by one, all of `dtype` and with rows of shape `row`."""
        if name in self._directory:
            raise ValueError(f"array {name!r} was already written")
        self._file.write(b"\0" * (-self._file.tell() % _ALIGNMENT))
        start, rows = self._file.tell(), 0
        for part in parts:
            if part.dtype != dtype or part.shape[1:] != row:
                raise ValueError(f"part of {name!r} is {part.dtype}{part.shape}, not {dtype}{row}")
            self._file.write(part.data if part.size else b"")
            rows += len(part)
        self._directory[name] = (_dtype_to_json(dtype), start, (rows, *row))

    def close(self, facts: Mapping[str, Any] | None = None) -> None:
        """Write the directory, with `facts` (JSON) beside the arrays. The bytes are not synced yet."""
        directory = json.dumps({"arrays": self._directory, "facts": dict(facts or {})}).encode()
        self._file.write(directory + len(directory).to_bytes(_LENGTH_BYTES, "little") + _MAGIC)
        self._file.close()

    def abandon(self) -> None:
        """Close the file as it is; it will not open."""
        self._file.close()


class ArraysFile:
    """An open file of arrays. Its arrays are views of the map: they keep it alive, also when the file is removed.

    Raises DamagedArrays when the file is not whole, OSError when it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self.size = _size(file)
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._directory, self.facts = self._read_directory()
        except _MALFORMED as error:
            raise DamagedArrays("table des colonnes illisible") from error

    def _read_directory(self) -> tuple[dict[str, tuple[np.dtype[Any], int, tuple[int, ...]]], dict[str, Any]]:
        end = self.size - len(_MAGIC) - _LENGTH_BYTES
        if self.map[: len(_MAGIC)] != _MAGIC or self.map[-len(_MAGIC) :] != _MAGIC:
            raise DamagedArrays("début ou fin de fichier inattendus")
        length = int.from_bytes(self.map[end : end + _LENGTH_BYTES], "little")
        if length > end:
            raise DamagedArrays("table des colonnes illisible")
        content = json.loads(self.map[end - length : end])
        directory = {}
        for name, (code, start, shape) in content["arrays"].items():
            dtype, shape = _dtype_from_json(code), tuple(map(int, shape))
            if min(start, *shape) < 0 or start + dtype.itemsize * int(np.prod(shape, dtype=object)) > end - length:
                raise DamagedArrays(f"colonne {name} hors du fichier")
            directory[name] = (dtype, int(start), shape)
        return directory, dict(content["facts"])

    def __contains__(self, name: str) -> bool:
        return name in self._directory

    def array(self, name: str) -> Array:
        """An array, read-only. Raises DamagedArrays when it is not there."""
        try:
            dtype, start, shape = self._directory[name]
        except KeyError:
            raise DamagedArrays(f"colonne {name} absente") from None
        # np.ndarray, not memmap: its slices cost a third.
        return np.ndarray(shape, dtype, self.map, start)

    def start(self, name: str) -> int:
        """Where an array begins in the file, in bytes."""
        return self._directory[name][1]


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    if size < 2 * len(_MAGIC) + _LENGTH_BYTES:
        raise DamagedArrays("fichier trop court")
    return size


def _dtype_to_json(dtype: np.dtype[Any]) -> Any:
    return dtype.str if dtype.names is None else [[name, dtype[name].str] for name in dtype.names]


def _dtype_from_json(code: Any) -> np.dtype[Any]:
    kinds = [code] if isinstance(code, str) else [kind for _, kind in code]
    # Checked before numpy sees them: it takes a string with a comma for Python.
    if not kinds or not all(map(_KIND.fullmatch, kinds)):
        raise DamagedArrays("type de colonne refusé")
    return np.dtype(code if isinstance(code, str) else [(str(name), kind) for name, kind in code])
