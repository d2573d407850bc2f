"""The ancestor of a bench: in a session, with edits on their way, and outside of a session."""

from __future__ import annotations

from optiverse_collab.convert.three_way import Opened
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.disk.ancestors import Ancestor
from optiverse_collab.window.ancestry import Shared, ancestor_of, ancestors_away
from tests.helpers.wire import Peer, Wire


def bench(*ids: str) -> dict[str, Record]:
    return {id: Record(id, "component", {}) for id in ids}


def test_what_the_server_may_not_have_is_as_it_confirmed_it() -> None:
    """So an edit that never arrives still counts as one when the file comes back, whatever follows."""
    wire, ann = Wire(), Peer("ann")
    wire.connect(ann)
    ann.replica.edit([Put(id, "component", {"n": 0}) for id in ("lens", "mirror", "wall")])
    wire.settle()
    ann.replica.edit([Set("lens", {"n": 1}), Remove("wall"), Put("new", "component", {})])
    shown = dict(ann.replica.view)
    made = ancestor_of(Shared("lab", ann.replica, 3))
    wire.settle()
    ann.replica.edit([Set("mirror", {"n": 2})])
    ancestor = made(shown)
    assert {record.id for record in ancestor.records} == {"lens", "mirror", "wall"}
    assert all(record.props == {"n": 0} for record in ancestor.records)
    assert (ancestor.session, ancestor.epoch, ancestor.clock) == ("lab", ann.replica.epoch, 3)


def test_what_no_file_has_was_not_removed() -> None:
    known = Ancestor([*bench("lens", "linked", "unshown", "removed").values()], "lab", "epoch", 1, 0)
    opened = Opened(file=bench("lens", "unshown", "removed"), shown=bench("lens", "linked", "removed"))
    [ancestor] = ancestors_away([known], opened)(bench("lens"))
    assert {record.id for record in ancestor.records} == {"lens", "removed"}


def test_after_a_session_was_left_nothing_was_removed() -> None:
    known = Ancestor([*bench("lens", "linked").values()], "lab", "epoch", 1, 0)
    left = bench("lens", "linked")
    [ancestor] = ancestors_away([known], Opened(left, left))(bench("lens"))
    assert {record.id for record in ancestor.records} == {"lens"}
