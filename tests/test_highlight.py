"""What is marked in titles, paragraphs and fragments, and where fragments are cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import partial
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.french import Analyzer
from indexer.highlight import Marker, fragments, mark
from indexer.highlight.passages import Passage, choose
from indexer.highlight.sieve import Sieve
from indexer.model import Fragment
from indexer.query import Leaf, Near, Not, Phrase, Prefix, Word, parse, positive_leaves

NBSP, NNBSP = "\u00a0", "\u202f"


def leaves(analyzer: Analyzer, typed: str) -> tuple[Leaf, ...]:
    return tuple(positive_leaves(parse(typed, analyzer).tree(1)))


def shown(fragment: Fragment) -> str:
    """A fragment as text, what is marked in square brackets."""
    return "".join(f"[{piece}]" if marked else piece for piece, marked in fragment)


def plain(fragment: Fragment) -> str:
    return "".join(piece for piece, _ in fragment)


MARKED = [
    ("mandat", "Le mandat.", "Le [mandat].", "a word, without its full stop"),
    ("mandat", "LES MANDATS", "LES [MANDATS]", "another form, in capitals"),
    ("refugie", "Réfugiés", "[Réfugiés]", "accents"),
    ("onu", "L’ONU, l'«ONU», O.N.U.", "L’[ONU], l'«[ONU]», [O.N.U.]", "without the elision; with its dots"),
    ("mali malien", "Un Malien du Mali", "Un [Malien] du [Mali]", "two words"),
    ("mali", "(Mali)/Niger", "([Mali])/Niger", "inside a chunk"),
    ("le mandat", "Le mandat", "Le [mandat]", "a stop word that was passed over is not marked"),
    ("fin mandat", "fin mandat", "[fin] [mandat]", "neighbours stay two marks"),
    ('"fin du mandat"', "La fin du mandat", "La [fin du mandat]", "a phrase is one mark with its spaces"),
    ('"fin du mandat"', "La fin ; du mandat de fin", "La [fin ; du mandat] de fin", "punctuation does not part it"),
    ('"fin du mandat"', "fin de mandat, mandat du, fin", "fin de mandat, mandat du, fin", "only the full sequence"),
    ('"fin du mandat"', "fin fin du mandat", "fin [fin du mandat]", "the sequence after a false start"),
    ('"fin du mandat"', "fin\n\ndu mandat", "fin\n\ndu mandat", "never across paragraphs"),
    ('"mandats"', "mandat mandats", "mandat [mandats]", "one quoted word is the exact form"),
    ('"à la une" une', "à la une", "[à la une]", "a phrase and its own word are one mark"),
    ("cessez-le-feu", "un cessez-le-feu", "un [cessez-le-feu]", "a compound is one mark"),
    ("cessez-le-feu", "cessez le feu", "[cessez le feu]", "its parts apart"),
    ("email", "un e-mail", "un [e-mail]", "the joined form marks all its parts"),
    ("mail", "un e-mail", "un e-[mail]", "a part marks only itself"),
    ("feu", "cessez-le-feu", "cessez-le-[feu]", "a part at the end"),
    ("anti-terroriste", "antiterroriste", "[antiterroriste]", "joined in the text"),
    ("S/RES/2690", "résolution S/RES/2690 (2023)", "résolution [S/RES/2690] (2023)", "a symbol"),
    ("un.org", "voir https://news.un.org/fr", "voir https://news.[un.org]/fr", "a host in an address"),
    ("désarm*", "désarmé, désarmement, arme", "[désarmé], [désarmement], arme", "a prefix"),
    ("2100", f"2{NNBSP}100 soldats, 2 100, 100", f"[2{NNBSP}100] soldats, [2 100], 100", "thousands"),
    ("100", "2 100 soldats, 100 civils", "2 100 soldats, [100] civils", "not the end of thousands"),
    ('"2 100 soldats"', "2 100 soldats", "[2 100 soldats]", "thousands in a phrase"),
    ("article 1", "article 1er", "[article] [1er]", "the number of an ordinal"),
    ("21e", "au XXIe siècle, la 21e, en XXI", "au [XXIe] siècle, la [21e], en XXI", "Roman ordinals"),
    ("oeuvre soeur", "Œuvre, sœur", "[Œuvre], [sœur]", "letters that are two"),
    ("mandat", "le man\u00adda\u00adt du MANDATAIRE", "le [man\u00adda\u00adt] du MANDATAIRE", "soft hyphens"),
    ("directrice", "le·la directeur·rice, Directeurs", "le·la [directeur·rice], [Directeurs]", "inclusive writing"),
    ("salarié", "les salarié(e)s", "les [salarié(e)s]", "inclusive writing in parentheses"),
    ("prudhomme aujourdhui", "prud’homme, aujourd'hui", "[prud’homme], [aujourd'hui]", "apostrophes inside"),
    ("madame", "Mme Sy, MME Ba, mme-x", "[Mme] Sy, [MME] Ba, [mme]-x", "abbreviations"),
    ("mad*", "Mme Sy", "[Mme] Sy", "the beginning of what an abbreviation stands for"),
    ("numéro", "le n° 5 du numero", "le [n°] 5 du [numero]", "n°"),
    ("tube", "YouTube ou tubes", "You[Tube] ou [tubes]", "a word that a capital begins"),
    ("cheval", "l'cheval, d'l'cheval, (cheval), ’chevaux", "l'[cheval], d'l'[cheval], ([cheval]), ’[chevaux]", "signs"),
    ("nca cavait", "n’ça, ç’avait", "[n’ça], [ç’avait]", "what looks like an article and is none"),
    ("avoir", "qu’ils aient, j’aurai, eue", "qu’ils [aient], j’[aurai], [eue]", "irregular forms"),
    ("c++", "en C++ et c, C", "en [C++] et c, C", "signs that are part of a word"),
    ("mali -gao", "Mali, Gao", "[Mali], Gao", "nothing that was excluded"),
    ("zzz", "Mali", "Mali", "nothing to mark"),
    ("", "Mali", "Mali", "nothing asked"),
    ("mali", "", "", "an empty text"),
]


@pytest.mark.parametrize(("typed", "text", "expected", "why"), MARKED)
def test_what_is_asked_is_marked_as_it_is_written(
    analyzer: Analyzer, typed: str, text: str, expected: str, why: str
) -> None:
    assert shown(mark(text, leaves(analyzer, typed), analyzer)) == expected, why


def test_nothing_is_marked_from_one_text_into_the_next(analyzer: Analyzer) -> None:
    marker = Marker(leaves(analyzer, '"fin du mandat" "2 100"'), analyzer)
    texts = ["la fin", "du mandat", "2", "100 \n", "fin du mandat"]
    assert [shown(one) for one in marker.mark_all(texts)] == [*texts[:-1], "[fin du mandat]"]
    assert marker.mark_all([]) == []


def test_near_marks_its_words(analyzer: Analyzer) -> None:
    asked = [Near(("fin", "mandat"), 5)]
    assert shown(mark("La fin du mandat, les fins", asked, analyzer)) == "La [fin] du [mandat], les fins"


def test_a_tree_marks_nothing_below_not(analyzer: Analyzer) -> None:
    assert shown(mark("Gao", Not(Word(("gao",), ("gao",), "Gao")), analyzer)) == "Gao"


def test_decomposed_text_is_marked_with_its_accents(analyzer: Analyzer) -> None:
    text = unicodedata.normalize("NFD", "Les réfugiés maliens")
    assert plain(mark(text, leaves(analyzer, "réfugié"), analyzer)) == text
    assert shown(mark(text, leaves(analyzer, "réfugié"), analyzer)) == unicodedata.normalize(
        "NFD", "Les [réfugiés] maliens"
    )


def test_no_break_spaces_stay_as_they_are(analyzer: Analyzer) -> None:
    text = f"«{NBSP}Mali{NBSP}»{NNBSP}: 5{NNBSP}% !"
    assert mark(text, leaves(analyzer, "mali"), analyzer) == (
        (f"«{NBSP}", False), ("Mali", True), (f"{NBSP}»{NNBSP}: 5{NNBSP}% !", False)
    )  # fmt: skip


# --- sentences -------------------------------------------------------------------------------------------------------

# A text with its sentence ends as |, and why. Shown by fragments that have room for one sentence only.
SENTENCES = [
    ("Un mandat prend fin.|Un autre commence.", "a full stop"),
    ("Fini ?|Oui !|Enfin…|Bien.", "other signs"),
    ("M. Diop et Mme. Sy parlent.|Ils partent.", "titles"),
    ("Le col. Goïta parle au col.|Il part.", "no title in small letters"),
    ("J. Dupont et S.E.M. Diop.|Fin.", "initials"),
    ("Av. J.-C. les choses changent.|Fin.", "initials with a hyphen"),
    ("Voir art. 5 et p. 12, vol. II.|Fin.", "before numbers"),
    ("Il aime l’art.|Il peint.", "no abbreviation without its number"),
    ("Le n° 5 et le 3.5 montent.|Fin.", "numbers"),
    ("C’était en 2023.|Fin.", "a year ends a sentence"),
    ("1. Le mandat finit.|2. Le retrait commence.", "numbers of items"),
    ("II. Le mandat finit.|III. Le retrait.", "Roman numbers of items"),
    ("Des armes, etc. sont là.|Il y a des vivres, etc.|Puis rien.", "etc. before a small letter, and before a capital"),
    (f"«{NBSP}Partir{NBSP}?{NBSP}» demande-t-il.|Oui.", "a question inside"),
    (f"«{NBSP}Il part.{NBSP}»|Puis rien.", "a guillemet belongs to its sentence"),
    ("(Il part.)|Puis rien.", "a parenthesis too"),
    ('Il dit "je pars."|"Moi aussi."', "straight quotes"),
    ("Il hésite… puis part.|Fin.", "an ellipsis inside"),
    ("Elle a vu l’ONU.|L’ONU a répondu.", "an acronym without dots"),
]


@pytest.mark.parametrize(("marked", "why"), SENTENCES)
def test_fragments_are_cut_at_the_ends_of_sentences(analyzer: Analyzer, marked: str, why: str) -> None:
    sentences = marked.split("|")
    text = " ".join(sentences)
    everything = [Prefix("")]  # each word is asked: each sentence becomes a fragment
    longest = max(map(len, sentences))
    if all(len(first) + 1 + len(second) > longest for first, second in pairwise(sentences)):
        found = fragments(text, everything, analyzer, count=9, max_chars=longest)
        assert [plain(fragment) for fragment in found] == sentences, why
    ends = {len(" ".join(sentences[: n + 1])) for n in range(len(sentences))}
    for fragment in fragments(text, everything, analyzer, count=9, max_chars=longest):
        assert text.find(plain(fragment)) + len(plain(fragment)) in ends, why


# --- fragments -------------------------------------------------------------------------------------------------------

FILLER = "Rien de tout cela ne change la vie des habitants de la ville, qui attendent encore une réponse des autorités."


def test_fragments_with_most_different_words_are_chosen_and_shown_in_order(analyzer: Analyzer) -> None:
    paragraphs = [
        "Le mandat, le mandat.",
        FILLER,
        "La fin.",
        "La fin du mandat.",
        "Un mandat.",
        "Fin du mandat au Mali.",
    ]
    text = "\n\n".join(paragraphs)
    found = fragments(text, leaves(analyzer, "fin mandat mali"), analyzer)
    assert [shown(fragment) for fragment in found] == [
        "Le [mandat], le [mandat].", "La [fin] du [mandat].", "[Fin] du [mandat] au [Mali]."
    ]  # fmt: skip


def test_a_rare_word_is_shown_before_more_of_the_others(analyzer: Analyzer) -> None:
    text = "\n\n".join(["La fin du mandat."] * 4 + ["Kidal."])
    found = fragments(text, leaves(analyzer, "fin mandat kidal"), analyzer, count=2)
    assert [shown(fragment) for fragment in found] == ["La [fin] du [mandat].", "[Kidal]."]


def test_words_far_apart_in_one_paragraph_are_no_fragment_with_both(analyzer: Analyzer) -> None:
    apart = f"La fin vient. {'Rien ne change. ' * 30}Le mandat aussi."
    text = f"{apart}\n\nLe mandat prend fin.\n\n{apart}"
    (found,) = fragments(text, leaves(analyzer, "mandat fin"), analyzer, count=1)
    assert shown(found) == "Le [mandat] prend [fin]."


def test_short_sentences_share_a_fragment_within_their_paragraph(analyzer: Analyzer) -> None:
    found = fragments("Le mandat finit. Le Mali réagit.\n\nLe mandat.", leaves(analyzer, "mandat"), analyzer)
    assert [shown(fragment) for fragment in found] == ["Le [mandat] finit. Le Mali réagit.", "Le [mandat]."]


def test_long_sentence_is_cut_around_its_match_with_ellipses(analyzer: Analyzer) -> None:
    text = "mot " * 100 + "mandat" + " mot" * 100
    (found,) = fragments(text, leaves(analyzer, "mandat"), analyzer, max_chars=60)
    assert found[0] == ("… ", False)
    assert found[-1] == (" …", False)
    assert re.fullmatch(r"… (mot )+\[mandat\]( mot)+ …", shown(found))
    assert len(plain(found)) <= 60 + 4


def test_cut_keeps_elision_and_punctuation_with_the_word(analyzer: Analyzer) -> None:
    text = "mot " * 100 + "l’ONU, " + "mot " * 100
    (found,) = fragments(text, leaves(analyzer, "onu"), analyzer, max_chars=20)
    assert "l’[ONU]," in shown(found)


def test_text_without_a_match_gives_its_first_sentences(analyzer: Analyzer) -> None:
    text = f"Première phrase. Deuxième phrase. {FILLER}\n\nSuite."
    assert fragments(text, leaves(analyzer, "zzz"), analyzer, max_chars=60) == (
        (("Première phrase. Deuxième phrase.", False),),
    )
    assert fragments(f"\n\n{text}", (), analyzer) == ((("Première phrase. Deuxième phrase. " + FILLER, False),),)


def test_long_first_sentence_is_cut_between_words(analyzer: Analyzer) -> None:
    (found,) = fragments(FILLER, (), analyzer, max_chars=30)
    assert found == (("Rien de tout cela ne change la", False), (" …", False))


def test_empty_text_has_no_fragment(analyzer: Analyzer) -> None:
    assert fragments("", leaves(analyzer, "mali"), analyzer) == ()
    assert fragments(" \n\n ", (), analyzer) == ()


def test_phrase_across_two_sentences_is_not_torn(analyzer: Analyzer) -> None:
    text = f"{FILLER} C’est la fin. Du mandat, on parle encore. {FILLER}"
    (found,) = fragments(text, leaves(analyzer, '"fin du mandat"'), analyzer, max_chars=110)
    assert "[fin. Du mandat]" in shown(found)


@pytest.mark.parametrize("unit", ["mali", "mali,", "mali ", "Mali. ", "mali\u00a0", "mali\n\n", "« ", "I. ", "a"])
def test_monotonous_text_is_bounded(analyzer: Analyzer, unit: str) -> None:
    found = fragments(unit * 20_000, leaves(analyzer, 'mali "mali mali"'), analyzer)
    assert len(found) <= 3
    assert all(len(plain(fragment)) <= 2 * 240 + 4 for fragment in found)


def test_leader_dots_are_one_sign(analyzer: Analyzer) -> None:
    text = f"Le mandat {'.' * 30_000}12\n\nIl finit au Mali. Fin."  # 30,000 signs, tried from each, would be a minute
    found = fragments(text, leaves(analyzer, "mandat mali"), analyzer, max_chars=60)
    assert [shown(fragment) for fragment in found] == ["Le [mandat] …", "Il finit au [Mali]. Fin."]


def test_long_text_shows_the_word_that_stands_only_at_its_end(analyzer: Analyzer) -> None:
    text = "Le Mali.\n\n" * 5_000 + "La fin."
    assert "La [fin]." in [shown(f) for f in fragments(text, leaves(analyzer, "mali fin"), analyzer)]


# --- the sieve -------------------------------------------------------------------------------------------------------


def asked_about(analyzer: Analyzer, text: str, *stems: str) -> list[str]:
    """The chunks that the sieve has analysed when words with these stems are asked."""
    return [text[start:end] for start, end in Sieve(analyzer, (), stems, ()).chunks(text)]


def test_only_chunks_that_may_hold_what_is_asked_are_analysed(analyzer: Analyzer) -> None:
    text = "Le mandataire et l’un des « mandats », que d’autres (le commandant) n’ont « pas » vus : 2\u202f100 en tout."
    assert asked_about(analyzer, text, analyzer.stem("mandat")) == ["mandataire", "mandats"]


def test_chunks_that_are_no_plain_word_are_always_analysed(analyzer: Analyzer) -> None:
    others = ["celui-ci", "œuvre", "n°", "O.N.U.", "salarié(e)s", "n’Dour", "l'«ONU»", "qu’d’un", "Путин", "c\u0327a"]
    assert asked_about(analyzer, " ".join(["Les", *others, "ont"]), "mandat") == others


# Words that are made to be difficult: endings that the stemmer replaces, irregular forms, signs, other letters.
_ROOTS = st.sampled_from(
    ["fabr", "act", "employ", "joy", "diff", "pass", "n", "tr", "chev", "vit", "yeu", "s", "éle", "ï"]
)
_ENDINGS = (
    "e s es er é ée ées eur rice trice trices eaux aux al ique ication icatrice icité ement emment amment ence ences"
    " euse eux ière ier asse asses assent erent èrent aient ent ité ités ise oie oyer ays ution logie abilité"
)
_PLAIN = st.one_of(
    st.builds(str.__add__, _ROOTS, st.sampled_from(_ENDINGS.split())),
    st.sampled_from(["yeux", "eu", "a", "été", "vont", "cheval", "œil", "Mme", "st", "XXIe", "Ier", "mm", "À", "ça"]),
    st.text("aeiourstlnmdcpéèàçyxq", min_size=1, max_size=9),
)
_BETWEEN = st.sampled_from(
    [*"’'‘`-‑.·•/(_@&#+,²½°:«…\u00ad\u200b\u0301\u0327\ufeff", "’l’", "(e)", ".e.s", " ", "\u202f", "\u2009", "100"]
)
_FORMS = st.sampled_from(
    [str, str.upper, str.title, str.swapcase, *(partial(unicodedata.normalize, form) for form in ("NFD", "NFKD"))]
)
_ARTICLES = st.sampled_from(
    ["", "", "l’", "d'", "qu’", "D’", "ç’", "aujourd'", "s’", "n'l'", "(", "«", "#", "www.", "2"]
)
_HARD_CHUNKS = st.builds(
    lambda form, article, first, sign, second: form(article + first + sign + second),
    _FORMS, _ARTICLES, _PLAIN, st.one_of(st.just(""), _BETWEEN), st.one_of(st.just(""), _PLAIN)
)  # fmt: skip
_HARD_TEXTS = st.one_of(st.lists(_HARD_CHUNKS, min_size=1, max_size=4).map(" ".join), st.text(max_size=30))


def assert_found_by_each_of_its_terms(analyzer: Analyzer, text: str) -> None:
    """Whatever word of the text is asked, in whatever way, its place is marked."""
    asked: dict[Word | Prefix, list[tuple[int, int]]] = {}
    for position in analyzer.analyze(text):
        terms: list[Word | Prefix] = [Word((form,), (), form) for form in position.surface]
        terms += [Word((), (stem,), stem) for stem in position.stem]
        terms += [Prefix(form[:3]) for form in position.surface]
        for leaf in terms:
            asked.setdefault(leaf, []).append((position.start, position.end))
    for leaf, places in asked.items():
        place, marked = 0, set()
        for piece, is_marked in mark(text, [leaf], analyzer):
            marked |= set(range(place, place + len(piece))) if is_marked else set()
            place += len(piece)
        for start, end in places:
            assert marked.issuperset(range(start, end)), (text, leaf, text[start:end])


@given(text=_HARD_TEXTS)
def test_every_word_of_a_text_is_found_by_each_of_its_terms(analyzer: Analyzer, text: str) -> None:
    assert_found_by_each_of_its_terms(analyzer, text)


@pytest.mark.deep
@settings(max_examples=20_000)
@given(text=_HARD_TEXTS)
def test_every_word_of_many_texts_is_found_by_each_of_its_terms(analyzer: Analyzer, text: str) -> None:
    assert_found_by_each_of_its_terms(analyzer, text)


def assert_found_beside(analyzer: Analyzer, codes: Iterable[int]) -> None:
    for char in map(chr, codes):
        if not char.isspace():
            assert_found_by_each_of_its_terms(analyzer, f"{char}mandat ma{char}ndat l{char}onu mandat{char}")


def test_words_are_found_beside_and_around_any_character(analyzer: Analyzer) -> None:
    assert_found_beside(
        analyzer, (*range(0x24F), *range(0x300, 0x36F, 7), *range(0x2000, 0x2070), *range(0xFB00, 0xFB07))
    )


@pytest.mark.deep
def test_words_are_found_beside_and_around_letters_of_any_alphabet(analyzer: Analyzer) -> None:
    # Without Chinese and Korean, whose many thousand letters are alike here; with the styled ones of mathematics.
    assert_found_beside(
        analyzer, (*range(0x250, 0x3400), *range(0xA640, 0xAC00), *range(0xF900, 0xFFFF), *range(0x1D400, 0x1F200))
    )


def assert_begin_as_their_stems(analyzer: Analyzer, forms: Iterable[str]) -> None:
    sieves: dict[str, Sieve] = {}
    for form in forms:
        stem = analyzer.stem(form)
        sieve = sieves.get(stem) or sieves.setdefault(stem, Sieve(analyzer, (), (stem,), ()))
        assert sieve.chunks(form) == [(0, len(form))], (form, stem)


def test_every_listed_form_is_found_by_its_stem(analyzer: Analyzer) -> None:
    forms = (*analyzer.lists.heads, *analyzer.lists.names)
    assert_begin_as_their_stems(analyzer, (form for form in forms if form.isascii() and form.isalpha()))


def test_forms_with_endings_that_the_stemmer_replaces_are_found(analyzer: Analyzer) -> None:
    roots = ("", "t", "act", "fabr", "dupl", "employ", "appar", "imprud", "oss", "repl", "caz", "cheval")
    assert_begin_as_their_stems(analyzer, (root + analyzer.fold(end) for root in roots for end in _ENDINGS.split()))


@pytest.mark.deep
def test_forms_with_any_ending_are_found_by_their_stems(analyzer: Analyzer) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    assert_begin_as_their_stems(analyzer, ("".join(word) for n in (1, 2, 3) for word in product(letters, repeat=n)))
    assert_begin_as_their_stems(analyzer, ("".join(word) for word in product("aeiuytrlnsx", repeat=5)))
    words = [word for word in analyzer.lists.heads if word.isalpha()]
    endings = [analyzer.fold(ending) for ending in _ENDINGS.split()]
    assert_begin_as_their_stems(analyzer, (word[:n] + end for word in words for n in (3, 5, 9) for end in endings))


# --- any text --------------------------------------------------------------------------------------------------------

_CHUNKS = st.one_of(
    st.sampled_from(["mali", "Mali,", "l’ONU", "(fin)", "fin", "du", "mandat", "mandats.", "e\u0301te\u0301", "à"]),
    st.sampled_from(["cessez-le-feu", "e-mail", "M. Diop", "2 100", "100", "1.", "S/RES/2690", "x" * 50, "🙂"]),
    st.sampled_from(["«", "»", "?", "…", "-", "\n\n", NBSP, NNBSP]),
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(_CHUNKS, max_size=120).map(" ".join))
ASKED = st.sampled_from(
    ["mali", "fin mandat", '"fin du mandat"', '"du mandat" onu', "cessez-le-feu email", "man*", "2 100", "100 été", "à"]
)


def asked_by(analyzer: Analyzer, asked: tuple[Leaf, ...], text: str) -> bool:
    """The slow and simple account of what may be marked."""
    words = [leaf for leaf in asked if isinstance(leaf, Word)]
    exact = {form for leaf in asked if isinstance(leaf, Phrase) for form in leaf.words}
    exact |= {form for leaf in words for form in leaf.surfaces}
    stems = {stem for leaf in words for stem in leaf.stems}
    prefixes = tuple(leaf.prefix for leaf in asked if isinstance(leaf, Prefix))
    return any(
        exact.intersection(position.surface)
        or stems.intersection(position.stem)
        or any(form.startswith(prefixes) for form in position.surface if prefixes)
        for position in analyzer.analyze(text)
    )


@given(text=TEXTS, typed=ASKED)
def test_marked_pieces_are_the_text_and_are_what_was_asked(analyzer: Analyzer, text: str, typed: str) -> None:
    asked = leaves(analyzer, typed)
    pieces = mark(text, asked, analyzer)
    assert plain(pieces) == text
    assert all(piece for piece, _ in pieces)
    assert all(asked_by(analyzer, asked, piece) for piece, marked in pieces if marked)


@given(text=TEXTS, typed=st.sampled_from(["mali", "fin mandat", "100 été", "2 100", "man*", "le"]))
def test_every_word_asked_is_marked(analyzer: Analyzer, text: str, typed: str) -> None:
    asked = leaves(analyzer, typed)
    place, spans = 0, set()
    for piece, marked in mark(text, asked, analyzer):
        spans |= set(range(place, place + len(piece))) if marked else set()
        place += len(piece)
    for position in analyzer.analyze(text):
        found = any(
            set(leaf.surfaces) & set(position.surface) or set(leaf.stems) & set(position.stem)
            if isinstance(leaf, Word)
            else any(form.startswith(leaf.prefix) for form in position.surface)  # type: ignore[union-attr]
            for leaf in asked
        )
        assert (position.start in spans) >= found, text[position.start : position.end]


@given(text=TEXTS, typed=ASKED, max_chars=st.integers(30, 120))
def test_fragments_are_few_apart_and_never_cut_a_word(
    analyzer: Analyzer, text: str, typed: str, max_chars: int
) -> None:
    asked = leaves(analyzer, typed)
    found = Marker(asked, analyzer).fragments(text, max_chars=max_chars)
    assert len(found) <= 3
    place = 0
    for fragment in found:
        pieces = list(fragment)
        cut_start, cut_end = pieces[0] == ("… ", False), pieces[-1] == (" …", False)
        body = plain(tuple(pieces[cut_start : len(pieces) - cut_end]))
        start = text.index(body, place)  # in order, without overlap
        place = start + len(body)
        assert "\n\n" not in body.strip("\n")
        if all(len(chunk) <= max_chars // 2 for chunk in re.split(rf"[^\S{NBSP}{NNBSP}]+", text)):
            assert start == 0 or text[start - 1].isspace() or not text[start - 1 : start + 1].isalnum()
            assert place == len(text) or text[place].isspace() or not text[place - 1 : place + 1].isalnum()


@given(texts=st.lists(TEXTS, max_size=4), typed=ASKED)
def test_texts_looked_through_together_show_what_each_shows_alone(
    analyzer: Analyzer, texts: list[str], typed: str
) -> None:
    asked = leaves(analyzer, typed)
    marker = Marker(asked, analyzer)
    assert marker.mark_all(texts) == [mark(text, asked, analyzer) for text in texts]
    assert marker.passages(texts) == [Marker(asked, analyzer).passages([text])[0] for text in texts]


_BITS = {"mali": 1, "fin": 2, "mandat": 4}


def worth(passage: Passage, missing: int) -> tuple[int, int, int]:
    """How many leaves a passage has that are missing, how many in all, and how many matches."""
    leaves = {bits for _, _, bits in passage.matches}
    return sum(bool(leaf & missing) for leaf in leaves), len(leaves), len(passage.matches)


@given(text=TEXTS, count=st.integers(1, 4), max_chars=st.integers(30, 120))
def test_each_passage_adds_the_most_to_those_before_it(text: str, count: int, max_chars: int) -> None:
    matches = [(*word.span(), _BITS[word[0]]) for word in re.finditer("|".join(_BITS), text)]
    left = choose(text, matches, len(matches), max_chars)  # each has a match: these are all there are
    chosen, missing = [], 7
    while left and len(chosen) < count:
        best = max(left, key=lambda one: worth(one, missing))
        left.remove(best)
        chosen.append(best)
        for _, _, bits in best.matches:
            missing &= ~bits
    assert choose(text, matches, count, max_chars) == sorted(chosen)


@given(text=st.lists(st.sampled_from(["Le mandat finit.", "Rien ne change.", "Fin."]), max_size=12).map(" ".join))
def test_fragments_end_with_their_sentences_when_these_fit(analyzer: Analyzer, text: str) -> None:
    for fragment in fragments(text, leaves(analyzer, "mandat fin"), analyzer, max_chars=40):
        assert plain(fragment).endswith(".")
        assert plain(fragment)[0].isupper()
