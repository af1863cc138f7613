"""The languages that documents are told apart in, and how they are called in French."""

from __future__ import annotations

import re

from indexer.french.spelling import plain

FRENCH = "fr"
# Those that a French collection is likely to hold: the more there are, the oftener one is mistaken for another.
LANGUAGES = {
    "fr": "français", "en": "anglais", "ar": "arabe", "es": "espagnol", "pt": "portugais", "de": "allemand",
    "it": "italien", "nl": "néerlandais", "ru": "russe", "zh": "chinois", "ja": "japonais", "ko": "coréen",
    "ca": "catalan", "ro": "roumain", "pl": "polonais", "cs": "tchèque", "hu": "hongrois", "sv": "suédois",
    "da": "danois", "no": "norvégien", "fi": "finnois", "el": "grec", "tr": "turc", "uk": "ukrainien",
    "bg": "bulgare", "he": "hébreu", "fa": "persan", "vi": "vietnamien", "am": "amharique", "ha": "haoussa",
    "ht": "créole haïtien", "ln": "lingala", "mg": "malgache", "rw": "kinyarwanda", "so": "somali", "sw": "swahili",
    "yo": "yoruba",
}  # fmt: skip
_CODES = {plain(name): code for code, name in LANGUAGES.items()} | {code: code for code in LANGUAGES}
_AFTER_CODE = re.compile("[-_,; ]")


def language_named(name: str) -> str:
    """The code (ISO 639-1) of a language by its code (`fr`, `fr_FR`, `en-GB`) or French name; "" for another."""
    wanted = plain(name[:40])
    return _CODES.get(wanted) or _CODES.get(_AFTER_CODE.split(wanted)[0], "")


def language_label(code: str) -> str:
    """How a language is called in French: « anglais », « langue inconnue » for ""; a strange code is given back."""
    return LANGUAGES.get(code, code) if code else "langue inconnue"
