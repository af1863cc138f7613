"""The one query path: the matching rule, its counts, quotes, facets, order, marks."""

from __future__ import annotations

import json

import pytest

from indexer.errors import IndexMissing, PageBeyondEnd, QueryTooLarge
from indexer.model import DateFilter, FacetValue, SearchRequest, Sort
from indexer.searcher import date_facet
from tests.conftest import House


@pytest.fixture
def press(house: House) -> House:
    """Fifteen documents about one thing each, and some that share words."""
    texts = {
        "fin": ("Fin du mandat", "Le mandat de la mission prend fin au Mali.", "2023-06-30", "communiqué"),
        "mandat": ("Renouvellement", "Le mandat est prolongé d’un an.", "2022-06", "résolution"),
        "mission": ("Une mission difficile", "La mission patrouille autour de Gao.", "2022", "article de presse"),
        "paix": ("La paix", "L’accord de paix est signé à Alger par la mission.", None, "communiqué"),
        "mal": ("Le mal", "Il se fait mal en tombant.", "2021-01-05", "article de presse"),
    }
    lines = [
        {"id": id, "title": title, "text": text, "type": type} | ({"date": date} if date else {})
        for id, (title, text, date, type) in texts.items()
    ]
    lines += [
        {"id": f"gao-{n:02}", "title": f"Gao {n}", "text": "Le mandat de la mission à Gao.", "date": f"2019-{n:02}"}
        for n in range(1, 13)
    ]
    house.write("docs.jsonl", "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in lines))
    house.reindex()
    return house


def ids(house: House, text: str, **options: object) -> list[str]:
    return [hit.document.id for hit in house.search(text, per_page=50, **options).hits]


def test_two_words_are_both_required(press: House) -> None:
    page = press.search("mandat mission")
    assert (page.match.words, page.match.required, page.total, page.match.all) == (2, 2, 13, 13)


def test_of_three_words_two_are_required_and_the_count_of_all_is_told(press: House) -> None:
    page = press.search("mandat mission Alger")
    assert (page.match.words, page.match.required) == (3, 2)
    assert page.total == 14
    assert page.match.all == 0


def test_below_ten_results_the_last_requirement_is_dropped(press: House) -> None:
    page = press.search("paix mali")
    assert (page.match.words, page.match.required) == (2, 1)
    assert {hit.document.id for hit in page.hits} == {"paix", "fin"}


def test_a_filter_never_changes_what_is_required(press: House) -> None:
    everything = press.search("mandat mission")
    (facet,) = (value for value in everything.types if value.value == "communiqué")
    chosen = press.search("mandat mission", types=("communiqué",))
    assert (chosen.total, chosen.match.required) == (facet.count, 2)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("titre:mission", ["mission"]),
        ("titre:missions", ["mission"]),
        ('titre:"fin du mandat"', ["fin"]),
        ('texte:"fin du mandat"', []),
        ("titre:ren*", ["mandat"]),
        ('"mission mandat"~4 SAUF titre:gao', ["fin"]),
        ('"mission mandat"~2 SAUF titre:gao', []),
        ("type:communiqué", ["fin", "paix"]),
        ("type:Communiqués", ["fin", "paix"]),
        ("type:article-de-presse mission", ["mission"]),
        ("type:communiqué type:résolution mandat", ["fin", "mandat"]),
        ("type:inconnu", []),
        ("date:2023", ["fin"]),
        ("date:juin 2022", ["mandat"]),
        ("date:2022 date:2023", ["fin", "mandat", "mission"]),
        ("date:inconnue", ["paix"]),
        ("avant:2023-06-30 après:2021-01-05 mandat", ["mandat"]),
        ("depuis:30/06/2023", ["fin"]),
        ("-date:2019 -titre:paix mission", ["fin", "mission"]),
        ("titre:paix OU date:2023", ["fin", "paix"]),
    ],
)
def test_fields_choose_documents(press: House, text: str, found: list[str]) -> None:
    assert sorted(ids(press, text)) == found


def test_a_date_is_never_all_that_is_left_of_a_relaxed_query(press: House) -> None:
    assert ids(press, "Alger date:2023") == []


