"""From a folded form to its stem: closed lists first, then endings, then the Snowball stemmer.

The order is the point. Snowball then unidecode loses a quarter of accented words for who
types no accents; unidecode then Snowball nearly doubles understemming, since the stemmer reads accents. Here everything
is a function of the *folded* form, plurals go first, and the endings that Snowball tests are given their accents back.
"""

from __future__ import annotations

import hashlib
import re
import threading
from typing import Protocol

import snowballstemmer

from indexer.french.fold import fold
from indexer.french.lists import WordLists

# Words that Snowball's French algorithm has treated differently over its releases, and some that it always cut.
_PROBES = (
    "française", "français", "époux", "mauvais", "palais", "bijoux", "sécurité", "élection", "négociations",
    "arrivèrent", "publiquement", "journée", "première", "constitutionnel", "réfugiées", "abandonnait",
)  # fmt: skip


def snowball_version() -> str:
    """A name for what the stemmer in use does: it changes when the algorithm does, whichever package brings it.

    snowballstemmer hands over to PyStemmer where that is installed, and the two have releases of their own.
    """
    stemmer = snowballstemmer.stemmer("french")
    return hashlib.sha256(" ".join(map(stemmer.stemWord, _PROBES)).encode()).hexdigest()[:8]


_VOWELS = "aeiouy"
_PLAIN_WORD = re.compile("[a-z]{3,}")


class SuffixStemmer(Protocol):
    """What we use of snowballstemmer; PyStemmer's class, which it returns when installed, has it too."""

    def stemWord(self, word: str) -> str: ...  # noqa: N802 - their name


class Stemmer:
    """Stems folded forms with one set of word lists; safe to share between threads."""

    def __init__(self, lists: WordLists, snowball: SuffixStemmer | None = None) -> None:
        self._lists = lists
        self._snowball: SuffixStemmer = snowball or snowballstemmer.stemmer("french")
        self._lock = threading.Lock()  # both implementations keep the word they work on in the object

    def stem(self, form: str) -> str:
        """The stem of a folded form. Numbers, symbols and other scripts are their own stem."""
        lists = self._lists
        if form in lists.names or not _PLAIN_WORD.fullmatch(form):
            return form
        if head := lists.heads.get(form):
            return head
        singular = self._singular(form)
        if singular in lists.names:
            return singular
        if head := lists.heads.get(singular):
            return head
        base = self._masculine(singular)
        if head := lists.heads.get(base):
            return head
        if base in lists.words_it or base in lists.words_is or base in lists.invariable_s:
            return base  # Snowball would cut `it`, `is` and `s`
        return self._cut(_reaccented(self._verb_singular(base)))

    def _singular(self, form: str) -> str:
        """The form without the mark of the plural; -ais and -ois stay unless listed (français, mais, trois)."""
        lists = self._lists
        if form.endswith("eaux"):
            return form[:-1]
        if form.endswith("aux") and len(form) > 4:
            return form[:-2] + "l" if form not in lists.invariable_s else form
        if form.endswith("x"):
            return form[:-1] if form in lists.plurals_eux_oux else form
        if not form.endswith("s") or form.endswith(("ss", "issais")):
            return form
        if form in lists.invariable_s or form in lists.words_is:
            return form
        if form.endswith(("ais", "ois")) and form not in lists.plurals_ais_ois:
            return form
        return form[:-1]

    def _masculine(self, form: str) -> str:
        """The form without the mark of the feminine, as far as folding leaves it to be seen."""
        lists = self._lists
        if form.endswith("trice"):
            return form[:-4] + "eur"
        if form.endswith("ise") and form[:-1] in lists.words_is:
            return form[:-1]
        if form.endswith("ite") and form[:-1] in lists.words_it:
            return form[:-1]
        if len(form) > 4 and form.endswith(("ee", "ie", "ue")) and not form.endswith(("que", "gue")):
            return form[:-1]
        if form.endswith("iere"):
            return form[:-3] + "er"
        if form.endswith(("gere", "chere")) and len(form) > 5:
            return form[:-2] + "r"
        return form

    def _verb_singular(self, form: str) -> str:
        """arrivent → arrive, arriverent → arrive; nouns and adjectives in -ent are listed, adverbs end in -ment."""
        lists = self._lists
        if not form.endswith("ent") or form.endswith("aient") or form in lists.nouns_ent:
            return form
        if form.endswith("ment") and form not in lists.verbs_ment:
            return form
        if form.endswith("erent") and form not in lists.words_erent:
            return form[:-5] + "e"
        return form[:-2] if len(form) > 5 else form

    def _cut(self, word: str) -> str:
        """Snowball, folded again; then what it leaves of bénéfici- and bénéfic-, employ- and emploi- is made one."""
        with self._lock:
            stem = fold(self._snowball.stemWord(word))
        if len(stem) > 4 and stem[-1] == "i" and stem[-2] not in _VOWELS:
            return stem[:-1]
        if len(stem) > 3 and stem.endswith(("oy", "ay", "uy")):
            return stem[:-1] + "i"
        return stem


def _reaccented(form: str) -> str:
    """Give back the accents that Snowball looks for: -ée, -ière, -ité. It cuts -asse (imperfect subjunctive), which in
    dépasse and classe is the root."""
    if form.endswith("asse"):
        return form + "r"
    if form.endswith("ee"):
        return form[:-2] + "ée"
    if form.endswith("iere"):
        return form[:-4] + "ière"
    if form.endswith("ite"):
        return form[:-3] + "ité"
    return form
