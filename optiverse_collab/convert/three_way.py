"""Merges a user's edits of a file with others' edits in a session meanwhile.

An example. The file was saved in the session; then its user moved the lens and removed the wall, while others
renamed the lens and moved the mirror:

    saved in the session     the user's bench      the session       sent edits
    lens    pos 0            pos 5                 pos 0, "L1"       lens pos 5
    mirror  pos 0            pos 0                 pos 7
    wall                     (none)                wall              remove wall

Both edits of the lens take effect, and the mirror is where the others moved it. Had the others moved the
lens too, the user's move would be *contested*: it is sent so that the server holds it, and reports it to the
user.

Differences that an editor creates when it saves are not edits (`equivalence`). They would look like edits if
the file were compared with the window. So the comparison is between two outputs of the same editor: the
window as it was when the file was opened, and the window now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from optiverse_collab.convert.equivalence import PLACE, differing, differs, same_meaning
from optiverse_collab.convert.kinds import GROUP, LAYER, is_item
from optiverse_collab.convert.layers import resolved
from optiverse_collab.convert.places import moved, place_props, placed
from optiverse_collab.convert.shapes import is_number
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, put, record_difference

Records = Mapping[str, Record]
_LOCKED = f"{LAYER}locked"


class Opened(NamedTuple):
    """A bench as a window opened it.

    Attributes:
        file: as in the file.
        shown: as the window showed it then.
    """

    file: Records
    shown: Records


class Merge(NamedTuple):
    """The edits that bring a user's changes into a session.

    Attributes:
        clear: edits of properties that nobody else has changed; groups come first.
        contested: edits of properties that others have changed, too.
        gone: edits of records that others have removed.
        added: how many of the user's items the session lacks.
        edited: how many records the user changed, added or removed.
        taken: how many items others changed, added or removed.
    """

    clear: list[Op]
    contested: list[Op]
    gone: list[Set]
    added: int
    edited: int
    taken: int


def merge(base: Records, opened: Opened, mine: Records, theirs: Records, removals: bool = True) -> Merge:
    """Find a user's edits since `base`, and compare them with others' edits since.

    Args:
        base: the session's bench as in the file; without it, everything is new.
        opened: the bench as the window opened it.
        mine: the window's bench now.
        theirs: the session's bench now.
        removals: whether records that the user lacks count as removed by them; not if their bench is empty.
    """
    found = _Found(base, theirs)
    new = _with_places([record for id, record in mine.items() if id not in base], mine, theirs)
    for record in sorted(new, key=lambda record: record.kind != GROUP):
        found.add(record)
    locked = _in_locked_groups(mine)
    for id, record in mine.items():
        if id in base:
            found.edit(id, _content(base[id], opened, record, id in locked))
    found.move(_moves(base, opened, mine), mine)
    if removals and any(map(is_item, mine.values())):
        for id in _removed(base, opened, mine):
            found.remove(id)
    added = sum(is_item(record) and record.id not in theirs for record in new)
    taken = _taken(base, mine, theirs)
    clear, contested = list(found.clear.values()), list(found.contested.values())
    edited = len({op.id for op in (*clear, *contested, *found.gone)})
    return Merge(clear, contested, found.gone, added, edited, taken)


class _Found:
    """Sorts the user's edits into clear, contested and gone ones."""

    def __init__(self, base: Records, theirs: Records) -> None:
        self.clear: dict[str, Op] = {}
        self.contested: dict[str, Op] = {}
        self.gone: list[Set] = []
        self._base = base
        self._theirs = theirs

    def add(self, record: Record) -> None:
        """The user has a record that wasn't on the session's bench."""
        there = self._theirs.get(record.id)
        if there is None:
            self.clear[record.id] = put(record)
        elif there.kind == record.kind:
            names = differing(there, record)
            _join(self.contested, record.id, {name: record.props[name] for name in names})

    def edit(self, id: str, op: Put | Set | None) -> None:
        """The user changed a record's content."""
        there = self._theirs.get(id)
        if isinstance(op, Put) and there is not None:
            self.contested[id] = op
        elif isinstance(op, Set) and there is not None:
            base = self._base[id]
            for name in op.props:
                if name not in there.props or not same_meaning(
                    there.kind, name, op.props[name], there.props[name]
                ):
                    _join(self._part(name, base, there), id, {name: op.props[name]})
            for name in op.unset:
                if name in there.props:
                    _join(self._part(name, base, there), id, {}, [name])
        elif isinstance(op, Set) and (op.props or op.unset):
            self.gone.append(op)

    def move(self, ids: set[str], mine: Records) -> None:
        """The user moved records in the tree."""
        ids = {id for id in ids if id in self._theirs}
        others = moved(self._base, self._theirs) if ids else set()
        for id, place in placed(self._theirs, mine, ids).items():
            props, unset = place_props(place, self._theirs[id])
            _join(self.contested if id in others else self.clear, id, props, unset)

    def remove(self, id: str) -> None:
        """The user removed an item."""
        there = self._theirs.get(id)
        if there is not None:
            (self.contested if differs(self._base[id], there) else self.clear)[id] = Remove(id)

    def _part(self, name: str, base: Record, there: Record) -> dict[str, Op]:
        """The list for an edit of a property: it depends on whether the session still has the old value."""
        if name in base.props and name in there.props:
            is_clear = same_meaning(there.kind, name, base.props[name], there.props[name])
        else:
            is_clear = (name in base.props) == (name in there.props)
        return self.clear if is_clear else self.contested