def test_types_and_dates_alone_give_the_newest_first(press: House) -> None:
    assert ids(press, "après:2021") == ["fin", "mandat", "mission"]


def test_a_word_of_the_title_is_marked_in_the_title_alone(press: House) -> None:
    (hit,) = press.search("titre:mandat type:communiqué").hits
    assert ("mandat", True) in hit.title
    assert not any(marked for fragment in hit.fragments for _, marked in fragment)
    (hit,) = press.search("texte:mandat type:communiqué").hits
    assert not any(marked for _, marked in hit.title)
    assert ("mandat", True) in hit.fragments[0]


def test_all_words_can_be_asked_for(press: House) -> None:
    assert press.search("paix mali", all_words=True).total == 0


def test_more_matching_words_rank_higher(press: House) -> None:
    assert ids(press, "mandat mission mali")[0] == "fin"


def test_quotes_of_all_three_kinds_are_exact(press: House) -> None:
    for quoted in ('"fin du mandat"', "« fin du mandat »", "“fin du mandat”"):
        assert ids(press, quoted) == ["fin"]
    assert ids(press, '"mandats"') == []
    assert ids(press, "« mission prend fin »") == ["fin"]


def test_exclusions_and_alternatives(press: House) -> None:
    assert "gao-01" not in ids(press, "mandat -Gao")
    assert ids(press, "mandat SAUF Gao") == ids(press, "mandat -Gao")
    assert set(ids(press, "Alger OU tombant")) == {"paix", "mal"}


def test_a_prefix_finds_the_words_that_begin_so(press: House) -> None:
    assert ids(press, "patrouil*") == ["mission"]


def test_mali_is_not_mal(press: House) -> None:
    assert ids(press, "mal") == ["mal"]
    assert ids(press, "Mali") == ["fin"]


@pytest.mark.parametrize("spelling", ["signe", "SIGNÉ", "signé", "signe\u0301"])
def test_accents_and_case_never_change_the_hits(spelling: str, press: House) -> None:
    assert ids(press, spelling) == ids(press, "signé") == ["paix"]


def test_a_word_of_the_title_counts_above_one_of_the_text(house: House) -> None:
    house.write("a.txt", "Le retrait\n\nLes convois quittent le camp dans le calme.")
    house.write("b.txt", "Les convois\n\nLe retrait se fait par la route sans incident.")
    house.reindex()
    assert house.titles("retrait") == ["Le retrait", "Les convois"]
    assert house.titles("convois") == ["Les convois", "Le retrait"]


def test_the_form_as_typed_ranks_above_its_family(house: House) -> None:
    house.write("a.txt", "Texte\n\nLes rebelles avancent vers le nord.")
    house.write("b.txt", "Texte\n\nLa rebelle avance vers le nord.")
    house.reindex()
    first = {word: house.search(word).hits[0].document.path for word in ("rebelles", "rebelle")}
    assert first == {"rebelles": "a.txt", "rebelle": "b.txt"}


def test_type_counts_ignore_the_chosen_types_and_chosen_ones_never_vanish(press: House) -> None:
    before = {value.value: value.count for value in press.search("mandat").types}
    page = press.search("mandat", types=("communiqué", "inconnu au bataillon"))
    after = {value.value: (value.count, value.selected) for value in page.types}
    assert {value: count for value, (count, _) in after.items() if count} == before
    assert after["inconnu au bataillon"] == (0, True)
    assert after["communiqué"][1]


def test_several_types_mean_any_of_them(press: House) -> None:
    assert set(ids(press, "mandat", types=("communiqué", "résolution"))) == {"fin", "mandat"}


def test_an_empty_query_is_everything_newest_first_and_undated_last(press: House) -> None:
    page = press.search("", per_page=50)
    assert page.total == 17
    dates = [hit.document.date for hit in page.hits]
    assert [str(date) for date in dates[:4]] == ["2023-06-30", "2022-06", "2022", "2021-01-05"]
    assert dates[-1] is None


