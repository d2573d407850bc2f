"""The real Optiverse opens our files, and sees the same bench as in the original."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from optiverse_collab.convert import (
    bench_from_records,
    compare,
    item_from_record,
    record_from_item,
    records_from_bench,
    replacements,
    same_bench,
)
from optiverse_collab.convert.ancestor_search import AncestorSearch, Certainty
from optiverse_collab.core.records import Record
from tests.convert.test_old_format import ends
from tests.helpers import benches
from tests.helpers.benches import ASSEMBLIES, REAL, Bench
from tests.helpers.stray_copies import is_right, random_case

pytestmark = [pytest.mark.optiverse, pytest.mark.filterwarnings("default")]


class Log:
    """Accepts log lines from the host, and discards them."""

    def debug(self, *_: Any) -> None:
        """Accept a line; the other levels do the same."""

    info = warning = error = debug


@pytest.fixture
def opened_and_saved(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Bench], Bench]]:
    """Let the host open a bench in an empty scene; returns the bench that it would save."""
    pytest.importorskip("optiverse.ui", reason="Optiverse is not installed")
    from optiverse.services.scene_file_manager import SceneFileManager
    from PyQt6 import QtWidgets

    # The newer one reports missing components in a dialog, and waits.
    monkeypatch.setattr(QtWidgets.QMessageBox, "warning", lambda *_: None)
    window = QtWidgets.QWidget()
    scenes = []

    def open_and_save(bench: Bench) -> Bench:
        scene = QtWidgets.QGraphicsScene()
        scenes.append(scene)
        files = SceneFileManager(scene, Log(), list, lambda _: None, window)
        _add_layers(files, scene)
        files.load_from_data(bench)
        saved: Bench = files.serialize_scene()
        return saved

    yield open_and_save
    scenes.clear()
    window.deleteLater()


def _add_layers(files: Any, scene: Any) -> None:
    if hasattr(files, "set_group_manager"):
        from optiverse.core.layer_group import GroupManager

        files.set_group_manager(GroupManager(scene))
    else:
        from optiverse.core.layer_tree_state import LayerTreeState
        from optiverse.services.linked_assembly_service import LinkedAssemblyService

        state = LayerTreeState()
        files.set_layer_state(state)
        files.set_linked_assembly_service(LinkedAssemblyService(scene, state, Log()))


@pytest.mark.parametrize("name", REAL)
def test_an_export_opens_as_the_original_does(name: str, opened_and_saved: Callable[[Bench], Bench]) -> None:
    original = benches.load(name)
    exported = bench_from_records(records_from_bench(original).records)
    if "layer_state" in original and "groups" in opened_and_saved(original):
        original["groups"] = exported["groups"]  # The older one finds no groups in the original.
    assert same_bench(opened_and_saved(original), opened_and_saved(exported)) == []


@pytest.mark.parametrize("name", REAL)
def test_groups_and_items_are_where_we_say(name: str, opened_and_saved: Callable[[Bench], Bench]) -> None:
    exported = bench_from_records(records_from_bench(benches.load(name)).records)
    saved = opened_and_saved(exported)
    assert ids(saved) == ids(exported)
    if "layer_state" in saved:
        assert saved["layer_state"] == exported["layer_state"]
    else:
        assert members(saved) == members(exported)


def ids(bench: Bench) -> set[str]:
    sections = ("items", "rulers", "texts", "rectangles", "path_measures")
    return {item["item_uuid"] for section in sections for item in bench[section]}


def members(bench: Bench) -> dict[str, tuple[str, str | None, list[str]]]:
    return {
        group["group_uuid"]: (
            group["name"],
            group.get("parent_group_uuid"),
            sorted(group["item_uuids"]),
        )
        for group in bench["groups"]
    }


@pytest.mark.parametrize("name", REAL)
def test_what_the_host_saves_comes_back_the_same(
    name: str, opened_and_saved: Callable[[Bench], Bench]
) -> None:
    saved = opened_and_saved(benches.load(name))
    imported = records_from_bench(saved)
    assert imported.warnings == []
    assert same_bench(saved, bench_from_records(imported.records)) == []


@pytest.mark.parametrize("name", REAL)
def test_an_item_of_the_host_comes_back_the_same(
    name: str, opened_and_saved: Callable[[Bench], Bench]
) -> None:
    """Item by item, as in the plugin."""
    from optiverse.objects.type_registry import deserialize_item

    for item in opened_and_saved(benches.load(name))["items"]:
        again = deserialize_item(item_from_record(record_from_item(item))).to_dict()
        assert again == item


@pytest.mark.parametrize("name", [*REAL, *(f"assemblies/{name}" for name in ASSEMBLIES)])
def test_opening_and_saving_edits_nothing(name: str, opened_and_saved: Callable[[Bench], Bench]) -> None:
    """docs/bench-format.md, "When two records are the same"; twice: the first time fills in defaults."""
    records = records_from_bench(benches.load(name)).records
    once = opened_and_saved(bench_from_records(records))
    for saved in (once, opened_and_saved(once)):
        again = records_from_bench(saved).records
        found = compare(again, records)
        assert (found.new, found.differ, found.missing) == ([], [], [])
        assert replacements(records, again, "layer_state" in saved) == []


ODD_VALUES: list[Any] = [None, True, -1, 0, 1e308, "abc", "", [], [1], [1, 2], ["a", "b"], {}, {"a": 1}]
ODD_VALUES += [[[1, 2]], [{}], [{"element_type": 5}], [{"x1_mm": "a"}], 2**63, "/no/such.png"]
ODD_NAMES = ["locked", "name", "parent", "owner_uuid", "type", "file:pos"]
ODD_NAMES += ["layer_visible", "layer_name", "layer_link_metadata", "link", "absent_items", "linked_cache"]


def test_copies_edited_in_the_host_have_their_ancestors(
    opened_and_saved: Callable[[Bench], Bench],
) -> None:
    """The copy is opened and saved, edited, and opened and saved again."""
    cases = [random_case(seed, opened_and_saved) for seed in range(20)]
    for case in cases:
        search = AncestorSearch(case.copy, {}, 0)
        search.add(case.entries)
        found = search.find()
        assert found is not None
        assert is_right(case, found.clock) or found.certainty is not Certainty.SURE


@pytest.mark.parametrize("seed", range(100))
def test_export_opens_whatever_is_in_the_session(
    seed: int, opened_and_saved: Callable[[Bench], Bench]
) -> None:
    source = random.Random(seed)
    records = list(records_from_bench(benches.load("bench_layers")).records.values())
    odd = {}
    for record in records:
        props = dict(record.props)
        for _ in range(source.randrange(3)):
            props[source.choice([*props, *ODD_NAMES])] = source.choice(ODD_VALUES)
        odd[record.id] = Record(record.id, record.kind, props)
    opened_and_saved(bench_from_records(odd))


def test_element_of_an_old_file_stands_where_it_stood(qapp: Any) -> None:
    """Its effect on light stays, too, as far as the host stores it for that kind of interface."""
    registry = pytest.importorskip("optiverse.objects.type_registry")
    records, _ = records_from_bench(benches.load("bench_old_format"))
    for record in records.values():
        item = item_from_record(record)
        made = registry.deserialize_item(dict(item))
        if record.kind == "source":
            assert made.params.n_rays == item["n_rays"]
            continue
        [(one, other, interface)] = made.get_interfaces_scene()
        found = sorted((round(x, 6) + 0.0, round(y, 6) + 0.0) for x, y in (one, other))
        assert found == ends(item)
        said = interface.to_dict()
        assert {**said, **item["interfaces"][0]} == said
