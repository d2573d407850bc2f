"""Optiverse's own ray tracing, without a window."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from optiverse_collab.convert import read_bench, records_from_bench
from optiverse_collab.core.client.bisection import Bisection
from optiverse_collab.core.client.past_steps import steps_of
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Record, Set, put
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.ray_engine import OptiverseRays
from optiverse_collab.host.optiverse.upstream.version import installed_version, knows_layers
from optiverse_collab.host.ray_engines import ray_engine
from tests.helpers.aio import DEADLINE_S
from tests.helpers.benches import DATA
from tests.helpers.optiverse_user import wait_until
from tests.helpers.processes import run_python

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

FILES = [
    "bench_small.json",
    "bench_300.json",
    "bench_layers.json",
    *("assemblies/" + name for name in ("two_mirror.json", "waveplate_pbs.json", "scene_9daf.json")),
]


def optic(id: str, element: str, x: float, y: float, angle: float = 0.0, **more: Any) -> Record:
    """An upright surface of 25 mm, turned clockwise."""
    line = {"x1_mm": 0.0, "y1_mm": 12.5, "x2_mm": 0.0, "y2_mm": -12.5, "element_type": element, **more}
    return Record(id, "component", {"name": id, "pos": [x, y], "angle_deg": angle, "interfaces": [line]})


LASER = Record("laser", "source", {"pos": [-50.0, 0.0], "n_rays": 1, "size_mm": 0.0, "ray_length_mm": 1000.0})
FOLDED = {
    one.id: one
    for one in (LASER, optic("m1", "mirror", 100.0, 0.0, 45.0), optic("d1", "beam_block", 100.0, 200.0, 90.0))
}


GLASS = optic("glass", "refractive_interface", -400.0, 0.0, 20.0, n1=1.0, n2=1.5, is_curved=True)
GLASS.props["interfaces"][0]["radius_of_curvature_mm"] = 40.0


def test_engine_is_found_and_named() -> None:
    assert ray_engine().name == f"Optiverse {installed_version()}"


def rounded(paths: Any) -> list[list[tuple[float, float]]]:
    """The corners of rays, in any order."""
    return sorted(
        [(round(float(x), 5) + 0.0, round(float(y), 5) + 0.0) for x, y in one.points] for one in paths
    )


@pytest.mark.parametrize("file", FILES)
def test_rays_are_those_of_a_window(
    file: str, window: Any, host: OptiverseHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hidden sources, curved glass, and pictures that aren't here included."""
    records = {**records_from_bench(read_bench(DATA / file)).records, "glass": GLASS}
    for number in range(5):
        place = {
            "pos": [-600.0, 60.0 * number - 120.0],
            "angle_deg": 3.0 * number,
            "n_rays": 3,
            "size_mm": 9.0,
        }
        records[f"laser {number}"] = Record(f"laser {number}", "source", {**LASER.props, **place})
    host.apply([put(one) for one in records.values()])
    rays, traced = OptiverseRays(), list[Any]()
    names = rays._names

    def trace(*args: Any, **options: Any) -> Any:
        traced.extend(names.trace_rays_polymorphic(*args, **options))
        return traced

    monkeypatch.setattr(rays, "_names", dataclasses.replace(names, trace_rays_polymorphic=trace))
    rays.hits({**records, "note": Record("note", "text", {})}, "note")
    assert len(traced) > 10

    def is_same() -> bool:
        window.retrace()  # It hides items soon after they are there.
        return rounded(window.ray_data) == rounded(traced)

    wait_until(is_same)


def test_beam_hits_what_its_rays_meet() -> None:
    rays = OptiverseRays()
    assert [id for id in FOLDED if rays.hits(FOLDED, id)] == ["m1", "d1"]
    assert not rays.hits({**FOLDED, "block": optic("block", "beam_block", 50.0, 0.0)}, "d1")
    assert rays.hits({**FOLDED, "lens": optic("lens", "lens", 50.0, 0.0, efl_mm=500.0)}, "d1")
    for y, hit in ((12.0, True), (13.0, False)):
        assert rays.hits({**FOLDED, "m2": optic("m2", "mirror", 50.0, y)}, "m2") is hit
    assert rays.hits(
        {"laser": LASER, "glass": Record("glass", "component", {**GLASS.props, "pos": [0, 0]})}, "glass"
    )


