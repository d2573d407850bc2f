"""The tree of groups and layers: as records state it, and as the window shows it.

How it works. Records say where they are by `parent` and `order` (docs/bench-format.md). Any mixture of these
can come together from several people: a group that is gone, two groups that are in each other, items with
the same order. `tree_of` makes one tree of whatever they say, the same for everybody. The window shows that
tree as far as it can: what is in a group that it can't show takes that group's place.

So there are two things to remember. `_stated` has the places in records; it is never cleaned up, because what
can't be shown today can be tomorrow. `_shown` has the places in the window. Only the user makes the window
show something else, and `follow` then finds what they moved: whatever has another parent than before, and
as few of its siblings as possible. Those alone say something new, and are edits. All others keep saying
what they said, shown or not.

An example. Records say the left; the window shows the right:

    lens      parent=optics  order=0      at the root: lens, laser
    laser                    order=1

There is no group `optics`, so the lens is lifted to the root. The user drags the laser above the lens:

    laser                    order=-1     at the root: laser, lens
    lens      parent=optics  order=0

Only the laser says something new, and one edit goes out. The lens still says that it is in `optics`. When the
group comes back, because somebody else undoes its removal, the lens is in it again, although this window
showed it elsewhere in between:

    laser                    order=-1     at the root: laser, optics
    optics                   order=0      in optics: lens
    lens      parent=optics  order=0

Had the window's tree been written back as shown, this user's one drag would have taken the lens out of
its group for everybody.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from optiverse_collab.convert import tree_of
from optiverse_collab.convert.kinds import GROUP
from optiverse_collab.convert.layers import MAX_DEPTH, shows_file, sibling_key
from optiverse_collab.convert.shapes import is_number
from optiverse_collab.convert.stacking import restacked
from optiverse_collab.core.records import Record

PLACE = ("parent", "order")
"""The properties of a record that say where it is."""

Shown = dict["str | None", list[str]]
"""Parent id, or None for the root → the ids in it, from top to bottom."""

_NOWHERE = object()


class Places:
    """The places that records state, and how much of that is shown."""

    def __init__(self) -> None:
        self._stated: dict[str, Record] = {}
        self._shown: Shown = {}
        self._parents: dict[str, str | None] = {}
        self._lifted: set[str] = set()
        self._awaited: set[str] = set()

    def of(self, id: str) -> dict[str, Any]:
        """The stated `parent` and `order`."""
        stated = self._stated.get(id)
        return {} if stated is None else {name: stated.props[name] for name in PLACE if name in stated.props}

    def has(self, id: str) -> bool:
        """Whether a record has stated its place, and the window shows it."""
        return id in self._stated and id in self._parents

    def read(self, record: Record) -> bool:
        """Read a record's place; returns whether it changed, or is shown nowhere."""
        stated = {name: record.props[name] for name in (*PLACE, "z_value") if name in record.props}
        new = Record(record.id, record.kind, stated)
        old = self._stated.get(record.id)
        self._stated[record.id] = new
        parent = stated.get("parent")
        if isinstance(parent, str) and parent not in self._parents:
            self._awaited.add(parent)
        # What the user moved is known as a group or an item, of whatever kind. What they removed is, too.
        if old is None or record.id not in self._parents or (old.kind == GROUP) != (new.kind == GROUP):
            return True
        return any(old.props.get(name, _NOWHERE) != stated.get(name, _NOWHERE) for name in PLACE)

    def forget(self, id: str) -> None:
        """It is gone."""
        self._stated.pop(id, None)
        self._parents.pop(id, None)
        self._awaited.add(id)

    def insert(self, id: str, holds: Callable[[str], bool]) -> tuple[str | None, int] | None:
        """Show a new item at its stated place, without reading all other records.

        Args:
            holds: as in `tree`.

        Returns:
            The group in which it is shown, None for the root, and how many of its siblings lie above it; or
            None if not that alone changes, or it is a group, which may be empty: `tree` has to tell.
        """
        stated = self._stated[id]
        if stated.kind == GROUP:
            return None
        wanted = stated.props.get("parent")
        parent = wanted if isinstance(wanted, str) and wanted in self._parents else None
        if id in self._awaited or id in self._parents or self._lifted or self._is_deep(parent):
            return None
        if isinstance(wanted, str) and parent is None and wanted in self._stated:
            return None
        if parent is not None and not holds(parent):
            return None
        return parent, self._insert(id, parent)

    def reveal(self, id: str) -> str | None:
        """Show a group where its record says; returns the group in which that is, None for the root."""
        wanted = self.of(id).get("parent")
        parent = wanted if isinstance(wanted, str) and wanted in self._parents else None
        self._stated.setdefault(id, Record(id, GROUP, {}))
        self._insert(id, parent)
        return parent

    def count_above(self, id: str, siblings: Iterable[str]) -> int:
        """How many of these lie above it, as far as records say."""
        key = sibling_key(self._stated[id])
        stated = [self._stated[sibling] for sibling in siblings if sibling in self._stated]
        return sum(sibling_key(other) < key for other in stated)

    def _insert(self, id: str, parent: str | None) -> int:
        """Show something in a group, or at the root; returns how many of its siblings lie above it."""
        siblings = self._shown.setdefault(parent, [])
        key = sibling_key(self._stated[id])
        index = bisect(siblings, key, key=lambda sibling: sibling_key(self._stated[sibling]))
        siblings.insert(index, id)
        self._parents[id] = parent
        return index

    def _is_deep(self, id: str | None) -> bool:
        """Whether what is in this group is near the depth at which the tree is cut."""
        levels = 0
        while id is not None and levels < MAX_DEPTH - 1:
            id = self._parents.get(id)
            levels += 1
        return id is not None

    def tree(
        self,
        exists: Callable[[str], bool],
        shows: Callable[[str], bool],
        holds: Callable[[str], bool],
        has_more: Callable[[Record], bool] = shows_file,
    ) -> Shown:
        """The tree to show; a group without members is not in it.

        Args:
            exists: whether there is a record of this id; the places of others are ignored.
            shows: whether the window can show it. What is in it takes its place if it can't …
            holds: … or if the window can't show anything in it.
            has_more: as in `tree_of`.
        """
        tree = tree_of({id: stated for id, stated in self._stated.items() if exists(id)}, has_more)
        shown: Shown = {None: []}
        self._lifted = set()

        def add(parent: str | None, shown_in: str | None) -> None:
            for record in tree.get(parent, ()):
                is_shown = shows(record.id)
                if is_shown:
                    shown[shown_in].append(record.id)
                    if parent != shown_in:
                        self._lifted.add(record.id)
                if is_shown and holds(record.id):
                    shown[record.id] = []
                    add(record.id, record.id)
                else:
                    add(record.id, shown_in)

        add(None, None)
        return shown

    def show(self, shown: Shown) -> None:
        """Remember the window's present tree."""
        self._shown = shown
        self._parents = {id: parent for parent, ids in shown.items() for id in ids}

    def is_shown(self, shown: Shown) -> bool:
        """Whether the tree is unchanged."""
        return {key: ids for key, ids in self._shown.items() if ids} == {
            key: ids for key, ids in shown.items() if ids
        }

    def shown_in(self, parent: str | None) -> list[str]:
        """What the window shows in a group, or at the root."""
        return self._shown.get(parent, [])

    def parents(self) -> list[str]:
        """The groups that the window shows."""
        return [id for id in self._shown if id is not None]

    def shown_parent(self, id: str) -> object:
        """The group in which the window shows it, None for the root; something else if it isn't shown."""
        return self._parents.get(id, _NOWHERE)

    def follow(self, shown: Shown, kinds: Mapping[str, str]) -> set[str]:
        """The user changed the window's tree to this; returns what they moved or removed.

        Args:
            shown: everything that the window shows.
            kinds: id → kind of record, of what is shown.
        """
        parents: dict[str, str | None] = {id: parent for parent, ids in shown.items() for id in ids}
        moved = self._parents.keys() - parents.keys()
        for parent, ids in shown.items():
            stayed = [id for id in self._shown.get(parent, ()) if parents.get(id, _NOWHERE) == parent]
            if stayed != ids:
                moved |= self._restack(parent, ids, kinds)
        self._lifted -= moved
        self.show(shown)
        return moved

    def _restack(self, parent: str | None, ids: list[str], kinds: Mapping[str, str]) -> set[str]:
        own = [id for id in ids if id not in self._lifted or self.shown_parent(id) != parent]
        known = {
            id: float(order)
            for id in own
            if self.shown_parent(id) == parent and is_number(order := self.of(id).get("order"))
        }
        new = restacked(own, known)
        moved = {id for id in own if known.get(id) != new[id]}
        for id in moved:
            place: dict[str, Any] = {"order": new[id]}
            if self.shown_parent(id) != parent:
                place |= {} if parent is None else {"parent": parent}
            elif "parent" in self.of(id):  # also of a group that isn't there: it may come back
                place["parent"] = self.of(id)["parent"]
            self._stated[id] = Record(id, kinds[id], place)
        return moved
