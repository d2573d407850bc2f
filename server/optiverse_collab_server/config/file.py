"""The configuration file: TOML, with a key for each setting; ``keep_days`` is ``keep-days``."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optiverse_collab_server.config.kinds import PATH
from optiverse_collab_server.config.settings import TABLE

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class ConfigFile:
    """A file with settings.

    Attributes:
        path: where it is.
        is_in_data_folder: it was found there, so it can't set the data folder.
    """

    path: Path
    is_in_data_folder: bool = False

    def read(self, warn: Callable[[str], None]) -> dict[str, Any]:
        """The settings in the file, by name.

        Args:
            warn: called with a sentence for every invalid setting.
        """
        try:
            text = self.path.read_text("utf-8")
            content = tomllib.loads(text)
        except OSError as error:
            warn(f"The configuration file {self.path} can't be read ({error.strerror}).")
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            warn(f"The configuration file {self.path} is not TOML: {error}.")
        else:
            return self._values(text, content, warn)
        return {}

    def _values(self, text: str, content: dict[str, Any], warn: Callable[[str], None]) -> dict[str, Any]:
        values = {}
        for key, value in content.items():
            try:
                name = _name(key)
                if name == "data" and self.is_in_data_folder:
                    raise ValueError("it can't be set in a file inside the data folder")
                kind = TABLE[name].kind
                values[name] = kind.take(value)
                if kind is PATH:
                    values[name] = self.path.parent / values[name]
            except ValueError as error:
                warn(f"{self.path}, line {_line(text, key)}, {key}: {error}.")
        return values


def _name(key: str) -> str:
    """The setting for a key.

    Raises:
        ValueError: there is none.
    """
    keys = {name.replace("_", "-"): name for name in TABLE}
    if key in keys:
        return keys[key]
    near = difflib.get_close_matches(key, keys, 1)
    raise ValueError("there is no such setting" + (f", but there is {near[0]}" if near else ""))


def _line(text: str, key: str) -> int:
    """The line of a key, or of a table of this name."""
    found = re.search(rf"""^[ \t]*(\[+[ \t]*)?["']?{re.escape(key)}\b""", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
