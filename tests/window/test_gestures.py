"""A drag, a command or a dialog is one step (PUSH-8)."""

from __future__ import annotations

import gc

from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.records import Record, Set
from optiverse_collab.window.gestures import LOOSE, Gestures, new_id

MOVE = Set("lens", {"x": 1})


def test_gesture_lasts_as_long_as_something_is_in_hand() -> None:
    gestures = Gestures()
    first = gestures.step
    gestures.edited(MOVE)
    gestures.end(lambda: {"lens"})
    assert gestures.step == first
    gestures.end(lambda: {"mirror"})
    assert gestures.step != first


def test_command_takes_the_latest_gesture_about_it() -> None:
    gestures = Gestures()
    for op in (MOVE, MOVE, Set("mirror", {"x": 1})):
        last = gestures.step
        gestures.edited(op)
        gestures.end(lambda: ())
    assert gestures.take(["mirror"], ()).id == last
    second, first = gestures.take(["lens"], ()), gestures.take(["lens"], ())
    assert second.changed == first.changed == {"lens": {"x"}}
    assert second is not first
    assert gestures.take(["lens"], ()).changed == {}


def test_drag_goes_on_in_the_step_of_its_command() -> None:
    """The host makes the command before the user has released the item."""
    gestures = Gestures()
    id = gestures.step
    gestures.edited(MOVE)
    step = gestures.take(["lens"], ["lens"])
    assert gestures.step == id
    gestures.edited(Set("lens", {"y": 1}))
    assert step.changed == {"lens": {"x", "y"}}
    gestures.take(["mirror"], ["lens"])
    assert gestures.step != id


def test_edits_under_an_id_of_their_own_are_a_step_too() -> None:
    """PUSH-9: the command that follows takes over the step, and what it replaced of others' is known."""
    gestures = Gestures()
    mirror = {"mirror": Record("mirror", "k", {"x": 0})}
    gestures.provenance.note(ShowChange((Set("mirror", {"x": 5}),), {"mirror": "Ben"}, mirror))
    gestures.add("restore:1", [MOVE, Set("mirror", {"x": 1})])
    step = gestures.take(["mirror", "lens"], ())
    assert step.id == "restore:1"
    assert gestures.find("restore:1") is step
    assert step.changed == {"lens": {"x"}, "mirror": {"x"}}
    assert step.covered["mirror"]["x"].by == "Ben"


def test_steps_are_known_by_their_ids_while_they_are_needed() -> None:
    gestures = Gestures()
    gestures.edited(MOVE)  # not part of any gesture
    id = gestures.step
    gestures.edited(MOVE)
    step = gestures.take(["lens"], ())
    gestures.name("undo", step)
    assert gestures.find(id) is gestures.find("undo") is step
    del step
    gc.collect()
    assert gestures.find(id) is None


def test_gestures_without_a_command_are_forgotten() -> None:
    gestures = Gestures()
    first = gestures.step
    for _ in range(LOOSE + 1):
        gestures.step  # noqa: B018
        gestures.edited(MOVE)
        gestures.end(lambda: ())
    gc.collect()
    assert gestures.find(first) is None
    last = gestures.step
    gestures.clear()
    gc.collect()
    assert gestures.find(last) is None


def test_ids_are_nobody_elses() -> None:
    assert len({new_id() for _ in range(100)}) == 100
