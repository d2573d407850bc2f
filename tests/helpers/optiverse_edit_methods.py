"""The ways in which users of the real Optiverse change a bench, and the kinds of items that each works for.

A method is left out for a kind only with a reason, and the reason is tested, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PyQt6.QtCore import QPointF

from tests.helpers.optiverse_mouse import NotOffered
from tests.helpers.optiverse_session import Participant
from tests.helpers.optiverse_user import grip

GROUP = "group"
OPTICAL = ("component", "source")
DRAWN = ("ruler", "text", "rectangle", "angle_measure", "path_measure")
ITEMS = (*OPTICAL, *DRAWN)

Why = Mapping[str, "str | None"]


@dataclass
class Thing:
    """The thing that an edit method is tried on.

    Attributes:
        kind: one of `ITEMS`, or ``group``.
        items: the item, or the items of the group.
        other: a mirror that lies elsewhere, and below it in the stack; another lies above it.
        group: the group's id, if it is one.
    """

    kind: str
    items: list[Any]
    other: Any
    group: str | None = None

    @property
    def item(self) -> Any:
        """The item, or the first item of the group."""
        return self.items[0]


@dataclass(frozen=True)
class EditMethod:
    """One way to change a bench.

    Attributes:
        do: does it.
        kinds: the kinds to which it could apply.
        lacking: kind → why the host offers no such method for it.
        no_step: kind → why the host doesn't put it on its undo stack.
        lacking_02, no_step_02: what differs in Optiverse 0.2; None if it offers the method.
    """

    do: Callable[[Participant, Thing], object]
    kinds: tuple[str, ...] = ITEMS
    lacking: Why = field(default_factory=dict)
    no_step: Why = field(default_factory=dict)
    lacking_02: Why = field(default_factory=dict)
    no_step_02: Why = field(default_factory=dict)

    def why_lacking(self, kind: str, is_02: bool) -> str | None:
        """Why there is no such way for this kind; None if there is."""
        return {**self.lacking, **(self.lacking_02 if is_02 else {})}.get(kind)

    def why_no_step(self, kind: str, is_02: bool) -> str | None:
        """Why it can't be undone; None if it can."""
        return {**self.no_step, **(self.no_step_02 if is_02 else {})}.get(kind)


def of(kinds: tuple[str, ...], why: str | None) -> dict[str, str | None]:
    """The same reason for several kinds."""
    return dict.fromkeys(kinds, why)


def all_but(*kinds: str) -> tuple[str, ...]:
    """All other kinds of items."""
    return tuple(kind for kind in ITEMS if kind not in kinds)


def make(one: Participant, kind: str) -> Thing:
    """Put an item of this kind on the bench, after one mirror and before another."""
    other = one.user.place("mirror", 150.0, 120.0)
    thing = _make(one, kind, other)
    one.user.place("mirror", 300.0, -250.0)
    one.window.scene.clearSelection()
    return thing


def _make(one: Participant, kind: str, other: Any) -> Thing:
    user = one.user
    if kind == GROUP:
        items = [user.place("lens", 60.0 * i, 0.0) for i in range(2)]
        return Thing(kind, items, other, one.panel.group(*items))
    if kind == "path_measure":
        user.place("source", -100.0, 0.0)
        return Thing(kind, user.measure()[:1], other)
    if kind in OPTICAL:
        return Thing(kind, [user.place("lens" if kind == "component" else kind, 0.0, 0.0)], other)
    return Thing(kind, [user.draw(kind, *POINTS[kind])], other)


POINTS: dict[str, tuple[tuple[float, float], ...]] = {
    "component": ((10.0, 20.0),),
    "source": ((-90.0, 10.0),),
    "ruler": ((-60.0, -40.0), (40.0, -40.0), (80.0, -100.0)),
    "text": ((-60.0, 60.0),),
    "rectangle": ((-70.0, -60.0),),
    "angle_measure": ((60.0, 0.0), (0.0, 0.0), (0.0, 70.0)),
    "path_measure": ((-50.0, 0.0), (50.0, 0.0)),
}
"""Where to click with the tool that places this kind."""


def _use_tool(one: Participant, thing: Thing) -> None:
    if thing.kind == "path_measure":
        one.user.retrace()
        ray = one.window.ray_data[0]
        start, end = (QPointF(*map(float, point[:2])) for point in ray.points[:2])
        points = [start + (end - start) * part for part in (0.2, 0.4)]
        one.user.use(thing.kind, *((point.x(), point.y()) for point in points))
    else:
        one.user.use(thing.kind, *((x + 7.0, y + 5.0) for x, y in POINTS[thing.kind]))


