"""JSONL: one object a line, streamed; a bad line is a reason and the next one is read."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import Entry, Rejected, read
from indexer.documents import lines_of as lines_of_file
from indexer.documents.formats import jsonl
from indexer.errors import UnreadableDocument
from indexer.model import DateSource

from .reading import BODY, RULES, TODAY, read_all


def lines_of(*objects: object) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in objects)


def found_in(folder, content: bytes, name: str = "a.jsonl") -> list[Entry | Rejected]:
    (folder / name).write_bytes(content)
    return read_all(folder / name)


def test_a_line_is_a_document_with_its_own_metadata(tmp_path):
    line = lines_of(
        {
            "id": "n-1",
            "title": "Fin de la mission",
            "text": f"{BODY}\n\n\n{BODY}",
            "date": "2023-06",
            "type": "Dépêche",
            "url": "https://exemple.org/1",
            "source": "Agence",
            "autre": {"clé": [1]},
        }
    )
    (found,) = found_in(tmp_path, line)
    assert found == Entry(
        key="n-1",
        title="Fin de la mission",
        title_rule="champ « title »",
        text=f"{BODY}\n\n{BODY}",
        date=found.date,
        date_source=DateSource.METADATA,
        type="dépêche",
        type_rule="métadonnées",
        url="https://exemple.org/1",
        source="Agence",
        digest=hashlib.sha256(line.strip()).hexdigest(),
        date_rule="métadonnées",
        format="JSONL",
        language="fr",
    )
    assert str(found.date) == "2023-06"


def test_an_integer_id_becomes_text(tmp_path):
    assert [one.key for one in found_in(tmp_path, lines_of({"id": 12, "text": BODY}, {"id": -3, "text": BODY}))] == [
        "12",
        "-3",
    ]


def test_without_a_title_the_rules_of_texts_choose_it(tmp_path):
    found = found_in(tmp_path, lines_of({"id": 1, "text": f"Fin\nde la mission\n\n{BODY}"}, {"id": 2, "text": BODY}))
    assert [one.title_rule for one in found] == ["ligne de titre", "première phrase"]


def test_the_name_of_the_file_dates_none_of_its_documents(tmp_path):
    (found,) = found_in(tmp_path, lines_of({"id": 1, "text": BODY}), "corpus-2023-06-30.jsonl")
    assert found.date_source is DateSource.NONE


def test_a_header_in_the_text_counts_when_there_is_no_date_field(tmp_path):
    (found,) = found_in(tmp_path, lines_of({"id": 1, "text": f" date 2025-07 {BODY}"}))
    assert (str(found.date), found.date_source, found.text) == ("2025-07", DateSource.HEADER, BODY)


def test_of_lines_with_one_id_the_last_wins_and_says_so(tmp_path):
    found = found_in(
        tmp_path,
        lines_of(
            {"id": "a", "text": "un"},
            {"id": 7, "text": "sept"},
            {"id": "a", "text": "deux"},
            {"id": "a", "text": "trois"},
        ),
    )
    assert [(one.key, one.text) for one in found] == [("7", "sept"), ("a", "trois")]
    assert found[1].warnings == ("id présent 3 fois dans le fichier : la dernière ligne (4) est gardée",)


def test_an_integer_id_and_its_text_are_one_id(tmp_path):
    assert [one.text for one in found_in(tmp_path, lines_of({"id": 7, "text": "un"}, {"id": "7", "text": "deux"}))] == [
        "deux"
    ]


BAD = [
    (b"{", None, "JSON invalide (colonne 2)", "cut"),
    (b"[1]", None, "ce n’est pas un objet JSON", "a list"),
    (b'{"id": 1, "text": "caf\xe9"}', None, "ce n’est pas de l’UTF-8", "latin-1"),
    (b'{"text": "x"}', None, "« id » manque", "no id"),
    (b'{"id": true, "text": "x"}', None, "« id » manque", "true is no integer"),
    (b'{"id": 1.5, "text": "x"}', None, "« id » manque", "a fraction"),
    (b'{"id": " ", "text": "x"}', None, "« id » manque", "a blank id"),
    (b'{"id": "' + b"a" * 513 + b'", "text": "x"}', None, "« id » manque", "a long id"),
    (b'{"id": "a\\ud800", "text": "x"}', None, "« id » manque", "half a character"),
    (b'{"id": "a\\u0000", "text": "x"}', None, "« id » manque", "a control sign"),
    (b'{"id": 1}', "1", "« text » manque", "no text"),
    (b'{"id": 1, "text": ["x"]}', "1", "« text » manque", "a list for text"),
    (b'{"id": 1, "text": ' + b"[" * 100_000, None, "JSON", "deep"),
    (b'{"id": 1' + b"0" * 5000 + b', "text": "x"}', None, "nombre trop long", "a long number"),
]


@pytest.mark.parametrize(("line", "key", "reason", "why"), BAD)
def test_a_bad_line_is_a_reason_with_its_number_and_the_next_is_read(tmp_path, line, key, reason, why):
    bad, good = found_in(tmp_path, b"\n" + line + b"\n" + lines_of({"id": "bon", "text": BODY}))
    assert isinstance(bad, Rejected), why
    assert (bad.key, bad.line, bad.empty) == (key, 2, False), why
    assert bad.reason.startswith("ligne 2 : "), why
    assert reason in bad.reason, why
    assert good.key == "bon", why


def test_a_line_without_text_is_reported_as_empty(tmp_path):
    (found,) = found_in(tmp_path, lines_of({"id": 1, "title": " — ", "text": " \n"}))
    assert found == Rejected("1", 1, "pas de texte", empty=True)


WARNED = [
    ({"date": "bientôt"}, "date ignorée : « bientôt », ce n’est pas une date"),
    ({"date": "2040-01-01"}, "date ignorée : « 2040-01-01 », elle est dans l’avenir"),
    ({"date": ["2023"]}, "date ignorée : ce n’est pas un texte"),
    ({"url": "javascript:alert(1)"}, "« url » ignorée : ce n’est pas une adresse http ou https"),
    ({"url": "https://"}, "« url » ignorée : ce n’est pas une adresse http ou https"),
    ({"title": 3}, "« title » ignoré : ce n’est pas un texte"),
]


@pytest.mark.parametrize(("fields", "warning"), WARNED)
def test_an_odd_field_is_a_warning_and_the_document_stays(tmp_path, fields, warning):
    (found,) = found_in(tmp_path, lines_of({"id": 1, "text": BODY, **fields}))
    assert found.warnings == (warning,)
    assert (found.url, found.date) == (None, None)


def test_a_year_as_a_number_is_a_date(tmp_path):
    (found,) = found_in(tmp_path, lines_of({"id": 1, "text": BODY, "date": 2023}))
    assert str(found.date) == "2023"


def test_half_characters_in_texts_do_not_reach_the_index(tmp_path):
    line = b'{"id": 1, "title": "a\\udc00b", "text": "c\\ud800\\u0000d", "date": "\\ud800", "type": "\\ud800"}\n'
    (found,) = found_in(tmp_path, line)
    "".join((found.type, *found.warnings)).encode()
    assert (found.title, found.text) == ("a\ufffdb", "c\ufffdd")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_marks_blank_lines_and_any_line_end_are_read(tmp_path, end):
    content = (
        b"\xef\xbb\xbf"
        + lines_of({"id": 1, "text": BODY}).strip()
        + b"\r\n\n  \n"
        + lines_of({"id": 2, "text": BODY}).strip()
    )
    assert [one.key for one in found_in(tmp_path, content + end)] == ["1", "2"]


def test_a_line_that_is_too_long_is_passed_over_without_loading_it(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 1000)
    long = lines_of({"id": 1, "text": "a" * 20_000_000})
    (tmp_path / "a.jsonl").write_bytes(long + lines_of({"id": 2, "text": BODY}))
    del long
    tracemalloc.start()
    found = read_all(tmp_path / "a.jsonl")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [one.key for one in found] == [None, "2"]
    assert (found[0].line, found[0].reason) == (1, "ligne 1 : plus de 0 Mo")
    assert peak < 8_000_000


def test_gzip_is_known_by_its_content(tmp_path):
    content = lines_of({"id": 1, "text": BODY})
    assert found_in(tmp_path, gzip.compress(content), "a.jsonl.gz")[0].key == "1"
    assert found_in(tmp_path, gzip.compress(content), "b.jsonl")[0].key == "1"
    assert found_in(tmp_path, content, "c.jsonl.gz")[0].key == "1"


def test_a_gzip_file_cut_short_fails_as_a_whole(tmp_path):
    noise = random.Random(1)
    content = gzip.compress(lines_of(*({"id": n, "text": noise.randbytes(50).hex()} for n in range(2000))))
    for damaged in (content[: len(content) // 2], content[:100] + b"\0" * 50 + content[150:]):
        with pytest.raises(UnreadableDocument, match="gzip endommagé"):
            found_in(tmp_path, damaged, "a.jsonl.gz")


def test_a_gzip_file_that_explodes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl, "_FREE_EXPANSION", 1_000_000)
    with pytest.raises(UnreadableDocument, match="grossit plus de"):
        found_in(tmp_path, gzip.compress(b"a" * 50_000_000), "a.jsonl.gz")
    with pytest.raises(UnreadableDocument, match="grossit plus de"):
        found_in(tmp_path, gzip.compress(b"\n" * 20_000_000), "b.jsonl.gz")


@pytest.mark.parametrize("content", [b"%PDF-1.7\n...", b"PK\x03\x04...", '{"id": 1}\n'.encode("utf-16"), b"\0" * 100])
def test_what_is_no_jsonl_is_refused_as_a_whole(tmp_path, content):
    with pytest.raises(UnreadableDocument):
        found_in(tmp_path, content)


def test_entries_come_while_the_file_is_read(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(lines_of(*({"id": n, "text": BODY} for n in range(5000))))
    entries = read(tmp_path / "a.jsonl", "a.jsonl", RULES, max_bytes=10, today=TODAY)
    assert next(entries).key == "0"
    entries.close()


@given(
    st.lists(st.tuples(st.integers(0, 5), st.text(min_size=1)), min_size=1, max_size=12),
    st.sampled_from([0, 60, jsonl._HELD_BYTES]),  # files of more are read again, not held
)
def test_the_last_line_of_each_id_wins_whatever_the_order(tmp_path_factory, lines, held):
    content = lines_of(*({"id": key, "text": f"{text} {number}"} for number, (key, text) in enumerate(lines)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "_HELD_BYTES", held)
        found = found_in(tmp_path_factory.getbasetemp(), content)
    last = {str(key): number for number, (key, _) in enumerate(lines)}
    assert {one.key: int(one.text.split()[-1]) for one in found} == last
    assert len(found) == len(last)


def test_a_file_of_tiny_lines_is_not_held_in_memory_for_its_few_bytes(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"1\n" * 100_000)
    with lines_of_file(tmp_path / "a.jsonl", "a.jsonl") as lines:
        assert lines._held is None
        assert lines.to_read == 100_000
    (tmp_path / "b.jsonl").write_bytes(lines_of({"id": 1, "text": BODY}))
    with lines_of_file(tmp_path / "b.jsonl", "b.jsonl") as lines:
        assert len(lines._held) == 1


@pytest.mark.parametrize(
    "values",
    [
        b"[]," * 700_000 + b"[]",
        b'"a",' * 500_000 + b'""',
        b"1," * 1_000_000 + b"1",
        b'"' + b'\\"' * 1_000_000,  # a text without an end, in which every sign may begin another
    ],
)
def test_a_line_of_a_million_values_is_refused_before_they_are_made(tmp_path, values):
    content = b'{"id": 1, "x": {"id": 2}, "text": [' + values + b"]}"
    tracemalloc.start()
    (found,) = found_in(tmp_path, content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "valeurs JSON" in found.reason or "JSON invalide" in found.reason
    assert peak < 30_000_000


def test_a_long_text_in_a_line_has_as_many_commas_as_it_likes(tmp_path):
    text = 'Oui, non, « peut-être », [sic], {rien}, "guillemets" et \\ barres. ' * 60_000
    (found,) = found_in(tmp_path, lines_of({"id": 1, "metadata": {"id": 2}, "text": text}))
    assert len(found.text) > 3_000_000
