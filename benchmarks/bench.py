"""A bench for measurements: components as the editor writes them, and drags of them."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from math import cos, sin
from typing import Any

from optiverse_collab.core.records import Record

COLUMNS, STEP_MM = 40, 60.0
"""Components are in rows, far enough apart that they don't overlap."""

CHANGES_PER_PUSH = 250
"""How many components each push has while a bench is put into a session; about 150 KB."""

EDIT = re.compile(rb'"pos":\[(\d+)\.25,')
"""Finds the number of each edit in a message, whatever the frames."""


def component(number: int) -> dict[str, Any]:
    """A polarizing beam splitter of median size (550 bytes) among the 300 components of a real bench."""
    return {
        "op": "put",
        "id": component_id(number),
        "kind": "component",
        "props": {
            "pos": place(number),
            "angle_deg": 345.0,
            "object_height_mm": 50.8,
            "mm_per_pixel": 0.0508,
            "name": 'PBS (2" Polarizing)',
            "image_path": "images/pbs_2_inch.png",
            "reference_line_mm": [-25.4, 25.4, 25.4, -25.4],
            "interfaces": [
                {
                    "x1_mm": -25.4,
                    "y1_mm": 25.4,
                    "x2_mm": 25.4,
                    "y2_mm": -25.4,
                    "element_type": "beam_splitter",
                    "name": "",
                    "split_T": 0.0,
                    "split_R": 0.0,
                    "is_polarizing": True,
                    "pbs_transmission_axis_deg": 0.0,
                }
            ],
            "category": "beamsplitters",
            "notes": None,
            "locked": False,
            "z_value": 5.0,
        },
    }


def source() -> dict[str, Any]:
    """A laser on the left of the first row, with nine rays along it."""
    x, y = place(0)
    return {
        "op": "put",
        "id": str(uuid.UUID(int=2**126)),
        "kind": "source",
        "props": {
            "pos": [x - STEP_MM, y],
            "angle_deg": 0.0,
            "size_mm": 10.0,
            "n_rays": 9,
            "ray_length_mm": 1000.0,
            "spread_deg": 0.0,
            "color_hex": "#dc143c",
            "wavelength_nm": 633.0,
            "locked": False,
            "z_value": 5.0,
        },
    }


def place(number: int) -> list[float]:
    """The position of a component, in mm."""
    row, column = divmod(number, COLUMNS)
    return [STEP_MM * column - 885.2073041425572, STEP_MM * row + 172.46314119522515]


def component_id(number: int) -> str:
    """The id of a component: as long as the editor's, and the same in every run."""
    return str(uuid.UUID(int=number + 2**127))


def drag(number: int, client_clock: int, component: int) -> bytes:
    """The push of a drag: one new position.

    Args:
        number: of the edit in this run; `EDIT` finds it.
        client_clock: the change's number at its client.
        component: the dragged one.
    """
    op = {"op": "set", "id": component_id(component), "props": {"pos": [number + 0.25, 172.46314119522515]}}
    return push([(client_clock, op)])


def sway(component: int, client_clock: int) -> bytes:
    """The push of somebody who drags a component around its position.

    Args:
        component: the dragged one.
        client_clock: the change's number at its client.
    """
    x, y = place(component)
    at = [x + client_clock % 20, y + client_clock % 15]
    return push([(client_clock, {"op": "set", "id": component_id(component), "props": {"pos": at}})])


def elsewhere(records: Mapping[str, Record], number: int) -> dict[str, Record]:
    """The records, each one in another place and turned; with another number, in yet another."""
    found = {}
    for place_in_bench, (id, one) in enumerate(records.items()):
        x, y = one.props["pos"]
        turn = number / 10 + place_in_bench
        props = {"pos": [x + 20.0 * sin(turn), y + 5.0 * cos(turn)], "angle_deg": 345.0 + 5.0 * sin(turn)}
        found[id] = Record(id, one.kind, {**one.props, **props})
    return found


def pointer(number: int, round_: int) -> bytes:
    """The presence of somebody who moves the mouse around over the first rows.

    Args:
        number: of the person; each has a separate path.
        round_: their position on it.
    """
    turn = round_ / 30 * (0.5 + number / 10) + number
    x, y = place(COLUMNS // 2)
    at = [
        x + 900.0 * cos(turn) * (number % 5 + 1) / 5,
        y + 200.0 + 400.0 * sin(1.1 * turn) * (number % 3 + 1) / 3,
    ]
    return json.dumps({"type": "presence", "state": {"cursor": at}}, separators=(",", ":")).encode()


def pushes(components: int, sources: int = 0) -> Iterator[tuple[int, bytes]]:
    """The pushes that put a bench into a session, each with its last client_clock; the first is 1."""
    puts = [component(number) for number in range(components)] + [source()] * sources
    for first in range(0, len(puts), CHANGES_PER_PUSH):
        page = puts[first : first + CHANGES_PER_PUSH]
        yield first + len(page), push([(first + 1 + number, put) for number, put in enumerate(page)])


def push(changes: Sequence[tuple[int, dict[str, Any]]]) -> bytes:
    """A ``push`` of changes with one operation each."""
    message = {"type": "push", "changes": [{"client_clock": clock, "ops": [op]} for clock, op in changes]}
    return json.dumps(message, separators=(",", ":")).encode()
