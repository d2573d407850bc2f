"""The scene shows the current bench, and signals each selection once."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.beams import MAX_SEGMENTS
from optiverse_collab_demo.geometry import position
from optiverse_collab_demo.model import Bench, Item
from optiverse_collab_demo.scene import BenchScene
from optiverse_collab_demo.templates import placed
from optiverse_collab_demo.theme import DARK
from tests.helpers.demo_window import GARBAGE, KEYS


@pytest.fixture
def scene(qtbot: QtBot) -> BenchScene:
    return BenchScene(Bench())


def add(scene: BenchScene, id: str, key: str = "lens", x: float = 0.0) -> None:
    scene.bench.put(id, KEYS[key].kind, placed(KEYS[key], (x, 0.0)))


def lit(scene: BenchScene) -> float:
    """How far to the right the light reaches."""
    return scene.light.boundingRect().right()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=50)
@given(st.lists(GARBAGE, max_size=4))
def test_garbage_neither_hides_nor_stops_what_is_good(qtbot: QtBot, items: list[Item]) -> None:
    scene = BenchScene(Bench())
    add(scene, "lens")
    for n, item in enumerate(items):
        scene.bench.put(f"{n}", item.kind, item.props)
        scene.bench.put("one after the other", item.kind, item.props)
    scene.update_light()
    shown = [id for id, item in scene.bench.items.items() if position(item.kind, item.props) is not None]
    assert [id for id in scene.bench.items if scene.graphics(id) is not None] == shown
    assert "lens" in shown
    assert scene.shown_items() == len(shown)
    assert scene.extent().isValid()


def test_item_that_was_there_before_the_scene_is_shown(qtbot: QtBot) -> None:
    bench = Bench()
    bench.put("lens", "component", {"pos": [1.0, 2.0]})
    assert BenchScene(bench).graphics("lens") is not None


def test_item_shows_while_it_has_a_place(scene: BenchScene) -> None:
    scene.bench.put("lens", "component", {})
    assert scene.graphics("lens") is None
    scene.bench.change({"lens": {"pos": [1.0, 2.0]}})
    assert scene.graphics("lens") is not None
    scene.select(["lens"])
    scene.bench.change({"lens": {"pos": None}})
    assert scene.graphics("lens") is None
    assert scene.selected() == []


def test_item_that_changes_its_kind_is_drawn_as_that(scene: BenchScene) -> None:
    add(scene, "lens")
    before = scene.extent()
    scene.bench.put("lens", "rectangle", {"pos": [0.0, 0.0], "size_mm": [500.0, 300.0]})
    assert scene.extent().width() > before.width() + 400.0


def test_selected_item_that_is_removed_is_told(scene: BenchScene) -> None:
    add(scene, "lens")
    scene.select(["lens"])
    heard: list[list[str]] = []
    scene.selection_changed.connect(heard.append)
    scene.bench.remove(["lens"])
    assert heard == [[]]


def test_selection_is_told_once_and_only_if_it_changes(scene: BenchScene) -> None:
    for id in ("a", "b", "c"):
        add(scene, id)
    heard: list[list[str]] = []
    scene.selection_changed.connect(lambda ids: heard.append(sorted(ids)))
    scene.select(["a", "b", "nobody"])
    scene.select(["b", "a"])
    scene.select(["c"])
    scene.select([])
    assert heard == [["a", "b"], ["c"], []]


def test_selection_is_completed_to_groups(scene: BenchScene) -> None:
    for id in ("a", "b", "c"):
        add(scene, id)
    scene.bench.put("g", "group", {})
    scene.bench.change({"a": {"parent": "g"}, "b": {"parent": "g"}})
    scene.select(["a"])
    scene.select_whole_groups()
    assert sorted(scene.selected()) == ["a", "b"]


def test_light_follows_the_bench(qtbot: QtBot, scene: BenchScene) -> None:
    add(scene, "source", "source")
    qtbot.waitUntil(lambda: lit(scene) > 900.0)
    scene.bench.put("block", "component", {"pos": [100.0, 0.0], "interfaces": [wall("beam_block")]})
    qtbot.waitUntil(lambda: lit(scene) < 120.0)
    scene.bench.change({"block": {"pos": [300.0, 0.0]}})
    qtbot.waitUntil(lambda: 290.0 < lit(scene) < 320.0)
    scene.bench.remove(["source"])
    qtbot.waitUntil(lambda: lit(scene) < 20.0)


def wall(element: str) -> dict[str, object]:
    return {"x1_mm": 0.0, "y1_mm": 50.0, "x2_mm": 0.0, "y2_mm": -50.0, "element_type": element}


def test_light_between_many_beamsplitters_ends(scene: BenchScene) -> None:
    """Each beamsplitter doubles it; without a limit, many of them would never finish."""
    add(scene, "source", "source", x=-50.0)
    for n in range(30):
        surface = {**wall("beam_splitter"), "split_T": 100.0, "split_R": 100.0}
        scene.bench.put(f"{n}", "component", {"pos": [10.0 * n, 0.0], "interfaces": [surface]})
    scene.update_light()
    assert 0 < sum(len(lines) for lines in scene.light._lines.values()) <= MAX_SEGMENTS


def test_new_items_have_the_theme_that_the_others_have(scene: BenchScene) -> None:
    add(scene, "before")
    scene.set_theme(DARK)
    add(scene, "after")
    for id in ("before", "after"):
        graphics = scene.graphics(id)
        assert graphics is not None
        assert graphics.theme is DARK


def test_id_is_that_of_what_is_shown_and_of_nothing_else(scene: BenchScene) -> None:
    add(scene, "lens")
    assert scene.id_at(scene.graphics("lens")) == "lens"
    assert scene.id_at(scene.light) is None
    assert scene.id_at(None) is None
