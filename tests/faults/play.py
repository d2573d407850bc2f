"""Plays one cell of the table, and reports the result."""

from __future__ import annotations

import asyncio
import re
import time
from typing import NamedTuple

from tests.faults.cells import Cell, Phase
from tests.faults.rig import Rig, rig
from tests.faults.session import DEADLINE_S, State, do, fill, in_step, lens, settled, until

ITEMS = 200
ITEMS_TO_LOAD = 600
"""Enough for a join on a slow line that takes seconds."""
JOIN_BYTES_PER_S = 100_000
EDITS = 100
OF_BOB = [lens(number) for number in range(EDITS, EDITS + 10)]
OFFLINE = [lens(number) for number in range(EDITS + 10, EDITS + 13)]
DRAGGED = lens(ITEMS - 1)
HOLDS_S = 4.0
"""How long a fault lasts if it breaks no connection; otherwise it lasts until the user sees it."""
AWAY_S = 1.5
LOADED_S = 10.0
"""The extra time that everything may take on a busy machine."""
AWAY = ("reconnecting", "failed", "offline")


class Outcome(NamedTuple):
    """The result of a cell.

    Attributes:
        cell: the cell that was played.
        told_s: from the fault until the status bar showed the loss; None if it didn't.
        told: the text of the status bar.
        back_s: from the end of the fault until the bench was in the session again, with everything sent.
        problems: the broken promises.
    """

    cell: Cell
    told_s: float | None
    told: str
    back_s: float | None
    problems: list[str]


async def play(cell: Cell) -> Outcome:
    """Play a cell, with its own processes."""
    async with rig() as it:
        game = _Game(it, cell)
        await game.prepare()
        await game.begin()
        return await game.finish()


class _Game:
    """One cell being played."""

    def __init__(self, it: Rig, cell: Cell) -> None:
        self._rig, self._cell = it, cell
        self._problems: list[str] = []
        self._begun = self._healed = 0.0
        self._told_s: float | None = None
        self._told = ""

    async def prepare(self) -> None:
        """Fill the session, and let both join, unless Ann is to join during the fault."""
        joining = self._cell.phase is Phase.JOINING
        await fill(self._rig.server, ITEMS_TO_LOAD if joining else ITEMS)
        if joining or self._cell.phase is Phase.CONNECTING:
            await self._rig.join(self._rig.bob)
            await self._rig.settle(self._rig.bob)
        else:
            await self._rig.join_all()

    async def begin(self) -> None:
        """Let Ann do something, and start the fault in the middle of it."""
        ann, network = self._rig.ann, self._rig.network
        phase = self._cell.phase
        if phase is Phase.DRAGGING:
            await do(ann, drag=[DRAGGED, DEADLINE_S])
            await asyncio.sleep(1)
        elif phase is Phase.PUSHING:
            await self._rig.rename(ann, "Ann's", [lens(number) for number in range(EDITS)])
            await asyncio.sleep(0.5)
        elif phase is Phase.JOINING:
            network.to_client.bytes_per_s = JOIN_BYTES_PER_S
            await self._rig.join(ann)
            while network.to_client.carried < JOIN_BYTES_PER_S:  # noqa: ASYNC110 - the network has no event
                await asyncio.sleep(0.01)
        self._begun = time.monotonic()
        await self._cell.fault.begin(self._rig)
        if phase is Phase.CONNECTING:
            await self._rig.join(ann)
        elif phase is Phase.CLOSING:
            await self._rig.rename(ann, "Ann's", [lens(number) for number in range(3)])
            await until(ann, lambda state: not state["busy"])
        await self._rig.rename(self._rig.bob, "Bob's", OF_BOB)

    async def finish(self) -> Outcome:
        """Wait until the fault is reported, undo it, and wait until everything works again."""
        if self._cell.phase is Phase.CLOSING:
            await asyncio.to_thread(self._rig.ann.close)
        else:
            await self._endure()
        await self._cell.fault.end(self._rig)
        self._healed = time.monotonic()
        back_s = await self._return()
        self._problems += await self._rig.verdict()
        return Outcome(self._cell, self._told_s, self._told, back_s, self._problems)

    async def _endure(self) -> None:
        """Wait for the end of the fault."""
        if not self._cell.fault.breaks:
            await asyncio.sleep(HOLDS_S)
            state = await do(self._rig.ann, look=[])
            self._see(state)
            if self._told_s is not None:
                self._problems.append(f"the connection was given up: {self._told}")
            return
        state = await until(self._rig.ann, self._see)
        if self._told_s is None:
            self._problems.append(f"the user saw nothing; the status is {state['text']!r}")
        elif self._told_s > self._cell.told_within_s + LOADED_S:
            self._problems.append(f"the user saw it after {self._told_s:.0f} s")
        elif not self._cell.fault.passes and self._cell.phase in (Phase.IDLE, Phase.DRAGGING, Phase.PUSHING):
            await self._edit_offline()
        elif not self._cell.fault.passes:
            await asyncio.sleep(AWAY_S)

    async def _edit_offline(self) -> None:
        """Keep editing; the bar over the bench must say that the edits wait."""
        await self._rig.rename(self._rig.ann, "Ann's offline", OFFLINE)
        state = await until(self._rig.ann, _says_that_edits_wait)
        if not _says_that_edits_wait(state):
            self._problems.append(f"the bar says {state['bar']!r}")

    def _see(self, state: State) -> bool:
        """Whether the user can see that the connection is lost."""
        for when, status, text, bar in state["told"]:
            again = status == "connecting" and (bar or self._cell.phase is Phase.JOINING)
            lost = status in AWAY or again
            if when >= self._begun and lost and self._told_s is None:
                self._told_s, self._told = when - self._begun, bar or text
        return self._told_s is not None

    async def _return(self) -> float | None:
        """Let Ann come back; returns how long that took, or None if she could not."""
        ann = self._rig.ann
        if self._cell.phase is Phase.CLOSING:
            await self._rig.again()
            ann = self._rig.ann
        if self._cell.phase is Phase.DRAGGING:
            await do(ann, drop=[])
        state = await until(ann, lambda state: in_step(state) or state["status"] in ("failed", "offline"))
        back_s = time.monotonic() - self._healed
        state = await until(ann, settled) if in_step(state) else state
        if not settled(state):
            self._problems.append(f"Ann is not back: {state['text']!r}, {state['pending']} pending")
            return None
        state = await until(ann, lambda state: not state["bar"])
        if state["bar"]:
            self._problems.append(f"the bar still says {state['bar']!r}")
        if self._cell.phase is Phase.DRAGGING:
            seen = await do(ann, seen=[], content=[], look=[])
            if seen["content"][DRAGGED][1]["pos"] != seen["seen"]["dragged"][-1][1]:
                self._problems.append("the drag was lost")
        return back_s


def _says_that_edits_wait(state: State) -> bool:
    """Whether the bar says since when the window is offline, and how many edits wait."""
    return re.match(r"Offline since .* · \d+ edits? waiting", state["bar"]) is not None
