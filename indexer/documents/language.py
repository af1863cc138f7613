"""The language that a document is mostly in.

Nearly all documents of a French collection are in French, which a dozen little words tell for some microseconds. Only
where these are rare a model is asked, among the languages that such a collection may hold.
"""

from __future__ import annotations

import lzma
import re
import struct
from collections.abc import Iterator
from functools import cache
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from indexer.french.languages import FRENCH, LANGUAGES, language_named

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

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
    words = sample.lower().split()
    if len(words) >= _FEW and sum(map(_LITTLE.__contains__, words)) >= _FRENCH_SHARE * len(words):
        return FRENCH
    return _modelled(sample) or (language_named(declared) if declared else "")


def _sample(text: str) -> str:
    """Some places of a text: its head may be a banner in another language."""
    if len(text) <= _WINDOWS * _WINDOW:
        return text
    return " ".join(text[at : at + _WINDOW] for at in _places(len(text)))


def _places(length: int) -> Iterator[int]:
    for number in range(_WINDOWS):
        yield (2 * number + 1) * length // (2 * _WINDOWS) - _WINDOW // 2


def _modelled(sample: str) -> str:
    """What the model takes a text for; "" when the text is too short to tell."""
    words = _LETTERS.findall(sample)
    count = len(words) + len(_UNSPACED.findall(sample))
    if count < _FEW:
        return ""
    language, sure = _model().classify(" ".join(words))
    return language if count >= _SURE_OF_FEW or sure >= _SURE else ""


@cache
def _model() -> LanguageIdentifier:
    """Loaded when first needed: 0.4 s of CPU and 55 MB that a collection in French hardly pays.

    py3langid 0.4 unpacks its model through a temporary file, and processes that read documents may write none: what its
    `load_model` does is done here in memory, and for our languages alone, until it can be had from there.
    """
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
        arrays = dict(_arrays(packed))
    classes = arrays["classes"].tolist()
    ours = [number for number, code in enumerate(classes) if code in LANGUAGES]
    return LanguageIdentifier(
        arrays["ptc"][:, ours],
        arrays["pc"][ours],
        [classes[number] for number in ours],
        arrays["nextmove"].data,
        arrays["out_feat"].data,
        norm_probs=True,
        tk_row=arrays["nextmove_row"].data,
    )


_ENTRY = struct.Struct("<4s22xHH")  # of a ZIP: its sign, the lengths of the name and of what else is said


def _arrays(packed: IO[bytes]) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """The arrays of an `.npz`, one after the other: all of it beside them would be 70 MB more for a moment."""
    while (entry := packed.read(_ENTRY.size)).startswith(b"PK\3\4"):
        _, name_length, more_length = _ENTRY.unpack(entry)
        name = packed.read(name_length).decode().removesuffix(".npy")
        packed.read(more_length)
        yield name, np.lib.format.read_array(packed, allow_pickle=False)
