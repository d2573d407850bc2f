"""The main window: files that are no bench, odd items, dialogs, themes."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from optiverse_collab.convert import same_bench
from optiverse_collab_demo.model import Item
from optiverse_collab_demo.theme import DARK, LIGHT
from optiverse_collab_demo.window import DemoWindow
from tests.helpers.benches import DATA, bench, load
from tests.helpers.demo_window import (
    GARBAGE,
    KEYS,
    add,
    boxes,
    drag,
    file_dialogs,
    has_theme,
    logged,
    move,
    press,
    release,
)


def written(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def shows(window: DemoWindow) -> dict[str, dict[str, object]]:
    return {id: dict(item.props) for id, item in window.bench.items.items()}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "There is no file"),
        ("no JSON", "not a complete JSON file"),
        ([], "no JSON object"),
        ({"version": "9.0", "items": []}, "is of version '9.0'"),
    ],
)
def test_file_that_is_no_bench_leaves_everything_as_it_was(
    window: DemoWindow, tmp_path: Path, content: object, says: str
) -> None:
    window.open_path(written(tmp_path / "good.json", bench()))
    lens = add(window, "lens")
    window.editor.turn([lens], 15.0)
    before, title = shows(window), window.windowTitle()
    path = tmp_path / "bad.json"
    window.open_path(path if content is None else written(path, content))
    assert (shows(window), window.windowTitle(), window.path) == (before, title, tmp_path / "good.json")
    assert window.isWindowModified()
    assert window.editor.undo_stack.canUndo()
    (box,), (error,) = boxes(window), logged(window, "ERROR")
    assert says in box.text()
    assert error == f"✗ {box.text()}"
    box.close()


def test_part_of_a_file_is_shown_but_never_written_over_it(window: DemoWindow, tmp_path: Path) -> None:
    """Unusable items are not on the bench; saving it under the same name would lose them."""
    good = {"_type": "component", "item_uuid": "good", "x_mm": 1.0, "y_mm": 2.0}
    path = written(tmp_path / "bench.json", bench(items=[5, good]))
    before = path.read_text(encoding="utf-8")
    window.open_path(path)
    assert list(window.bench.items) == ["good"]
    assert len(logged(window, "WARNING")) == 1
    (box,) = boxes(window)
    assert "Not all of bench.json can be used" in box.text()
    box.close()
    window.save()
    assert len(file_dialogs(window)) == 1
    assert path.read_text(encoding="utf-8") == before
    file_dialogs(window)[0].close()


@pytest.mark.parametrize("name", ["bench_small", "bench_300", "bench_layers"])
def test_file_is_opened_and_saved_as_it_was(window: DemoWindow, tmp_path: Path, name: str) -> None:
    window.open_path(DATA / f"{name}.json")
    assert window.windowTitle() == f"{name}.json[*] - Optics bench"
    assert not window.isWindowModified()
    window.grab()
    window.save_path(tmp_path / "copy.json")
    assert same_bench(load(name), json.loads((tmp_path / "copy.json").read_text(encoding="utf-8"))) == []
    assert window.path == tmp_path / "copy.json"
    assert [line.split(":")[0] for line in logged(window, "INFO")] == [
        f"✓ Opened {name}.json",
        "✓ Saved copy.json",
    ]


def test_moved_and_moved_back_bench_is_the_same(window: DemoWindow, tmp_path: Path) -> None:
    window.open_path(DATA / "bench_small.json")
    ids = list(window.bench.items)
    window.editor.turn(ids, 15.0)
    window.editor.group(ids)
    window.editor.remove(ids)
    while window.editor.undo_stack.canUndo():
        window.editor.undo()
    window.save_path(tmp_path / "copy.json")
    assert same_bench(load("bench_small"), json.loads((tmp_path / "copy.json").read_text("utf-8"))) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(st.lists(GARBAGE, min_size=1, max_size=3))
def test_garbage_on_the_bench_stops_nothing(window: DemoWindow, items: list[Item]) -> None:
    window.bench.replace([Item(f"{n}", item.kind, item.props) for n, item in enumerate(items)])
    window.view.fit()
    window.scene.update_light()
    lens = window.insert(KEYS["lens"])
    ids = list(window.bench.items)
    window.scene.select(ids)
    window.grab()
    for id in ids:
        window.edit(id)
    window.editor.turn(ids, 15.0)
    window.editor.copy(ids)
    window.paste()
    window.editor.group(ids)
    window.bench.remove([lens])
    while window.editor.undo_stack.canUndo():
        window.editor.undo()
    assert shows(window) == {f"{n}": item.props for n, item in enumerate(items)}


def test_opened_bench_can_not_be_undone_into_the_old_one(window: DemoWindow) -> None:
    window.editor.add(KEYS["lens"], (0.0, 0.0))
    window.open_path(DATA / "bench_small.json")
    before = shows(window)
    window.editor.undo()
    assert shows(window) == before


def test_opened_bench_is_all_in_sight(window: DemoWindow) -> None:
    window.open_path(DATA / "bench_300.json")
    shown = window.view.mapToScene(window.view.rect()).boundingRect()
    assert shown.contains(window.scene.extent())


def test_windows_of_a_bench_that_goes_are_closed(window: DemoWindow) -> None:
    lens = add(window, "lens")
    window.edit(lens)
    window.open_path(DATA / "bench_small.json")
    assert window.dialogs == {}
    window.edit(next(iter(window.bench.items)))
    window.show_log()
    window.close()
    assert not window.log_window.isVisible()
    assert window.dialogs == {}


def test_item_has_one_dialog_at_a_time(window: DemoWindow) -> None:
    lens, mirror = add(window, "lens"), add(window, "mirror")
    window.edit("gone")
    for id in (lens, mirror, lens):
        window.edit(id)
    assert list(window.dialogs) == [lens, mirror]
    first = window.dialogs[lens]
    first.reject()
    window.edit(lens)
    assert window.dialogs[lens] is not first


def test_inserted_items_do_not_cover_each_other(window: DemoWindow) -> None:
    window.bench.put("odd", "component", {"pos": [[1], [2]]})
    places = []
    for key in ("lens", "lens", "note", "ruler", "ruler"):
        id = window.insert(KEYS[key])
        assert window.scene.selected() == [id]
        graphics = window.scene.graphics(id)
        assert graphics is not None
        places.append((graphics.x(), graphics.y()))
    assert places[:3] == [(0.0, 0.0), (20.0, -20.0), (40.0, -40.0)]
    assert len(set(places)) == 5


def test_inserted_item_stands_where_the_user_looks(window: DemoWindow) -> None:
    window.view.centerOn(1003.0, -498.0)
    id = window.insert(KEYS["lens"])
    assert window.bench.items[id].props["pos"] == [1000.0, -500.0]


def test_paste_selects_what_was_pasted(window: DemoWindow) -> None:
    window.editor.copy([add(window, "lens"), add(window, "mirror")])
    before = set(window.bench.items)
    window.paste()
    assert set(window.scene.selected()) == set(window.bench.items) - before


def test_locked_item_stays_when_its_group_is_dragged(window: DemoWindow) -> None:
    lens, locked = add(window, "lens"), add(window, "mirror", (100.0, 0.0), locked=True)
    window.editor.group([lens, locked])
    drag(window, lens, 30.0, 0.0)
    assert set(window.scene.selected()) == {lens, locked}
    assert window.bench.items[lens].props["pos"] == [30.0, 0.0]
    assert window.bench.items[locked].props["pos"] == [100.0, 0.0]


def test_others_may_take_the_whole_bench_away_during_a_drag(window: DemoWindow) -> None:
    add(window, "lens")
    press(window, (0.0, 0.0))
    move(window, (20.0, 0.0))
    window.open_path(DATA / "bench_small.json")
    before = shows(window)
    move(window, (30.0, 0.0))
    release(window, (30.0, 0.0))
    assert shows(window) == before
    assert window.editor.undo_stack.count() == 0


def test_theme_reaches_everything(qtbot: QtBot, window: DemoWindow) -> None:
    add(window, "lens")
    for theme in (DARK, LIGHT):
        window.set_theme(theme)
        qtbot.waitUntil(partial(has_theme, window, theme))
        assert window.scene.theme is theme
        assert window.log_window.palette().window().color() == theme.window
        image = window.view.grab().toImage()
        assert image.pixelColor(3, 3).lightnessF() == pytest.approx(theme.canvas.lightnessF(), abs=0.1)


def test_entry_that_fails_is_named_without_its_mark(window: DemoWindow) -> None:
    def fail() -> None:
        raise ValueError("not today")

    window.add_menu_entry(("&Tools",), "&Do it", "", "", fail).trigger()
    assert logged(window, "ERROR") == ["✗ “Do it” failed: not today"]


def test_a_closed_window_has_nothing_to_undo(window: DemoWindow) -> None:
    """A full stack would send signals while it is deleted, to slots that Python may have freed."""
    add(window, "lens")
    window.setWindowModified(False)
    window.close()
    assert window.editor.undo_stack.count() == 0
