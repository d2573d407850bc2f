"""A history as data: the setup of the world, and the events, step by step.

A seed makes such a log (`generate`), the world replays it (`world`). A log of a failure can be shrunk
(`shrink`) and pinned (``tests/data/simulation``).
"""

from __future__ import annotations

from typing import Any

import msgspec

from optiverse_collab.core.client import push_window
from optiverse_collab.core.limits import ENVELOPE_BYTES, Limits
from optiverse_collab.core.protocol.pages import FIRST_BYTES, LEAST_BYTES
from optiverse_collab.core.server.subscribers import BEHIND_BYTES, BEHIND_MS

Step = list[Any]
"""The name of a step (a method of `world.World`) and its arguments, all of it JSON."""

PUSH_BYTES = (push_window.FIRST_BYTES, push_window.LEAST_BYTES, push_window.MOST_BYTES)

OpData = dict[str, Any]
"""An operation as the wire spells it: ``{"op": "put", "id": …, "kind": …, "props": …}``."""


class How(msgspec.Struct, frozen=True, omit_defaults=True):
    """The way an edit is made.

    Attributes:
        yields: it keeps values that its user has not seen.
        step: the step that it belongs to.
        back: how many changes ago the window last showed its records.
    """

    yields: bool = False
    step: str = ""
    back: int = 0


class Setup(msgspec.Struct, frozen=True, omit_defaults=True):
    """The fixed settings of a history.

    Attributes:
        clients: how many clients there are.
        patient: whether clients repeat their first attempt (CONN-2).
        settled: whether all of them are connected and up to date before the first step.
        tombstones: how many tombstones the history keeps.
        hash_every: after how many changes a state hash goes out.
        page_bytes: see `Limits`; small, so that there are many pages and short frames.
        first_page_bytes, least_page_bytes: of an answer (SYNC-15); small, so that pages grow and shrink.
        record_bytes: see `Limits`; small, so that two edits together may be too much.
        change_bytes: see `Limits`; small, so that a push is cut in several.
        records: see `Limits`; small, so that a session is full.
        push_bytes: on their way at first, at least and at most (PUSH-10); small, so that edits wait.
        participants: see `Limits`; small, so that dead connections take up the room.
        outcomes: how many outcomes the history remembers for those who are away.
        remembered: how many replicas the history remembers; small, so that some are forgotten.
        behind_ms, behind_bytes: see `Bounds`; small, so that receivers are behind.
        disks: whether clients have a disk.
    """

    clients: int = 2
    patient: bool = False
    settled: bool = True
    tombstones: int = 4096
    hash_every: int = 256
    page_bytes: int = 256 * 1024
    first_page_bytes: int = FIRST_BYTES
    least_page_bytes: int = LEAST_BYTES
    record_bytes: int = 512 * 1024
    change_bytes: int = 960 * 1024
    records: int = 100_000
    push_bytes: tuple[int, int, int] = PUSH_BYTES
    participants: int = 500
    outcomes: int = 10_000
    remembered: int = 10_000
    behind_ms: float = BEHIND_MS
    behind_bytes: int = BEHIND_BYTES
    disks: bool = False

    @property
    def limits(self) -> Limits:
        """The server's limits."""
        return Limits(
            message_bytes=self.change_bytes + ENVELOPE_BYTES,
            record_bytes=self.record_bytes,
            page_bytes=self.page_bytes,
            records=self.records,
            participants=self.participants,
        )


class Log(msgspec.Struct, omit_defaults=True):
    """A history.

    Attributes:
        why: the fault that it showed, if it is pinned.
        setup: what is fixed.
        steps: what happens.
    """

    setup: Setup
    steps: list[Step]
    why: str = ""


def to_json(log: Log) -> str:
    """`log` as JSON, one step a line."""
    head = msgspec.json.encode(Log(log.setup, [], log.why)).decode()
    steps = ",\n".join(msgspec.json.encode(step).decode() for step in log.steps)
    return head.replace('"steps":[]', f'"steps":[\n{steps}\n]') + "\n"


def from_json(text: str | bytes) -> Log:
    """The log that `to_json` wrote."""
    return msgspec.json.decode(text, type=Log)
