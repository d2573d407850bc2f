"""Groups that show another file (0.3): the host's copy of that file travels, so that all see its items.

The items themselves stay out of the bench. They belong to the file; everybody's host makes them from
the copy, under the same ids and in the same places, whether or not it has the file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import deepcopy
from typing import Any

from PyQt6.QtWidgets import QGraphicsItem

from optiverse_collab.convert.elsewhere import original, stand_in
from optiverse_collab.convert.kinds import GROUP, IMAGE
from optiverse_collab.convert.shapes import is_link
from optiverse_collab.core.checks import check_change
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.records import Put, same_value
from optiverse_collab.errors import ChangeRefused
from optiverse_collab.host.optiverse.items.exact_edit import exact_edit
from optiverse_collab.host.optiverse.items.images import Images
from optiverse_collab.host.optiverse.layers.nodes import node_of
from optiverse_collab.host.optiverse.upstream.contract import HOST_FAULTS, as_qt
from optiverse_collab.host.optiverse.upstream.items import Data, Item, Props, id_of, is_item
from optiverse_collab.host.optiverse.upstream.layers import HASH, LinkMetadata, layer_names
from optiverse_collab.host.optiverse.upstream.window import LayersWindow
from optiverse_collab.wording import hosts as wording

LINK, COPY, PATH = "link", "linked_cache", "source_path"
"""The properties of a group about a file (docs/bench-format.md)."""

MOST_BYTES = Limits().record_bytes - 8 * 1024
"""The longest copy, so that the other properties of its group have room beside it."""


class LinkedFiles:
    """The linked files of a window.

    Args:
        window: an Optiverse main window.
        images: finds the images of components.
        warn: takes a sentence about a file that can't be shared, or not be shown.
        replaced: takes the ids of a group and of its items, when other objects are about to stand for them.
    """

    def __init__(
        self,
        window: LayersWindow,
        images: Images,
        warn: Callable[[str], None],
        replaced: Callable[[Collection[str]], None],
    ) -> None:
        self._window = window
        self._service = window.linked_assembly_service
        self._tree = window.layer_state
        self._images = images
        self._warn = warn
        self._replaced = replaced
        self._copies: dict[str, tuple[Data, Data]] = {}
        self._own: set[str] = set()

    def ids(self) -> list[str]:
        """The ids of the groups that show a file."""
        return [id for id in self._service._link_items if self._tree.get_node(id) is not None]

    def in_hand(self) -> set[str]:
        """The ids of groups with items that the user edits or drags."""
        links = {id: node_of(self._tree, id).link_metadata for id in self.ids()}
        edited = {id for id, link in links.items() if link is not None and link.editing}
        dragged = self._window.drag_handler._drag.link_uuid
        return edited if dragged is None else {*edited, dragged}

    def read(self, id: str) -> Data:
        """The properties of a group that are about the file that it shows; none if it shows none."""
        link = node_of(self._tree, id).link_metadata
        if link is None:
            return {}
        path = original(link.source_path)
        if path == link.source_path:  # the host's own; what others linked has a stand-in
            self._own.add(path)
        return {LINK: {**link.to_dict(), PATH: path}, **self._copy_of(id)}

    def write(self, id: str, props: Props) -> None:
        """Show others' linked file in a group."""
        link = self._link_of(props.get(LINK))
        said = _shown_of(link, props)
        now = self.read(id)
        if same_value(said, now):
            return
        node = node_of(self._tree, id)
        old = node.link_metadata
        if old is not None and link is not None and _differ_in_offset_alone(said, now):
            self._move(id, link.offset_x - old.offset_x, link.offset_y - old.offset_y)
            node.link_metadata = link
            return
        self._replaced({id, *self._remove_items(id)})
        node.link_metadata = link
        if link is None:
            self._service.remove_link(id)
        else:
            self._make_items(id, link.source_path, props.get(COPY))

    def _link_of(self, value: Any) -> LinkMetadata | None:
        """Others' link; a file that only they named is neither read nor written here."""
        if not is_link(value):
            return None
        link = layer_names().LinkMetadata.from_dict(value)
        if link.source_path not in self._own:
            link.source_path = stand_in(original(link.source_path))
        return link

    def drop(self, id: str) -> None:
        """A group leaves the bench, with the items of its file."""
        self._copies.pop(id, None)
        self._remove_items(id)
        self._service.remove_link(id)

    def release(self, id: str) -> None:
        """An item of a file is about to come on the bench in its own right: others broke the link."""
        for link, ids in self._service._link_items.items():
            if id in ids:
                self._remove_items(link, {id})

    def _copy_of(self, id: str) -> Data:
        cache = self._service.get_cache(id)
        if cache is None:
            return {}
        read, copy = self._copies.get(id, (None, {}))
        if cache is not read:  # the host makes a new one when it reads the file again
            copy = self._shareable(id, {"source_hash": cache.get(HASH, ""), "snapshot": deepcopy(cache)})
            self._copies[id] = cache, copy
        return copy

    def _shareable(self, id: str, copy: Data) -> Data:
        name = node_of(self._tree, id).name
        try:
            check_change([Put(id, GROUP, {COPY: copy})], Limits())
            if size_of(copy) <= MOST_BYTES:
                return {COPY: copy}
            reason = wording.link_too_long(MOST_BYTES // 1024)
        except ChangeRefused as refusal:
            reason = str(refusal)
        self._warn(wording.link_not_shared(name, reason))
        return {}

    def _make_items(self, id: str, source_path: str, copy: Any) -> None:
        snapshot = _snapshot_of(copy)
        name = node_of(self._tree, id).name
        if snapshot is None:
            # Also forgets the copy that was shown before; it would go into this window's files.
            self._service.remove_link(id)
            self._warn(wording.link_not_shown(name))
            return
        # Items may keep parts of what they are made from; what others said must stay as they said it.
        snapshot = self._with_images_of_here(deepcopy(snapshot))
        self._copies[id] = snapshot, {COPY: copy}
        self._service.restore_from_cache(id, {"snapshot": snapshot}, source_path)
        try:
            self._service._materialize_items(id, deepcopy(snapshot), self._window._connect_item_signals)
        except HOST_FAULTS as fault:
            self._warn(wording.link_incomplete(name, repr(fault)))

    def _with_images_of_here(self, snapshot: Data) -> Data:
        items = snapshot.get("items")
        for item in items if isinstance(items, list) else ():
            path = item.get(IMAGE) if isinstance(item, dict) else None
            if isinstance(path, str) and path:
                item[IMAGE] = self._images.find(path)
        return snapshot

    def _move(self, id: str, dx: float, dy: float) -> None:
        """Move the items of a file. They stay the same objects, so that the user's own steps stay valid."""
        for item in self._items(set(self._service.get_link_item_uuids(id))):
            with exact_edit(item):
                item.setPos(item.x() + dx, item.y() + dy)

    def _remove_items(self, id: str, only: set[str] | None = None) -> set[str]:
        """Remove items of a file, or all of them, from the window; returns their ids."""
        ids = only or set(self._service.get_link_item_uuids(id))
        for item in self._items(ids):
            self._window.scene.removeItem(as_qt(item, QGraphicsItem))
        for item_id in ids:
            self._tree.remove_item(item_id, emit=False)
        left = [item_id for item_id in self._service.get_link_item_uuids(id) if item_id not in ids]
        self._service._link_items[id] = left
        return ids

    def _items(self, ids: set[str]) -> list[Item]:
        if not ids:
            return []
        things: list[object] = [*self._window.scene.items()]
        return [thing for thing in things if id_of(thing) in ids and is_item(thing)]


def _snapshot_of(copy: Any) -> Data | None:
    snapshot = copy.get("snapshot") if isinstance(copy, dict) else None
    return snapshot if isinstance(snapshot, dict) else None


def _shown_of(link: LinkMetadata | None, props: Props) -> Data:
    """What `read` gives once a file is shown: a link as the host writes it, and a copy if it isn't empty.

    Different spellings of the same link count as the same file.
    """
    if link is None:
        return {}
    copy = {COPY: props[COPY]} if _snapshot_of(props.get(COPY)) else {}
    return {LINK: {**link.to_dict(), PATH: original(link.source_path)}, **copy}


def _differ_in_offset_alone(said: Props, now: Props) -> bool:
    def rest(props: Props) -> Data:
        link = {**props[LINK], "offset_x": 0.0, "offset_y": 0.0}
        return {**props, LINK: link}

    return same_value(rest(said), rest(now))
