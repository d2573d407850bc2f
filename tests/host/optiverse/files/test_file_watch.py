"""The files that a window opens and saves are noted, with their content."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from optiverse_collab.convert import read_bench, records_from_bench
from optiverse_collab.core.records import Record
from optiverse_collab.host.adapters import watch_files
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers.benches import DATA
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_user import clear, events

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.usefixtures("no_questions"),
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Noted = list[tuple[str, Mapping[str, Record]]]


@pytest.fixture
def noted(window: Any) -> Iterator[Noted]:
    """What was noted about a window."""
    found: Noted = []
    end = watch_files(
        window,
        lambda file: found.append(("opened", file)),
        lambda file: found.append(("saved", file)),
        lambda read: found.append(("autosaved", read())),
    )
    yield found
    end()
    files = window.file_controller
    overridden = {"load_from_data", "save_to_file", "serialize_scene", "do_autosave"}
    assert not overridden & vars(files.file_manager).keys()
    assert "_clear_scene" not in vars(files)
    clear(window)


def records(path: Path) -> Mapping[str, Record]:
    return records_from_bench(read_bench(path)).records


def test_what_a_file_says_is_noted(window: Any, noted: Noted) -> None:
    """And not what the window shows of it."""
    path = DATA / "bench_300.json"
    window.file_controller.file_manager.open_file(str(path))
    assert noted == [("opened", records(path))]


def test_what_is_saved_is_what_opening_it_says(
    window: Any, noted: Noted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Drawing(window).place("lens", 50.0, 0.0)
    path = tmp_path / "bench.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    window.act_save_as.trigger()
    window.act_save.trigger()
    window.file_controller.file_manager.open_file(str(path))
    assert [what for what, _ in noted] == ["saved", "saved", "opened"]
    assert noted[0] == ("saved", records(path))
    assert noted[0][1] == noted[1][1] == noted[2][1]
    events()


def test_what_can_not_be_saved_is_not_noted(window: Any, noted: Noted, tmp_path: Path) -> None:
    Drawing(window).place("lens", 50.0, 0.0)
    with pytest.raises(Exception, match="bench"):
        window.file_controller.file_manager.save_to_file(str(tmp_path / "no folder" / "bench.json"))
    assert noted == []


def test_an_autosave_says_what_recovering_it_says(
    window: Any, noted: Noted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host offers recovery 0.1 s after a window has opened, and by then we watch the window."""
    files = window.file_controller.file_manager
    monkeypatch.setattr("optiverse.platform.paths._app_data_root", lambda: tmp_path)
    files.mark_clean()
    files.do_autosave()
    assert noted == []
    Drawing(window).place("lens", 50.0, 0.0)
    files.mark_modified()
    files.do_autosave()
    [path] = (tmp_path / "autosave").iterdir()
    monkeypatch.setenv("QT_QPA_PLATFORM", "")  # otherwise it offers no recovery
    monkeypatch.setattr("optiverse.ui.theme_manager.question", lambda *_: QMessageBox.StandardButton.Yes)
    monkeypatch.setattr(QMessageBox, "information", lambda *_: None)
    said = records(path)
    assert files.check_autosave_recovery()
    assert [what for what, _ in noted] == ["autosaved", "opened"]
    assert noted[0][1] == noted[1][1] == said
    assert len(said) == 1
    files.clear_autosave()


def test_a_file_of_nothing_we_know_is_empty(window: Any, noted: Noted, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(json.dumps({"items": []}), "utf-8")
    window.file_controller.file_manager.open_file(str(path))
    assert noted == [("opened", {})]


def test_a_new_bench_is_noted(window: Any, noted: Noted) -> None:
    if not hasattr(window.file_controller, "new_assembly"):
        pytest.skip("this Optiverse begins no new bench")
    window.file_controller.new_assembly()
    assert noted == [("opened", {})]


def test_it_works_beneath_an_adapter_that_comes_and_goes(window: Any, noted: Noted) -> None:
    path = DATA / "bench_small.json"
    for _ in range(2):
        host = OptiverseHost(window)
        opened: list[str] = []
        host.watch_opened(lambda back, opened=opened: opened.append("opened"))  # type: ignore[misc]
        window.file_controller.file_manager.open_file(str(path))
        assert opened == ["opened"]
        host.close()
    window.file_controller.file_manager.open_file(str(path))
    assert [what for what, _ in noted] == ["opened"] * 3
