"""Where French sentences end: not after « M. », « art. 5 » or « Quoi ? » dit-il."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# After these a full stop ends no sentence; titles as written here only, « il me. » is no « Me Diallo ». Single capitals
# (J. Dupont, S.E.M.) are told by their shape.
_ABBREVIATIONS = _set(
    "av bd boul cf cit coll dir dr ed env ex éd hab ibid mgr mlle mlles mm mme mmes op pr préf suppl tél trad vs"
)
_TITLES = _set("Adj Am Cap Cdt Cne Col Gal Gén Lt Me Prof Sgt St Ste")
_BEFORE_NUMBER = _set(
    "al art arts avr ch chap déc fasc fév févr fig fol janv juil l n no nos nov obs oct p par paragr pp r réf sept t"
    " vol"
)
# A row of signs, from its first: looked for from each of them, ten thousand leader dots would take ten seconds. With a
# repetition at its beginning, the pattern would be three times as slow on any text.
_END = re.compile(r"""([.!?…](?<![.!?…].)[.!?…]*+(?:[ \u00a0\u202f]?»|["”’')\]])*+)\s+""")
_LAST_WORD = re.compile(r"""(?:.*[\s.,;:!?…'’()«»"/-])?(.*)""", re.DOTALL)
_LOOK_BACK = 20
_ROMAN = re.compile("[IVXLC]+")
_NUMBER = re.compile(r"[0-9]|[IVXLC]+\b")


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of `text[start:end]`, a paragraph, without the white space around them."""
    first = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and not _goes_on(text, first, match):
            yield first, match.end(1)
            first = match.end()
    if first < end:
        yield first, end


def _goes_on(text: str, first: int, match: re.Match[str]) -> bool:
    """True when this sign does not end the sentence that began at `first`: M. Diop, « Quoi ? » dit-il, 1. Mandat."""
    following = text[match.end()]
    if following.islower() or following in "»”)]":
        return True
    sign = match.start()
    if match[1] != ".":
        return False
    word = _LAST_WORD.match(text, max(first, sign - _LOOK_BACK), sign)
    last = unicodedata.normalize("NFC", word[1]) if word else ""
    if sign - first <= _LOOK_BACK and (last.isdigit() or _ROMAN.fullmatch(last)) and text[first:sign].strip() == last:
        return True  # the number of an item
    small = last.lower()
    if small in _ABBREVIATIONS or last in _TITLES or (len(last) == 1 and last.isupper()):
        return True
    return small in _BEFORE_NUMBER and _NUMBER.match(text, match.end()) is not None
