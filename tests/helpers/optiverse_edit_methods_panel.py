"""The ways to change a bench in the layer panel. 0.2 has only a few, the same for all kinds."""

from __future__ import annotations

from collections.abc import Callable

from tests.helpers import user_input
from tests.helpers.optiverse_edit_methods import GROUP, ITEMS, EditMethod, Thing, of
from tests.helpers.optiverse_mouse import CTRL, NotOffered, press_button
from tests.helpers.optiverse_session import Participant
from tests.helpers.optiverse_user import grip

Do = Callable[[Participant, Thing], object]


def _in_03(do: Do) -> Do:
    """Do something that only the panel of 0.3 offers."""

    def check_and_do(one: Participant, thing: Thing) -> None:
        if not one.panel.has_layers:
            raise NotOffered("0.2 has no such line")
        one.user.come()
        do(one, thing)

    return check_and_do


def _id(thing: Thing) -> str:
    return thing.group or str(thing.item.item_uuid)


def _group(one: Participant, thing: Thing) -> None:
    one.user.come()
    one.user.pick(thing.item)
    one.user.look(grip(thing.other))
    user_input.click(one.user.viewport, one.user.at(grip(thing.other)), CTRL)
    assert len(one.window.scene.selectedItems()) == 2
    assert one.panel.group_selected("Telescope")


def _ungroup(one: Participant, thing: Thing) -> None:
    one.panel.ungroup(_id(thing))


def _into_a_group(one: Participant, thing: Thing) -> None:
    """Drag the mirror's line into the group."""
    one.panel.move(thing.other.item_uuid, thing.group)


def _out_of_a_group(one: Participant, thing: Thing) -> None:
    one.panel.move(thing.item.item_uuid, None, 99)


def _toggle(what: str) -> Do:
    return _in_03(lambda one, thing: one.panel.toggle(_id(thing), what))


def _rename(one: Participant, thing: Thing) -> None:
    one.panel.rename(_id(thing), "Renamed")


def _to_the_top(one: Participant, thing: Thing) -> None:
    one.panel.move(_id(thing), None, 0)


def _button(text: str) -> Do:
    def press(one: Participant, thing: Thing) -> None:
        one.panel.pick(_id(thing))
        press_button(one.window.layer_panel, text)

    return _in_03(press)


def _delete(one: Participant, thing: Thing) -> None:
    one.panel.delete(_id(thing))


def _choose(*entries: str) -> Do:
    return _in_03(lambda one, thing: one.panel.choose(_id(thing), *entries))


_BOTH = (*ITEMS, GROUP)
_NOT_SHARED_02 = of(_BOTH, "0.2 saves nothing of this")
_SAME_02 = of(_BOTH, "0.2 has buttons and menus of its own for it, which do as the item's menu does")
_STAYS_LOCKED = {GROUP: "taken back, the lock of a group stays on its items"}
_ALL_OF_IT = {GROUP: "it is the items that are moved among each other, all of them"}

PANEL: dict[str, EditMethod] = {
    "panel: group": EditMethod(_group),
    "panel: ungroup": EditMethod(_ungroup, (GROUP,)),
    "panel: drag a line into a group": EditMethod(_into_a_group, (GROUP,)),
    "panel: drag a line out of a group": EditMethod(_out_of_a_group, (GROUP,)),
    "panel: drag a line to the top": EditMethod(
        _in_03(_to_the_top), _BOTH, lacking={GROUP: "only items are dragged"}, lacking_02=_SAME_02
    ),
    "panel: eye": EditMethod(_toggle("VISIBLE"), _BOTH, lacking_02=_NOT_SHARED_02),
    "panel: lock": EditMethod(_toggle("LOCKED"), _BOTH, no_step=_STAYS_LOCKED, lacking_02=_SAME_02),
    "panel: fold": EditMethod(
        _toggle("COLLAPSED"),
        (GROUP,),
        no_step={GROUP: "folding is no step"},
        lacking_02=_SAME_02,
    ),
    "panel: rename": EditMethod(
        _in_03(_rename),
        _BOTH,
        lacking={"source": "the host has no place for its name"},
        lacking_02=of(_BOTH, "0.2 can't rename"),
    ),
    "panel: up": EditMethod(_button("↑ Up"), _BOTH, lacking=_ALL_OF_IT, lacking_02=_SAME_02),
    "panel: down": EditMethod(_button("↓ Down"), _BOTH, lacking=_ALL_OF_IT, lacking_02=_SAME_02),
    "panel: Delete key": EditMethod(_in_03(_delete), _BOTH, lacking_02=_SAME_02),
    "panel, menu: Toggle Visibility": EditMethod(
        _choose("Toggle Visibility"), _BOTH, lacking_02=_NOT_SHARED_02
    ),
    "panel, menu: Toggle Lock": EditMethod(
        _choose("Toggle Lock"), _BOTH, no_step=_STAYS_LOCKED, lacking_02=_SAME_02
    ),
    "panel, menu: Delete": EditMethod(_choose("Delete"), _BOTH, lacking_02=_SAME_02),
    "panel, menu: Bring to Front": EditMethod(
        _choose("Z-Order", "Bring to Front"), _BOTH, lacking=_ALL_OF_IT, lacking_02=_SAME_02
    ),
    "panel, menu: Ungroup": EditMethod(
        _choose("Ungroup"), _BOTH, lacking=of(ITEMS, "it is no group"), lacking_02=_SAME_02
    ),
}
