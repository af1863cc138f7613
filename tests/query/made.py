"""Texts as nobody types them: every sign of the language in any order, with words, dates and any Unicode between."""

from __future__ import annotations

import random

_NAMES = (
    *("titre", "title", "texte", "corps", "type", "date", "url", "Note", "http"),
    *("avant", "après", "apres", "depuis", "jusqu’à", "jusqu'a"),
)
_COLONS = (":", ":", ":", " : ", "\u00a0:\u00a0", "\u202f:", "::", ": ")
_SIGNS = (
    *'()()""«»“”„*-–~:;,.!?\'’/#@&+',
    *(" ", "\u00a0", "\u202f", "\u00ad", "\u200b", "\u202e", "\n", "\x00", "..", "…", "~5", "~0", "~99999"),
)
_OPERATORS = ("ET", "OU", "SAUF", "AND", "OR", "NOT", "ET SAUF")
_WORDS = (
    *(
        "mali",
        "Gao",
        "marché",
        "marche",
        "élève",
        "éléments",
        "Łódź",
        "rapport",
        "communiqué",
        "2",
        "100",
        "10:30",
        "XXIe",
    ),
    *("le", "la", "de", "du", "l'ONU", "d’ici", "cessez-le-feu", "va-t-il", "désarm*", "salarié(e)s", "S/RES/2690"),
    *("COVID-19", "XXIe", "O.N.U.", "C++", "#SauvonsLeMali", "contact@un.org", "🙂", "北京", "القاعدة"),
)
_DATES = (
    *("2023", "2023-06", "2023-06-30", "2023-06..", "..2023", "2023..2022", "01/07/2023", "31/02/2023", "0001"),
    *("9999-12-31", "juin", "inconnue", "hier", "à", "au", "du", "juin 2023", "1er juillet 2023", "du 3 au 5 mai 2021"),
)


def made_text(rng: random.Random, longest: int = 1_000) -> str:
    """One text, seldom longer than a query may be."""
    pieces = (_sign, _operator, _word, _field, _date, _character)
    weights = [rng.random() ** 3 for _ in pieces]
    count = int(longest ** rng.random())
    joint = rng.choice(("", " ", " ", " "))
    text = joint.join(made(rng) for made in rng.choices(pieces, weights, k=count))
    return text[: longest + rng.choice((0, 0, 0, 0, 0, 0, 0, 5))]


def _sign(rng: random.Random) -> str:
    return rng.choice(_SIGNS) * rng.choice((1, 1, 1, 1, 2, 30))


def _operator(rng: random.Random) -> str:
    return rng.choice(_OPERATORS)


def _word(rng: random.Random) -> str:
    return rng.choice(_WORDS)


def _field(rng: random.Random) -> str:
    name = rng.choice(_NAMES)
    value = rng.choice((_word, _date, _sign))(rng)
    return f"{rng.choice((name, name.upper()))}{rng.choice(_COLONS)}{rng.choice(('', '', '(', chr(34), '«'))}{value}"


def _date(rng: random.Random) -> str:
    return rng.choice(_DATES)


def _character(rng: random.Random) -> str:
    """Any character, lone surrogates among them."""
    return chr(rng.choice((rng.randrange(0x300), rng.randrange(0x300, 0x370), rng.randrange(0x110000))))
