"""The bench for the measurement: components, a laser, and one component that is easy to recognise."""

from __future__ import annotations

from benchmarks.bench import STEP_MM, component, component_id, place, source
from optiverse_collab.core.records import Put
from optiverse_collab.scripting import Bench

SESSION = "bench"
MARKED = component_id(0)
"""The id of the component that the mouse drags."""

CHANGES_PER_STEP = 250


def puts(components: int, sources: int) -> list[Put]:
    """The operations that make the bench; the marked component is an upright line, away from the others.

    Args:
        components: how many.
        sources: 1 for a laser among them.
    """
    made = [component(number) for number in range(components)]
    marked = made[0]["props"]
    x, y = place(components // 2 if components < 40 else 20)
    upright = {"x1_mm": 0.0, "y1_mm": 30.0, "x2_mm": 0.0, "y2_mm": -30.0}
    marked |= {
        "pos": [x, y - 2 * STEP_MM],
        "angle_deg": 0.0,
        "image_path": "",
        "reference_line_mm": [0.0, 30.0, 0.0, -30.0],
        "interfaces": [marked["interfaces"][0] | upright],
    }
    return [Put(one["id"], one["kind"], one["props"]) for one in made + [source()] * sources]


def share(url: str, ops: list[Put]) -> None:
    """Put the bench into the session."""
    with Bench(url, session=SESSION, user="author") as bench:
        for first in range(0, len(ops), CHANGES_PER_STEP):
            bench.edit(ops[first : first + CHANGES_PER_STEP])
