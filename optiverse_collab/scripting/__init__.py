"""The scripting client: a shared bench without a window (docs/scripting.md).

`Bench` for scripts that go from top to bottom, `connect` for asyncio. Scripts import from here and from
`optiverse_collab.errors`.
"""

from optiverse_collab.core.client.bisection import Finding, Verdict
from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.core.versions import Version
from optiverse_collab.scripting.bench import AsyncBench
from optiverse_collab.scripting.bisecting import bisect
from optiverse_collab.scripting.blocking import Bench
from optiverse_collab.scripting.conflicts import Conflict
from optiverse_collab.scripting.connecting import connect
from optiverse_collab.scripting.files import Plan
from optiverse_collab.scripting.history import PastSpan
from optiverse_collab.scripting.item import Item
from optiverse_collab.scripting.merging import MergedCopy
from optiverse_collab.scripting.stream import Stream

__all__ = [
    "AsyncBench",
    "Bench",
    "Conflict",
    "Finding",
    "Item",
    "MergedCopy",
    "PastSpan",
    "PastStep",
    "Plan",
    "Put",
    "Record",
    "Remove",
    "Set",
    "ShowChange",
    "Stream",
    "Verdict",
    "Version",
    "bisect",
    "connect",
]
