"""The scripting client: a shared bench without a window (docs/scripting.md).

`Bench` for scripts that go from top to bottom, `connect` for asyncio.
"""

from optiverse_collab.client.bench import AsyncBench, connect
from optiverse_collab.client.blocking import Bench
from optiverse_collab.client.files import Plan
from optiverse_collab.client.item import Item
from optiverse_collab.client.stream import Stream

__all__ = ["AsyncBench", "Bench", "Item", "Plan", "Stream", "connect"]
