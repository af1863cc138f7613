"""Settings: defaults, a user's file, the environment; and errors that say how to mend them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.errors import ConfigError
from indexer.settings import load_settings, packaged
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def config(folder: Path, text: str) -> Path:
    path = folder / "réglages.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_work_from_any_folder(tmp_path: Path) -> None:
    settings = load_settings(environ={})
    assert settings.search.per_page == 10
    assert settings.index.directory == tmp_path / "index-trouvaille"
    assert settings.corpus.paths == (tmp_path / "corpus",)
    assert settings.origins["search.per_page"] == "défaut"


def test_a_file_overrides_key_by_key_and_its_paths_are_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    path = config(tmp_path / "etc", '[search]\nper_page = 25\n[corpus]\npaths = ["../fonds", "/srv/textes"]\n')
    settings = load_settings(path, environ={})
    assert settings.search.per_page == 25
    assert settings.search.fragments == 3
    assert settings.corpus.paths == (tmp_path / "fonds", Path("/srv/textes"))
    assert settings.index.directory == tmp_path / "etc" / "index-trouvaille"
    assert settings.origins["search.per_page"] == str(path)


def test_the_folder_s_own_configuration_is_used_without_being_named(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "trouvaille.toml").write_text("[server]\nport = 9999\n")
    settings = load_settings(environ={})
    assert settings.server.port == 9999
    assert settings.index.directory == tmp_path / "config" / "index-trouvaille"


def test_the_environment_overrides_the_file_and_the_command_line_overrides_all(tmp_path: Path) -> None:
    path = config(tmp_path, '[server]\nport = 9999\n[index]\ndirectory = "ici"\n')
    environ = {"TROUVAILLE_CONFIG": str(path), "TROUVAILLE_SERVER_PORT": "7000", "TROUVAILLE_INDEX": "là"}
    settings = load_settings(environ=environ)
    assert settings.server.port == 7000
    assert settings.index.directory == tmp_path / "là"
    assert load_settings(index=Path("ailleurs"), environ=environ).index.directory == tmp_path / "ailleurs"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[search]\nper_pages = 5\n", "per_page"),  # the nearest key is named
        ("[serch]\nper_page = 5\n", "search.per_page"),
        ("per_page = 5\n", "section"),
        ('[search]\nper_page = "dix"\n', "un entier"),
        ("[search]\nper_page = true\n", "un entier"),
        ("[search]\nper_page = 0\n", "au moins 1"),
        ("[ranking]\nb = 1.5\n", "entre 0 et 1"),
        ("[server]\nport = 70000\n", "65535"),
        ("[search\n", "réglages.toml"),
        ("[corpus]\npaths = [3]\n", "un chemin"),
    ],
)
def test_a_fault_in_a_file_is_named_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        load_settings(config(tmp_path, text), environ={})


def test_a_fault_in_the_environment_names_the_variable() -> None:
    with pytest.raises(ConfigError, match="TROUVAILLE_SEARCH_PER_PAGE"):
        load_settings(environ={"TROUVAILLE_SEARCH_PER_PAGE": "beaucoup"})


def test_a_configuration_file_that_is_missing_is_an_error() -> None:
    with pytest.raises(ConfigError, match="n’existe pas"):
        load_settings(Path("absent.toml"), environ={})


def test_word_lists_and_type_rules_beside_the_file_replace_ours(tmp_path: Path) -> None:
    path = config(tmp_path, "")
    assert load_settings(path, environ={}).resource("types.toml") == packaged() / "types.toml"
    (tmp_path / "types.toml").write_text("")
    assert load_settings(path, environ={}).resource("types.toml") == tmp_path / "types.toml"


def test_every_setting_stands_in_the_shipped_file_with_a_default() -> None:
    settings = load_settings(environ={})
    shipped = (ROOT / "config" / "trouvaille.toml").read_text(encoding="utf-8")
    for key in settings.origins:
        assert re.search(rf"^{key.partition('.')[2]} = ", shipped, re.MULTILINE), key
