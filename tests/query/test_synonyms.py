"""Synonyms: how the list is read, which expressions are found in a query, and what they are expanded to."""

from __future__ import annotations

import dataclasses
import string
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.assembly import synonyms
from indexer.errors import ConfigError
from indexer.french import Analyzer, Learned
from indexer.query import Phrase, Word, parse
from indexer.query.synonyms import Expansion, SynonymRule, Synonyms, Target, read_synonyms
from indexer.settings import load_settings
from tests.french.test_cases import contains_phrase, row_id, rows

MISSION = "Mission multidimensionnelle intégrée des Nations unies pour la stabilisation au Mali"
LEARNED = (
    Learned("AAH", "allocation aux adultes handicapés", 30),
    Learned("AAH", "allocation adulte handicapé", 10),
    Learned("AAH", "association des amis de Hautefort", 2),
    Learned("CMA", "Coordination des mouvements de l’Azawad", 7),
    Learned("LES", "lupus érythémateux systémique", 3),
    Learned("ONU", "Office national des urgences", 3),
    Learned("VIE", "volontariat international en entreprise", 9),
)
COUNTS = {"vie": 5000, "aah": 200, "cma": 80}


@pytest.fixture(scope="module")
def ours() -> tuple[SynonymRule, ...]:
    return synonyms(load_settings(environ={}))


@pytest.fixture(scope="module")
def known(ours: tuple[SynonymRule, ...], analyzer: Analyzer) -> Synonyms:
    return Synonyms(ours, analyzer, LEARNED)


def found(known: Synonyms, analyzer: Analyzer, text: str) -> tuple[Expansion, ...]:
    return known.find(parse(text, analyzer).typed, COUNTS.__getitem__)


def names(known: Synonyms, analyzer: Analyzer, text: str) -> dict[str, tuple[str, ...]]:
    return {each.text: tuple(target.text for target in each.targets) for each in found(known, analyzer, text)}


def made(analyzer: Analyzer, *lines: str) -> Synonyms:
    return Synonyms(read_synonyms("\n".join(lines).encode(), "liste"), analyzer)


def no_count(surface: str) -> int:
    raise AssertionError(f"{surface} is asked about, and is of the list")


# --- the list --------------------------------------------------------------------------------------------------------


def test_line_holds_both_ways_or_one_way() -> None:
    content = "\ufeff# un commentaire\n\nONU = Nations unies  # fin\na b = c -> d = e"
    assert read_synonyms(content.encode(), "liste") == (
        SynonymRule(("ONU", "Nations unies"), ("ONU", "Nations unies")),
        SynonymRule(("a b", "c"), ("d", "e")),
    )


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("ONU = Nations unies\nOTAN", 2, "deux expressions"),
        ("ONU = ", 1, "vide"),
        ("ONU = ! = Nations unies", 1, "vide"),
        ("-> ONU", 1, "vide"),
        ("a -> b -> c", 1, "flèche"),
        ("a = " + 251 * "b", 1, "250"),
    ],
)
def test_malformed_line_is_named_with_its_file(content: str, line: int, reason: str) -> None:
    with pytest.raises(ConfigError, match=rf"synonymes\.txt, ligne {line} : .*{reason}"):
        read_synonyms(content.encode(), "synonymes.txt")


def test_list_that_is_no_utf8_is_named() -> None:
    with pytest.raises(ConfigError, match=r"synonymes\.txt, ligne 2 : .*UTF-8"):
        read_synonyms(b"a = b\nHa\xefti = b", "synonymes.txt")


def test_folder_of_the_user_without_a_list_falls_back_to_ours(
    tmp_path: Path, ours: tuple[SynonymRule, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "french").mkdir()
    settings = dataclasses.replace(load_settings(environ={}), file=tmp_path / "trouvaille.toml")
    assert synonyms(settings) == ours
    (tmp_path / "french" / "synonymes.txt").write_text("chat = matou\nchien", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"french/synonymes\.txt, ligne 2 "):
        synonyms(settings)


def test_our_list_says_how_it_is_written_and_every_line_of_it_serves(
    ours: tuple[SynonymRule, ...], analyzer: Analyzer
) -> None:
    assert len(ours) > 120
    for rule in ours:
        for asked in rule.asked:
            found = Synonyms([rule], analyzer).find(parse(asked, analyzer).typed, no_count)
            assert found or rule.asked == rule.found, rule  # what the other name contains needs no expansion
        assert any(Synonyms([rule], analyzer).find(parse(asked, analyzer).typed, no_count) for asked in rule.asked), (
            f"{rule} expands nothing"
        )


def test_no_name_of_our_list_is_a_word_without_weight(ours: tuple[SynonymRule, ...], analyzer: Analyzer) -> None:
    for text in (text for rule in ours for text in (*rule.asked, *rule.found)):
        assert not all(map(analyzer.is_stop_word, analyzer.analyze(text))), text


# --- what is found in a query ----------------------------------------------------------------------------------------

EXPANDED = [
    ("onu", "ONU", ("Nations unies",), "a sigle in any case"),
    ("O.N.U.", "ONU", ("Nations unies",), "a sigle with dots"),
    ("l’ONU au Sahel", "ONU", ("Nations unies",), "behind an article"),
    ("NATIONS UNIES", "Nations unies", ("ONU",), "the longer name has the shorter one in it, and is left out"),
    ("la nation unie", "Nations unies", ("ONU",), "number"),
    ("Minusma", "MINUSMA", (MISSION,), "twelve words in sequence"),
    (MISSION, MISSION, ("MINUSMA",), "twelve words asked"),
    ("mission multidimensionnelle integree nations unies stabilisation mali", MISSION, ("MINUSMA",),
     "neither accents nor small words"),
    ("Al-Qaida au Maghreb", "Al-Qaïda", ("Al-Qaeda", "Alqaida"), "a compound is one clause"),
    ("Al Qaida au Maghreb islamique", "Al-Qaïda au Maghreb islamique", ("AQMI",), "the longest, in two words"),
    ("kiev", "Kiev", ("Kyïv",), "one word"),
    ("allocation adulte handicapé", "allocation aux adultes handicapés", ("AAH",), "of the list, not what was learned"),
    ("cma", "CMA", ("Coordination des mouvements de l’Azawad",), "learned, and rare enough to be no word"),
    ("coordination des mouvements de l'azawad", "Coordination des mouvements de l’Azawad", ("CMA",), "learned"),
    ("le VIE à l’étranger", "VIE", ("volontariat international en entreprise",), "a word, but in capitals"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "others", "why"), EXPANDED, ids=[row[3] for row in EXPANDED])
def test_name_is_found_and_expanded(
    known: Synonyms, analyzer: Analyzer, text: str, name: str, others: tuple[str, ...], why: str
) -> None:
    assert names(known, analyzer, text) == {name: others}, why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("la vie au Mali", "a learned sigle that is a word"),
        ("LA VIE DES GENS DU FLEUVE", "all in capitals, which then say nothing"),
        ("volontariat international en entreprise", "its sigle would bring all of life"),
        ("lupus érythémateux systémique", "its sigle is a stop word"),
        ("unies nations", "another order"),
        ("nations mondiales unies", "a word in between"),
        ("onus", "a sigle has no plural"),
        ("« Nations unies »", "quotes are exact"),
        ("nat* unies", "a prefix"),
        ("Nations OU unies", "operators"),
        ("", "nothing"),
    ],
)
def test_what_is_no_name_is_left_alone(known: Synonyms, analyzer: Analyzer, text: str, why: str) -> None:
    assert names(known, analyzer, text) == {}, why


