"""Undo, as in a host: the inverse of a user's own edit."""

from __future__ import annotations

from tests.core.simulation.scenario import OpData
from tests.core.simulation.truth import Doc, play


def inverse(screen: Doc, ops: list[OpData]) -> list[OpData]:
    """The inverse of `ops`, which are about to be applied to `screen`."""
    screen = dict(screen)
    inverse: list[OpData] = []
    for op in ops:
        record = screen.get(op["id"])
        if not play(screen, op):
            continue
        if record is None:
            inverse.append({"op": "remove", "id": op["id"]})
        elif op["op"] == "set" or op.get("kind") == record.kind:
            props = {
                name: record.props[name]
                for name in (*op.get("props", ()), *op.get("unset", ()))
                if name in record.props
            }
            unset = [name for name in op.get("props", ()) if name not in record.props]
            inverse.append({"op": "set", "id": op["id"], "props": props, "unset": unset})
        else:
            inverse.append({"op": "put", "id": record.id, "kind": record.kind, "props": record.props})
    return inverse[::-1]
