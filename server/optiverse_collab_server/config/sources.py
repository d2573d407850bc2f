"""The sources of settings: an option overrides the environment, the file and the default."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server.config.file import ConfigFile
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.config.settings import TABLE, Settings

PREFIX = "OPTIVERSE_COLLAB_"
"""The prefix of a setting's variable; the rest is its name in capitals."""

FILE_VARIABLE = f"{PREFIX}CONFIG"

FILE_NAME = "server.toml"
"""The file in the data folder that is read if no other is named."""


@dataclass(frozen=True)
class Resolved:
    """The settings, and the source of each.

    Attributes:
        settings: all of them.
        origins: by name, for those that aren't the default.
    """

    settings: Settings
    origins: Mapping[str, str]


def resolve(given: Mapping[str, Any], environment: Mapping[str, str], config: Path | None) -> Resolved:
    """Collect the settings.

    Args:
        given: those that the command line gives.
        environment: all variables.
        config: the file that the command line names.

    Raises:
        SettingsError: the environment or the file has invalid settings; names all of them.
    """
    problems: list[str] = []
    variables = _from_environment(environment, problems.append)
    above = {**variables, **given}
    file = _file(above.get("data"), environment, config)
    values = {} if file is None else file.read(problems.append)
    if problems:
        raise SettingsError(problems)
    origins = {
        **dict.fromkeys(values, str(file.path) if file else ""),
        **{name: variable(name) for name in variables},
        **{name: option(name) for name in given},
    }
    return Resolved(Settings(**{**values, **above}), origins)


def option(name: str) -> str:
    """A setting's option."""
    return f"--{name.replace('_', '-')}"


def variable(name: str) -> str:
    """A setting's variable in the environment."""
    return f"{PREFIX}{name.upper()}"


def _from_environment(environment: Mapping[str, str], warn: Callable[[str], None]) -> dict[str, Any]:
    known = {variable(name): name for name in TABLE}
    values = {}
    for word, text in environment.items():
        if word in known:
            try:
                values[known[word]] = TABLE[known[word]].kind.read(text)
            except ValueError as error:
                warn(f"{word} in the environment: {error}.")
        elif word.startswith(PREFIX) and word != FILE_VARIABLE:  # our other programs use this prefix, too
            endings = [one.removeprefix(PREFIX) for one in (*known, FILE_VARIABLE)]
            near = difflib.get_close_matches(word.removeprefix(PREFIX), endings, 1, 0.8)
            if near:
                warn(f"{word} in the environment is no setting; did you mean {PREFIX}{near[0]}?")
    return values


def _file(data: Path | None, environment: Mapping[str, str], config: Path | None) -> ConfigFile | None:
    """The file to read: the one that is named, or the data folder's, if there is one."""
    if config is None and (named := environment.get(FILE_VARIABLE)):
        config = Path(named)
    if config is not None:
        return ConfigFile(config)
    try:
        folder = data_folder(Settings(data=data))
    except StorageError:  # a command that needs it reports that
        return None
    file = ConfigFile(folder / FILE_NAME, is_in_data_folder=True)
    return file if os.path.exists(file.path) else None  # not in a folder that this user can't read
