"""From a text to chunks, and from a chunk to words: what counts as one word of French, and under which forms.

Chunks are what white space separates; nearly all are one plain word, and equal chunks are analysed once (analyzer.py).
The expected result for each kind of chunk is a row of tests/french/cases.tsv.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from indexer.french.elision import Elision, without_possessive
from indexer.french.fold import MAX_TERM, fold
from indexer.french.inclusive import InclusiveForms
from indexer.french.lists import WordLists

# --- white space ---------------------------------------------------------------------------------------------------

_SPACES = "[ \u00a0\u202f\u2009]"
# 2 100 is one number; in « 2023 100 personnes », « 3,5 100 » and « COVID-19 200 cas » the space separates two. What may
# not stand before is looked for behind the first digit: a pattern that begins with a digit is searched twice as fast.
_THOUSANDS = re.compile(
    rf"[0-9](?<![\w,./\u0300-\u036f][0-9])(?<![^\W\d_]-[0-9])[0-9]{{0,2}}(?:{_SPACES}[0-9]{{3}})+(?![0-9])"
)
_SPACE = re.compile(_SPACES)
_GLUE = "\u2060"  # word joiner: not white space, one character as the space was, deleted as invisible afterwards
_CHUNK = re.compile(r"\S+")


def split_chunks(text: str) -> Iterator[tuple[int, str]]:
    """The chunks of a text with their places; a chunk is as long as it is in the text."""
    for match in _CHUNK.finditer(glued(text)):
        yield match.start(), match[0]


def bare_chunks(text: str) -> list[str]:
    """The chunks of a text without their places, four times as fast."""
    return glued(text).split()


def glued(text: str) -> str:
    """The text with the spaces inside numbers replaced, so that each number is one chunk; as long as it was."""
    return _THOUSANDS.sub(lambda number: _SPACE.sub(_GLUE, number[0]), text)


# --- the shapes of words -------------------------------------------------------------------------------------------


def _class_of_marks() -> str:
    """Combining marks as a class for `re`, whose `\\w` leaves them out: they are vowels in Indic scripts and Thai."""
    marks = (chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith("M"))
    return f"[{''.join(marks)}]"


_LETTER = r"[^\W\d_]"
_WORD = rf"[^\W_](?:[^\W_]|{_class_of_marks()})*"
_NOT_BEFORE_WORD = r"(?![^\W_])"

# A word with the apostrophes, hyphens and decimal signs inside it.
_PIECE = rf"(?P<piece>{_WORD}(?:(?:['-]|(?<=[0-9])[.,](?=[0-9])){_WORD})*)"

_CODE = r"(?P<code>(?:[A-Za-z](?:\+\+|\#)|\.NET|[A-Z]{1,3}&[A-Z]{1,3})" + _NOT_BEFORE_WORD + ")"
_NUMERO = r"(?P<numero>(?:[nN][°º]s?|№)(?![^\W\d_]))"
_MAIL = r"(?P<mail>[A-Za-z0-9][A-Za-z0-9._+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}" + _NOT_BEFORE_WORD + ")"
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+"
_ACRONYM = rf"(?P<acronym>(?:{_LETTER}\.){{2,}}{_LETTER}?{_NOT_BEFORE_WORD})"
_HASHTAG = rf"(?P<hashtag>#{_WORD}(?:_+{_WORD})*)"
_STATUTE = r"(?P<statute>[LRDAlrda]\*{0,2}\.?[0-9]{1,4}(?:-[0-9]+)+" + _NOT_BEFORE_WORD + ")"
# A/RES/2690, S/2023/611, CEDAW/C/MLI/CO/6-7, 2003/88/CE: a digit somewhere and a part in capitals; in lower case, as
# people type it, only after the letter of a United Nations organ.
_SYMBOL_PART = r"[A-Z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_SYMBOL = (
    r"(?P<symbol>(?:(?=[^0-9]*[0-9])(?=(?:[A-Za-z0-9.-]+/)*[A-Z]{1,8}[0-9.-]*(?:/|[^\w.-]|$))"
    rf"{_SYMBOL_PART}(?:/{_SYMBOL_PART})+"
    r"|(?:[ase]|st)/(?:[a-z0-9][a-z0-9.-]*/)*[a-z0-9.-]*[0-9])" + _NOT_BEFORE_WORD + ")"
)
_SYMBOL_WORD = re.compile("[A-Za-z]+|[0-9]+")
_HOST_END = re.compile(r"[/?#:]|$")
_TRAILING = re.compile(r"[^\w/]*$")
_ANY_WORD = re.compile(_WORD)

_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞŒ", "a-zß-öø-ÿœ"
_HUMP = re.compile(f"[{_LOWER}][{_UPPER}]")
_HUMPS = re.compile(f"[{_UPPER}]+(?![{_LOWER}])|[{_UPPER}]?[{_LOWER}]+|[0-9]+")
_ORDINAL = re.compile("([0-9]+)(?:ers?|eres?|res?|e|es|emes?)|(2)(?:nds?|ndes?)")
_ROMAN = re.compile("(X{0,3})(IX|IV|V?I{0,3})(?:e|es|er|re|ère|ere|ème|eme|èmes|emes)")
_ROMAN_UNITS = {"": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9}
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)+")
_THOUSANDS_BY_DOTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_DATE_BY_DOTS = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{2}){1,2}")
# What may stand around the word of a chunk.
_BEFORE, _AFTER = r"[(«\"“\[]*", r"[)»\"”\].,;:!?…]*"
_FIGURES = re.compile(rf"{_BEFORE}([0-9]+(?:[.,-][0-9]+)*){_AFTER}")
# The footnote mark in « Conseil¹ » is no part of the word; the exponent of km² is.
_FOOTNOTE_MARK = re.compile(r"(?<=[^\W\d_]{4})[⁰¹²³⁴-⁹]+$")

_MAX_JOINED_PARTS = 8  # « sous-lieutenant-colonel-… »: longer rows of hyphens are not one word


class Token(NamedTuple):
    """One word of a chunk: its folded forms, the word itself first, and its span in the normalised chunk."""

    forms: tuple[str, ...]
    start: int
    end: int


class Tokens(NamedTuple):
    """The words of a chunk. When `joined`, the last form of the first word stands for the whole chunk."""

    words: tuple[Token, ...]
    joined: bool = False


_Reader = Callable[["re.Match[str]"], Tokens]


class Tokenizer:
    """Splits normalised chunks into words, with the elisions, abbreviations and suffixes of one set of word lists."""

    def __init__(self, lists: WordLists) -> None:
        self._abbreviations = lists.abbreviations
        self._after_hyphen = lists.after_hyphen
        self._elision = Elision(lists.elided_before_vowel, lists.elided_before_any)
        self._inclusive = InclusiveForms(lists.feminines)
        domains = "|".join(sorted(lists.domains, key=lambda domain: (-len(domain), domain)))
        host = rf"{_HOST}(?:{domains}){_NOT_BEFORE_WORD}(?!-|\.[^\W_])(?:[/:?]\S*)?"
        address = rf"(?P<address>(?:(?:https?|ftp)://|www\.)\S+|{host})"
        special = "|".join(
            (_NUMERO, _MAIL, address, self._inclusive.pattern, _ACRONYM, _CODE, _SYMBOL, _STATUTE, _HASHTAG)
        )
        self._compound = re.compile(rf"(?<![^\W_])(?:{self._elision.pattern})?(?:{special})|{_PIECE}")
        self._piece = re.compile(_PIECE)
        self._plain = re.compile(rf"{_BEFORE}(?:{self._elision.pattern})?({_LETTER}+){_AFTER}")
        self._readers: dict[str, _Reader] = {
            "numero": self._read_numero,
            "mail": self._read_mail,
            "address": self._read_address,
            "inclusive": self._read_inclusive,
            "acronym": self._read_acronym,
            "code": self._read_code,
            "symbol": self._read_symbol,
            "statute": self._read_symbol,
            "hashtag": self._read_hashtag,
            "piece": self._read_piece,
        }

    def tokens(self, text: str) -> Tokens:
        """The words of one normalised chunk. A chunk longer than any term is only cut at its punctuation."""
        core = self.core(text)
        return self.scanned(text) if core is None else self.of_core(core)

    def core(self, text: str) -> re.Match[str] | None:
        """The word or the figures (group 1) of a normalised chunk in which there is nothing else but elision and
        punctuation: it has the words of these alone."""
        return self._plain.fullmatch(text) or _FIGURES.fullmatch(text)

    def of_core(self, core: re.Match[str]) -> Tokens:
        """The words of a chunk from its core."""
        read = _read_figures if core.re is _FIGURES else self._read_word
        return read(core.string, *core.span(1))

    def scanned(self, text: str) -> Tokens:
        """The words of a chunk that has no core; of any, at more cost."""
        scanner = self._compound if len(text) <= MAX_TERM else self._piece
        found = [self._readers[match.lastgroup or "piece"](match) for match in scanner.finditer(text)]
        found = [tokens for tokens in found if tokens.words]
        if len(found) == 1:
            return found[0]
        return Tokens(tuple(word for tokens in found for word in tokens.words))

    # Each reader takes a match of its own pattern in the chunk.

    def _read_numero(self, match: re.Match[str]) -> Tokens:
        return Tokens((Token(("numero",), *match.span("numero")),))

    def _read_code(self, match: re.Match[str]) -> Tokens:
        return Tokens((Token((match["code"].lower(),), *match.span("code")),))

    def _read_acronym(self, match: re.Match[str]) -> Tokens:
        form = fold(match["acronym"].replace(".", ""))
        return Tokens((Token((form,), *match.span("acronym")),))

    def _read_inclusive(self, match: re.Match[str]) -> Tokens:
        return Tokens((Token(self._inclusive.forms(match), *match.span("inclusive")),))

    def _read_mail(self, match: re.Match[str]) -> Tokens:
        return _with_joined(_words_of(_ANY_WORD, match.string, *match.span("mail")), match["mail"].lower())

    def _read_symbol(self, match: re.Match[str]) -> Tokens:
        start, end = match.span(match.lastgroup or 0)
        joined = match.string[start:end].lower()
        if match.lastgroup == "statute":  # L.1234-5, L1234-5 and R*123-4 are written in all ways
            joined = joined.replace(".", "").replace("*", "")
        return _with_joined(_words_of(_SYMBOL_WORD, match.string, start, end), joined)

    def _read_hashtag(self, match: re.Match[str]) -> Tokens:
        text, (start, end) = match.string, match.span("hashtag")
        pattern = _HUMPS if _HUMP.search(text, start, end) else _ANY_WORD
        return _with_joined(_words_of(pattern, text, start, end), fold(match["hashtag"]))

    def _read_address(self, match: re.Match[str]) -> Tokens:
        """Host and path as words, the whole host also at the first; scheme and `www.` say nothing and are left out."""
        text, (start, end) = match.string, match.span("address")
        end = max(start, _TRAILING.search(text, start, end).start())  # type: ignore[union-attr]  # it can be empty
        scheme = text.find("://", start, end)
        start = start if scheme < 0 else scheme + 3
        if text[start : start + 4].lower() == "www.":
            start += 4
        host_end = _HOST_END.search(text, start, end).start()  # type: ignore[union-attr]  # `$` matches in any case
        tokens = _with_joined(_words_of(_ANY_WORD, text, start, host_end), text[start:host_end].lower())
        path = _words_of(_ANY_WORD, text, host_end, end)
        return Tokens(tokens.words + path, joined=tokens.joined and not path)

    def _read_piece(self, match: re.Match[str]) -> Tokens:
        """A word, perhaps with elisions and hyphens: l'arc-en-ciel, est-il, 10-15, 3,5, St-Denis."""
        text, (start, end) = match.string, match.span("piece")
        if "-" not in match["piece"]:
            return self._read_part(text, start, end)
        words: list[Token] = []
        place = start
        for part in match["piece"].split("-"):
            words += self._read_part(text, place, place + len(part)).words
            place += len(part) + 1
        abbreviated = fold(match["piece"].partition("-")[0]) in self._abbreviations
        if abbreviated or not self._is_compound(words):
            return Tokens(tuple(words))
        return _with_joined(tuple(words), "".join(word.forms[0] for word in words))

    def _is_compound(self, words: list[Token]) -> bool:
        """Only letters, and not the verb before its pronoun: est-il, donne-t-on, rendez-vous, celui-ci."""
        return (
            2 <= len(words) <= _MAX_JOINED_PARTS
            and all(word.forms[0].isalpha() for word in words)
            and words[-1].forms[0] not in self._after_hyphen
        )

    def _read_part(self, text: str, start: int, end: int) -> Tokens:
        if self._elision.left_alone(text, start, end):
            return Tokens(())
        start = self._elision.skip(text, start, end)
        end = without_possessive(text, start, end)
        if "." in text[start:end] or "," in text[start:end]:
            return _read_number(text, start, end)
        return self._read_word(text, start, end)

    def _read_word(self, text: str, start: int, end: int) -> Tokens:
        word = text[start:end]
        if not word.isascii():
            word = _FOOTNOTE_MARK.sub("", word)
            end = start + len(word)
        if not word[1:].islower() and _HUMP.search(word):
            humps = _words_of(_HUMPS, text, start, end)
            # Two letters or more in each: YouTube and SauvonsLeMali, not kWh, iPhone, pH.
            if all(hump.end - hump.start > 1 for hump in humps) and sum(h.end - h.start for h in humps) == len(word):
                return _with_joined(humps, fold(word))
        forms = self._forms(word)
        return Tokens((Token(forms, start, end),)) if forms else Tokens(())

    def _forms(self, word: str) -> tuple[str, ...]:
        """The folded forms of one word: itself, and the number that an ordinal stands for."""
        form = fold(word)
        if not form:
            return ()
        if form in self._abbreviations:
            return (self._abbreviations[form],)
        if form[0] in "0123456789":
            if ordinal := _ORDINAL.fullmatch(form):
                number = ordinal[1] or ordinal[2]
                return (number + "e", number)
        elif word[0] in "IVX" and (number := _roman_ordinal(word)):
            return (form, number + "e")
        return (form,)


