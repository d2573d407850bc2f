"""Stated values that the host represents in another way.

Optiverse turns ``1`` into ``1.0``, 370° into 10°, drops what it doesn't know of an interface, and fills
in what a record leaves out. None of that is an edit by the user, so the stated value stays valid
until the host's representation changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optiverse_collab.core.records import Record, same_value

_ABSENT = object()


class StatedValues:
    """For each record, the properties that the host represents in another way."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, tuple[Any, Any]]] = {}

    def remember(self, stated: Record, shown: Mapping[str, Any]) -> None:
        """Remember how the host represents a record that was applied as `stated`.

        Args:
            shown: the properties that the host gives for it now.
        """
        self.forget(stated.id)
        self.remember_some(stated.id, stated.props, shown)

    def remember_some(self, id: str, stated: Mapping[str, Any], shown: Mapping[str, Any]) -> None:
        """The same for these properties alone; nothing changes for the others."""
        differing = dict(self._of.pop(id, {}))
        for name in {**stated, **shown}:
            seen, said = shown.get(name, _ABSENT), stated.get(name, _ABSENT)
            if _same(seen, said):
                differing.pop(name, None)
            else:
                differing[name] = seen, said
        if differing:
            self._of[id] = differing

    def record(self, shown: Record) -> Record:
        """The record that stands for what the host shows."""
        stated = self.stated(shown.id, shown.props)
        return shown if stated is shown.props else Record(shown.id, shown.kind, stated)

    def stated(self, id: str, shown: dict[str, Any]) -> dict[str, Any]:
        """The properties that stand for those that the host shows."""
        differing = self._of.get(id)
        if not differing:
            return shown
        props = dict(shown)
        for name, (seen, said) in differing.items():
            if not _same(props.get(name, _ABSENT), seen):
                continue
            if said is _ABSENT:
                del props[name]
            else:
                props[name] = said
        return props

    def forget(self, id: str) -> None:
        """The record is gone."""
        self._of.pop(id, None)


def _same(a: Any, b: Any) -> bool:
    if a is _ABSENT or b is _ABSENT:
        return a is b
    return same_value(a, b)