def test_places_are_those_of_the_clauses(known: Synonyms, analyzer: Analyzer) -> None:
    text = "mandat des Nations unies et d’al-Qaïda à Gao"
    assert [(each.start, each.end) for each in found(known, analyzer, text)] == [(1, 3), (3, 4)]


def test_two_names_that_share_a_word_are_both_found(known: Synonyms, analyzer: Analyzer) -> None:
    text = "Union africaine et Union européenne"
    assert names(known, analyzer, text) == {"Union africaine": ("UA",), "Union européenne": ("UE",)}


def test_one_way_rule_does_not_hold_the_other_way(analyzer: Analyzer) -> None:
    one_way = made(analyzer, "sida -> VIH")
    assert one_way.find(parse("sida", analyzer).typed, no_count)
    assert not one_way.find(parse("VIH", analyzer).typed, no_count)


def test_several_words_are_found_as_a_phrase_a_sigle_exactly_and_a_word_by_its_stem(analyzer: Analyzer) -> None:
    """A sigle's stem would be that of another word, as for the UNIS and « unie »."""
    (expansion,) = made(analyzer, "sigle = Mission de l’ONU = UNIS = Kyïv").find(
        parse("sigle", analyzer).typed, no_count
    )
    assert expansion.targets == (
        Target("Mission de l’ONU", Phrase(("mission", "de", "onu"), "Mission de l’ONU")),
        Target("UNIS", Phrase(("unis",), "UNIS")),
        Target("Kyïv", Word(("kyiv",), (analyzer.stem("kyiv"),), "Kyïv")),
    )


def test_rare_meaning_of_a_sigle_does_not_bring_what_it_mostly_means(analyzer: Analyzer) -> None:
    learned = (Learned("AAH", "allocation aux adultes handicapés", 30), Learned("AAH", "amis de Hautefort", 2))
    known = Synonyms((), analyzer, learned)
    assert not known.find(parse("amis de Hautefort", analyzer).typed, COUNTS.__getitem__)
    (expansion,) = known.find(parse("aah", analyzer).typed, COUNTS.__getitem__)
    assert [(target.text, target.documents) for target in expansion.targets] == [
        ("allocation aux adultes handicapés", 30),
        ("amis de Hautefort", 2),
    ]


@pytest.mark.parametrize("row", rows("match", ["synonyms (query time)"]), ids=row_id)
def test_row_of_the_table_is_matched(known: Synonyms, analyzer: Analyzer, row: dict[str, str]) -> None:
    """All words of the query are in the text, or another name of it is."""
    document = analyzer.analyze(row["expected"])
    stems = {stem for position in document for stem in position.stem}
    typed = parse(row["input"], analyzer).typed
    targets = [target.node for each in found(known, analyzer, row["input"]) for target in each.targets]
    assert all(isinstance(word, Word) and stems & set(word.stems) for word in typed) or any(
        contains_phrase(analyzer.analyze(node.text), document) for node in targets
    )


@given(st.text(alphabet=st.sampled_from(string.ascii_letters + "éÉ’'\"-=.() *") | st.characters(), max_size=200))
def test_no_query_is_too_strange(known: Synonyms, analyzer: Analyzer, text: str) -> None:
    typed = parse(text, analyzer).typed
    last = 0
    for expansion in known.find(typed, lambda surface: 0):
        assert last <= expansion.start < expansion.end <= len(typed)
        assert expansion.targets
        last = expansion.end


def test_question_of_ten_words_takes_microseconds(known: Synonyms, analyzer: Analyzer) -> None:
    """Some 40 µs; 500 allow for a busy machine."""
    text = "quel mandat pour la mission des Nations unies au Mali après le retrait de la MINUSMA"
    typed = parse(text, analyzer).typed
    start = time.process_time()
    for _ in range(1000):
        known.find(typed, lambda surface: 0)
    assert time.process_time() - start < 0.5
