"""plugin.toml: checked on loading, and consistent with the rest."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from optiverse_collab import manifest as module
from optiverse_collab.core.protocol.address import DEFAULT_SERVER, DEFAULT_SESSION
from optiverse_collab.errors import ManifestError

TEXT = (Path(__file__).parents[1] / "plugin.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[plugin]", "[plugin", "not TOML"),
        ('name = "Optiverse Collaboration"\n', "", "missing required field `name`"),
        ('shortcut = "Ctrl+Shift+C"', "shortcut = 3", "Expected `str`"),
        ("[settings]", "[settings]\ncolour = 1", "unknown field `colour`"),
        ("port = 8765", "port = 99999", "<= 65535"),
        ('id = "disconnect"', 'id = "connect"', "same id"),
        ('id = "disconnect"', 'id = "explode"', "Invalid enum value 'explode'"),
        ('enabled_when = "online"', 'enabled_when = "friday"', "Invalid enum value 'friday'"),
        ('permissions = ["network"]', 'permissions = ["files"]', "Invalid enum value 'files'"),
        (">=0.2.7,<0.4", "newer", "no range of versions"),
        ('menu = ["&Collaboration"]', "menu = []", "length >= 1"),
    ],
)
def test_faults_are_named(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(ManifestError, match=r"plugin\.toml") as fault:
        module.parse(TEXT.replace(old, new, 1))
    assert says in str(fault.value)


def test_missing_manifest_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "files", lambda package: tmp_path / "nowhere" / package)
    module.load.cache_clear()
    with pytest.raises(ManifestError, match="Install the plugin again"):
        module.load()
    module.load.cache_clear()


@pytest.mark.parametrize(
    ("host", "release", "supported"),
    [
        ("Optiverse", "0.3.4", True),
        ("Optiverse", "0.2.7", True),
        ("Optiverse", "0.3.5.dev1", True),
        ("Optiverse", "0.2.6", False),
        ("Optiverse", "0.4.0", False),
        ("Optiverse", "unknown", False),
        ("Blender", "4.0", False),
    ],
)
def test_supported_versions(host: str, release: str, supported: bool) -> None:
    assert module.load().supports(host, release) is supported


def test_manifest_is_in_step_with_the_rest() -> None:
    manifest = module.load()
    assert manifest.plugin.version == version("optiverse-collab")
    assert manifest.settings.server_url == DEFAULT_SERVER
    assert manifest.settings.session == DEFAULT_SESSION
    assert manifest.settings.server_url.endswith(f":{manifest.settings.port}")


def test_shortcuts_are_not_taken_twice() -> None:
    shortcuts = [action.shortcut for action in module.load().actions if action.shortcut]
    assert len(set(shortcuts)) == len(shortcuts)


def test_no_two_entries_of_a_menu_have_the_same_mnemonic() -> None:
    """Otherwise its key would alternate between them."""
    menus: dict[tuple[str, ...], list[str]] = {}
    for action in module.load().actions:
        for depth in range(1, len(action.menu)):
            above = menus.setdefault(tuple(action.menu[:depth]), [])
            above += [title for title in action.menu[depth : depth + 1] if title not in above]
        menus.setdefault(tuple(action.menu), []).append(action.text)
    for entries in menus.values():
        letters = [entry.partition("&")[2][:1].lower() for entry in entries]
        assert "" not in letters, entries
        assert len(set(letters)) == len(letters), entries
