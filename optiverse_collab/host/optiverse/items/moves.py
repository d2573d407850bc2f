"""Which operations move a component or a source and change nothing else of it."""

from __future__ import annotations

from typing import TypeGuard

from optiverse_collab.core.records import Op, Set

PLACE = frozenset(("pos", "angle_deg"))
"""The properties of a component or a source that say where it is on the canvas."""


def is_move(op: Op) -> TypeGuard[Set]:
    """Whether an operation sets these and nothing else; many times a second while others drag."""
    return isinstance(op, Set) and not op.unset and op.props.keys() <= PLACE
