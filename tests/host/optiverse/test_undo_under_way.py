"""Every undo command of the host, undone and redone while others' edits of the same bench are on the way."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest

from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.records import Op, Record, apply
from optiverse_collab.core.server.journal import Entry
from tests.helpers import user_input
from tests.helpers.optiverse_commands import Step
from tests.helpers.optiverse_session import TOLD, Participant, differences, rest, settle, truth
from tests.helpers.optiverse_undo_table import MEANWHILES, every_cell
from tests.helpers.optiverse_user import events
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.usefixtures("no_questions"),
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]
Bench = dict[str, Record]


@every_cell
def test_undo_replaces_nothing_that_is_under_way(
    session: Session, name: str, step: Step, meanwhile: str
) -> None:
    """SEEN-4, SEEN-5: nor does a redo after it."""
    wire, ann, bob = session
    parts = step(ann)
    next(parts)
    rest(wire, ann, bob)
    before = dict(truth(wire))
    ann.window.undo_stack.clear()
    next(parts, None)
    rest(wire, ann, bob)
    after = dict(truth(wire))
    MEANWHILES[meanwhile](bob)
    alone(wire, bob)
    now = dict(truth(wire))

    entries = len(wire.journal)
    ann.user.undo()
    settle(wire, ann, bob)
    check_theirs(before, after, now, dict(truth(wire)))
    before = after_ops(before, wire.journal[entries:])  # to exactly the values of the undo
    for do in (ann.user.redo, ann.user.undo, ann.user.redo, ann.user.undo):
        do()
        settle(wire, ann, bob)
        check_theirs(before, after, now, dict(truth(wire)))
    rest(wire, ann, bob)

    assert differences(wire, ann, bob) == []
    replaced = [one for one in bob.told(Conflict) if one.kind is ConflictKind.REPLACED_MINE]
    assert replaced == []
    assert [text for text in ann.log("WARNING", "ERROR") if not text.endswith(TOLD)] == []


def alone(wire: Wire, one: Participant) -> None:
    """Deliver a participant's edits to the room; nobody else receives them yet."""
    for _ in range(3):
        one.panel.wait()
        user_input.wait(40)
        events()
        one.capture.scan()
        one.capture.tick()
        wire.poll(one)
        wire.send_up(one)
        wire.commit()
        wire.send_down(one)


def after_ops(bench: Bench, entries: Iterable[Entry]) -> Bench:
    """The bench after some changes."""
    bench = dict(bench)
    for entry in entries:
        for op in msgspec.json.decode(bytes(entry.ops), type=list[Op]):
            apply(bench, op)
    return bench


def check_theirs(before: Bench, after: Bench, now: Bench, undone: Bench) -> None:
    """Check that everything that others changed stands.

    Args:
        before: the bench before the user's step …
        after: … and after it …
        now: … as others changed it meanwhile …
        undone: … and after the user's undo, or redo.
    """
    for id in now:
        was, mine, theirs = (bench[id].props if id in bench else {} for bench in (before, after, now))
        for prop in (mine.keys() | theirs.keys()) - {"z_value"}:
            # If undo restores the value that they set, both want the same (SEEN-8).
            if mine.get(prop) != theirs.get(prop) != was.get(prop):
                assert id in undone, f"{id} is missing, though others set its {prop}"
                assert undone[id].props.get(prop) == theirs.get(prop), f"{prop} of {id} was set by others"
    for id in before.keys() & after.keys() - now.keys():  # redo puts what the step made (DOC-6)
        assert id not in undone, f"{id} came back"
