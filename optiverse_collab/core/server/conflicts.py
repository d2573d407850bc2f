"""Conflicts of a change with others' work that its user had not seen (SEEN-2 to SEEN-8)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum, auto

from optiverse_collab.core.limits import PROPERTIES
from optiverse_collab.core.records import (
    HEIGHT,
    UNIT,
    Op,
    Put,
    Record,
    Remove,
    Set,
    apply,
    same_value,
    touched,
)
from optiverse_collab.core.server.journal import Return, Touched
from optiverse_collab.core.server.stamps import RecordStamps, Stamp, Tombstone
from optiverse_collab.errors import ChangeRefused, Reason

MOST_MET = 50_000
"""A change may remove at most this many properties that must be checked one by one (LIM-11)."""

MOST_TOUCHED = 250_000
"""A change sets properties of records with at most this many together: each record is copied (LIM-11)."""

_ABSENT = object()


class _Fate(Enum):
    """The outcome of a part of a change that does not simply take effect."""

    LOST = auto()
    HELD = auto()
    REPLACED = auto()


_Side = tuple[str, bool, int, int, int]
"""A record, whether single properties are affected, and origin, author and clock of the other value."""


class Judgement:
    """Applies a change to a scratch copy of the records that it touches.

    Args:
        ops: the change.
        seen: the clock of what its user had on the screen.
        yields: whether it keeps unseen values.
        own: the numbers of its origins.
        records, stamps, tombstones: of the session.
        known: what others brought back after a loss that had been on the screen before it (BACK-13).

    Attributes:
        records: id → record after the change; None if it is gone.
        happened: the operations that took effect.
        dropped: those that did not: lost or held.
        added: how many records more there are after the change.
        lost: parts without a record.
        held: held parts.
        replaced: replaced unseen values of others.
    """

    def __init__(
        self,
        ops: Sequence[Op],
        seen: int,
        yields: bool,
        own: Collection[int],
        records: Mapping[str, Record],
        stamps: Mapping[str, RecordStamps],
        tombstones: Mapping[str, Tombstone],
        known: Collection[Return] = (),
    ) -> None:
        self._seen, self._yields, self._own, self._known = seen, yields, own, known
        self._stamps, self._tombstones = stamps, tombstones
        before = {id: records[id] for id in touched(ops) if id in records}
        self.added = -len(before)
        _check_touched(ops, before)
        self._judge(ops, before, hold_removals=False)
        if self._held_ids and any(isinstance(op, Remove) and op.id in self._held_ids for op in self.dropped):
            self._judge(ops, before, hold_removals=True)  # SEEN-7: all of them or none
        self.added += len(self.records)
        self.lost = self._touched(_Fate.LOST)
        self.held = self._touched(_Fate.HELD)
        self.replaced = self._touched(_Fate.REPLACED)

    def _judge(self, ops: Sequence[Op], before: Mapping[str, Record], hold_removals: bool) -> None:
        self.records = dict(before)
        self.happened: list[Op] = []
        self.dropped: list[Op] = []
        self._parts: dict[_Fate, dict[_Side, dict[str, None]]] = {}
        self._hold_removals = hold_removals
        self._held_ids: set[str] = set()
        self._met = 0
        self._copies: set[str] = set()
        self._set_here: dict[str, set[str]] = {}  # properties that the change set or removed
        self._made_here: set[str] = set()  # … and the records that it removed or created
        for place, op in enumerate(ops, 1):
            self._take(op, is_last=place == len(ops))

    def _take(self, op: Op, is_last: bool) -> None:
        record = self.records.get(op.id)
        if record is None:
            if isinstance(op, Set):
                self.dropped.append(op)
                gone = self._tombstones.get(op.id)
                self._note(_Fate.LOST, op.id, [], lambda name: None if gone is None else gone.stamp)
            if not isinstance(op, Put):
                return
            self._made_here.add(op.id)
        else:
            remaining = self._resolve(op, record)
            if remaining is None:
                return
            op = remaining
            if _ends(op, record):
                self._made_here.add(op.id)
            elif not is_last:  # nothing asks after the last one
                self._set_here.setdefault(op.id, set()).update(changed_names(op, record))
        apply(self.records, op, self._copies)
        self.happened.append(op)

    def _resolve(self, op: Op, record: Record) -> Op | None:
        """The part of an operation that takes effect; notes what is replaced or held."""
        stamps = self._stamps.get(op.id)
        if op.id in self._held_ids or (isinstance(op, Remove) and self._hold_removals):
            self._hold(op)
            return None
        if stamps is None or stamps.newest.clock <= self._seen or op.id in self._made_here:
            return op
        unseen = self._unseen(op, record, stamps)
        if unseen is None:
            return op
        if not self._yields:
            here = self._set_here.get(op.id, ())
            names = [name for name in unseen if name not in here]
            if names or not unseen:
                self._note(_Fate.REPLACED, op.id, names, stamps.of)
            return op
        if _ends(op, record):
            self._hold(op)
            return None
        self._note(_Fate.HELD, op.id, unseen, stamps.of)
        return self._without(op, set(unseen))

    def _hold(self, op: Op) -> None:
        """Hold a whole operation, and later ones on the same record."""
        stamps = self._stamps.get(op.id)
        self._held_ids.add(op.id)
        self.dropped.append(op)
        newest = None if stamps is None else self._newest_unseen(stamps)
        self._note(_Fate.HELD, op.id, [], lambda name: newest)

    def _unseen(self, op: Op, record: Record, stamps: RecordStamps) -> list[str] | None:
        """The properties with unseen values that an operation would replace; None if there are none."""
        here = self._set_here.get(op.id, ())
        if _ends(op, record):
            names = {*record.props, *stamps.own}.difference(here, (HEIGHT,))
            self._count(len(names))
            found = sorted(name for name in names if self._is_unseen(stamps.of(name)))
            return found if found or self._is_unseen(stamps.whole) else None
        changed = changed_names(op, record)
        unseen = {name for name in {*changed, *UNIT} if name not in here and self._is_unseen(stamps.of(name))}
        found = [name for name in changed if name in unseen and name not in UNIT]
        unit = [name for name in changed if name in UNIT]
        if unit != [HEIGHT] and unseen & (UNIT - {HEIGHT}):
            found += unit
        return found or None

    def _count(self, properties: int) -> None:
        """Count the properties that a removal affects."""
        self._met += properties
        if self._met > MOST_MET:
            raise ChangeRefused(
                Reason.TOO_LARGE,
                f"The change removes more than {MOST_MET} properties from records that others changed; "
                "split it.",
            )

    def _newest_unseen(self, stamps: RecordStamps) -> Stamp | None:
        found = [stamp for stamp in (stamps.whole, *stamps.own.values()) if self._is_unseen(stamp)]
        return max(found, key=lambda stamp: stamp.clock, default=None)

    def _note(
        self, fate: _Fate, id: str, names: Sequence[str], stamp_of: Callable[[str], Stamp | None]
    ) -> None:
        """Note the outcome of properties, grouped by the author of the other value; without names, of all."""
        for name in names or ("",):
            side = (id, bool(names), *_side(stamp_of(name)))
            self._parts.setdefault(fate, {}).setdefault(side, {}).update({name: None} if name else {})

    def _touched(self, fate: _Fate) -> list[Touched]:
        if not self._parts:
            return []
        parts = self._parts.get(fate, {})
        return [Touched(id, list(names), *side) for (id, _, *side), names in parts.items()]

    def _is_unseen(self, stamp: Stamp) -> bool:
        is_new = stamp.clock > self._seen and stamp.origin not in self._own
        return is_new and not any(one.has(stamp) for one in self._known)

    def _without(self, op: Op, held: set[str]) -> Op | None:
        """An operation without the held properties, which become an operation in `dropped`."""
        assert not isinstance(op, Remove)
        unset = [] if isinstance(op, Put) else op.unset
        self.dropped.append(
            Set(
                op.id,
                {name: value for name, value in op.props.items() if name in held},
                [name for name in unset if name in held],
            )
        )
        props = {name: value for name, value in op.props.items() if name not in held}
        rest = [name for name in unset if name not in held]
        return Set(op.id, props, rest) if props or rest else None


def _ends(op: Op, record: Record) -> bool:
    """Whether an operation ends a record: removes it, or changes its kind."""
    return isinstance(op, Remove) or (isinstance(op, Put) and op.kind != record.kind)


def changed_names(op: Op, record: Record) -> list[str]:
    """The properties whose values an operation really changes, or removes (SEEN-8)."""
    if isinstance(op, Remove):
        return []
    names = [
        name for name, value in op.props.items() if not same_value(record.props.get(name, _ABSENT), value)
    ]
    if isinstance(op, Set):
        names += [name for name in op.unset if name in record.props and name not in names]
    return names


def _side(stamp: Stamp | None) -> tuple[int, int, int]:
    """Origin, author and clock of a stamp."""
    return (0, 0, 0) if stamp is None else (stamp.origin, stamp.author, stamp.clock)


def _check_touched(ops: Sequence[Op], before: Mapping[str, Record]) -> None:
    if len(before) * PROPERTIES <= MOST_TOUCHED:
        return
    copied = {op.id for op in ops if not isinstance(op, Remove)}
    count = sum(len(record.props) for id, record in before.items() if id in copied)
    if count > MOST_TOUCHED:
        raise ChangeRefused(
            Reason.TOO_LARGE,
            f"The change sets records with {count} properties together, and the limit is {MOST_TOUCHED}; "
            "split it.",
        )
