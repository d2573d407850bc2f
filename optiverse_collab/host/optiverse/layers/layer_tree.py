"""Groups, layers and stacking in Optiverse 0.3: a tree of nodes for everything.

After each change of the tree, the host gives all items new z values, from the number of items down to
0. So one item less at the bottom changes the z value of all the others, though none of them has moved.
What travels is therefore not the z value that the host shows but one that only changes when its item
changes its place; windows of 0.2 stack by it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

from PyQt6 import sip
from PyQt6.QtWidgets import QWidget

from optiverse_collab.convert.kinds import GROUP, LAYER
from optiverse_collab.convert.layers import FLAGS
from optiverse_collab.convert.stacking import restacked
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.items.images import Images
from optiverse_collab.host.optiverse.items.scene_bench import SceneBench
from optiverse_collab.host.optiverse.layers.base import Layers
from optiverse_collab.host.optiverse.layers.hidden_nodes import HiddenNodes
from optiverse_collab.host.optiverse.layers.linked_files import LinkedFiles
from optiverse_collab.host.optiverse.layers.nodes import (
    is_default,
    node_of,
    non_defaults,
    set_flags,
    walk,
)
from optiverse_collab.host.optiverse.layers.places import Shown
from optiverse_collab.host.optiverse.upstream.contract import as_qt
from optiverse_collab.host.optiverse.upstream.items import Data, Item, Props
from optiverse_collab.host.optiverse.upstream.window import LayersWindow


class LayerTree(Layers):
    """A window's tree of layers.

    Args:
        window: an Optiverse main window.
        bench, is_unshown, moved, warn: as in `Layers`.
        images: finds the images of components.
        replaced: takes the ids of groups and items that other objects than before are about to stand for.
    """

    def __init__(
        self,
        window: LayersWindow,
        bench: SceneBench,
        is_unshown: Callable[[str], bool],
        moved: Callable[[Collection[str]], None],
        images: Images,
        warn: Callable[[str], None],
        replaced: Callable[[Collection[str]], None],
    ) -> None:
        super().__init__(bench, is_unshown, moved, warn)
        self._state = window.layer_state
        self._muted = self._changed = self._untold = False
        # Quirk: the panel asks for the height of each of its lines; all are alike, and asking is half of what
        # drawing it costs.
        self._panel = window.layer_panel._tree
        self._panel.setUniformRowHeights(True)
        self._groups: dict[str, Data] = {}
        self._links = LinkedFiles(window, images, warn, replaced)
        self._hidden = HiddenNodes(self._state, moved)
        self._adopt(bench.items)
        self._follow()
        self._state.changed.connect(self._follow)
        bench.appeared.connect(self._adopt)
        bench.vanished.connect(self._abandon)

    def close(self) -> None:
        """Stop following the tree."""
        self._bench.appeared.disconnect(self._adopt)
        self._bench.vanished.disconnect(self._abandon)
        self._state.changed.disconnect(self._follow)
        self._hidden.close()
        if not sip.isdeleted(as_qt(self._panel, QWidget)):
            self._panel.setUniformRowHeights(False)

    def group_ids(self) -> list[str]:
        """The ids of all groups."""
        shown = [node.uuid for node in walk(self._state._roots) if node.is_group()]
        return [*shown, *self._hidden.ids()]

    def has_group(self, id: str) -> bool:
        """Whether there is a group of this id."""
        node = self._state.get_node(id)
        return node is not None and bool(node.is_group())

    def read_group(self, id: str) -> Data:
        """The properties of a group, without its place."""
        return {**non_defaults(node_of(self._state, id)), **self._links.read(id)}

    def write_group(self, id: str, props: Props) -> None:
        """Make a group if it isn't there, and give it these properties, as far as the host can show them."""
        if not self.has_group(id):
            self._state.create_group("", group_uuid=id, emit=False)
        node = node_of(self._state, id)
        name = props.get("name")
        node.name = name if isinstance(name, str) else "Group"
        set_flags(node, props)
        with self._mute():
            self._links.write(id, props)
        self._unsettled = True

    def read_item(self, id: str) -> Data:
        """The properties of an item that stand in the tree."""
        node = self._state.get_node(id)
        if node is None or is_default(node):
            return {}
        return {LAYER + name: value for name, value in non_defaults(node).items()}

    def write_item(self, id: str, props: Props, changed: Collection[str]) -> None:
        """Set in the tree the properties of an item that changed."""
        node = self._state.get_node(id)
        if node is None or not any(name.startswith(LAYER) for name in changed):
            return
        name = props.get(LAYER + "name")
        node.name = name if isinstance(name, str) else None
        # A lock that only `locked` speaks of stands in the node already.
        flags = {name: props.get(LAYER + name, default) for name, default in FLAGS.items()}
        set_flags(node, flags if LAYER + "locked" in changed else {**flags, "locked": node.locked})
        self._unsettled = True

    def in_hand(self) -> Collection[str]:
        """The ids of groups whose linked items the user edits or drags."""
        return self._links.in_hand()

    def release(self, id: str) -> None:
        """An item is about to come on the bench; it is none of a linked file any more."""
        with self._mute():
            self._links.release(id)

    def z_of(self, item: Item) -> float:
        """The shared `z_value` of an item."""
        return self._z.get(item.item_uuid, float(item.zValue()))

    def stack(self, item: Item, z: float) -> None:
        """Others gave an item this `z_value`."""
        self._z[item.item_uuid] = z

    def place(self, record: Record) -> None:
        """Put an item or a group where its record says; takes effect with `end_batch`."""
        is_new = record.id not in self._state and not self._is_unshown(record.id)
        if not self._places.read(record) and not is_new:
            return
        place = self._places.insert(record.id, lambda id: True) if is_new and not self._unsettled else None
        if place is not None:
            self._insert(record.id, *place)
            return
        self._unsettled = True
        if is_new:
            self._state.add_item(record.id, None, 0, emit=False)

    def drop(self, id: str) -> None:
        """An item or a group left the bench."""
        self._z.pop(id, None)
        self._places.forget(id)
        if self.has_group(id):
            self._links.drop(id)
            self._hidden.remove(id)
        else:
            # An orphan would come back as a line in the layer panel without an item.
            self._state.remove_item(id, emit=False)
        self._unsettled = True

    def _adopt(self, ids: Collection[str]) -> None:
        """Put into the tree what came on the bench without a place in it.

        Quirk: files may have items that their tree doesn't know, and the host shows them anyway.
        """
        new = [id for id in ids if self._state.get_node(id) is None and self._bench.known(id) is not None]
        for id in new:
            self._state.add_item(id, None, 0, emit=False)
        if new and not self._muted:
            self._state._emit_changed()

    def _abandon(self, ids: Collection[str]) -> None:
        """Take items out of the tree that are not on the bench.

        Quirk: some context menus delete an item and leave its node, and taking back a grouping makes nodes
        for items that are gone. The layer panel takes them out some time later; until the next change,
        the other items keep the z values that they had with them.
        """
        nodes = [id for id in ids if id in self._state and not self.has_group(id)]
        for id in nodes:
            self._state.remove_item(id, emit=False)
        if ids:
            self._state._emit_changed()

    def look(self) -> None:
        """Read the user's edits; most of them are followed at once."""
        if self._changed:
            self._changed = False
            self._bench.survey()
            there = {*self._bench.items, *self._bench.linked()}
            nodes = walk(self._state._roots)
            self._abandon([node.uuid for node in nodes if not node.is_group() and node.uuid not in there])
        self._settle()

    def _settle(self) -> bool:
        if self._unsettled:
            self._unsettled, self._untold = False, True
            shown = self._tree()
            self._rebuild(shown)
            self._places.show(shown)
        if not self._untold or self._batch_continues:
            return False
        self._untold = False
        with self._mute():
            # The one signal that makes the host number its items and draw the panel again.
            self._state._emit_changed()
        return True

    @contextmanager
    def _mute(self) -> Iterator[None]:
        """Ignore changes of the tree, which are not the user's."""
        self._muted = True
        try:
            yield
        finally:
            self._muted = False

    def _shows_file(self, group: Record) -> bool:
        node = self._state.get_node(group.id)
        return node is not None and node.link_metadata is not None

    def _tree(self) -> Shown:
        return self._tree_of(lambda id: id in self._state, lambda id: True)

    def _insert(self, id: str, parent: str | None, index: int) -> None:
        """Put a new item into the tree, above the sibling that it is to lie above."""
        siblings = self._places.shown_in(parent)
        below = self._state.get_node(siblings[index + 1]) if index + 1 < len(siblings) else None
        nodes = self._state._roots if parent is None else node_of(self._state, parent).children
        # Items of linked files may lie between; so it can be further down than its index says.
        at = next((i for i in range(index, len(nodes)) if nodes[i] is below), len(siblings) - 1)
        self._state.add_item(id, parent, at, emit=False)
        self._untold = True

    def _rebuild(self, shown: Shown) -> None:
        ids = {id for siblings in shown.values() for id in siblings}
        self._hidden.hide_all_but(ids)
        for id in ids:
            self._state.add_item(id, None, 0, emit=False)
        nodes = {id: node_of(self._state, id) for id in ids}
        # Items of linked files stand in the tree, and are not on the bench; they stay where they are.
        others = {id: [child for child in nodes[id].children if child.uuid not in ids] for id in ids}
        roots = self._state._roots
        roots[:] = [nodes[id] for id in shown[None]] + [node for node in roots if node.uuid not in ids]
        for node in roots:
            node.parent = None
        for id, node in nodes.items():
            self._hidden.show(id)
            node.children[:] = [nodes[child] for child in shown.get(id, ())] + others[id]
            for child in node.children:
                child.parent = node

    def _reveal(self, id: str) -> None:
        """Show a group, and the groups that it is in, where their records say."""
        self._hidden.show(id)
        outer = self._places.of(id).get("parent")
        if outer in self._hidden.ids():
            self._reveal(outer)
        parent = self._places.reveal(id)
        siblings = self._state._roots if parent is None else node_of(self._state, parent).children
        index = self._places.count_above(id, (node.uuid for node in siblings))
        self._state.move_node(id, parent, index, emit=False)
        self._unsettled = True

    def _follow(self) -> None:
        """Read the user's edits of the tree."""
        if self._muted:
            return
        self._changed = True
        for id in self._hidden.filled():
            self._reveal(id)
        linked = self._bench.linked()
        kinds: dict[str, str] = {}
        shown: Shown = {None: []}
        for node in walk(self._state._roots):
            if node.uuid not in linked and (node.parent is None or node.parent.uuid in kinds):
                kinds[node.uuid] = GROUP if node.is_group() else "item"
                shown.setdefault(node.parent.uuid if node.parent else None, []).append(node.uuid)
        moved = self._places.follow(shown, kinds) | self._restack(kinds)
        # Earlier values of a group that is there again may be valid now.
        if not self._places.is_shown(self._tree()):
            self._unsettled = True
        if self._unsettled and not moved:
            moved.update(self.group_ids())
        # Only the tree tells that a group was folded, or that a linked file was read again.
        groups = {id: non_defaults(node_of(self._state, id)) for id, kind in kinds.items() if kind == GROUP}
        moved.update(id for id, said in groups.items() if self._groups.get(id, said) != said)
        self._groups = groups
        moved.update(self._links.ids())
        if moved:
            self._moved(moved)

    def _restack(self, kinds: Mapping[str, str]) -> set[str]:
        order = [id for id, kind in kinds.items() if kind != GROUP]
        depths = {id: -z for id, z in self._z.items()}
        z = {id: 0.0 - depth for id, depth in restacked(order, depths, 1.0 - len(order)).items()}
        moved = {id for id in order if self._z.get(id) != z[id]}
        self._z = z
        return moved
