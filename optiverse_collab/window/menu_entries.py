"""The plugin's menu entries: what each does, and when it can be chosen or is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from optiverse_collab.hookspecs import Action, When
from optiverse_collab.manifest import ActionId, ActionTable, EnabledWhen
from optiverse_collab.window.toggles import Toggle

Enable = Callable[[bool], None]


class MenuEntries:
    """Makes the manifest's entries, and enables them as things change.

    Args:
        runs: what an entry does; those of `toggles` are left out.
        toggles: the entries that are a setting.
        checks: the watchers for the check marks of other entries.
        conditions: whether entries can be chosen now.
        shortcut_of: the shortcut that the user has chosen instead of the manifest's; None for that one.
    """

    def __init__(
        self,
        runs: Mapping[ActionId, Callable[[], object]],
        toggles: Mapping[ActionId, Toggle],
        checks: Mapping[ActionId, When],
        conditions: Mapping[EnabledWhen, Callable[[], bool]],
        shortcut_of: Callable[[ActionId], str | None],
    ) -> None:
        self._runs, self._toggles, self._checks = runs, toggles, checks
        self._conditions, self._shortcut_of = conditions, shortcut_of
        self._switches: list[tuple[EnabledWhen, Enable]] = []

    def action(self, table: ActionTable) -> Action:
        """An entry of the manifest."""

        def enabled_when(enable: Enable) -> None:
            self._switches.append((table.enabled_when, enable))
            enable(self._conditions[table.enabled_when]())

        toggle = self._toggles.get(table.id)
        run = self._runs[table.id] if toggle is None else toggle.flip
        checked = self._checks.get(table.id) if toggle is None else toggle.watch
        chosen = self._shortcut_of(table.id)
        shortcut = table.shortcut if chosen is None else chosen
        return Action(tuple(table.menu), table.text, shortcut, table.icon, run, enabled_when, checked)

    def refresh(self) -> None:
        """Enable what can be chosen now."""
        for when, enable in self._switches:
            enable(self._conditions[when]())


def always() -> bool:
    """The condition of entries that can always be chosen."""
    return True