def _join(found: dict[str, Op], id: str, props: dict[str, object], unset: Iterable[str] = ()) -> None:
    """Add properties to the edit of a record."""
    before = found.get(id, Set(id))
    if isinstance(before, Set) and (props or unset):
        found[id] = Set(id, {**before.props, **props}, [*before.unset, *unset])


def _content(base: Record, opened: Opened, mine: Record, is_locked: bool) -> Put | Set | None:
    """The user's changes to a record, except for its place in the tree."""
    if base.kind != mine.kind:
        return put(mine)
    file, shown = opened.file.get(mine.id), opened.shown.get(mine.id)
    if shown is None or file is None:  # it was removed and put back
        return Set(mine.id, {name: mine.props[name] for name in differing(base, mine)})
    op = record_difference(shown, mine)
    props = {name: file.props[name] for name in differing(base, file)}
    unset: list[str] = []
    if isinstance(op, Set):
        props, unset = {**props, **op.props}, op.unset
    by_tree = _by_tree(mine, {*props, *unset}, is_locked)
    return Set(
        mine.id,
        {name: value for name, value in props.items() if name not in by_tree and name not in unset},
        [name for name in unset if name not in by_tree],
    )


def _by_tree(mine: Record, changed: Collection[str], is_locked: bool) -> Collection[str]:
    """The properties of a record that follow from the tree, if numbers order it.

    0.3 takes the lock of an item from the tree when it draws the tree, and locks the members of a locked
    group.
    """
    if not is_number(mine.props.get("order")):
        return ()
    if mine.kind == GROUP:
        return PLACE
    if is_locked:
        return PLACE | {"locked", _LOCKED}
    return PLACE if _LOCKED in changed else PLACE | {"locked"}


def _in_locked_groups(records: Records) -> set[str]:
    """The ids of everything in a locked group, at any depth."""
    parents = resolved({id: record.props.get("parent") for id, record in records.items()})
    found: set[str] = set()
    for id in records:
        above = parents[id]
        while above is not None and records[above].props.get("locked") is not True:
            above = parents[above]
        if above is not None:
            found.add(id)
    return found


def _moves(base: Records, opened: Opened, mine: Records) -> set[str]:
    """The ids of the records that the user moved in the tree, as far as numbers show it."""
    found = moved(opened.shown, mine) if opened.shown is not mine else set()
    if opened.file is not base:
        found |= moved(base, opened.file)
    return {id for id in found if id in base and id in mine and is_number(mine[id].props.get("order"))}


def _removed(base: Records, opened: Opened, mine: Records) -> list[str]:
    """The ids of the items that the user removed, without those that the window could not show."""
    return [
        id
        for id, record in base.items()
        if is_item(record) and id not in mine and (id in opened.shown or id not in opened.file)
    ]


def _with_places(new: list[Record], mine: Records, theirs: Records) -> list[Record]:
    """New records, each with its place among theirs."""
    ids = {one.id for one in new if one.id not in theirs and is_number(one.props.get("order"))}
    places = placed(theirs, mine, ids)
    return [
        Record(one.id, one.kind, {**one.props, "order": places[one.id].order}, one.lane)
        if one.id in ids & places.keys()
        else one
        for one in new
    ]


def _taken(base: Records, mine: Records, theirs: Records) -> int:
    """How many items others changed, added or removed."""
    changed = sum(
        is_item(record) and id in base and differs(base[id], record) for id, record in theirs.items()
    )
    added = sum(is_item(record) and id not in base and id not in mine for id, record in theirs.items())
    return changed + added + sum(is_item(record) and id not in theirs for id, record in base.items())
