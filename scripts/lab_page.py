"""A made-up day at an interferometer, for the picture of a lab book page in docs/history.md."""

from __future__ import annotations

from datetime import timezone
from typing import Any

from optiverse_collab.core.client.past_steps import played, steps_of
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.report.contents import Report

ONE_O_CLOCK_MS = 1_795_698_000_000
"""On 2026-11-26, UTC."""


def day() -> Report:
    """The history of an afternoon: a bench, and what Ana and Ben did."""
    start = {record.id: record for record in _bench()}
    changes: list[tuple[str, Op]] = [
        ("Ana", Set("m1", {"pos": [18.0, 226.0], "angle_deg": 38.0})),
        ("Ben", Set("lens", {"pos": [-92.0, 0.0]})),
        ("Ben", Remove("block")),
        ("Ana", Put("iris", "component", _props("Iris", "beam_block", (395.0, 200.0), (0.0, 12.0)))),
        ("Ana", Set("d2", {"notes": "Dark port: 3 % visible."})),
    ]
    entries = [
        PastEntry(31 + number, ONE_O_CLOCK_MS + number * 240_000, author, [op])
        for number, (author, op) in enumerate(changes)
    ]
    end, steps = played(start, entries), steps_of(start, entries)
    return Report("wss://lab.example:8765", "lab", start, end, steps, zone=timezone.utc)


def _bench() -> list[Record]:
    """A Mach-Zehnder interferometer on a breadboard."""
    flat, diagonal = (0.0, 12.7), (-12.7, 12.7)
    parts = [
        ("bs1", "BS 1", "beam_splitter", (0.0, 0.0), diagonal),
        ("bs2", "BS 2", "beam_splitter", (300.0, 200.0), diagonal),
        ("m1", "M1", "mirror", (0.0, 200.0), (0.0, 12.7)),
        ("m2", "M2", "mirror", (300.0, 0.0), (0.0, 12.7)),
        ("lens", "Lens 1", "lens", (-150.0, 0.0), flat),
        ("hwp", "HWP", "polarizing_interface", (-60.0, 0.0), flat),
        ("block", "Beam block", "beam_block", (60.0, -60.0), (20.0, 0.0)),
        ("d1", "D1", "beam_block", (470.0, 200.0), flat),
        ("d2", "D2", "beam_block", (300.0, 300.0), (12.7, 0.0)),
    ]
    angles = {"m1": 45.0, "m2": 45.0}
    optics = [
        Record(id, "component", {**_props(name, kind, at, end), "angle_deg": angles.get(id, 0.0)})
        for id, name, kind, at, end in parts
    ]
    board = {"name": "Breadboard", "pos": [120.0, 120.0], "object_height_mm": 760.0}
    laser = {"name": "Laser", "pos": [-220.0, 0.0], "size_mm": 20.0, "angle_deg": 0.0}
    return [Record("board", "component", board), Record("laser", "source", laser), *optics]


def _props(name: str, kind: str, at: tuple[float, float], end: tuple[float, float]) -> dict[str, Any]:
    """A component with one surface, from `end` to the point across its middle."""
    x, y = end
    surface = {"x1_mm": x, "y1_mm": y, "x2_mm": -x, "y2_mm": -y, "element_type": kind}
    return {"name": name, "pos": [*at], "interfaces": [surface]}
