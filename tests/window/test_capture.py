"""What the user does goes in, what others do comes out: no echo, nothing overwritten unseen."""

from __future__ import annotations

import random

import pytest

from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.window.capture import Capture
from tests.helpers.dict_host import DictHost
from tests.helpers.wire import Peer, Wire


class Window(Peer):
    """A peer whose screen is a host's bench.

    Attributes:
        later: whether it leaves what arrives to its next tick.
    """

    def __init__(self, wire: Wire, name: str) -> None:
        super().__init__(name)
        self.later = False
        self.host = DictHost()
        self.capture = Capture(self.host, self.replica)
        wire.connect(self)

    def receive(self, text: str, now_ms: float) -> None:
        self.capture.push_before_receiving()
        super().receive(text, now_ms)

    def show(self, change: ShowChange) -> None:
        if self.later:
            self.capture.defer(change)
        else:
            self.capture.show(change)


def settle(wire: Wire, *windows: Window) -> None:
    """Let ticks and messages go on until nothing is left to do."""
    for _ in range(4):
        for window in windows:
            window.capture.tick()
        wire.settle()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def ann(wire: Wire) -> Window:
    window = Window(wire, "ann")
    window.host.user_does(Put("lens", "component", {"pos": [0.0, 0.0], "name": "Lens"}))
    settle(wire, window)
    return window


@pytest.fixture
def bob(wire: Wire, ann: Window) -> Window:
    window = Window(wire, "bob")
    settle(wire, ann, window)
    return window


def test_refused_edit_is_told_once_and_the_others_travel(wire: Wire, ann: Window, bob: Window) -> None:
    """PUSH-6: the user sees in the log what stays on this computer."""
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
    """REP-4: what was applied for others is not sent again."""
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


def test_what_is_in_hand_waits(wire: Wire, ann: Window, bob: Window) -> None:
    """A remote edit of what I am dragging waits; my drag goes on and is not taken for an answer to it."""
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
    ann.host.in_hand = set()  # without any other sign
    settle(wire, ann, bob)
    assert bob.host.bench["lens"].props == {"pos": [1.0, 0.0], "name": "Ann's"}
    assert ann.host.bench == bob.host.bench
    assert not ann.capture.has_work


def test_what_was_let_go_a_moment_ago_is_not_overwritten(wire: Wire, ann: Window, bob: Window) -> None:
    """What others did to it arrives before the next tick."""
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
    """DOC-5: remove beats set; the user hears that the drag did not count."""
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
    assert "pos = [2.0,0.0]" in text
    assert "somebody removed the record before" in text


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
    """Its last word is that there is no more, also if the user has the rest in hand, or the rest goes."""
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
    ann.host.bench = dict(script.replica.view)  # the user opened that very bench
    ann.capture.merge()
    ann.capture.tick(2)
    assert [*said, ann.host.more] == [True, False, True, False]


def test_what_waits_is_not_taken_for_an_edit(wire: Wire, ann: Window, bob: Window) -> None:
    """What the user does to it meanwhile counts property by property; what others removed stays away."""
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
    """Two windows edit, drag, let go and hear of each other in any order; in the end they show the same."""
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
    """REP-10: in a host it may lie below what came later."""
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
