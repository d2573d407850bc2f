"""Whatever users of real windows do, in any order: in the end, bench, file and rays are the same."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

from tests.helpers.optiverse_mix import act
from tests.helpers.optiverse_session import TOLD, Participant, differences, rest, start
from tests.helpers.optiverse_user import put_tools_away
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore(
        "This plugin does not support",
        "QImageIOHandler: Rejecting image",
        # Makes the host log the undo of a step whose item was deleted by its context menu.
        "QGraphicsScene::removeItem: item .* scene .0x0.",
    ),
]

SEEDS = 25
STEPS = 60


def deliver(rng: random.Random, wire: Wire, one: Participant) -> None:
    """Deliver some of the messages; now and then, cut the connection instead."""
    is_connected = one.connection_id in wire.peers
    do = rng.randrange(8)
    if not is_connected:
        one.capture.tick()
        if do < 2:
            wire.connect(one)
    elif do == 0:
        one.capture.tick()
        wire.lose(one, noticed=rng.random() < 0.5)
    elif do < 3:
        one.capture.tick()
        wire.poll(one)
        wire.send_up(one)
    elif do < 5:
        wire.commit()
    else:
        wire.send_down(one)


def rays(one: Participant) -> list[Any]:
    """The rays of a window, to the nanometre: one window may turn by -10 degrees, and another by 350."""
    one.user.retrace()
    return [
        ([tuple(round(float(mm), 6) for mm in at) for at in ray.points], ray.wavelength_nm)
        for ray in one.window.ray_data
    ]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_mix_ends_equal(windows: list[Any], seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two to four users edit, receive each other's edits, and lose their connection, in any order."""
    for name in ("warning", "information"):
        monkeypatch.setattr(f"PyQt6.QtWidgets.QMessageBox.{name}", lambda *args: None)
    rng = random.Random(seed)
    ids = random.Random(seed)
    monkeypatch.setattr("uuid.uuid4", lambda: uuid.UUID(int=ids.getrandbits(128), version=4))
    wire, participants = start(windows[: rng.choice([2, 2, 3, 4])])
    try:
        for _ in range(STEPS):
            one = rng.choice(participants)
            if rng.random() < 0.5:
                act(rng, one)
            else:
                deliver(rng, wire, one)
        for one in participants:
            put_tools_away(one.window)  # others don't get a ruler until it is drawn to its end
        wire.connect(*(one for one in participants if one.connection_id not in wire.peers))
        rest(wire, *participants)
        rest(wire, *participants)
        assert differences(wire, *participants) == []
        traced = [sorted(rays(one), key=str) for one in participants]
        assert all(mine == traced[0] for mine in traced)
        for one in participants:
            assert [text for text in one.log("WARNING", "ERROR") if not text.endswith(TOLD)] == []
    finally:
        for one in participants:
            one.host.close()
