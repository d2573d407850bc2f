"""A setting can come from several places; the order decides which one counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server.config import sources
from optiverse_collab_server.config.settings import TABLE, Settings
from optiverse_collab_server.config.sources import FILE_NAME, Resolved, option, resolve, variable

PLACES = ["option", "environment", "file"]


def resolved(folder: Path, *, config: bool = True, **said: Any) -> Resolved:
    """Resolve the settings, with `port` set in some of the places."""
    file = folder / ("c.toml" if config else FILE_NAME)
    if "file" in said:
        file.write_text(f"port = {said['file']}\n")
    given = {"port": said["option"]} if "option" in said else {}
    if not config:
        given["data"] = folder
    environment = {"OPTIVERSE_COLLAB_PORT": str(said["environment"])} if "environment" in said else {}
    return resolve(given, environment, file if config and "file" in said else None)


@pytest.fixture(autouse=True)
def no_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the tests independent of this user's own files."""

    def folder(settings: Settings) -> Path:
        return settings.data or tmp_path / "nothing"

    monkeypatch.setattr(sources, "data_folder", folder)


@pytest.mark.parametrize("config", [True, False], ids=["named file", "data folder's file"])
@pytest.mark.parametrize("first", range(4))
def test_option_then_environment_then_file_then_default(tmp_path: Path, first: int, config: bool) -> None:
    said = dict(zip(PLACES[first:], [1, 2, 3][first:], strict=True))
    found = resolved(tmp_path, config=config, **said)
    assert found.settings.port == [1, 2, 3, 8765][first]
    name = str(tmp_path / ("c.toml" if config else FILE_NAME))
    assert found.origins.get("port") == ["--port", "OPTIVERSE_COLLAB_PORT", name, None][first]


def test_the_environment_names_the_file_and_an_option_another(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("port = 1")
    (tmp_path / "b").write_text("port = 2")
    environment = {"OPTIVERSE_COLLAB_CONFIG": str(tmp_path / "a")}
    assert resolve({}, environment, None).settings.port == 1
    assert resolve({}, environment, tmp_path / "b").settings.port == 2


def test_a_named_file_stands_in_for_that_of_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("port = 1\nhost = 'a'")
    (tmp_path / "b").write_text("port = 2")
    settings = resolve({"data": tmp_path}, {}, tmp_path / "b").settings
    assert (settings.host, settings.port) == ("127.0.0.1", 2)


def test_the_data_folder_of_the_environment_may_have_a_file(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("port = 1")
    settings = resolve({}, {"OPTIVERSE_COLLAB_DATA": str(tmp_path)}, None).settings
    assert (settings.data, settings.port) == (tmp_path, 1)


def test_user_without_a_home_has_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(settings: Settings) -> Path:
        raise StorageError("no home")

    monkeypatch.setattr(sources, "data_folder", fail)
    assert resolve({}, {}, None).settings == Settings()


def test_every_problem_of_both_places_is_named(tmp_path: Path) -> None:
    (tmp_path / "c").write_text("x = 1")
    environment = {
        "OPTIVERSE_COLLAB_PORT": "http",
        "OPTIVERSE_COLLAB_KEEPMB": "3",
        "OPTIVERSE_COLLAB_TOKEN": "of another program of ours",
        "PORT": "http",
    }
    with pytest.raises(SettingsError) as refused:
        resolve({}, environment, tmp_path / "c")
    assert refused.value.problems == [
        "OPTIVERSE_COLLAB_PORT in the environment: 'http' is not a port; give a number from 0 to 65535.",
        "OPTIVERSE_COLLAB_KEEPMB in the environment is no setting; did you mean OPTIVERSE_COLLAB_KEEP_MB?",
        f"{tmp_path / 'c'}, line 1, x: there is no such setting.",
    ]
    assert "http" in str(refused.value)


def test_a_setting_has_one_name_in_each_place() -> None:
    assert (option("keep_days"), variable("keep_days")) == ("--keep-days", "OPTIVERSE_COLLAB_KEEP_DAYS")
    assert len({variable(name) for name in TABLE}) == len(TABLE)
