"""What an index learns of sigles: kept from run to run, forgotten by a rebuild, the same in any number of processes."""

from __future__ import annotations

import json

import pytest

from indexer.columnar.generations import IndexDirectory
from indexer.engines.sigles import SIGLES, SigleCounts, learned_from
from indexer.errors import IndexDamaged
from indexer.french import Learned, Pair
from tests.conftest import House

MISSION = "Mission multidimensionnelle intégrée des Nations unies pour la stabilisation au Mali"
COURT = "Cour pénale internationale"


def learned(house: House) -> tuple[Learned, ...]:
    return house.engine().snapshot().sigles


def test_index_learns_pairs_from_titles_and_texts(house: House) -> None:
    house.write("a.txt", f"La {MISSION} (MINUSMA)\n\nElle se retire. La {COURT} (CPI) aussi, dit la {COURT} (CPI).")
    house.write("b.txt", f"Enquête\n\nUn procureur de la {COURT.upper()} (C.P.I.) est à Bamako.")
    house.write("c.txt", f"Procès\n\nLa CPI ({COURT}) juge.")
    house.reindex()
    assert learned(house) == (Learned("CPI", COURT, 3), Learned("MINUSMA", MISSION, 1))


def test_later_run_adds_to_what_is_known_and_a_rebuild_forgets_what_is_gone(house: House) -> None:
    house.write("a.txt", f"Retrait\n\nLa {MISSION} (MINUSMA) part.")
    house.reindex()
    (house.corpus / "a.txt").unlink()
    house.write("b.txt", f"Enquête\n\nLa {COURT} (CPI) enquête.")
    house.reindex()
    assert [pair.sigle for pair in learned(house)] == ["CPI", "MINUSMA"]
    house.reindex(full=True)
    assert learned(house) == (Learned("CPI", COURT, 1),)


def test_run_that_learns_nothing_keeps_the_very_file(house: House) -> None:
    house.write("a.txt", f"Retrait\n\nLa {MISSION} (MINUSMA) part.")
    house.reindex()
    engine = house.engine()
    before = engine.snapshot()
    house.write("b.txt", "Rien\n\nAucun sigle ici.")
    house.reindex()
    after = engine.snapshot()
    assert before.manifest.files[SIGLES] == after.manifest.files[SIGLES]
    assert before.sigles is after.sigles
    assert after.manifest.generation == before.manifest.generation + 1


def test_document_that_is_refused_teaches_nothing(house: House) -> None:
    line = {"id": "1", "title": "Cour", "text": f"La {COURT} (CPI) juge."}
    house.write("a.jsonl", json.dumps({"id": "1", "title": "Autre", "text": "Rien."}))
    house.write("b.jsonl", json.dumps(line))
    house.reindex()
    assert learned(house) == ()


def test_index_written_before_there_were_sigles_has_none_and_learns_from_then_on(house: House) -> None:
    house.write("a.txt", "Rien\n\nAucun sigle ici.")
    house.reindex()
    assert SIGLES not in house.engine().snapshot().manifest.files
    assert learned(house) == ()
    house.write("b.txt", f"Enquête\n\nLa {COURT} (CPI) enquête.")
    house.reindex()
    assert learned(house) == (Learned("CPI", COURT, 1),)


def test_damaged_file_is_named_and_not_carried_on(house: House) -> None:
    house.write("a.txt", f"Retrait\n\nLa {MISSION} (MINUSMA) part.")
    house.reindex()
    directory = IndexDirectory(house.settings.index.directory)
    path = directory.folder(1) / SIGLES
    path.write_bytes(path.read_bytes().replace(b"MINUSMA", b"MINUSCA"))
    assert [problem.name for problem in directory.verify(1)] == [SIGLES]
    house.write("b.txt", f"Enquête\n\nLa {COURT} (CPI) enquête.")
    with pytest.raises(IndexDamaged, match="sigles"):
        house.reindex()


def test_number_of_processes_does_not_change_what_is_learned(house: House) -> None:
    """Six megabytes, so that processes are started."""
    filler = "La mission se retire du nord du pays après dix ans de présence. " * 400
    for number in range(240):
        name = f"Comité {'abcdefgh'[number % 8]}frique des {'mnopq'[number % 5]}inistres"
        sigle = f"C{'ABCDEFGH'[number % 8]}{'MNOPQ'[number % 5]}"
        house.write(f"{number:03}.txt", f"Texte {number}\n\nLe {name} ({sigle}) siège.\n\n{filler}")
    house.reindex(jobs=1)
    alone = house.engine().snapshot().manifest.files[SIGLES]
    house.reindex(full=True, jobs=2)
    assert len(learned(house)) == 40
    assert house.engine().snapshot().manifest.files[SIGLES] == alone


def test_spellings_of_one_name_are_counted_together_and_written_as_most_do() -> None:
    counts = SigleCounts()
    counts.add([Pair("CPI", COURT)] * 2 + [Pair("Cpi", COURT.lower())] + [Pair("CPI", "Cour Penale internationale")])
    assert learned_from(counts.to_bytes()) == (Learned("CPI", COURT, 4),)


def test_only_the_most_frequent_meanings_of_a_sigle_are_kept() -> None:
    counts = SigleCounts()
    for number in range(20):
        counts.add([Pair("AB", f"Alpha B{chr(97 + number)}")] * (number + 1))
    kept = learned_from(counts.to_bytes())
    assert [pair.documents for pair in kept] == [20, 19, 18, 17, 16, 15, 14, 13]


def test_line_that_is_no_pair_is_passed_over() -> None:
    assert learned_from(b"CPI\tCour\n\tx\nONU\tNations unies\t-1\nUE\tUnion\xff\t2\n") == (
        Learned("UE", "Union\N{REPLACEMENT CHARACTER}", 2),
    )
