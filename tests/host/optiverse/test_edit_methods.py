"""Each way in which users change a bench, for each kind of item: others see it, its undo and its redo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from PyQt6.QtCore import QPointF

from optiverse_collab.convert import same_bench, tree_of
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.upstream.window import has_groups
from tests.helpers.optiverse_edit_methods import CANVAS, make
from tests.helpers.optiverse_edit_methods_files import FILES
from tests.helpers.optiverse_edit_methods_menus import MENUS
from tests.helpers.optiverse_edit_methods_panel import PANEL
from tests.helpers.optiverse_mouse import NotOffered
from tests.helpers.optiverse_session import Participant, differences, notice, rest, scan, truth
from tests.helpers.optiverse_user import grip
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

EDIT_METHODS = {**CANVAS, **MENUS, **PANEL, **FILES}
CELLS = [(name, kind) for name, method in EDIT_METHODS.items() for kind in method.kinds]

Session = tuple[Wire, Participant, Participant]


Bench = tuple[dict[str, Any], dict[str, Record], dict[str | None, list[str]]]


def bench(wire: Wire, one: Participant) -> Bench:
    """The file that a window would save, the records, which include angle measures, and the stacking."""
    records = {id: Record(id, r.kind, dict(r.props)) for id, r in truth(wire).items()}
    tree = {parent: [record.id for record in inside] for parent, inside in tree_of(records).items()}
    in_02 = has_groups(one.window)
    for record in records.values():
        # 0.2 knows the stacking by z values alone, and 0.3 by the tree alone.
        for name in ("order",) if in_02 else ("order", "z_value"):
            record.props.pop(name, None)
    return one.saved(), records, {key: sorted(ids) if in_02 else ids for key, ids in tree.items() if ids}


def changed(before: Bench, after: Bench, in_02: bool) -> list[object]:
    """The differences between two benches."""
    # 0.2 draws items of the same z value in the order in which they came, and doesn't save that.
    found: list[object] = [
        what for what in same_bench(before[0], after[0]) if not (in_02 and "another order" in what)
    ]
    return found + [new for old, new in zip(before[1:], after[1:], strict=True) if old != new]


@pytest.fixture(autouse=True)
def no_snapping(windows: list[Any]) -> Iterator[None]:
    """With snapping, undo restores places and the host then snaps the items again, to other places."""
    snapping = [window.act_magnetic_snap for window in windows if window.act_magnetic_snap.isChecked()]
    for action in snapping:
        action.trigger()
    yield
    for action in snapping:
        action.trigger()


@pytest.mark.parametrize(("name", "kind"), CELLS)
def test_a_way(session: Session, name: str, kind: str) -> None:
    wire, ann, bob = session
    method, in_02 = EDIT_METHODS[name], has_groups(ann.window)
    thing = make(ann, kind)
    # Until 0.3 has redrawn its panel, it locks and hides only what the panel showed before.
    rest(wire, ann, bob)
    before, old_steps = bench(wire, ann), len(ann.window.undo_stack._undo_stack)

    if method.why_lacking(kind, in_02):
        with suppress(NotOffered, KeyError):
            method.do(ann, thing)
        scan(wire, ann, bob)
        assert changed(before, bench(wire, ann), in_02) == []
        return

    method.do(ann, thing)
    notice(wire, ann, bob)
    after = bench(wire, ann)
    assert changed(before, after, in_02)
    assert differences(wire, ann, bob) == []
    assert bob.window.undo_stack._undo_stack == []

    for _ in range(steps := len(ann.window.undo_stack._undo_stack) - old_steps):
        ann.user.undo()
    notice(wire, ann, bob)
    assert bool(changed(before, bench(wire, ann), in_02)) == bool(method.why_no_step(kind, in_02))
    assert differences(wire, ann, bob) == []
    for _ in range(steps):
        ann.user.redo()
    notice(wire, ann, bob)
    rest(wire, ann, bob)
    assert changed(after, bench(wire, ann), in_02) == []
    assert differences(wire, ann, bob) == []
    assert [one.log("WARNING", "ERROR") for one in (ann, bob)] == [[], []]


def test_what_hangs_over_the_canvas_is_on_nobodys_bench(session: Session) -> None:
    wire, ann, bob = session
    seen: list[int] = []

    def look() -> None:
        notice(wire, ann, bob)
        seen.append(len(bob.user.items()) + len(truth(wire)))

    ann.user.drop_from_library('Standard Mirror (1")', (0.0, 0.0), on_the_way=look)
    assert seen == [0]
    notice(wire, ann, bob)
    assert len(bob.user.items()) == len(truth(wire)) == 1
    assert len(wire.journal) == 1


def place_of(item: Any) -> QPointF:
    """Where an item is, whether or not the item stores that as its position."""
    ends = item.get_points() if hasattr(item, "get_points") else [QPointF(0.0, 0.0)]
    at: QPointF = item.mapToScene(ends[0])
    return at


@pytest.mark.parametrize("kind", [kind for name, kind in CELLS if name == "drag" and kind != "path_measure"])
def test_drag_is_seen_at_once_and_holds_back_others_edits(session: Session, kind: str) -> None:
    wire, ann, bob = session
    thing = make(ann, kind)
    rest(wire, ann, bob)
    steps = len(ann.window.undo_stack._undo_stack)
    twin = bob.host._bench.items[thing.item.item_uuid]
    start = place_of(thing.item)
    ann.user.come()
    ann.user.grab(grip(thing.item))
    for _ in range(2):
        ann.user.pull(20, 10)
        notice(wire, ann, bob)
        assert place_of(twin) == place_of(thing.item) != start
    twin.setPos(twin.x() + 100.0, twin.y())  # Qt knows only one mouse
    notice(wire, ann, bob)
    assert place_of(twin) - place_of(thing.item) == QPointF(100.0, 0.0)
    ann.user.pull(20, 10)
    notice(wire, ann, bob)
    ann.user.release()
    rest(wire, ann, bob)
    assert place_of(thing.item) - start == QPointF(60.0, -30.0)
    assert differences(wire, ann, bob) == []
    forgotten = has_groups(ann.window) and EDIT_METHODS["drag"].why_no_step(kind, True)
    assert len(ann.window.undo_stack._undo_stack) - steps == (0 if forgotten else 1)
