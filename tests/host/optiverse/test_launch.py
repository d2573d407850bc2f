"""Optiverse starts, with or without the plugin, and says which."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.errors import CannotStart
from optiverse_collab.host.optiverse.launch import launch
from optiverse_collab.host.optiverse.upstream import version
from tests.helpers.processes import python, run_python
from tests.helpers.removed import environment_without

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
    """The output of a run of Optiverse."""
    script = SCRIPT.replace("{change}", textwrap.dedent(change))
    with python("-c", script) as process:
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()
    seen: dict[str, Any] = json.loads(next(line for line in lines if line.startswith("SEEN "))[5:])
    return seen


def refusal() -> str:
    """Why Optiverse can't start."""
    with pytest.raises(CannotStart) as refused:
        launch([])
    return str(refused.value)


def test_no_optiverse_says_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "module_exists", lambda name: name == "optiverse_collab_demo")
    said = refusal()
    assert "https://github.com/QPG-MIT/optiverse" in said
    assert "pip install optiverse" not in said
    assert said.endswith("or try the demo bench: python -m optiverse_collab_demo")


def test_a_demo_bench_that_is_not_installed_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "module_exists", lambda name: False)
    assert "optiverse_collab_demo" not in refusal()


def test_the_other_program_of_that_name_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "module_exists", lambda name: name == "optiverse")
    assert "another program of the same name" in refusal()


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
from optiverse_collab.host import plugins
def installed_plugins():
    raise ImportError("No module named 'msgpack'")
plugins.installed_plugins = installed_plugins
manager = None
"""
INCOMPLETE = "del MainWindow.ray_data"


@pytest.mark.optiverse
@pytest.mark.parametrize(
    ("change", "why", "calls"),
    [
        (BROKEN, "RuntimeError: no such luck.", ["opened", "closing"]),
        (
            UNIMPORTABLE,
            "A Python module can't be loaded (No module named 'msgpack'). Install optiverse-collab again.",
            [],
        ),
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


REAL = """
import json, sys
from PyQt6.QtCore import QTimer
from optiverse_collab.host.optiverse import launch
from optiverse_collab.host.optiverse.web_sockets import web_sockets_to_import

def look(window):
    menus = [action.menu() for action in window.menuBar().actions()]
    menu = next(menu for menu in menus if menu is not None and menu.title() == "&Collaboration")
    log = [[one.level.name, one.message] for one in window.log_service.get_messages(category="Collaboration")]
    print("SEEN " + json.dumps([[action.text() for action in menu.actions() if action.isVisible()], log]))
    window.close()

with web_sockets_to_import():
    from optiverse.ui.views.main_window import MainWindow
stock_show = MainWindow.show
MainWindow.show = lambda window: (stock_show(window), QTimer.singleShot(300, lambda: look(window)))[0]
sys.argv = ["optiverse-collab"]
from optiverse_collab.__main__ import main
sys.exit(main())
"""

NEEDED = ["msgspec", "packaging", "pluggy", "segno", "PyQt6.QtWebSockets"]
if sys.version_info < (3, 11):
    NEEDED.append("tomli")
NEEDED_LATER = ["keyring", "platformdirs", "websockets"]
"""What servers, scripts and keyrings need; windows do without."""


@pytest.mark.optiverse
@pytest.mark.parametrize("module", [*NEEDED, *NEEDED_LATER])
def test_optiverse_starts_whatever_is_missing(tmp_path: Path, module: str) -> None:
    """Really removed, not just hidden; the menu says what is missing, and the log what to do."""
    environment = environment_without(module, tmp_path)
    ended = run_python("-S", "-c", REAL, environment=environment, deadline=120)
    assert ended.code == 0, ended.errors
    [seen] = [line for line in ended.output.splitlines() if line.startswith("SEEN ")]
    menu, log = json.loads(seen[5:])
    if module in NEEDED_LATER:
        assert "&Connect…" in menu
        assert log == []
    else:
        assert menu[-1].startswith(
            f"Live collaboration is off: The Python module {module!r} is missing. Install "
        )
        [error] = [text for level, text in log if level == "ERROR"]
        assert f"The Python module {module!r} is missing. Install " in error


@pytest.mark.optiverse
@pytest.mark.parametrize("module", ["msgspec", "pluggy", "PyQt6.QtWebSockets"])
def test_optiverse_starts_whatever_cannot_be_loaded(tmp_path: Path, module: str) -> None:
    environment = environment_without(module, tmp_path, "OSError('not a valid Win32 application')")
    ended = run_python("-S", "-c", REAL, environment=environment, deadline=120)
    assert ended.code == 0, ended.errors
    [seen] = [line for line in ended.output.splitlines() if line.startswith("SEEN ")]
    menu, _ = json.loads(seen[5:])
    assert menu[-1].startswith("Live collaboration is off: OSError: not a valid Win32 application.")


def test_optiverse_that_lacks_its_modules_is_recognised(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By its metadata: a plain ``pip install`` of its checkout leaves out all packages except one."""
    about = tmp_path / "optiverse-0.3.4.dist-info"
    about.mkdir()
    lines = "Metadata-Version: 2.4\nName: optiverse\nVersion: 0.3.4\n"
    (about / "METADATA").write_text(f"{lines}Project-URL: Homepage, {version.REPOSITORY}\n", "utf-8")
    (tmp_path / "optiverse").mkdir()
    (tmp_path / "optiverse" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr(version, "module_exists", lambda name: name == "optiverse")
    assert "install it with: pip install -e CHECKOUT" in refusal()
    (about / "METADATA").write_text(lines, "utf-8")
    assert "another program of the same name" in refusal()
