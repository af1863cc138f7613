"""French typography, as tables: what goes in, what is shown, and why the row is there."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from indexer import PartialDate, date_text
from webapp.typography import FrenchSpaces, date_html, duration, in_words, marked, number, plural, spaced, unbroken


@pytest.mark.parametrize(
    ("value", "decimals", "shown", "why"),
    [
        (0, 0, "0", "zero"),
        (999, 0, "999", "no separator below a thousand"),
        (1248, 0, "1\u202f248", "thousands are parted by a narrow no-break space"),
        (1_234_567, 0, "1\u202f234\u202f567", "each group of three"),
        (3.5, 1, "3,5", "a comma before decimals"),
        (12345.67, 1, "12\u202f345,7", "both at once"),
    ],
)
def test_numbers_are_written_in_french(value, decimals, shown, why):
    assert number(value, decimals) == shown, why


@pytest.mark.parametrize(
    ("count", "shown", "why"),
    [
        (0, "0\u00a0résultat", "zero is singular in French"),
        (1, "1\u00a0résultat", "one"),
        (2, "2\u00a0résultats", "the plural begins at two"),
        (1248, "1\u202f248\u00a0résultats", "with thousands"),
    ],
)
def test_plural_begins_at_two(count, shown, why):
    assert plural(count, "résultat") == shown, why


def test_irregular_plural_is_given():
    assert plural(3, "journal", "journaux") == "3\u00a0journaux"


@pytest.mark.parametrize(("count", "shown"), [(0, "zéro"), (2, "deux"), (10, "dix"), (11, "11"), (1200, "1\u202f200")])
def test_small_numbers_are_words(count, shown):
    assert in_words(count) == shown


@pytest.mark.parametrize(
    ("ms", "shown"),
    [
        (0.04, "0,0\u00a0ms"),
        (0.8, "0,8\u00a0ms"),
        (0.96, "1\u00a0ms"),
        (4.2, "4\u00a0ms"),
        (999.4, "999\u00a0ms"),
        (999.6, "1,0\u00a0s"),
        (1234, "1,2\u00a0s"),
    ],
)
def test_durations_have_a_unit_that_fits(ms, shown):
    assert duration(ms) == shown


@pytest.mark.parametrize(
    ("date", "text", "html", "why"),
    [
        ("2023-07-01", "1er juillet 2023", "1<sup>er</sup> juillet 2023", "the first of a month is an ordinal"),
        ("2023-07-02", "2 juillet 2023", "2 juillet 2023", "the others are not"),
        ("2023-07-11", "11 juillet 2023", "11 juillet 2023", "11 is no first"),
        ("2025-07", "juillet 2025", "juillet 2025", "no more precise than known"),
        ("2023", "2023", "2023", "a year alone"),
        ("0987-08-01", "1er août 987", "1<sup>er</sup> août 987", "no leading zero for people"),
    ],
)
def test_dates_are_written_in_french(date, text, html, why):
    made = PartialDate.parse(date)
    assert date_text(made) == text.replace(" ", "\u00a0"), why
    assert date_html(made) == f'<time datetime="{date}">{html}</time>'.replace("time\u00a0", "time ").replace(
        html, html.replace(" ", "\u00a0")
    )


@pytest.mark.parametrize(
    ("typed", "shown", "why"),
    [
        ("Quoi ?", "Quoi\u202f?", "narrow before ?"),
        ("Oui ! Non ; si", "Oui\u202f! Non\u202f; si", "narrow before ! and ;"),
        ("Note : ceci", "Note\u00a0: ceci", "full before the colon"),
        ("« mot »", "«\u00a0mot\u00a0»", "full inside guillemets"),
        ("14:30, https://a.b", "14:30, https://a.b", "no space is added where there was none"),
        ("Quoi\u202f? «\u00a0a\u00a0»", "Quoi\u202f? «\u00a0a\u00a0»", "right spaces stay"),
        ("Quoi\u00a0? «\u202fa\u202f» :", "Quoi\u202f? «\u00a0a\u00a0»\u00a0:", "wrong no-break spaces are mended"),
    ],
)
def test_spaces_before_high_punctuation_do_not_break(typed, shown, why):
    assert spaced(typed) == shown, why
    assert spaced(shown) == shown, "and doing it twice changes nothing"


@pytest.mark.parametrize(
    ("quoted", "shown", "why"),
    [
        ("Mopti : le fleuve ; oui ?", "Mopti\u00a0: le fleuve\u00a0; oui\u00a0?", "high punctuation ends no line"),
        ("« non » !", "«\u00a0non\u00a0»\u00a0!", "nor do guillemets"),
        ("Mopti: non !?", "Mopti: non\u00a0!?", "no space is added"),
        ("Mopti\u202f: non", "Mopti\u202f: non", "and one that holds stays as it is"),
    ],
)
def test_quotations_break_no_line_where_french_has_none_and_keep_their_spaces(quoted, shown, why):
    assert unbroken(quoted) == shown, why


def test_templates_get_french_spaces_and_values_do_not():
    environment = Environment(extensions=[FrenchSpaces], autoescape=True)
    template = environment.from_string("« {{ value }} » {{ 'a' if value else 'b' }} : oui ?")
    assert template.render(value="x : y ?") == "«\u00a0x : y ?\u00a0» a\u00a0: oui\u202f?"


def test_marked_pieces_are_escaped():
    fragment = (("a <b> & ", False), ("<script>", True), ("\u202f!", False))
    assert marked(fragment) == "a &lt;b&gt; &amp; <mark>&lt;script&gt;</mark>\u202f!"


def test_the_colon_behind_a_mark_begins_no_line():
    assert marked((("Minusma", True), (" : la fin", False))) == "<mark>Minusma</mark>\u00a0: la fin"
