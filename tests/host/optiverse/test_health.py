"""Selection, scroll and zoom stay while others change the bench; rays are traced no more than needed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers import user_input
from tests.helpers.optiverse_background_edits import with_dialogs
from tests.helpers.optiverse_session import Participant, differences, rest, settle, start
from tests.helpers.optiverse_user import events
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]


def chosen(one: Participant) -> list[str]:
    """The ids of the items selected on the canvas."""
    return sorted(item.item_uuid for item in one.window.scene.selectedItems())


def test_a_selection_stays(session: Session) -> None:
    wire, ann, bob = session
    lens, mirror = ann.user.place("lens", 0.0, 0.0), ann.user.place("mirror", 50.0, 0.0)
    note = ann.user.draw("text", (0.0, 50.0))
    rest(wire, ann, bob)
    twins = [bob.item(item.item_uuid) for item in (lens, mirror)] + bob.user.drawn("text")
    bob.user.select(*twins)
    before = chosen(bob)
    assert len(before) == 3
    with_dialogs(wire, ann, bob)
    ann.user.drag(lens, 30, 0)
    ann.user.select(lens)
    ann.user.turn(lens, 0, 30)
    ann.user.edit(mirror, {0: 77.0})
    ann.user.write(note, "moved")
    rest(wire, ann, bob)
    for choice in range(4):
        ann.user.restack(lens, choice)
        rest(wire, ann, bob)
    group = ann.panel.group(lens, mirror)
    rest(wire, ann, bob)
    assert group is not None
    ann.panel.ungroup(group)
    rest(wire, ann, bob)
    assert chosen(bob) == before
    assert bob.item(lens.item_uuid) is twins[0]
    ann.user.delete(mirror)
    rest(wire, ann, bob)
    assert chosen(bob) == sorted({*before} - {mirror.item_uuid})
    assert differences(wire, ann, bob) == []


def test_a_selection_outlives_a_lost_connection(session: Session) -> None:
    wire, ann, bob = session
    lens, mirror = ann.user.place("lens", 0.0, 0.0), ann.user.place("mirror", 50.0, 0.0)
    rest(wire, ann, bob)
    bob.user.select(bob.item(lens.item_uuid))
    wire.lose(bob)
    ann.user.drag(lens, 30, 0)
    ann.user.delete(mirror)
    settle(wire, ann)
    wire.connect(bob)
    rest(wire, ann, bob)
    assert chosen(bob) == [lens.item_uuid]
    assert differences(wire, ann, bob) == []


def sight(one: Participant) -> tuple[int, int, Any]:
    """Which part of the bench a window shows, and how large."""
    view = one.window.view
    return view.horizontalScrollBar().value(), view.verticalScrollBar().value(), view.transform()


def look_aside(one: Participant) -> tuple[int, int, Any]:
    """Zoom in and scroll."""
    one.window.act_zoom_in.trigger()
    one.window.view.centerOn(-120.0, 90.0)
    events()
    return sight(one)


def test_scroll_and_zoom_stay(session: Session) -> None:
    wire, ann, bob = session
    lens = ann.user.place("lens", 0.0, 0.0)
    rest(wire, ann, bob)
    before = look_aside(bob)
    with_dialogs(wire, ann, bob)
    assert sight(bob) == before
    far = bob.window.scene.sceneRect().right() + 5000.0
    ann.user.edit(lens, {0: far})
    ann.user.place("source", -far, -far)
    ann.user.draw("text", (far, far))
    rest(wire, ann, bob)
    assert bob.item(lens.item_uuid).pos().x() == far
    assert sight(bob) == before
    ann.user.delete(*ann.user.items())
    rest(wire, ann, bob)
    assert sight(bob) == before
    assert differences(wire, ann, bob) == []


def test_scroll_and_zoom_outlive_joining(windows: list[Any]) -> None:
    wire, (ann,) = start(windows[:1])
    for number in range(30):
        ann.user.place("lens", 60.0 * number, 40.0 * (number % 7))
    settle(wire, ann)
    _, (stranger,) = start(windows[1:2])
    stranger.host.close()
    before = look_aside(stranger)
    bob = Participant(wire, "bob", windows[1])
    rest(wire, ann, bob)
    assert len(bob.user.items()) == 30
    assert sight(bob) == before
    for one in (ann, bob):
        one.host.close()


def test_rays_are_traced_once_for_many_changes(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    wire, ann, bob = session
    ann.user.place("source", -100.0, 0.0)
    lens, mirror = ann.user.place("lens", 0.0, 0.0), ann.user.place("mirror", 90.0, 0.0)
    rest(wire, ann, bob)
    traced: list[int] = []
    controller = bob.window.raytracing_controller
    retrace = controller.retrace

    def noting() -> None:
        traced.append(1)
        retrace()

    monkeypatch.setattr(controller, "retrace", noting)
    for step in range(200):  # two hundred messages, each applied separately
        lens.setPos(0.5 * step, 1.0)
        mirror.setPos(90.0, 0.25 * step)
        ann.capture.tick()
        wire.settle()
    assert traced == []  # not while others' changes are being applied
    user_input.wait(50)
    assert len(traced) == 1
    assert bob.item(lens.item_uuid).pos() == lens.pos()
    for number in range(40):
        ann.user.place("lens", 10.0 * number, 60.0)
    traced.clear()
    settle(wire, ann, bob)
    user_input.wait(50)
    assert 1 <= len(traced) <= 3
    assert len(bob.user.items()) == 43
