"""The manifest ``plugin.toml``: what the plugin is and what it puts where."""

from __future__ import annotations

import sys
from enum import Enum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from optiverse_collab.errors import ManifestError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_Text = Annotated[str, msgspec.Meta(min_length=1)]
_Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class PluginTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who we are. `permissions` says what a user agrees to by installing."""

    id: _Text
    name: _Text
    version: _Text
    log_category: _Text
    permissions: list[Literal["network"]]


class ActionId(str, Enum):
    """What a menu entry does."""

    CONNECT = "connect"
    DISCONNECT = "disconnect"
    COPY_INVITE = "copy_invite"
    PARTICIPANTS = "participants"
    TIMELINE = "timeline"
    BRING = "bring"
    PEOPLE = "people"
    UNSENT = "unsent"
    CHANGES = "changes"
    IMPORT_EDITS = "take_in"
    SHOW_OLD_BENCH = "show_old_bench"
    BRING_BACK_BENCH = "bring_back_bench"
    RETRY = "retry"
    QUIET = "quiet"
    HIDE_CURSOR = "hide_cursor"
    HIDE_OTHERS = "hide_others"
    HIDE_ACTIVITY = "hide_activity"
    ASK_TO_HAND_OVER = "ask_to_hand_over"
    ASK_TO_EDIT = "ask_to_edit"
    KEEP_COPY = "keep_copy"
    HOST_NOW = "host_now"
    POINT_HERE = "point_here"
    LASER = "laser"
    REDUCE_MOTION = "reduce_motion"
    POINTING = "pointing"
    GO_TO_NOTICE = "go_to_notice"
    SHOW_LOG_FILES = "show_log_files"


class EnabledWhen(str, Enum):
    """When a menu entry can be chosen."""

    ALWAYS = "always"
    ONLINE = "online"
    """While there is one, or an attempt at one."""
    OWNER = "owner"
    """While the user is in a session, and an owner of it."""
    EDITOR = "editor"
    """While the user is in a session, and may edit it."""
    UNSENT = "unsent"
    """While unsent edits wait on this computer."""
    CHANGES = "changes"
    """While there are changes for the user to look at."""
    WAITING = "waiting"
    """While the next attempt to connect is waited for."""
    OCCUPIED = "occupied"
    """While somebody else is in an item that the user has selected."""
    MAY_ASK_TO_EDIT = "may_ask_to_edit"
    """While the user may not edit, and an owner is here whom they can ask."""
    MAY_KEEP_COPY = "may_keep_copy"
    """While somebody else hosts the session, who can let this computer keep a standby copy."""
    MAY_HOST = "may_host"
    """While there is no connection, and this computer has a standby copy."""
    NOTICES = "notices"
    """While a notice shows on the bench."""
    REPLACED = "replaced"
    """Once somebody has replaced the session's bench for everybody."""


class ActionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A menu entry."""

    id: ActionId
    menu: Annotated[list[_Text], msgspec.Meta(min_length=1)]
    text: _Text
    shortcut: str
    icon: str
    enabled_when: EnabledWhen


class SettingsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Defaults of what users may change. `recent_sessions` is how many are remembered."""

    server_url: _Text
    session: _Text
    port: _Port
    listen: _Text
    recent_sessions: Annotated[int, msgspec.Meta(ge=0, le=100)]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of the manifest.

    Attributes:
        hosts: name of a host → the versions that we support (PEP 440).
    """

    plugin: PluginTable
    hosts: dict[str, str]
    actions: list[ActionTable]
    settings: SettingsTable

    def supports(self, host: str, version: str) -> bool:
        """Whether we work in this version of a host; pre-releases count."""
        try:
            return SpecifierSet(self.hosts.get(host, "<0")).contains(Version(version), prereleases=True)
        except InvalidVersion:
            return False


def parse(text: str) -> Manifest:
    """Read a manifest.

    Raises:
        ManifestError: it has a fault; the text says where.
    """
    try:
        manifest = msgspec.convert(tomllib.loads(text), Manifest)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"plugin.toml is not TOML: {error}.") from None
    except msgspec.ValidationError as error:
        raise ManifestError(f"plugin.toml has a fault: {error}.") from None
    for host, versions in manifest.hosts.items():
        try:
            SpecifierSet(versions)
        except InvalidSpecifier:
            fault = f"{versions!r} of {host} is no range of versions"
            raise ManifestError(f"plugin.toml has a fault: {fault}.") from None
    ids = [action.id for action in manifest.actions]
    if len(set(ids)) != len(ids):
        raise ManifestError("plugin.toml has a fault: two actions have the same id.")
    return manifest


@cache
def load() -> Manifest:
    """The plugin's own manifest.

    Raises:
        ManifestError: it is missing or has a fault.
    """
    package = files("optiverse_collab")
    packaged = package / "plugin.toml"
    checkout = Path(str(package)).parent / "plugin.toml"
    try:
        return parse((packaged if packaged.is_file() else checkout).read_text("utf-8"))
    except OSError as error:
        raise ManifestError(f"plugin.toml can't be read: {error}. Install the plugin again.") from None
