"""Anything that a user of the real Optiverse may do, at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.helpers.optiverse_session import Participant

PLACED = ["source", "lens", "mirror", "beamsplitter"]
DRAWN = ["text", "rectangle", "ruler", "angle_measure", "path_measure"]


def act(rng: random.Random, one: Participant) -> None:
    """Do something; every kind of step is about as likely."""
    items = one.user.items()
    steps: list[Callable[[], Any]] = [lambda: _place(rng, one)]
    if items:
        steps = [*_with_items(rng, one, items), *_with_groups(rng, one, items), *_undo(rng, one), steps[0]]
    drawn = one.user.drawn()
    steps += [lambda: _draw(rng, one)] + (_with_drawn(rng, one, drawn) if drawn else [])
    rng.choice(steps)()


def _place(rng: random.Random, one: Participant) -> None:
    one.user.place(rng.choice(PLACED), rng.uniform(-200, 200), rng.uniform(-150, 150))


def _draw(rng: random.Random, one: Participant) -> None:
    def point() -> tuple[float, float]:
        return rng.uniform(-200, 200), rng.uniform(-150, 150)

    what = rng.choice(DRAWN)
    if what != "path_measure":
        counts = {"ruler": rng.randrange(2, 5), "angle_measure": 3}
        one.user.draw(what, *(point() for _ in range(counts.get(what, 1))))
        return
    one.user.measure()


def _with_items(rng: random.Random, one: Participant, items: list[Any]) -> list[Callable[[], Any]]:
    user, item = one.user, rng.choice(items)
    some = rng.sample(items, min(len(items), rng.randrange(1, 4)))
    free = [one for one in some if not one.is_locked()]
    return [
        lambda: (user.select(*some), user.drag(item, rng.randrange(-80, 80), rng.randrange(-80, 80))),
        lambda: (user.select(item), user.turn(item, rng.randrange(-40, 40), rng.randrange(-40, 40))),
        lambda: (user.select(*some), user.turn(item, rng.randrange(-40, 40), rng.randrange(-40, 40))),
        lambda: user.edit(item, {rng.randrange(4): rng.choice([10.0, 20.5, 33.125])}, rng.random() < 0.8),
        lambda: user.delete(*free),
        lambda: item.is_locked() or user.delete_by_menu(item),
        lambda: user.copy_and_paste(*some),
        lambda: user.restack(item, rng.randrange(4)),
        lambda: user.lock(item, not item.is_locked()),
    ]


def _with_groups(rng: random.Random, one: Participant, items: list[Any]) -> list[Callable[[], Any]]:
    panel, groups, item = one.panel, one.panel.groups(), rng.choice(items)
    some = rng.sample(items, min(len(items), rng.randrange(2, 4)))
    steps: list[Callable[[], Any]] = [lambda: panel.group(*some, name=rng.choice(["A", "B", "C"]))]
    if groups:
        steps.append(lambda: panel.ungroup(rng.choice(groups)))
        steps.append(lambda: panel.move(item.item_uuid, rng.choice([*groups, None]), rng.randrange(3)))
    if panel.has_layers:
        eyes_and_locks = [item.item_uuid, *groups]
        steps.append(lambda: panel.toggle(rng.choice(eyes_and_locks), rng.choice(["VISIBLE", "LOCKED"])))
        if groups:
            steps.append(lambda: panel.rename(rng.choice(groups), rng.choice(["X", "Y"])))
            steps.append(lambda: panel.toggle(rng.choice(groups), "COLLAPSED"))
            steps.append(lambda: panel.delete(rng.choice(groups)))
    return steps


def _with_drawn(rng: random.Random, one: Participant, drawn: list[Any]) -> list[Callable[[], Any]]:
    user, item = one.user, rng.choice(drawn)
    steps: list[Callable[[], Any]] = [
        lambda: item.setPos(item.pos().x() + rng.randrange(-9, 9), item.pos().y() + 1.5),
        lambda: getattr(item, "_locked", False) or user.delete_by_menu(item),
        lambda: (user.select(item), user.window.act_copy.trigger(), user.window.act_paste.trigger()),
    ]
    notes = user.drawn("text")
    if notes:
        steps.append(lambda: user.write(rng.choice(notes), rng.choice(["mirror", "f = 50 mm"])))
    return steps


def _undo(rng: random.Random, one: Participant) -> list[Callable[[], Any]]:
    return [one.user.undo, one.user.undo, one.user.undo, one.user.redo, one.user.redo]
