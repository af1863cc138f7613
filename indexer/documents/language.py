"""The language that a document is mostly in.

Nearly all documents of a French collection are in French, which a dozen little words tell for some microseconds. Only
where these are rare a model is asked, among the languages that such a collection may hold.
"""

from __future__ import annotations

import lzma
import math
import re
import struct
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from indexer.french.languages import FRENCH, LANGUAGES, language_named

# Words that are common in French and, together, in no other language (« de », « la », « que » are as Spanish, « le » as
# Italian). Of 260 real French texts nine of ten have more than the share of them, Italian and Catalan half of it.
_LITTLE_WORDS = (
    "les des du une et est sont dans pour par sur au aux avec qui ce cette ces ses leur leurs il elle ils nous vous pas"
    " plus où mais été être"
)
_LITTLE = frozenset(_LITTLE_WORDS.split())
_FRENCH_SHARE = 0.08
_WINDOW = 300  # code points
_WINDOWS = 3
# Below so many words nobody can tell; below the second number only what the model is sure of is believed.
_FEW, _SURE_OF_FEW, _SURE = 6, 20, 0.5
_LETTERS = re.compile(r"[^\W\d_]+")
# Where words have no spaces between them a letter says as much as a word elsewhere.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def language_of(text: str, declared: str | None = None) -> str:
    """The code (ISO 639-1) of the language of `text`, "" when there is no telling.

    What was `declared` (`fr`, `en-GB`, `anglais`) decides where the text does not: sites declare French whatever they
    hold.
    """
    sample = _sample(text)
    if _has_little_words(sample.lower().split()):
        return FRENCH
    words = _LETTERS.findall(sample)
    # A third of the French texts that come here hold numbers and elisions: their words alone are enough.
    if _has_little_words([word.lower() for word in words]):
        return FRENCH
    return _modelled(sample, words) or (language_named(declared) if declared else "")


def _has_little_words(words: Sequence[str]) -> bool:
    return len(words) >= _FEW and sum(map(_LITTLE.__contains__, words)) >= _FRENCH_SHARE * len(words)


def _sample(text: str) -> str:
    """Some places of a text: its head may be a banner in another language."""
    if len(text) <= _WINDOWS * _WINDOW:
        return text
    return " ".join(text[at : at + _WINDOW] for at in _places(len(text)))


def _places(length: int) -> Iterator[int]:
    for number in range(_WINDOWS):
        yield (2 * number + 1) * length // (2 * _WINDOWS) - _WINDOW // 2


def _modelled(sample: str, words: Sequence[str]) -> str:
    """What the model takes a sample of these words for; "" when it is too short to tell."""
    count = len(words) + len(_UNSPACED.findall(sample))
    if count < _FEW:
        return ""
    language, sure = _model().classify(" ".join(words))
    return language if count >= _SURE_OF_FEW or sure >= _SURE else ""


class _Model:
    """What tells languages apart: the naive Bayes model of py3langid, for our languages alone, in a third of the room.

    An automaton reads the bytes of a text and says which features (short rows of bytes) end where; each feature speaks
    for and against each language. Nine tenths of the automaton's table are rows that differ in a few places, so it is
    cut into blocks, of which each is kept once: 7 MB for 39, which hardly any cache of a processor holds either.
    """

    def __init__(self, parts: Mapping[str, npt.NDArray[Any]], automaton: tuple[memoryview, memoryview]) -> None:
        classes = parts["classes"].tolist()
        ours = [number for number, code in enumerate(classes) if code in LANGUAGES]
        self._languages: list[str] = [classes[number] for number in ours]
        self._before = parts["pc"][ours]
        self._weights = np.ascontiguousarray(parts["ptc"][:, ours])  # a row is asked for at a time
        self._blocks, self._places = automaton
        self._rows = (parts["nextmove_row"] * np.uint32(_BLOCKS_A_ROW)).data
        self._features = parts["out_feat"].data

    def classify(self, text: str) -> tuple[str, float]:
        """The likeliest language of a text, and how sure that is (0 to 1)."""
        content = unicodedata.normalize("NFC", text.lower() if text.isupper() else text).encode(errors="replace")
        scores = self._scores(content) / math.sqrt(len(content) or 1)  # so that long texts are no surer than they are
        likely = np.exp(scores - scores.max())
        best = int(likely.argmax())
        return self._languages[best], float(likely[best] / likely.sum())

    def _scores(self, content: bytes) -> npt.NDArray[np.float32]:
        """The logarithm of how likely each language is; all the same when the text has no feature."""
        blocks, places, rows, features = self._blocks, self._places, self._rows, self._features
        state, met = 0, []
        for high, low in zip(content.translate(_HIGH), content.translate(_LOW), strict=True):
            state = blocks[places[rows[state] + high] + low]
            met.append(features[state])
        counts = Counter(met)
        counts.pop(_NO_FEATURE, None)
        if not counts:
            return np.zeros(len(self._languages), np.float32)
        weights = self._weights.take(list(counts), axis=0).astype(np.float32)
        times = np.log1p(np.array(list(counts.values()), np.float32))
        scores: npt.NDArray[np.float32] = times @ weights + self._before
        return scores


_NO_FEATURE = -1
_BLOCK = 32  # entries; with 16 or 64 the table is as large or larger
_BLOCKS_A_ROW = 256 // _BLOCK
_HIGH = bytes(byte // _BLOCK for byte in range(256))
_LOW = bytes(byte % _BLOCK for byte in range(256))


def _blocks_of(table: npt.NDArray[Any]) -> tuple[memoryview, memoryview]:
    """The distinct blocks of a table, one after the other, and where the one for each of its blocks begins."""
    content, size = table.data.cast("B"), _BLOCK * table.itemsize
    distinct: dict[bytes, int] = {}
    places = array("I")
    for at in range(0, len(content), size):
        places.append(_BLOCK * distinct.setdefault(content[at : at + size].tobytes(), len(distinct)))
    return np.frombuffer(b"".join(distinct), table.dtype).data, memoryview(places)


@cache
def _model() -> _Model:
    """Loaded when first needed: 0.4 s of CPU and 20 MB that a collection in French hardly pays.

    py3langid 0.4 unpacks its model through a temporary file, and processes that read documents may write none, and it
    keeps 47 MB of it: what its `load_model` and `classify` do is done here, until it can be had from there.
    """
    from py3langid.langid import MODEL_DIR, MODEL_FILE

    parts = {}
    with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
        for name, part in _arrays(packed):
            if name == "nextmove":
                automaton = _blocks_of(part)
            else:
                parts[name] = part
    return _Model(parts, automaton)


_ENTRY = struct.Struct("<4s22xHH")  # of a ZIP: its sign, the lengths of the name and of what else is said


def _arrays(packed: IO[bytes]) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """The arrays of an `.npz`, one after the other: all of it beside them would be 70 MB more for a moment."""
    while (entry := packed.read(_ENTRY.size)).startswith(b"PK\3\4"):
        _, name_length, more_length = _ENTRY.unpack(entry)
        name = packed.read(name_length).decode().removesuffix(".npy")
        packed.read(more_length)
        yield name, np.lib.format.read_array(packed, allow_pickle=False)
