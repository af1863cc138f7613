"""French analysis: the only one, for documents and queries alike.

    text ─ chunks ─ normalize ─ tokenize (elision, inclusive) ─ fold ─ surface ─ stem → Position

Every term is a function of the accent-folded word, so that accents, case and Unicode form never decide whether a
document is found. The lists are in `config/french/`.

Beside the analysis: `dates`, how French writes them; `spelling`, one spelling for comparing short texts.
"""

from indexer.french.analyzer import CHAIN_VERSION, Analyzer, Chunk, Word, Words
from indexer.french.fold import MAX_TERM
from indexer.french.lists import FILE_NAMES, WordLists
from indexer.french.sigles import Learned, Pair, find_pairs, fold_words
from indexer.french.tokenize import bare_chunks, glued, split_chunks

__all__ = [
    "CHAIN_VERSION",
    "FILE_NAMES",
    "MAX_TERM",
    "Analyzer",
    "Chunk",
    "Learned",
    "Pair",
    "Word",
    "WordLists",
    "Words",
    "bare_chunks",
    "find_pairs",
    "fold_words",
    "glued",
    "split_chunks",
]
