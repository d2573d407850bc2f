"""The settings as options of a command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from optiverse_collab_server.config.kinds import SWITCH, Kind
from optiverse_collab_server.config.settings import TABLE, About, Settings
from optiverse_collab_server.config.sources import option

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]


def add_settings(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add an option for each of these settings, or for all if none are named; and for the file."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="read settings from this file (default: server.toml in the data folder, if there is one)",
    )
    for name, about in TABLE.items():
        if not names or name in names:
            _add(parser, name, about)


def given(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line gives, by name."""
    return {name: getattr(options, name) for name in TABLE if hasattr(options, name)}


def _add(parser: argparse.ArgumentParser, name: str, about: About) -> None:
    flag, kind, help = option(name), about.kind, about.help
    # No default: the value may come from elsewhere, before or after a command.
    if kind is SWITCH:
        action = argparse.BooleanOptionalAction
        parser.add_argument(flag, action=action, default=argparse.SUPPRESS, help=help)
        return
    default = getattr(Settings, name)
    if default is not None:
        help += f" (default: {default})"
    parser.add_argument(
        flag,
        type=_reader(kind),
        choices=kind.choices,
        nargs=None if kind.bare is None else "?",
        const=kind.bare,
        metavar=None if kind.choices else kind.metavar,
        default=argparse.SUPPRESS,
        help=help,
    )


def _reader(kind: Kind) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return kind.read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read
