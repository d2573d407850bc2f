"""Edits, undo and redo in two windows, in any order: no unseen edit is replaced, and both agree."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import msgspec
import pytest

from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply
from tests.helpers.wire import Wire
from tests.window.capturing import Window, settle


@pytest.mark.parametrize("seed", range(300))
def test_any_mix_replaces_nothing_unseen(seed: int) -> None:
    """SEEN-4: two windows edit, undo, redo and receive in any order; in the end they agree."""
    rng, wire = random.Random(seed), Wire()
    windows = [Window(wire, "ann"), Window(wire, "bob")]
    windows[0].host.user_does(*(Put(id, "k", {"x": 0, "y": 0}) for id in "ab"))
    settle(wire, *windows)
    counts = Counter[str]()
    for number in range(80):
        window = rng.choice(windows)
        act_in(window, rng, number, counts)
        do = rng.randrange(5)
        if do == 0:
            window.capture.tick()
            wire.poll(window)
            wire.send_up(window)
        elif do == 1:
            wire.commit()
        elif do == 2:
            wire.send_down(window)
    for window in windows:
        window.host.in_hand = set()
    settle(wire, *windows)
    records = wire.room.history.document.records
    for window in windows:
        window.capture.scan()
        assert window.host.bench == window.replica.view == records
        assert [text for level, text in window.host.lines if level == "ERROR"] == []
    assert [entry for entry in wire.journal if entry.yields and entry.replaced] == []
    check_undo_is_ones_own(wire)
    assert counts["undo"] > 3


def check_undo_is_ones_own(wire: Wire) -> None:
    """Check that yielding edits changed no value of others', except back to what it had been."""
    records: dict[str, Record] = {}
    writers: dict[tuple[str, str], int] = {}
    mine: dict[tuple[int, str, str], Any] = {}
    for entry in wire.journal:
        for op in msgspec.json.decode(bytes(entry.ops), type=list[Op]):
            before = records.get(op.id)
            apply(records, op)
            after = records.get(op.id)
            for name in {**(before.props if before else {}), **(after.props if after else {})}:
                was, now = (one.props.get(name) if one else None for one in (before, after))
                if was == now:
                    continue
                if entry.yields and before is not None:
                    is_mine = writers[op.id, name] == entry.origin
                    assert is_mine or mine.get((entry.origin, op.id, name)) == was, (entry, name)
                writers[op.id, name] = entry.origin
                mine[entry.origin, op.id, name] = now


def act_in(window: Window, rng: random.Random, number: int, counts: Counter[str]) -> None:
    """Let a user do something at random."""
    host, do = window.host, rng.randrange(9)
    id = rng.choice(sorted(host.bench) or [""])
    if do < 3:
        counts["undo"] += 1
        host.user_undoes() if do < 2 else host.user_redoes()
    elif do == 8 or not id:
        host.user_commands(Put(f"of {window.session.user_id} {number}", "k", {"x": number, "y": 0}))
    elif do == 3 and id not in host.in_hand:
        host.user_commands(Remove(id))
    elif do == 4:
        host.in_hand = {id} if rng.random() < 0.5 else set()
    elif do == 5:
        window.later = not window.later
    else:
        host.user_commands(Set(id, {rng.choice("xy"): number}))