def test_unknown_dates_can_be_asked_for(press: House) -> None:
    assert ids(press, "", date=DateFilter.parse("inconnue")) == ["paix"]


def test_a_year_takes_its_months_but_a_month_does_not_take_the_year(press: House) -> None:
    assert set(ids(press, "", date=DateFilter.parse("2022"))) == {"mandat", "mission"}
    assert ids(press, "", date=DateFilter.parse("2022-06")) == ["mandat"]


def flat(values: tuple[FacetValue, ...]) -> list[tuple[str, int]]:
    return [(value.value or value.label, value.count) for value in values]


def test_the_chosen_year_opens_on_its_months_and_the_chosen_month_on_its_days() -> None:
    counts = {0: 3, 20220000: 1, 20220600: 2, 20220615: 4, 20221231: 5, 20230000: 6}
    closed = date_facet(counts, None)
    assert flat(closed) == [("2022", 12), ("2023", 6), ("inconnue", 3)]
    assert all(not value.children for value in closed)
    year = date_facet(counts, DateFilter.parse("2022"))
    assert flat(year) == flat(closed)
    assert year[0].selected
    assert flat(year[0].children) == [("2022-06", 6), ("2022-12", 5), ("sans mois", 1)]
    month = date_facet(counts, DateFilter.parse("2022-06"))[0].children[0]
    assert month.selected
    assert flat(month.children) == [("2022-06-15", 4), ("sans jour", 2)]
    days = date_facet(counts, DateFilter.parse("2022-06-10..2022-06-20"))[0].children[0]
    assert not days.selected
    assert days.children == month.children


def test_a_chosen_date_without_hits_stays_in_sight() -> None:
    values = date_facet({20220000: 1}, DateFilter.parse("2019-05"))
    assert flat(values) == [("2019", 0), ("2022", 1)]
    assert values[0].children[0].selected


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_hold_every_hit_once(sort: Sort, press: House) -> None:
    pages = [[hit.document.id for hit in press.search("mandat", sort=sort, page=n, per_page=5).hits] for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [5, 5, 4]
    assert len({id for page in pages for id in page}) == 14


def test_a_page_past_the_end_says_which_is_the_last(press: House) -> None:
    with pytest.raises(PageBeyondEnd) as caught:
        press.search("mandat", page=3)
    assert caught.value.last == 2


def test_words_are_marked_as_the_author_wrote_them(press: House) -> None:
    (hit,) = press.search("alger paix signes").hits
    marked = [text for fragment in hit.fragments for text, marked in fragment if marked]
    assert marked == ["paix", "signé", "Alger"]


def test_limits_of_a_query_are_told(press: House) -> None:
    with pytest.raises(QueryTooLarge, match="1\u202f000"):
        press.search("a" * 1001)


def test_a_missing_index_is_an_error_not_an_empty_page(house: House) -> None:
    with pytest.raises(IndexMissing):
        house.search("mandat")


def test_a_running_service_sees_the_next_generation_at_its_next_request(press: House) -> None:
    service = press.service()
    assert service.search(SearchRequest("tambour")).total == 0
    press.write("nouveau.txt", "Nouveau\n\nUn tambour.")
    press.reindex()
    assert service.search(SearchRequest("tambour")).total == 1


def test_the_document_page_marks_every_occurrence_and_keeps_the_whole_text(press: House) -> None:
    page = press.service().document("fin", "mandat Mali")
    assert page is not None
    assert page.marks == 2
    assert "".join(text for text, _ in page.passages[0].pieces) == "Le mandat de la mission prend fin au Mali."
    assert page.type_label == "Communiqué"
    assert press.service().document("absent") is None


def test_types_of_equal_count_stand_as_the_rules_list_them(house: House) -> None:
    kinds = ("rapport", "article de presse", "un type à nous", "communiqué")
    lines = [json.dumps({"id": kind, "title": kind, "text": "Texte.", "type": kind}) for kind in kinds]
    house.write("docs.jsonl", "\n".join(lines))
    house.reindex()
    labels = [value.label for value in house.search().types]
    assert labels == ["Article de presse", "Communiqué", "Rapport", "Un type à nous"]
