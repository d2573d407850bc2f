"""Optiverse starts, with us or without us, and says which."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest

from optiverse_collab.host.optiverse.launch import launch
from optiverse_collab.host.optiverse.upstream import version
from tests.helpers.processes import python

# Starts Optiverse with a plugin of one action, closes the window soon after, and prints what was seen.
SCRIPT = """
import json, sys
import pluggy
from PyQt6.QtCore import QTimer
from optiverse_collab import hookspecs, manifest
from optiverse_collab.hookspecs import Action
from optiverse_collab.host.optiverse.upstream import version
from optiverse_collab.host.optiverse.launch import launch

hookimpl = pluggy.HookimplMarker("optiverse")
seen = {"calls": [], "log": [], "menu": []}


def look(window):
    from optiverse.services.log_service import get_log_service
    messages = get_log_service().get_messages(category="Collaboration")
    seen["log"] = [[message.level.name, message.message] for message in messages]
    menus = [action.menu() for action in window.menuBar().actions()]
    menu = next(menu for menu in menus if menu.title() == "&Collaboration")
    seen["menu"] = [action.text() for action in menu.actions() if action.isVisible()]
    seen["enabled"] = window.collaboration_manager.enabled
    window.close()


class Plugin:
    @hookimpl
    def optiverse_window_opened(self, window):
        seen["calls"].append("opened")
    @hookimpl
    def optiverse_actions(self, window):
        always = lambda enable: enable(True)
        return [Action(("&Collaboration",), "Ours", "Ctrl+Shift+C", "", lambda: None, always)]
    @hookimpl
    def optiverse_window_closing(self, window):
        seen["calls"].append("closing")


from optiverse.ui.views.main_window import MainWindow
stock_show = MainWindow.show
MainWindow.show = lambda window: (stock_show(window), QTimer.singleShot(300, lambda: look(window)))[0]
manager = pluggy.PluginManager("optiverse")
manager.add_hookspecs(hookspecs)
manager.register(Plugin())
{change}
code = launch(["--style", "fusion"], manager)
print("SEEN " + json.dumps({**seen, "code": code, "argv": sys.argv[:1]}))
"""


def started(change: str = "") -> dict[str, Any]:
    """What a run of Optiverse saw."""
    script = SCRIPT.replace("{change}", textwrap.dedent(change))
    with python("-c", script) as process:
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()
    seen: dict[str, Any] = json.loads(next(line for line in lines if line.startswith("SEEN "))[5:])
    return seen


def test_no_optiverse_says_where_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(version, "module_exists", lambda name: False)
    assert launch([]) == 1
    said = capsys.readouterr().err
    assert "https://github.com/QPG-MIT/optiverse" in said
    assert "python -m optiverse_collab.demo" in said
    assert "pip install optiverse" not in said


def test_the_other_program_of_that_name_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(version, "module_exists", lambda name: name == "optiverse")
    assert launch([]) == 1
    assert "another program of the same name" in capsys.readouterr().err


@pytest.mark.optiverse
def test_windows_get_the_plugins_and_are_told_when_they_close() -> None:
    seen = started()
    assert seen["calls"] == ["opened", "closing"]
    assert seen["menu"] == ["Ours"]
    assert (seen["log"], seen["enabled"], seen["code"]) == ([], False, 0)
    assert seen["argv"] == ["-c"]


@pytest.mark.optiverse
def test_an_unsupported_version_starts_without_us() -> None:
    seen = started('version.installed_version = lambda: "0.1.0"')
    assert seen["calls"] == []
    assert seen["menu"] == ["Connect/Host Session…", "Disconnect"]
    assert [level for level, _ in seen["log"]] == ["WARNING"]
    assert seen["log"][0][1].startswith("Optiverse 0.1.0 is not supported by optiverse-collab, which knows")
    assert seen["code"] == 0


@pytest.mark.optiverse
def test_a_broken_manifest_never_stops_the_host() -> None:
    seen = started(
        """
        from optiverse_collab.errors import ManifestError
        def load():
            raise ManifestError("plugin.toml has a fault: it is empty.")
        manifest.load = load
        """
    )
    assert (seen["menu"], seen["code"]) == (["Connect/Host Session…", "Disconnect"], 0)


BROKEN = """
class Broken:
    @hookimpl
    def optiverse_actions(self, window):
        raise RuntimeError("no such luck")
manager.register(Broken())
"""
UNIMPORTABLE = """
from optiverse_collab.host import attach
def installed_plugins():
    raise ImportError("No module named 'msgpack'")
attach.installed_plugins = installed_plugins
manager = None
"""
INCOMPLETE = "del MainWindow.ray_data"


@pytest.mark.optiverse
@pytest.mark.parametrize(
    ("change", "why", "calls"),
    [
        (BROKEN, "RuntimeError: no such luck.", ["opened", "closing"]),
        (UNIMPORTABLE, "ImportError: No module named 'msgpack'.", []),
        (INCOMPLETE, "has no MainWindow.ray_data,", []),
    ],
    ids=["raises", "cannot be imported", "incomplete host"],
)
def test_what_goes_wrong_with_us_never_stops_the_host(change: str, why: str, calls: list[str]) -> None:
    seen = started(change)
    assert [level for level, _ in seen["log"]] == ["ERROR", "DEBUG"]
    assert why in seen["log"][0][1]
    assert "Optiverse works without it." in seen["log"][0][1]
    assert seen["menu"][:2] == ["Connect/Host Session…", "Disconnect"]
    assert seen["menu"][2].startswith("Live collaboration is off: ")
    assert (seen["calls"], seen["code"]) == (calls, 0)
