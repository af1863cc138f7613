"""JSON: an object or a list of them, wherever it stands; ids as in JSONL for what has its shape."""

from __future__ import annotations

import json

import pytest

from indexer.documents import Entry, Rejected, read
from indexer.errors import UnreadableDocument

from .reading import BODY, RULES, TODAY


def found_in(folder, content: object, name: str = "a.json") -> list[Entry | Rejected]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode())
    return list(read(path, name, RULES, max_bytes=50_000_000, today=TODAY))


def test_one_object_is_the_document_of_the_file(tmp_path):
    (found,) = found_in(
        tmp_path, {"titre": "Fin de la mission", "contenu": BODY, "date": "2023-06-30", "auteur": "Awa"}
    )
    assert (found.key, found.member, found.title, found.text) == (None, "", "Fin de la mission", BODY)
    assert (str(found.date), found.authors, found.format) == ("2023-06-30", ("Awa",), "JSON")


def test_objects_in_the_shape_of_a_line_have_their_ids_for_their_own(tmp_path):
    found = found_in(tmp_path, [{"id": "n-1", "text": BODY}, {"id": 2, "text": BODY, "title": "Fin"}])
    assert [(one.key, one.member) for one in found] == [("n-1", ""), ("2", "")]
    (alone,) = found_in(tmp_path, {"id": "n-1", "text": BODY})
    assert alone.key == "n-1"


def test_of_objects_with_one_id_the_last_is_kept_and_says_so(tmp_path):
    (found,) = found_in(tmp_path, [{"id": 1, "text": "Avant."}, {"id": 1, "text": "Après."}])
    assert (found.text, found.warnings) == (
        "Après.",
        ("id présent 2 fois dans le fichier : le dernier objet est gardé",),
    )


def test_the_ids_of_any_other_export_are_those_of_its_file(tmp_path):
    export = [
        {
            "id": 7,
            "title": {"rendered": "L&rsquo;accord"},
            "content": {"rendered": f"<p>{BODY}</p>"},
            "date": "2023-06-30T10:00:00",
            "link": "https://exemple.org/7",
        }
    ]
    (found,) = found_in(tmp_path, export)
    assert (found.key, found.member, found.title, found.text) == (None, "#7", "L’accord", BODY)
    assert (str(found.date), found.url) == ("2023-06-30", "https://exemple.org/7")


@pytest.mark.parametrize(
    "around", [lambda found: {"articles": found}, lambda found: {"data": {"n": 2, "items": found}}]
)
def test_the_list_may_stand_deeper_inside(tmp_path, around):
    articles = [{"titre": "Un", "corps": BODY}, {"titre": "Deux", "corps": ["Le Conseil.", "Les membres."]}]
    found = found_in(tmp_path, around(articles))
    assert [one.title for one in found] == ["Un", "Deux"]
    assert found[1].text == "Le Conseil.\n\nLes membres."
    assert all(one.member.startswith("#") for one in found)


def test_lines_of_json_under_the_name_of_json_are_read_as_lines(tmp_path):
    found = found_in(tmp_path, b'{"id": 1, "text": "Un."}\n{"id": 2, "text": "Deux."}\n')
    assert [one.key for one in found] == ["1", "2"]


def test_an_object_without_text_among_others_is_one_reason(tmp_path):
    found = found_in(tmp_path, [{"texte": BODY}, {"montant": 3}, {"texte": "Fin."}])
    assert [one.reason for one in found if isinstance(one, Rejected)] == ["objet n° 2 : ni texte ni titre"]
    assert len(found) == 3


@pytest.mark.parametrize(
    "content", [{"nom": "A", "montant": 1}, [{"nom": "A", "montant": 1}], [{"nom": "A", "montant": 1}] * 3]
)
def test_what_has_no_text_is_refused_and_says_how_to_map_it(tmp_path, content):
    with pytest.raises(UnreadableDocument, match=r"aucun champ ne s’appelle texte ni titre, parmi.: nom, montant.;"):
        found_in(tmp_path, content)


@pytest.mark.parametrize("content", [b"[]", b"3", b'"texte"', b"null", b"[[[1]]]"])
def test_json_without_any_object_is_refused(tmp_path, content):
    with pytest.raises(UnreadableDocument, match="aucun champ"):
        found_in(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[" * 100_000, "trop imbriqué"),
        (b'{"texte":' * 100_000, "trop imbriqué"),
        (b'{"texte": ' + b"9" * 5000 + b"}", "nombre trop long"),
        (b'{"texte": "a', r"invalide \(ligne 1, colonne 11\)"),
        (b"{'texte': 1}", "invalide"),
    ],
)
def test_what_is_no_json_is_a_reason(tmp_path, content, reason):
    with pytest.raises(UnreadableDocument, match=reason):
        found_in(tmp_path, content)


def test_a_million_keys_are_passed_over(tmp_path):
    with pytest.raises(UnreadableDocument, match="aucun champ"):
        found_in(tmp_path, {str(number): number for number in range(1_000_000)})


def test_lone_surrogates_and_absurd_values_do_not_get_through(tmp_path):
    (found,) = found_in(
        tmp_path, b'{"texte": "Le \\ud800 Conseil \\u0000.", "date": {"a": []}, "url": 3, "auteur": [[1]]}'
    )
    assert found.text == "Le \ufffd Conseil ."
    found.text.encode()
