"""What is true: an independent, plain model of what a session's journal means.

It shares no code with the core but the `Record` that it keeps records in. It plays the operations as the
users made them, not as they were squashed, sent and stored, one document per clock.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from optiverse_collab.core.records import Record
from optiverse_collab.core.server.journal import Entry
from tests.core.simulation.scenario import OpData

Doc = dict[str, Record]


class Broken(AssertionError):
    """An invariant doesn't hold."""


class Change(NamedTuple):
    """A user's change: what was done, and what was sent for it."""

    made: list[OpData]
    sent: list[OpData]


class Accepted(NamedTuple):
    """What became of a change on the server."""

    clock: int
    client_id: str
    ops: list[OpData]
    lost: list[OpData]


def play(doc: Doc, op: OpData) -> bool:
    """Do `op` to `doc`; False if its record is not there (DOC-2 to DOC-6)."""
    id: str = op["id"]
    if op["op"] == "put":
        doc[id] = Record(id, op["kind"], dict(op["props"]))
        return True
    record = doc.get(id)
    if record is None:
        return False
    if op["op"] == "remove":
        del doc[id]
        return True
    props = dict(record.props)
    props.update(op.get("props", {}))
    for name in op.get("unset", ()):
        props.pop(name, None)
    doc[id] = Record(id, record.kind, props)
    return True


def strict(thing: Doc | Record | None) -> bytes:
    """`thing` as bytes that tell 1, 1.0 and true apart, which ``==`` doesn't."""
    return msgspec.json.encode(thing, order="sorted")


def as_data(thing: Any) -> Any:
    """A struct as the wire spells it."""
    return msgspec.to_builtins(thing)


class Truth:
    """One history of a session.

    Args:
        records: what it begins with.

    Attributes:
        docs: the document at each clock, of what was given to storage.
        log: what was accepted; the change of clock ``n`` is ``log[n - 1]``.
        accepted: (client_id, client_clock) → what became of that change.
        durable: up to this clock storage has it.
    """

    def __init__(self, records: Doc) -> None:
        self.docs: list[Doc] = [{}]
        self.log: list[Accepted] = []
        if records:  # they came with one change that nobody here made
            self.docs.append(records)
            self.log.append(Accepted(1, "", [], []))
        self.accepted: dict[tuple[str, int], Accepted] = {}
        self.durable = len(self.log)
        self._last: dict[str, int] = {}

    def append(self, entry: Entry, change: Change) -> None:
        """Take in an entry that goes to storage; `change` is what its author did and sent.

        Raises:
            Broken: the entry is not what this change does to the document before it.
        """
        key = (entry.client_id, entry.client_clock)
        if entry.clock != len(self.docs):
            raise Broken(f"CLK-1: clock {entry.clock} follows {len(self.docs) - 1}")
        if key in self.accepted:
            raise Broken(f"PUSH-7: change {key} was applied twice")
        if entry.client_clock <= self._last.get(entry.client_id, 0):
            raise Broken(f"PUSH-1: change {key} came after a later one")
        before = self.docs[-1]
        ops, lost = _what_happens(before, change.sent)
        if msgspec.json.decode(entry.ops) != ops or msgspec.json.decode(entry.lost) != lost:
            raise Broken(f"DOC-5: entry {entry} should hold {ops} and have lost {lost}")
        doc = dict(before)
        for op in change.made:
            play(doc, op)
        replayed = dict(before)
        for op in ops:
            play(replayed, op)
        if doc != replayed:
            raise Broken(f"PUSH-2: {change.sent} is not what was done: {change.made}")
        accepted = Accepted(entry.clock, entry.client_id, ops, lost)
        self.docs.append(doc)
        self.log.append(accepted)
        self.accepted[key] = accepted
        self._last[entry.client_id] = entry.client_clock

    def forget_undurable(self) -> None:
        """The server crashed: what storage doesn't have never happened."""
        del self.docs[self.durable + 1 :]
        del self.log[self.durable :]
        self.accepted = {key: it for key, it in self.accepted.items() if it.clock <= self.durable}
        self._last = {}
        for client_id, client_clock in self.accepted:
            self._last[client_id] = max(client_clock, self._last.get(client_id, 0))

    def is_durable(self, client_id: str, client_clock: int) -> bool:
        """Whether a change can't be lost any more."""
        accepted = self.accepted.get((client_id, client_clock))
        return accepted is not None and accepted.clock <= self.durable


def _what_happens(before: Doc, ops: list[OpData]) -> tuple[list[OpData], list[OpData]]:
    """What of `ops` takes effect, and what is lost (DOC-5)."""
    doc = dict(before)
    happened: list[OpData] = []
    lost: list[OpData] = []
    for op in ops:
        if play(doc, op):
            happened.append(op)
        elif op["op"] == "set":
            lost.append(op)
    return happened, lost