def test_beam_hits_other_items_where_they_lie() -> None:
    rays = OptiverseRays()
    box = {"pos": [50.0, 0.0], "size_mm": [10.0, 10.0]}
    assert rays.hits({**FOLDED, "box": Record("box", "rectangle", box)}, "box")
    assert not rays.hits({**FOLDED, "box": Record("box", "rectangle", {**box, "pos": [50.0, 9.0]})}, "box")
    assert rays.hits({**FOLDED, "b": Record("b", "source", {"pos": [50.0, 0.0]})}, "b")
    assert not rays.hits({**FOLDED, "b": Record("b", "source", {"pos": [50.0, 0.0]})}, "laser")


def test_hidden_source_shines_as_in_its_version() -> None:
    dark = Record("laser", "source", {**LASER.props, "layer_visible": False})
    assert OptiverseRays().hits({**FOLDED, "laser": dark}, "d1") is not knows_layers()


@pytest.mark.parametrize(
    "props",
    [
        {"pos": "here"},
        {"pos": [50.0, 0.0], "interfaces": 5},
        {"pos": [50.0, 0.0], "interfaces": [{"element_type": "from the future"}]},
        {"pos": [50.0, 0.0], "interfaces": [{"element_type": "lens", "efl_mm": "long", "y1_mm": 9.0}]},
        {"pos": [50.0, 0.0], "n_rays": "many", "wavelength_nm": None, "new_in_0_4": [1]},
    ],
)
def test_strange_items_are_in_nobodys_way(props: dict[str, Any]) -> None:
    for kind in ("component", "source", "from the future", "group", "assembly"):
        assert OptiverseRays().hits({**FOLDED, "x": Record("x", kind, props)}, "d1")
    wall = Record("x", "from the future", optic("x", "beam_block", 50.0, 0.0).props)
    assert OptiverseRays().hits({**FOLDED, "x": wall}, "d1")


def test_who_broke_the_beam_is_found() -> None:
    moves = [Set("m1", {"name": str(n)} if n != 300 else {"angle_deg": 52.0}) for n in range(500)]
    entries = [PastEntry(n, 0, "Ana", [op], str(n)) for n, op in enumerate(moves, 1)]
    search, rays = Bisection(FOLDED, steps_of(FOLDED, entries), "d1"), OptiverseRays()
    while search.bench is not None:
        search.answer(rays.hits(search.bench, "d1"))
    assert [(one.last, one.author) for one in search.culprits] == [(301, "Ana")]
    assert search.traces <= 2 + 9


HEADLESS = """
import sys
from optiverse_collab.core.records import Record
from optiverse_collab.host.ray_engines import ray_engine
line = {"x1_mm": 0, "y1_mm": 9, "x2_mm": 0, "y2_mm": -9, "element_type": "mirror"}
mirror = {"pos": [50, 0], "interfaces": [line], "image_path": "@component/x/y.png"}
bench = {
    "d1": Record("d1", "component", mirror),
    "laser": Record("laser", "source", {"pos": [0, 0]}),
    "new": Record("new", "component", {"pos": [0, 0], "interfaces": [{"element_type": "from the future"}]}),
}
print(ray_engine().name, ray_engine().hits(bench, "d1"))
from PyQt6.QtWidgets import QApplication
print(QApplication.instance())
"""


def test_no_display_is_needed() -> None:
    environment = {"QT_QPA_PLATFORM": "xcb", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    ended = run_python("-c", HEADLESS, deadline=DEADLINE_S, environment=environment)
    assert (ended.output, ended.errors) == (f"Optiverse {installed_version()} True\nNone\n", "")
