"""The editor's support for plugins: the worked example of docs/host-integration.md."""

from __future__ import annotations

from functools import partial
from importlib.metadata import entry_points
from itertools import chain

import pluggy

from optiverse_collab import hookspecs
from optiverse_collab_demo.menus import guarded
from optiverse_collab_demo.window import DemoWindow


def attach_plugins(window: DemoWindow) -> None:
    """Load the plugins that are installed, and give each its place in a window.

    A plugin that can't be loaded or raises an error costs an ERROR in the log, and nothing else; the
    others don't notice.
    """
    for name in sorted({entry.name for entry in entry_points(group=hookspecs.PROJECT)}):
        guarded(window.log, f"The plugin “{name}”", partial(_attach, window, name))()


def _attach(window: DemoWindow, name: str) -> None:
    # begin host integration
    plugins = pluggy.PluginManager(hookspecs.PROJECT)
    plugins.add_hookspecs(hookspecs)
    plugins.load_setuptools_entrypoints(hookspecs.PROJECT, name)
    window.log.add_categories(chain(*plugins.hook.optiverse_log_categories()))
    window.before_close(lambda: plugins.hook.optiverse_window_closing(window=window))
    plugins.hook.optiverse_window_opened(window=window)
    for a in chain(*plugins.hook.optiverse_actions(window=window)):
        window.add_menu_entry(a.menu, a.text, a.shortcut, a.icon, a.run, a.enabled_when, a.checked_when)
    for widget in chain(*plugins.hook.optiverse_status_widgets(window=window)):
        window.add_status_widget(widget)
    # end host integration
