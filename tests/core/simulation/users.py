"""Random actions of users: they edit, undo, move their cursors, host and leave."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.core.simulation.scenario import OpData, Step
from tests.core.simulation.world import World

IDS = ("a", "b", "c", "d", "e", "ö")
PROPS = ("x", "y", "pos", "parent", "order", "z_value")
VALUES: tuple[Any, ...] = (0, 1, 1.0, 2.5, -0.0, True, None, "", "ü", [1, 2.5], {"k": [0]}, "long " * 9)


def edit(random: Random, world: World, index: int) -> Step:
    """Change a shown record, or put a new one."""
    view = world.clients[index].replica.view
    shown = {id for id in IDS if id in view}
    ops = [_op(random, shown)]
    while random.random() < 0.2:
        ops.append(_op(random, shown))
    how: dict[str, Any] = {}
    if random.random() < 0.15:
        how["back"] = random.randrange(1, 6)
    if random.random() < 0.1:
        how["yields"] = True
    if random.random() < 0.1:
        how["step"] = random.choice(("drag", "script", "sweep:a", "restore:b"))
    return ["edit", index, ops, how] if how else ["edit", index, ops]


def _op(random: Random, shown: set[str]) -> OpData:
    """An operation on what is shown; `shown` is what is shown after it."""
    chance = random.random()
    ids = sorted(shown)
    if chance < 0.25 or not ids:
        id = random.choice(IDS)
        shown.add(id)
        return {"op": "put", "id": id, "kind": random.choice(("component", "ruler")), "props": _props(random)}
    id = ids[int(random.random() * len(ids))]
    if chance < 0.4:
        shown.remove(id)
        return {"op": "remove", "id": id}
    if chance < 0.5:
        return {"op": "set", "id": id, "props": _props(random), "unset": [random.choice(PROPS)]}
    return {"op": "set", "id": id, "props": {random.choice(PROPS): random.choice(VALUES)}}


def _props(random: Random) -> dict[str, Any]:
    return {name: random.choice(VALUES) for name in PROPS if random.random() < 0.4}


def role(random: Random, world: World, index: int) -> Step:
    """Lose the right to edit, or get it back."""
    return ["role", index, random.choice(("viewer", "commenter", "editor", "editor", "owner"))]


def undo(random: Random, world: World, index: int) -> Step | None:
    """Undo the last change."""
    return ["undo", index] if world.clients[index].undo else None


def show(random: Random, world: World, index: int) -> Step:
    """Move the cursor, or change other presence."""
    return ["show", index, _state(random)]


def _state(random: Random) -> dict[str, Any]:
    return {random.choice(("cursor", "drag")): random.choice((None, 1, [2.5, 0.0]))}


def host(random: Random, world: World, index: int) -> Step | None:
    """Host the session, or stop hosting it."""
    hosts = [client.index for client in world.clients if client.shown.get("hosts")]
    if not hosts:
        return ["show", index, {"hosts": True}]
    index, chance = hosts[0], random.random()
    if chance < 0.3:
        return ["close_host", index]
    return ["depart", index, {"hosts": None}] if chance < 0.7 else ["show", index, {"hosts": None}]


def drag(random: Random, world: World, index: int) -> Step | None:
    """Drag an item, briefly or for longer than an answer should take."""
    shown = [id for id in IDS if id in world.clients[index].replica.view]
    return ["drag", index, random.choice(shown), random.choice((4, 36))] if shown else None


def depart(random: Random, world: World, index: int) -> Step | None:
    """Move the cursor and leave."""
    return ["depart", index, _state(random)] if world.clients[index].connection is not None else None
