"""What people type and how it is understood. One row per difficulty; a bug found becomes a row."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.errors import QueryTooLarge
from indexer.french import Analyzer
from indexer.model import DateFilter, PartialDate
from indexer.query import (
    All,
    And,
    Limits,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Type,
    Word,
    parse,
    positive_leaves,
)
from indexer.query.tree import BODY, TITLE, Keyword, Mention

# typed, understood, why. The no-break spaces inside « » are written as spaces here.
UNDERSTOOD = [
    # words
    ("", "", "nothing asked"),
    ("   \t\n", "", "nothing but space"),
    ("?! … — ;", "", "nothing but punctuation"),
    ("🙂 🇲🇱", "", "nothing but emoji"),
    ("minusma", "minusma", "one word"),
    ("Minusma", "Minusma", "as typed"),
    ("fin du mandat de la Minusma", "fin, mandat, Minusma", "stop words are passed over"),
    ("mali Mali MALI", "mali", "one word, three times"),
    ("conflit conflits", "conflit, conflits", "two forms are two words: each may match exactly"),
    ("L'ONU", "ONU", "elision"),
    ("l’ONU d’ici", "ONU, ici", "typographic apostrophes are no quotes"),
    ("O.N.U.", "O.N.U.", "an acronym with its dots"),
    ("mali;gao", "mali, gao", "punctuation without a space"),
    ("mali–niger", "mali, niger", "a dash inside is not an exclusion"),
    ("mali - gao", "mali, gao", "a hyphen before a space is punctuation"),
    ("--verbose", "verbose", "two hyphens are no exclusion"),
    ("2 100 morts", "2 100, morts", "thousands are one number"),
    ("salarié(e)s", "salarié(e)s", "parentheses inside a word do not group"),
    ("C++ R&D", "C++, R&D", "signs that belong to words"),
    ("北京 Москва", "北京, Москва", "other scripts"),
    ("القاعدة مالي", "القاعدة, مالي", "from right to left"),
    ("mali\u202e\u200b \u0000gao", "mali, gao", "bidirectional, zero-width and control characters"),
    ("sécu\u00adrité", "sécurité", "a soft hyphen"),
    ("ﬁnance", "ﬁnance", "a ligature"),
    ("mali 🙂 gao", "mali, gao", "an emoji between words"),
    # stop words
    ("le la", "le, la", "only stop words: all are used"),
    ("le", "le", "one stop word alone"),
    ("Et si", "Et, si", "a title of stop words"),
    ("mali -le", "mali", "excluding a stop word would leave nothing"),
    # chunks of several words
    ("cessez-le-feu", "cessez-le-feu", "a compound is one clause"),
    ("e-mail", "e-mail", "a compound, found as email too"),
    ("S/RES/2690", "S/RES/2690", "a symbol"),
    ("#SauvonsLeMali", "SauvonsLeMali", "a hashtag"),
    ("contact@un.org", "contact@un.org", "an address"),
    ("COVID-19", "COVID-19", "letters and number: a sequence"),
    ("16/06/2023 10-15", "16/06/2023, 10-15", "numbers: sequences"),
    ("Où va-t-il en 2023 ?", "va, 2023", "a question: no phrase, no stop words"),
    ("y a-t-il un accord", "accord", "the whole chunk is stop words"),
    ("Gao/Kidal", "Gao, Kidal", "a slash: words of their own"),
    # prefixes
    ("désarm*", "désarm*", "a prefix"),
    ("l'insécu*", "insécu*", "a prefix after an elision"),
    ("des*", "des*", "a prefix is no stop word"),
    ("2023*", "2023*", "digits count as letters"),
    ("mi*", "mi", "too short: the word itself"),
    ("*mali", "mali", "a star elsewhere is ignored"),
    ("ma*li", "mali", "a star inside is ignored"),
    ("*", "", "a star alone"),
    # quotes
    ('"fin de la mission"', "« fin de la mission »", "straight quotes keep stop words"),
    ("« fin de la mission »", "« fin de la mission »", "guillemets"),
    ("«fin de la mission»", "« fin de la mission »", "guillemets without spaces"),
    ("“fin de la mission”", "« fin de la mission »", "curly quotes"),
    ("„fin de la mission“", "« fin de la mission »", "low quotes"),
    ("”fin de la mission”", "« fin de la mission »", "closing quotes on both sides"),
    ('"fin de la mission”', "« fin de la mission »", "mixed"),
    ('“fin" mali “gao”', "mali ET « fin » ET « gao »", "mixed, then a sound pair"),
    ('"fin de la', "« fin de la »", "unclosed: to the end"),
    ("« fin de la", "« fin de la »", "unclosed guillemets"),
    ('fin mission" dit', "fin, mission ET « dit »", "one quote alone opens"),
    ("fin » mission ” dit", "fin, mission, dit", "a closing quote alone is punctuation"),
    ('mali "" « » “”', "mali", "empty quotes vanish"),
    ('mali "…" gao', "mali, gao", "quotes without a word vanish"),
    ('"gao"', "« gao »", "one quoted word is exact"),
    ('"gao" "Gao"', "« gao »", "the same twice"),
    ("l'«ONU»", "« ONU »", "an elision before a quote"),
    ("« il dit “non” hier »", "« il dit “non” hier »", "quotes inside others"),
    ('"désarm*"', "« désarm* »", "no prefix inside quotes"),
    ('"le"', "« le »", "a quoted stop word counts"),
    # proximity
    ('"fin mandat"~5', "« fin mandat »~5", "near each other"),
    ("« fin mandat »~5", "« fin mandat »~5", "guillemets"),
    ("“fin mandat”~5 mali", "mali ET « fin mandat »~5", "curly quotes"),
    ("„fin mandat“~5", "« fin mandat »~5", "low quotes"),
    ('"fin mandat"~0', "« fin mandat »~1", "two words never share a place"),
    ('"fin du mandat"~1', "« fin du mandat »~2", "no closer than they can stand"),
    ('"fin mandat"~2500', "« fin mandat »~100", "no further than the limit"),
    ('"mandat"~5', "« mandat »", "one word is near itself"),
    ('"fin mandat"~', "« fin mandat »", "no distance"),
    ('"fin mandat" ~5', "5 ET « fin mandat »", "a distance is glued to its quote"),
    ('"fin mandat"~5e', "5e ET « fin mandat »", "a word, no distance"),
    ('mali -"fin mandat"~5', "mali SAUF « fin mandat »~5", "excluded"),
    # fields of text
    ("titre:mali", "titre : mali", "a word in the title"),
    ("TITRE:mali Title:gao", "titre : mali ET titre : gao", "in any case, in English"),
    ("texte:mali corps:gao", "texte : mali ET texte : gao", "the text, by both names"),
    ("titre:mali gao", "gao ET titre : mali", "it holds for one word"),
    ("titre:2 100 morts", "morts ET titre : 2 100", "one word is also a number with a space"),
    ("titre:l'ONU", "titre : ONU", "elision"),
    ("titre:le", "titre : le", "a stop word asked for by itself is meant"),
    ("titre:désarm*", "titre : désarm*", "a prefix"),
    ("titre:cessez-le-feu", "titre : cessez-le-feu", "a compound"),
    ("titre:Gao/Kidal", "titre : Gao ET titre : Kidal", "words of one chunk"),
    ('titre:"fin de mission"', "titre : « fin de mission »", "a quote"),
    ('titre:"fin mission"~5', "titre : « fin mission »~5", "proximity"),
    ("titre:(mali gao)", "titre : mali ET titre : gao", "a group: both"),
    ("titre:(le mali)", "titre : mali", "stop words of a group are passed over"),
    ("titre:(mali OU gao) kidal", "kidal ET (titre : mali OU titre : gao)", "one of them"),
    ("titre:(mali texte:gao)", "titre : mali ET texte : gao", "the inner field holds"),
    ("titre:(mali (gao OU kidal))", "titre : mali ET (titre : gao OU titre : kidal)", "a group inside"),
    ("titre:(mali) gao", "gao ET titre : mali", "the field ends with its group"),
    ("titre:(mali", "titre : mali", "unbalanced"),
    ("-titre:(mali gao)", "tout SAUF (titre : mali ET titre : gao)", "not both"),
    ("gao -titre:mali", "gao SAUF titre : mali", "excluded"),
    ("gao SAUF titre:mali", "gao SAUF titre : mali", "excluded by SAUF"),
    ("titre:mali OU date:2023", "titre : mali OU date : 2023", "one of two fields"),
    ("TITRE:MALI DATE:2023 POUR LA PAIX ET LE RETRAIT", "PAIX, RETRAIT ET titre : MALI ET date : 2023", "a headline"),
    # types
    ("type:communiqué mali", "mali ET type : communiqué", "a type"),
    ("type:Communiqués,", "type : Communiqués", "as typed, without punctuation"),
    ('type:"article de presse"', "type : « article de presse »", "of several words"),
    ("type:article-de-presse", "type : « article-de-presse »", "hyphens for spaces"),
    ("type:rapport type:lettre", "type : rapport OU type : lettre", "side by side: any of them"),
    ("type:rapport ET type:lettre mali", "mali ET (type : rapport OU type : lettre)", "never both at once"),
    ("type:rapport OU type:lettre type:note", "type : rapport OU type : lettre OU type : note", "any of three"),
    ("type:(rapport OU lettre)", "type : rapport OU type : lettre", "a group"),
    ("mali -type:rapport -type:lettre", "mali SAUF type : rapport SAUF type : lettre", "neither"),
    # dates
    ("date:2023", "date : 2023", "a year"),
    ("date:2023-06-30", "date : 30 juin 2023", "as the address writes it"),
    ("date:2023-06..2023-09", "date : de juin 2023 à septembre 2023", "a period"),
    ("date:2023-06.. mali", "mali ET depuis : juin 2023", "open"),
    ("date:..2023", "jusqu’à : 2023", "open on the other side"),
    ('date:"1er juillet 2023"', "date : 1er juillet 2023", "in quotes"),
    ("date:1er juillet 2023 mali", "mali ET date : 1er juillet 2023", "several words without quotes"),
    ("date:de juin à septembre 2023 mali", "mali ET date : de juin 2023 à septembre 2023", "a period in words"),
    ("date:01/07/2023", "date : 1er juillet 2023", "French order"),
    ("date:2023, mali", "mali ET date : 2023", "punctuation after it"),
    ("date:2023. Mali", "Mali ET date : 2023", "a full stop after it"),
    ("date:inconnue", "date : inconnue", "documents without a date"),
    ("avant:2023-06", "avant : juin 2023", "before"),
    ("après:01/07/2023", "après : 1er juillet 2023", "after"),
    ("Apres:2023", "après : 2023", "without its accent"),
    ("depuis:2020 jusqu'à:2022", "depuis : 2020 ET jusqu’à : 2022", "from, until"),
    ("jusqu’a:2022", "jusqu’à : 2022", "apostrophe, no accent"),
    ("après:2020 avant:2023", "après : 2020 ET avant : 2023", "bounds: both"),
    ("date:2020 date:2022", "date : 2020 OU date : 2022", "side by side: any of them"),
    ("date:(2020 OU juin 2022)", "date : 2020 OU date : juin 2022", "a group"),
    ("mali -date:2022", "mali SAUF date : 2022", "excluded"),
    # fields that are none
    ("date:hier", "date, hier", "no date"),
    ('date:"hier soir"', "date ET « hier soir »", "no date in quotes"),
    ("date:juin", "date, juin", "of which year"),
    ("date:31/02/2023", "date:31/02/2023", "no such day"),
    ("avant:inconnue", "avant, inconnue", "nothing comes before the unknown"),
    ("après:9999", "après:9999", "nothing comes after the calendar"),
    ("titre: mali", "titre, mali", "an ordinary space: a sentence"),
    ("Note : titre", "Note, titre", "a colon in a sentence"),
    ("titre:", "titre", "no value"),
    ("titre:(", "titre", "no value in a parenthesis"),
    ('titre:"" mali', "titre, mali", "an empty value"),
    ("titre:-mali", "titre, mali", "a sign is no value"),
    ("url:x", "url, x", "no such field"),
    ("https://un.org/date:2023", "un.org/date:2023", "inside an address"),
    ("10:30", "10:30", "an hour"),
    ("sous-titre:mali", "sous, titre, mali", "the end of a word"),
    # exclusions
    ("mali -gao", "mali SAUF gao", "a hyphen"),
    ("mali –gao −kidal", "mali SAUF gao SAUF kidal", "an en dash, a minus sign"),
    ("mali SAUF gao", "mali SAUF gao", "SAUF"),
    ("mali NOT gao", "mali SAUF gao", "NOT"),
    ("mali ET SAUF gao", "mali SAUF gao", "ET SAUF is SAUF"),
    ("mali AND NOT gao", "mali SAUF gao", "AND NOT too"),
    ("mali SAUF le gao", "mali SAUF gao", "operators pass over stop words"),
    ("mali SAUF SAUF gao", "mali SAUF gao", "doubled, not undone"),
    ('mali -"fin de mission"', "mali SAUF « fin de mission »", "a phrase"),
    ("mali -l'ONU", "mali SAUF ONU", "with an elision"),
    ("mali -(gao kidal)", "mali SAUF (gao ET kidal)", "not both"),
    ("mali -(gao OU kidal)", "mali SAUF (gao OU kidal)", "neither"),
    ("mali -(gao", "mali SAUF gao", "the parenthesis is unbalanced, the hyphen still counts"),
    ("-gao", "tout SAUF gao", "only an exclusion"),
    ("-2 100 morts", "morts SAUF 2 100", "the hyphen is of the whole number"),
    # ET, OU, parentheses
    ("gao ET kidal", "gao ET kidal", "both"),
    ("gao AND kidal", "gao ET kidal", "in English"),
    ("gao ET kidal tombouctou", "tombouctou ET gao ET kidal", "ET binds its two neighbours"),
    ("gao OU kidal", "gao OU kidal", "one of them"),
    ("gao OU kidal tombouctou", "tombouctou ET (gao OU kidal)", "OU binds its two neighbours"),
    ("tombouctou gao OU kidal", "tombouctou ET (gao OU kidal)", "on the other side too"),
    ("l'ONU OU la CEDEAO", "ONU OU CEDEAO", "stop words do not come between"),
    ("gao OU kidal ET minusma", "gao OU (kidal ET minusma)", "ET before OU"),
    ("gao OU kidal SAUF menaka", "gao OU (kidal SAUF menaka)", "SAUF before OU"),
    ("gao OU kidal -menaka", "(gao OU kidal) SAUF menaka", "a hyphen holds for the whole group"),
    ("gao -menaka OU kidal", "(gao OU kidal) SAUF menaka", "wherever it stands"),
    ("gao SAUF kidal OU menaka", "(gao SAUF kidal) OU menaka", "SAUF before OU, on the left"),
    ("gao OU SAUF kidal", "gao OU (tout SAUF kidal)", "a negation as a side of OU"),
    ("(gao OU kidal) ET (mali OU niger)", "(gao OU kidal) ET (mali OU niger)", "two groups"),
    ("(gao kidal) OU menaka", "(gao ET kidal) OU menaka", "words beside an operator are all required"),
    ("(gao -kidal) OU menaka", "(gao SAUF kidal) OU menaka", "an exclusion stays in its group"),
    ("gao OU gao", "gao", "the same on both sides"),
    ("mali ET gao mali", "mali ET gao", "required already"),
    ("résolution 2690 (2023)", "résolution, 2690, 2023", "a group alone is punctuation"),
    ("(((mali)))", "mali", "also three"),
    ("mali (gao", "mali, gao", "unbalanced"),
    ("mali) gao :)", "mali, gao", "unbalanced, a smiley"),
    ("mali () gao", "mali, gao", "empty"),
    ("mali (le la) OU gao", "mali OU gao", "empty but for stop words"),
    # operators that are none
    ("mali et gao ou kidal", "mali, gao, kidal", "small letters are words"),
    ("OU mali", "mali", "nothing before it"),
    ("mali ET", "mali", "nothing after it"),
    ("mali NOT", "mali", "nothing after it"),
    ("mali ET OU gao", "mali ET gao", "the first of two"),
    ("OU", "OU", "nothing else: a word"),
    ("ET OU", "ET, OU", "nothing else: words"),
    ("(NOT)", "NOT", "nothing else, in parentheses"),
    ("mali ET, gao", "mali, gao", "an operator stands between spaces"),
    ("FIN DU MANDAT ET RETRAIT DES TROUPES OU DEPART", "FIN, MANDAT, RETRAIT, TROUPES, DEPART", "a headline"),
    ("ONU OU UA OU CEDEAO", "ONU OU UA OU CEDEAO", "acronyms: no stop word, no headline"),
    ("LE MALI OU LE NIGER", "MALI OU NIGER", "two words only, no headline"),
    ("MINUSMA SAUF GAO", "MINUSMA SAUF GAO", "capitals alone are no headline"),
]


@pytest.mark.parametrize(("typed", "understood", "why"), UNDERSTOOD)
def test_query_is_understood(analyzer: Analyzer, typed: str, understood: str, why: str) -> None:
    assert parse(typed, analyzer).understood.replace("\u00a0", " ") == understood, why


READ_BACK = [
    typed for typed, understood, _ in UNDERSTOOD if ":" in understood and not re.search("SAUF|, | ET ", understood)
]


@pytest.mark.parametrize("typed", READ_BACK)
def test_what_fields_read_back_asks_the_same(analyzer: Analyzer, typed: str) -> None:
    query = parse(typed, analyzer)
    assert parse(query.understood, analyzer).tree(0) == query.tree(0)


# Years are read back without leading zeros, and read with four digits: the first millennium is left out.
_FIELDS = st.one_of(
    st.tuples(st.sampled_from(["titre", "texte"]), st.sampled_from(["mali", "désarm*", '"fin de mission"', '"a b"~9'])),
    st.tuples(st.just("type"), st.sampled_from(["rapport", '"article de presse"', "Note"])),
    st.tuples(
        st.just("date"), st.sampled_from(["2023", "2023-06..2023-09", "du 3 au 5 mai 2021", "inconnue", "2020.."])
    ),
    st.tuples(
        st.sampled_from(["avant", "après", "depuis", "jusqu'à"]),
        st.dates(date(1000, 1, 2), date(9999, 12, 30)).map(str),
    ),
).map(":".join)


@given(st.lists(_FIELDS, min_size=1, max_size=6), st.sampled_from([" ET ", " OU ", " "]))
def test_any_fields_read_back_ask_the_same(analyzer: Analyzer, clauses: list[str], joint: str) -> None:
    query = parse(joint.join(clauses), analyzer)
    assert parse(query.understood, analyzer).tree(0) == query.tree(0)


def word(analyzer: Analyzer, text: str, field: str = "") -> Word:
    (position,) = analyzer.analyze(text)
    return Word(position.surface, position.stem, text, field)


def test_words_carry_their_forms_and_stems_and_what_was_typed(analyzer: Analyzer) -> None:
    (asked,) = parse("Réfugiées", analyzer).words
    assert asked == Word(("refugiees",), (analyzer.stem("refugiees"),), "Réfugiées")


def test_compound_is_its_parts_in_sequence_or_its_joined_form(analyzer: Analyzer) -> None:
    (asked,) = parse("cessez-le-feu", analyzer).words
    assert asked == Or(
        (
            Phrase(("cessez", "le", "feu"), "cessez-le-feu"),
            Word(("cessezlefeu",), (analyzer.stem("cessezlefeu"),), "cessez-le-feu"),
        )
    )


def test_number_chunk_is_a_free_sequence(analyzer: Analyzer) -> None:
    query = parse("COVID-19", analyzer)
    assert query.words == (Phrase(("covid", "19"), "COVID-19"),)
    assert query.required == ()


def test_quotes_hold_surfaces_only_with_their_stop_words(analyzer: Analyzer) -> None:
    query = parse("« Fin de la mission »", analyzer)
    assert query.required == (Phrase(("fin", "de", "la", "mission"), "Fin de la mission"),)
    assert query.words == ()


def test_prefix_is_folded_and_counts_as_a_word(analyzer: Analyzer) -> None:
    assert parse("Désarm* Mali", analyzer).words == (Prefix("desarm"), word(analyzer, "Mali"))


def test_prefix_needs_three_letters_by_default(analyzer: Analyzer) -> None:
    assert parse("gao*", analyzer).words == (Prefix("gao"),)
    assert parse("ga*", analyzer).words == (word(analyzer, "ga"),)
    assert parse("gao*", analyzer, Limits(min_prefix=4)).words == (word(analyzer, "gao"),)


def test_boolean_groups_are_required_and_words_beside_them_free(analyzer: Analyzer) -> None:
    query = parse("gao OU kidal minusma", analyzer)
    assert query.required == (Or((word(analyzer, "gao"), word(analyzer, "kidal"))),)
    assert query.words == (word(analyzer, "minusma"),)


def test_exclusions_stand_apart(analyzer: Analyzer) -> None:
    query = parse("minusma -(gao kidal)", analyzer)
    assert query.excluded == (And((word(analyzer, "gao"), word(analyzer, "kidal"))),)


def test_exclusion_in_a_group_stays_in_it(analyzer: Analyzer) -> None:
    gao, kidal, minusma = (word(analyzer, text) for text in ("gao", "kidal", "minusma"))
    assert parse("(gao -kidal) OU minusma", analyzer).required == (Or((And((gao, Not(kidal))), minusma)),)


def test_words_near_each_other_are_surfaces_like_those_of_a_quote(analyzer: Analyzer) -> None:
    assert parse('"Fin du mandat"~5', analyzer).required == (Near(("fin", "du", "mandat"), 5, "Fin du mandat"),)


def test_a_field_holds_for_every_leaf_in_it_and_is_required(analyzer: Analyzer) -> None:
    query = parse('titre:(mali désarm* "fin de" "a b"~5) texte:gao', analyzer)
    assert query.words == ()
    assert query.required == (
        word(analyzer, "mali", TITLE),
        Prefix("desarm", TITLE),
        Phrase(("fin", "de"), "fin de", TITLE),
        Near(("a", "b"), 5, "a b", TITLE),
        word(analyzer, "gao", BODY),
    )


def test_one_word_in_two_fields_is_two_demands(analyzer: Analyzer) -> None:
    query = parse("titre:mali texte:mali mali", analyzer)
    assert query.required == (word(analyzer, "mali", TITLE), word(analyzer, "mali", BODY))
    assert query.words == (word(analyzer, "mali"),)


@pytest.mark.parametrize(
    ("typed", "dates"),
    [
        ("date:2023-06", "2023-06"),
        ("date:2023..2022", "2022..2023"),
        ("avant:2023-06", "..2023-05"),
        ("avant:2023", "..2022"),
        ("avant:01/03/2024", "..2024-02-29"),
        ("après:2023-12", "2024-01.."),
        ("après:31/12/2023", "2024-01-01.."),
        ("après:2020..2022", "2023.."),
        ("depuis:2023-06", "2023-06.."),
        ("jusqu'à:2023-06", "..2023-06"),
        ("date:inconnue", "inconnue"),
    ],
)
def test_periods_are_strict_before_and_after_and_take_in_the_date_from_and_until(
    analyzer: Analyzer, typed: str, dates: str
) -> None:
    assert parse(typed, analyzer).required == (Range(DateFilter.parse(dates)),)


def test_a_type_is_named_without_case_accents_and_hyphens(analyzer: Analyzer) -> None:
    for typed in ('type:"Déclaration du Président"', "type:declaration-du-president", "type:DÉCLARATION_du-président"):
        assert parse(typed, analyzer).required[0] in (
            Type("declaration du president"),
            Type("declaration_du president"),
        )


def test_a_type_may_be_asked_by_its_label(analyzer: Analyzer) -> None:
    labels = {"Déclaration du président": "declaration"}
    query = parse('type:"Déclaration du président"', analyzer, type_named=lambda name: labels.get(name, name))
    assert query.required == (Type("declaration"),)


@pytest.mark.parametrize("typed", ["langue:en", "langue:anglais", "Language:Anglais", 'langue:"EN"', "langue:en-GB"])
def test_a_language_is_asked_by_its_code_or_its_name(analyzer: Analyzer, typed: str) -> None:
    query = parse(f"{typed} mandat", analyzer)
    assert query.required == (Keyword("language", "en"),)
    assert "langue\u00a0:\u00a0anglais" in query.understood
    assert query.required[0] in parse(query.understood, analyzer).required


def test_an_unknown_language_may_be_asked_and_what_is_none_is_text(analyzer: Analyzer) -> None:
    assert parse("langue:inconnue", analyzer).required == (Keyword("language", ""),)
    assert [word.text for word in parse("langue:martien", analyzer).words] == ["langue", "martien"]


def test_a_format_is_asked_by_its_name(analyzer: Analyzer) -> None:
    assert parse("format:PDF", analyzer).required == (Keyword("format", "pdf"),)
    assert parse("-format:pdf mandat", analyzer).excluded == (Keyword("format", "pdf"),)


@pytest.mark.parametrize("typed", ["mention:2023-06", "Mention:juin 2023", 'mention:"juin 2023"', "date citee:06/2023"])
def test_a_date_that_is_named_is_asked_in_all_its_spellings_and_reads_back(analyzer: Analyzer, typed: str) -> None:
    query = parse(f"{typed} mandat", analyzer, mentions=True)
    assert query.required == (Mention(PartialDate(2023, 6)),)
    assert query.understood == "mandat ET date\u00a0citée\u00a0:\u00a0juin\u00a02023"
    assert query.required[0] in parse(query.understood, analyzer, mentions=True).required


def test_of_several_dates_that_are_named_all_hold(analyzer: Analyzer) -> None:
    query = parse("mention:2023 mention:2021 -mention:2019", analyzer, mentions=True)
    assert query.required == (Mention(PartialDate(2023)), Mention(PartialDate(2021)))
    assert query.excluded == (Mention(PartialDate(2019)),)


def test_a_mention_that_is_no_date_or_cannot_be_asked_is_text(analyzer: Analyzer) -> None:
    for typed in ("mention:honorable", "mention:2020..2023", "mention : 2023"):
        assert not parse(typed, analyzer, mentions=True).required, typed
    assert not any(isinstance(node, Mention) for node in parse("mention:2023", analyzer).asked)


def test_languages_and_formats_side_by_side_mean_any_of_them(analyzer: Analyzer) -> None:
    query = parse("langue:en langue:ar format:pdf format:docx", analyzer)
    assert query.required == (
        Or((Keyword("language", "en"), Keyword("language", "ar"))),
        Or((Keyword("format", "pdf"), Keyword("format", "docx"))),
    )


def test_skipped_stop_words_are_told_once_in_the_order_typed(analyzer: Analyzer) -> None:
    assert parse("la fin du mandat de la Minusma", analyzer).skipped == ("la", "du", "de")
    assert parse("de la", analyzer).skipped == ()


def test_both_unicode_forms_give_one_query(analyzer: Analyzer) -> None:
    text = "sécurité -réfugiés « à l’été » déplac* Ménaka OU Anéfis"
    assert parse(unicodedata.normalize("NFD", text), analyzer) == parse(text, analyzer)


# --- limits ----------------------------------------------------------------------------------------------------------


def test_a_thousand_characters_are_read_and_one_more_refused(analyzer: Analyzer) -> None:
    assert parse("mali " * 200, analyzer).understood == "mali"
    with pytest.raises(QueryTooLarge, match="1\u202f001 caractères ; la limite est de 1\u202f000"):
        parse("mali " * 200 + "x", analyzer)


def test_characters_are_counted_composed(analyzer: Analyzer) -> None:
    assert parse(unicodedata.normalize("NFD", "é" * 1000), analyzer).words
    with pytest.raises(QueryTooLarge, match="caractères"):
        parse("e" + "\u0301" * 100_000, analyzer)


def test_sixty_four_clauses_are_read_and_one_more_refused(analyzer: Analyzer) -> None:
    names = [f"nom{number}" for number in range(65)]
    assert len(parse(" ".join(names[:64]), analyzer).words) == 64
    for joint in (" ", " OU ", " ET ", " -"):
        with pytest.raises(QueryTooLarge, match="65 termes ; la limite est de 64"):
            parse(joint.join(names), analyzer)


def test_clauses_are_counted_without_stop_words_and_repetitions(analyzer: Analyzer) -> None:
    assert parse("le mali de la paix " * 40, analyzer).understood == "mali, paix"


def test_twenty_levels_of_parentheses_are_read_and_one_more_refused(analyzer: Analyzer) -> None:
    assert parse("(" * 20 + "mali" + ")" * 20, analyzer).understood == "mali"
    with pytest.raises(QueryTooLarge, match="plus de 20 niveaux"):
        parse("(" * 21 + "mali" + ")" * 21, analyzer)


def test_fields_count_for_the_limits_like_words(analyzer: Analyzer) -> None:
    assert len(parse(" ".join(f"date:{year}" for year in range(1950, 2014)), analyzer).required) == 1
    for clauses in ([f"date:{year}" for year in range(1950, 2015)], [f"titre:nom{n}" for n in range(65)]):
        with pytest.raises(QueryTooLarge, match="65 termes ; la limite est de 64"):
            parse(" ".join(clauses), analyzer)
    with pytest.raises(QueryTooLarge, match="plus de 20 niveaux"):
        parse("titre:(" * 21 + "mali" + ")" * 21, analyzer)


def test_unbalanced_parentheses_are_no_depth(analyzer: Analyzer) -> None:
    assert parse("(" * 500 + "mali", analyzer).understood == "mali"


def test_limits_are_those_given(analyzer: Analyzer) -> None:
    for text in ("mali gao", "((mali))", "mali mali mali mali"):
        with pytest.raises(QueryTooLarge):
            parse(text, analyzer, Limits(max_chars=15, max_clauses=1, max_depth=1))


# --- any text --------------------------------------------------------------------------------------------------------

LIMITS = Limits()
_PIECES = st.one_of(
    st.sampled_from(["mali", "Gao", "le", "d’ici", "cessez-le-feu", "10-15", "2 100", "S/RES/2690", "sécur*", "~5"]),
    st.sampled_from(["ET", "OU", "SAUF", "AND NOT"]),
    st.sampled_from(["titre:", "texte:", "type:", "date:", "avant:", "après\u00a0:\u00a0", "jusqu’à:", "Note :"]),
    st.sampled_from(["2023", "2023-06..", "juin 2023", "1er juillet 2023", "..", "inconnue", "hier", "à", "rapport"]),
    st.sampled_from("()-–\"«»“”„*' \u00a0\u00ad\u202e🙂"),
)
TYPED = st.one_of(
    st.text(max_size=200),
    st.lists(_PIECES, max_size=60).map(" ".join),
    st.lists(_PIECES, max_size=60).map("".join),
)


def depth(node: Node) -> int:
    match node:
        case And(children) | Or(children):
            return 1 + max(map(depth, children))
        case Not(child):
            return 1 + depth(child)
        case _:
            return 1


@given(typed=TYPED)
@example(typed="-" * 500 + "(" * 500)
@example(typed='"' * 999)
@example(typed="((a) OU " * 120)
@example(typed="\ud800 mali")
def test_any_text_is_read_or_too_large(analyzer: Analyzer, typed: str) -> None:
    try:
        query = parse(typed, analyzer)
    except QueryTooLarge:
        return
    for required in (0, 1, 2, 64):
        tree = query.tree(required)
        assert depth(tree) <= 3 * (LIMITS.max_depth + 1)
        assert len(list(positive_leaves(tree))) <= 2 * LIMITS.max_clauses  # a compound is one clause of two leaves
    assert bool(query.understood) == (query.tree(1) != All())
    assert query == parse(typed, analyzer)


@given(typed=TYPED)
def test_unicode_forms_never_differ(analyzer: Analyzer, typed: str) -> None:
    def read(form: str) -> Query | str:
        try:
            return parse(form, analyzer)
        except QueryTooLarge as error:
            return str(error)

    assert read(unicodedata.normalize("NFC", typed)) == read(unicodedata.normalize("NFD", typed))


@given(typed=TYPED)
def test_leaves_hold_no_empty_term(analyzer: Analyzer, typed: str) -> None:
    try:
        tree = parse(typed, analyzer).tree(1)
    except QueryTooLarge:
        return
    for leaf in positive_leaves(tree):
        match leaf:
            case Word():
                assert leaf.surfaces
                assert all(leaf.surfaces + leaf.stems)
            case Phrase():
                assert leaf.words
                assert all(leaf.words)
            case Prefix():
                assert len(leaf.prefix) >= LIMITS.min_prefix
