"""The main window: what happens to unsaved changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QMessageBox

from optiverse_collab_demo.window import DemoWindow
from tests.helpers.benches import bench
from tests.helpers.demo_window import add, answer, boxes, choose_file, file_dialogs, logged

BUTTON = QMessageBox.StandardButton


def written(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_file_that_can_not_be_written_keeps_the_changes_unsaved(window: DemoWindow, tmp_path: Path) -> None:
    add(window, "lens")
    window.save_path(tmp_path / "missing" / "bench.json")
    assert window.isWindowModified()
    assert window.path is None
    (box,) = boxes(window)
    assert "there is no folder" in box.text()
    assert logged(window, "ERROR") == [f"✗ {box.text()}"]
    box.close()


def test_number_that_no_file_can_hold_leaves_the_file(window: DemoWindow, tmp_path: Path) -> None:
    path = written(tmp_path / "bench.json", bench())
    window.open_path(path)
    add(window, "lens", angle_deg=float("nan"))
    window.save()
    assert json.loads(path.read_text(encoding="utf-8")) == bench()
    assert window.isWindowModified()
    boxes(window)[0].close()


def test_cancelled_close_leaves_the_window_open_and_asks_again(window: DemoWindow) -> None:
    lens = add(window, "lens")
    for _ in range(2):
        assert not window.close()
        answer(window, BUTTON.Cancel)
        assert window.isVisible()
        assert list(window.bench.items) == [lens]
        assert window.isWindowModified()


def test_discarded_changes_close_the_window_and_leave_the_file(window: DemoWindow, tmp_path: Path) -> None:
    path = written(tmp_path / "bench.json", bench())
    window.open_path(path)
    add(window, "lens")
    window.close()
    answer(window, BUTTON.Discard)
    assert not window.isVisible()
    assert json.loads(path.read_text(encoding="utf-8")) == bench()


def test_saved_changes_close_the_window(window: DemoWindow, tmp_path: Path) -> None:
    path = written(tmp_path / "bench.json", bench())
    window.open_path(path)
    lens = add(window, "lens")
    window.close()
    answer(window, BUTTON.Save)
    assert not window.isVisible()
    assert json.loads(path.read_text(encoding="utf-8"))["items"][0]["item_uuid"] == lens


def test_saving_without_a_file_asks_for_one_before_it_closes(window: DemoWindow, tmp_path: Path) -> None:
    add(window, "lens")
    window.close()
    answer(window, BUTTON.Save)
    assert window.isVisible()
    choose_file(window, tmp_path / "bench.json")
    assert (tmp_path / "bench.json").exists()
    assert not window.isVisible()


def test_saving_that_fails_or_is_given_up_does_not_close(window: DemoWindow, tmp_path: Path) -> None:
    add(window, "lens")
    window.close()
    answer(window, BUTTON.Save)
    file_dialogs(window)[0].reject()
    assert window.isVisible()
    window.set_saved(tmp_path / "missing" / "bench.json")
    add(window, "lens")
    window.close()
    answer(window, BUTTON.Save)
    assert window.isVisible()
    assert window.isWindowModified()
    boxes(window)[0].close()


def test_nothing_is_asked_where_nothing_changed(window: DemoWindow) -> None:
    assert window.close()
    assert boxes(window) == []


@pytest.mark.parametrize("button", [BUTTON.Save, BUTTON.Discard, BUTTON.Cancel])
def test_new_bench_asks_about_the_old_one(
    window: DemoWindow, tmp_path: Path, button: QMessageBox.StandardButton
) -> None:
    path = written(tmp_path / "bench.json", bench())
    window.open_path(path)
    add(window, "lens")
    window.new()
    answer(window, button)
    kept = button == BUTTON.Cancel
    assert len(window.bench.items) == kept
    assert window.isWindowModified() is kept
    assert (window.path is None) is not kept
    assert ("lens" in path.read_text(encoding="utf-8").casefold()) is (button == BUTTON.Save)


def test_opening_asks_about_changes_first(window: DemoWindow, tmp_path: Path) -> None:
    add(window, "lens")
    window.open()
    assert file_dialogs(window) == []
    answer(window, BUTTON.Discard)
    choose_file(
        window, written(tmp_path / "bench.json", bench(items=[{"_type": "component", "x_mm": 1, "y_mm": 2}]))
    )
    assert window.windowTitle() == "bench.json[*] - Optics bench"
    assert [item.props["pos"] for item in window.bench.items.values()] == [[1, 2]]


def test_everything_that_changes_the_bench_is_a_change(window: DemoWindow) -> None:
    changes: list[Callable[[], object]] = [
        lambda: window.bench.put("lens", "component", {"pos": [1.0, 2.0]}),
        lambda: window.bench.change({"lens": {"name": "Lens"}}),
        lambda: window.bench.remove(["lens"]),
    ]
    for change in changes:
        window.set_saved(None)
        change()
        assert window.isWindowModified()


def test_all_are_told_that_it_closes_even_if_one_fails(window: DemoWindow) -> None:
    def fail() -> None:
        raise ValueError("not today")

    heard: list[int] = []
    window.before_close(lambda: heard.append(1))
    window.before_close(fail)
    window.before_close(lambda: heard.append(2))
    add(window, "lens")
    window.close()
    assert heard == []
    answer(window, BUTTON.Discard)
    assert sorted(heard) == [1, 2]
    assert logged(window, "ERROR") == ["✗ Closing a plugin failed: not today"]
