"""Random actions of a user of the real Optiverse."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from PyQt6.QtCore import Qt

from tests.helpers.optiverse_edit_methods import handles_of
from tests.helpers.optiverse_mouse import MouseUser, NotOffered, press_button
from tests.helpers.optiverse_session import Participant
from tests.helpers.optiverse_user import events, fill_in, grip, is_in_reach

PLACED = ["source", "lens", "mirror", "beamsplitter"]
DRAWN = ["text", "rectangle", "ruler", "angle_measure", "path_measure"]
ENTRIES = ["Delete", "Lock", "Bring to Front", "Bring Forward", "Send Backward", "Send to Back", "Autolabel"]
LINES = ["Toggle Visibility", "Toggle Lock", "Delete", "Ungroup"]

Step = Callable[[], Any]


def act(rng: random.Random, one: Participant) -> None:
    """Do something; every kind of step is about as likely."""
    items = one.user.items()
    steps: list[Step] = [lambda: _place(rng, one)]
    if items:
        steps = [*_with_items(rng, one, items), *_with_groups(rng, one, items), *_undo(rng, one), *steps]
    drawn = one.user.drawn()
    steps += [lambda: _draw(rng, one)] + (_with_drawn(rng, one, drawn) if drawn else [])
    with suppress(NotOffered):
        rng.choice(steps)()


def _place(rng: random.Random, one: Participant) -> None:
    x, y = rng.uniform(-200, 200), rng.uniform(-150, 150)
    if rng.random() < 0.2:
        one.user.drop_from_library(rng.choice(['Standard Mirror (1")', "Beam Block"]), (x, y))
    else:
        one.user.place(rng.choice(PLACED), x, y)


def _draw(rng: random.Random, one: Participant) -> None:
    def point() -> tuple[float, float]:
        return rng.uniform(-200, 200), rng.uniform(-150, 150)

    what = rng.choice(DRAWN)
    if what != "path_measure":
        counts = {"ruler": rng.randrange(2, 5), "angle_measure": 3}
        one.user.draw(what, *(point() for _ in range(counts.get(what, 1))))
        return
    one.user.measure()


def _with_items(rng: random.Random, one: Participant, items: list[Any]) -> list[Step]:
    user, item = one.user, rng.choice(items)
    some = rng.sample(items, min(len(items), rng.randrange(1, 4)))
    free = [one for one in some if not one.is_locked()]
    return [
        lambda: user.select(*some).drag(item, rng.randrange(-80, 80), rng.randrange(-80, 80)),
        lambda: user.select(item).turn(item, rng.randrange(-40, 40), rng.randrange(-40, 40)),
        lambda: user.select(*some).turn(item, rng.randrange(-40, 40), rng.randrange(-40, 40)),
        lambda: user.edit(item, {rng.randrange(4): rng.choice([10.0, 20.5, 33.125])}, rng.random() < 0.8),
        lambda: user.delete(*free),
        lambda: user.select(*free).key(Qt.Key.Key_Delete),
        lambda: _choose(user, item, lambda: rng.choice(ENTRIES)),
        lambda: user.copy_and_paste(*some),
        lambda: user.restack(item, rng.randrange(4)),
        lambda: user.lock(item, not item.is_locked()),
    ]


def _choose(user: MouseUser, item: Any, entry: Callable[[], str]) -> None:
    if is_in_reach(item):
        user.menu(item, entry())


def _copy(user: MouseUser, item: Any) -> None:
    user.select(item)
    user.window.act_copy.trigger()
    user.window.act_paste.trigger()


def _with_groups(rng: random.Random, one: Participant, items: list[Any]) -> list[Step]:
    panel, groups, item = one.panel, one.panel.groups(), rng.choice(items)
    some = rng.sample(items, min(len(items), rng.randrange(2, 4)))
    steps: list[Step] = [lambda: panel.group(*some, name=rng.choice(["A", "B", "C"]))]
    if rng.random() < 0.1:
        steps.append(lambda: _import(one))
    if groups:
        steps.append(lambda: panel.ungroup(rng.choice(groups)))
        steps.append(lambda: panel.move(item.item_uuid, rng.choice([*groups, None]), rng.randrange(3)))
    if panel.has_layers:
        lines = [item.item_uuid, *groups]
        steps.append(lambda: panel.toggle(rng.choice(lines), rng.choice(["VISIBLE", "LOCKED"])))
        steps.append(lambda: panel.choose(rng.choice(lines), rng.choice(LINES)))
        steps.append(lambda: panel.rename(rng.choice(lines), rng.choice(["X", "Y"])))
        steps.append(lambda: _up_or_down(rng, one, rng.choice(lines)))
        if groups:
            steps.append(lambda: panel.toggle(rng.choice(groups), "COLLAPSED"))
            steps.append(lambda: panel.delete(rng.choice(groups)))
    return steps


def _up_or_down(rng: random.Random, one: Participant, id: str) -> None:
    one.panel.pick(id)
    press_button(one.window.layer_panel, rng.choice(["↑ Up", "↓ Down"]))


def _import(one: Participant) -> None:
    """Import the open file, so that its items are there twice."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "layer.json"
        path.write_text(json.dumps(one.saved()), "utf-8")
        with patch("PyQt6.QtWidgets.QFileDialog.getOpenFileName", lambda *args, **kwargs: (str(path), "")):
            one.window.act_import_as_layer.trigger()
    events()


def _with_drawn(rng: random.Random, one: Participant, drawn: list[Any]) -> list[Step]:
    user, item = one.user, rng.choice(drawn)
    entry = rng.choice([*ENTRIES, "Add Bend", "Delete Point"])
    steps: list[Step] = [
        lambda: user.drag_from(grip(item), rng.randrange(-80, 80), rng.randrange(-80, 80)),
        lambda: user.drag_from(rng.choice(handles_of(item)), rng.randrange(-40, 40), rng.randrange(-40, 40)),
        lambda: _choose(user, item, lambda: entry),
        lambda: _copy(user, item),
    ]
    if hasattr(item, "open_editor"):
        steps.append(lambda: fill_in(item.open_editor, {0: rng.choice([10.0, 44.5])}, rng.random() < 0.8))
    notes = user.drawn("text")
    if notes:
        steps.append(lambda: user.write(rng.choice(notes), rng.choice(["mirror", "f = 50 mm"])))
    return steps


def _undo(rng: random.Random, one: Participant) -> list[Step]:
    return [one.user.undo, one.user.undo, one.user.undo, one.user.redo, one.user.redo]
