"""What the pages decide before any template runs, as tables."""

from __future__ import annotations

import pytest

from indexer import FacetValue, Match, SearchPage, SearchRequest
from tests.web.site import ordinary
from webapp import pages


def answer(match=(1, 1, 0), total=0, *, types=(), dates=(), **request):
    return SearchPage(
        request=SearchRequest("mots", **request),
        understood="mots",
        match=Match(*match),
        total=total,
        hits=(),
        types=tuple(types),
        dates=tuple(dates),
        generation=1,
        took_ms=1.0,
    )


def view(*args, **kwargs):
    return pages.results(answer(*args, **kwargs), str.capitalize)


@pytest.mark.parametrize(
    ("match", "total", "said", "stricter", "why"),
    [
        ((1, 1, 9), 9, "9 résultats", None, "one word needs no explanation"),
        ((0, 0, 1248), 1248, "1 248 résultats", None, "nor does none"),
        ((2, 2, 9), 9, "9 résultats avec les deux mots", None, "both are the rule"),
        ((3, 2, 54), 478, "478 résultats avec au moins deux des trois mots, dont", "54 avec tous les mots", "as told"),
        ((5, 2, 0), 12, "12 résultats avec au moins deux des cinq mots, aucun avec tous les mots", None, "none"),
        ((3, 2, 7), 7, "7 résultats avec tous les mots", None, "all have all"),
        ((2, 1, 3), 8, "8 résultats avec au moins un des deux mots, dont", "3 avec les deux", "relaxed"),
        ((2, 0, 3), 8, "8 résultats avec ou sans les autres mots, dont", "3 avec les deux", "a phrase, words optional"),
        ((12, 2, 1), 3, "3 résultats avec au moins deux des 12 mots, dont", "1 avec tous les mots", "digits past ten"),
        ((3, 2, 0), 0, "0 résultat", None, "nothing is not explained here"),
    ],
)  # fmt: skip
def test_count_says_how_the_words_were_required(match, total, said, stricter, why):
    count = view(match, total).count
    assert ordinary(f"{count.total} {count.required}") == said, why
    assert (ordinary(count.stricter.text) if count.stricter else None) == stricter, why


def test_asking_for_all_words_is_said_and_offers_nothing_stricter():
    count = view((3, 3, 9), 9, all_words=True).count
    assert (count.required, count.stricter) == ("avec tous les mots", None)


@pytest.mark.parametrize(
    ("page", "total", "shown"),
    [
        (1, 5, ""),
        (1, 15, "[1] 2"),
        (1, 100, "[1] 2 3 … 10"),
        (4, 100, "1 2 3 [4] 5 6 … 10"),
        (5, 100, "1 2 3 4 [5] 6 7 … 10"),
        (6, 200, "1 … 4 5 [6] 7 8 … 20"),
        (10, 100, "1 … 8 9 [10]"),
        (5, 70, "1 2 3 4 [5] 6 7"),
    ],
)
def test_pager_shows_ends_and_neighbours(page, total, shown):
    links = view(total=total, page=page).pager
    assert " ".join("…" if link is None else f"[{link.text}]" if link.current else link.text for link in links) == shown


def test_a_chosen_type_is_never_folded_away():
    types = [FacetValue(f"t{n}", f"T{n}", 20 - n, selected=n == 15) for n in range(20)]
    facet = view(total=9, types=types).types
    assert "T15" in [row.label for row in facet.rows]
    assert "T15" not in [row.label for row in facet.more]
    assert facet.more_label == "9 autres types"


def test_one_row_too_many_is_not_folded():
    types = [FacetValue(f"t{n}", f"T{n}", 1) for n in range(pages.TYPES_IN_SIGHT + 1)]
    assert view(total=9, types=types).types.more == ()
    years = [FacetValue(str(1990 + n), str(1990 + n), 1) for n in range(pages.YEARS_IN_SIGHT + 1)]
    assert view(total=9, dates=years).dates.more == ()


@pytest.mark.parametrize(
    ("text", "words", "why"),
    [
        ("fin du mandat", ("mandat",), "short words say too little"),
        ("l’accord d'Alger", ("accord", "Alger"), "elision goes"),
        ("mandat mandat", ("mandat",), "once"),
        ("mandat -Gao", (), "an exclusion is no word"),
        ("« fin du mandat »", (), "nor is a quotation"),
        ("Kidal OU Gao", (), "nor is an operator"),
        ("titre:mandat", (), "nor is a field"),
        ("désarm*", (), "nor is a prefix"),
        ("porte-parole", ("porte-parole",), "a hyphen inside a word is"),
    ],
)
def test_plain_words_are_those_that_can_stand_alone(text, words, why):
    assert pages.plain_words(text) == words, why


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        ("https://exemple.org/a", True),
        ("http://exemple.org", True),
        ("HTTPS://exemple.org/a", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//exemple.org", False),
        ("exemple.org", False),
        ("https://", False),
        ("http://[::1", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_followed(url, followed):
    assert (pages._safe_link(url) is not None) is followed
