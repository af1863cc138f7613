"""Words cut at the end of a line: is the hyphen there the word's own?

« secré-⏎taire » is one word, « porte-⏎parole » and « Saint-⏎Louis » keep theirs. What the text writes elsewhere, not at
a line's end, decides; then what the index in service has; then how French words are made: no syllable ends before a
vowel with a consonant, or has no vowel, and few first elements (porte-, vice-) and last ones (-même, -vous) are common.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from string import ascii_lowercase

from indexer.french.spelling import plain

# Of the two halves of a word: True when they are known as one word, False with a hyphen between, None when neither is.
Joins = Callable[[str, str], bool | None]

_SOFT = "\u00ad"  # never a word's own
# What a cut word may end a line with.
HYPHENS = f"-\u2010\u2011{_SOFT}"

_HALF_BEFORE = re.compile(r"([^\W_]+(?:['’\-\u2010\u2011][^\W_]+)*)$")
_HALF_AFTER = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*['’]?")
_JOINT = re.compile(r"['’\-\u2010\u2011]")
# Everything but letters and hyphens made a space: five times faster than to look for words with a pattern.
_COMPOUNDS = bytes(code if chr(code) in f"{ascii_lowercase}-" else ord(" ") for code in range(256))
_VOWEL = re.compile(r"[aeiouyàâäéèêëîïôöùûüÿœæ]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# First elements after which the hyphen stays.
_FIRST = _words(
    """
    porte sous vice demi semi non ex après avant arrière quasi grand grands grande haut haute hauts hautes libre chef
    compte comptes centre état états procès nord sud est ouest saint sainte tout plus moins peut là franco anglo afro
    germano sino russo israélo américano gréco judéo nouveau mot mots lance garde coupe brise casse chasse ouvre perce
    tire pare aide mort trop outre vingt trente quarante cinquante soixante
    """
)
# … but in these words: they go on with a syllable, not with a word.
_GOES_ON = re.compile(
    r"(?:porte|lance|garde|coupe|brise|casse|chasse|ouvre|perce|tire|compte|centre|pare|aide)"
    r"-(?:r(?:a|as|ai|ais|ait|aient|ez|ons|ont|i?ez|ions)|ments?|feuilles?|manteaux?)"
    r"|sous-(?:cri|trait?$|traire|tracti|tray|sign)|non-(?:chal|obst|ante|ce)|libre-ment|hauts?-bois|tire-lire|outre-pass"
    r"|ex-(?:[hqt]|c[eéèilu]|p(?!r[ée][sfm]|rof|rison|oli|ar[lt]))"
    r"|(?:haute|grande|demi|quasi)-ment|plus-ieurs|mort-|avant-ag|tout-efois|trente-naire|soixante-ttard"
)
# Pairs of which the first half begins many other words (ci-toyen, mi-nistre, contre-dire).
_PAIR = re.compile(
    r"ci-(?:joint|inclus|apr|dess|contre|devant|g[iî]t)|soi-disant|au-(?:del|dess|devant|dehors)|là-|par-(?:del|dess|devant)"
    r"|mi-(?:temps|mandat|chemin|parcours|hauteur|janvier|f[ée]v|mars|avril|mai$|juin|juil|ao[uû]t|sept|oct|nov|d[ée]c)"
    r"|contre-(?:[aeiouéèê]|terror|product|pied|jour$|courant|feu|choc|perform|manifest|valeur|propos|projet|rapport"
    r"|mesure|pouvoir|v[ée]rit)|entre-(?:temps|deux)|bien-(?:fond|pens)|bas-(?:fond|relief|c[oô]t)|cent-(?:cinq|vingt)"
    r"|(?:quatre|dix)-(?:vingt|sept|huit|neuf|dix)"
)
# Last elements: the hyphen stays whatever stands before, or when it is a verb.
_LAST = _words("même mêmes dessus dessous delà")
_PRONOUNS = _words("ce je tu le la les lui leur moi toi nous vous")
_VERB = re.compile(
    r"(?:.{2}(?:ez|ons|ent|ait|aient|ont)|est|sont|suis|es|ai|as|a|ont|dit|fait|peut|peux|puis|dois|doit|vais|fais|dis|veut"
    r"|veux|sais|sait|soit|faut|faudra|faudrait|serait|aurait|prend|rend|met|vient|tient)"
)
_HERE = _words("celui celle ceux celles fois jour jours temps")
# Elements that a syllable may end with before a vowel: in-égal, trans-atlantique.
_ETYMOLOGICAL = _words("in des dés més sub trans inter sur super hyper mal post per con")
_INNER = _words("à a au aux d de des du en et la le les l sur t")


def unknown(first: str, second: str) -> bool | None:
    """What is known when there is nothing to ask."""
    return None


class Seams:
    """Tells how the words of one text that are cut at line ends go together. `text`: all of it, its lines as they are.

    The text is only looked through when there is a word to be decided.
    """

    def __init__(self, text: str, joins: Joins = unknown) -> None:
        self._text = text
        self._joins = joins

    def joined(self, line: str, following: str) -> str | None:
        """`line` ready to be followed by the next one at once, when a word goes on from one to the other.

        It keeps its hyphen, or loses one that only cut the word. None when there is no such word (no hyphen, a dash).
        """
        if line[-1:] not in HYPHENS:
            return None
        before, after = _HALF_BEFORE.search(line[-100:-1]), _HALF_AFTER.match(following[:100])
        if not before or not after:
            return None
        return line if line[-1] != _SOFT and self._keeps(before[1], after[0]) else line[:-1]

    def _keeps(self, before: str, after: str) -> bool:
        if before.isupper() and after.isupper() and len(before) > 1:
            before, after = before.lower(), after.lower()
        if not after[0].islower() or not before[-1].isalpha():
            return True
        if after[-1] in "'’" and len(after) <= 3:
            return True  # chef-d’œuvre
        first, second = _JOINT.split(before)[-1].lower(), _JOINT.split(after)[0].lower()
        within = self._in_text(first, second)
        if within is None:
            within = self._joins(first, second)
        return not within if within is not None else keeps_hyphen(first, second, inner="-" in before or "-" in after)

    def _in_text(self, first: str, second: str) -> bool | None:
        """As a Joins: what this text writes inside its lines."""
        words, pairs = self._written
        first, second = plain(first), plain(second)
        one, two = words.get(first + second, 0), pairs.get((first, second), 0)
        return None if one == two else one > two

    @cached_property
    def _written(self) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
        """How often each word stands in the text, and each two with a hyphen between."""
        words = Counter(plain(self._text).encode("ascii", "replace").translate(_COMPOUNDS).decode("ascii").split())
        pairs: Counter[tuple[str, str]] = Counter()
        for compound in [word for word in words if "-" in word]:
            times, parts = words[compound], compound.split("-")
            for part in parts:
                words[part] += times
            for pair in pairwise(parts):
                pairs[pair] += times
        return words, pairs


def keeps_hyphen(first: str, second: str, *, inner: bool = False) -> bool:
    """What the making of French words says of two halves in lower case. `inner`: they are parts of a longer row."""
    pair = f"{first}-{second}"
    if (len(first) == 1 and first in "aàyt") or len(second) == 1:
        return True
    if not _VOWEL.search(first) or not _VOWEL.search(second):
        return True
    if inner and (first in _INNER or second in _INNER):
        return True  # arc-en-ciel, rez-de-chaussée
    if _PAIR.match(pair) or second in _LAST or (first.endswith("ez") and len(first) > 3):
        return True
    if second in _PRONOUNS:
        return bool(_VERB.fullmatch(first))
    if second in ("ci", "là"):
        return first in _HERE
    if first in _FIRST:
        return not _GOES_ON.match(pair)
    return not _VOWEL.match(first[-1]) and bool(_VOWEL.match(second)) and first not in _ETYMOLOGICAL
