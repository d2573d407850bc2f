"""What a user did, and what they were told of it: nothing vanishes without a trace (REP-8)."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.client.effects import Lost
from optiverse_collab.core.protocol.messages import PushedChange
from optiverse_collab.core.records import Record
from tests.core.simulation.scenario import OpData
from tests.core.simulation.truth import Broken, Change, Doc, as_data

_NONE = object()
_UNSET = b""


class Ledger:
    """The changes of one client id.

    Args:
        client_id: whose.
        changes: every change ever made, by (client_id, client_clock); this adds its own.

    Attributes:
        open: the changes that must be pending now, oldest first.
    """

    def __init__(self, client_id: str, changes: dict[tuple[str, int], Change]) -> None:
        self.client_id = client_id
        self.open: dict[int, Change] = {}
        self._changes = changes
        self._sent: dict[int, bytes] = {}
        self._told: set[bytes] = set()
        self._told_values: set[tuple[str, str, bytes]] = set()

    def made(self, client_clock: int, ops: list[OpData]) -> None:
        """An edit went into the change `client_clock`."""
        if client_clock in self._sent:
            raise Broken(f"PUSH-2: change {client_clock} was sent before and is altered now")
        change = self.open.get(client_clock)
        if change is None:
            change = self.open[client_clock] = self._changes[self.client_id, client_clock] = Change([], [])
        change.made.extend(ops)

    def sent(self, pushed: list[PushedChange]) -> None:
        """A push leaves."""
        last = 0
        for one in pushed:
            if one.client_clock <= last:
                raise Broken(f"PUSH-1: change {one.client_clock} was sent after {last}")
            last = one.client_clock
            data = msgspec.json.encode(one.ops)
            before = self._sent.setdefault(last, data)
            if before is data:
                self.open[last].sent.extend(msgspec.json.decode(data))
            elif before != data:
                raise Broken(f"PUSH-2: change {last} was {before!r} and is {data!r} now")

    def forget_told(self) -> None:
        """What is told from now on is about what happens from now on."""
        self._told.clear()
        self._told_values.clear()

    def told(self, lost: Lost) -> None:
        """The user is told of a loss."""
        for op in as_data(lost.ops):
            self._told.add(msgspec.json.encode(op))
            for name, value in op.get("props", {}).items():
                self._told_values.add((op["id"], name, msgspec.json.encode(value)))
            for name in op.get("unset", ()):
                self._told_values.add((op["id"], name, _UNSET))

    def was_told_of(self, op: OpData) -> bool:
        """Whether the loss of all of `op` was told."""
        return msgspec.json.encode(op) in self._told

    def was_told_of_value(self, id: str, name: str, value: object) -> bool:
        """Whether the loss of one value was told."""
        return (id, name, msgspec.json.encode(value)) in self._told_values

    def settle(self, client_clock: int) -> Change:
        """A change is pending no more."""
        return self.open.pop(client_clock)

    def check_superseded(self, changes: list[Change], doc: Doc) -> None:
        """Of changes that went with a synchronisation all stands in `doc`, or the user was told (SYNC-6)."""
        later: set[str] = set()
        put = {op["id"] for change in changes for op in change.sent if op["op"] == "put"}
        for change in reversed(changes):
            for op in change.sent:
                if op["id"] in later or self.was_told_of(op):
                    continue
                if not self._stands(op, doc, unset_too=op["id"] not in put):
                    raise Broken(f"SYNC-6: of {op} nobody was told, and {doc.get(op['id'])} is what there is")
            later.update(op["id"] for op in change.sent)

    def _stands(self, op: OpData, doc: Doc, unset_too: bool) -> bool:
        """Whether `doc` is as `op` wanted it, but for values of which the user was told.

        What others gave a record that one of these changes put is nothing that was lost.
        """
        id: str = op["id"]
        record: Record | None = doc.get(id)
        if op["op"] == "remove":
            return record is None
        if record is None and op["op"] == "put":
            return False
        props = record.props if record is not None else {}
        unset = op.get("unset", ())
        return all(
            props.get(name, _NONE) == value or self.was_told_of_value(id, name, value)
            for name, value in op.get("props", {}).items()
            if name not in unset
        ) and all(
            name not in props or not unset_too or (id, name, _UNSET) in self._told_values for name in unset
        )
