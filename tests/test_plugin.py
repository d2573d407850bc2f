"""Each hook is implemented, tested here and documented for hosts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from types import FunctionType

import pluggy
import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab import hookspecs, manifest, plugin
from optiverse_collab.host.optiverse.upstream.version import is_installed
from optiverse_collab.window import attachment
from optiverse_collab_demo.window import DemoWindow

ROOT = Path(__file__).parents[1]
HOOKS = [name for name, value in vars(hookspecs).items() if hasattr(value, "optiverse_spec")]


@pytest.fixture
def hook(qapp: object) -> pluggy.HookRelay:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.load_setuptools_entrypoints(hookspecs.PROJECT, "collaboration")
    manager.check_pending()
    return manager.hook


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[DemoWindow]:
    window = DemoWindow()
    qtbot.addWidget(window)
    yield window
    attachment.close_window(window)


def test_hosts_find_us() -> None:
    [found] = [point for point in entry_points(group="optiverse") if point.name == "collaboration"]
    assert found.load() is plugin


def test_optiverse_log_categories(hook: pluggy.HookRelay) -> None:
    assert hook.optiverse_log_categories() == [["Collaboration"]]


def test_optiverse_window_opened(hook: pluggy.HookRelay, window: DemoWindow) -> None:
    hook.optiverse_window_opened(window=window)
    assert window in attachment._attachments


def test_optiverse_actions(hook: pluggy.HookRelay, window: DemoWindow) -> None:
    [actions] = hook.optiverse_actions(window=window)
    tables = manifest.load().actions
    assert [action.text for action in actions] == [table.text for table in tables]
    assert [action.shortcut for action in actions] == [table.shortcut for table in tables]
    assert [list(action.menu) for action in actions] == [table.menu for table in tables]


def test_optiverse_status_widgets(hook: pluggy.HookRelay, window: DemoWindow) -> None:
    [[hint, status]] = hook.optiverse_status_widgets(window=window)
    assert status.text() == "Not connected"
    assert not hint.isVisible()


def test_optiverse_dialogs(hook: pluggy.HookRelay, window: DemoWindow) -> None:
    [dialogs] = hook.optiverse_dialogs(window=window)
    assert set(dialogs) == {"collaboration.connect", "collaboration.people"}
    for make in dialogs.values():
        dialog = make()
        assert dialog.isVisible()
        assert make() is dialog
        dialog.close()


def test_optiverse_window_closing(hook: pluggy.HookRelay, window: DemoWindow) -> None:
    hook.optiverse_window_opened(window=window)
    hook.optiverse_window_closing(window=window)
    hook.optiverse_window_closing(window=window)
    assert window not in attachment._attachments


def test_optiverse_host_adapter(hook: pluggy.HookRelay, window: DemoWindow) -> None:
    """Only windows of Optiverse get it; tests/host/optiverse/test_windows.py has those."""
    assert hook.optiverse_host_adapter(window=window) is None


def test_optiverse_watch_files(hook: pluggy.HookRelay, window: DemoWindow) -> None:
    assert hook.optiverse_watch_files(window=window, opened=print, saved=print, autosaved=print) is None


def test_optiverse_ray_engine(hook: pluggy.HookRelay, window: DemoWindow) -> None:
    """Only windows of Optiverse get its engine; tests/host/optiverse/test_ray_engine.py has that."""
    assert hook.optiverse_ray_engine(window=window) is None
    assert (hook.optiverse_ray_engine(window=None) is None) is not is_installed()


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_implemented_tested_and_documented(name: str) -> None:
    assert hasattr(plugin, name)
    assert f"test_{name}" in globals()
    assert getattr(hookspecs, name).__doc__
    guide = (ROOT / "docs" / "host-integration.md").read_text("utf-8")
    assert f"`{name}`" in guide


def test_hookspecs_fit_one_screen_and_all_are_implemented() -> None:
    assert len(Path(hookspecs.__file__).read_text("utf-8").splitlines()) <= 80
    own = [value for value in vars(plugin).values() if getattr(value, "__module__", "") == plugin.__name__]
    functions = {value.__name__ for value in own if isinstance(value, FunctionType)}
    assert functions - {"log_category"} == set(HOOKS)


def test_the_guide_shows_the_lines_that_the_demo_bench_uses() -> None:
    """A host that adopts us needs at most ten."""
    source = (ROOT / "demo" / "optiverse_collab_demo" / "plugins.py").read_text("utf-8")
    lines = source.split("# begin host integration\n")[1].split("    # end host integration")[0]
    code = "\n".join(line.removeprefix("    ") for line in lines.splitlines())
    ast.parse(code)
    assert len(code.splitlines()) <= 10
    guide = (ROOT / "docs" / "host-integration.md").read_text("utf-8")
    [shown] = re.findall(r"```python\n(plugins = .*?)\n```", guide, re.DOTALL)
    assert shown == code
