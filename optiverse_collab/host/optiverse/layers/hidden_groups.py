"""Groups without members in a window of 0.2, which its layer panel does not show (docs/bench-format.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from optiverse_collab.host.optiverse.upstream.contract import Override
from optiverse_collab.host.optiverse.upstream.groups import Group, GroupManager


class HiddenGroups:
    """Hides the groups of a window that have no members.

    The host's steps find a hidden group by its id anyway, so that one that is undone puts an item
    back into it.

    Quirk: with the last item of a group, the host removes the group too, as a part of the same step. Here it
    hides the group: somebody else may be about to put an item in.

    Args:
        manager: the window's.
        reveal: called with the id of a hidden group that is about to get an item; it shows the group.
        moved: takes the ids of hidden groups that the user removed.

    Attributes:
        groups: id → group.
    """

    def __init__(
        self,
        manager: GroupManager,
        reveal: Callable[[str], None],
        moved: Callable[[Collection[str]], None],
    ) -> None:
        self.groups: dict[str, Group] = {}
        self._manager = manager
        self._reveal = reveal
        self._moved = moved
        self._is_side_effect = False
        self._overrides = [
            Override(manager, "get_group", self._get),
            Override(manager, "add_item_to_group", self._add_item),
            Override(manager, "remove_item_from_group", self._remove_item),
            Override(manager, "delete_group", self._delete),
            Override(manager, "clear", self._clear),
        ]

    def close(self) -> None:
        """Return the groups to the host, without the hidden ones."""
        for override in self._overrides:
            override.undo()

    def hide_all_but(self, ids: Collection[str]) -> None:
        """Hide all groups but these."""
        for id in self._manager._groups.keys() - ids:
            self._hide(id)

    def show(self, id: str) -> None:
        """Give a group back to the host, if it is hidden."""
        group = self.groups.pop(id, None)
        if group is not None:
            self._manager._groups[id] = group

    def _hide(self, id: str) -> None:
        group = self._manager._groups.pop(id)
        group.item_uuids.clear()
        self.groups[id] = group

    def _get(self, id: str) -> Group | None:
        """Stand in for the host's `get_group`."""
        return self.groups.get(id) or type(self._manager).get_group(self._manager, id)

    def _add_item(self, item_id: str, id: str) -> bool:
        """Stand in for the host's `add_item_to_group`."""
        if id in self.groups:
            self._reveal(id)
        return type(self._manager).add_item_to_group(self._manager, item_id, id)

    def _remove_item(self, item_id: str) -> bool:
        """Stand in for the host's `remove_item_from_group`, which deletes a group that is empty then."""
        self._is_side_effect = True
        try:
            return type(self._manager).remove_item_from_group(self._manager, item_id)
        finally:
            self._is_side_effect = False

    def _delete(self, id: str, keep_items: bool = True) -> None:
        """Stand in for the host's `delete_group`."""
        if self.groups.pop(id, None) is not None:
            self._moved((id,))
        elif self._is_side_effect and id in self._manager._groups:
            self._hide(id)
            self._manager.groupsChanged.emit()
        else:
            type(self._manager).delete_group(self._manager, id, keep_items)

    def _clear(self) -> None:
        """Stand in for the host's `clear`: another file is opened."""
        self.groups.clear()
        type(self._manager).clear(self._manager)
