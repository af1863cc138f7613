"""The language that a document is mostly in: French told by its little words, others by a model, or none."""

from __future__ import annotations

import time

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from indexer.documents import language
from indexer.documents.language import language_of
from indexer.french.languages import LANGUAGES, language_label, language_named

from .reading import BODY, entry_of

TEXTS = {
    "en": "The Security Council met on Tuesday at the headquarters. Members took the floor in turn.",
    "es": "El Consejo de Seguridad se reunió el martes en la sede de la Organización. Los miembros tomaron la palabra.",
    "pt": "O Conselho de Segurança reuniu-se na terça-feira na sede da Organização. Os membros tomaram a palavra.",
    "it": "Il Consiglio di sicurezza si è riunito martedì presso la sede. I membri hanno preso la parola.",
    "ca": "El Consell de Seguretat es va reunir dimarts a la seu. Els membres van prendre la paraula sobre els límits.",
    "de": "Der Sicherheitsrat trat am Dienstag am Sitz der Organisation zusammen. Die Mitglieder ergriffen das Wort.",
    "ar": "اجتمع مجلس الأمن يوم الثلاثاء في مقر المنظمة. وتناول الأعضاء الكلمة بالتناوب وأعربوا عن قلقهم.",
    "ru": "Совет Безопасности собрался во вторник в штаб-квартире Организации. Члены Совета по очереди взяли слово.",
    "zh": "安全理事会星期二在联合国总部举行会议。成员们轮流发言，对边境局势表示关切。",
    "sw": "Baraza la Usalama lilikutana Jumanne katika makao makuu ya Shirika. Wajumbe walizungumza kwa zamu.",
    "fr": BODY,
}


@pytest.mark.parametrize("code", TEXTS)
def test_the_language_of_some_sentences_is_told(code):
    assert language_of(TEXTS[code]) == code
    assert language_of(TEXTS[code].upper()) == code
    assert language_of(TEXTS[code] * 50, declared="fr") == code, "a declaration does not win over a text"


def test_the_model_in_a_third_of_the_room_is_as_sure_of_each_language_as_the_library():
    theirs = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    theirs.set_languages(LANGUAGES)
    texts = [*TEXTS.values(), *map(str.upper, TEXTS.values()), "", "1 2 3", "mot", "Ça ! l\u2019e\u0301te\u0301"]
    for (mine, sure), (code, as_sure) in zip(
        map(language._model().classify, texts), map(theirs.classify, texts), strict=True
    ):
        assert (mine, sure) == (code, pytest.approx(as_sure, abs=1e-5))


FRENCH = [
    ("Décret portant nomination de directeurs régionaux. Article premier. Nommés directeurs régionaux : M. Traoré, à"
     " Mopti ; M. Keïta, à Ségou ; Mme Diarra, à Kayes.", "a list of names with few little words"),
    ("Le mandat, dit-on, s’achève. " * 30, "a text that has one of them only"),
    ("THE SECURITY COUNCIL\n\n" + BODY * 10, "a banner in English"),
    (f"{BODY} « We are leaving », a dit le porte-parole. {BODY}", "a quotation in English"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), FRENCH, ids=[why for _, why in FRENCH])
def test_a_french_text_is_french_whatever_it_holds(text, why):
    assert language_of(text) == "fr", why


@pytest.mark.parametrize(
    "text", ["", "Fin du mandat", "1 234 567\n\n2019 2020 2021 2022 2023 2024 2025", "MINUSMA 2023", "…"]
)
def test_too_short_a_text_is_in_the_declared_language_or_in_none(text):
    assert language_of(text) == ""
    assert language_of(text, "en-GB") == "en"
    assert language_of(text, "martien") == ""


def test_a_document_has_the_language_of_its_text(tmp_path):
    assert entry_of(tmp_path, "a.txt", BODY).language == "fr"
    assert entry_of(tmp_path, "b.txt", TEXTS["en"]).language == "en"


def test_languages_are_named_by_code_or_in_french():
    assert {language_named(code) for code in LANGUAGES} == set(LANGUAGES)
    assert {language_named(name.upper()) for name in LANGUAGES.values()} == set(LANGUAGES)
    assert [language_named(name) for name in ("en_US", "fr-FR", "pt-br", "Neerlandais", "klingon", "")] == [
        "en", "fr", "pt", "nl", "", "",
    ]  # fmt: skip
    assert (language_label("en"), language_label("xx")) == ("anglais", "xx")


def test_french_is_told_in_some_microseconds():
    """100,000 documents of 1.5 KB in 3 s of CPU at most; ten times that here, because machines differ."""
    text = f"{BODY} " * 15
    started = time.process_time()
    for _ in range(2000):
        language_of(text)
    assert time.process_time() - started < 2000 * 300e-6
