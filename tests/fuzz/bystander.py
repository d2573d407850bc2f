"""Two honest people, and the time that an edit takes from one to the other.

``python -m tests.fuzz.bystander URL SESSION SECONDS`` prints it as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from optiverse_collab.core.protocol.messages import SUBPROTOCOL

_EDITS_PER_S = 10
_PING_EVERY_S = 5.0


class Bystander:
    """One of the two.

    Attributes:
        seen_ms: how long each edit of the other took to arrive.
    """

    def __init__(self, ws: ClientConnection, name: str) -> None:
        self.seen_ms: list[float] = []
        self._ws, self._name = ws, name
        self._number = 0

    async def begin(self) -> None:
        """Synchronise."""
        await self._send({"type": "sync:request", "client_id": f"{self._name}{time.time_ns()}"})
        while not json.loads(await self._ws.recv()).get("done"):
            pass

    async def listen(self, other: str) -> None:
        """Receive the other's edits, and report what arrived."""
        async for text in self._ws:
            now = time.monotonic()
            message = json.loads(text)
            changes = message.get("changes") or []
            for op in (op for change in changes for op in change["ops"] if op["id"] == other):
                if "sent" in op.get("props", {}):
                    self.seen_ms.append((now - op["props"]["sent"]) * 1000)
            clock = (
                changes[-1]["clock"]
                if changes
                else message["clock"]
                if message.get("unasked") and message.get("done")
                else 0
            )
            if clock:
                await self._send({"type": "have", "clock": clock})

    async def edit(self, until: float) -> None:
        """Edit one's own record, ten times a second."""
        pinged = 0.0
        while time.monotonic() < until:
            self._number += 1
            kind = (
                {"op": "set", "id": self._name}
                if self._number > 1
                else {"op": "put", "id": self._name, "kind": "component"}
            )
            op = {**kind, "props": {"sent": time.monotonic()}}
            await self._send({"type": "push", "changes": [{"client_clock": self._number, "ops": [op]}]})
            if time.monotonic() - pinged > _PING_EVERY_S:
                pinged = time.monotonic()
                await self._send({"type": "ping"})
            await asyncio.sleep(1 / _EDITS_PER_S)

    async def _send(self, message: dict[str, Any]) -> None:
        await self._ws.send(json.dumps(message))


async def main(url: str, session: str, seconds: float) -> dict[str, Any]:
    """Edit for some seconds; returns what both saw, and how a connection ended if it did."""
    options: dict[str, Any] = {
        "subprotocols": [Subprotocol(SUBPROTOCOL)],
        "ping_interval": None,
        "max_size": None,
    }
    async with (
        connect(f"{url}/ws/{session}/Ann", **options) as one,
        connect(f"{url}/ws/{session}/Bob", **options) as other,
    ):
        ann, bob = Bystander(one, "ann"), Bystander(other, "bob")
        await ann.begin()
        await bob.begin()
        listening = [asyncio.create_task(ann.listen("bob")), asyncio.create_task(bob.listen("ann"))]
        until = time.monotonic() + seconds
        await asyncio.gather(ann.edit(until), bob.edit(until), return_exceptions=True)
        await asyncio.sleep(1)
        closed = [(ws.close_code, ws.close_reason) for ws in (one, other) if ws.close_code is not None]
        for task in listening:
            task.cancel()
    seen = sorted([*ann.seen_ms, *bob.seen_ms])
    return {
        "session": session,
        "edits": len(seen),
        "closed": closed,
        **{f"p{p}_ms": _part(seen, p) for p in (50, 99, 100)},
    }


def _part(values: list[float], percent: int) -> float | None:
    return round(values[min(len(values) - 1, len(values) * percent // 100)], 1) if values else None


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))) + "\n")
