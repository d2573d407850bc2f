"""A plugin gets its place in the window; a broken one logs an ERROR, and has no other effect."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from optiverse_collab.host.plugins import installed_plugins
from optiverse_collab_demo.plugins import attach_plugins
from optiverse_collab_demo.window import DemoWindow
from tests.helpers.demo_window import add, drag, entry, logged

Install = Callable[[str, str], None]

HOOKS = {
    "optiverse_log_categories": "",
    "optiverse_window_opened": "window",
    "optiverse_actions": "window",
    "optiverse_status_widgets": "window",
    "optiverse_window_closing": "window",
}

GOOD = """
import pluggy
from PyQt6.QtWidgets import QLabel
from optiverse_collab.hookspecs import Action

hookimpl = pluggy.HookimplMarker("optiverse")
closed = []

@hookimpl
def optiverse_log_categories():
    return ["Good"]

@hookimpl
def optiverse_window_opened(window):
    window.log.write("INFO", "Good", "opened")

@hookimpl
def optiverse_actions(window):
    def enabled_when(enable):
        enable(False)
        window.scene.selection_changed.connect(lambda ids: enable(bool(ids)))
    def run():
        window.log.write("INFO", "Good", "ran")
    def fail():
        raise ValueError("not today")
    always = lambda enable: enable(True)
    return [
        Action(("&Good",), "&Run", "", "", run, always),
        Action(("&Good",), "&Fail…", "", "", fail, always),
        Action(("&Good",), "&Selected", "", "", run, enabled_when),
    ]

@hookimpl
def optiverse_status_widgets(window):
    label = QLabel("good here", window)
    label.setObjectName("good")
    return [label]

@hookimpl
def optiverse_window_closing(window):
    window.log.write("INFO", "Good", "closed")
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a plugin, a module and a distribution with its entry point, for one test."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(name: str, source: str) -> None:
        module = f"plugin_{tmp_path.name}_{name}".replace("-", "_")
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
        about = tmp_path / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8"
        )
        (about / "entry_points.txt").write_text(f"[optiverse]\n{name} = {module}\n", encoding="utf-8")

    installed_plugins.cache_clear()
    yield install
    installed_plugins.cache_clear()


def raises_at(hook: str) -> str:
    return f"""
        import pluggy

        @pluggy.HookimplMarker("optiverse")
        def {hook}({HOOKS[hook]}):
            raise ValueError("broken at {hook}")
        """


def good_is_there(window: DemoWindow) -> bool:
    label = window.findChild(QLabel, "good")
    return label is not None and label.isVisible() and entry(window, "Good", "Run").isEnabled()


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("name", ["a-broken", "z-broken"])
def test_plugin_that_raises_costs_an_error_and_nothing_else(
    window: DemoWindow, install: Install, hook: str, name: str
) -> None:
    """Neither the editor nor any other plugin, before or after it, is affected."""
    install(name, raises_at(hook))
    install("good", GOOD)
    attach_plugins(window)
    drag(window, add(window, "lens"), 20.0, 10.0)
    assert good_is_there(window)
    assert window.editor.undo_stack.count() == 1
    window.set_saved(None)
    assert window.close()
    assert [line for line in logged(window, "ERROR") if f"broken at {hook}" in line] == logged(
        window, "ERROR"
    )
    assert len(logged(window, "ERROR")) == 1
    assert "closed" in logged(window, "INFO")


@pytest.mark.parametrize("source", ["import a_module_that_is_nowhere", "def broken(", "raise RuntimeError"])
def test_plugin_that_can_not_be_loaded_is_named(window: DemoWindow, install: Install, source: str) -> None:
    install("broken", source)
    install("good", GOOD)
    attach_plugins(window)
    (error,) = logged(window, "ERROR")
    assert error.startswith("✗ The plugin “broken” failed: ")
    assert good_is_there(window)


@pytest.mark.parametrize(
    ("hook", "returns"),
    [
        ("optiverse_actions", "None"),
        ("optiverse_actions", "[5]"),
        ("optiverse_actions", "5"),
        ("optiverse_status_widgets", "['text']"),
        ("optiverse_log_categories", "5"),
    ],
)
def test_plugin_that_returns_nonsense_does_not_stop_the_editor(
    window: DemoWindow, install: Install, hook: str, returns: str
) -> None:
    install(
        "odd",
        f"""
        import pluggy

        @pluggy.HookimplMarker("optiverse")
        def {hook}({HOOKS[hook]}):
            return {returns}
        """,
    )
    install("good", GOOD)
    attach_plugins(window)
    assert len(logged(window, "ERROR")) == (returns != "None")
    assert good_is_there(window)


def test_everything_of_a_plugin_is_in_its_place(window: DemoWindow, install: Install) -> None:
    install("good", GOOD)
    attach_plugins(window)
    assert logged(window, "ERROR") == []
    assert "Good" in window.log.categories
    assert good_is_there(window)
    entry(window, "Good", "Run").trigger()
    assert logged(window, "INFO")[-2:] == ["opened", "ran"]
    assert not entry(window, "Good", "Selected").isEnabled()
    window.scene.select([add(window, "lens")])
    assert entry(window, "Good", "Selected").isEnabled()


def test_entry_that_fails_is_named_in_the_log(window: DemoWindow, install: Install) -> None:
    install("good", GOOD)
    attach_plugins(window)
    entry(window, "Good", "Fail…").trigger()
    assert logged(window, "ERROR") == ["✗ “Fail…” failed: not today"]


def test_plugin_hears_once_that_its_window_closes(window: DemoWindow, install: Install) -> None:
    install("good", GOOD)
    attach_plugins(window)
    for _ in range(2):
        window.close()
    assert logged(window, "INFO").count("closed") == 1


def test_our_own_plugin_is_one_of_them(window: DemoWindow, install: Install) -> None:
    attach_plugins(window)
    assert entry(window, "Collaboration", "Connect…").isEnabled()
    assert not entry(window, "Collaboration", "Disconnect").isEnabled()
    assert "Collaboration" in window.log.categories
    assert logged(window, "ERROR") == []


def test_each_window_has_plugins_of_its_own(window: DemoWindow, install: Install, qtbot: QtBot) -> None:
    install("good", GOOD)
    attach_plugins(window)
    other = DemoWindow()
    qtbot.addWidget(other)
    attach_plugins(other)
    entry(other, "Good", "Run").trigger()
    assert logged(other, "INFO") == ["opened", "ran"]
    assert logged(window, "INFO") == ["opened"]
    other.close()
