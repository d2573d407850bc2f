"""The effect of a change on a document, by the SEEN rules: a second, plain reading of docs/protocol.md.

It shares no code with the core. Stamps are (clock, client id); what a record was put with has the name "".
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import msgspec

from optiverse_collab.core.records import Record
from tests.core.simulation.scenario import OpData

Doc = dict[str, Record]
Stamp = tuple[int, str]
Stamps = dict[str, dict[str, Stamp]]
Part = tuple[str, frozenset[str], Stamp]
"""A record, properties of it (none for all of the operation), and the stamp of what they meet."""

PLACE = {"parent", "order", "z_value"}
_NONE = object()


def play(doc: Doc, op: OpData) -> bool:
    """Apply `op` to `doc`; returns False if its record is missing (DOC-2 to DOC-6)."""
    id: str = op["id"]
    record = doc.get(id)
    if op["op"] == "put":
        kept = dict(record.props) if record is not None and record.kind == op["kind"] else {}
        doc[id] = Record(id, op["kind"], {**kept, **op.get("props", {})})
        return True
    if record is None:
        return False
    if op["op"] == "remove":
        del doc[id]
        return True
    props = {**record.props, **op.get("props", {})}
    for name in op.get("unset", ()):
        props.pop(name, None)
    doc[id] = Record(id, record.kind, props)
    return True


class Verdict(NamedTuple):
    """The outcome of a change.

    Attributes:
        happened: the operations that took effect.
        dropped: those that did not.
        lost, held, replaced: the parts of each kind.
        doc, stamps: of the touched records, afterwards.
    """

    happened: list[OpData]
    dropped: list[OpData]
    lost: set[Part]
    held: set[Part]
    replaced: set[Part]
    doc: Doc
    stamps: Stamps


class Judge:
    """One change and the session that it meets."""

    def __init__(
        self,
        doc: Doc,
        stamps: Stamps,
        removed: dict[str, Stamp],
        seen: int,
        yields: bool,
        own: AbstractSet[str],
    ) -> None:
        self._doc, self._stamps, self._removed = doc, stamps, removed
        self._seen, self._yields, self._own = seen, yields, own

    def verdict(self, ops: list[OpData], stamp: Stamp) -> Verdict:
        """The outcome of these operations; values that they set get `stamp`."""
        first = self._pass(ops, stamp, hold_removals=False)
        removals = {op["id"] for op in ops if op["op"] == "remove"}
        held = {id for id, names, _ in first.held if not names and id in removals}
        if held and any(op["op"] == "remove" and op["id"] in held for op in first.dropped):
            return self._pass(ops, stamp, hold_removals=True)
        return first

    def _pass(self, ops: list[OpData], stamp: Stamp, hold_removals: bool) -> Verdict:
        ids = {op["id"] for op in ops}
        doc = {id: self._doc[id] for id in ids if id in self._doc}
        stamps = {id: dict(self._stamps[id]) for id in ids if id in self._stamps}
        verdict = Verdict([], [], set(), set(), set(), doc, stamps)
        blocked: set[str] = set()
        for op in ops:
            record = doc.get(op["id"])
            if record is None and op["op"] == "set":
                verdict.dropped.append(op)
                side = self._removed.get(op["id"], (0, ""))
                verdict.lost.add((op["id"], frozenset(), side))
            elif record is not None or op["op"] == "put":
                self._meet(op, record, stamp, verdict, blocked, hold_removals)
        return verdict

    def _meet(
        self,
        op: OpData,
        record: Record | None,
        stamp: Stamp,
        verdict: Verdict,
        blocked: set[str],
        hold_removals: bool,
    ) -> None:
        id = op["id"]
        ends = record is not None and (op["op"] == "remove" or op.get("kind", record.kind) != record.kind)
        clash = [] if record is None else self._clash(op, record, verdict.stamps[id], ends)
        own = {name for name, one in verdict.stamps.get(id, {}).items() if one == stamp}
        if id in blocked or (op["op"] == "remove" and hold_removals) or (clash and ends and self._yields):
            blocked.add(id)
            verdict.dropped.append(op)
            unseen = [one for one in verdict.stamps[id].values() if self._is_unseen(one)]
            verdict.held.add((id, frozenset(), max(unseen, default=(0, ""))))
            return
        if clash and not self._yields:
            self._add(verdict.replaced, id, [name for name in clash if name not in own])
        elif clash:
            self._add(verdict.held, id, clash)
            verdict.dropped.append(_restricted(op, lambda name: name in clash))
            op = _restricted(op, lambda name: name not in clash)
            if not op.get("props") and not op.get("unset"):
                return
        _stamp(verdict.stamps, op, record, stamp, ends)
        play(verdict.doc, op)
        verdict.happened.append(op)

    def _clash(self, op: OpData, record: Record, stamps: dict[str, Stamp], ends: bool) -> list[str]:
        """The names with unseen values that an operation would replace; [""] for a record without any."""

        def unseen(name: str) -> bool:
            return self._is_unseen(stamps.get(name, stamps[""]))

        if ends:
            names = ({*record.props, *stamps} - {"z_value", ""}) or {""}
            found = sorted(name for name in names if unseen(name))
            return found or ([""] if unseen("") else [])
        changed = differing(op, record)
        found = [name for name in changed if name not in PLACE and unseen(name)]
        place = [name for name in changed if name in PLACE]
        if place != ["z_value"] and (unseen("parent") or unseen("order")):
            found += place
        return found

    def _is_unseen(self, stamp: Stamp) -> bool:
        return stamp[0] > self._seen and stamp[1] not in self._own

    def _add(self, parts: set[Part], id: str, names: list[str]) -> None:
        """Add names to the parts of a change, grouped by the author of the other value."""
        stamps = self._stamps[id]  # as it was before the change
        sides: dict[Stamp, set[str]] = {}
        for name in names:
            sides.setdefault(stamps.get(name, stamps[""]), set()).add(name)
        for side, found in sides.items():
            same = [part for part in parts if (part[0], part[2]) == (id, side) and part[1] and found != {""}]
            parts.difference_update(same)
            before = frozenset[str]().union(*(part[1] for part in same))
            parts.add((id, before | found - {""}, side))


def differing(op: OpData, record: Record) -> list[str]:
    """The properties whose values an operation really changes, or removes (SEEN-8)."""
    names = [
        name
        for name, value in op.get("props", {}).items()
        if _spelled(record.props.get(name, _NONE)) != _spelled(value)
    ]
    return names + [name for name in op.get("unset", ()) if name in record.props and name not in names]


def _stamp(stamps: Stamps, op: OpData, record: Record | None, stamp: Stamp, ends: bool) -> None:
    if op["op"] == "remove":
        # What follows on this record in the same change meets nothing of others'.
        stamps[op["id"]] = {"": stamp}
    elif record is None or ends:
        stamps[op["id"]] = {"": stamp}
    else:
        for name in differing(op, record):
            stamps[op["id"]][name] = stamp


def _restricted(op: OpData, keep: Any) -> OpData:
    props = {name: value for name, value in op.get("props", {}).items() if keep(name)}
    unset = [name for name in op.get("unset", ()) if keep(name)]
    restricted: OpData = {"op": "set", "id": op["id"]}
    if props:
        restricted["props"] = props
    if unset:
        restricted["unset"] = unset
    return restricted


def _spelled(value: object) -> bytes:
    return b"" if value is _NONE else msgspec.json.encode(value)
