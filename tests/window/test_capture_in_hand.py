"""Others edit what the user holds: nothing changes under the mouse, and nothing is lost."""

from __future__ import annotations

from optiverse_collab.core.records import Put, Remove, Set
from tests.helpers.wire import Wire
from tests.window.capturing import Window, settle


def test_what_is_in_hand_waits(wire: Wire, ann: Window, bob: Window) -> None:
    """A remote edit of what I am dragging waits; my drag continues and doesn't count as an answer to it."""
    ann.host.in_hand = {"lens"}
    ann.host.user_does(Set("lens", {"pos": [1.0, 0.0]}))
    settle(wire, ann, bob)
    bob.host.user_does(Set("lens", {"name": "Bob's", "pos": [9.0, 9.0]}))
    settle(wire, ann, bob)
    assert ann.host.bench["lens"].props == {"pos": [1.0, 0.0], "name": "Lens"}
    ann.host.user_does(Set("lens", {"pos": [2.0, 0.0]}))
    settle(wire, ann, bob)
    assert bob.host.bench["lens"].props == {"name": "Bob's", "pos": [2.0, 0.0]}
    ann.host.in_hand = set()
    settle(wire, ann, bob)
    assert ann.host.bench["lens"].props == {"name": "Bob's", "pos": [2.0, 0.0]}
    assert bob.host.bench == ann.host.bench


def test_drag_sends_position_at_once_and_the_rest_on_release(wire: Wire, ann: Window, bob: Window) -> None:
    ann.host.in_hand = {"lens"}
    ann.host.user_does(Set("lens", {"pos": [1.0, 0.0], "name": "Ann's"}))
    settle(wire, ann, bob)
    assert bob.host.bench["lens"].props == {"pos": [1.0, 0.0], "name": "Lens"}
    assert ann.capture.has_work
    ann.host.in_hand = set()  # without any other signal
    settle(wire, ann, bob)
    assert bob.host.bench["lens"].props == {"pos": [1.0, 0.0], "name": "Ann's"}
    assert ann.host.bench == bob.host.bench
    assert not ann.capture.has_work


def test_what_was_let_go_a_moment_ago_is_not_overwritten(wire: Wire, ann: Window, bob: Window) -> None:
    """Others' changes to it arrive before the next tick."""
    ann.host.in_hand = {"lens"}
    ann.host.user_does(Set("lens", {"pos": [1.0, 0.0]}))
    settle(wire, ann, bob)
    bob.host.user_does(Set("lens", {"pos": [5.0, 5.0]}))
    bob.capture.tick()
    ann.host.user_does(Set("lens", {"pos": [2.0, 0.0]}))
    ann.host.in_hand = set()
    wire.settle()
    settle(wire, ann, bob)
    assert ann.host.bench["lens"].props["pos"] == bob.host.bench["lens"].props["pos"] == [2.0, 0.0]


def test_what_is_in_hand_and_removed_goes_when_it_is_let_go(wire: Wire, ann: Window, bob: Window) -> None:
    """DOC-5: remove beats set; the user reads that the drag did not count."""
    ann.host.in_hand = {"lens"}
    bob.host.user_does(Remove("lens"))
    settle(wire, ann, bob)
    assert "lens" in ann.host.bench
    ann.host.user_does(Set("lens", {"pos": [2.0, 0.0]}))
    settle(wire, ann, bob)
    ann.host.in_hand = set()
    settle(wire, ann, bob)
    assert ann.host.bench == bob.host.bench == {}
    [(level, text)] = ann.host.lines
    assert level == "WARNING"
    assert text == '✗ bob removed "Lens"; your move to (2.0, 0.0) mm was not applied.'


def test_drag_of_what_others_removed_is_told_once(wire: Wire, ann: Window, bob: Window) -> None:
    """REP-8: when the user releases it, with all edits of the drag, and who removed the item."""
    ann.host.in_hand = {"lens"}
    bob.host.user_does(Remove("lens"))
    settle(wire, ann, bob)
    for x in (1.0, 2.0, 3.0):
        ann.host.user_does(Set("lens", {"pos": [x, 0.0], "name": f"No. {x}"}))
        settle(wire, ann, bob)
    assert (ann.host.lines, ann.replica.held) == ([], {})
    ann.host.in_hand = set()  # without any other signal
    settle(wire, ann, bob)
    text = '✗ bob removed "No. 3.0"; your move to (3.0, 0.0) mm and name "No. 3.0" were not applied.'
    assert ann.host.lines == [("WARNING", text)]
    assert ann.replica.held["lens"].by == "bob"
    assert ann.host.bench == {}


def test_what_comes_back_while_it_is_in_hand_is_there(wire: Wire, ann: Window, bob: Window) -> None:
    """And what the user did to it meanwhile counts."""
    ann.host.in_hand = {"lens"}
    before = bob.host.bench["lens"]
    bob.host.user_does(Remove("lens"))
    settle(wire, ann, bob)
    ann.host.user_does(Set("lens", {"name": "Mine"}))
    settle(wire, ann, bob)
    bob.host.user_does(Put("lens", before.kind, before.props))
    settle(wire, ann, bob)
    ann.host.user_does(Set("lens", {"pos": [2.0, 0.0]}))
    settle(wire, ann, bob)
    ann.host.in_hand = set()
    settle(wire, ann, bob)
    assert bob.host.bench["lens"].props == {"pos": [2.0, 0.0], "name": "Mine"}
    assert ann.host.lines == []


def test_example_in_the_module_is_true(wire: Wire, ann: Window, bob: Window) -> None:
    ann.host.user_does(Set("lens", {"pos": [0.0, 0.0]}, ["name"]))
    settle(wire, ann, bob)
    ann.host.in_hand = {"lens"}
    ann.host.user_does(Set("lens", {"pos": [3.0, 0.0]}))
    settle(wire, ann, bob)
    bob.host.user_does(Set("lens", {"pos": [9.0, 0.0], "name": "L1"}))
    settle(wire, ann, bob)
    assert ann.host.bench["lens"].props == {"pos": [3.0, 0.0]}
    assert ann.replica.view["lens"].props == {"pos": [9.0, 0.0], "name": "L1"}
    ann.host.user_does(Set("lens", {"pos": [5.0, 0.0]}))
    settle(wire, ann, bob)
    assert ann.host.bench["lens"].props == {"pos": [5.0, 0.0]}
    ann.host.in_hand = set()
    settle(wire, ann, bob)
    assert ann.host.bench["lens"].props == {"pos": [5.0, 0.0], "name": "L1"}
    assert bob.host.bench == ann.host.bench
