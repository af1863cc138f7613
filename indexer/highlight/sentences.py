"""Where French sentences end: not after « M. », « art. 5 » or « Quoi ? » dit-il."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# After these a full stop ends no sentence; titles as written here only, « il me. » is no « Me Diallo ». Single capitals
# (J. Dupont, S.E.M.) are told by their shape.
_ABBREVIATION = re.compile(
    "(?i:av|bd|boul|cf|cit|coll|dir|dr|ed|env|ex|éd|hab|ibid|mgr|mlles?|mm|mmes?|op|pr|préf|suppl|tél|trad|vs)"
    "|Adj|Am|Cap|Cdt|Cne|Col|Gal|Gén|Lt|Me|Prof|Sgt|Ste?"
)
_BEFORE_NUMBER = re.compile(
    "(?i:al|arts?|avr|ch|chap|déc|fasc|févr?|fig|fol|janv|juil|l|nos?|n|nov|obs|oct|par|paragr|pp?|r|réf|sept|t|vol)"
)
_END = re.compile(r"""[.!?…]+(?:[ \u00a0\u202f]?»|["”’')\]])*\s+""")
_LAST_WORD = re.compile(r"""[^\s.,;:!?…'’()«»"/-]*$""")
_LOOK_BACK = 20
_ROMAN = re.compile("[IVXLC]+")
_NUMBER = re.compile(r"[0-9]|[IVXLC]+\b")


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of `text[start:end]`, a paragraph, without the white space around them."""
    first = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and not _goes_on(text, first, match):
            yield first, match.start() + len(match[0].rstrip())
            first = match.end()
    if first < end:
        yield first, end


def _goes_on(text: str, first: int, match: re.Match[str]) -> bool:
    """True when this sign does not end the sentence that began at `first`: M. Diop, « Quoi ? » dit-il, 1. Mandat."""
    following = text[match.end()]
    if following.islower() or following in "»”)]":
        return True
    sign = match.start()
    if match[0].rstrip() != ".":
        return False
    word = _LAST_WORD.search(text, max(first, sign - _LOOK_BACK), sign)
    last = unicodedata.normalize("NFC", word[0]) if word else ""
    if sign - first <= _LOOK_BACK and (last.isdigit() or _ROMAN.fullmatch(last)) and text[first:sign].strip() == last:
        return True  # the number of an item
    if _ABBREVIATION.fullmatch(last) or (len(last) == 1 and last.isupper()):
        return True
    return bool(_BEFORE_NUMBER.fullmatch(last) and _NUMBER.match(text, match.end()))
