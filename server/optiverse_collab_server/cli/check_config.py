"""``--check-config``: prints every setting and where it comes from, as a configuration file."""

from __future__ import annotations

import json
from pathlib import Path

from optiverse_collab_server.cli.output import write_line
from optiverse_collab_server.config.settings import TABLE
from optiverse_collab_server.config.sources import Resolved


def show(resolved: Resolved) -> int:
    """Print the settings.

    Returns:
        The exit code, 0: invalid settings were refused before.
    """
    for name in TABLE:
        key, value = name.replace("_", "-"), getattr(resolved.settings, name)
        origin = resolved.origins.get(name, "default")
        line = f"# {key} is not set" if value is None else f"{key} = {_toml(value)}"
        write_line(f"{line}  # {origin}" if value is not None else line)
    return 0


def _toml(value: str | int | bool | Path) -> str:
    """A value as TOML; JSON writes these values in the same way."""
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
