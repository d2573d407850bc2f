"""Between a host's bench and a replica: what the user did goes in, what others did comes out.

Hosts change their benches in many ways, so no way is watched. What may have changed is noted, and
once a tick what is noted is compared with the replica's view: a difference is an edit of the user's.
What was applied for others compares equal, so it makes no echo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from optiverse_collab.errors import ChangeRefused
from optiverse_collab.host.api import Host
from optiverse_collab.sync.effects import ShowChange
from optiverse_collab.sync.records import Op, Record, Remove, record_difference
from optiverse_collab.sync.replica import Replica


class Capture:
    """Keeps a host's bench and a replica equal.

    Call `tick` before anything that arrived is given to the replica: otherwise what the user did
    since the last tick could not be told from what others did.

    Args:
        host: whose bench it is; from now on it is watched.
        replica: the session's document, as this participant sees it.
    """

    def __init__(self, host: Host, replica: Replica) -> None:
        self._host = host
        self._replica = replica
        self._dirty: set[str] = set()
        self._held_back: dict[str, Record | None] = {}  # id → as the host shows it meanwhile
        self._refused: dict[str, Record] = {}
        host.watch(self._dirty.update)

    @property
    def has_work(self) -> bool:
        """Whether `tick` has something to do."""
        return bool(self._dirty or self._held_back)

    def scan(self) -> None:
        """Note everything: the safety net under hosts that change without a sign."""
        self._dirty.update(self._host.records(), self._replica.view)

    def tick(self) -> None:
        """Push what the user did; apply what waited for the user to let go."""
        if self._dirty:
            ids = set(self._dirty)
            self._dirty.clear()
            self._push(ids)
        if self._held_back:
            held = self._host.held()
            self._catch_up([id for id in self._held_back if id not in held])

    def show(self, change: ShowChange) -> None:
        """Apply what others did. What the user has in hand is held back until they let go."""
        held = self._host.held()
        self._hold_back({op.id for op in change.ops if op.id in held})
        self._host.apply([op for op in change.ops if op.id not in self._held_back])

    def _hold_back(self, ids: set[str]) -> None:
        shown = self._host.records(ids) if ids else {}
        for id in ids:
            self._held_back.setdefault(id, shown.get(id))

    def _catch_up(self, ids: Iterable[str]) -> None:
        """Show what was held back, on top of what the user did with it."""
        ops = [
            op for id in ids if (op := _turn(self._held_back.pop(id), self._replica.view.get(id))) is not None
        ]
        if ops:
            self._host.apply(ops)

    def _push(self, ids: Collection[str]) -> None:
        now = self._host.records(ids)
        ops: list[Op] = []
        for id in ids:
            shown = self._held_back[id] if id in self._held_back else self._replica.view.get(id)
            record = now.get(id)
            op = _turn(shown, record)
            if id in self._held_back:
                self._held_back[id] = record
            if op is not None and (record is None or self._refused.get(id) != record):
                ops.append(op)
        if ops and not self._edit(ops, now, last_try=len(ops) == 1):
            for op in ops:
                self._edit([op], now, last_try=True)

    def _edit(self, ops: list[Op], now: dict[str, Record], last_try: bool) -> bool:
        """Make edits the replica's; what it refuses even alone is told once and stays on the screen."""
        try:
            self._replica.edit(ops)
        except ChangeRefused as refusal:
            if last_try:
                self._host.log("ERROR", f"✗ This edit stays on this computer alone: {refusal}")
                if ops[0].id in now:
                    self._refused[ops[0].id] = now[ops[0].id]
            return False
        for op in ops:
            self._refused.pop(op.id, None)
        return True


def _turn(before: Record | None, after: Record | None) -> Op | None:
    """The operation that turns one into the other; either may not be there."""
    if after is not None:
        return record_difference(before, after)
    return None if before is None else Remove(before.id)
