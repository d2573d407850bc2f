"""A session on a real server, as its windows and the server's disk show it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from optiverse_collab.scripting import connect
from optiverse_collab_demo.templates import TEMPLATES
from optiverse_collab_server.storage.rows import unpack
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.server_process import ServerProcess
from tests.helpers.window_process import Window

SESSION = "lab"
LENS = next(template for template in TEMPLATES if template.key == "lens")
DEADLINE_S = 120.0
"""The maximum for anything that must happen, on any machine; the real times are measured."""

State = dict[str, Any]


def lens(number: int) -> str:
    """The id of a lens on the bench."""
    return f"lens-{number:04d}"


async def fill(server: ServerProcess, count: int) -> None:
    """Put lenses into the session."""
    async with connect(server.url, SESSION, "Carla") as bench:
        for number in range(count):
            place = [40.0 * (number % 50), 60.0 * (number // 50)]
            bench.put(lens(number), LENS.kind, {**LENS.props, "pos": place})
        await bench.flush()


async def differences(server: ServerProcess, windows: Mapping[str, Window]) -> list[str]:
    """Differences between windows and the server, after everybody had time to agree."""
    deadline = time.monotonic() + DEADLINE_S
    while (found := await _differences(server, windows)) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    return found


async def _differences(server: ServerProcess, windows: Mapping[str, Window]) -> list[str]:
    async with connect(server.url, SESSION, "Carla", wait=True) as bench:
        truth = {id: [record.kind, dict(record.props)] for id, record in bench.records.items()}
    truth = json.loads(json.dumps(truth))
    found = []
    for name, window in windows.items():
        shown = (await do(window, content=[], look=[]))["content"]
        odd = [id for id in {*truth, *shown} if truth.get(id) != shown.get(id)]
        if odd:
            found.append(f"{name}'s window differs from the server in {len(odd)} of {len(truth)} items")
    return found


def names_stored(data: Path) -> Counter[str]:
    """How often edits gave each name, according to the data of a stopped server."""
    with closing(sqlite3.connect(data / FILE_NAME)) as database:
        rows = database.execute("SELECT packed, data FROM log ORDER BY first").fetchall()
    entries = [entry for packed, row in rows for entry in json.loads(unpack(row) if packed else row)]
    ops = [op for entry in entries for op in entry["ops"] if op["op"] == "set"]
    return Counter(op["props"]["name"] for op in ops if "name" in op["props"])


async def do(window: Window, **commands: Any) -> State:
    """Let a window do something while the network runs; returns the window's state afterwards."""
    return await asyncio.to_thread(window.do, **commands)


async def until(window: Window, condition: Callable[[State], object], within_s: float = DEADLINE_S) -> State:
    """Poll a window's state until `condition` holds, or time is up; returns the state."""
    deadline = time.monotonic() + within_s
    # Another process has no events.
    while not condition(state := await do(window, look=[])) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return state


def in_step(state: State) -> bool:
    """Whether a window is in the session and the server has everything."""
    return state["status"] == "connected" and not state["pending"]


def settled(state: State) -> bool:
    """Whether all of the user's actions are done, too."""
    return in_step(state) and not state["busy"]
