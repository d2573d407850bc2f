"""Groups and stacking in Optiverse 0.2: a list of groups that name their items, and z values.

What lies on top follows from the z values alone. So when the user changes one, or groups something, the
`order` that windows of 0.3 go by is worked out from them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from optiverse_collab.convert.kinds import GROUP
from optiverse_collab.convert.shapes import is_link, is_number
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.items.scene_bench import SceneBench
from optiverse_collab.host.optiverse.layers.base import Layers
from optiverse_collab.host.optiverse.layers.hidden_groups import HiddenGroups
from optiverse_collab.host.optiverse.layers.places import Shown
from optiverse_collab.host.optiverse.upstream.groups import Group, group_names
from optiverse_collab.host.optiverse.upstream.items import Data, Item, Props, id_of
from optiverse_collab.host.optiverse.upstream.window import GroupsWindow
from optiverse_collab.wording import hosts as wording


class GroupList(Layers):
    """A window's groups.

    Args:
        window: an Optiverse main window.
        bench, is_unshown, moved, warn: as in `Layers`.
    """

    def __init__(
        self,
        window: GroupsWindow,
        bench: SceneBench,
        is_unshown: Callable[[str], bool],
        moved: Callable[[Collection[str]], None],
        warn: Callable[[str], None],
    ) -> None:
        super().__init__(bench, is_unshown, moved, warn)
        self._scene = window.scene
        self._manager = window.group_manager
        self._hidden = HiddenGroups(self._manager, self._reveal, moved)
        self._linked: set[str] = set()
        self._stale = True
        self.look()
        self._manager.groupsChanged.connect(self._changed)
        bench.appeared.connect(self._mark_stale)
        # What went may still be named by its group, until that is looked at.
        bench.vanished.connect(self._mark_stale)

    def close(self) -> None:
        """Stop following the groups."""
        self._bench.appeared.disconnect(self._mark_stale)
        self._bench.vanished.disconnect(self._mark_stale)
        self._manager.groupsChanged.disconnect(self._changed)
        self._hidden.close()

    def group_ids(self) -> list[str]:
        """The ids of all groups."""
        return [*self._manager._groups, *self._hidden.groups]

    def has_group(self, id: str) -> bool:
        """Whether there is a group of this id."""
        return id in self._manager._groups or id in self._hidden.groups

    def _group(self, id: str) -> Group:
        hidden = self._hidden.groups
        return hidden[id] if id in hidden else self._manager._groups[id]

    def read_group(self, id: str) -> Data:
        """The properties of a group, without its place."""
        group = self._group(id)
        props: Data = {"name": group.name}
        if group.collapsed:
            props["collapsed"] = True
        if group.z_base:
            props["z_base"] = group.z_base
        return props

    def write_group(self, id: str, props: Props) -> None:
        """Make a group if it isn't there, and give it these properties, as far as the host can show them."""
        if not self.has_group(id):
            self._manager._groups[id] = group_names().LayerGroup(name="", group_uuid=id)
        group = self._group(id)
        name, z_base = props.get("name"), props.get("z_base")
        group.name = name if isinstance(name, str) else "Group"
        group.collapsed = bool(props.get("collapsed", False))
        group.z_base = float(z_base) if is_number(z_base) else 0.0
        if not is_link(props.get("link")):
            self._linked.discard(id)
        elif id not in self._linked:
            self._linked.add(id)
            self._warn(wording.link_not_known(group.name))
        self._unsettled = True

    def read_item(self, id: str) -> Data:
        """Nothing: only 0.3 has layers."""
        return {}

    def write_item(self, id: str, props: Props, changed: Collection[str]) -> None:
        """Nothing: only 0.3 has layers."""

    def z_of(self, item: Item) -> float:
        """The shared `z_value` of an item."""
        return float(item.zValue())

    def stack(self, item: Item, z: float) -> None:
        """Others gave an item this `z_value`."""
        item.setZValue(z)
        self._z[item.item_uuid] = float(item.zValue())

    def place(self, record: Record) -> None:
        """Put an item or a group where its record says; takes effect with `end_batch`."""
        if not self._places.read(record):
            return
        plain = not self._unsettled and not self._is_unshown(record.id) and not self.has_group(record.id)
        place = self._places.insert(record.id, self.has_group) if plain else None
        if place is None:
            self._unsettled = True
        elif place[0] is not None:
            groups = self._manager._groups
            inside = self._places.shown_in(place[0])
            groups[place[0]].item_uuids[:] = [id for id in inside if id not in groups]
            self._manager._item_to_group[record.id] = place[0]

    def drop(self, id: str) -> None:
        """An item or a group left the bench."""
        self._z.pop(id, None)
        self._places.forget(id)
        self._manager._groups.pop(id, None)
        self._hidden.groups.pop(id, None)
        self._unsettled = True

    def in_hand(self) -> Collection[str]:
        """None: no step on groups takes time."""
        return ()

    def release(self, id: str) -> None:
        """Do nothing: only items on the bench have ids."""

    def look(self) -> None:
        """Read the user's edits.

        Quirk: the host's steps change groups bit by bit, with a signal after each bit; so this waits for
        the next tick.
        """
        if self._stale:
            self._stale = False
            self._bench.survey()
            self._look()
        self._settle()

    def _settle(self) -> bool:
        if not self._unsettled:
            return False
        self._unsettled = False
        shown = self._tree()
        self._places.show(shown)
        groups, members = self._manager._groups, self._manager._item_to_group
        listed = {id for siblings in shown.values() for id in siblings}
        self._hidden.hide_all_but(listed)
        for id in self._hidden.groups.keys() & listed:
            self._hidden.show(id)
        members.clear()
        for parent, ids in shown.items():
            if parent is not None:
                inside = [id for id in ids if id not in groups]
                groups[parent].item_uuids[:] = inside
                members.update(dict.fromkeys(inside, parent))
            for id in ids:
                if id in groups:
                    groups[id].parent_group_uuid = parent
        # As others list them.
        ordered = {id: groups[id] for ids in shown.values() for id in ids if id in groups}
        groups.clear()
        groups.update(ordered)
        return False

    def _reveal(self, id: str) -> None:
        """Show a group, and the groups that it is in, where their records say."""
        outer = self._places.of(id).get("parent")
        if outer in self._hidden.groups:
            self._reveal(outer)
        self._hidden.show(id)
        self._manager._groups[id].parent_group_uuid = self._places.reveal(id)

    def _shows_file(self, group: Record) -> bool:
        return group.id in self._linked

    def _tree(self) -> Shown:
        return self._tree_of(self.has_group, self.has_group)

    def _mark_stale(self) -> None:
        """Items came, went, or were put higher or lower."""
        self._stale = True

    def _changed(self) -> None:
        self._stale = True
        self._moved({*self.group_ids(), *self._places.parents()} or list(self._z))

    def _look(self) -> None:
        items = self._bench.items
        z = {id: float(item.zValue()) for id, item in items.items()}
        kinds = {**dict.fromkeys(items, "item"), **dict.fromkeys(self._manager._groups, GROUP)}
        parents = self._parents(items)
        stayed = {
            id
            for id, parent in parents.items()
            if self._places.shown_parent(id) == parent and self._z.get(id) == z.get(id)
        }
        self._z = z
        shown: Shown = {
            parent: [id for id in self._places.shown_in(parent) if id in stayed and parents[id] == parent]
            for parent in (None, *self._manager._groups)
        }
        new = [id for id in self._from_bottom_to_top(items) if id not in stayed]
        # Groups are put on top, the first one last: the host lists it first.
        for id in new + [id for id in reversed(self._manager._groups) if id not in stayed]:
            siblings = shown[parents[id]]
            siblings.insert(_index_of(z.get(id), [z.get(other) for other in siblings]), id)
        moved = self._places.follow(shown, kinds)
        self._clean(parents)
        if not self._places.is_shown(self._tree()):
            self._unsettled = True
        if moved:
            self._moved(moved)

    def _parents(self, items: Collection[str]) -> dict[str, str | None]:
        groups, members = self._manager._groups, self._manager._item_to_group
        parents: dict[str, str | None] = {
            id: parent if (parent := members.get(id)) in groups else None for id in items
        }
        for id, group in groups.items():
            parents[id] = group.parent_group_uuid if group.parent_group_uuid in groups else None
        return parents

    def _from_bottom_to_top(self, items: Collection[str]) -> list[str]:
        ids = map(id_of, reversed(self._scene.items()))
        return [id for id in ids if id is not None and id in items]

    def _clean(self, parents: Mapping[str, str | None]) -> None:
        """Let groups name what is in them and nothing else.

        Quirk: what is deleted by its context menu stays named, and so do items that went to another group.
        """
        for id, group in self._manager._groups.items():
            if any(parents.get(item) != id for item in group.item_uuids):
                group.item_uuids[:] = [item for item in group.item_uuids if parents.get(item) == id]


def _index_of(z: float | None, siblings: list[float | None]) -> int:
    """Where something comes among siblings with these z values, from top to bottom; groups have none."""
    if z is None:
        return 0
    for index, other in enumerate(siblings):
        if other is not None and other <= z:
            return index
    return len(siblings)
