"""The ways to change a bench with dialogs, context menus and keys."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import Qt

from tests.helpers import user_input
from tests.helpers.optiverse_edit_methods import GROUP, ITEMS, EditMethod, Thing, all_but, of
from tests.helpers.optiverse_mouse import CTRL
from tests.helpers.optiverse_session import Participant
from tests.helpers.optiverse_user import double_click, events, fill_in, grip

VALUES = {
    "component": {0: 12.5, 1: -7.25, 2: 30.0, 3: 45.5},
    "source": {0: 12.5, 1: -7.25, 2: 30.0},
    "ruler": {0: 77.5, 1: 12.0},
    "rectangle": {0: 12.5, 2: 30.0, 3: 45.5},
    "angle_measure": {0: 50.0, 1: 44.5},
    "path_measure": {0: 33.25},
}
"""Kind → number of a field in its dialog → the value to enter."""

ELSEWHERE = (-150.0, 150.0)


def _edit(one: Participant, thing: Thing) -> None:
    def open_dialog() -> None:
        one.user.menu(thing.item, "Edit")

    if thing.kind == "text":
        open_dialog()
        user_input.type_text(one.user.viewport, " of a lens")
        _leave(one)
    else:
        fill_in(open_dialog, VALUES[thing.kind])


def _double_click(one: Participant, thing: Thing) -> None:
    user = one.user
    user.come()
    user.look(grip(thing.item))
    at = user.at(grip(thing.item))
    if thing.kind == "path_measure":
        fill_in(lambda: double_click(user.viewport, at), VALUES[thing.kind])
        return
    if thing.kind == "text":
        user.begin_writing(thing.item)
    else:
        double_click(user.viewport, at)
    user_input.type_text(user.viewport, "f = 50 mm")
    _leave(one)


def _leave(one: Participant) -> None:
    """Click an empty spot."""
    one.user.look(ELSEWHERE)
    one.user.click(ELSEWHERE)


def _choose(*entries: str) -> partial[None]:
    return partial(_choose_of_one, entries)


def _choose_of_one(entries: tuple[str, ...], one: Participant, thing: Thing) -> None:
    one.user.menu(thing.item, *entries)


def _choose_with_others(entry: str, one: Participant, thing: Thing) -> None:
    one.user.come()
    one.user.frame(*thing.items, thing.other)
    one.user.menu(thing.item, entry)


def _raise_lowest(one: Participant, thing: Thing) -> None:
    one.user.menu(min(thing.items, key=lambda item: item.zValue()), "Bring to Front")


def _delete_point(one: Participant, thing: Thing) -> None:
    bend = thing.item.get_points()[1] if hasattr(thing.item, "get_points") else None
    one.user.menu(thing.item, "Delete Point", at=None if bend is None else thing.item.mapToScene(bend))


def _press(key: Qt.Key, *more: Qt.Key, one: Participant, thing: Thing) -> None:
    """Select it, and press Ctrl and these keys; or Delete alone."""
    one.user.come()
    if thing.group is None:
        one.user.pick(thing.item)
    else:
        one.user.frame(*thing.items)
    for one_key in (key, *more):
        one.user.key(one_key, CTRL if one_key != Qt.Key.Key_Delete else Qt.KeyboardModifier.NoModifier)
    events()


def _pressing(*keys: Qt.Key) -> partial[None]:
    def do(one: Participant, thing: Thing) -> None:
        _press(*keys, one=one, thing=thing)

    return partial(do)


_NOT_IN_MENU = "its menu has no such entry"
_DIRECT = "the item's menu changes the stack without making a step"
_NO_LOCK_STEP = "a lock from the item's own menu is no step"
_NO_STEP_02 = "in 0.2 this is no step"
_LOCK_LESS_02 = ("text", "rectangle", "ruler", "angle_measure", "path_measure")

MENUS: dict[str, EditMethod] = {
    "edit": EditMethod(
        _edit,
        no_step={"path_measure": "the host makes no step of a new length"},
        lacking_02=of(("ruler", "angle_measure"), _NOT_IN_MENU),
        no_step_02=of(("text", "rectangle"), _NO_STEP_02),
    ),
    "double-click and type": EditMethod(
        _double_click,
        lacking=of(all_but("text", "path_measure"), "a double click does nothing to it"),
        no_step={"path_measure": "the host makes no step of a new length"},
        no_step_02={"text": _NO_STEP_02},
    ),
    "menu: Delete": EditMethod(
        _choose("Delete"),
        no_step_02=of(("component", "source", "text", "rectangle"), _NO_STEP_02),
    ),
    "menu: Lock": EditMethod(
        _choose("Lock"),
        lacking={"path_measure": _NOT_IN_MENU},
        no_step=of(ITEMS, _NO_LOCK_STEP),
        lacking_02=of(_LOCK_LESS_02, _NOT_IN_MENU),
    ),
    **{
        f"menu: {entry}": EditMethod(
            _choose(entry),
            no_step=of(("ruler", "path_measure"), _DIRECT),
            no_step_02=of(("ruler", "path_measure"), None),
        )
        for entry in ("Bring to Front", "Bring Forward", "Send Backward", "Send to Back")
    },
    "menu: Add Bend": EditMethod(_choose("Add Bend"), lacking=of(all_but("ruler"), _NOT_IN_MENU)),
    "menu: Delete Point": EditMethod(_delete_point, lacking=of(all_but("ruler"), _NOT_IN_MENU)),
    "menu: Autolabel": EditMethod(
        _choose("Autolabel"),
        lacking=of(all_but("component"), _NOT_IN_MENU),
        lacking_02={"component": _NOT_IN_MENU},
    ),
    "menu, with others: Lock": EditMethod(
        partial(_choose_with_others, "Lock"),
        lacking={"path_measure": _NOT_IN_MENU},
        no_step=of(("ruler", "text", "rectangle", "angle_measure"), _NO_LOCK_STEP),
        no_step_02=of(("component", "source"), _NO_LOCK_STEP),
        lacking_02=of(_LOCK_LESS_02, _NOT_IN_MENU),
    ),
    "menu, with others: Bring to Front": EditMethod(
        partial(_choose_with_others, "Bring to Front"),
        no_step=of(("ruler", "path_measure"), _DIRECT),
        no_step_02=of(("ruler", "path_measure"), None),
    ),
    "menu of an item in a group: Delete": EditMethod(
        _choose("Delete"), (GROUP,), no_step_02={GROUP: _NO_STEP_02}
    ),
    "menu of an item in a group: Bring to Front": EditMethod(_raise_lowest, (GROUP,)),
    "Delete key": EditMethod(_pressing(Qt.Key.Key_Delete)),
    "Delete key on a group": EditMethod(_pressing(Qt.Key.Key_Delete), (GROUP,)),
    "copy and paste": EditMethod(
        _pressing(Qt.Key.Key_C, Qt.Key.Key_V),
        lacking=of(("angle_measure", "path_measure"), "the host does not copy measures"),
    ),
    "copy and paste a group": EditMethod(_pressing(Qt.Key.Key_C, Qt.Key.Key_V), (GROUP,)),
    "cut": EditMethod(_pressing(Qt.Key.Key_X), lacking=of(ITEMS, "the host can't cut")),
}