def _words_of(pattern: re.Pattern[str], text: str, start: int, end: int) -> tuple[Token, ...]:
    return tuple(
        Token((form,), *match.span()) for match in pattern.finditer(text, start, end) if (form := fold(match[0]))
    )


def _with_joined(words: tuple[Token, ...], joined: str) -> Tokens:
    """The words, the first with the form of them all as an alternative; one word alone is its own joined form."""
    joined = joined[:MAX_TERM]
    if len(words) < 2 or not joined or joined == words[0].forms[0]:
        return Tokens(words)
    first = Token((words[0].forms[0], joined), words[0].start, words[0].end)
    return Tokens((first, *words[1:]), joined=True)


def _read_figures(text: str, start: int, end: int) -> Tokens:
    """Numbers, and rows of them (10-15, 1234-5): what `_read_piece` finds in them, for a third of its cost."""
    words: list[Token] = []
    place = start
    for part in text[start:end].split("-"):
        stop = place + len(part)
        if "." not in part and "," not in part:
            words.append(Token((part[:MAX_TERM],), place, stop))
        else:
            words += _read_number(text, place, stop).words
        place = stop + 1
    return Tokens(tuple(words))


def _read_number(text: str, start: int, end: int) -> Tokens:
    """Numbers with signs inside: 3,5 is 3.5; 100.000 is also 100000; 16.06.2023 and 1,2,3 are several."""
    word = text[start:end]
    if _DATE_BY_DOTS.fullmatch(word) or word.count(",") > 1:
        return Tokens(_words_of(_ANY_WORD, text, start, end))
    form = ".".join(fold(part) for part in word.replace(",", ".").split("."))[:MAX_TERM]
    if _THOUSANDS_BY_DOTS.fullmatch(word):
        return Tokens((Token((form.replace(".", ""), form), start, end),))
    return Tokens((Token((form,), start, end),))


def _roman_ordinal(word: str) -> str | None:
    """The number of an ordinal in capitals (XXIe → 21, Ier → 1): never from lower case (dire, vie, mille)."""
    match = _ROMAN.fullmatch(unicodedata.normalize("NFKC", word))
    if not match:
        return None
    number = 10 * len(match[1]) + _ROMAN_UNITS[match[2]]
    return str(number) if number else None
