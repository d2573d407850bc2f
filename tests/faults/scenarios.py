"""Scenarios outside the table: portals, long stalls, slow lines, and returning to a changed bench."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from tests.faults.rig import Rig, rig
from tests.faults.session import DEADLINE_S, do, fill, in_step, lens, until

ANSWERS = {
    200: "OK",
    302: "Found",
    403: "Forbidden",
    404: "Not Found",
    407: "Proxy Authentication Required",
    511: "Network Authentication Required",
}
"""The HTTP answers of portals and gateways."""

SLOW_BYTES_PER_S = 8_000
ANN_DRAGS, BOB_DRAGS = lens(0), lens(1)

Places = Sequence[tuple[float, Any]]


class Stalled(NamedTuple):
    """The result of a stall in the middle of a drag."""

    back_s: float
    problems: list[str]


class SlowLine(NamedTuple):
    """How two people see each other on a slow line.

    Attributes:
        behind_s: the greatest age of one's view of the other, while both dragged.
        drained_s: from the end of the drags until both saw the final positions.
    """

    behind_s: float
    drained_s: float
    problems: list[str]


class Returned(NamedTuple):
    """The longest uninterrupted work of the window, in ms of CPU time."""

    join_gap_ms: float
    return_gap_ms: float
    merge_gap_ms: float
    problems: list[str]


async def portal(status: int) -> list[str]:
    """Something else answers while the line is down; returns the problems."""
    async with rig() as it:
        await fill(it.server, 20)
        await it.join_all()
        network = it.network
        extra = "Location: http://portal.invalid/\r\n" if status == 302 else ""
        head = f"HTTP/1.1 {status} {ANSWERS[status]}\r\n{extra}Content-Length: 0\r\n\r\n"
        network.up, network.answer = False, head.encode()
        tries = network.accepted
        network.cut()
        await until(it.ann, lambda state: state["status"] != "connected")
        await it.rename(it.ann, "Ann's", [lens(number) for number in range(5)])
        await it.rename(it.bob, "Bob's", [lens(number) for number in range(5, 10)])
        state = await until(it.ann, lambda state: network.accepted > tries + 1 or _ended(state))
        problems = [f"after {status}: {sentence}" for sentence in state["failures"]]
        network.up = True
        if not in_step(await until(it.ann, lambda state: in_step(state) or _ended(state))):
            return [*problems, "Ann is not back"]
        return problems + await it.verdict()


async def stalled_drag(seconds: float) -> Stalled:
    """Nothing gets through for some time while somebody drags."""
    async with rig() as it:
        await fill(it.server, 20)
        await it.join_all()
        await do(it.ann, drag=[ANN_DRAGS, DEADLINE_S])
        await asyncio.sleep(1)
        it.network.stall()
        await asyncio.sleep(seconds)
        it.network.resume()
        resumed = time.monotonic()
        await asyncio.sleep(1)
        await do(it.ann, drop=[])
        state = await until(it.ann, lambda state: in_step(state) and not state["busy"])
        back_s = time.monotonic() - resumed
        problems = list(state["failures"])
        problems += [line for line in it.server.log if "WARNING" in line]
        return Stalled(back_s, problems + await it.verdict())


async def slow_line(seconds: float) -> SlowLine:
    """Two people drag, each behind 64 kbit/s both ways and a buffer of 64 KiB."""
    async with rig() as it:
        await fill(it.server, 20)
        await it.join(it.bob, it.network.url)
        await it.settle(it.bob)
        await it.join(it.ann)
        await it.settle(it.ann)
        for way in (it.network.to_server, it.network.to_client):
            way.bytes_per_s = SLOW_BYTES_PER_S
        await do(it.ann, watch=[BOB_DRAGS], drag=[ANN_DRAGS, seconds])
        await do(it.bob, watch=[ANN_DRAGS], drag=[BOB_DRAGS, seconds])
        await asyncio.sleep(seconds)
        await until(it.ann, lambda state: not state["busy"])
        await until(it.bob, lambda state: not state["busy"])
        ended = time.monotonic()
        behind_s = drained_s = 0.0
        for mover, viewer in ((it.ann, it.bob), (it.bob, it.ann)):
            moved = (await do(mover, seen=[], look=[]))["seen"]["dragged"]
            saw = await _saw_end(viewer, moved[-1][1])
            behind_s = max(behind_s, behind(moved, saw))
            drained_s = max(drained_s, saw[-1][0] - ended)
        return SlowLine(behind_s, drained_s, await it.verdict())


async def many_changes(items: int) -> Returned:
    """A large bench changes completely while Ann is away; then again, while she renames all of it."""
    async with rig() as it:
        await fill(it.server, items)
        await it.join(it.bob)
        await it.settle(it.bob)
        await do(it.ann, gap=[], look=[])
        await it.join(it.ann)
        await it.settle(it.ann)
        join_gap_ms = (await do(it.ann, gap=[], look=[]))["gap"]
        it.network.up = False
        it.network.cut()
        await until(it.ann, lambda state: state["status"] != "connected")
        moved = await _moved_by_bob(it)
        await do(it.ann, gap=[], look=[])
        it.network.up = True
        await _shows(it, moved)
        return_gap_ms = (await do(it.ann, gap=[], look=[]))["gap"]
        await do(it.ann, leave=[], look=[])
        await until(it.ann, lambda state: state["status"] == "offline")
        await do(it.ann, rename_all=["Ann's"], look=[])
        moved = await _moved_by_bob(it)
        await do(it.ann, gap=[], look=[])
        await it.join(it.ann)
        await it.settle(it.ann)
        await _shows(it, moved)
        merge_gap_ms = (await do(it.ann, gap=[], look=[]))["gap"]
        return Returned(join_gap_ms, return_gap_ms, merge_gap_ms, await it.verdict())


async def _moved_by_bob(it: Rig) -> float:
    """Let Bob move everything; returns the resulting sum of all x, in mm."""
    await do(it.bob, move_all=[7.0], look=[])
    await it.settle(it.bob)
    return float((await do(it.bob, total_x=[], look=[]))["total_x"])


async def _shows(it: Rig, total_x: float) -> None:
    """Wait until Ann's window shows all new positions."""
    deadline = time.monotonic() + DEADLINE_S
    while (await do(it.ann, total_x=[], look=[]))["total_x"] != total_x:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