def _drop(one: Participant, thing: Thing) -> None:
    names = {"component": 'Standard Mirror (1")', "source": "Standard Source"}
    if thing.kind not in names:
        raise NotOffered("it is not in the library")
    one.user.drop_from_library(names[thing.kind], (-80.0, 90.0))


def _drag(one: Participant, thing: Thing) -> None:
    one.user.come()
    one.user.drag_from(grip(thing.item), 40, 30)


def _drag_many(one: Participant, thing: Thing) -> None:
    one.user.come()
    one.user.frame(*thing.items, thing.other)
    one.user.drag_from(grip(thing.other), -40, 30)


def _drag_group(one: Participant, thing: Thing) -> None:
    one.user.come()
    if one.panel.has_layers:  # in 0.2, a group moves with any of its items
        one.panel.pick(thing.group or "")
    one.user.drag_from(grip(thing.item), 40, 30)


def _turn(one: Participant, thing: Thing) -> None:
    one.user.come()
    one.user.pick(thing.item)
    one.user.turn(thing.item, 0, 30)


def _turn_many(one: Participant, thing: Thing) -> None:
    one.user.come()
    one.user.frame(*thing.items, thing.other)
    one.user.turn(thing.item, 0, 30)


def _turn_group(one: Participant, thing: Thing) -> None:
    one.user.come()
    one.user.frame(*thing.items)
    one.user.turn(thing.item, 0, 30)


def _wheel(one: Participant, thing: Thing) -> None:
    one.user.turn_the_wheel(2, *thing.items, thing.other)


def _pull_handle(one: Participant, thing: Thing) -> None:
    one.user.come()
    one.user.drag_from(handles_of(thing.item)[0], 24, 14)


def _pull_bend(one: Participant, thing: Thing) -> None:
    one.user.come()
    handles = handles_of(thing.item)
    if len(handles) < 2:
        raise NotOffered("it has no bends")
    one.user.drag_from(handles[1], 24, 14)


def handles_of(item: Any) -> list[QPointF]:
    """The positions of the handles of a ruler or a measure.

    Raises:
        NotOffered: it is something else.
    """
    if hasattr(item, "get_points"):
        return [item.mapToScene(point) for point in item.get_points()]
    if hasattr(item, "vertex"):
        return [item.point1, item.vertex]
    if hasattr(item, "start_param"):
        return [QPointF(*map(float, item._get_segment_points()[-1]))]
    raise NotOffered("it has no handles")


_WITH_HANDLES = ("ruler", "angle_measure", "path_measure")
_NO_ANGLE = "it has no angle of its own, so it is moved, which is a step for drags alone"
_FORGOTTEN = {"angle_measure": "0.2 does not think of angle measures when it makes the step"}
_NO_PLACE = "it lies on its ray"

CANVAS: dict[str, EditMethod] = {
    "tool": EditMethod(_use_tool),
    "drop from the library": EditMethod(_drop, lacking=of(DRAWN, "the library has components alone")),
    "drag": EditMethod(
        _drag,
        lacking={"path_measure": _NO_PLACE},
        no_step_02={**_FORGOTTEN, "source": "its rays lie over it, and 0.2 looks for what lies on top"},
    ),
    "drag with others": EditMethod(_drag_many, no_step_02=_FORGOTTEN),
    "Ctrl and drag": EditMethod(
        _turn,
        lacking={"path_measure": _NO_PLACE},
        no_step=of(("ruler", "text", "angle_measure"), _NO_ANGLE),
        no_step_02=of(("ruler", "text"), None),
    ),
    "Ctrl and drag with others": EditMethod(
        _turn_many, lacking={"path_measure": _NO_PLACE}, no_step_02=_FORGOTTEN
    ),
    "Ctrl and wheel": EditMethod(_wheel, lacking=of(ITEMS, "the canvas takes the wheel, to zoom")),
    "pull a handle": EditMethod(_pull_handle, lacking=of(all_but(*_WITH_HANDLES), "it has no handles")),
    "pull a bend": EditMethod(_pull_bend, lacking=of(all_but("ruler", "angle_measure"), "it has no bends")),
    "drag a group": EditMethod(_drag_group, (GROUP,)),
    "Ctrl and drag a group": EditMethod(_turn_group, (GROUP,)),
    "Ctrl and wheel of a group": EditMethod(
        _wheel, (GROUP,), lacking={GROUP: "the canvas takes the wheel, to zoom"}
    ),
}
