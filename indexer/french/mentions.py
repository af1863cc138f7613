"""Dates that a text names, wherever they stand: days and months with their year, and years that are clearly years.

How a date is written, `dates` says; what stands here says which four digits are a year at all, since they may as well
be an amount (2000 soldats), the number of an act (la résolution 2100, la loi n° 2016-1088) or part of a code:

    le 30 juin 2023 · 30/06/2023 · 2023-06-30 · juin 2023      a day or a month is taken where it is written
    les 3, 4 et 5 mai 2021 · de juin à septembre 2023          and so are those that leave their year to it
    en 2023 · depuis 2012 · fin 2019 · l’année 2020 · (2013)   a year is taken behind words that ask for one, or alone
    les élections de 2018 · à partir de 2024,                  … in parentheses; behind `de` when it is the year of
    de 2012 à 2015 · 2022-2023 · en 2012, 2013 et 2014         something; in a span; or beside another year
    en 2000 exemplaires · plus de 2000 personnes               never before what is counted

Precision comes first: a date that is not there would be counted and filtered by. All is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indexer.french.dates import DAY, ISO, MONTH, MONTH_YEAR, NUMERIC, WRITTEN, date_of, first_of
from indexer.french.spelling import plain
from indexer.model import PartialDate

# Part of what an index is built with: changes when the same text would give other dates.
MENTIONS_VERSION = "1"
# Distinct dates taken of one text, the first ones: a book of history has some hundreds, a table of data any number.
MAX_MENTIONS = 500

# A paragraph without four such digits names no date and is not looked at again; most are.
_YEARISH = re.compile("(?:1[0-9]|2[01])[0-9]{2}(?![0-9])")
_YEAR = re.compile(f"(?<![0-9]){_YEARISH.pattern}")
# Years that stand alone are taken between these; in parentheses and spans, from the second on.
_FIRST_ALONE, _FIRST_DOUBTFUL, _LAST_ALONE = 1700, 1900, 2100

# With all its zeros: « article L. 1235-3-1 » is none.
_ISO = re.compile(rf"(?<![/.-])(?<![lrd]\. )(?=[0-9]{{4}}(?:[/.-][0-9]{{2}}){{2}}){ISO}(?![-/]?[0-9])")
# Days and months, searched for behind what they follow, up to the end of a year that was found.
_ENDING = [re.compile(rf"{pattern}\Z") for pattern in (WRITTEN, rf"(?<![/.-]){NUMERIC}", MONTH_YEAR)]
_LONGEST = 24  # characters of « mercredi 1 er septembre, » before its year, without the day of the week
_BEFORE_DAY = re.compile(rf"(?P<first>{DAY}(?:[ -]{MONTH})?) ?(?P<joint>et|ou|au|a|-|/|,|jusqu'au) ?(?:(?<= )les? )?\Z")
_BEFORE_MONTH = re.compile(
    rf"(?P<first>(?<![a-z]){MONTH}) ?(?P<joint>et|ou|a|-|/|,|jusqu'a|jusqu'en) ?(?:(?<= )(?:en |de |d'))?\Z"
)

# What is counted: no year stands before it.
_AMOUNT = re.compile(
    r" ?[€$£%°]|[.,'][0-9]| [0-9]{3}(?![0-9])| (?:d'|de )?(?:"
    r"euros?|francs?|dollars?|livres?|fcfa|cfa|eur|usd|millions?|milliards?|mille|"
    r"(?:kilo|centi|milli|deci)?metres?|k?m[23²³]?|ha|hectares?|k?g|kilos?|(?:kilo)?grammes?|tonnes?|litres?|watts?|[kmg]w|"
    r"heures?|h|minutes?|secondes?|jours?|nuits?|semaines?|ans?|fois|points?|places?|postes?|lits?|signes|"
    r"hommes?|femmes?|enfants?|personnes?|soldats?|militaires?|policiers?|gendarmes?|casques|combattants?|refugies?|"
    r"deplaces?|civils?|morts?|blesses?|victimes?|habitants?|salarie(?:e?s?)|employes?|agents?|eleves?|etudiants?|"
    r"familles?|menages?|electeurs?|voix|membres?|participants?|manifestants?|visiteurs?|clients?|abonnes?|"
    r"mots?|pages?|exemplaires?|caracteres?|lignes?|documents?|dossiers?|logements?|maisons?|entreprises?|ecoles?|"
    r"unites?|tetes?|pieces?|vehicules?|avions?|navires?|autres?)(?![a-z])"
)
# Number signs and acts: « n° 2012-2013 », « loi 2019-2020 » are no spans of years.
_NUMBERED = re.compile(
    r"(?:n°|\bn[o.]|\bnum(?:ero)?\.?|\b(?:loi|decret|ordonnance|directive|reglement|arrete|resolution|decision|"
    r"deliberation|avis|article|art\.|dossier|ref\.?)s?) ?\Z"
)
# Words that ask for a year.
_ASKING = re.compile(
    r"(?<![a-z])(?:en|depuis|avant|apres|jusqu'en|d'ici(?: a)?|fin|debut|mi|mi-|courant|l'an|annees?|horizon|"
    r"ete|automne|hiver|printemps|rentree|saisons?|exercices?|campagnes?|millesimes?|promotions?|editions?|"
    r"(?:semestre|trimestre|quadrimestre)(?: de)?|periode|rapport(?: annuel)?|bilan|budget|plf|plfss|"
    r"(?:finances(?: rectificative)?|securite sociale)(?: pour)?|edition de|copyright|©) ?\Z"
)
# What is of a year, in few words: « la Constitution de 1958 », « l’accord national interprofessionnel de 2013 ».
_OF = r"(?: [a-z'-]+){0,2} (?:de|pour|en) \Z"
_TEXTS = re.compile(
    r"(?<![a-z])(?:lois?|ordonnances?|decrets?|constitutions?|chartes?|codes?|traites?|conventions?|protocoles?|accords?|"
    rf"pactes?|resolutions?|reformes?|rapports?|enquetes?|recensements?){_OF}"
)
# The same when nothing may be counted by it: « pour 2024, », « les élections de 2018 ont ».
_LEANING = re.compile(
    r"(?<![a-z])(?:pour|des|vers|a partir de|a compter de|au cours de|(?:"
    r"etudes?|sondages?|bilans?|budgets?|plans?|exercices?|"
    r"elections?|presidentielles?|legislatives?|municipales?|regionales?|europeennes?|referendums?|scrutins?|"
    r"guerres?|crises?|conflits?|rebellions?|revolutions?|revoltes?|insurrections?|attentats?|attaques?|massacres?|"
    r"genocides?|putschs?|coups? d'etat|emeutes?|greves?|manifestations?|mobilisations?|mouvements?|evenements?|"
    r"sommets?|conferences?|assemblees?|congres|forums?|assises|jeux|coupes?|championnats?|editions?|campagnes?|"
    r"secheresses?|inondations?|seismes?|famines?|epidemies?|pandemies?|canicules?|tempetes?|"
    r"etes?|automnes?|hivers?|printemps|rentrees?|debuts?|fins?|mois|annees?|niveaux?|chiffres?|donnees"
    r")(?: [a-z'-]+){0,2} (?:de|pour|en)) \Z"
)
_BEFORE_CHARS = 70
_ENDED = re.compile(
    r" ?(?:\Z|[.;:!?,)\]\"/]|- )| (?:(?:et|ou|a|au|aux|en|par|pour|dans|sur|sous|avec|sans|qu[ei]|dont|mais|ni|comme|"
    r"il|elle|ils|elles|on|le|la|les|est|sont|ont|etait|etaient|sera|seront|soit|afin|lorsque|quand|puis)(?![a-z])|"
    r"(?:l|n|s|c|qu|jusqu)'|d'ici)"
)
_SPAN = re.compile(rf" ?(?P<joint>et|a|-|/) ?(?P<last>{_YEARISH.pattern})")
_OPENS_SPAN = re.compile(r"(?:(?<![a-z])(?:entre|de|depuis|periode)(?: les annees)? |\()\Z")
_BETWEEN_YEARS = re.compile(r" ?(?:et|ou|a|-|/|,|puis) ?(?:en )?")
_ENCLOSED = re.compile(r" ?[),;]| ?- ?[0-9]")
_DECADE = re.compile(r"\bannees \Z")


class Mention(NamedTuple):
    """A date and where it is written, in the spelling of `spelling.plain`."""

    date: PartialDate
    start: int
    end: int


def mentions_of(*texts: str) -> tuple[PartialDate, ...]:
    """The dates that the texts of a document name, each once, in the order in which they do; the first MAX_MENTIONS.

    « juin 2023 » is a month: a day or a month that is named is not its year too.
    """
    found: dict[PartialDate, None] = {}
    for paragraph in (paragraph for text in texts for paragraph in text.split("\n\n")):
        if _YEARISH.search(paragraph):
            for mention in mentions_in(plain(paragraph)):
                found[mention.date] = None
                if len(found) == MAX_MENTIONS:
                    return tuple(found)
    return tuple(found)


def mentions_in(text: str) -> Iterator[Mention]:
    """Every date that a text in the spelling of `spelling.plain` names, in order of their ends."""
    behind_year = behind = 0  # where the last year that stood alone ended, and the last date of any kind
    for match in _YEAR.finditer(text):
        start, end = match.span()
        if start < behind:
            continue
        if (iso := _ISO.match(text, start)) and (date := date_of(iso, oldest=_FIRST_ALONE)):
            behind = iso.end()
            yield Mention(date, start, behind)
        elif _AMOUNT.match(text, end):
            continue
        elif written := _written(text, start, end):
            behind = end
            yield from written
        elif _is_year(text, start, end, behind_year):
            behind = behind_year = end
            yield Mention(PartialDate(int(match[0])), start, end)


def _written(text: str, year: int, end: int) -> list[Mention]:
    """The day or the month that ends with a year, behind those that leave their year to it."""
    for pattern in _ENDING:
        match = pattern.search(text, max(0, year - _LONGEST), end)
        if match and (date := date_of(match)):
            last = Mention(date, match.start(), end)
            return [*reversed(list(_leaving(text, last))), last]
    return []


def _leaving(text: str, last: Mention) -> Iterator[Mention]:
    """The dates before one that leave to it what they have in common (les 3, 4 et 5 mai 2021), the last one first."""
    pattern = _BEFORE_DAY if last.date.day else _BEFORE_MONTH
    joints: tuple[str, ...] = (",",)  # a comma is a joint only in a row that « et » or « ou » ends
    while match := pattern.search(text, max(0, last.start - _LONGEST), last.start):
        date = first_of(match["first"], last.date)
        if match["joint"] in joints or date is None or date.first >= last.date.first:
            return
        last = Mention(date, match.start(), match.end("first"))
        joints = ()
        yield last


def _is_year(text: str, start: int, end: int, behind_year: int) -> bool:
    """Whether four digits are a year. `behind_year`: where the year before them ends, 0 when there is none."""
    year = int(text[start:end])
    if not _FIRST_ALONE <= year <= _LAST_ALONE:
        return False
    if behind_year and _BETWEEN_YEARS.fullmatch(text, behind_year, start):
        return True
    before = text[max(0, start - _BEFORE_CHARS) : start]
    if _NUMBERED.search(before):
        return False
    if _spans(text, year, before, end):
        return True
    if text.startswith(("-", "/"), end) or (before.endswith(("-", "/")) and not before.endswith("mi-")):
        return False
    if before.endswith("(") and _ENCLOSED.match(text, end):
        return _FIRST_DOUBTFUL <= year < _LAST_ALONE
    if _ASKING.search(before):
        return not (_DECADE.search(before) and year % 10 == 0)
    return bool(_TEXTS.search(before) or (_LEANING.search(before) and _ENDED.match(text, end)))


def _spans(text: str, year: int, before: str, end: int) -> bool:
    """Whether a year is the first of a span: « de 2012 à 2015 », « (2004-2012) », « 2022-2023 »."""
    match = _SPAN.match(text, end)
    if (
        not match
        or year < _FIRST_DOUBTFUL
        or _AMOUNT.match(text, match.end())
        or text.startswith(("-", "/"), match.end())
    ):
        return False
    last = int(match["last"])
    if last == year + 1 and match["joint"] in "-/" and not before.endswith(("-", "/", ".")):
        return True
    return year < last < _LAST_ALONE and bool(_OPENS_SPAN.search(before))
