"""What others may do between a user's step and its undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.helpers.optiverse_session import Participant


def everything(one: Participant) -> list[Any]:
    """All items and annotations that a participant sees."""
    return [*one.user.items(), *one.user.drawn()]


def from_the_left(items: list[Any]) -> list[Any]:
    """Items in an order that doesn't depend on their ids, which are random."""
    return sorted(items, key=lambda item: (item.pos().x(), item.pos().y(), type(item).__name__))


def _moves(one: Participant) -> None:
    for item in everything(one):
        item.setPos(item.pos().x() + 7.0, item.pos().y() + 5.0)


def _turns(one: Participant) -> None:
    for item in one.user.items():
        item.setRotation(item.rotation() + 30.0)


def _edits(one: Participant) -> None:
    for item in one.user.items():
        one.user.edit(item, {4: 4.5})


def _deletes_one(one: Participant) -> None:
    one.user.delete(from_the_left(everything(one))[0])


def _deletes_all(one: Participant) -> None:
    one.user.delete(*everything(one))


def _ungroups(one: Participant) -> None:
    for id in one.panel.groups():
        one.panel.ungroup(id)


def _deletes_groups(one: Participant) -> None:
    for id in one.panel.groups():
        one.panel.delete(id)


def _groups_the_left(one: Participant) -> None:
    one.panel.group(*from_the_left(one.user.items())[:2], name="Bob's")


def _groups_the_right(one: Participant) -> None:
    one.panel.group(*from_the_left(one.user.items())[-2:], name="Bob's")


def _restacks(one: Participant) -> None:
    for number, item in enumerate(from_the_left(one.user.items())):
        one.user.restack(item, 0 if number % 2 else 3)


def _renames_and_hides(one: Participant) -> None:
    for id in [*one.panel.groups(), *(item.item_uuid for item in one.user.items())]:
        one.panel.rename(id, "Bob's")
        one.panel.toggle(id, "VISIBLE")


def _locks(one: Participant) -> None:
    for item in everything(one):
        if hasattr(item, "set_locked"):  # path measures have no lock
            one.user.lock(item, True)


MEANWHILE: dict[str, Callable[[Participant], None]] = {
    "nothing": lambda one: None,
    "moves": _moves,
    "turns": _turns,
    "edits": _edits,
    "deletes one": _deletes_one,
    "deletes all": _deletes_all,
    "ungroups": _ungroups,
    "groups the left": _groups_the_left,
    "groups the right": _groups_the_right,
    "restacks": _restacks,
    "locks": _locks,
}
"""The actions that the panel of both versions offers, by name."""

MEANWHILE_AT_LAYERS = {"deletes groups": _deletes_groups, "renames and hides": _renames_and_hides}
"""The actions that only the panel of 0.3 offers."""
