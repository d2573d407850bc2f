"""What grows, how far, and what should not grow with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.fanout import Load
from optiverse_collab_server.tick import CROWD_TICK_MS, TICK_MS, tick_ms

EDITORS, HZ = 5, 30.0

EDITS_PER_S = 300.0
"""All sessions together have no more than that."""


@dataclass(frozen=True)
class Size:
    """How large everything is.

    Attributes:
        participants: in each session.
        items: on the bench of each session.
        age: how many edits each session has seen before.
        sessions: how many.
    """

    participants: int = 10
    items: int = 1_000
    age: int = 0
    sessions: int = 1

    def load(self, seconds: float) -> Load:
        """What the participants of each session do: five of them drag, or one if there are few."""
        editors = EDITORS if self.participants >= 2 * EDITORS else 1
        hz = min(HZ, EDITS_PER_S / (editors * self.sessions))
        return Load(self.participants, editors, hz, seconds, components=0)


@dataclass(frozen=True)
class Axis:
    """One thing that grows, while all others stay.

    Attributes:
        key: its attribute of `Size`, and its name in commands and files.
        others: what does not grow, as a sentence.
        sizes: from small to large.
        quick: a few of about this kind, for a short look.
        reasons: for what grows with it: its attribute of `Grown` → why.
    """

    key: str
    others: str
    sizes: Sequence[Size]
    quick: Sequence[Size]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def at(self, size: Size) -> int:
        """The place of a size on the axis."""
        return int(getattr(size, self.key))


MOST_CONNECTIONS = 6_000
"""Enough for the last of the sizes; each is an open file, here and in the server."""


def _sessions(number: int) -> Size:
    return Size(participants=2, items=10, sessions=number)


_EACH_ITEM = "an item of 550 bytes of JSON takes 3.5 kB as Python objects"
_TICK = (
    f"the server gathers edits for {tick_ms(2):.1f} ms with two participants, {TICK_MS:g} ms with ten "
    f"or more, and {CROWD_TICK_MS:g} ms in a crowd"
)

AXES = (
    Axis(
        "participants",
        "Five of them drag at 30 Hz (of two, one), on a bench of 1,000 items.",
        [Size(participants=number) for number in (2, 10, 50, 200, 500)],
        [Size(participants=number) for number in (2, 20)],
        {
            "p50_ms": _TICK,
            "p99_ms": _TICK,
            "join_ms": "a newcomer gets the list of all, and each of them gets the newcomer",
            "back_ms": "each of them gets the whole bench",
        },
    ),
    Axis(
        "items",
        "Ten participants, five of whom drag at 30 Hz.",
        [Size(items=number) for number in (10, 100, 1_000, 10_000, 100_000)],
        [Size(items=number) for number in (10, 1_000)],
        {
            "memory_mb": _EACH_ITEM,
            "cost": "after a start, the server computes the hash of each item once, 256 kB with a frame",
            "join_ms": "a newcomer gets all of them",
            "back_ms": "each participant gets all of them, and the server reads them from the disk",
        },
    ),
    Axis(
        "age",
        "Ten participants, five of whom drag at 30 Hz, on a bench of 1,000 items.",
        [Size(age=number) for number in (0, 1_000, 10_000, 100_000, 1_000_000)],
        [Size(age=number) for number in (0, 5_000)],
        {
            "cost": "after a million edits were written at once, the server packs them in the background",
            "restart_ms": "the server reads its whole database once, to check it",
        },
    ),
    Axis(
        "sessions",
        "Each has two participants and ten items. One of the two drags, at 30 Hz; from ten sessions on, all "
        "together have 300 edits per s.",
        [_sessions(number) for number in (1, 10, 100, 1_000, 2_500)],
        [_sessions(number) for number in (1, 20)],
        {
            "memory_mb": "each session has its tasks, its bench and two connections",
            "back_ms": "the server opens one session after the other",
        },
    ),
)