def behind(moved: Places, saw: Places) -> float:
    """The greatest age of a view, in s: it shows a place until the next one appears.

    Args:
        moved: times and places in the mover's window.
        saw: times and places in the view.
    """
    made = {tuple(place): when for when, place in reversed(moved)}
    shown = [(when, made[tuple(place)]) for when, place in saw if tuple(place) in made]
    return max((later - made_at for (_, made_at), (later, _) in pairwise(shown)), default=0.0)


def _ended(state: dict[str, Any]) -> bool:
    return state["status"] in ("failed", "offline")


async def _saw_end(viewer: Any, place: Any) -> Places:
    """The places that a window showed, up to the last one."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        saw: Places = (await do(viewer, seen=[], look=[]))["seen"]["watched"]
        if saw and saw[-1][1] == place:
            return saw
        assert time.monotonic() < deadline, saw[-3:]
        await asyncio.sleep(0.1)


async def at_length() -> tuple[str, list[str]]:
    """Play all of them at full length; returns the results and the problems."""
    problems = [problem for status in ANSWERS for problem in await portal(status)]
    stalled = await stalled_drag(60.0)
    slow = await slow_line(90.0)
    returned = await many_changes(3000)
    lines = [
        f"While the line is down, something else answers with {', '.join(map(str, ANSWERS))}: "
        "the window keeps trying, and reconnects when the server is back.",
        "Nothing gets through for 60 s in the middle of a drag, which continues for another second: "
        f"{stalled.back_s:.1f} s after the stall, the server has everything, and has refused nothing.",
        "Two people drag for 90 s, each on a line of 64 kbit/s both ways: each sees the other's drag "
        f"at most {slow.behind_s:.1f} s late, and both see the end of it within {slow.drained_s:.1f} s.",
        "While a window is offline, others move all 3,000 items. When it reconnects, it is busy for at most "
        f"{returned.return_gap_ms:.0f} ms at a time. Then it leaves, its user renames all items while others "
        f"move them again, and it joins: {returned.merge_gap_ms:.0f} ms. At the first join it was "
        f"{returned.join_gap_ms:.0f} ms. (Processor time, including what the demo takes to paint.)",
    ]
    text = "\n".join(f"- {line}" for line in lines)
    return text, [*problems, *stalled.problems, *slow.problems, *returned.problems]
