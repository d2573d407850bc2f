"""Sessions with real benches and random histories, and copies that left them and were edited elsewhere."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from optiverse_collab.convert import bench_from_records, differs, is_item, records_from_bench
from optiverse_collab.convert.places import moved
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply, put
from tests.helpers.benches import DATA, REAL, load

Bench = dict[str, Record]
Saved = dict[str, Any]

NAMES = [*REAL, *(f"assemblies/{path.stem}" for path in sorted((DATA / "assemblies").glob("*.json")))]
"""Of all benches in tests/data that have items."""


def entry(clock: int, *ops: Op, author: str = "Ana", step: str = "") -> PastEntry:
    """A change, made `clock` seconds after 1970."""
    return PastEntry(clock, 1000 * clock, author, list(ops), step)


def saved(records: Mapping[str, Record], editor: Callable[[Saved], Saved] = dict) -> Bench:
    """Records after a way through a file and an editor."""
    return records_from_bench(json.loads(json.dumps(editor(bench_from_records(records))))).records


class Case(NamedTuple):
    """A copy that comes back.

    Attributes:
        entries: the session's history, from its first change on.
        states: the bench after each clock.
        left: the clock after which the copy left.
        copy: the copy, edited since.
        touched: the ids of what was edited in it.
    """

    entries: list[PastEntry]
    states: list[Bench]
    left: int
    copy: Bench
    touched: set[str]


def is_right(case: Case, clock: int) -> bool:
    """Whether the session was then as when the copy left, in all that the copy did not touch."""
    then, now = case.states[case.left], case.states[clock]
    alike = all(
        (id in then) == (id in now) and (id not in then or not differs(then[id], now[id]))
        for id in (then.keys() | now.keys()) - case.touched
    )
    return alike and moved(then, now) <= case.touched


def random_case(seed: int, editor: Callable[[Saved], Saved] = dict) -> Case:
    """Up to 200 changes by three people, and up to 12 edits of the copy.

    Args:
        seed: of all that is random.
        editor: opens a bench and returns what it saves.
    """
    chance = random.Random(seed)
    view = records_from_bench(load(chance.choice(NAMES))).records
    entries, states = [entry(1, *map(put, view.values()))], [{}, dict(view)]
    for clock in range(2, chance.randrange(20, 200)):
        ops = random_edit(chance, view)
        for op in ops:
            apply(view, op)
        entries.append(entry(clock, *ops, author=chance.choice(["Ana", "Ben", "Eva"])))
        states.append(dict(view))
    left = chance.randrange(1, len(states))
    copy, touched = saved(states[left], editor), set[str]()
    for _ in range(chance.randrange(12)):
        for op in random_edit(chance, copy):
            apply(copy, op)
            touched.add(op.id)
    return Case(entries, states, left, saved(copy, editor), touched)


def random_edit(chance: random.Random, view: Mapping[str, Record]) -> list[Op]:
    """What somebody does: most often a move."""
    items = [record for record in view.values() if is_item(record)]
    one, other = chance.choice(items), chance.choice(items)
    place = [round(chance.uniform(-300.0, 300.0), 1), round(chance.uniform(-300.0, 300.0), 1)]
    copy = {**other.props, "pos": place, "order": other.props.get("order", 0.0) - 0.5}
    what = chance.random()
    if what < 0.55:
        return [Set(one.id, {"pos": place})]
    if what < 0.65:
        return [Set(one.id, {"angle_deg": chance.choice([0.0, 45.0, 90.0, 135.0])})]
    if what < 0.75:
        return [Set(one.id, {"name": f"M{chance.randrange(50)}"})]
    if what < 0.83:
        return [Remove(one.id)] if len(items) > 5 else []
    if what < 0.93:
        return [Put(f"new-{chance.randrange(10**9)}", other.kind, copy)]
    return [Set(one.id, {"order": other.props.get("order", 0.0) - 0.25})]
