"""A bench loads in small parts, and a user works on it meanwhile."""

from __future__ import annotations

import random
from typing import Any

import pytest

from optiverse_collab.core.records import Put
from tests.helpers.optiverse_session import Participant, differences, rest, settle
from tests.helpers.optiverse_user import events
from tests.helpers.wire import Peer, Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]
COUNT = 24


def bench() -> list[Put]:
    """Components from bottom to top; every fourth is in one of two groups, which come first and last."""
    puts = [Put("early", "group", {"name": "Early", "order": -1.0})]
    for number in range(COUNT):
        props: dict[str, Any] = {"pos": [60.0 * number, 0.0], "name": f"L{number}", "interfaces": []}
        props |= {"order": float(COUNT - number), "z_value": float(number)}
        if number % 4 == 0:
            props["parent"] = "early" if number % 8 == 0 else "late"
        puts.append(Put(f"lens {number}", "component", props))
    return [*puts, Put("late", "group", {"name": "Late", "order": 100.0})]


@pytest.fixture
def loading(session: Session) -> Session:
    """A script has added a bench; bob's window has loaded a part of it."""
    wire, _, bob = session
    bob.show = bob.capture.defer  # type: ignore[method-assign]
    wire.connect(script := Peer("script"))
    script.edit(*bench())
    wire.settle()
    bob.capture.tick(10)
    events()
    return session


def load(wire: Wire, bob: Participant) -> None:
    """Load the rest, with a message from the server between any two parts."""
    while bob.capture.held_back:
        bob.capture.tick(5)
        events()
        wire.settle()


def test_it_ends_as_if_it_had_come_at_once(loading: Session) -> None:
    wire, ann, bob = loading
    assert 0 < len(bob.user.items()) < COUNT
    load(wire, bob)
    rest(wire, ann, bob)
    assert len(bob.user.items()) == COUNT
    assert differences(wire, ann, bob) == []
    assert bob.log("WARNING", "ERROR") == []


def test_what_comes_in_any_order_lies_where_it_belongs(session: Session) -> None:
    """Even before the last one has come: what the user does then is compared with that."""
    _, _, bob = session
    random.Random(1).shuffle(puts := [put for put in bench() if put.id != "late"])
    puts.sort(key=lambda put: put.id != "early")
    for at in range(0, COUNT, 5):
        bob.host.apply(puts[at : at + 5], batch_continues=at + 5 < len(puts))
        if bob.panel.has_layers:
            order = [id for id in bob.window.layer_state.get_all_items_in_order() if "lens" in id]
            assert order == sorted(order, key=lambda id: (int(id[5:]) % 8 != 0, -int(id[5:])))
    assert len(bob.user.items()) == COUNT
    settled = {record.id: record for record in bob.host.records().values()}
    assert {put.id: put.props for put in puts} == {id: record.props for id, record in settled.items()}


def test_what_the_user_does_meanwhile_counts(loading: Session) -> None:
    wire, ann, bob = loading
    first, second, third, fourth = (bob.item(f"lens {number}") for number in (1, 2, 3, 5))
    there = {item.item_uuid for item in bob.user.items()}
    bob.user.drag(first, 15, 10)
    at = first.pos()
    bob.user.restack(second, 0)
    bob.user.delete(third)
    placed = bob.user.place("mirror", 0.0, 200.0).item_uuid
    load(wire, bob)
    bob.user.lock(fourth, True)
    rest(wire, ann, bob)
    assert differences(wire, ann, bob) == []
    assert ann.item("lens 1").pos() == at
    assert ann.item("lens 5").is_locked()
    ids = {item.item_uuid for item in ann.user.items()}
    assert placed in ids
    assert "lens 3" not in ids
    assert all(ann.item("lens 2").zValue() > ann.item(id).zValue() for id in there & ids - {"lens 2"})


def test_a_group_that_the_user_makes_meanwhile_stays(loading: Session) -> None:
    wire, ann, bob = loading
    id = bob.panel.group(bob.item("lens 1"), bob.item("lens 2"), name="Mine")
    assert id is not None
    load(wire, bob)
    rest(wire, ann, bob)
    assert differences(wire, ann, bob) == []
    assert [ann.panel.parent(f"lens {number}") for number in (1, 2, 3)] == [id, id, None]
    assert ann.panel.parent("lens 8") == "early"
    assert ann.panel.parent("lens 4") == "late"


def test_leaving_meanwhile_leaves_a_bench_in_order(loading: Session) -> None:
    wire, ann, bob = loading
    bob.host.close()
    settle(wire, ann)
    shown = [item.item_uuid for item in bob.user.items() if ann.panel.parent(item.item_uuid) != "late"]
    in_order = sorted(shown, key=lambda id: -ann.item(id).zValue())
    if bob.panel.has_layers:
        order = bob.window.layer_state.get_all_items_in_order()
    else:
        order = sorted(shown, key=lambda id: -bob.item(id).zValue())
    assert [id for id in order if id in shown] == in_order
