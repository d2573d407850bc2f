"""A bench to measure with: components as the editor writes them, and how one is dragged."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

CHANGES_PER_PUSH = 250
"""How many components a push carries while a bench is put into a session; about 150 KB."""

EDIT = re.compile(rb'"pos":\[(\d+)\.25,')
"""Finds the number of each edit in a message, however the edits are framed."""


def component(number: int) -> dict[str, Any]:
    """A polarizing beam splitter: of the 300 components of a real bench, one of median size (550 bytes)."""
    return {
        "op": "put",
        "id": component_id(number),
        "kind": "component",
        "props": {
            "pos": [-885.2073041425572, 172.46314119522515],
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


def component_id(number: int) -> str:
    """The id of a component: as long as the editor's, and the same in every run."""
    return str(uuid.UUID(int=number + 2**127))


def drag(number: int, client_clock: int, component: int) -> bytes:
    """The push that a drag makes: one new position.

    Args:
        number: which edit of the run this is; `EDIT` finds it again.
        client_clock: which change of its client's.
        component: what is dragged.
    """
    op = {"op": "set", "id": component_id(component), "props": {"pos": [number + 0.25, 172.46314119522515]}}
    return push([(client_clock, op)])


def pushes(components: int) -> Iterator[tuple[int, bytes]]:
    """The pushes that put a bench into a session, each with its last client_clock; the first is 1."""
    for first in range(0, components, CHANGES_PER_PUSH):
        last = min(first + CHANGES_PER_PUSH, components)
        yield last, push([(number + 1, component(number)) for number in range(first, last)])


def push(changes: Sequence[tuple[int, dict[str, Any]]]) -> bytes:
    """A ``push`` of changes with one operation each."""
    message = {"type": "push", "changes": [{"client_clock": clock, "ops": [op]} for clock, op in changes]}
    return json.dumps(message, separators=(",", ":")).encode()
