"""Groups in Optiverse 0.2: a list of them, in which each names its items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Protocol

from PyQt6.QtCore import pyqtBoundSignal

from optiverse_collab.host.optiverse.upstream.contract import loaded


class Group(Protocol):
    """A group."""

    name: str
    item_uuids: list[str]
    group_uuid: str
    collapsed: bool
    z_base: float
    parent_group_uuid: str | None


class GroupManager(Protocol):
    """The groups of a window."""

    groupsChanged: pyqtBoundSignal
    _groups: dict[str, Group]
    _item_to_group: dict[str, str]

    def clear(self) -> None: ...

    def get_group(self, group_uuid: str, /) -> Group | None: ...

    def add_item_to_group(self, item_uuid: str, group_uuid: str, /) -> bool: ...

    def remove_item_from_group(self, item_uuid: str, /) -> bool: ...

    def delete_group(self, group_uuid: str, keep_items: bool) -> None: ...

    def set_group_parent(self, group_uuid: str, parent_uuid: str | None, /) -> object: ...


class NewGroup(Protocol):
    """Makes a group."""

    def __call__(self, name: str, *, group_uuid: str) -> Group: ...


@dataclass(frozen=True)
class GroupNames:
    """Classes, and the modules that have them."""

    LayerGroup: Annotated[NewGroup, "optiverse.core.layer_group"]


@cache
def group_names() -> GroupNames:
    """The host's classes that are about groups.

    Raises:
        HostUnsupported: one is missing; the text says which.
    """
    return loaded(GroupNames)
