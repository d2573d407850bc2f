"""Merges a copy of a bench that was edited elsewhere with the session that it left.

It is a three-way merge (`three_way`) with the session's bench from when the copy left (`ancestor_search`). If
the copy may just have an older value, that is contested: it is not sent, and its user decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from optiverse_collab.convert.ancestor_search import Departure
from optiverse_collab.convert.equivalence import PLACE, overwriting
from optiverse_collab.convert.kinds import GROUP, is_item
from optiverse_collab.convert.layers import tree_of
from optiverse_collab.convert.resemblance import NEIGHBOUR, THERE
from optiverse_collab.convert.shapes import is_saved
from optiverse_collab.convert.three_way import Merge, Opened, merge
from optiverse_collab.core.client.conflicts import HeldChange, of_gone, standing
from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, named

Records = Mapping[str, Record]


def merge_copy(
    left: Departure, mine: Records, theirs: Records, has_tree: bool = False, unshown: Collection[str] = ()
) -> Merge:
    """Find what was edited in a copy since it left its session, and compare it with the session's edits.

    An item that the copy's editor can't save was not removed. If the copy may have left before the oldest
    history that is kept, nothing was removed, and each difference is contested.

    Args:
        left: when the copy left.
        mine: the copy: id → record.
        theirs: the session's bench now.
        has_tree: whether the copy says of everything if it is hidden or locked; see `overwriting`.
        unshown: ids of records that are in the copy, though not in `mine`.
    """
    base = {
        id: record
        for id, record in left.base.items()
        if id in mine or (id not in unshown and (not is_item(record) or is_saved(record)))
    }
    mine = _with_places(base, _without_empty_groups(mine), has_tree)
    shown = {id: _before_edits(base.get(id), record, has_tree) for id, record in mine.items()}
    merged = merge(base, Opened(mine, shown), mine, theirs, removals=not left.is_oldest)
    return _Doubts(left, merged).settled(mine, theirs)


def _without_empty_groups(records: Records) -> Records:
    """A bench without the groups that no file has (docs/bench-format.md, "Groups without members")."""
    shown = {record.id for siblings in tree_of(records).values() for record in siblings}
    return {id: record for id, record in records.items() if record.kind != GROUP or id in shown}


def _with_places(base: Records, mine: Records, has_tree: bool) -> Records:
    """A copy with the groups and places of its base, if its editor could not read any of the groups.

    0.2 finds no group in a file that 0.3 saved.
    """
    if has_tree or _has_groups(mine) or not _has_groups(base):
        return mine
    groups = {id: record for id, record in base.items() if record.kind == GROUP}
    return groups | {id: _placed(base[id], record) if id in base else record for id, record in mine.items()}


def _has_groups(records: Records) -> bool:
    return any(record.kind == GROUP for record in records.values())


def _placed(base: Record, mine: Record) -> Record:
    content = {name: value for name, value in mine.props.items() if name not in PLACE}
    place = {name: value for name, value in base.props.items() if name in PLACE}
    return Record(mine.id, mine.kind, {**content, **place}, mine.lane)


def _before_edits(base: Record | None, mine: Record, has_tree: bool) -> Record:
    """A copy's record with what it says of its content undone.

    So `merge` finds what only one of the two states, too, unless editors fill that in.
    """
    op = None if base is None or base.kind != mine.kind else overwriting(base, mine, has_tree)
    if base is None or op is None:
        return mine
    kept = {name: value for name, value in mine.props.items() if name not in op.props}
    old = {name: base.props[name] for name in (*op.props, *op.unset) if name in base.props}
    return Record(mine.id, mine.kind, {**kept, **old}, mine.lane)


def conflicts(left: Departure, merged: Merge, mine: Records, theirs: Records) -> list[Conflict]:
    """The edits that are not sent, with both values: their user decides.

    The server would apply them over the user's own later values.

    Args:
        left, mine, theirs: as in `merge_copy`, and `merged` its result.
    """
    held = [_held(left, op, mine.get(op.id), theirs[op.id]) for op in merged.contested]
    return held + [_gone(left, op, mine[op.id]) for op in merged.gone]


def _gone(left: Departure, op: Op, record: Record) -> Conflict:
    return replace(of_gone(op, record, left.authors.get((op.id, THERE), "")), away=True)


def _held(left: Departure, op: Op, mine: Record | None, there: Record) -> Conflict:
    names = () if isinstance(op, Remove) else tuple(named([op])[op.id])
    by = next((left.authors[op.id, name] for name in names if (op.id, name) in left.authors), None)
    if by is None:
        by = left.authors.get((op.id, THERE), "")
    shown = names if isinstance(op, Set) else ()
    theirs = standing(HeldChange([op], by), there)
    return Conflict(ConflictKind.HELD, by, shown, op, theirs, mine or there, away=True)


class _Doubts:
    """Contests doubtful edits of a merge."""

    def __init__(self, left: Departure, merged: Merge) -> None:
        self._doubtful = left.doubtful
        self._was_there = {id for id, _ in left.doubtful}
        self._all = left.is_oldest
        self._merged = merged
        self._clear: list[Op] = []
        self._contested = {op.id: op for op in merged.contested}
        self._gone = list(merged.gone)

    def settled(self, mine: Records, theirs: Records) -> Merge:
        """The merge without them."""
        for op in self._merged.clear:
            if isinstance(op, Set):
                self._split(op)
            elif isinstance(op, Put) and op.id in self._was_there:
                self._gone.append(Set(op.id, op.props))
            elif isinstance(op, Remove) and (op.id, THERE) in self._doubtful:
                self._contested[op.id] = op
            else:
                self._clear.append(op)
        clear, contested = self._clear, list(self._contested.values())
        added = sum(isinstance(op, Put) and op.id not in theirs and is_item(mine[op.id]) for op in clear)
        edited = len({op.id for op in (*clear, *contested, *self._gone)})
        return Merge(clear, contested, self._gone, added, edited, self._merged.taken)

    def _split(self, op: Set) -> None:
        names = {*op.props, *op.unset}
        doubted = {name for name in names if self._is_doubtful(op.id, name)}
        if names != doubted:
            self._clear.append(_only(op, names - doubted))
        if doubted:
            doubtful = _only(op, doubted)
            before = self._contested.get(op.id, Set(op.id))
            assert isinstance(before, Set)  # of a put, nothing is clear
            props = {**before.props, **doubtful.props}
            self._contested[op.id] = Set(op.id, props, [*before.unset, *doubtful.unset])

    def _is_doubtful(self, id: str, name: str) -> bool:
        unit = id, NEIGHBOUR if name in PLACE else name
        return self._all or unit in self._doubtful


def _only(op: Set, names: Collection[str]) -> Set:
    """An edit of nothing but these properties."""
    props = {name: value for name, value in op.props.items() if name in names}
    return Set(op.id, props, [name for name in op.unset if name in names])
