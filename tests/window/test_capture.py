"""The user's edits are captured and others' are applied: nothing echoes or is overwritten unseen."""

from __future__ import annotations

import random

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.window.capture import Capture
from tests.helpers.dict_host import DictHost
from tests.helpers.wire import Peer, Wire
from tests.window.capturing import Window, pos, settle


def test_refused_edit_is_told_once_and_the_others_travel(wire: Wire, ann: Window, bob: Window) -> None:
    """PUSH-6: the log tells the user what stays on this computer."""
    ann.host.user_does(Put("good", "k", {"x": 1}), Put("bad", "k", {"x": float("nan")}), Remove("lens"))
    settle(wire, ann, bob)
    ann.capture.scan()
    settle(wire, ann, bob)
    assert bob.host.bench == {"good": Record("good", "k", {"x": 1})}
    assert [level for level, _ in ann.host.lines] == ["ERROR"]
    ann.host.user_does(Set("bad", {"x": 2}))
    settle(wire, ann, bob)
    assert bob.host.bench["bad"].props == {"x": 2}


def test_edits_travel_without_echo(wire: Wire, ann: Window, bob: Window) -> None:
    """REP-4: changes that were applied for others are not sent again."""
    journal = len(wire.journal)
    ann.host.user_does(Set("lens", {"pos": [5.0, 5.0]}))
    settle(wire, ann, bob)
    for window in (ann, bob):
        window.capture.scan()
    settle(wire, ann, bob)
    assert bob.host.bench == ann.host.bench
    assert len(wire.journal) == journal + 1
    assert bob.host.applied[-1] == [Set("lens", {"pos": [5.0, 5.0]})]
    assert ann.host.applied == []


def test_change_without_a_sign_is_found_by_the_scan(wire: Wire, ann: Window, bob: Window) -> None:
    ann.host.bench["lens"] = Record("lens", "component", {"pos": [7.0, 7.0], "name": "Lens"})
    ann.host.bench["new"] = Record("new", "component", {})
    settle(wire, ann, bob)
    assert "new" not in bob.host.bench
    ann.capture.scan()
    settle(wire, ann, bob)
    assert bob.host.bench == ann.host.bench


def test_what_is_shown_later_is_shown_in_one_go(wire: Wire, ann: Window, bob: Window) -> None:
    bob.later = True
    bob.host.applied.clear()
    for number in range(5):
        ann.host.user_does(Set("lens", {"pos": [float(number), 0.0]}))
        ann.host.user_does(Put(f"mirror {number}", "component", {}))
        ann.capture.tick()
        wire.settle()
    assert bob.replica.view == ann.host.bench
    assert bob.host.applied == []
    assert bob.capture.has_work
    bob.capture.tick()
    assert bob.host.bench == ann.host.bench
    [ops] = bob.host.applied
    assert len(ops) == 6


def test_the_host_knows_when_more_is_to_come(wire: Wire, ann: Window) -> None:
    """It learns last that no more will come, even if the user holds the rest, or the rest is removed."""
    ann.later = True
    wire.connect(script := Peer("script"))
    script.edit(*(Put(id, "component", {}) for id in "abcdefg"))
    wire.settle()
    said = []
    for _ in range(3):
        ann.capture.tick(2)
        said.append(ann.host.more)
    ann.host.in_hand = {"g"}
    ann.capture.tick(2)
    assert (said, ann.host.more) == ([True, True, True], False)
    ann.host.in_hand = set()
    script.edit(*(Put(id, "component", {}) for id in "hij"))
    wire.settle()
    ann.capture.tick(2)
    said = [ann.host.more]
    script.edit(Remove("i"), Remove("j"))
    wire.settle()
    ann.capture.tick(2)
    ann.capture.tick(2)
    said.append(ann.host.more)
    assert ann.host.bench == script.replica.view
    script.edit(*(Put(id, "component", {}) for id in "klm"))
    wire.settle()
    ann.capture.tick(2)
    said.append(ann.host.more)
    ann.capture.forget()
    ann.host.bench = dict(script.replica.view)  # the user opened the same bench
    ann.capture.merge()
    ann.capture.tick(2)
    assert [*said, ann.host.more] == [True, False, True, False]


def test_what_waits_is_not_taken_for_an_edit(wire: Wire, ann: Window, bob: Window) -> None:
    """What the user does to it meanwhile counts per property; what others removed stays removed."""
    bob.later = True
    ann.host.user_does(Set("lens", {"pos": [1.0, 0.0], "name": "Ann's"}), Put("mirror", "component", {}))
    ann.capture.tick()
    wire.settle()
    bob.host.user_does(Set("lens", {"pos": [2.0, 0.0]}))
    bob.capture.push_edits()
    assert bob.replica.view["lens"].props == {"pos": [2.0, 0.0], "name": "Ann's"}
    ann.host.user_does(Remove("mirror"))
    settle(wire, ann, bob)
    assert bob.host.bench == ann.host.bench
    assert ann.host.bench["lens"].props == {"pos": [2.0, 0.0], "name": "Ann's"}
    assert set(ann.host.bench) == {"lens"}


def test_nothing_to_do_is_known(ann: Window) -> None:
    known = [ann.capture.has_work]
    ann.host.user_does(Set("lens", {"name": "x"}))
    known.append(ann.capture.has_work)
    ann.capture.tick()
    assert [*known, ann.capture.has_work] == [False, True, False]


