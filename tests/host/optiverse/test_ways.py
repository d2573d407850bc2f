"""Each way in which users change a bench, for each kind of thing: others see it, its undo and its redo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from optiverse_collab.convert import same_bench
from optiverse_collab.host.optiverse import stock
from optiverse_collab.sync.records import Record
from tests.helpers.optiverse_hands import NotOffered
from tests.helpers.optiverse_session import Participant, differences, notice, rest, truth
from tests.helpers.optiverse_ways import CELLS, WAYS, make
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]


def bench(wire: Wire, one: Participant) -> tuple[dict[str, Any], dict[str, Record]]:
    """What a window would save, and the records, in which angle measures are too."""
    records = {id: Record(id, r.kind, dict(r.props)) for id, r in truth(wire).items()}
    for record in records.values():  # what lies on what, files say
        for name in ("order", "z_value"):
            record.props.pop(name, None)
    return one.saved(), records


def changed(before: tuple[Any, Any], after: tuple[Any, Any]) -> list[object]:
    """How two benches differ."""
    return [*same_bench(before[0], after[0]), *([] if before[1] == after[1] else [after[1]])]


@pytest.fixture(autouse=True)
def no_snapping(windows: list[Any]) -> Iterator[None]:
    """Where things go then, undo does not know: it puts them back and the host snaps them anew."""
    snapping = [window.act_magnetic_snap for window in windows if window.act_magnetic_snap.isChecked()]
    for action in snapping:
        action.trigger()
    yield
    for action in snapping:
        action.trigger()


@pytest.mark.parametrize(("name", "kind"), CELLS)
def test_a_way(session: Session, name: str, kind: str) -> None:
    wire, ann, bob = session
    way, is_02 = WAYS[name], stock.has_groups(ann.window)
    thing = make(ann, kind)
    rest(wire, ann, bob)
    before, old_steps = bench(wire, ann), len(ann.window.undo_stack._undo_stack)

    if way.why_lacking(kind, is_02):
        with suppress(NotOffered, KeyError):
            way.do(ann, thing)
        rest(wire, ann, bob)
        assert changed(before, bench(wire, ann)) == []
        return

    way.do(ann, thing)
    notice(wire, ann, bob)
    after = bench(wire, ann)
    assert changed(before, after)
    assert differences(wire, ann, bob) == []
    assert bob.window.undo_stack._undo_stack == []

    for _ in range(steps := len(ann.window.undo_stack._undo_stack) - old_steps):
        ann.user.undo()
    notice(wire, ann, bob)
    assert bool(changed(before, bench(wire, ann))) == bool(way.why_no_step(kind, is_02))
    assert differences(wire, ann, bob) == []
    for _ in range(steps):
        ann.user.redo()
    notice(wire, ann, bob)
    rest(wire, ann, bob)
    assert changed(after, bench(wire, ann)) == []
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
