"""Groups without members in a window of 0.3, which its layer panel does not show (docs/bench-format.md).

The tree still knows their nodes by their ids, but they stand nowhere in it. So a step of the host's that is
undone finds the group into which it puts an item back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from optiverse_collab.host.optiverse.layers.nodes import walk
from optiverse_collab.host.optiverse.upstream.contract import Override
from optiverse_collab.host.optiverse.upstream.layers import LayerNode, LayerState


class HiddenNodes:
    """Hides the groups of a tree that have no members.

    Quirk: with the last item of a group, the host removes the group too, as a part of the same step. Here it
    hides the group: somebody else may be about to put an item in.

    Args:
        tree: the window's.
        moved: takes the ids of hidden groups that the user removed.
    """

    def __init__(self, tree: LayerState, moved: Callable[[Collection[str]], None]) -> None:
        self._tree = tree
        self._moved = moved
        self._ids: dict[str, None] = {}
        self._override = Override(tree, "delete_group", self._delete)

    def close(self) -> None:
        """Return the tree to the host, without the hidden groups."""
        self._override.undo()
        for id in self.ids():
            self._tree.delete_group(id, emit=False)

    def ids(self) -> list[str]:
        """The ids of the hidden groups. Opening another file forgets them all."""
        return [id for id in self._ids if id in self._tree]

    def filled(self) -> list[str]:
        """The ids of those into which the host has put something meanwhile."""
        nodes = map(self._tree.get_node, self._ids)
        return [node.uuid for node in nodes if node is not None and node.children]

    def hide_all_but(self, ids: Collection[str]) -> None:
        """Hide all groups of the tree but these."""
        nodes = [node for node in walk(self._tree._roots) if node.is_group() and node.uuid not in ids]
        for node in nodes:
            for child in list(node.children):
                if not child.is_group():  # one whose item is not on the bench
                    self._tree.remove_item(child.uuid, emit=False)
        for node in reversed(nodes):
            self._hide(node)

    def show(self, id: str) -> None:
        """Count a group as shown: it is about to be put into the tree."""
        self._ids.pop(id, None)

    def remove(self, id: str) -> None:
        """Remove a group, hidden or not, with nothing of it left."""
        self.show(id)
        type(self._tree).delete_group(self._tree, id, emit=False)

    def _hide(self, node: LayerNode) -> None:
        siblings = self._tree._roots if node.parent is None else node.parent.children
        siblings.remove(node)
        node.parent = None
        self._ids[node.uuid] = None

    def _delete(self, id: str, emit: bool = True) -> None:
        """Stand in for the host's `delete_group`.

        A group that its user wants to be gone has members, or is hidden, or its removal is signalled.
        """
        node = self._tree.get_node(id)
        if id in self._ids:
            self._moved((id,))
        elif node is not None and not (emit or node.children or node.link_metadata):
            self._hide(node)
            return
        self.show(id)
        type(self._tree).delete_group(self._tree, id, emit=emit)