def test_a_host_of_one_session_may_be_given_another() -> None:
    """A new replica starts from the host's bench when it is scanned."""
    host = DictHost()
    host.bench["lens"] = Record("lens", "component", {})
    replica = Replica("client")
    capture = Capture(host, replica)
    capture.scan()
    capture.tick()
    assert replica.view == host.bench


@pytest.mark.parametrize("seed", range(200))
def test_any_mix_ends_equal(seed: int) -> None:
    """Two windows edit, drag, release and receive in any order; in the end they show the same bench."""
    rng, wire = random.Random(seed), Wire()
    windows = [Window(wire, "ann"), Window(wire, "bob")]
    for step in range(60):
        window = rng.choice(windows)
        bench, id = window.host.bench, rng.choice("abc")
        do = rng.randrange(8)
        window.later = rng.random() < 0.5
        if do == 0 and id not in bench:
            window.host.user_does(Put(id, "k", {"x": step}))
        elif do == 1 and id in bench and id not in window.host.in_hand:
            window.host.user_does(Remove(id))
        elif do in (2, 3) and id in bench:
            window.host.user_does(Set(id, {rng.choice("xy"): step}))
        elif do == 4:
            window.host.in_hand = {id} & set(bench)
        elif do == 5:
            window.capture.tick()
            wire.poll(window)
            wire.send_up(window)
        elif do == 6:
            wire.commit()
        else:
            wire.send_down(window)
    for window in windows:
        window.host.in_hand = set()
    settle(wire, *windows)
    records = wire.room.history.document.records
    for window in windows:
        window.capture.scan()
        assert window.host.bench == window.replica.view == records
    assert not any(
        level == "ERROR" and "no record" not in text for w in windows for level, text in w.host.lines
    )


def test_what_came_first_comes_first_everywhere(wire: Wire, ann: Window, bob: Window) -> None:
    """REP-10: in a host, an item may refer to one that came after it."""
    more = [Put(f"item {number * 7 % 20}", "component", {"pos": [0.0, 0.0]}) for number in range(20)]
    ann.host.user_does(*more)
    settle(wire, ann, bob)
    cem = Window(wire, "cem")
    mine = [f"mine {number * 7 % 20}" for number in range(20)]
    cem.host.user_does(*(Put(id, "component", {}) for id in mine))
    cem.capture.forget()
    cem.capture.merge(mine)
    settle(wire, ann, bob, cem)
    for window in (ann, bob, cem):
        assert list(window.host.bench) == ["lens", *(op.id for op in more), *mine]


def test_scan_goes_through_the_bench_bit_by_bit(wire: Wire, ann: Window, bob: Window) -> None:
    """It starts again after the last item; a scan without a limit looks at all items at once."""
    for id in "abc":
        ann.host.bench[id] = Record(id, "component", {})
    for arrived in range(1, 4):
        ann.capture.scan(1 if arrived > 1 else 2)
        settle(wire, ann, bob)
        assert len(bob.host.bench) == 1 + arrived
    ann.host.bench["d"] = Record("d", "component", {})
    ann.capture.scan(2)
    ann.capture.scan()
    settle(wire, ann, bob)
    assert bob.host.bench == ann.host.bench


def test_what_waits_is_counted(wire: Wire, ann: Window, bob: Window) -> None:
    bob.later = True
    ann.host.user_does(Put("a", "component", {}), Put("b", "component", {}))
    ann.capture.tick()
    wire.settle()
    assert bob.capture.held_back == 2
    bob.capture.tick()
    assert bob.capture.held_back == 0


def test_closed_capture_takes_no_notice(wire: Wire, ann: Window, bob: Window) -> None:
    ann.capture.close()
    ann.host.user_does(Remove("lens"))
    assert not ann.capture.has_work
    settle(wire, ann, bob)
    assert set(bob.host.bench) == {"lens"}


def test_edits_without_the_right_are_taken_back(wire: Wire, ann: Window, bob: Window) -> None:
    """RIGHT-1: every kind of edit, even if others edit the same items; their edits keep arriving."""
    settle(wire, ann, bob)
    told: list[str] = []
    bob.capture.denied = lambda: told.append("denied")
    bob.replica.set_role(Role.VIEWER)
    before = dict(bob.host.bench)
    for edit in (pos(5.0), Put("mirror", "component", {"pos": [1.0, 1.0]}), Remove("lens")):
        bob.host.user_does(edit)
        settle(wire, ann, bob)
        assert bob.host.bench == before == ann.host.bench
    assert len(told) == 3
    bob.host.user_does(pos(6.0))
    ann.host.user_does(pos(7.0))
    settle(wire, ann, bob)
    assert bob.host.bench == ann.host.bench
    assert ann.host.bench["lens"].props["pos"] == [7.0, 0.0]


def test_what_is_in_hand_is_taken_back_when_it_is_let_go(wire: Wire, ann: Window, bob: Window) -> None:
    """RIGHT-1: nothing jumps under the mouse."""
    settle(wire, ann, bob)
    bob.replica.set_role(Role.VIEWER)
    before = dict(bob.host.bench)
    bob.host.in_hand = {"lens"}
    for x in (5.0, 6.0):
        bob.host.user_does(pos(x))
        settle(wire, ann, bob)
        assert bob.host.bench["lens"].props["pos"] == [x, 0.0]
    bob.host.in_hand = set()
    settle(wire, ann, bob)
    assert bob.host.bench == before
